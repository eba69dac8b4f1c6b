// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the FM reads of a device: DC regions, extents, tags and backends. What it has no
 * command for, as pending extents and backends, the mock shows in debugfs.
 */
#include <endian.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "fm.h"

#define DSMAS_READ_ONLY	0x40

static int fm_load_regions(struct dcdctl_device *device)
{
	uint8_t payload[FM_PAYLOAD];
	const struct cxl_fm_get_region_config_out *out = (void *)payload;
	size_t len;
	int rc;

	device->nr_regions = 0;
	do {
		struct cxl_fm_get_region_config_in in = {
			.region_count = DCDCTL_REGIONS_MAX,
			.start_region = device->nr_regions,
		};

		rc = dcdctl_fm_command(device, CXL_FM_OP_GET_REGION_CONFIG, &in, sizeof(in),
				       payload, &len);
		if (rc)
			return rc;
		if (len < sizeof(*out) + out->regions_returned * sizeof(out->regions[0]) ||
		    device->nr_regions + out->regions_returned > DCDCTL_REGIONS_MAX)
			return dcdctl_fail(DCDCTL_REFUSED,
					   "%s: invalid response: %u DC regions in %zu bytes",
					   device->name, out->regions_returned, len);
		for (unsigned int i = 0; i < out->regions_returned; i++) {
			const struct cxl_fm_region_config *region = &out->regions[i];

			device->regions[device->nr_regions++] = (struct dcdctl_region) {
				.base = le64toh(region->base),
				.len = le64toh(region->len),
				.block_size = le64toh(region->block_size),
				.sharable = region->flags & CXL_FM_REGION_SHARABLE,
				.read_only = region->flags & DSMAS_READ_ONLY,
			};
		}
	} while (out->regions_returned && device->nr_regions < out->regions_available);
	return DCDCTL_DONE;
}

static bool state_of(const char *text, uint8_t *state)
{
	/* what the mock calls an offer is pending to all others */
	if (!strcmp(text, "offered"))
		text = "pending";
	for (*state = DCDCTL_PENDING; *state <= DCDCTL_HELD; ++*state)
		if (!strcmp(text, dcdctl_states[*state]))
			return true;
	return false;
}

/* All extents, those that are offered too: dpa length tag sequence region state */
static int fm_load_from_debugfs(struct dcdctl_device *device, bool *there)
{
	char path[PATH_MAX], line[256], tag[40], state[16];
	struct dcdctl_extent extent;
	int rc = DCDCTL_DONE;
	FILE *file;

	snprintf(path, sizeof(path), FM_DEBUGFS "/%s/extents", device->host);
	file = fopen(path, "re");
	*there = file;
	if (!file)
		return DCDCTL_DONE;
	while (!rc && fgets(line, sizeof(line), file)) {
		unsigned long long dpa, len;
		unsigned int seq;

		if (sscanf(line, "%llx %llx %39s %u %*u %15s", &dpa, &len, tag, &seq, state) != 5)
			continue;
		extent = (struct dcdctl_extent) { .dpa = dpa, .len = len, .seq = seq };
		if (uuid_parse(tag, extent.tag) || !state_of(state, &extent.state))
			continue;
		rc = dcdctl_extents_add(&device->extents, &extent);
	}
	fclose(file);
	return rc;
}

/* What the host has, for where there is no debugfs. */
static int fm_load_accepted(struct dcdctl_device *device)
{
	uint8_t payload[FM_PAYLOAD];
	const struct cxl_fm_get_extent_lists_out *out = (void *)payload;
	size_t len;
	int rc;

	do {
		struct cxl_fm_get_extent_lists_in in = {
			.count = htole32(UINT32_MAX),
			.start = htole32(device->extents.nr),
		};

		rc = dcdctl_fm_command(device, CXL_FM_OP_GET_EXTENT_LISTS, &in, sizeof(in),
				       payload, &len);
		if (rc)
			return rc;
		for (uint32_t i = 0; !rc && i < le32toh(out->returned) &&
		     sizeof(*out) + (i + 1) * sizeof(out->extents[0]) <= len; i++) {
			struct dcdctl_extent extent = {
				.dpa = le64toh(out->extents[i].start_dpa),
				.len = le64toh(out->extents[i].length),
				.seq = le16toh(out->extents[i].shared_seq),
				.state = DCDCTL_ACCEPTED,
			};

			memcpy(extent.tag, out->extents[i].tag, sizeof(extent.tag));
			rc = dcdctl_extents_add(&device->extents, &extent);
		}
	} while (!rc && out->returned && device->extents.nr < le32toh(out->total));
	return rc;
}

