// SPDX-License-Identifier: GPL-2.0-only
/*
 * Releasing capacity: the host gives it back, the FM asks for it or takes it.
 *
 * The ranges of a request are collected in a tree of their own, of nodes that
 * can become extents: a range that cuts an extent in two needs one more, and
 * has it.
 */
#include <linux/minmax.h>
#include <linux/slab.h>

#include "internal.h"

/*
 * The ranges of one request can be more than there can be extents, as they may be
 * adjacent, or leave none of the extents that they cut. A list in one command is
 * never too long.
 */
#define COMMAND_MAX	256

/**
 * dc_collect() - add a range to those of a request
 * @dc: the engine
 * @ranges: the ranges so far; dc_ranges_free() drops them
 * @nr: how many
 * @start: DPA of its first byte
 * @len: bytes
 *
 * Return: Success; Invalid Extent List for a range that is empty, unaligned or
 * overlaps another; Invalid Physical Address outside one region; Resources
 * Exhausted for far more ranges than there can be extents; Internal Error.
 */
enum cxl_mbox_rc dc_collect(struct cxl_dc *dc, struct rb_root *ranges, u32 *nr,
			    u64 start, u64 len)
{
	const struct cxl_dc_region *region;
	struct dc_extent *range;
	enum cxl_mbox_rc rc;

	if (!len)
		return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST, "an extent of no length");
	region = dc_region_of(dc, start, len);
	if (!region)
		return dc_refuse(dc, CXL_RC_INVALID_PA,
				 "%#llx bytes at %#llx do not lie in one DC region",
				 (unsigned long long)len, (unsigned long long)start);
	rc = dc_check_blocks(dc, region, start, len);
	if (rc)
		return rc;
	if (*nr >= 2 * dc->max_extents + COMMAND_MAX)
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "more extents than twice the limit of %u", dc->max_extents);

	range = dc_extent_alloc(dc, start, len);
	if (!range)
		return dc_refuse(dc, CXL_RC_INTERNAL, "out of memory");
	if (!dc_ranges_add(ranges, range)) {
		dc_extent_free(dc, range);
		return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST,
				 "%#llx bytes at %#llx are in the list twice",
				 (unsigned long long)len, (unsigned long long)start);
	}
	++*nr;
	return CXL_RC_SUCCESS;
}

/*
 * What a request would do, found out before it is done: to how many pieces of the
 * host's extents, and how many extents more there would be then. The rest is about
 * the extent that is looked at: where what was cut out of it ends, and how many
 * extents what is left makes.
 */
struct plan {
	u32 pieces;
	s64 growth;
	const struct dc_extent *extent;
	u64 pos;
	u32 left;
};

static void plan_end(const struct cxl_dc *dc, struct plan *plan)
{
	const struct dc_extent *extent = plan->extent;

	if (!extent)
		return;
	plan->left += plan->pos < extent->start + extent->len;
	/* what a reference keeps is still an extent */
	if (!dc_is_referenced(dc, extent))
		plan->growth += (s64)plan->left - 1;
	plan->extent = NULL;
}

static void plan_piece(const struct cxl_dc *dc, struct plan *plan,
		       const struct dc_extent *extent, u64 start, u64 end)
{
	if (plan->extent != extent) {
		plan_end(dc, plan);
		plan->extent = extent;
		plan->pos = extent->start;
		plan->left = 0;
	}
	plan->left += start > plan->pos;
	plan->pos = end;
	plan->pieces++;
}

static bool is_part(const struct dc_extent *extent, const struct dc_extent *range)
{
	return range->start > extent->start ||
	       range->start + range->len < extent->start + extent->len;
}

