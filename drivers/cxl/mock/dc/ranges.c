// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ranges of a request, by DPA: extents that are not in the store, and can
 * get there.
 */
#include "internal.h"

/**
 * dc_ranges_add() - add a range
 * @ranges: the ranges
 * @range: the range
 *
 * Return: false if it overlaps one that is there, and then it is not added.
 */
bool dc_ranges_add(struct rb_root *ranges, struct dc_extent *range)
{
	struct rb_node **link = &ranges->rb_node, *parent = NULL;

	while (*link) {
		struct dc_extent *other = rb_entry(*link, struct dc_extent, node);

		parent = *link;
		if (range->start + range->len <= other->start)
			link = &parent->rb_left;
		else if (other->start + other->len <= range->start)
			link = &parent->rb_right;
		else
			return false;
	}
	rb_link_node(&range->node, parent, link);
	rb_insert_color(&range->node, ranges);
	return true;
}

static struct dc_extent *to_range(struct rb_node *node)
{
	return node ? rb_entry(node, struct dc_extent, node) : NULL;
}

/**
 * dc_ranges_first() - the first range
 * @ranges: the ranges
 *
 * Return: the one with the lowest DPA, or NULL.
 */
struct dc_extent *dc_ranges_first(const struct rb_root *ranges)
{
	return to_range(rb_first(ranges));
}

/**
 * dc_ranges_next() - the next range
 * @range: a range
 *
 * Return: the one behind it by DPA, or NULL.
 */
struct dc_extent *dc_ranges_next(const struct dc_extent *range)
{
	return to_range(rb_next(&range->node));
}

/**
 * dc_ranges_find() - find a range
 * @ranges: the ranges
 * @dpa: any DPA
 *
 * Return: the range that @dpa is in, else the first behind it, else NULL.
 */
struct dc_extent *dc_ranges_find(const struct rb_root *ranges, u64 dpa)
{
	struct rb_node *node = ranges->rb_node;
	struct dc_extent *found = NULL;

	while (node) {
		struct dc_extent *range = to_range(node);

		if (dpa < range->start + range->len) {
			found = range;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * dc_ranges_take() - take the first range out
 * @ranges: the ranges
 *
 * Return: the range, which is the caller's; NULL: there are none.
 */
struct dc_extent *dc_ranges_take(struct rb_root *ranges)
{
	struct dc_extent *range = dc_ranges_first(ranges);

	if (range)
		rb_erase(&range->node, ranges);
	return range;
}

/**
 * dc_ranges_free() - free all ranges
 * @dc: the engine
 * @ranges: the ranges
 */
void dc_ranges_free(struct cxl_dc *dc, struct rb_root *ranges)
{
	struct dc_extent *range;

	while ((range = dc_ranges_take(ranges)))
		dc_extent_free(dc, range);
}
