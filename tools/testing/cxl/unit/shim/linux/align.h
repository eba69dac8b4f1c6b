/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_ALIGN_H__
#define __SHIM_LINUX_ALIGN_H__

#define ALIGN(x, a)		(((x) + (a) - 1) & ~((typeof(x))(a) - 1))
#define ALIGN_DOWN(x, a)	((x) & ~((typeof(x))(a) - 1))
#define IS_ALIGNED(x, a)	(!((x) & ((typeof(x))(a) - 1)))

#endif /* __SHIM_LINUX_ALIGN_H__ */
