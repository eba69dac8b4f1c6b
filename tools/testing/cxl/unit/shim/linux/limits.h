/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_LIMITS_H__
#define __SHIM_LINUX_LIMITS_H__

#include <linux/types.h>
#include_next <linux/limits.h>

#define U16_MAX		((u16)~0U)
#define U32_MAX		((u32)~0U)
#undef ULONG_MAX
#define ULONG_MAX	(~0UL)
#define U64_MAX		((u64)~0ULL)

#endif /* __SHIM_LINUX_LIMITS_H__ */
