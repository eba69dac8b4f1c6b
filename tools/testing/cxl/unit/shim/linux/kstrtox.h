/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_KSTRTOX_H__
#define __SHIM_LINUX_KSTRTOX_H__

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <linux/types.h>

/*
 * As the kernel's: a plus sign and one newline are taken, space is not. What is behind a
 * number that is too large does not matter.
 */
static inline int kstrtou64(const char *text, unsigned int base, u64 *value)
{
	unsigned long long number;
	char *end;

	if (*text == '+')
		text++;
	if (!isalnum((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, base);
	if (errno)
		return -errno;
	if (end == text || (*end && !(*end == '\n' && !end[1])))
		return -EINVAL;
	*value = number;
	return 0;
}

#endif /* __SHIM_LINUX_KSTRTOX_H__ */
