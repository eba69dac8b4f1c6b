/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_CONTAINER_OF_H__
#define __SHIM_LINUX_CONTAINER_OF_H__

#include <stddef.h>

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#endif /* __SHIM_LINUX_CONTAINER_OF_H__ */
