/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_MINMAX_H__
#define __SHIM_LINUX_MINMAX_H__

/* Each argument is evaluated once, as in the kernel. */
#define min(a, b) ({					\
	__auto_type _a = (a);				\
	__auto_type _b = (b);				\
	_a < _b ? _a : _b;				\
})

#define max(a, b) ({					\
	__auto_type _a = (a);				\
	__auto_type _b = (b);				\
	_a > _b ? _a : _b;				\
})

#define min3(a, b, c)	min(min(a, b), c)

#define min_t(type, a, b) ({				\
	type _ta = (a);					\
	type _tb = (b);					\
	_ta < _tb ? _ta : _tb;				\
})

#define clamp(value, lo, hi) ({				\
	__auto_type _value = (value);			\
	__auto_type _lo = (lo);				\
	__auto_type _hi = (hi);				\
	_value < _lo ? _lo : _value > _hi ? _hi : _value; \
})

#define swap(a, b) do {					\
	__auto_type _swap = (a);			\
	(a) = (b);					\
	(b) = _swap;					\
} while (0)

#endif /* __SHIM_LINUX_MINMAX_H__ */
