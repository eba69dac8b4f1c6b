// SPDX-License-Identifier: GPL-2.0-only
/* The store of the engine: extents by DPA, the tags that they have, chains. */
#include <linux/math64.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * dc_extent_alloc() - allocate an extent
 * @start: DPA of its first byte
 * @len: bytes
 *
 * Return: the extent, in no tree, list or tag; NULL without memory.
 */
struct dc_extent *dc_extent_alloc(u64 start, u64 len)
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
 * dc_extent_insert() - insert an extent into a tree
 * @root: the tree
 * @extent: the extent
 *
 * Return: false if it overlaps one that is there, and then it is not inserted.
 */
bool dc_extent_insert(struct rb_root *root, struct dc_extent *extent)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		struct dc_extent *other = rb_entry(*link, struct dc_extent, node);

		parent = *link;
		if (extent->start + extent->len <= other->start)
			link = &parent->rb_left;
		else if (other->start + other->len <= extent->start)
			link = &parent->rb_right;
		else
			return false;
	}
	rb_link_node(&extent->node, parent, link);
	rb_insert_color(&extent->node, root);
	return true;
}

/**
 * dc_extent_at_or_after() - find an extent by DPA
 * @root: the tree
 * @dpa: any DPA
 *
 * Return: the extent that @dpa is in, else the first behind it, else NULL.
 */
struct dc_extent *dc_extent_at_or_after(const struct rb_root *root, u64 dpa)
{
	struct rb_node *node = root->rb_node;
	struct dc_extent *found = NULL;

