// SPDX-License-Identifier: GPL-2.0-only
/* The invariants of the engine, and its state in a form that compares. */
#ifdef __KERNEL__
#include "kunit.h"
#else
#include <stdlib.h>
#include <string.h>
#endif
#include <linux/kernel.h>

#include "dc_check.h"
#include "dc/internal.h"

static void put(struct dc_snapshot *s, u64 word)
{
	if (s->nr == s->room) {
		s->room = s->room ? 2 * s->room : 256;
		s->words = realloc(s->words, s->room * sizeof(*s->words));
		if (!s->words)
			abort();
	}
	s->words[s->nr++] = word;
}

static void put_tag(struct dc_snapshot *s, const u8 *id)
{
	u64 words[2] = {};

	if (id)
		memcpy(words, id, sizeof(words));
	put(s, words[0]);
	put(s, words[1]);
}

static void put_extent(struct dc_snapshot *s, const struct dc_extent *extent)
{
	put(s, extent->start);
	put(s, extent->len);
	put(s, extent->seq);
	put_tag(s, extent->tag ? extent->tag->id : NULL);
}

/**
 * dc_snapshot_list() - take down the list of extents that the host has
 * @s: where to
 * @dc: the engine
 */
void dc_snapshot_list(struct dc_snapshot *s, const struct cxl_dc *dc)
{
	const struct dc_extent *extent;

	s->nr = 0;
	for_each_extent(extent, dc)
		if (dc_host_has(extent))
			put_extent(s, extent);
}

/**
 * dc_snapshot_tags() - take down what the FM reads in the list of tags
 * @s: where to
 * @dc: the engine
 */
void dc_snapshot_tags(struct dc_snapshot *s, const struct cxl_dc *dc)
{
	const struct dc_extent *extent;
	const struct dc_tag *tag;

	s->nr = 0;
	list_for_each_entry(tag, &dc->tags, list) {
		bool offered = false, accepted = false;

		list_for_each_entry(extent, &tag->extents, in_tag) {
			offered |= extent->state == DC_OFFERED;
			accepted |= dc_host_has(extent);
		}
		put_tag(s, tag->id);
		put(s, tag->referenced << 2 | offered << 1 | accepted);
	}
}

static void put_extents(struct dc_snapshot *s, const struct cxl_dc *dc)
{
	const struct dc_overlap *overlap;
	const struct dc_extent *extent;
	const struct dc_chain *chain;

	put(s, dc->nr_extents);
	put(s, dc->nr_accepted);
	put(s, dc->generation);
	for_each_extent(extent, dc) {
		put_extent(s, extent);
		put(s, extent->region);
		put(s, extent->state);
	}
	list_for_each_entry(chain, &dc->chains, list) {
		put(s, chain == dc->open ? 2 : 1);
		list_for_each_entry(extent, &chain->extents, in_chain)
			put(s, extent->start);
		list_for_each_entry(overlap, &chain->overlaps, list)
			put(s, le64_to_cpu(overlap->extent.start_dpa));
	}
}

static void put_tags(struct dc_snapshot *s, const struct cxl_dc *dc)
{
	const struct cxl_dc_backend *backend;
	const struct dc_extent *extent;
	const struct dc_tag *tag;

	put(s, dc->nr_tags);
	put(s, dc->tag_generation);
	list_for_each_entry(tag, &dc->tags, list) {
		put_tag(s, tag->id);
		put(s, tag->nr_offered);
		put(s, tag->nr_accepted);
		put(s, tag->referenced);
		put_tag(s, tag->backend ? tag->backend->tag : NULL);
		list_for_each_entry(extent, &tag->extents, in_tag)
			put(s, extent->start);
	}
	list_for_each_entry(backend, &dc->backends, list) {
		put_tag(s, backend->tag);
		put(s, backend->size);
		put(s, backend->kind);
		put_tag(s, backend->user ? backend->user->id : NULL);
		put(s, backend->bound);
	}
}

/**
 * dc_snapshot() - take down what the engine knows
 * @s: where to
 * @dc: the engine
 */
