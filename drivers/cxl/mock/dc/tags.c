// SPDX-License-Identifier: GPL-2.0-only
/* The tags that extents have: by UUID in a hash, and in order in a list. */
#include <linux/limits.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "internal.h"

/* The hash has a random seed, so that no FM can choose tags that collide. */
static const struct rhashtable_params tag_params = {
	.key_len = CXL_DC_TAG_LEN,
	.key_offset = offsetof(struct dc_tag, id),
	.head_offset = offsetof(struct dc_tag, hash),
	.automatic_shrinking = true,
};

/**
 * dc_tag_is_null() - whether a tag is none
 * @id: the UUID
 *
 * Return: true if it is all zero.
 */
bool dc_tag_is_null(const u8 *id)
{
	return !memchr_inv(id, 0, CXL_DC_TAG_LEN);
}

/**
 * dc_tags_init() - set up the tags
 * @dc: the engine, all zeroes in what is for tags
 */
void dc_tags_init(struct cxl_dc *dc)
{
	INIT_LIST_HEAD(&dc->tags);
	/* fails for wrong parameters only */
	rhashtable_init(&dc->tags_by_id, &tag_params);
}

/**
 * dc_tags_destroy() - free all tags
 * @dc: the engine, without extents
 */
void dc_tags_destroy(struct cxl_dc *dc)
{
	struct dc_tag *tag, *next;

	list_for_each_entry_safe(tag, next, &dc->tags, list) {
		tag->referenced = false;
		dc_tag_put(dc, tag);
	}
	rhashtable_destroy(&dc->tags_by_id);
}

/**
 * dc_tag_find() - find a tag
 * @dc: the engine
 * @id: the UUID
 *
 * Return: the tag, NULL if no extent has it.
 */
struct dc_tag *dc_tag_find(struct cxl_dc *dc, const u8 *id)
{
	return rhashtable_lookup_fast(&dc->tags_by_id, id, tag_params);
}

/**
 * dc_tag_get() - find a tag, or add it
 * @dc: the engine; a tag that is not there is within its limit
 * @id: the UUID
 *
 * Return: the tag; dc_tag_put() drops one that has no extent. NULL without memory.
 */
struct dc_tag *dc_tag_get(struct cxl_dc *dc, const u8 *id)
{
	struct dc_tag *tag = dc_tag_find(dc, id);

	if (tag)
		return tag;
	tag = kzalloc(sizeof(*tag), GFP_KERNEL);
	if (!tag)
		return NULL;
	memcpy(tag->id, id, CXL_DC_TAG_LEN);
	INIT_LIST_HEAD(&tag->extents);
	if (rhashtable_insert_fast(&dc->tags_by_id, &tag->hash, tag_params)) {
		kfree(tag);
		return NULL;
	}
	tag->serial = dc->tag_serial++;
	list_add_tail(&tag->list, &dc->tags);
	dc->nr_tags++;
	dc->tag_generation++;
	return tag;
}

static struct dc_tag *tag_behind(const struct cxl_dc *dc, struct dc_tag *tag)
{
	return list_is_last(&tag->list, &dc->tags) ? NULL : list_next_entry(tag, list);
}

/**
 * dc_tag_put() - drop a tag if nothing has it any more
 * @dc: the engine
 * @tag: the tag
 *
 * The backend that it names is free again.
 */
void dc_tag_put(struct cxl_dc *dc, struct dc_tag *tag)
{
	if (!list_empty(&tag->extents) || tag->referenced)
		return;
	if (tag->backend) {
		tag->backend->user = NULL;
		tag->backend->bound = false;
	}
	if (tag == dc->tag_cursor)
		dc->tag_cursor = tag_behind(dc, tag);
	else if (dc->tag_cursor && tag->serial < dc->tag_cursor->serial)
		dc->tag_cursor_index--;
	rhashtable_remove_fast(&dc->tags_by_id, &tag->hash, tag_params);
	list_del(&tag->list);
	dc->nr_tags--;
	dc->tag_generation++;
	if (tag->shared)
		mtree_destroy(&tag->shared->sequences);
	kfree(tag->shared);
	kfree(tag);
}

