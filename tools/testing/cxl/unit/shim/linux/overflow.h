/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_OVERFLOW_H__
#define __SHIM_LINUX_OVERFLOW_H__

#include <linux/types.h>

#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d)	__builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)

static inline size_t size_mul(size_t a, size_t b)
{
	size_t product;

	return check_mul_overflow(a, b, &product) ? SIZE_MAX : product;
}

static inline size_t size_add(size_t a, size_t b)
{
	size_t sum;

	return check_add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

#define array_size(a, b)		size_mul(a, b)
#define flex_array_size(p, member, n)	size_mul(n, sizeof((p)->member[0]))
#define struct_size(p, member, n) \
	size_add(sizeof(*(p)), flex_array_size(p, member, n))

#endif /* __SHIM_LINUX_OVERFLOW_H__ */
