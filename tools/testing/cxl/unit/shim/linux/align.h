/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_ALIGN_H__
#define __SHIM_LINUX_ALIGN_H__

#define IS_ALIGNED(x, a)	(((x) & ((typeof(x))(a) - 1)) == 0)
#define ALIGN_DOWN(x, a)	((x) & ~((typeof(x))(a) - 1))

#endif /* __SHIM_LINUX_ALIGN_H__ */
