// SPDX-License-Identifier: GPL-2.0-only
/* Offering capacity to the host, and choosing it. */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "internal.h"

/* How many of the ranges before the @i-th have its tag. */
static unsigned int same_tag_before(const struct cxl_dc_range *ranges, unsigned int i)
{
	unsigned int nr = 0;

	for (unsigned int j = 0; j < i; j++)
		nr += !memcmp(ranges[i].tag, ranges[j].tag, CXL_DC_TAG_LEN);
	return nr;
}

static struct cxl_dc_backend *backend_of(struct cxl_dc *dc, const struct cxl_dc_range *range)
{
	return dc_tag_is_null(range->tag) ? NULL : dc_backend_find(dc, range->tag);
}

/* Check the backing of an extent: the device's own or a backend. */
static enum cxl_mbox_rc check_backing(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
				      unsigned int i)
{
	const struct cxl_dc_backend *backend = backend_of(dc, &ranges[i]);

	if (!backend) {
		if (dc->backing != CXL_DC_BACKING_NONE)
			return CXL_RC_SUCCESS;
		return dc_refuse(dc, CXL_RC_UNSUPPORTED,
				 "no backend has this tag, and the capacity has no backing: attach a backend with the tag first");
	}
	if (same_tag_before(ranges, i) || ranges[i].len != backend->size)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT,
				 "the backend of this tag needs one extent of %#llx bytes",
				 backend->size);
	if (cxl_dc_backend_is_held(backend))
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "a reference to this tag keeps the extent of its backend: remove the reference (5607h), or offer the extent by Enable Shared Access");
	if (backend->user)
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "the backend of this tag is in use: release its extent first");
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc check_range(struct cxl_dc *dc, const struct cxl_dc_range *range)
{
	enum cxl_mbox_rc rc = dc_check_range(dc, range->start, range->len);
	const struct cxl_dc_region *region;

	if (rc)
		return rc;
	region = dc_region_of(dc, range->start, range->len);
	if (region->sharable && dc_tag_is_null(range->tag))
		return dc_refuse(dc, CXL_RC_INVALID_INPUT, "sharable capacity needs a tag");
	if (!region->sharable && range->seq)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT,
				 "sequence number %u: must be 0 for capacity that is not sharable",
				 range->seq);
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc check_limits(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
				     unsigned int nr)
{
	unsigned int new_tags = 0;

	for (unsigned int i = 0; i < nr; i++)
		new_tags += !dc_tag_is_null(ranges[i].tag) && !same_tag_before(ranges, i) &&
			    !dc_tag_find(dc, ranges[i].tag);
	if (nr > dc->max_extents - dc->nr_extents)
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "%u more extents would exceed the limit of %u", nr,
				 dc->max_extents);
	if (new_tags > dc->max_tags - dc->nr_tags)
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "%u more tags would exceed the limit of %u", new_tags,
				 dc->max_tags);
	return dc_records_reserve(dc, nr);
}

/**
 * dc_chain_get() - the chain that an offer goes to
 * @dc: the engine
 *
 * Return: the open one, or a new one; NULL without memory.
 */
struct dc_chain *dc_chain_get(struct cxl_dc *dc)
{
	struct dc_chain *chain = dc->open;

	if (chain)
		return chain;
	chain = kzalloc(sizeof(*chain), GFP_KERNEL);
	if (!chain)
		return NULL;
	INIT_LIST_HEAD(&chain->extents);
	INIT_LIST_HEAD(&chain->overlaps);
	list_add_tail(&chain->list, &dc->chains);
	return chain;
}

/* Undo the offer of the last @nr extents of a chain. */
static void undo(struct cxl_dc *dc, struct dc_chain *chain, unsigned int nr)
{
	while (nr--)
		dc_store_del(dc, list_last_entry(&chain->extents, struct dc_extent,
						 in_chain));
	if (list_empty(&chain->extents) && list_empty(&chain->overlaps))
		dc_chain_free(dc, chain);
}

