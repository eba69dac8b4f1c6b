/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_UNALIGNED_H__
#define __SHIM_LINUX_UNALIGNED_H__

#include <endian.h>
#include <string.h>
#include <linux/types.h>

static inline u64 get_unaligned_le64(const void *p)
{
	u64 value;

	memcpy(&value, p, sizeof(value));
	return le64toh(value);
}

static inline void put_unaligned_le64(u64 value, void *p)
{
	value = htole64(value);
	memcpy(p, &value, sizeof(value));
}

#endif /* __SHIM_LINUX_UNALIGNED_H__ */