void dc_snapshot(struct dc_snapshot *s, const struct cxl_dc *dc)
{
	s->nr = 0;
	for (unsigned int i = 0; i < dc->nr_regions; i++) {
		const struct cxl_dc_region *region = &dc->regions[i];

		put(s, region->base);
		put(s, region->len);
		put(s, region->block_size);
		put(s, region->nr_extents);
		put(s, region->next_free);
		put(s, region->sharable);
	}
	put_extents(s, dc);
	put_tags(s, dc);
	put(s, dc->stats.offered);
	put(s, dc->stats.accepted);
	put(s, dc->stats.rejected);
	put(s, dc->stats.released);
	put(s, dc->stats.forced);
}

/**
 * dc_snapshots_equal() - whether nothing is different
 * @a: one snapshot
 * @b: another
 */
bool dc_snapshots_equal(const struct dc_snapshot *a, const struct dc_snapshot *b)
{
	return a->nr == b->nr && (!a->nr || !memcmp(a->words, b->words, a->nr * sizeof(u64)));
}

/**
 * dc_snapshot_free() - free what a snapshot has
 * @s: the snapshot
 */
void dc_snapshot_free(struct dc_snapshot *s)
{
	free(s->words);
	*s = (struct dc_snapshot) {};
}

/* The first thing that dc_check() or dc_check_page() has found wrong. */
static const char *failure;

#define FAIL_IF(condition)				\
	do {						\
		if ((condition) && !failure)		\
			failure = #condition;		\
	} while (0)

/* What is true of one extent wherever it is. */
static void check_extent(const struct cxl_dc *dc, const struct dc_extent *extent)
{
	const struct cxl_dc_region *region = &dc->regions[extent->region];
	u64 end = extent->start + extent->len;

	FAIL_IF(extent->region >= dc->nr_regions);
	if (failure)
		return;
	FAIL_IF(!extent->len);
	FAIL_IF(end < extent->start);
	FAIL_IF(extent->start < region->base);
	FAIL_IF(end > region->base + region->len);
	FAIL_IF(extent->start % region->block_size || extent->len % region->block_size);
	FAIL_IF(extent->state > DC_HELD);
	FAIL_IF(extent->state == DC_OFFERED && !extent->chain);
	FAIL_IF(extent->state == DC_HELD &&
		!(extent->tag && extent->tag->referenced && region->sharable));
	FAIL_IF(extent->seq && !region->sharable);
	FAIL_IF(region->sharable && !extent->tag);
	FAIL_IF(dc->backing == CXL_DC_BACKING_NONE && !(extent->tag && extent->tag->backend));
}

/* The tree has an extent where it says that it is, and nothing else. */
static void check_place(const struct cxl_dc *dc, const struct dc_extent *extent, u64 *end)
{
	unsigned long at = *end;

	FAIL_IF(extent->start < *end);
	*end = extent->start + extent->len;
	FAIL_IF(mt_find((struct maple_tree *)&dc->extents, &at, ULONG_MAX) != extent);
	FAIL_IF(at != *end);
	for (at = extent->start; at < *end; at += extent->len - 1 ?: 1) {
		unsigned long index = at;

		FAIL_IF(mt_find((struct maple_tree *)&dc->extents, &index, at) != extent);
	}
}

