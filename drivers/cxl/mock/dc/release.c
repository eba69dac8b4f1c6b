// SPDX-License-Identifier: GPL-2.0-only
/*
 * Releasing capacity: the host releases it, the FM requests or forces that. The ranges of a
 * request are collected first, in a tree of their own.
 */
#include <linux/errno.h>
#include <linux/minmax.h>

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
 * @ranges: the ranges so far; mtree_destroy() drops them
 * @nr: how many
 * @start: DPA of its first byte
 * @len: bytes
 *
 * Return: Success; Invalid Extent List for a range that is empty, unaligned or
 * overlaps another; Invalid Physical Address outside one region; Resources
 * Exhausted for far more ranges than there can be extents; Internal Error.
 */
enum cxl_mbox_rc dc_collect(struct cxl_dc *dc, struct maple_tree *ranges, u32 *nr,
			    u64 start, u64 len)
{
	enum cxl_mbox_rc rc = dc_check_range(dc, start, len);
	int err;

	if (rc)
		return rc;
	if (*nr >= 2 * dc->max_extents + COMMAND_MAX)
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "must be at most twice the limit of %u extents", dc->max_extents);
	err = mtree_insert_range(ranges, start, start + len - 1, xa_mk_value(start), GFP_KERNEL);
	if (err == -EEXIST)
		return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST,
				 "%#llx bytes at %#llx are in the list twice", len, start);
	if (err)
		return dc_refuse(dc, CXL_RC_INTERNAL, "out of memory");
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
	/* an extent that is kept by a reference still counts */
	if (!dc_is_referenced(dc, extent))
		plan->growth += (s64)plan->left - 1;
	if (extent->tag && extent->tag->shared)
		extent->tag->shared->nr_named += !plan->left;
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

