/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_MINMAX_H__
#define __SHIM_LINUX_MINMAX_H__

/* Each argument is evaluated once, as in the kernel. */
#define min(a, b) ({					\
	__auto_type _a = (a);				\
	__auto_type _b = (b);				\
	_a < _b ? _a : _b;				\
})

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

#endif /* __SHIM_LINUX_MINMAX_H__ */
