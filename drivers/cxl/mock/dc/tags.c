// SPDX-License-Identifier: GPL-2.0-only
/* The tags that extents have: a hash, with a key that nobody outside knows. */
#include <linux/build_bug.h>
#include <linux/prefetch.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "internal.h"

#define DC_SLOT_SIZE	(sizeof(struct dc_tag *) + sizeof(u32))

/**
 * dc_tag_is_null() - whether a tag is none
 * @id: the UUID
 *
 * Return: true if it is all zero.
 */
bool dc_tag_is_null(const u8 *id)
{
	static const u8 null[CXL_DC_TAG_LEN];

	return !memcmp(id, null, CXL_DC_TAG_LEN);
}

static void set_slots(struct cxl_dc *dc, void *memory, u32 nr)
{
	dc->tag_slots = memory;
	dc->tag_hashes = (u32 *)(dc->tag_slots + nr);
	dc->nr_slots = nr;
}

static void free_slots(struct cxl_dc *dc, void *memory)
{
	if (memory != dc->few_slots)
		kvfree(memory);
}

/**
 * dc_tags_init() - set up the hash of tags
 * @dc: the engine, all zeroes in what is for tags
 */
void dc_tags_init(struct cxl_dc *dc)
{
	BUILD_BUG_ON(sizeof(dc->few_slots) != CXL_DC_FEW_SLOTS * DC_SLOT_SIZE);
	INIT_LIST_HEAD(&dc->tags);
	set_slots(dc, dc->few_slots, CXL_DC_FEW_SLOTS);
	get_random_bytes(&dc->tag_key, sizeof(dc->tag_key));
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
	/* without memory for fewer slots there are still as many as there were */
	free_slots(dc, dc->tag_slots);
	set_slots(dc, dc->few_slots, CXL_DC_FEW_SLOTS);
}

/* Never 0, which is a slot without a tag. */
static u32 hash_of(const struct cxl_dc *dc, const u8 *id)
{
	u64 words[CXL_DC_TAG_LEN / sizeof(u64)];

	memcpy(words, id, sizeof(words));
	return (u32)siphash_2u64(words[0], words[1], &dc->tag_key) ?: 1;
}

static u32 slot_behind(const struct cxl_dc *dc, u32 slot)
{
	return (slot + 1) & (dc->nr_slots - 1);
}

/*
 * The slot of a tag, or the empty one where it would be: the first from where
 * its hash points. The hashes have a place of their own, so that passing other
 * tags by touches none of them.
 */
static u32 find_slot(const struct cxl_dc *dc, const u8 *id, u32 hash)
{
	u32 slot = hash & (dc->nr_slots - 1);

	while (dc->tag_hashes[slot] &&
	       (dc->tag_hashes[slot] != hash ||
		memcmp(dc->tag_slots[slot]->id, id, CXL_DC_TAG_LEN)))
		slot = slot_behind(dc, slot);
	return slot;
}

static void fill_slot(struct cxl_dc *dc, struct dc_tag *tag)
{
	u32 slot = find_slot(dc, tag->id, tag->hash);

	dc->tag_hashes[slot] = tag->hash;
	dc->tag_slots[slot] = tag;
}

/* What is behind the slot moves up, unless it would be before where it belongs. */
static void empty_slot(struct cxl_dc *dc, u32 slot)
{
	u32 mask = dc->nr_slots - 1;

	for (u32 i = slot_behind(dc, slot); dc->tag_hashes[i]; i = slot_behind(dc, i)) {
		if (((i - dc->tag_hashes[i]) & mask) < ((i - slot) & mask))
			continue;
		dc->tag_hashes[slot] = dc->tag_hashes[i];
		dc->tag_slots[slot] = dc->tag_slots[i];
		slot = i;
	}
	dc->tag_hashes[slot] = 0;
}

/* Have another number of slots, a power of two; without memory, the same. */
static void resize(struct cxl_dc *dc, u32 nr)
{
	void *memory = dc->few_slots, *old = dc->tag_slots;
	struct dc_tag *tag;

	if (nr > CXL_DC_FEW_SLOTS) {
		memory = kvcalloc(nr, DC_SLOT_SIZE, GFP_KERNEL);
		if (!memory)
			return;
	} else {
		memset(memory, 0, sizeof(dc->few_slots));
	}
	set_slots(dc, memory, nr);
	list_for_each_entry(tag, &dc->tags, list)
		fill_slot(dc, tag);
	free_slots(dc, old);
}

/**
 * dc_tag_prefetch() - begin to load where a tag is, or would be
 * @dc: the engine
 * @id: the UUID
 */
void dc_tag_prefetch(const struct cxl_dc *dc, const u8 *id)
{
	u32 slot = hash_of(dc, id) & (dc->nr_slots - 1);

	prefetch(&dc->tag_hashes[slot]);
	prefetch(&dc->tag_slots[slot]);
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
	u32 slot = find_slot(dc, id, hash_of(dc, id));

	return dc->tag_hashes[slot] ? dc->tag_slots[slot] : NULL;
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
	u32 hash = hash_of(dc, id);
	u32 slot = find_slot(dc, id, hash);
	struct dc_tag *tag;

	if (dc->tag_hashes[slot])
		return dc->tag_slots[slot];
	if (dc->nr_tags >= dc->nr_slots / 4 * 3)
		resize(dc, 2 * dc->nr_slots);
	/* a search ends at an empty slot */
	if (dc->nr_tags + 1 >= dc->nr_slots)
		return NULL;

	tag = kzalloc(sizeof(*tag), GFP_KERNEL);
	if (!tag)
		return NULL;
	memcpy(tag->id, id, CXL_DC_TAG_LEN);
	tag->hash = hash;
	INIT_LIST_HEAD(&tag->extents);
	list_add_tail(&tag->list, &dc->tags);
	fill_slot(dc, tag);
	dc->nr_tags++;
	dc->tag_generation++;
	return tag;
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
	empty_slot(dc, find_slot(dc, tag->id, tag->hash));
	list_del(&tag->list);
	dc->nr_tags--;
	dc->tag_generation++;
	kfree(tag);
	/* far below what half would hold: what comes and goes resizes nothing */
	if (dc->nr_slots > CXL_DC_FEW_SLOTS && dc->nr_tags < dc->nr_slots / 8)
		resize(dc, dc->nr_slots / 2);
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
	/* the first one, or none any more: the host's bit is another */
	if (!*nr || (*nr == 1 && change > 0))
		dc->tag_generation++;
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
	dc_tag_put(dc, tag);
}