static void check_extents(const struct cxl_dc *dc)
{
	u32 nr = 0, accepted = 0, tagged = 0, offered = 0, in_region[CXL_DC_REGIONS_MAX] = {};
	const struct dc_extent *extent;
	const struct dc_overlap *overlap;
	const struct dc_chain *chain;
	const struct dc_tag *tag;
	u32 overlaps = 0;
	u64 end = 0;

	for_each_extent(extent, dc) {
		check_place(dc, extent, &end);
		check_extent(dc, extent);
		nr++;
		in_region[extent->region]++;
		tagged += !!extent->tag;
		accepted += dc_host_has(extent);
		offered += extent->state == DC_OFFERED;
	}
	FAIL_IF(nr != dc->nr_extents);
	FAIL_IF(nr > dc->max_extents);
	FAIL_IF(accepted != dc->nr_accepted);
	for (unsigned int i = 0; i < dc->nr_regions; i++)
		FAIL_IF(in_region[i] != dc->regions[i].nr_extents);

	list_for_each_entry(tag, &dc->tags, list)
		list_for_each_entry(extent, &tag->extents, in_tag)
			tagged--;
	FAIL_IF(tagged);

	list_for_each_entry(chain, &dc->chains, list) {
		FAIL_IF(list_empty(&chain->extents) && list_empty(&chain->overlaps));
		list_for_each_entry(overlap, &chain->overlaps, list)
			overlaps++;
		FAIL_IF(chain == dc->open && chain->list.next != &dc->chains);
		list_for_each_entry(extent, &chain->extents, in_chain) {
			FAIL_IF(extent->chain != chain || extent->state != DC_OFFERED);
			offered--;
		}
	}
	FAIL_IF(offered);
	FAIL_IF(overlaps != dc->nr_overlaps || overlaps > dc->max_extents);
	FAIL_IF(dc->open && list_empty(&dc->chains));
}

static void check_tag(const struct cxl_dc *dc, const struct dc_tag *tag)
{
	static const u8 null[CXL_DC_TAG_LEN];
	u32 nr = 0, offered = 0, accepted = 0, sharable = 0, held = 0, numbers = 0;
	struct dc_shared none = { .held = LIST_HEAD_INIT(none.held) };
	struct dc_shared *shared = tag->shared ?: &none;
	const struct dc_extent *extent;
	unsigned long index = 0;
	void *same;

	FAIL_IF(!memcmp(tag->id, null, sizeof(null)));
	list_for_each_entry(extent, &tag->extents, in_tag) {
		FAIL_IF(extent->tag != tag);
		nr++;
		offered += extent->state == DC_OFFERED;
		accepted += dc_host_has(extent);
		held += extent->state == DC_HELD;
		if (!dc->regions[extent->region].sharable)
			continue;
		sharable++;
		index = extent->seq;
		FAIL_IF(!mt_find(&shared->sequences, &index, extent->seq));
	}
	index = 0;
	mt_for_each(&shared->sequences, same, index, ULONG_MAX)
		numbers += xa_to_value(same);
	list_for_each_entry(extent, &shared->held, in_chain) {
		FAIL_IF(extent->state != DC_HELD || extent->tag != tag);
		held--;
	}
	FAIL_IF(held);
	FAIL_IF(numbers != sharable || sharable != shared->nr);
	FAIL_IF(offered != tag->nr_offered);
	FAIL_IF(accepted != tag->nr_accepted);
	FAIL_IF(!nr);
	FAIL_IF(tag->referenced && !sharable);
	if (!tag->backend)
		return;
	FAIL_IF(tag->backend->user != tag);
	FAIL_IF(memcmp(tag->id, tag->backend->tag, CXL_DC_TAG_LEN));
	FAIL_IF(nr > 1);
	if (failure)
		return;
	extent = list_first_entry(&tag->extents, struct dc_extent, in_tag);
	FAIL_IF(extent->len != tag->backend->size);
	FAIL_IF(tag->backend->bound != dc_host_has(extent));
}

static void check_tag_cursor(const struct cxl_dc *dc)
{
	const struct dc_tag *tag;
	u32 index = 0;

	list_for_each_entry(tag, &dc->tags, list) {
		if (tag == dc->tag_cursor) {
			FAIL_IF(index != dc->tag_cursor_index);
			return;
		}
		index++;
	}
	FAIL_IF(dc->tag_cursor);
}