static enum cxl_mbox_rc add_extent(struct cxl_dc *dc, struct dc_chain *chain,
				   const struct cxl_dc_range *range)
{
	struct dc_extent *extent = kzalloc(sizeof(*extent), GFP_KERNEL);
	bool tagged = !dc_tag_is_null(range->tag);
	struct dc_tag *owner = NULL;
	int rc = -ENOMEM;

	if (extent && tagged)
		owner = dc_tag_get(dc, range->tag);
	if (extent && (owner || !tagged)) {
		*extent = (struct dc_extent) {
			.start = range->start,
			.len = range->len,
			.chain = chain,
			.seq = range->seq,
			.state = DC_OFFERED,
		};
		rc = dc_store_add(dc, extent);
	}
	if (!rc) {
		dc_tag_join(dc, owner, extent);
		list_add_tail(&extent->in_chain, &chain->extents);
		return CXL_RC_SUCCESS;
	}
	kfree(extent);
	if (owner)
		dc_tag_put(dc, owner);
	if (rc == -ENOMEM)
		return dc_refuse(dc, CXL_RC_INTERNAL, "out of memory");
	return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST,
			 "%#llx bytes at %#llx overlap an existing extent",
			 range->len, range->start);
}

static void reserve_backends(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
			     unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		struct cxl_dc_backend *backend = backend_of(dc, &ranges[i]);

		if (!backend)
			continue;
		backend->user = dc_tag_find(dc, ranges[i].tag);
		backend->user->backend = backend;
	}
}

static void emit_last(struct cxl_dc *dc, struct dc_chain *chain, unsigned int nr,
		      bool more)
{
	struct dc_extent *extent = list_last_entry(&chain->extents, struct dc_extent,
						   in_chain);

	for (unsigned int i = 1; i < nr; i++)
		extent = list_prev_entry(extent, in_chain);
	for (; nr; nr--) {
		dc_emit_part(dc, CXL_DC_EVENT_ADD, extent, extent->start,
			     extent->start + extent->len, more || nr > 1);
		extent = list_next_entry(extent, in_chain);
	}
}

/**
 * dc_check_offer() - check what does not depend on what extents there are
 * @dc: the engine
 * @ranges: the extents
 * @nr: how many
 *
 * Return: as cxl_dc_offer().
 */
enum cxl_mbox_rc dc_check_offer(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
				unsigned int nr)
{
	enum cxl_mbox_rc rc = CXL_RC_SUCCESS;

	for (unsigned int i = 0; !rc && i < nr; i++)
		rc = check_backing(dc, ranges, i) ?: check_range(dc, &ranges[i]);
	return rc;
}

/**
 * cxl_dc_offer() - offer capacity to the host
 * @dc: the engine
 * @ranges: the extents
 * @nr: how many, not 0
 * @more: the next offer belongs to this one
 *
 * CXL 3.1 9.13.3.3 (Add Dynamic Capacity), 8.2.9.2.1.6
 *
 * Return: Success; Unsupported if the capacity has no backing; Invalid
 * Physical Address outside one region; Invalid Extent List for an extent that is
 * empty, unaligned or overlaps one that is there; Invalid Input if tag, sequence or
 * backend do not fit; Resources Exhausted at a limit; Retry Required while records of
 * an earlier request wait for room in the host's event log; Internal Error without
 * memory.
 */
enum cxl_mbox_rc cxl_dc_offer(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
			      unsigned int nr, bool more)
{
	u32 tag_generation = dc->tag_generation;
	struct dc_chain *chain;
	enum cxl_mbox_rc rc;

	rc = dc_check_offer(dc, ranges, nr) ?: check_limits(dc, ranges, nr);
	if (rc)
		return rc;

	chain = dc_chain_get(dc);
	if (!chain)
		return dc_refuse(dc, CXL_RC_INTERNAL, "out of memory");
	for (unsigned int i = 0; i < nr; i++) {
		rc = add_extent(dc, chain, &ranges[i]);
		if (rc) {
			undo(dc, chain, i);
			/* nobody has seen the extents that were added and removed again */
			dc->tag_generation = tag_generation;
			return rc;
		}
	}

	reserve_backends(dc, ranges, nr);
	dc->open = more ? chain : NULL;
	dc->stats.offered += nr;
	emit_last(dc, chain, nr, more);
	return CXL_RC_SUCCESS;
}

