/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_SORT_H__
#define __SHIM_LINUX_SORT_H__

#include <stdlib.h>

#define sort(base, nr, size, compare, swap)	\
	((void)(swap), qsort(base, nr, size, compare))

#endif /* __SHIM_LINUX_SORT_H__ */
