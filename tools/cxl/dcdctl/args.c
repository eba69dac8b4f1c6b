// SPDX-License-Identifier: GPL-2.0-only
/* Text from the user: numbers, sizes, tags, names; and sizes for the user. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "args.h"

static const char tag_rule[] =
	"must be a UUID other than zero, such as 6ba7b810-9dad-11d1-80b4-00c04fd430c8, or new";
static const char name_rule[] =
	"must be a name of 1 to 40 characters without / or a leading dot, such as dev0";

/* strtoull() takes spaces and signs, which are no part of a number here. */
static bool parse_digits(const char *text, uint64_t *number, const char **end)
{
	int base = text[0] == '0' && tolower((unsigned char)text[1]) == 'x' ? 16 : 10;
	char *rest;

	if (!isdigit((unsigned char)text[0]) ||
	    (base == 16 && !isxdigit((unsigned char)text[2])))
		return false;
	errno = 0;
	*number = strtoull(text, &rest, base);
	*end = rest;
	return !errno;
}

/**
 * dcdctl_parse_number() - read a number
 * @text: decimal, or hexadecimal with 0x
 * @max: the largest that will do
 * @number: the number
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *dcdctl_parse_number(const char *text, uint64_t max, uint64_t *number)
{
	static char rule[64];
	const char *end;
	uint64_t parsed;

	if (parse_digits(text, &parsed, &end) && !*end && parsed <= max) {
		*number = parsed;
		return NULL;
	}
	snprintf(rule, sizeof(rule), "must be a number from 0 to %" PRIu64 "%s", max,
		 max > 0xffff ? ", or 0x and hexadecimal" : "");
	return rule;
}

/**
 * dcdctl_parse_size() - read a size, or an address
 * @text: a number, and K, M, G or T
 * @size: bytes
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *dcdctl_parse_size(const char *text, uint64_t *size)
{
	static const char units[] = "KMGT";
	unsigned int shift = 0;
	const char *end, *unit;
	uint64_t number;

	if (!parse_digits(text, &number, &end))
		goto refuse;
	if (*end) {
		unit = strchr(units, toupper((unsigned char)*end));
		if (!unit || end[1])
			goto refuse;
		shift = 10 * (unit - units + 1);
	}
	if (number > UINT64_MAX >> shift)
		goto refuse;
	*size = number << shift;
	return NULL;

refuse:
	return "must be a 64-bit number, optionally with a suffix K, M, G or T, such as 512M";
}

/**
 * dcdctl_parse_tag() - read a tag
 * @text: a UUID; "new": one that nobody has
 * @tag: the tag
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *dcdctl_parse_tag(const char *text, uint8_t *tag)
{
	uuid_t uuid;

	if (!strcmp(text, "new")) {
		uuid_generate_random(tag);
		return NULL;
	}
	if (uuid_parse(text, uuid) || uuid_is_null(uuid))
		return tag_rule;
	memcpy(tag, uuid, DCDCTL_TAG_LEN);
	return NULL;
}

/**
 * dcdctl_parse_seconds() - read how long to wait
 * @text: seconds, to the millisecond
 * @ms: milliseconds
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *dcdctl_parse_seconds(const char *text, uint64_t *ms)
{
	uint64_t whole = 0, part = 0, unit = 1000;
	size_t digits = strspn(text, "0123456789");

	if (digits && digits <= 6) {
		whole = strtoul(text, NULL, 10);
		text += digits;
		if (*text == '.' && isdigit((unsigned char)text[1])) {
			for (text++; isdigit((unsigned char)*text) && unit > 1; text++) {
				unit /= 10;
				part += (*text - '0') * unit;
			}
		}
		if (!*text) {
			*ms = whole * 1000 + part;
			return NULL;
		}
	}
	return "must be seconds from 0 to 999999, such as 10 or 0.5";
}

/**
 * dcdctl_parse_opcode() - read the opcode of a command
 * @text: hexadecimal as in the specification, with 0x or h or neither
 * @opcode: the opcode
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *dcdctl_parse_opcode(const char *text, uint16_t *opcode)
{
	const char *digits = !strncasecmp(text, "0x", 2) ? text + 2 : text;
	size_t nr = strspn(digits, "0123456789abcdefABCDEF");

	if (!nr || nr > 4 || (digits[nr] && strcasecmp(digits + nr, "h")))
		return "must be an opcode in hexadecimal, such as 5600";
	*opcode = strtoul(digits, NULL, 16);
	return NULL;
}

/**
 * dcdctl_parse_name() - check a name that is to be a directory
 * @text: the name
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *dcdctl_parse_name(const char *text)
{
	size_t length = strlen(text);

	if (!length || length > 40 || text[0] == '.' || strchr(text, '/'))
		return name_rule;
	for (; *text; text++)
		if (!isgraph((unsigned char)*text))
			return "must be a name without spaces or control characters, such as dev0";
	return NULL;
}

/**
 * dcdctl_tag_is_null() - whether a tag is none
 * @tag: the tag
 *
 * Return: true if so.
 */
bool dcdctl_tag_is_null(const uint8_t *tag)
{
	return uuid_is_null(tag);
}

/**
 * dcdctl_tag_text() - a tag as text
 * @tag: the tag
 * @text: the text
 */
void dcdctl_tag_text(const uint8_t *tag, char text[DCDCTL_UUID_TEXT])
{
	uuid_unparse_lower(tag, text);
}

/**
 * dcdctl_size_text() - a size as dcdctl_parse_size() reads it
 * @size: bytes
 *
 * Return: the text.
 */
struct dcdctl_size_text dcdctl_size_text(uint64_t size)
{
	struct dcdctl_size_text text;
	const char *unit = "";

	for (const char *next = "KMGT"; *next && size && !(size % 1024); next++) {
		size /= 1024;
		unit = next;
	}
	snprintf(text.text, sizeof(text.text), "%" PRIu64 "%.1s", size, unit);
	return text;
}

/**
 * dcdctl_size_human() - a size as cxl list -u shows it
 * @size: bytes
 * @text: the text
 * @room: bytes of @text
 */
void dcdctl_size_human(uint64_t size, char *text, size_t room)
{
	static const struct {
		const char *binary, *decimal;
		double bytes, decimal_bytes;
	} units[] = {
		{ "KiB", "KB", 1024.0, 1e3 },
		{ "MiB", "MB", 1048576.0, 1e6 },
		{ "GiB", "GB", 1073741824.0, 1e9 },
		{ "TiB", "TB", 1099511627776.0, 1e12 },
	};
	size_t i = 0;

	if (size < 1024) {
		snprintf(text, room, "%" PRIu64, size);
		return;
	}
	while (i + 1 < DCDCTL_ARRAY_SIZE(units) && size >= units[i + 1].bytes)
		i++;
	snprintf(text, room, "%.2f %s (%.2f %s)", size / units[i].bytes, units[i].binary,
		 size / units[i].decimal_bytes, units[i].decimal);
}