/**
 * dc_tags_seek() - find a tag by its place in the list of tags
 * @dc: the engine
 * @index: how many tags are before it
 *
 * A cursor stays at the tag, whatever comes and goes, and to read on from there
 * passes over none of those before it.
 *
 * Return: the tag; NULL behind the last one.
 */
struct dc_tag *dc_tags_seek(struct cxl_dc *dc, u32 index)
{
	if (!dc->tag_cursor || index < dc->tag_cursor_index) {
		dc->tag_cursor = list_first_entry_or_null(&dc->tags, struct dc_tag, list);
		dc->tag_cursor_index = 0;
	}
	for (; dc->tag_cursor && dc->tag_cursor_index < index; dc->tag_cursor_index++)
		dc->tag_cursor = tag_behind(dc, dc->tag_cursor);
	return dc->tag_cursor;
}

/**
 * dc_tag_count() - count an extent in or out of those that the list of tags shows
 * @dc: the engine
 * @tag: its tag, NULL: none
 * @state: the state that it is in, will be in, or was in
 * @change: 1 or -1
 */
void dc_tag_count(struct cxl_dc *dc, struct dc_tag *tag, enum dc_extent_state state,
		  int change)
{
	u32 *nr;

	if (!tag || state == DC_HELD)
		return;
	nr = state == DC_OFFERED ? &tag->nr_offered : &tag->nr_accepted;
	*nr += change;
	/* only the first extent and the last change the host's bit */
	if (!*nr || (*nr == 1 && change > 0))
		dc->tag_generation++;
}

/* Control files can give two extents the same number, and so does who cuts one. */
static void count_sequence(struct dc_tag *tag, const struct dc_extent *extent, int change)
{
	struct dc_shared *shared = tag->shared;
	unsigned long index = extent->seq;
	void *same;

	if (!shared) {
		shared = kzalloc(sizeof(*shared), DC_MUST);
		mt_init_flags(&shared->sequences, MT_FLAGS_ALLOC_RANGE);
		INIT_LIST_HEAD(&shared->held);
		tag->shared = shared;
	}
	shared->nr += change;
	same = mt_find(&shared->sequences, &index, extent->seq);
	change += same ? xa_to_value(same) : 0;
	mtree_store_range(&shared->sequences, extent->seq, extent->seq,
			  change ? xa_mk_value(change) : NULL, DC_MUST);
}

/**
 * dc_tag_free_sequence() - find a sequence number that no sharable extent of a tag has
 * @tag: the tag; NULL: no extent has it
 * @from: the least that it may be, at most U16_MAX + 1
 *
 * Return: the first one; U16_MAX + 1 if there is none.
 */
u32 dc_tag_free_sequence(const struct dc_tag *tag, u32 from)
{
	if (tag && tag->shared) {
		MA_STATE(mas, &tag->shared->sequences, 0, 0);

		mas_lock(&mas);
		mas_empty_area(&mas, from, U16_MAX + 1, 1);
		mas_unlock(&mas);
		from = mas.index;
	}
	return from;
}

/**
 * dc_tag_join() - give an extent a tag
 * @dc: the engine
 * @tag: the tag, NULL: none
 * @extent: the extent, in its state, without a tag
 */
void dc_tag_join(struct cxl_dc *dc, struct dc_tag *tag, struct dc_extent *extent)
{
	extent->tag = tag;
	if (!tag)
		return;
	list_add_tail(&extent->in_tag, &tag->extents);
	dc_tag_count(dc, tag, extent->state, 1);
	if (dc->regions[extent->region].sharable)
		count_sequence(tag, extent, 1);
}

/**
 * dc_tag_leave() - take an extent's tag away, which goes if nothing else has it
 * @dc: the engine
 * @extent: the extent
 */
void dc_tag_leave(struct cxl_dc *dc, struct dc_extent *extent)
{
	struct dc_tag *tag = extent->tag;

	if (!tag)
		return;
	extent->tag = NULL;
	list_del_init(&extent->in_tag);
	dc_tag_count(dc, tag, extent->state, -1);
	if (dc->regions[extent->region].sharable)
		count_sequence(tag, extent, -1);
	dc_tag_put(dc, tag);
}
