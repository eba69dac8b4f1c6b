// SPDX-License-Identifier: GPL-2.0-only
/* The store of the engine: extents by DPA, and the chains that they are offered in. */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * dc_extent_alloc() - allocate an extent
 * @dc: the engine
 * @start: DPA of its first byte
 * @len: bytes
 *
 * Return: the extent, in no tree, list or tag; NULL without memory.
 */
struct dc_extent *dc_extent_alloc(struct cxl_dc *dc, u64 start, u64 len)
{
	struct dc_extent *extent = kzalloc(sizeof(*extent), GFP_KERNEL);

	if (!extent)
		return NULL;
	extent->start = start;
	extent->len = len;
	INIT_LIST_HEAD(&extent->in_chain);
	INIT_LIST_HEAD(&extent->in_tag);
	return extent;
}

/**
 * dc_extent_free() - free an extent
 * @dc: the engine
 * @extent: in no tree, list or tag; NULL: none
 */
void dc_extent_free(struct cxl_dc *dc, struct dc_extent *extent)
{
	kfree(extent);
}

/**
 * dc_host_has() - whether an extent is in the host's list
 * @extent: an extent of the store
 *
 * Return: true from when the host accepts it until it is released.
 */
bool dc_host_has(const struct dc_extent *extent)
{
	return extent->state == DC_ACCEPTED || extent->state == DC_RELEASING;
}

/**
 * dc_is_referenced() - whether the FM's reference keeps an extent
 * @dc: the engine
 * @extent: an extent of the store
 *
 * A tag may have other capacity besides, which nobody can share.
 *
 * Return: true if it is sharable and its tag has a reference.
 */
bool dc_is_referenced(const struct cxl_dc *dc, const struct dc_extent *extent)
{
	return extent->tag && extent->tag->referenced && dc->regions[extent->region].sharable;
}

/*
 * An extent comes into the host's list, or leaves it. The cursors stay where they
 * are: what is before them is one more, or one less.
 */
static void count_host(struct cxl_dc *dc, const struct dc_extent *extent, int change)
{
	struct dc_cursor *cursors[] = { &dc->host_cursor, &dc->fm_cursor };

	if (!dc_host_has(extent))
		return;
	dc->nr_accepted += change;
	for (unsigned int i = 0; i < ARRAY_SIZE(cursors); i++)
		if (extent->start < cursors[i]->dpa)
			cursors[i]->index += change;
}

/**
 * dc_extent_set_state() - move an extent on in its life
 * @dc: the engine
 * @extent: in the store
 * @state: where to
 */
void dc_extent_set_state(struct cxl_dc *dc, struct dc_extent *extent,
			 enum dc_extent_state state)
{
	/* in before out: what is asked for is the host's all the time */
	dc_tag_count(dc, extent->tag, state, 1);
	dc_tag_count(dc, extent->tag, extent->state, -1);
	count_host(dc, extent, -1);
	extent->state = state;
	count_host(dc, extent, 1);
}

/**
 * dc_list_changed() - note that the list of extents that the host has changed
 * @dc: the engine
 */
void dc_list_changed(struct cxl_dc *dc)
{
	dc->generation++;
}

static u8 region_index(const struct cxl_dc *dc, u64 dpa)
{
	return div64_u64(dpa - dc->regions[0].base, dc->regions[0].len);
}

/**
 * dc_store_find() - find an extent in the store
 * @dc: the engine
 * @dpa: any DPA
 *
 * Return: the extent that @dpa is in, else the first behind it, else NULL.
 */
struct dc_extent *dc_store_find(struct cxl_dc *dc, u64 dpa)
{
	unsigned long index = dpa;

	return mt_find(&dc->extents, &index, ULONG_MAX);
}

/**
 * dc_store_first() - the first extent of the store
 * @dc: the engine
 *
 * Return: the extent with the lowest DPA, or NULL.
 */
struct dc_extent *dc_store_first(struct cxl_dc *dc)
{
	return dc_store_find(dc, 0);
}

/**
 * dc_store_next() - the next extent of the store
 * @dc: the engine
 * @extent: in the store
 *
 * Return: the one behind it by DPA, or NULL.
 */
struct dc_extent *dc_store_next(struct cxl_dc *dc, const struct dc_extent *extent)
{
	return dc_store_find(dc, extent->start + extent->len);
}

