/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_BUILD_BUG_H__
#define __SHIM_LINUX_BUILD_BUG_H__

#define BUILD_BUG_ON(condition)	_Static_assert(!(condition), #condition)

#endif /* __SHIM_LINUX_BUILD_BUG_H__ */