static enum cxl_mbox_rc check_range(struct cxl_dc *dc, const struct dc_extent *range,
				    const u8 *tag, bool forced, struct plan *plan)
{
	u64 end = range->start + range->len;
	u64 pos = range->start;
	enum cxl_mbox_rc rc;

	/* blocks may have another size than when an earlier command named the range */
	rc = dc_check_blocks(dc, dc_region_of(dc, range->start, range->len), range->start,
			     range->len);
	if (rc)
		return rc;

	while (pos < end) {
		struct dc_extent *extent = dc_store_find(dc, pos);

		bool withdrawn = extent && forced && extent->state == DC_OFFERED;

		if (!extent || extent->start > pos || !(dc_host_has(extent) || withdrawn))
			return dc_refuse(dc, CXL_RC_INVALID_PA,
					 "the host does not have %#llx",
					 (unsigned long long)pos);
		if (!dc_tag_is_null(tag) &&
		    (!extent->tag || memcmp(extent->tag->id, tag, CXL_DC_TAG_LEN)))
			return dc_refuse(dc, CXL_RC_INVALID_INPUT,
					 "the extent at %#llx does not have this tag",
					 (unsigned long long)extent->start);
		if (!withdrawn && is_part(extent, range) &&
		    ((extent->tag && extent->tag->backend) || dc_is_referenced(dc, extent)))
			return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST,
					 "the extent of %#llx bytes at %#llx can only be released as a whole",
					 (unsigned long long)extent->len,
					 (unsigned long long)extent->start);
		if (!withdrawn)
			plan_piece(dc, plan, extent, pos,
				   min(end, extent->start + extent->len));
		pos = extent->start + extent->len;
	}
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc check_ranges(struct cxl_dc *dc, const struct rb_root *ranges,
				     const u8 *tag, bool forced, struct plan *plan)
{
	struct dc_extent *range;

	for (range = dc_ranges_first(ranges); range; range = dc_ranges_next(range)) {
		enum cxl_mbox_rc rc = check_range(dc, range, tag, forced, plan);

		if (rc)
			return rc;
	}
	plan_end(dc, plan);
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc check_splits(struct cxl_dc *dc, const struct plan *plan)
{
	if (plan->growth <= (s64)dc->max_extents - dc->nr_extents)
		return CXL_RC_SUCCESS;
	return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
			 "cutting all of this out leaves more extents than the limit of %u: release at the ends of extents",
			 dc->max_extents);
}

/* The capacity of one extent is the host's no more. */
static void drop(struct cxl_dc *dc, struct dc_extent *extent)
{
	if (!dc_is_referenced(dc, extent)) {
		dc_store_del(dc, extent);
		return;
	}
	dc_extent_set_state(dc, extent, DC_HELD);
	if (extent->tag->backend)
		extent->tag->backend->bound = false;
}

/* Cut [@start, @end) out of an extent; @rest becomes what is behind, if anything. */
static void cut(struct cxl_dc *dc, struct dc_extent *extent, u64 start, u64 end,
		struct dc_extent **rest)
{
	u64 extent_end = extent->start + extent->len;

	if (start == extent->start && end == extent_end) {
		drop(dc, extent);
	} else if (start == extent->start) {
		dc_store_cut(dc, extent, end, extent_end - end);
	} else {
		dc_store_cut(dc, extent, extent->start, start - extent->start);
		if (end == extent_end)
			return;
		(*rest)->start = end;
		(*rest)->len = extent_end - end;
		(*rest)->seq = extent->seq;
		(*rest)->state = extent->state;
		dc_tag_join(dc, extent->tag, *rest);
		dc_store_put(dc, *rest);
		*rest = NULL;
	}
}

/* The flags of the next of @left records that form a chain. */
static u8 chained_flags(u32 *left)
{
	return *left && --*left ? CXL_DC_EVENT_MORE : 0;
}

static void free_range(struct cxl_dc *dc, struct dc_extent *range,
		       enum cxl_dc_event_type type, u32 *chained)
{
	u64 end = range->start + range->len;
	u64 pos = range->start;
	struct dc_extent *rest = range;

	while (pos < end) {
		struct dc_extent *extent = dc_store_find(dc, pos);
		struct cxl_dc_event_data event;
		u64 piece_end;

		/* of what was offered nothing is left, or what a reference keeps */
		if (!extent || extent->start >= end)
			break;
		pos = max(pos, extent->start);
		piece_end = min(end, extent->start + extent->len);
		if (!dc_host_has(extent)) {
			pos = piece_end;
			continue;
		}
		event = dc_event_of(type, extent, pos, piece_end - pos);
		event.flags = chained_flags(chained);
		cut(dc, extent, pos, piece_end, &rest);
		dc->stats.released++;
		dc_emit_event(dc, &event);
		pos = piece_end;
	}
	dc_extent_free(dc, rest);
}

/**
 * dc_free_ranges() - take ranges from the host
 * @dc: the engine
 * @ranges: checked; empty afterwards
 * @type: the event that reports each piece
 * @chained: how many pieces the events of which form a chain; 0: each is by itself
 */
void dc_free_ranges(struct cxl_dc *dc, struct rb_root *ranges,
		    enum cxl_dc_event_type type, u32 chained)
{
	struct dc_extent *range;

	while ((range = dc_ranges_take(ranges)))
		free_range(dc, range, type, &chained);
	dc_list_changed(dc);
}

