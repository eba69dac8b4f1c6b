// SPDX-License-Identifier: GPL-2.0-only
/* The FM's commands: DCD Management, CXL 3.1 7.6.7.6 */
#include <linux/align.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "internal.h"

/* Claiming to sanitize while memory keeps its content would be worse than a refusal. */
#define NOT_SANITIZED	"the device does not sanitize capacity: clear the flag"

static enum cxl_mbox_rc check_host(struct cxl_dc *dc, __le16 host)
{
	if (le16_to_cpu(host) == CXL_DC_HOST)
		return CXL_RC_SUCCESS;
	return dc_refuse(dc, CXL_RC_INVALID_INPUT, "no host %u, only %u",
			 le16_to_cpu(host), CXL_DC_HOST);
}

/* The count of extents is only there for the prescriptive policies. */
static enum cxl_mbox_rc check_list(struct cxl_dc *dc, const struct cxl_mbox_io *io,
				   bool prescriptive)
{
	const struct cxl_fm_initiate_in *in = io->in;

	if (!prescriptive)
		return CXL_RC_SUCCESS;
	return dc_check_list(dc, io, sizeof(*in), sizeof(in->extents[0]),
			     le32_to_cpu(in->count));
}

static enum cxl_mbox_rc check_region(struct cxl_dc *dc, u8 region)
{
	if (region < dc->nr_regions)
		return CXL_RC_SUCCESS;
	return dc_refuse(dc, CXL_RC_INVALID_INPUT, "no DC region %u", region);
}

/**
 * cxl_dc_fm_get_info() - Get DCD Info (5600h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 7.6.7.6.1
 *
 * Enable Shared Access works, but its bit in the policies is reserved.
 *
 * Return: Success.
 */
