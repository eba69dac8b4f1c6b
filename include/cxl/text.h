/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_TEXT_H__
#define __CXL_TEXT_H__

/*
 * Text that users write to parameters, attributes and files. What is written is
 * used whole or refused: the kernel's own parsers stop at a NUL, kstrtobool()
 * after a character or two and uuid_parse() after 36. Builds in user space too.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <linux/types.h>
#include <linux/uuid.h>

/*
 * The longest text that anything takes. It is far below the page at which sysfs
 * and configfs cut a longer write in two, so that no such piece is taken for all.
 */
#define CXL_TEXT_MAX	127
/* How much of a text the log shows: all of a line that dc_inject_extent takes. */
#define CXL_TEXT_SHOWN	88

/**
 * struct cxl_text - a text as the log may show it, see cxl_text_shown()
 * @shown: printable ASCII
 */
struct cxl_text {
	char shown[CXL_TEXT_SHOWN + 1];
};

/* The length of a text without the one newline that may end it. */
static inline size_t cxl_text_len(const char *text, size_t len)
{
	return len && text[len - 1] == '\n' ? len - 1 : len;
}

/**
 * cxl_text_shown() - make a text fit for the log
 * @text: any bytes, such as what a user wrote or the name of a directory
 * @len: how many; a newline that ends them is not shown
 *
 * Return: @text with \xHH for what is not printable ASCII; a long one ends in
 * "...".
 */
static inline struct cxl_text cxl_text_shown(const char *text, size_t len)
{
	struct cxl_text escaped = {};

	if (string_escape_mem(text, cxl_text_len(text, len), escaped.shown, CXL_TEXT_SHOWN,
			      ESCAPE_NAP | ESCAPE_HEX, NULL) > CXL_TEXT_SHOWN)
		memcpy(escaped.shown + CXL_TEXT_SHOWN - 3, "...", 3);
	return escaped;
}

/**
 * cxl_text_line() - copy a text that is one word
 * @line: the text without the newline that may end it, for the functions below
 * @text: what the user wrote
 * @len: how many bytes
 *
 * Return: 0; -EINVAL if it is empty or too long, or has anything but printable
 * ASCII or a space in it.
 */
static inline int cxl_text_line(char line[CXL_TEXT_MAX + 1], const char *text, size_t len)
{
	len = cxl_text_len(text, len);
	if (!len || len > CXL_TEXT_MAX)
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] >= 0x7f)
			return -EINVAL;
	memcpy(line, text, len);
	line[len] = '\0';
	return 0;
}

/**
 * cxl_text_line_of_tool() - copy a text that is one word, and may be of a tool
 * @line: as for cxl_text_line()
 * @text: what was written; cxl and daxctl write the NUL that ends their strings as well
 * @len: how many bytes
 *
 * Return: as cxl_text_line().
 */
static inline int cxl_text_line_of_tool(char line[CXL_TEXT_MAX + 1], const char *text,
					size_t len)
{
	return cxl_text_line(line, text, len && !text[len - 1] ? len - 1 : len);
}

/**
 * cxl_text_number() - read a number
 * @line: decimal, hexadecimal with 0x or octal with 0, without a sign, with an
 *        optional suffix of memparse()
 * @number: its value; anything if it was refused
 *
 * Return: 0; -EINVAL if it is not a number, -ERANGE if it does not fit 64 bits.
 */
static inline int cxl_text_number(const char *line, u64 *number)
{
	char digits[CXL_TEXT_MAX + 1], unit[] = "1?", *end;
	size_t len = strlen(line);
	u64 count, factor;
	int rc;

	/* kstrtou64() would take a sign */
	if (line[0] < '0' || line[0] > '9' || len > CXL_TEXT_MAX)
		return -EINVAL;
	rc = kstrtou64(line, 0, number);
	if (rc != -EINVAL)
		return rc;

	/* memparse() on its own would not notice an overflow; 08 has no suffix */
	unit[1] = line[len - 1];
	factor = memparse(unit, &end);
	if (*end || (unit[1] >= '0' && unit[1] <= '9'))
		return -EINVAL;
	memcpy(digits, line, len);
	digits[len - 1] = '\0';
	rc = kstrtou64(digits, 0, &count);
	if (rc)
		return rc;
	return check_mul_overflow(count, factor, number) ? -ERANGE : 0;
}

/**
 * cxl_text_bool() - read what is on or off
 * @line: 0 or 1
 * @on: what it says; untouched if it was refused
 *
 * Return: 0, or -EINVAL.
 */
static inline int cxl_text_bool(const char *line, bool *on)
{
	if ((line[0] != '0' && line[0] != '1') || line[1])
		return -EINVAL;
	*on = line[0] == '1';
	return 0;
}

/**
 * cxl_text_uuid() - read a UUID
 * @line: 36 characters
 * @uuid: its value; untouched if it was refused
 *
 * Return: 0, or -EINVAL.
 */
static inline int cxl_text_uuid(const char *line, uuid_t *uuid)
{
	return strlen(line) == UUID_STRING_LEN ? uuid_parse(line, uuid) : -EINVAL;
}

#endif /* __CXL_TEXT_H__ */
