// SPDX-License-Identifier: GPL-2.0-only
/* What add and release have in common: their options, and waiting for the host. */
#include <inttypes.h>
#include <string.h>

#include "wait.h"

/**
 * dcdctl_wait_option() - how long --wait waits
 * @ms: milliseconds; 0: it was not given
 *
 * Return: a status.
 */
int dcdctl_wait_option(uint64_t *ms)
{
	const char *text = dcdctl_option("wait"), *rule;

	*ms = text ? DCDCTL_WAIT_MS : 0;
	if (!text || !*text)
		return DCDCTL_DONE;
	rule = dcdctl_parse_seconds(text, ms);
	if (rule)
		return dcdctl_fail(DCDCTL_USAGE, "--wait=%s: %s", text, rule);
	/* no time at all is one look */
	if (!*ms)
		*ms = 1;
	return DCDCTL_DONE;
}

/**
 * dcdctl_parse_option() - read a size or an address of an option
 * @name: the option
 * @text: what it says
 * @size: bytes
 *
 * Return: a status.
 */
int dcdctl_parse_option(const char *name, const char *text, uint64_t *size)
{
	const char *rule = dcdctl_parse_size(text, size);

	return rule ? dcdctl_fail(DCDCTL_USAGE, "--%s %s: %s", name, text, rule) : DCDCTL_DONE;
}

/**
 * dcdctl_size_option() - a size or an address
 * @name: the option; left alone if it was not given
 * @size: what it says
 *
 * Return: a status.
 */
int dcdctl_size_option(const char *name, uint64_t *size)
{
	const char *text = dcdctl_option(name);

	return text ? dcdctl_parse_option(name, text, size) : DCDCTL_DONE;
}

/**
 * dcdctl_tag_option() - a tag
 * @tag: what --tag says; left alone if it was not given
 *
 * Return: a status.
 */
int dcdctl_tag_option(uint8_t *tag)
{
	const char *text = dcdctl_option("tag");
	const char *rule = text ? dcdctl_parse_tag(text, tag) : NULL;

	return rule ? dcdctl_fail(DCDCTL_USAGE, "--tag %s: %s", text, rule) : DCDCTL_DONE;
}

/**
 * dcdctl_region_option() - a DC region
 * @device: its device
 * @region: what --region says; left alone if it was not given
 *
 * Return: a status.
 */
int dcdctl_region_option(const struct dcdctl_device *device, unsigned int *region)
{
	const char *text = dcdctl_option("region"), *rule;
	uint64_t number;

	if (!text)
		return DCDCTL_DONE;
	rule = dcdctl_parse_number(text, device->nr_regions - 1, &number);
	if (rule)
		return dcdctl_fail(DCDCTL_USAGE, "--region %s: %s: %s has %u DC regions", text,
				   rule, dcdctl_shown_name(device), device->nr_regions);
	*region = number;
	return DCDCTL_DONE;
}

/**
 * dcdctl_check_blocks() - check that a size or an address consists of blocks
 * @device: the device
 * @region: the DC region
 * @name: the option
 * @size: what it says
 *
 * Return: a status.
 */
int dcdctl_check_blocks(const struct dcdctl_device *device, unsigned int region,
			const char *name, uint64_t size)
{
	uint64_t block = device->regions[region].block_size, nearest;

	if (!(size % block))
		return DCDCTL_DONE;
	nearest = size < block ? block : size / block * block;
	return dcdctl_fail(DCDCTL_USAGE,
			   "--%s %s: must be a multiple of DC region %u's block size %s, nearest is %s",
			   name, dcdctl_size_text(size).text, region, dcdctl_size_text(block).text,
			   dcdctl_size_text(nearest).text);
}