enum cxl_mbox_rc cxl_dc_fm_get_info(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	struct cxl_fm_get_info_out *out = io->out;

	*out = (struct cxl_fm_get_info_out) {
		.hosts = 1,
		.regions = dc->nr_regions,
		.add_policies = cpu_to_le16(BIT(CXL_FM_SELECT_FREE) |
					    BIT(CXL_FM_SELECT_CONTIGUOUS) |
					    BIT(CXL_FM_SELECT_PRESCRIPTIVE)),
		.release_policies = cpu_to_le16(BIT(CXL_FM_REMOVE_TAG) |
						BIT(CXL_FM_REMOVE_PRESCRIPTIVE)),
		.total_capacity = cpu_to_le64(div64_u64(cxl_dc_end(dc) - dc->regions[0].base,
							CXL_DC_DECODE_UNIT)),
	};
	/* bit n: 2^n bytes, for every n from that of the smallest to that of the largest */
	for (unsigned int i = 0; i < dc->nr_regions; i++)
		out->block_sizes[i] = cpu_to_le64(2 * cxl_dc_block_max(dc->regions[i].len) -
						  CXL_DC_BLOCK_MIN);
	io->out_len = sizeof(*out);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_dc_fm_get_region_config() - Get Host DC Region Configuration (5601h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 7.6.7.6.2
 *
 * Return: Success; Invalid Input for a host or a start region that does not exist.
 */
enum cxl_mbox_rc cxl_dc_fm_get_region_config(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_fm_get_region_config_in *in = io->in;
	struct cxl_fm_get_region_config_out *out = io->out;
	struct cxl_dc_get_config_tail *tail;
	enum cxl_mbox_rc rc;
	unsigned int nr;

	rc = check_host(dc, in->host) ?: check_region(dc, in->start_region);
	if (rc)
		return rc;

	nr = (io->out_max - sizeof(*out) - sizeof(*tail)) / sizeof(out->regions[0]);
	nr = min3(nr, dc->nr_regions - in->start_region, (unsigned int)in->region_count);
	out->host = in->host;
	out->regions_available = dc->nr_regions;
	out->regions_returned = nr;
	for (unsigned int i = 0; i < nr; i++) {
		const struct cxl_dc_region *region = &dc->regions[in->start_region + i];

		out->regions[i] = (struct cxl_fm_region_config) {
			.base = cpu_to_le64(region->base),
			.decode_len = cpu_to_le64(div64_u64(region->len,
							    CXL_DC_DECODE_UNIT)),
			.len = cpu_to_le64(region->len),
			.block_size = cpu_to_le64(region->block_size),
			.flags = CXL_FM_REGION_DYNAMIC |
				 (region->sharable ? CXL_FM_REGION_SHARABLE : 0) |
				 (region->readonly ? CXL_FM_REGION_READ_ONLY : 0),
		};
	}
	tail = (void *)&out->regions[nr];
	dc_fill_tail(dc, tail);
	io->out_len = sizeof(*out) + nr * sizeof(out->regions[0]) + sizeof(*tail);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_dc_fm_set_region_config() - Set DC Region Configuration (5602h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 7.6.7.6.3
 *
 * Return: Success; Unsupported while the region has extents, and to sanitize;
 * Invalid Input for a region that does not exist or a block size that it cannot have.
 */
enum cxl_mbox_rc cxl_dc_fm_set_region_config(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_fm_set_region_config_in *in = io->in;
	u64 block = le64_to_cpu(in->block_size);
	struct cxl_dc_region *region;
	struct cxl_dc_extent range;
	enum cxl_mbox_rc rc;

	rc = check_region(dc, in->region);
	if (rc)
		return rc;
	region = &dc->regions[in->region];
	if (region->nr_extents)
		return dc_refuse(dc, CXL_RC_UNSUPPORTED,
				 "DC region %u has extents: release them first, and remove the references (5607h) that keep released ones",
				 in->region);
	if (in->sanitize & CXL_FM_REGION_SANITIZE)
		return dc_refuse(dc, CXL_RC_UNSUPPORTED, NOT_SANITIZED);
	if (!cxl_dc_block_is_valid(block, region->len))
		return dc_refuse(dc, CXL_RC_INVALID_INPUT,
				 "block size %#llx: must be a power of two from %#llx to %#llx",
				 block, CXL_DC_BLOCK_MIN, cxl_dc_block_max(region->len));

	rc = dc_records_reserve(dc, 1);
	if (rc)
		return rc;
	region->block_size = block;
	region->next_free = region->base;
	range = dc_to_wire(region->base, region->len, NULL, 0);
	dc_emit(dc, CXL_DC_EVENT_CONFIG_UPDATED, in->region, &range, false);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_dc_fm_get_extent_lists() - Get DC Region Extent Lists (5603h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 7.6.7.6.4
 *
 * Return: Success; Invalid Input for a host that does not exist or a start beyond
 * the list.
 */
enum cxl_mbox_rc cxl_dc_fm_get_extent_lists(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_fm_get_extent_lists_in *in = io->in;
	struct cxl_fm_get_extent_lists_out *out = io->out;
	u32 nr = le32_to_cpu(in->count);
	enum cxl_mbox_rc rc;

	rc = check_host(dc, in->host) ?:
	     dc_list_page(dc, &dc->fm_cursor, le32_to_cpu(in->start), &nr, io, out->extents);
	if (rc)
		return rc;
	out->host = in->host;
	out->start = in->start;
	out->returned = cpu_to_le32(nr);
	out->total = cpu_to_le32(dc->nr_accepted);
	out->generation = cpu_to_le32(dc->generation);
	return CXL_RC_SUCCESS;
}

/*
 * The extents of a list may have several tags and regions, and are one offer. Each has
 * its tag; that of the request is reserved.
 */
static enum cxl_mbox_rc add_prescriptive(struct cxl_dc *dc, const struct cxl_fm_initiate_in *in)
{
	u32 nr = le32_to_cpu(in->count);
	struct cxl_dc_range *ranges;
	enum cxl_mbox_rc rc;

	if (!nr)
		return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST, "no extents to add");

	ranges = kcalloc(nr, sizeof(*ranges), GFP_KERNEL);
	if (!ranges)
		return dc_refuse(dc, CXL_RC_INTERNAL, "out of memory");
	for (u32 i = 0; i < nr; i++) {
		ranges[i].start = le64_to_cpu(in->extents[i].start_dpa);
		ranges[i].len = le64_to_cpu(in->extents[i].length);
		ranges[i].seq = le16_to_cpu(in->extents[i].shared_seq);
		memcpy(ranges[i].tag, in->extents[i].tag, CXL_DC_TAG_LEN);
	}
	rc = dc_check_sequences(dc, ranges, nr) ?: cxl_dc_offer(dc, ranges, nr, false);
	kfree(ranges);
	return rc;
}

/**
 * cxl_dc_fm_initiate_add() - Initiate Dynamic Capacity Add (5604h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 7.6.7.6.5
 *
 * Return: as cxl_dc_offer(), dc_offer_free() or dc_offer_shared(), by policy.
 */
enum cxl_mbox_rc cxl_dc_fm_initiate_add(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_fm_initiate_in *in = io->in;
	u8 policy = in->flags & CXL_FM_SELECT_POLICY_MASK;
	u64 length = le64_to_cpu(in->length);
	enum cxl_mbox_rc rc;

	rc = check_list(dc, io, policy == CXL_FM_SELECT_PRESCRIPTIVE) ?:
	     check_host(dc, in->host) ?: dc_check_backed(dc);
	if (rc)
		return rc;
	if (dc->open)
		return dc_refuse(dc, CXL_RC_RETRY_REQUIRED,
				 "an offer is still open: add its last extent without More first");

	switch (policy) {
	case CXL_FM_SELECT_FREE:
	case CXL_FM_SELECT_CONTIGUOUS:
		rc = check_region(dc, in->region);
		return rc ?: dc_offer_free(dc, in->region, length, in->tag,
					   policy == CXL_FM_SELECT_CONTIGUOUS);
	case CXL_FM_SELECT_PRESCRIPTIVE:
		return add_prescriptive(dc, in);
	case CXL_FM_SELECT_SHARED:
		rc = check_region(dc, in->region);
		return rc ?: dc_offer_shared(dc, in->region, in->tag);
	default:
		return dc_refuse(dc, CXL_RC_INVALID_INPUT, "unknown selection policy %u",
				 policy);
	}
}

/*
 * Collect so many bytes of a tag, from its end, so that the rest keeps the start of the tag
 * and sequence numbers from 0. No more of its extents are looked at.
 */
static enum cxl_mbox_rc collect_tag(struct cxl_dc *dc, const u8 *id, u64 length, bool forced,
				    struct maple_tree *ranges)
{
	struct dc_tag *tag = dc_tag_is_null(id) ? NULL : dc_tag_find(dc, id);
	struct dc_extent *extent;
	u64 left = length;
	u32 nr = 0;

	if (!tag)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT, "no extent has this tag");
	list_for_each_entry_reverse(extent, &tag->extents, in_tag) {
		u64 block = dc->regions[extent->region].block_size;
		u64 len = min(left, extent->len);
		enum cxl_mbox_rc rc;

		if (nr && !len)
			break;
		if (!dc_can_go(extent, forced))
			continue;
		if (!length || !IS_ALIGNED(length, block))
			return dc_refuse(dc, CXL_RC_INVALID_INPUT,
					 "length %#llx: must be a multiple of the block size %#llx",
					 length, block);
		rc = dc_collect(dc, ranges, &nr, extent->start + extent->len - len, len);
		if (rc)
			return rc;
		left -= len;
	}
	if (!nr)
		return dc_refuse(dc, CXL_RC_INVALID_PA, "the host has no extent of this tag");
	if (left)
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "length %#llx: the tag has only %#llx bytes",
				 length, length - left);
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc collect_listed(struct cxl_dc *dc, const struct cxl_fm_initiate_in *in,
				       struct maple_tree *ranges)
{
	enum cxl_mbox_rc rc;
	u32 nr = 0;

	for (u32 i = 0; i < le32_to_cpu(in->count); i++) {
		rc = dc_collect(dc, ranges, &nr, le64_to_cpu(in->extents[i].start_dpa),
				le64_to_cpu(in->extents[i].length));
		if (rc)
			return rc;
	}
	return nr ? CXL_RC_SUCCESS :
		dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST, "no extents to release");
}

/**
 * cxl_dc_fm_initiate_release() - Initiate Dynamic Capacity Release (5605h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 7.6.7.6.6
 *
 * Return: as dc_request_release().
 */
enum cxl_mbox_rc cxl_dc_fm_initiate_release(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	static const u8 any[CXL_DC_TAG_LEN];
	const struct cxl_fm_initiate_in *in = io->in;
	u8 policy = in->flags & CXL_FM_RELEASE_POLICY_MASK;
	bool forced = in->flags & CXL_FM_RELEASE_FORCED;
	struct maple_tree ranges;
	enum cxl_mbox_rc rc;

	rc = check_list(dc, io, policy == CXL_FM_REMOVE_PRESCRIPTIVE) ?:
	     check_host(dc, in->host) ?: dc_check_backed(dc);
	if (rc)
		return rc;
	if (in->flags & CXL_FM_RELEASE_SANITIZE)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT, NOT_SANITIZED);

	mt_init(&ranges);
	switch (policy) {
	case CXL_FM_REMOVE_TAG:
		rc = collect_tag(dc, in->tag, le64_to_cpu(in->length), forced, &ranges);
		break;
	case CXL_FM_REMOVE_PRESCRIPTIVE:
		rc = collect_listed(dc, in, &ranges);
		break;
	default:
		rc = dc_refuse(dc, CXL_RC_INVALID_INPUT, "unknown removal policy %u",
			       policy);
	}
	if (rc) {
		mtree_destroy(&ranges);
		return rc;
	}
	/* a tag selects everything; with a list it is reserved */
	return dc_request_release(dc, &ranges, any, forced, policy == CXL_FM_REMOVE_PRESCRIPTIVE);
}

static void set_referenced(struct cxl_dc *dc, struct dc_tag *tag, bool referenced)
{
	tag->referenced = referenced;
	dc->tag_generation++;
}

/**
 * cxl_dc_fm_add_reference() - Dynamic Capacity Add Reference (5606h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 7.6.7.6.7
 *
 * Return: Success; Invalid Input if no sharable extent has the tag.
 */
enum cxl_mbox_rc cxl_dc_fm_add_reference(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	struct dc_tag *tag = dc_tag_find(dc, io->in);

	if (!tag || !tag->shared || !tag->shared->nr)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT, "no sharable extent has this tag");
	/* the FM has one reference or none */
	if (!tag->referenced)
		set_referenced(dc, tag, true);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_dc_fm_remove_reference() - Dynamic Capacity Remove Reference (5607h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 7.6.7.6.8
 *
 * Return: Success; Invalid Input without a reference to the tag.
 */
enum cxl_mbox_rc cxl_dc_fm_remove_reference(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	struct dc_tag *tag = dc_tag_find(dc, io->in);
	struct dc_extent *extent, *next;

	if (!tag || !tag->referenced)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT,
				 "no reference to this tag");

	/* delete extents that only the reference kept; the reference keeps the tag meanwhile */
	list_for_each_entry_safe(extent, next, &tag->shared->held, in_chain)
		dc_store_del(dc, extent);
	set_referenced(dc, tag, false);
	dc_tag_put(dc, tag);
	return CXL_RC_SUCCESS;
}

static void fill_tag(const struct dc_tag *tag, struct cxl_fm_tag *out)
{
	*out = (struct cxl_fm_tag) {
		.flags = tag->referenced ? CXL_FM_TAG_REFERENCED : 0,
	};
	memcpy(out->tag, tag->id, CXL_DC_TAG_LEN);
	if (tag->nr_accepted)
		out->hosts[CXL_DC_HOST / 8] = BIT(CXL_DC_HOST % 8);
	if (tag->nr_offered)
		out->pending_hosts[CXL_DC_HOST / 8] = BIT(CXL_DC_HOST % 8);
}

/**
 * cxl_dc_fm_list_tags() - Dynamic Capacity List Tags (5608h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 7.6.7.6.9
 *
 * Return: Success; Invalid Input for a start beyond the list.
 */
enum cxl_mbox_rc cxl_dc_fm_list_tags(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_fm_list_tags_in *in = io->in;
	struct cxl_fm_list_tags_out *out = io->out;
	u32 start = le32_to_cpu(in->start);
	unsigned int nr, i = 0;
	struct dc_tag *tag;

	if (start > dc->nr_tags)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT, "tag %u is beyond the end of the list",
				 start);

	nr = min_t(size_t, le32_to_cpu(in->count),
		   (io->out_max - sizeof(*out)) / sizeof(out->tags[0]));
	for (tag = dc_tags_seek(dc, start); tag && i < nr; tag = dc_tags_seek(dc, start + i))
		fill_tag(tag, &out->tags[i++]);

	out->generation = cpu_to_le32(dc->tag_generation);
	out->total = cpu_to_le32(dc->nr_tags);
	out->returned = cpu_to_le32(i);
	out->validity = 0x03;
	io->out_len = sizeof(*out) + i * sizeof(out->tags[0]);
	return CXL_RC_SUCCESS;
}