static bool is_shared(const struct cxl_dc *dc, const struct cxl_dc_range *range)
{
	const struct cxl_dc_region *region = dc_region_of(dc, range->start, range->len);

	return region && region->sharable && !dc_tag_is_null(range->tag);
}

/* How many of the ranges that have the first one's tag have a sequence number. */
static unsigned int count_number(const struct cxl_dc *dc, const struct cxl_dc_range *ranges,
				 unsigned int nr, u32 seq)
{
	unsigned int same = 0;

	for (const struct cxl_dc_range *range = ranges; range < ranges + nr; range++)
		same += range->seq == seq && is_shared(dc, range) &&
			!memcmp(range->tag, ranges->tag, CXL_DC_TAG_LEN);
	return same;
}

/* Of the tag of the first range, whose others are among those behind it. */
static enum cxl_mbox_rc check_sequence(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
				       unsigned int nr_ranges)
{
	struct dc_tag *tag = dc_tag_find(dc, ranges->tag);
	u32 had = tag && tag->shared ? tag->shared->nr : 0;
	u32 nr = had, missing;

	for (const struct cxl_dc_range *range = ranges; range < ranges + nr_ranges; range++) {
		if (memcmp(range->tag, ranges->tag, CXL_DC_TAG_LEN) || !is_shared(dc, range))
			continue;
		if (dc_tag_free_sequence(tag, range->seq) != range->seq ||
		    count_number(dc, ranges, nr_ranges, range->seq) > 1)
			return dc_refuse(dc, CXL_RC_INVALID_INPUT,
					 "the extent at %#llx has sequence number %u, as has another of its tag",
					 range->start, range->seq);
		nr++;
	}
	missing = dc_tag_free_sequence(tag, 0);
	while (count_number(dc, ranges, nr_ranges, missing))
		missing = dc_tag_free_sequence(tag, missing + 1);
	if (nr > had && missing < nr)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT,
				 "sequence number %u is missing: the %u extents of a tag must have 0 to %u, each once",
				 missing, nr, nr - 1);
	return CXL_RC_SUCCESS;
}

/**
 * dc_check_sequences() - check the sequence numbers of sharable extents
 * @dc: the engine
 * @ranges: the extents
 * @nr: how many
 *
 * CXL 3.1 8.2.9.2.1.6: over all of a tag they are 0 to n-1, each once.
 *
 * Return: Success; Invalid Input for a gap or a repeat.
 */
enum cxl_mbox_rc dc_check_sequences(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
				    unsigned int nr)
{
	enum cxl_mbox_rc rc = CXL_RC_SUCCESS;

	for (unsigned int i = 0; !rc && i < nr; i++)
		if (!same_tag_before(ranges, i))
			rc = check_sequence(dc, &ranges[i], nr - i);
	return rc;
}

/* Number extents of one tag that the device has chosen: with what is not in use. */
static enum cxl_mbox_rc number(struct cxl_dc *dc, struct cxl_dc_range *ranges,
			       unsigned int nr)
{
	struct dc_tag *tag = dc_tag_find(dc, ranges->tag);
	u32 next = 0;

	/* a tag that has all of them has as many extents as there can be */
	for (unsigned int i = 0; i < nr; i++) {
		ranges[i].seq = dc_tag_free_sequence(tag, next);
		next = ranges[i].seq + 1;
	}
	return dc_check_sequences(dc, ranges, nr);
}

/**
 * dc_offer_free() - offer capacity that the device chooses
 * @dc: the engine
 * @region: index of the DC region
 * @len: bytes, a multiple of the block size
 * @tag: the tag; all zero: none
 * @contiguous: as one extent, as is what a backend is behind in any case
 *
 * CXL 3.1 7.6.7.6.5
 *
 * Return: as cxl_dc_offer(); Resources Exhausted if there is not so much free.
 */