static int insert(struct cxl_dc *dc, struct dc_extent *extent, gfp_t gfp)
{
	int rc = mtree_insert_range(&dc->extents, extent->start,
				    extent->start + extent->len - 1, extent, gfp);

	if (rc)
		return rc;
	extent->region = region_index(dc, extent->start);
	dc->nr_extents++;
	dc->regions[extent->region].nr_extents++;
	count_host(dc, extent, 1);
	return 0;
}

/**
 * dc_store_add() - add an extent to the store
 * @dc: the engine
 * @extent: complete, in one DC region
 *
 * Return: 0; -EEXIST if it overlaps one that is there; -ENOMEM.
 */
int dc_store_add(struct cxl_dc *dc, struct dc_extent *extent)
{
	return insert(dc, extent, GFP_KERNEL);
}

/*
 * From here on nothing fails: what a command has begun it must finish. The few
 * nodes that the tree can want for it are therefore waited for.
 */

/**
 * dc_store_put() - add an extent to the store where one has just been
 * @dc: the engine
 * @extent: complete, in one DC region; overlaps none that is there
 */
void dc_store_put(struct cxl_dc *dc, struct dc_extent *extent)
{
	insert(dc, extent, GFP_KERNEL | __GFP_NOFAIL);
}

static void erase(struct cxl_dc *dc, u64 start, u64 end)
{
	if (start < end)
		mtree_store_range(&dc->extents, start, end - 1, NULL,
				  GFP_KERNEL | __GFP_NOFAIL);
}

/**
 * dc_store_cut() - leave a part of an extent
 * @dc: the engine
 * @extent: in the store
 * @start: DPA of the part's first byte
 * @len: bytes of the part, not 0
 */
void dc_store_cut(struct cxl_dc *dc, struct dc_extent *extent, u64 start, u64 len)
{
	erase(dc, extent->start, start);
	erase(dc, start + len, extent->start + extent->len);
	count_host(dc, extent, -1);
	extent->start = start;
	extent->len = len;
	count_host(dc, extent, 1);
}

/**
 * dc_store_del() - take an extent out of the store and free it
 * @dc: the engine
 * @extent: in the store
 */
void dc_store_del(struct cxl_dc *dc, struct dc_extent *extent)
{
	erase(dc, extent->start, extent->start + extent->len);
	dc->nr_extents--;
	dc->regions[extent->region].nr_extents--;
	count_host(dc, extent, -1);
	list_del(&extent->in_chain);
	dc_tag_leave(dc, extent);
	dc_extent_free(dc, extent);
}

/**
 * dc_region_of() - the DC region that a range lies in
 * @dc: the engine
 * @start: DPA of its first byte
 * @len: bytes, not 0
 *
 * Return: the region; NULL if the range is outside, across two, or wraps.
 */
const struct cxl_dc_region *dc_region_of(const struct cxl_dc *dc, u64 start, u64 len)
{
	const struct cxl_dc_region *region;

	if (start < dc->regions[0].base || start >= cxl_dc_end(dc))
		return NULL;
	region = &dc->regions[region_index(dc, start)];
	return len <= region->base + region->len - start ? region : NULL;
}

/**
 * dc_check_blocks() - check that a range is made of whole blocks
 * @dc: the engine
 * @region: the region that it lies in
 * @start: DPA of its first byte
 * @len: bytes
 *
 * Return: Success, or Invalid Extent List.
 */
enum cxl_mbox_rc dc_check_blocks(struct cxl_dc *dc, const struct cxl_dc_region *region,
				 u64 start, u64 len)
{
	if (IS_ALIGNED(start | len, region->block_size))
		return CXL_RC_SUCCESS;
	return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST,
			 "%#llx bytes at %#llx: must be multiples of the block size %#llx",
			 (unsigned long long)len, (unsigned long long)start,
			 (unsigned long long)region->block_size);
}

static bool has_waiting_records(const struct cxl_dc *dc, const struct dc_chain *chain)
{
	/* of offers, only the newest can have some */
	return dc_records_wait(dc) && dc->queue[dc->queue_first].type == CXL_DC_EVENT_ADD &&
	       list_is_last(&chain->list, &dc->chains);
}