/* One --at with its size, which must lie in the DC region of those before it */
static int place_one(struct dcdctl_device *device, struct dcdctl_request *request, uint64_t dpa,
		     uint64_t len)
{
	struct dcdctl_region *region = dcdctl_region_of(device, dpa);
	struct dcdctl_extent place = { .dpa = dpa, .len = len };
	unsigned int index = region - device->regions;
	int rc;

	if (!region || len > region->base + region->len - dpa)
		return dcdctl_fail(DCDCTL_USAGE,
				   "--at %#" PRIx64 " --size %s: must lie in one DC region: see 'dcdctl list %s'",
				   dpa, dcdctl_size_text(len).text, dcdctl_shown_name(device));
	if (dcdctl_option_given("region") && request->region != index)
		return dcdctl_fail(DCDCTL_USAGE,
				   "--at %#" PRIx64 " is in DC region %u, not %u: omit --region",
				   dpa, index, request->region);
	if (request->places.nr && request->region != index)
		return dcdctl_fail(DCDCTL_USAGE,
				   "--at %#" PRIx64 " is in DC region %u, the ones before in %u: all must be in one",
				   dpa, index, request->region);
	request->region = index;
	rc = dcdctl_check_blocks(device, index, "size", len) ?:
	     dcdctl_check_blocks(device, index, "at", dpa);
	if (rc)
		return rc;
	for (size_t i = 0; i < request->places.nr; i++)
		if (dpa < request->places.list[i].dpa + request->places.list[i].len &&
		    request->places.list[i].dpa < dpa + len)
			return dcdctl_fail(DCDCTL_USAGE,
					   "--at %#" PRIx64 ": overlaps %s at %#" PRIx64 ", which is also requested",
					   dpa, dcdctl_size_text(request->places.list[i].len).text,
					   request->places.list[i].dpa);
	memcpy(place.tag, request->tag, sizeof(place.tag));
	return dcdctl_extents_add(&request->places, &place);
}

/**
 * dcdctl_place() - read --at and --region, and check that what is asked for is there
 * @device: the device
 * @request: its length; where it is, is filled in, and the length is that of all places
 *
 * The nth --at goes with the nth --size, or all with the only one.
 *
 * Return: a status.
 */
int dcdctl_place(struct dcdctl_device *device, struct dcdctl_request *request)
{
	unsigned int next_at = 0, next_size = 0;
	uint64_t dpa, len, sum = 0;
	const char *at;
	int rc;

	rc = dcdctl_region_option(device, &request->region);
	if (rc)
		return rc;
	if (!dcdctl_option_given("at"))
		return dcdctl_check_blocks(device, request->region, "size", request->len);
	while ((at = dcdctl_option_next("at", &next_at))) {
		const char *size = dcdctl_option_next("size", &next_size);

		rc = dcdctl_parse_option("at", at, &dpa) ?:
		     dcdctl_parse_option("size", size ?: dcdctl_option("size"), &len) ?:
		     place_one(device, request, dpa, len);
		if (rc)
			return rc;
		sum += len;
	}
	request->len = sum;
	return DCDCTL_DONE;
}

static unsigned int times_given(const char *name)
{
	unsigned int at = 0, nr = 0;

	while (dcdctl_option_next(name, &at))
		nr++;
	return nr;
}

/**
 * dcdctl_sizes_option() - read what of --size does not depend on the device
 * @size: the first; left alone if there is none
 *
 * Return: a status.
 */
int dcdctl_sizes_option(uint64_t *size)
{
	unsigned int places = times_given("at"), sizes = times_given("size"), next = 0;
	uint64_t each = 1;
	const char *text;
	int rc;

	while ((text = dcdctl_option_next("size", &next))) {
		rc = dcdctl_parse_option("size", text, &each);
		if (rc)
			return rc;
		if (!each)
			return dcdctl_fail(DCDCTL_USAGE, "--size %s: must not be 0",
					   text);
	}
	if (sizes > 1 && sizes != places)
		return dcdctl_fail(DCDCTL_USAGE,
				   "--size is given %u times and --at %u times: must be once, or once for each --at",
				   sizes, places);
	return dcdctl_size_option("size", size);
}

/**
 * dcdctl_host_reason() - what the host on this machine says of extents
 * @log: the kernel's log since they were asked for
 * @extents: the extents
 * @words: what its line has
 * @reason: what follows these words; empty: nothing
 * @room: bytes of @reason
 */
void dcdctl_host_reason(int log, const struct dcdctl_extents *extents, const char *words,
			char *reason, size_t room)
{
	char line[1024], where[64] = "";
	const char *const both[] = { words, where, NULL };

	*reason = '\0';
	/* one refusal of the group tells for all; the log names its first extent */
	if (extents->nr)
		snprintf(where, sizeof(where), "extent 0x%" PRIx64 " ", extents->list[0].dpa);
	if (dcdctl_log_find(log, both, line, sizeof(line)))
		snprintf(reason, room, "%s", strstr(line, words) + strlen(words));
}
