// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the control files of cxl_test do: they judge nothing for the host. It gets offers
 * that overlap its extents, and releases of capacity that it does not have. What the device
 * itself cannot do is refused.
 */
#include <linux/align.h>
#include <linux/slab.h>

#include "internal.h"

/* Whether any byte of a range is accepted or, with @offered, pending. */
static bool has_some(struct cxl_dc *dc, u64 start, u64 len, bool offered)
{
	const struct dc_extent *extent;
	unsigned long next = start;

	mt_for_each(&dc->extents, extent, next, start + len - 1)
		if (dc_host_has(extent) || (offered && extent->state == DC_OFFERED))
			return true;
	return false;
}

/* Whether all of a range is accepted, with the tag. */
static bool has_all(struct cxl_dc *dc, u64 start, u64 len, const u8 *tag)
{
	const struct dc_extent *extent;
	unsigned long next = start;
	u64 pos = start;

	mt_for_each(&dc->extents, extent, next, start + len - 1) {
		if (extent->start > pos || !dc_host_has(extent) || !dc_has_tag(extent, tag))
			return false;
		pos = next;
	}
	return pos >= start + len;
}

static enum cxl_mbox_rc offer_overlap(struct cxl_dc *dc, u8 region,
				      const struct cxl_dc_range *range, bool more)
{
	struct dc_overlap *overlap;
	struct dc_chain *chain;
	enum cxl_mbox_rc rc;

	rc = dc_check_offer(dc, range, 1);
	if (rc)
		return rc;
	if (dc->nr_overlaps >= dc->max_extents)
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "%u overlapping offers are pending, which is the limit: the host must answer one first",
				 dc->nr_overlaps);
	rc = dc_records_reserve(dc, 1);
	if (rc)
		return rc;

	overlap = kzalloc(sizeof(*overlap), GFP_KERNEL);
	chain = overlap ? dc_chain_get(dc) : NULL;
	if (!chain) {
		kfree(overlap);
		return dc_refuse(dc, CXL_RC_INTERNAL, "out of memory");
	}
	overlap->region = region;
	overlap->extent = dc_to_wire(range->start, range->len, range->tag, range->seq);
	list_add_tail(&overlap->list, &chain->overlaps);
	dc->nr_overlaps++;
	dc->open = more ? chain : NULL;
	dc_emit(dc, CXL_DC_EVENT_ADD, region, &overlap->extent, more);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_dc_inject() - offer an extent, and let the host judge
 * @dc: the engine
 * @range: the extent
 * @shared: it must be sharable
 * @more: the next offer belongs to this one
 *
 * An extent that overlaps what the host has is only a record: the host has to reject
 * it. Sequence numbers are not compared with those of other extents.
 *
 * Return: as cxl_dc_offer().
 */
enum cxl_mbox_rc cxl_dc_inject(struct cxl_dc *dc, const struct cxl_dc_range *range,
			       bool shared, bool more)
{
	const struct cxl_dc_region *region = NULL;

	if (range->len)
		region = dc_region_of(dc, range->start, range->len);
	if (shared && region && !region->sharable)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT,
				 "DC region %u is not sharable: use dc_inject_extent",
				 (unsigned int)(region - dc->regions));
	if (region && has_some(dc, range->start, range->len, false))
		return offer_overlap(dc, region - dc->regions, range, more);
	return cxl_dc_offer(dc, range, 1, more);
}

/**
 * cxl_dc_delete() - ask the host to release a range, or take it, and let it judge
 * @dc: the engine
 * @start: DPA of its first byte
 * @len: bytes
 * @tag: the tag that it has, CXL_DC_TAG_LEN bytes; all zero: any
 * @forced: take it
 *
 * Of a range that the host does not have, or with another tag, there is a record as it
 * is. To take a range of which the host has only a part is refused.
 *
 * Return: as cxl_dc_request_release().
 */
enum cxl_mbox_rc cxl_dc_delete(struct cxl_dc *dc, u64 start, u64 len, const u8 *tag,
			       bool forced)
{
	const struct cxl_dc_region *region = len ? dc_region_of(dc, start, len) : NULL;
	struct cxl_dc_extent wire = dc_to_wire(start, len, tag, 0);
	enum cxl_mbox_rc rc = dc_check_backed(dc);

	if (rc)
		return rc;
	if (!region || !IS_ALIGNED(start | len, region->block_size) ||
	    (forced ? has_some(dc, start, len, true) : has_all(dc, start, len, tag)))
		return cxl_dc_request_release(dc, start, len, tag, forced);

	rc = dc_records_reserve(dc, 1);
	if (!rc)
		dc_emit(dc, forced ? CXL_DC_EVENT_FORCED_RELEASE : CXL_DC_EVENT_RELEASE,
			region - dc->regions, &wire, false);
	return rc;
}
