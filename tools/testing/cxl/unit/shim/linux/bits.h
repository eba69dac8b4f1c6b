/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_BITS_H__
#define __SHIM_LINUX_BITS_H__

#define BIT(nr)		(1UL << (nr))
#define BIT_ULL(nr)	(1ULL << (nr))
#define GENMASK(h, l)	(~0UL >> (63 - (h)) & ~0UL << (l))

#endif /* __SHIM_LINUX_BITS_H__ */