	while (node) {
		struct dc_extent *extent = rb_entry(node, struct dc_extent, node);

		if (dpa < extent->start + extent->len) {
			found = extent;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * dc_extent_next() - the next extent by DPA
 * @extent: an extent in a tree
 *
 * Return: the one behind it, or NULL.
 */
struct dc_extent *dc_extent_next(const struct dc_extent *extent)
{
	struct rb_node *node = rb_next(&extent->node);

	return node ? rb_entry(node, struct dc_extent, node) : NULL;
}

/**
 * dc_extents_free() - free a tree of extents that nothing else refers to
 * @root: the tree
 */
void dc_extents_free(struct rb_root *root)
{
	struct rb_node *node;

	while ((node = rb_first(root))) {
		rb_erase(node, root);
		kfree(rb_entry(node, struct dc_extent, node));
	}
}

/**
 * dc_host_has() - whether an extent is in the host's list
 * @extent: an extent of the store
 */
bool dc_host_has(const struct dc_extent *extent)
{
	return extent->state == DC_ACCEPTED || extent->state == DC_RELEASING;
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
	dc->nr_accepted -= dc_host_has(extent);
	extent->state = state;
	dc->nr_accepted += dc_host_has(extent);
}

/**
 * dc_list_changed() - note that the list of extents that the host has changed
 * @dc: the engine
 */
void dc_list_changed(struct cxl_dc *dc)
{
	dc->generation++;
	dc->cursor = NULL;
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
 * What is done to capacity is mostly done to what was looked at just before, so
 * that is tried first: at many extents a search is what costs.
 *
 * Return: the extent that @dpa is in, else the first behind it, else NULL.
 */
struct dc_extent *dc_store_find(struct cxl_dc *dc, u64 dpa)
{
	struct dc_extent *recent = dc->recent;

	if (!recent || dpa < recent->start || dpa - recent->start >= recent->len)
		dc->recent = dc_extent_at_or_after(&dc->extents, dpa);
	return dc->recent;
}

/**
 * dc_store_add() - add an extent to the store
 * @dc: the engine
 * @extent: complete, in no tree
 *
 * Return: false if it overlaps one that is there, and then it is not added.
 */
bool dc_store_add(struct cxl_dc *dc, struct dc_extent *extent)
{
	if (!dc_extent_insert(&dc->extents, extent))
		return false;
	dc->recent = extent;
	extent->region = region_index(dc, extent->start);
	dc->nr_extents++;
	dc->regions[extent->region].nr_extents++;
	if (dc_host_has(extent))
		dc->nr_accepted++;
	return true;
}

/**
 * dc_store_del() - take an extent out of the store and free it
 * @dc: the engine
 * @extent: in the store
 */
void dc_store_del(struct cxl_dc *dc, struct dc_extent *extent)
{
	struct dc_tag *tag = extent->tag;

	rb_erase(&extent->node, &dc->extents);
	if (dc->recent == extent)
		dc->recent = NULL;
	dc->nr_extents--;
	dc->regions[extent->region].nr_extents--;
	if (dc_host_has(extent))
		dc->nr_accepted--;
	list_del(&extent->in_chain);
	if (tag) {
		list_del(&extent->in_tag);
		tag->nr_extents--;
		dc_tag_put(dc, tag);
	}
	kfree(extent);
}

/**
 * dc_tag_is_null() - whether a tag is none
 * @id: the UUID
 */
bool dc_tag_is_null(const u8 *id)
{
	static const u8 null[CXL_DC_TAG_LEN];

	return !memcmp(id, null, CXL_DC_TAG_LEN);
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
	struct rb_node *node = dc->tags.rb_node;

	while (node) {
		struct dc_tag *tag = rb_entry(node, struct dc_tag, node);
		int order = memcmp(id, tag->id, CXL_DC_TAG_LEN);

		if (!order)
			return tag;
		node = order < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
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
	struct rb_node **link = &dc->tags.rb_node, *parent = NULL;
	struct dc_tag *tag;

	while (*link) {
		int order;

		parent = *link;
		tag = rb_entry(parent, struct dc_tag, node);
		order = memcmp(id, tag->id, CXL_DC_TAG_LEN);
		if (!order)
			return tag;
		link = order < 0 ? &parent->rb_left : &parent->rb_right;
	}

	tag = kzalloc(sizeof(*tag), GFP_KERNEL);
	if (!tag)
		return NULL;
	memcpy(tag->id, id, CXL_DC_TAG_LEN);
	INIT_LIST_HEAD(&tag->extents);
	rb_link_node(&tag->node, parent, link);
	rb_insert_color(&tag->node, &dc->tags);
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
	if (tag->nr_extents || tag->references)
		return;
	if (tag->backend) {
		tag->backend->user = NULL;
		tag->backend->bound = false;
	}
	rb_erase(&tag->node, &dc->tags);
	dc->nr_tags--;
	dc->tag_generation++;
	kfree(tag);
}

/**
 * dc_tag_join() - give an extent a tag
 * @tag: the tag, NULL: none
 * @extent: the extent, without a tag
 */
void dc_tag_join(struct dc_tag *tag, struct dc_extent *extent)
{
	extent->tag = tag;
	if (!tag)
		return;
	list_add_tail(&extent->in_tag, &tag->extents);
	tag->nr_extents++;
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
 * dc_chain_free() - drop an offer with the extents that are still in it
 * @dc: the engine
 * @chain: the offer
 */
void dc_chain_free(struct cxl_dc *dc, struct dc_chain *chain)
{
	while (!list_empty(&chain->extents))
		dc_store_del(dc, list_first_entry(&chain->extents, struct dc_extent,
						  in_chain));
	if (dc->open == chain)
		dc->open = NULL;
	list_del(&chain->list);
	kfree(chain);
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

static struct dc_extent *next_of_host(struct dc_extent *extent)
{
	while (extent && !dc_host_has(extent))
		extent = dc_extent_next(extent);
	return extent;
}

/**
 * dc_list_page() - read a part of the list of extents that the host has
 * @dc: the engine
 * @start: index of the first extent
 * @count: the most extents to read
 * @extents: where to write them
 *
 * Reading on where the last page ended costs no search.
 *
 * Return: the number of extents read.
 */
unsigned int dc_list_page(struct cxl_dc *dc, u32 start, u32 count,
			  struct cxl_dc_extent *extents)
{
	struct dc_extent *extent;
	unsigned int nr = 0;
	u32 index = 0;

	if (dc->cursor && dc->cursor_generation == dc->generation &&
	    dc->cursor_index <= start) {
		extent = dc->cursor;
		index = dc->cursor_index;
	} else {
		extent = next_of_host(dc_extent_at_or_after(&dc->extents, 0));
	}

	for (; extent && index < start; index++)
		extent = next_of_host(dc_extent_next(extent));
	for (; extent && nr < count; nr++) {
		dc_extent_to_wire(extent, &extents[nr]);
		extent = next_of_host(dc_extent_next(extent));
	}

	dc->cursor = extent;
	dc->cursor_index = start + nr;
	dc->cursor_generation = dc->generation;
	return nr;
}
