// SPDX-License-Identifier: GPL-2.0-only
/*
 * The checks of what a device says about its Dynamic Capacity. The device is
 * not trusted: every count and range of a response is checked before it is
 * used. Builds in user space too.
 */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "check.h"

/* CXL 3.1 8.2.9.9.9.1 */
#define BLOCK_SIZE_MIN		64

#define CEL_SIZE_MAX		((U16_MAX + 1) * sizeof(struct dcd_cel_entry))

/* 0da9c0b5-bf41-4b78-8f79-96b1623b3f17 */
const u8 dcd_cel_id[16] = {
	0x0d, 0xa9, 0xc0, 0xb5, 0xbf, 0x41, 0x4b, 0x78,
	0x8f, 0x79, 0x96, 0xb1, 0x62, 0x3b, 0x3f, 0x17,
};

/**
 * dcd_cel_size() - how long a device's CEL is
 * @out: response to Get Supported Logs
 * @len: its bytes, at least those of its fixed part
 *
 * Return: the size of its entries, 0 if there is none.
 */
size_t dcd_cel_size(const struct dcd_supported_logs *out, size_t len)
{
	size_t nr = min_t(size_t, le16_to_cpu(out->nr),
			  (len - sizeof(*out)) / sizeof(out->logs[0]));

	for (size_t i = 0; i < nr; i++)
		if (!memcmp(out->logs[i].id, dcd_cel_id, sizeof(dcd_cel_id)))
			return ALIGN_DOWN(min_t(size_t, le32_to_cpu(out->logs[i].size),
						CEL_SIZE_MAX),
					  sizeof(struct dcd_cel_entry));
	return 0;
}

/**
 * dcd_cel_commands() - which DC commands a part of a CEL lists
 * @cel: the part, from the beginning of an entry on
 * @len: its bytes; a last entry that is cut is left out
 *
 * Return: a bit for each of 4800h to 4803h that it lists; %DCD_COMMANDS: all.
 */
unsigned long dcd_cel_commands(const struct dcd_cel_entry *cel, size_t len)
{
	unsigned long commands = 0;

	for (size_t i = 0; i < len / sizeof(cel[0]); i++) {
		u16 opcode = le16_to_cpu(cel[i].opcode);

		if (opcode >= CXL_DC_OP_GET_CONFIG && opcode <= CXL_DC_OP_RELEASE)
			commands |= BIT(opcode - CXL_DC_OP_GET_CONFIG);
	}
	return commands;
}

/* Take over one region if it makes sense behind the regions that end at @end. */
static bool check_take_region(struct dcd_region *region, u64 end,
			      const struct cxl_dc_region_config *config)
{
	u64 decode_units = le64_to_cpu(config->decode_len);

	*region = (struct dcd_region) {
		.base = le64_to_cpu(config->base),
		.decode_len = decode_units * CXL_DC_DECODE_UNIT,
		.len = le64_to_cpu(config->len),
		.block_size = le64_to_cpu(config->block_size),
		.dsmad_handle = le32_to_cpu(config->dsmad_handle),
		.flags = config->flags,
	};

	return decode_units && decode_units <= U64_MAX / CXL_DC_DECODE_UNIT &&
	       IS_ALIGNED(region->base, CXL_DC_DECODE_UNIT) &&
	       region->base >= end &&
	       region->base + region->decode_len > region->base &&
	       region->len && region->len <= region->decode_len &&
	       is_power_of_2(region->block_size) &&
	       region->block_size >= BLOCK_SIZE_MIN &&
	       IS_ALIGNED(region->base, region->block_size) &&
	       IS_ALIGNED(region->len, region->block_size);
}

/* Where region @i is at the least. */
static u64 check_region_end(const struct dcd_region *regions, unsigned int i)
{
	return i ? regions[i - 1].base + regions[i - 1].decode_len : 0;
}