/**
 * dc_check_release() - check the ranges that the host releases
 * @dc: the engine
 * @ranges: the ranges
 *
 * Return: Success; Invalid Physical Address for what the host does not have;
 * Invalid Extent List for a part of what goes as a whole; Resources Exhausted
 * if there would be too many extents when all is cut out.
 */
enum cxl_mbox_rc dc_check_release(struct cxl_dc *dc, const struct rb_root *ranges)
{
	static const u8 any[CXL_DC_TAG_LEN];
	struct plan plan = {};
	enum cxl_mbox_rc rc = check_ranges(dc, ranges, any, false, &plan);

	return rc ?: check_splits(dc, &plan);
}

static void ask_for(struct cxl_dc *dc, const struct dc_extent *range, u32 *left)
{
	u64 end = range->start + range->len;
	u64 pos = range->start;

	while (pos < end) {
		struct dc_extent *extent = dc_store_find(dc, pos);
		u64 piece_end = min(end, extent->start + extent->len);

		/* what is not asked for must not seem to be */
		if (piece_end - pos == extent->len)
			dc_extent_set_state(dc, extent, DC_RELEASING);
		dc_emit(dc, CXL_DC_EVENT_RELEASE, extent, pos, piece_end - pos,
			chained_flags(left));
		pos = piece_end;
	}
}

/* Offers of which a part is taken go as a whole: the host could answer no rest. */
static void withdraw_ranges(struct cxl_dc *dc, const struct rb_root *ranges)
{
	struct dc_extent *range, *extent;

	for (range = dc_ranges_first(ranges); range; range = dc_ranges_next(range)) {
		u64 end = range->start + range->len;

		for (extent = dc_store_find(dc, range->start); extent && extent->start < end;) {
			u64 next = extent->start + extent->len;

			if (extent->state == DC_OFFERED)
				dc_chain_withdraw(dc, extent->chain);
			extent = dc_store_find(dc, next);
		}
	}
}

/**
 * dc_request_release() - ask the host to release ranges, or take them
 * @dc: the engine
 * @ranges: the ranges; empty afterwards
 * @tag: the tag that they must have; all zero: any
 * @forced: take them
 *
 * CXL 3.1 7.6.7.6.6
 *
 * What the host was only offered is taken with all of its offer, of which no event
 * tells: the host's answer will be refused.
 *
 * The records of one request form a chain, which names every piece of an extent
 * that the request is about. Records that wait from an earlier request refuse a
 * request, but do not save what is taken.
 *
 * Return: as dc_check_release(); Invalid Input for another tag; Retry Required
 * while records of an earlier request wait for room in the host's event log.
 */
enum cxl_mbox_rc dc_request_release(struct cxl_dc *dc, struct rb_root *ranges,
				    const u8 *tag, bool forced)
{
	struct dc_extent *range;
	struct plan plan = {};
	enum cxl_mbox_rc rc;

	rc = check_ranges(dc, ranges, tag, forced, &plan);
	if (!rc && forced)
		rc = check_splits(dc, &plan);
	if (!rc && !(forced && dc_records_wait(dc)))
		rc = dc_records_reserve(dc, plan.pieces);

	if (!rc && forced) {
		dc->stats.forced += plan.pieces;
		withdraw_ranges(dc, ranges);
		if (plan.pieces)
			dc_free_ranges(dc, ranges, CXL_DC_EVENT_FORCED_RELEASE, plan.pieces);
	} else if (!rc) {
		for (range = dc_ranges_first(ranges); range; range = dc_ranges_next(range))
			ask_for(dc, range, &plan.pieces);
	}
	dc_ranges_free(dc, ranges);
	return rc;
}

/**
 * cxl_dc_request_release() - ask the host to release a range, or take it
 * @dc: the engine
 * @start: DPA of its first byte
 * @len: bytes
 * @tag: the tag that it must have, CXL_DC_TAG_LEN bytes; all zero: any
 * @forced: take it
 *
 * Return: Success; Unsupported if nothing is behind the capacity; otherwise as
 * the FM's Initiate Dynamic Capacity Release, CXL 3.1 7.6.7.6.6.
 */
enum cxl_mbox_rc cxl_dc_request_release(struct cxl_dc *dc, u64 start, u64 len,
					const u8 *tag, bool forced)
{
	struct rb_root ranges = RB_ROOT;
	enum cxl_mbox_rc rc;
	u32 nr = 0;

	if (dc_is_unbacked(dc))
		return dc_refuse_unbacked(dc);
	rc = dc_collect(dc, &ranges, &nr, start, len);
	return rc ?: dc_request_release(dc, &ranges, tag, forced);
}