enum cxl_mbox_rc dc_offer_free(struct cxl_dc *dc, u8 region, u64 len, const u8 *tag,
			       bool contiguous)
{
	struct cxl_dc_region *r = &dc->regions[region];
	struct cxl_dc_range *gaps;
	enum cxl_mbox_rc rc;
	unsigned int nr, max;
	u64 pos;

	/* a backend backs one extent, so gaps that add up would always be refused */
	if (!dc_tag_is_null(tag) && dc_backend_find(dc, tag))
		contiguous = true;

	if (!len || !IS_ALIGNED(len, r->block_size))
		return dc_refuse(dc, CXL_RC_INVALID_INPUT,
				 "length %#llx: must be a multiple of the block size %#llx",
				 len, r->block_size);

	/* between n extents are n + 1 gaps */
	max = min3(contiguous ? 1 : r->nr_extents + 1, dc->max_extents - dc->nr_extents,
		   dc->sink->size);
	gaps = kvcalloc(max ?: 1, sizeof(*gaps), GFP_KERNEL);
	if (!gaps)
		return dc_refuse(dc, CXL_RC_INTERNAL, "out of memory");

	nr = dc_select(dc, r, len, gaps, max);
	rc = CXL_RC_SUCCESS;
	for (unsigned int i = 0; i < nr; i++)
		memcpy(gaps[i].tag, tag, CXL_DC_TAG_LEN);
	if (nr && r->sharable && !dc_tag_is_null(tag))
		rc = number(dc, gaps, nr);
	if (!rc && nr)
		rc = cxl_dc_offer(dc, gaps, nr, false);
	else if (!rc)
		rc = dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
			       "DC region %u has no %#llx bytes free in %u extents or fewer",
			       region, len, max);
	if (!rc) {
		pos = gaps[nr - 1].start + gaps[nr - 1].len;
		r->next_free = pos < r->base + r->len ? pos : r->base;
	}
	kvfree(gaps);
	return rc;
}

/**
 * dc_offer_shared() - offer what a tag has kept to the host again
 * @dc: the engine
 * @region: index of the DC region that it is in
 * @tag: the tag
 *
 * CXL 3.1 7.6.7.6.5, Enable Shared Access
 *
 * Return: Success; Invalid Input if the region is not sharable, if the tag also has
 * extents in one that is not, and if the host has part of what the tag has in it or
 * the tag has kept nothing of it; Retry Required while records of an earlier request wait for
 * room in the host's event log; Internal Error without memory.
 */
enum cxl_mbox_rc dc_offer_shared(struct cxl_dc *dc, u8 region, const u8 *tag)
{
	struct dc_tag *owner = dc_tag_find(dc, tag);
	struct dc_extent *extent;
	struct dc_chain *chain;
	enum cxl_mbox_rc rc;
	unsigned int nr = 0;

	if (!dc->regions[region].sharable)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT, "DC region %u is not sharable", region);
	if (owner)
		list_for_each_entry(extent, &owner->extents, in_tag) {
			if (!dc->regions[extent->region].sharable)
				return dc_refuse(dc, CXL_RC_INVALID_INPUT,
						 "the tag has an extent at %#llx, in a DC region that is not sharable",
						 extent->start);
			if (extent->region == region && extent->state != DC_HELD)
				return dc_refuse(dc, CXL_RC_INVALID_INPUT,
						 "the extent at %#llx of this tag is accepted or pending: the host must have none in DC region %u",
						 extent->start, region);
			nr += extent->region == region;
		}
	if (!nr)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT,
				 "the tag has no capacity in DC region %u that the host lacks",
				 region);
	rc = dc_records_reserve(dc, nr);
	if (rc)
		return rc;

	chain = dc_chain_get(dc);
	if (!chain)
		return dc_refuse(dc, CXL_RC_INTERNAL, "out of memory");
	list_for_each_entry(extent, &owner->extents, in_tag) {
		if (extent->region != region)
			continue;
		dc_extent_set_state(dc, extent, DC_OFFERED);
		extent->chain = chain;
		list_move_tail(&extent->in_chain, &chain->extents);
	}
	dc->stats.offered += nr;
	emit_last(dc, chain, nr, false);
	return CXL_RC_SUCCESS;
}
