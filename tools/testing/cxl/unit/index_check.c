// SPDX-License-Identifier: GPL-2.0-only
/* The invariants of an index. */
#include <stdlib.h>
#include <linux/kernel.h>

#include "index_check.h"

/* A walk through a tree. */
struct walk {
	const struct dc_index *index;
	const char *(*check)(const struct dc_entry *range);
	const char *failure;
	u64 end;
	u32 nodes;
	u32 ranges;
};

static void fail_if(struct walk *walk, bool condition, const char *what)
{
	if (condition && !walk->failure)
		walk->failure = what;
}

static void check_range(struct walk *walk, const struct dc_entry *range)
{
	fail_if(walk, !range->slot || !range->len, "a range of nobody, or of no length");
	fail_if(walk, range->start < walk->end, "ranges out of order");
	walk->end = range->start + range->len;
	walk->ranges++;
	fail_if(walk, dc_index_find(walk->index, range->start) != range->slot,
		"a range is not found by its begin");
	fail_if(walk, dc_index_find(walk->index, walk->end - 1) != range->slot,
		"a range is not found by its end");
	if (walk->check && !walk->failure)
		walk->failure = walk->check(range);
}

static void check_node(struct walk *walk, const struct dc_node *node, unsigned int level)
{
	bool root = node == walk->index->root;

	walk->nodes++;
	fail_if(walk, node->nr > DC_NODE_MAX, "a node with too many entries");
	fail_if(walk, node->nr < (root ? 1 + !!level : DC_NODE_MIN),
		"a node with too few entries");
	for (u32 i = 0; i < node->nr && !walk->failure; i++) {
		const struct dc_entry *entry = &node->entries[i];
		const struct dc_node *child = entry->slot;

		if (!level) {
			check_range(walk, entry);
			continue;
		}
		fail_if(walk, entry->start != child->entries[0].start,
			"a node begins elsewhere than the one above says");
		if (!walk->failure)
			check_node(walk, child, level - 1);
	}
}

/* Where a way may lead from a node: its last entry that begins at @at or before. */
static unsigned int entry_for(const struct dc_node *node, u64 at)
{
	unsigned int i = 0;

	while (i + 1 < node->nr && node->entries[i + 1].start <= at)
		i++;
	return i;
}

/* The way that is kept must be the one to the first and to the last of its places. */
static void check_way(struct walk *walk)
{
	const struct dc_way *way = &walk->index->way;
	const u64 ends[] = { way->from, way->last };

	if (way->from > way->last || !walk->index->root)
		return;
	for (unsigned int end = 0; end < ARRAY_SIZE(ends); end++) {
		const struct dc_node *node = walk->index->root;

		for (unsigned int level = walk->index->height - 1; level; level--) {
			unsigned int i = entry_for(node, ends[end]);

			fail_if(walk, way->steps[level].node != node || way->steps[level].i != i,
				"a way that leads elsewhere is kept");
			node = node->entries[i].slot;
		}
		fail_if(walk, way->steps[0].node != node, "a way to another leaf is kept");
	}
}

/**
 * index_check() - check an index
 * @index: the index
 * @check: what to check each range with, in order; NULL: nothing
 *
 * Return: NULL, or what is wrong.
 */
const char *index_check(const struct dc_index *index,
			const char *(*check)(const struct dc_entry *range))
{
	u32 enough = index->reserved / (DC_NODE_MIN - 1) + 1;
	struct walk walk = { .index = index, .check = check };

	fail_if(&walk, !index->root != !index->height, "a height without a tree");
	if (index->root && !walk.failure)
		check_node(&walk, index->root, index->height - 1);
	if (!walk.failure)
		check_way(&walk);
	for (const struct dc_node *node = index->spare; node; node = node->next)
		walk.nodes++;
	fail_if(&walk, walk.ranges > index->reserved, "more ranges than room");
	fail_if(&walk, walk.nodes != index->nr_nodes, "nodes were lost");
	fail_if(&walk, index->reserved && walk.nodes < enough, "too few nodes for the room");
	fail_if(&walk, walk.nodes > (index->reserved ? enough + 1 : 0), "more nodes than needed");
	return walk.failure;
}
