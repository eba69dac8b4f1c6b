// SPDX-License-Identifier: GPL-2.0-only
/* The store of the engine: extents by DPA, and the chains that they are offered in. */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "internal.h"

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
 * dc_can_go() - whether the host can be asked for an extent, or it be taken
 * @extent: an extent of the store
 * @forced: it is taken
 *
 * Return: true if the host has it; of what is taken also if it was offered it.
 */
bool dc_can_go(const struct dc_extent *extent, bool forced)
{
	return dc_host_has(extent) || (forced && extent->state == DC_OFFERED);
}

/**
 * dc_has_tag() - whether an extent has a tag
 * @extent: an extent of the store
 * @id: the UUID; all zero: any, or none
 *
 * Return: true if so.
 */
bool dc_has_tag(const struct dc_extent *extent, const u8 *id)
{
	return dc_tag_is_null(id) ||
	       (extent->tag && !memcmp(extent->tag->id, id, CXL_DC_TAG_LEN));
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

/**
 * dc_is_whole() - whether an extent can only be accepted and released as a whole
 * @dc: the engine
 * @extent: an extent of the store
 *
 * Return: true if it is that of a backend, or a reference keeps it.
 */
bool dc_is_whole(const struct cxl_dc *dc, const struct dc_extent *extent)
{
	return (extent->tag && extent->tag->backend) || dc_is_referenced(dc, extent);
}

/*
 * Add an extent to the host's list, or remove it. The cursors stay in place: one extent
 * more or less is before them.
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
	/* added before removed: a requested extent is always in the list */
	dc_tag_count(dc, extent->tag, state, 1);
	dc_tag_count(dc, extent->tag, extent->state, -1);
	count_host(dc, extent, -1);
	extent->state = state;
	count_host(dc, extent, 1);
	if (state == DC_HELD)
		list_add_tail(&extent->in_chain, &extent->tag->shared->held);
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

static void count(struct cxl_dc *dc, const struct dc_extent *extent, int change)
{
	dc->nr_extents += change;
	dc->regions[extent->region].nr_extents += change;
	count_host(dc, extent, change);
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
	int rc = mtree_insert_range(&dc->extents, extent->start,
				    extent->start + extent->len - 1, extent, GFP_KERNEL);

	if (rc)
		return rc;
	extent->region = region_index(dc, extent->start);
	count(dc, extent, 1);
	return 0;
}

static void put(struct cxl_dc *dc, u64 start, u64 end, struct dc_extent *extent)
{
	if (start < end)
		mtree_store_range(&dc->extents, start, end - 1, extent, DC_MUST);
}

/**
 * dc_store_split() - make two extents of one
 * @dc: the engine
 * @extent: in the store
 * @at: DPA in it that the second one begins at
 *
 * Return: the second one, which is what the first one is besides.
 */
struct dc_extent *dc_store_split(struct cxl_dc *dc, struct dc_extent *extent, u64 at)
{
	u64 end = extent->start + extent->len;
	struct dc_extent *rest = kzalloc(sizeof(*rest), DC_MUST);

	*rest = *extent;
	rest->start = at;
	rest->len = end - at;
	extent->len -= rest->len;
	put(dc, at, end, rest);
	INIT_LIST_HEAD(&rest->in_chain);
	if (rest->chain)
		list_add(&rest->in_chain, &extent->in_chain);
	dc_tag_join(dc, extent->tag, rest);
	if (rest->tag)
		list_move(&rest->in_tag, &extent->in_tag);
	count(dc, rest, 1);
	return rest;
}

/**
 * dc_store_cut() - leave a part of an extent
 * @dc: the engine
 * @extent: in the store
 * @start: DPA of the part's first byte
 * @end: DPA behind it, not @start
 */
void dc_store_cut(struct cxl_dc *dc, struct dc_extent *extent, u64 start, u64 end)
{
	put(dc, extent->start, start, NULL);
	put(dc, end, extent->start + extent->len, NULL);
	count_host(dc, extent, -1);
	extent->start = start;
	extent->len = end - start;
	count_host(dc, extent, 1);
}

/**
 * dc_store_del() - take an extent out of the store and free it
 * @dc: the engine
 * @extent: in the store
 */
void dc_store_del(struct cxl_dc *dc, struct dc_extent *extent)
{
	put(dc, extent->start, extent->start + extent->len, NULL);
	count(dc, extent, -1);
	list_del(&extent->in_chain);
	dc_tag_leave(dc, extent);
	kfree(extent);
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
 * dc_check_range() - check that a range can be an extent or a part of one
 * @dc: the engine
 * @start: DPA of its first byte
 * @len: bytes
 *
 * Return: Success; Invalid Physical Address outside one DC region; Invalid Extent
 * List for a range that is empty or not made of whole blocks.
 */
enum cxl_mbox_rc dc_check_range(struct cxl_dc *dc, u64 start, u64 len)
{
	const struct cxl_dc_region *region;

	if (!len)
		return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST, "the length of an extent is 0");
	region = dc_region_of(dc, start, len);
	if (!region)
		return dc_refuse(dc, CXL_RC_INVALID_PA,
				 "%#llx bytes at %#llx do not lie in one DC region", len, start);
	if (IS_ALIGNED(start | len, region->block_size))
		return CXL_RC_SUCCESS;
	return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST,
			 "%#llx bytes at %#llx: must be multiples of the block size %#llx",
			 len, start, region->block_size);
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
 * dc_chain_leave() - take an extent out of its offer
 * @dc: the engine
 * @extent: an extent that is offered
 * @state: what becomes of it
 */
void dc_chain_leave(struct cxl_dc *dc, struct dc_extent *extent, enum dc_extent_state state)
{
	list_del_init(&extent->in_chain);
	extent->chain = NULL;
	dc_extent_set_state(dc, extent, state);
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
	list_for_each_entry_safe(extent, next, &chain->extents, in_chain)
		if (dc_is_referenced(dc, extent))
			dc_chain_leave(dc, extent, DC_HELD);
	dc_chain_free(dc, chain);
}

/**
 * dc_to_wire() - an extent in its wire format
 * @start: DPA of its first byte
 * @len: bytes
 * @tag: its tag, NULL: none
 * @seq: its place in a shared allocation
 *
 * Return: the same in little endian.
 */
struct cxl_dc_extent dc_to_wire(u64 start, u64 len, const u8 *tag, u16 seq)
{
	struct cxl_dc_extent wire = {
		.start_dpa = cpu_to_le64(start),
		.length = cpu_to_le64(len),
		.shared_seq = cpu_to_le16(seq),
	};

	if (tag)
		memcpy(wire.tag, tag, CXL_DC_TAG_LEN);
	return wire;
}

/**
 * dc_part_to_wire() - a part of an extent in its wire format
 * @extent: the extent
 * @start: DPA of the part's first byte
 * @end: DPA behind it
 *
 * Return: the same in little endian.
 */
struct cxl_dc_extent dc_part_to_wire(const struct dc_extent *extent, u64 start, u64 end)
{
	return dc_to_wire(start, end - start, extent->tag ? extent->tag->id : NULL, extent->seq);
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
	return dc_refuse(dc, CXL_RC_INVALID_PAYLOAD_LEN, "%zu bytes cannot hold %u extents",
			 io->in_len, count);
}

/**
 * dc_list_page() - read a part of the list of extents that the host has
 * @dc: the engine
 * @cursor: the reader's, which stays where its last page ended
 * @start: index of the first extent
 * @nr: the most extents to read; gets how many are read
 * @io: the command, whose response ends with them
 * @extents: where they are in the response
 *
 * Reading on where the last page ended costs no more at the end of the list than
 * at its beginning.
 *
 * Return: Success; Invalid Input for a start beyond the list.
 */
enum cxl_mbox_rc dc_list_page(struct cxl_dc *dc, struct dc_cursor *cursor, u32 start, u32 *nr,
			      struct cxl_mbox_io *io, struct cxl_dc_extent *extents)
{
	size_t head = (u8 *)extents - (u8 *)io->out;
	u32 max = min_t(size_t, *nr, (io->out_max - head) / sizeof(*extents));
	struct dc_extent *extent;
	unsigned long dpa;

	if (start > dc->nr_accepted)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT, "extent %u is beyond the end of the list",
				 start);
	if (start < cursor->index)
		*cursor = (struct dc_cursor) {};
	dpa = cursor->dpa;
	*nr = 0;
	mt_for_each(&dc->extents, extent, dpa, ULONG_MAX) {
		/* one that has come since may lie across the cursor, and is before it */
		if (extent->start < cursor->dpa)
			continue;
		if (*nr == max)
			break;
		cursor->dpa = dpa;
		if (dc_host_has(extent) && cursor->index++ >= start)
			extents[(*nr)++] = dc_part_to_wire(extent, extent->start, dpa);
	}
	io->out_len = head + *nr * sizeof(*extents);
	return CXL_RC_SUCCESS;
}
