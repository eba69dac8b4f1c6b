// SPDX-License-Identifier: GPL-2.0-only
/* Text of a value: what all front ends take, and say when they do not. */
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "mock.h"

/**
 * cxl_mock_shown() - how much of a refused value the log shows
 * @text: what the user wrote
 *
 * Return: characters, not counting a newline and what follows.
 */
int cxl_mock_shown(const char *text)
{
	return min_t(size_t, strcspn(text, "\n"), 40);
}

/*
 * A number with an optional suffix of memparse(), which on its own would not
 * notice an overflow; a newline may follow.
 */
static int parse_size(const char *text, u64 *size)
{
	char number[32], one[3] = "1";
	size_t len;
	char *end;
	u64 count;
	int rc;

	rc = kstrtou64(text, 0, size);
	if (rc != -EINVAL)
		return rc;

	len = strcspn(text, "\n");
	if (len < 2 || len >= sizeof(number) || (text[len] && text[len + 1]))
		return -EINVAL;
	memcpy(number, text, len - 1);
	number[len - 1] = '\0';
	one[1] = text[len - 1];

	rc = kstrtou64(number, 0, &count);
	if (rc)
		return rc;
	if (check_mul_overflow(count, memparse(one, &end), size))
		return -ERANGE;
	return *end ? -EINVAL : 0;
}

/**
 * cxl_mock_read_size() - read a size that a user gives for a value
 * @name: name of the value
 * @text: what the user wrote
 * @size: the size; untouched if it was refused
 * @reason: why it was refused, in one line without a newline; untouched if it
 *          was not
 *
 * Return: 0; -EINVAL if it is not a size, -ERANGE if it does not fit.
 */
int cxl_mock_read_size(const char *name, const char *text, u64 *size,
		       char reason[CXL_MOCK_REASON_LEN])
{
	u64 parsed;
	int rc = parse_size(text, &parsed);

	if (rc == -ERANGE)
		snprintf(reason, CXL_MOCK_REASON_LEN,
			 "%s=%.*s: does not fit 64 bits, the most that would do is %s", name,
			 cxl_mock_shown(text), text, cxl_mock_size(CXL_MOCK_DPA_END).text);
	else if (rc)
		snprintf(reason, CXL_MOCK_REASON_LEN,
			 "%s=%.*s: must be a number, with a suffix K, M, G or T if you like, such as 4G",
			 name, cxl_mock_shown(text), text);
	else
		*size = parsed;
	return rc;
}

static const char * const backings[] = {
	[CXL_DC_BACKING_NONE] = "none",
	[CXL_DC_BACKING_PHANTOM] = "phantom",
	[CXL_DC_BACKING_RESERVED] = "reserved",
};

/**
 * cxl_mock_read_backing() - read what a user wants behind capacity
 * @name: name of the value
 * @text: what the user wrote
 * @backing: what it is; untouched if it was refused
 * @reason: why it was refused, in one line without a newline; untouched if it
 *          was not
 *
 * Return: 0, or -EINVAL.
 */
int cxl_mock_read_backing(const char *name, const char *text,
			  enum cxl_dc_backing *backing, char reason[CXL_MOCK_REASON_LEN])
{
	int match = sysfs_match_string(backings, text);

	if (match >= 0) {
		*backing = match;
		return 0;
	}
	snprintf(reason, CXL_MOCK_REASON_LEN, "%s=%.*s: must be none, phantom or reserved", name,
		 cxl_mock_shown(text), text);
	return match;
}

/**
 * cxl_mock_backing_name() - the name of what is behind capacity
 * @backing: what it is
 *
 * Return: its name.
 */
const char *cxl_mock_backing_name(enum cxl_dc_backing backing)
{
	return backings[backing];
}