/**
 * dcd_take_regions() - check the DC regions in a response and take them over
 * @regions: CXL_DC_REGIONS_MAX regions to fill, in order of DPA
 * @nr: how many of them earlier responses have filled
 * @out: response to Get Dynamic Capacity Configuration from region @nr on
 * @len: its bytes, at least those of its fixed part
 * @reason: why it was refused, in one line without a newline; untouched if it
 *          was not
 *
 * CXL 3.1 8.2.9.9.9.1
 *
 * Return: how many of @regions are filled now, more than @nr; -EPROTO if the
 * device reports none, too many or one that makes no sense.
 */
int dcd_take_regions(struct dcd_region *regions, unsigned int nr,
		     const struct cxl_dc_get_config_out *out, size_t len,
		     char reason[DCD_REASON_LEN])
{
	unsigned int available = out->regions_available;
	unsigned int returned = out->regions_returned;

	if (!available || available > CXL_DC_REGIONS_MAX || !returned ||
	    returned > available - min(nr, available) ||
	    sizeof(*out) + returned * sizeof(out->regions[0]) > len) {
		snprintf(reason, DCD_REASON_LEN,
			 "Dynamic Capacity not used: invalid response, %u of %u DC regions in %zu bytes, from DC region %u on",
			 returned, available, len, nr);
		return -EPROTO;
	}

	for (unsigned int i = 0; i < returned; i++, nr++) {
		struct dcd_region *region = &regions[nr];

		if (check_take_region(region, check_region_end(regions, nr), &out->regions[i]))
			continue;
		snprintf(reason, DCD_REASON_LEN,
			 "DC region %u at %#llx is invalid: length %#llx, decode length %#llx, block size %#llx; Dynamic Capacity not used",
			 nr, region->base, region->len, region->decode_len,
			 region->block_size);
		return -EPROTO;
	}
	return nr;
}

/**
 * dcd_adjacent_regions() - how many regions are without a gap
 * @regions: DC regions in order of DPA
 * @nr: entries of @regions, at least 1
 *
 * A partition is one range, and the core hands out all of it: it ends where
 * the first gap between regions begins.
 *
 * Return: the number of regions before that gap, @nr if there is none.
 */
unsigned int dcd_adjacent_regions(const struct dcd_region *regions, unsigned int nr)
{
	unsigned int used = 1;

	while (used < nr && regions[used].base == check_region_end(regions, used))
		used++;
	return used;
}

/**
 * dcd_is_dc_record() - whether an event record is about Dynamic Capacity
 * @record: the record
 *
 * CXL 3.1 8.2.9.2.1.6
 */
bool dcd_is_dc_record(const struct dcd_record *record)
{
	static const u8 id[16] = CXL_DC_EVENT_UUID;

	return record->length == sizeof(*record) && !memcmp(record->id, id, sizeof(id));
}

/**
 * dcd_records_held() - how many records a response really has
 * @out: response to Get Event Records
 * @len: its bytes, at least those of its fixed part
 *
 * CXL 3.1 8.2.9.2.2
 *
 * Return: the number that the device gives, or what fits into @len.
 */
unsigned int dcd_records_held(const struct dcd_records *out, size_t len)
{
	return min_t(size_t, le16_to_cpu(out->nr),
		     (len - sizeof(*out)) / sizeof(out->records[0]));
}

/**
 * dcd_extents_held() - check a part of a device's extent list
 * @out: response to Get Dynamic Capacity Extent List
 * @len: its bytes, at least those of its fixed part
 * @start: index of the first extent that was asked for
 * @wanted: how many were asked for
 *
 * CXL 3.1 8.2.9.9.9.2
 *
 * The total bounds the list: QEMU 11.1 returns extents that are still pending
 * behind those that are accepted, and does not count them.
 *
 * Return: how many accepted extents it has; -EPROTO if it has more than were
 * asked for or than fit into @len, if @start is beyond the total, or if it has
 * none although there are more.
 */
int dcd_extents_held(const struct cxl_dc_get_extent_list_out *out, size_t len, u32 start,
		     u32 wanted)
{
	u32 nr = le32_to_cpu(out->returned);
	u32 total = le32_to_cpu(out->total);

	if (nr > wanted || nr > (len - sizeof(*out)) / sizeof(out->extents[0]))
		return -EPROTO;
	if (start > total || (!nr && start < total))
		return -EPROTO;
	return min(nr, total - start);
}