static void check_tags(struct cxl_dc *dc)
{
	const struct cxl_dc_backend *backend, *other;
	const struct dc_tag *tag, *last = NULL;
	u32 nr = 0, used = 0;

	list_for_each_entry(tag, &dc->tags, list) {
		FAIL_IF(last && last->serial >= tag->serial);
		last = tag;
		check_tag(dc, tag);
		FAIL_IF(dc_tag_find(dc, tag->id) != tag);
		nr++;
		used += !!tag->backend;
	}
	FAIL_IF(nr != dc->nr_tags);
	FAIL_IF(nr > dc->max_tags);
	check_tag_cursor(dc);
	list_for_each_entry(backend, &dc->backends, list) {
		if (backend->user) {
			FAIL_IF(backend->user->backend != backend);
			used--;
		}
		FAIL_IF(dc_backend_find(dc, backend->tag) != backend);
		FAIL_IF(backend->bound && !backend->user);
		FAIL_IF(dc->memory != (backend->kind == CXL_DC_BACKING_RESERVED));
		list_for_each_entry(other, &dc->backends, list)
			FAIL_IF(other != backend &&
				!memcmp(other->tag, backend->tag, CXL_DC_TAG_LEN));
	}
	FAIL_IF(used);
}

static void check_ranges(struct maple_tree *ranges, u32 expected)
{
	unsigned long end = 0, last = 0;
	void *range;
	u32 nr = 0;

	mt_for_each(ranges, range, end, ULONG_MAX) {
		FAIL_IF(dc_range_start(range) < last || dc_range_start(range) >= end);
		last = end;
		nr++;
	}
	FAIL_IF(nr != expected);
}

static void check_cursor(const struct cxl_dc *dc, const struct dc_cursor *cursor)
{
	const struct dc_extent *extent;
	u32 index = 0;

	for_each_extent(extent, dc)
		index += dc_host_has(extent) && extent->start < cursor->dpa;
	FAIL_IF(index != cursor->index);
}

/**
 * dc_check() - check the engine
 * @dc: the engine
 *
 * Return: NULL, or what is wrong.
 */
const char *dc_check(struct cxl_dc *dc)
{
	failure = NULL;
	for (unsigned int i = 0; i < dc->nr_regions; i++) {
		const struct cxl_dc_region *region = &dc->regions[i];

		FAIL_IF(region->block_size < 64);
		FAIL_IF(region->block_size & (region->block_size - 1));
		FAIL_IF(region->len % region->block_size);
		FAIL_IF(region->next_free < region->base);
		FAIL_IF(region->next_free >= region->base + region->len);
		FAIL_IF(region->next_free % region->block_size);
	}
	check_extents(dc);
	check_tags(dc);
	check_ranges(&dc->response, dc->nr_response);
	check_ranges(&dc->releases, dc->nr_releases);
	check_cursor(dc, &dc->host_cursor);
	check_cursor(dc, &dc->fm_cursor);
	return failure;
}

/**
 * dc_check_page() - check a page of the list of extents that the host has
 * @dc: the engine
 * @start: index that was asked for
 * @count: the most extents that there was room for
 * @extents: the page
 * @nr: how many extents are in it
 *
 * Return: NULL, or what is wrong.
 */
const char *dc_check_page(const struct cxl_dc *dc, u32 start, u32 count,
			  const struct cxl_dc_extent *extents, u32 nr)
{
	static const struct cxl_dc_extent zero;
	const struct dc_extent *extent;
	u32 index = 0, read = 0;

	failure = NULL;
	for_each_extent(extent, dc) {
		const struct cxl_dc_extent *wire = &extents[read];

		if (!dc_host_has(extent) || index++ < start || read == count)
			continue;
		FAIL_IF(read == nr);
		if (failure)
			return failure;
		FAIL_IF(le64_to_cpu(wire->start_dpa) != extent->start);
		FAIL_IF(le64_to_cpu(wire->length) != extent->len);
		FAIL_IF(le16_to_cpu(wire->shared_seq) != extent->seq);
		FAIL_IF(memcmp(wire->tag, extent->tag ? extent->tag->id : zero.tag,
			       sizeof(zero.tag)));
		FAIL_IF(memcmp(wire->rsvd, zero.rsvd, sizeof(zero.rsvd)));
		read++;
	}
	FAIL_IF(read != nr);
	return failure;
}
