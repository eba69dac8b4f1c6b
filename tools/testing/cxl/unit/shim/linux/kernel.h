/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_KERNEL_H__
#define __SHIM_LINUX_KERNEL_H__

#include <endian.h>
#include <stdio.h>
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/types.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define cpu_to_le16(v)	htole16(v)
#define cpu_to_le32(v)	htole32(v)
#define cpu_to_le64(v)	htole64(v)
#define le16_to_cpu(v)	le16toh(v)
#define le32_to_cpu(v)	le32toh(v)
#define le64_to_cpu(v)	le64toh(v)

#endif /* __SHIM_LINUX_KERNEL_H__ */
