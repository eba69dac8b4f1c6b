/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_UUID_H__
#define __SHIM_LINUX_UUID_H__

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

#define UUID_STRING_LEN	36

struct shim_uuid {
	u8 b[16];
};

#define uuid_t	struct shim_uuid

/* As the kernel's, which does not look at what is behind the UUID. */
static inline int uuid_parse(const char *text, uuid_t *uuid)
{
	uuid_t parsed;

	for (unsigned int i = 0, byte = 0; i < UUID_STRING_LEN; i++) {
		char pair[3] = { text[i], text[i] ? text[i + 1] : 0 };

		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return -EINVAL;
			continue;
		}
		if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1]))
			return -EINVAL;
		parsed.b[byte++] = strtoul(pair, NULL, 16);
		i++;
	}
	*uuid = parsed;
	return 0;
}

static inline bool uuid_is_null(const uuid_t *uuid)
{
	static const uuid_t null;

	return !memcmp(uuid, &null, sizeof(null));
}

static inline void export_uuid(u8 *bytes, const uuid_t *uuid)
{
	memcpy(bytes, uuid, sizeof(*uuid));
}

#endif /* __SHIM_LINUX_UUID_H__ */
