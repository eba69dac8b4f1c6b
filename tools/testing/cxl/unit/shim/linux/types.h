/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shim: just enough of the kernel's headers for the device's logic to
 * build unmodified in user space, where sanitizers and gcov can watch it.
 */
#ifndef __SHIM_LINUX_TYPES_H__
#define __SHIM_LINUX_TYPES_H__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include_next <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

#define __packed	__attribute__((packed))
#define __aligned(bytes)	__attribute__((aligned(bytes)))

#endif /* __SHIM_LINUX_TYPES_H__ */
