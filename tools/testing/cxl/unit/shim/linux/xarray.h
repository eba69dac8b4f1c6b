/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_XARRAY_H__
#define __SHIM_LINUX_XARRAY_H__

/* A number as an entry of a tree, which is never NULL. */
static inline void *xa_mk_value(unsigned long value)
{
	return (void *)(value << 1 | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

#endif /* __SHIM_LINUX_XARRAY_H__ */