/**
 * dc_chain_is_complete() - whether the host can know all of an offer
 * @dc: the engine
 * @chain: the offer
 *
 * Return: true once no extent follows, and no record waits for room in the log.
 */
bool dc_chain_is_complete(const struct cxl_dc *dc, const struct dc_chain *chain)
{
	return chain != dc->open && !has_waiting_records(dc, chain);
}

/**
 * dc_chain_free() - drop an offer with the extents that are still in it
 * @dc: the engine
 * @chain: the offer
 */
void dc_chain_free(struct cxl_dc *dc, struct dc_chain *chain)
{
	while (!list_empty(&chain->extents))
		dc_store_del(dc, list_first_entry(&chain->extents, struct dc_extent,
						  in_chain));
	while (!list_empty(&chain->overlaps)) {
		struct dc_overlap *overlap = list_first_entry(&chain->overlaps,
							      struct dc_overlap, list);

		list_del(&overlap->list);
		kfree(overlap);
		dc->nr_overlaps--;
	}
	if (dc->open == chain)
		dc->open = NULL;
	list_del(&chain->list);
	kfree(chain);
}

/**
 * dc_chain_withdraw() - take an offer back
 * @dc: the engine
 * @chain: the offer
 *
 * Its records that still wait are not reported. What a reference keeps stays.
 */
void dc_chain_withdraw(struct cxl_dc *dc, struct dc_chain *chain)
{
	struct dc_extent *extent, *next;

	if (has_waiting_records(dc, chain))
		dc_records_drop(dc);
	list_for_each_entry_safe(extent, next, &chain->extents, in_chain) {
		if (!dc_is_referenced(dc, extent))
			continue;
		list_del_init(&extent->in_chain);
		extent->chain = NULL;
		dc_extent_set_state(dc, extent, DC_HELD);
	}
	dc_chain_free(dc, chain);
}

/**
 * dc_extent_to_wire() - an extent in its wire format
 * @extent: the extent
 * @wire: what to fill
 */
void dc_extent_to_wire(const struct dc_extent *extent, struct cxl_dc_extent *wire)
{
	*wire = (struct cxl_dc_extent) {
		.start_dpa = cpu_to_le64(extent->start),
		.length = cpu_to_le64(extent->len),
		.shared_seq = cpu_to_le16(extent->seq),
	};
	if (extent->tag)
		memcpy(wire->tag, extent->tag->id, CXL_DC_TAG_LEN);
}

/**
 * dc_check_list() - check that a request holds the extents that it promises
 * @dc: the engine
 * @io: the request
 * @head: bytes before the list, of which the request has no fewer
 * @entry: bytes of an entry
 * @count: the entries that it promises
 *
 * Return: Success, or Invalid Payload Length.
 */
enum cxl_mbox_rc dc_check_list(struct cxl_dc *dc, const struct cxl_mbox_io *io, size_t head,
			       size_t entry, u32 count)
{
	size_t room = io->in_len - head;

	if (room % entry == 0 && room / entry == count)
		return CXL_RC_SUCCESS;
	return dc_refuse(dc, CXL_RC_INVALID_PAYLOAD_LEN, "%zu bytes do not hold %u extents",
			 io->in_len, count);
}

/**
 * dc_list_page() - read a part of the list of extents that the host has
 * @dc: the engine
 * @cursor: the reader's, which stays where its last page ended
 * @start: index of the first extent
 * @count: the most extents to read
 * @extents: where to write them
 *
 * Reading on where the last page ended costs no more at the end of the list than
 * at its beginning.
 *
 * Return: the number of extents read.
 */
unsigned int dc_list_page(struct cxl_dc *dc, struct dc_cursor *cursor, u32 start, u32 count,
			  struct cxl_dc_extent *extents)
{
	struct dc_extent *extent;
	unsigned int nr = 0;

	if (start < cursor->index)
		*cursor = (struct dc_cursor) {};
	extent = dc_store_find(dc, cursor->dpa);
	/* one that has come since may lie across the cursor, and is before it */
	if (extent && extent->start < cursor->dpa)
		extent = dc_store_next(dc, extent);
	for (; extent && nr < count; extent = dc_store_next(dc, extent)) {
		cursor->dpa = extent->start + extent->len;
		if (dc_host_has(extent) && cursor->index++ >= start)
			dc_extent_to_wire(extent, &extents[nr++]);
	}
	return nr;
}