/**
 * dcdctl_fm_load_extents() - read the extents of a device
 * @device: the device
 *
 * Without debugfs only those that the host has accepted are known.
 *
 * Return: a status.
 */
int dcdctl_fm_load_extents(struct dcdctl_device *device)
{
	bool there;
	int rc;

	dcdctl_extents_free(&device->extents);
	rc = fm_load_from_debugfs(device, &there);
	if (!rc && !there)
		rc = fm_load_accepted(device);
	dcdctl_count_free(device);
	return rc;
}

static int fm_load_tags(struct dcdctl_device *device)
{
	uint8_t payload[FM_PAYLOAD];
	const struct cxl_fm_list_tags_out *out = (void *)payload;
	uint32_t nr;
	size_t len;
	int rc;

	do {
		struct cxl_fm_list_tags_in in = {
			.start = htole32(device->nr_tags),
			.count = htole32(UINT32_MAX),
		};
		struct dcdctl_tag *tags;

		rc = dcdctl_fm_command(device, CXL_FM_OP_LIST_TAGS, &in, sizeof(in), payload, &len);
		if (rc)
			return rc;
		nr = le32toh(out->returned);
		if (len < sizeof(*out) + nr * sizeof(out->tags[0]))
			return dcdctl_fail(DCDCTL_REFUSED,
					   "%s: invalid response: %u tags in %zu bytes",
					   device->name, nr, len);
		tags = realloc(device->tags, (device->nr_tags + nr + 1) * sizeof(*tags));
		if (!tags)
			return dcdctl_no_memory();
		device->tags = tags;
		for (uint32_t i = 0; i < nr; i++) {
			struct dcdctl_tag *tag = &tags[device->nr_tags++];

			*tag = (struct dcdctl_tag) {
				.referenced = out->tags[i].flags & CXL_FM_TAG_REFERENCED,
				.accepted = out->tags[i].hosts[0] & 1,
				.pending = out->tags[i].pending_hosts[0] & 1,
			};
			memcpy(tag->tag, out->tags[i].tag, sizeof(tag->tag));
		}
	} while (nr && device->nr_tags < le32toh(out->total));
	return DCDCTL_DONE;
}

/* Tagged backends, which the FM has no command for: tag size kind state */
static int fm_load_tagged(struct dcdctl_device *device)
{
	char path[PATH_MAX], line[256];
	FILE *file;

	snprintf(path, sizeof(path), FM_DEBUGFS "/%s/backends", device->host);
	file = fopen(path, "re");
	if (!file)
		return DCDCTL_DONE;
	while (fgets(line, sizeof(line), file)) {
		struct dcdctl_tagged tagged = {}, *list;
		unsigned long long size;
		char tag[40];

		if (sscanf(line, "%39s %llx %15s %15s", tag, &size, tagged.kind,
			   tagged.state) != 4 || uuid_parse(tag, tagged.tag))
			continue;
		tagged.size = size;
		list = realloc(device->tagged, (device->nr_tagged + 1) * sizeof(*list));
		if (!list)
			break;
		device->tagged = list;
		list[device->nr_tagged++] = tagged;
	}
	fclose(file);
	return DCDCTL_DONE;
}

/**
 * dcdctl_fm_load() - read DC regions, extents, tags and backends of a device
 * @device: the device
 *
 * Return: a status.
 */
int dcdctl_fm_load(struct dcdctl_device *device)
{
	return fm_load_regions(device) ?: dcdctl_fm_load_extents(device) ?:
	       fm_load_tags(device) ?: fm_load_tagged(device);
}
