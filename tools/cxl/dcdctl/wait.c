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
 * dcdctl_size_option() - a size or an address
 * @name: the option; left alone if it was not given
 * @size: what it says
 *
 * Return: a status.
 */
int dcdctl_size_option(const char *name, uint64_t *size)
{
	const char *text = dcdctl_option(name);
	const char *rule = text ? dcdctl_parse_size(text, size) : NULL;

	return rule ? dcdctl_fail(DCDCTL_USAGE, "--%s %s: %s", name, text, rule) : DCDCTL_DONE;
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

/**
 * dcdctl_place() - read --at and --region, and check that what is asked for is there
 * @device: the device
 * @request: its length; where it is, is filled in
 *
 * Return: a status.
 */
int dcdctl_place(struct dcdctl_device *device, struct dcdctl_request *request)
{
	struct dcdctl_region *region;
	int rc;

	rc = dcdctl_region_option(device, &request->region) ?:
	     dcdctl_size_option("at", &request->dpa);
	if (rc)
		return rc;
	request->has_dpa = dcdctl_option_given("at");
	if (request->has_dpa) {
		region = dcdctl_region_of(device, request->dpa);
		if (!region || request->len > region->base + region->len - request->dpa)
			return dcdctl_fail(DCDCTL_USAGE,
					   "--at %#" PRIx64 " --size %s: must lie in one DC region: 'dcdctl list %s' shows them",
					   request->dpa, dcdctl_size_text(request->len).text,
					   dcdctl_shown_name(device));
		if (dcdctl_option_given("region") &&
		    request->region != region - device->regions)
			return dcdctl_fail(DCDCTL_USAGE,
					   "--at %#" PRIx64 " is in DC region %u, not %u: leave --region out",
					   request->dpa, (unsigned int)(region - device->regions),
					   request->region);
		request->region = region - device->regions;
	}
	rc = dcdctl_check_blocks(device, request->region, "size", request->len);
	if (!rc && request->has_dpa)
		rc = dcdctl_check_blocks(device, request->region, "at", request->dpa);
	return rc;
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