static enum cxl_mbox_rc check_extent(struct cxl_dc *dc, const struct dc_extent *extent,
				     u64 start, u64 end, const u8 *tag, struct plan *plan)
{
	struct dc_shared *shared = extent->tag ? extent->tag->shared : NULL;
	u64 extent_end = extent->start + extent->len;

	if (shared && shared->request != dc->request) {
		shared->request = dc->request;
		shared->nr_named = 0;
	}
	if (!dc_has_tag(extent, tag))
		return dc_refuse(dc, CXL_RC_INVALID_INPUT,
				 "the extent at %#llx does not have this tag", extent->start);
	/* a pending extent goes with all of its offer */
	if (extent->state == DC_OFFERED)
		return CXL_RC_SUCCESS;
	if ((start > extent->start || end < extent_end) && dc_is_whole(dc, extent))
		return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST,
				 "the extent of %#llx bytes at %#llx must be released as a whole",
				 extent->len, extent->start);
	plan_piece(dc, plan, extent, max(start, extent->start), min(end, extent_end));
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc check_range(struct cxl_dc *dc, u64 start, u64 end, const u8 *tag,
				    bool forced, struct plan *plan)
{
	/* blocks may have another size than when an earlier command named the range */
	enum cxl_mbox_rc rc = dc_check_range(dc, start, end - start);
	const struct dc_extent *extent;
	unsigned long next = start;
	u64 pos = start;

	if (rc)
		return rc;
	mt_for_each(&dc->extents, extent, next, end - 1) {
		if (extent->start > pos || !dc_can_go(extent, forced))
			break;
		rc = check_extent(dc, extent, start, end, tag, plan);
		if (rc)
			return rc;
		pos = next;
	}
	if (pos < end)
		return dc_refuse(dc, CXL_RC_INVALID_PA, "%#llx is not capacity of the host", pos);
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc check_ranges(struct cxl_dc *dc, struct maple_tree *ranges,
				     const u8 *tag, bool forced, struct plan *plan)
{
	unsigned long end = 0;
	void *range;

	dc->request++;
	mt_for_each(ranges, range, end, ULONG_MAX) {
		enum cxl_mbox_rc rc = check_range(dc, dc_range_start(range), end, tag, forced,
						  plan);

		if (rc)
			return rc;
	}
	plan_end(dc, plan);
	return CXL_RC_SUCCESS;
}

/* Sharable capacity of a tag goes as a whole, unless a reference keeps it. */
static enum cxl_mbox_rc check_shared(struct cxl_dc *dc, struct maple_tree *ranges)
{
	const struct dc_extent *extent;
	unsigned long end = 0, next;
	void *range;

	mt_for_each(ranges, range, end, ULONG_MAX) {
		next = dc_range_start(range);
		mt_for_each(&dc->extents, extent, next, end - 1) {
			const struct dc_tag *tag = extent->tag;

			if (dc->regions[extent->region].sharable && !tag->referenced &&
			    tag->shared->nr_named < tag->nr_accepted)
				return dc_refuse(dc, CXL_RC_INVALID_INPUT,
						 "only %u of %u extents of the tag of the extent at %#llx: name all extents of a shared tag, or add a reference to it (5606h) first",
						 tag->shared->nr_named, tag->nr_accepted,
						 extent->start);
		}
	}
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc check_splits(struct cxl_dc *dc, const struct plan *plan)
{
	if (plan->growth <= (s64)dc->max_extents - dc->nr_extents)
		return CXL_RC_SUCCESS;
	return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
			 "the parts that remain would exceed the limit of %u extents: release at the ends of extents",
			 dc->max_extents);
}

/* The host no longer has an extent. */
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

/* Cut [@start, @end) out of an extent. */
static void cut(struct cxl_dc *dc, struct dc_extent *extent, u64 start, u64 end)
{
	if (end < extent->start + extent->len)
		dc_store_split(dc, extent, end);
	if (start > extent->start)
		dc_store_cut(dc, extent, extent->start, start);
	else
		drop(dc, extent);
}

/* Whether more follow the next of @left records that form a chain. */
static bool more_follow(u32 *left)
{
	return *left && --*left;
}

static void free_range(struct cxl_dc *dc, u64 start, u64 end, enum cxl_dc_event_type type,
		       u32 *chained)
{
	struct dc_extent *extent;
	unsigned long next = start;

	mt_for_each(&dc->extents, extent, next, end - 1) {
		u64 from = max(start, extent->start), to = min_t(u64, end, next);
		struct cxl_dc_extent wire = dc_part_to_wire(extent, from, to);
		u8 region = extent->region;

		/* pending extents that a reference has kept */
		if (!dc_host_has(extent))
			continue;
		cut(dc, extent, from, to);
		dc->stats.released++;
		dc_emit(dc, type, region, &wire, more_follow(chained));
	}
}

/**
 * dc_free_ranges() - take ranges from the host
 * @dc: the engine
 * @ranges: the ranges, checked
 * @type: the event that reports each piece
 * @chained: how many pieces the events of which form a chain; 0: each is by itself
 */
void dc_free_ranges(struct cxl_dc *dc, struct maple_tree *ranges,
		    enum cxl_dc_event_type type, u32 chained)
{
	unsigned long end = 0;
	void *range;

	mt_for_each(ranges, range, end, ULONG_MAX)
		free_range(dc, dc_range_start(range), end, type, &chained);
	dc->generation++;
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
enum cxl_mbox_rc dc_check_release(struct cxl_dc *dc, struct maple_tree *ranges)
{
	static const u8 any[CXL_DC_TAG_LEN];
	struct plan plan = {};
	enum cxl_mbox_rc rc = check_ranges(dc, ranges, any, false, &plan);

	return rc ?: check_splits(dc, &plan);
}

static void ask_for(struct cxl_dc *dc, u64 start, u64 end, u32 *left)
{
	struct dc_extent *extent;
	unsigned long next = start;

	mt_for_each(&dc->extents, extent, next, end - 1) {
		u64 from = max(start, extent->start), to = min_t(u64, end, next);

		/* an extent whose release is not requested must not be marked */
		if (to - from == extent->len)
			dc_extent_set_state(dc, extent, DC_RELEASING);
		dc_emit_part(dc, CXL_DC_EVENT_RELEASE, extent, from, to, more_follow(left));
	}
}

/* A forced release of a part withdraws the whole offer: the host could not answer the rest. */
static void withdraw(struct cxl_dc *dc, u64 start, u64 end)
{
	struct dc_extent *extent;
	unsigned long next = start;

	mt_for_each(&dc->extents, extent, next, end - 1)
		if (extent->state == DC_OFFERED)
			dc_chain_withdraw(dc, extent->chain);
}

/**
 * dc_request_release() - ask the host to release ranges, or take them
 * @dc: the engine
 * @ranges: the ranges; none afterwards
 * @tag: the tag that they must have; all zero: any
 * @forced: take them
 * @shared: of a tag that is shared they must be all that the host has
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
 * Return: as dc_check_release(); Invalid Input for another tag or a part of what is
 * shared; Retry Required
 * while records of an earlier request wait for room in the host's event log.
 */
enum cxl_mbox_rc dc_request_release(struct cxl_dc *dc, struct maple_tree *ranges,
				    const u8 *tag, bool forced, bool shared)
{
	unsigned long end = 0;
	struct plan plan = {};
	enum cxl_mbox_rc rc;
	void *range;

	rc = check_ranges(dc, ranges, tag, forced, &plan);
	if (!rc && shared)
		rc = check_shared(dc, ranges);
	if (!rc && forced)
		rc = check_splits(dc, &plan);
	if (!rc && !(forced && dc_records_wait(dc)))
		rc = dc_records_reserve(dc, plan.pieces);

	if (!rc && forced) {
		dc->stats.forced += plan.pieces;
		mt_for_each(ranges, range, end, ULONG_MAX)
			withdraw(dc, dc_range_start(range), end);
		if (plan.pieces)
			dc_free_ranges(dc, ranges, CXL_DC_EVENT_FORCED_RELEASE, plan.pieces);
	} else if (!rc) {
		mt_for_each(ranges, range, end, ULONG_MAX)
			ask_for(dc, dc_range_start(range), end, &plan.pieces);
	}
	mtree_destroy(ranges);
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
 * Return: Success; Unsupported if the capacity has no backing; otherwise as
 * the FM's Initiate Dynamic Capacity Release, CXL 3.1 7.6.7.6.6.
 */
enum cxl_mbox_rc cxl_dc_request_release(struct cxl_dc *dc, u64 start, u64 len,
					const u8 *tag, bool forced)
{
	struct maple_tree ranges;
	enum cxl_mbox_rc rc;
	u32 nr = 0;

	mt_init(&ranges);
	rc = dc_check_backed(dc) ?: dc_collect(dc, &ranges, &nr, start, len);
	return rc ?: dc_request_release(dc, &ranges, tag, forced, false);
}
