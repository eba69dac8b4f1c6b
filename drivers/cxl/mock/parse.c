// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text of a value: what all front ends take, and say when they do not. Builds in
 * user space too.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "parse.h"

/* Say of a value why it was refused, and return the errno. */
#define refuse(reason, rc, name, text, len, fmt, ...)				\
	(snprintf(reason, CXL_MOCK_REASON_LEN, "%s=%s: " fmt, name,		\
		  cxl_text_shown(text, len).shown, ##__VA_ARGS__), rc)

/**
 * cxl_mock_read_size() - read a number that a user gives for a value
 * @name: name of the value
 * @text: what the user wrote
 * @len: how many bytes
 * @size: the number; untouched if it was refused
 * @reason: why it was refused, in one line without a newline; untouched if it
 *          was not
 *
 * Return: 0; -EINVAL if it is not a number, -ERANGE if it does not fit 64 bits.
 */
int cxl_mock_read_size(const char *name, const char *text, size_t len, u64 *size,
		       char reason[CXL_MOCK_REASON_LEN])
{
	char line[CXL_TEXT_MAX + 1];
	u64 number;
	int rc;

	rc = cxl_text_line(line, text, len) ?: cxl_text_number(line, &number);
	if (rc == -ERANGE)
		return refuse(reason, rc, name, text, len, "does not fit in 64 bits, the maximum is %s",
			      cxl_mock_config_most(name).text);
	if (rc)
		return refuse(reason, rc, name, text, len,
			      "must be a number, optionally with a suffix K, M, G or T, such as 4G");
	*size = number;
	return 0;
}

/**
 * cxl_mock_read_bool() - read what a user switches on or off
 * @name: name of the switch
 * @text: what the user wrote
 * @len: how many bytes
 * @on: what it says; untouched if it was refused
 * @reason: as of cxl_mock_read_size()
 *
 * Return: 0, or -EINVAL.
 */
int cxl_mock_read_bool(const char *name, const char *text, size_t len, bool *on,
		       char reason[CXL_MOCK_REASON_LEN])
{
	char line[CXL_TEXT_MAX + 1];

	if (cxl_text_line(line, text, len) || cxl_text_bool(line, on))
		return refuse(reason, -EINVAL, name, text, len, "must be 0 or 1");
	return 0;
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
 * @len: how many bytes
 * @backing: what it is; untouched if it was refused
 * @reason: as of cxl_mock_read_size()
 *
 * Return: 0, or -EINVAL.
 */
int cxl_mock_read_backing(const char *name, const char *text, size_t len,
			  enum cxl_dc_backing *backing, char reason[CXL_MOCK_REASON_LEN])
{
	char line[CXL_TEXT_MAX + 1];
	int match = cxl_text_line(line, text, len) ?:
		    match_string(backings, ARRAY_SIZE(backings), line);

	if (match < 0)
		return refuse(reason, -EINVAL, name, text, len,
			      "must be none, phantom or reserved");
	*backing = match;
	return 0;
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

/**
 * cxl_mock_read_tag() - read the tag of a backend
 * @name: name of the value
 * @text: what the user wrote
 * @len: how many bytes
 * @tag: the tag; untouched if it was refused
 * @reason: as of cxl_mock_read_size()
 *
 * Return: 0, or -EINVAL, also for the null UUID.
 */
int cxl_mock_read_tag(const char *name, const char *text, size_t len, uuid_t *tag,
		      char reason[CXL_MOCK_REASON_LEN])
{
	char line[CXL_TEXT_MAX + 1];
	uuid_t uuid;

	if (cxl_text_line(line, text, len) || cxl_text_uuid(line, &uuid) || uuid_is_null(&uuid))
		return refuse(reason, -EINVAL, name, text, len,
			      "must be a UUID other than zero, such as 6ba7b810-9dad-11d1-80b4-00c04fd430c8");
	*tag = uuid;
	return 0;
}

/* The tag of an extent: as cxl_test has it, none is empty or 0. */
static int extent_tag(const char *field, u8 tag[CXL_DC_TAG_LEN])
{
	uuid_t uuid = {};

	if (*field && strcmp(field, "0") && cxl_text_uuid(field, &uuid))
		return -EINVAL;
	export_uuid(tag, &uuid);
	return 0;
}

/* What follows "<dpa>:<length>:<tag>" in a line about an extent. */
enum form {
	RELEASE,	/* nothing */
	OFFER,		/* "<more>[:<sequence>]" */
	PRESENT,	/* "[<sequence>]" */
};

static int read_extent(const char *text, size_t len, enum form form,
		       struct cxl_mock_extent_line *line)
{
	static const struct {
		unsigned int min, max;
	} nr_fields[] = { [RELEASE] = { 3, 3 }, [OFFER] = { 4, 5 }, [PRESENT] = { 3, 4 } };
	char copy[CXL_TEXT_MAX + 1], *fields[5] = {}, *rest = copy;
	struct cxl_mock_extent_line read = {};
	u64 more = 0, seq = 0;
	unsigned int nr = 0;

	if (cxl_text_line(copy, text, len))
		return -EINVAL;
	while (rest && nr < ARRAY_SIZE(fields))
		fields[nr++] = strsep(&rest, ":");
	if (rest || nr < nr_fields[form].min || nr > nr_fields[form].max)
		return -EINVAL;

	if (cxl_text_number(fields[0], &read.range.start) ||
	    cxl_text_number(fields[1], &read.range.len) || extent_tag(fields[2], read.range.tag))
		return -EINVAL;
	if (form == OFFER && cxl_text_number(fields[3], &more))
		return -EINVAL;
	if (form != RELEASE && nr == nr_fields[form].max &&
	    (cxl_text_number(fields[nr - 1], &seq) || seq > U16_MAX))
		return -EINVAL;
	read.range.seq = seq;
	read.more = more;
	*line = read;
	return 0;
}

/**
 * cxl_mock_read_offer() - read which extent a user offers to the host
 * @name: name of the attribute
 * @text: what the user wrote
 * @len: how many bytes
 * @line: what it says; untouched if it was refused
 * @reason: why it was refused, in one line without a newline; untouched if it
 *          was not
 *
 * Return: 0, or -EINVAL.
 */
int cxl_mock_read_offer(const char *name, const char *text, size_t len,
			struct cxl_mock_extent_line *line, char reason[CXL_MOCK_REASON_LEN])
{
	if (!read_extent(text, len, OFFER, line))
		return 0;
	snprintf(reason, CXL_MOCK_REASON_LEN,
		 "%s: '%s': must be <dpa>:<length>:<tag>:<more>[:<sequence>], such as 0x0:0x10000000::0",
		 name, cxl_text_shown(text, len).shown);
	return -EINVAL;
}

/**
 * cxl_mock_read_release() - read which extent a user wants released
 * @name: name of the attribute
 * @text: what the user wrote
 * @len: how many bytes
 * @line: what it says; untouched if it was refused
 * @reason: as of cxl_mock_read_offer()
 *
 * Return: 0, or -EINVAL.
 */
int cxl_mock_read_release(const char *name, const char *text, size_t len,
			  struct cxl_mock_extent_line *line, char reason[CXL_MOCK_REASON_LEN])
{
	if (!read_extent(text, len, RELEASE, line))
		return 0;
	snprintf(reason, CXL_MOCK_REASON_LEN,
		 "%s: '%s': must be <dpa>:<length>:<tag>, such as 0x0:0x10000000:",
		 name, cxl_text_shown(text, len).shown);
	return -EINVAL;
}

/**
 * cxl_mock_read_present() - read which extents a device has from the start
 * @name: name of the value
 * @text: "<dpa>:<length>:<tag>[:<sequence>]" and more of them behind commas, or
 *        nothing
 * @len: how many bytes
 * @config: gets them; untouched if they were refused
 * @reason: as of cxl_mock_read_size()
 *
 * Whether they fit the device is found out when it is built.
 *
 * Return: 0; -EINVAL for what is no such list, -ERANGE for too many.
 */
int cxl_mock_read_present(const char *name, const char *text, size_t len,
			  struct cxl_mock_config *config, char reason[CXL_MOCK_REASON_LEN])
{
	struct cxl_dc_range present[CXL_MOCK_PRESENT_MAX];
	size_t left = cxl_text_len(text, len);
	const char *next = text;
	unsigned int nr = 0;

	while (left) {
		const char *comma = memchr(next, ',', left);
		size_t one = comma ? (size_t)(comma - next) : left;
		struct cxl_mock_extent_line line;

		if (nr == CXL_MOCK_PRESENT_MAX)
			return refuse(reason, -ERANGE, name, text, len,
				      "must be at most %d extents",
				      CXL_MOCK_PRESENT_MAX);
		/* a newline ends the list, not an extent; and a comma has one behind it */
		if ((one && next[one - 1] == '\n') || (comma && one + 1 == left) ||
		    read_extent(next, one, PRESENT, &line))
			return refuse(reason, -EINVAL, name, text, len,
				      "must be a comma-separated list of <dpa>:<length>:<tag>[:<sequence>], such as 0:128M:,256M:128M:");
		present[nr++] = line.range;
		next += comma ? one + 1 : one;
		left -= comma ? one + 1 : one;
	}
	memcpy(config->present, present, nr * sizeof(present[0]));
	config->nr_present = nr;
	return 0;
}

/**
 * cxl_mock_show_present() - write what cxl_mock_read_present() reads
 * @config: has the extents
 * @text: where to
 * @size: room there, CXL_MOCK_PRESENT_LEN is enough
 */
void cxl_mock_show_present(const struct cxl_mock_config *config, char *text, size_t size)
{
	int pos = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < config->nr_present; i++) {
		const struct cxl_dc_range *present = &config->present[i];

		pos += snprintf(text + pos, size - pos, "%s0x%llx:0x%llx:", i ? "," : "",
				present->start, present->len);
		for (unsigned int j = 0; j < CXL_DC_TAG_LEN; j++)
			pos += snprintf(text + pos, size - pos, "%s%02x",
					j == 4 || j == 6 || j == 8 || j == 10 ? "-" : "",
					present->tag[j]);
		pos += snprintf(text + pos, size - pos, ":%u", present->seq);
	}
}
