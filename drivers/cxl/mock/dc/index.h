/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_DC_INDEX_H__
#define __CXL_MOCK_DC_INDEX_H__

#include <linux/types.h>

/*
 * Ranges that do not overlap, in order: a B+-tree. A search among many costs
 * what the memory costs that is in no cache. A tree of few levels touches little
 * of that, and as a leaf knows the ranges, none of what has them.
 */

/*
 * Entries of a node, which then takes 1 KiB: large enough for few levels, small
 * enough to be loaded all at once. The fuzzer has smaller ones.
 */
#ifndef DC_NODE_MAX
#define DC_NODE_MAX	42
#endif
/* All nodes but the root have as many at least: half of what is split. */
#define DC_NODE_MIN	(DC_NODE_MAX / 2)
/* Levels that 2^32 ranges take at the most: 2 x 10^10 would be more. */
#define DC_INDEX_LEVELS	10

/**
 * struct dc_entry - an entry of a node
 * @start: where the range begins; of a child: the lowest below it
 * @len: of the range; of a child: unused
 * @slot: whose range it is, or the child
 */
struct dc_entry {
	u64 start;
	u64 len;
	void *slot;
};

/**
 * struct dc_node - a node
 * @nr: entries in use
 * @next: of a spare node: the next one
 * @entries: in order
 */
struct dc_node {
	union {
		u32 nr;
		struct dc_node *next;
	};
	struct dc_entry entries[DC_NODE_MAX];
};

/**
 * struct dc_step - a node on the way down
 * @node: the node
 * @i: which of its entries the way goes through
 */
struct dc_step {
	struct dc_node *node;
	unsigned int i;
};

/**
 * struct dc_way - a way from the root down to a leaf
 * @from: the first place that it leads to
 * @last: the last one; before @from: it is no way
 * @steps: the leaf first; which of the leaf's entries may be any
 */
struct dc_way {
	u64 from;
	u64 last;
	struct dc_step steps[DC_INDEX_LEVELS];
};

/**
 * struct dc_index - ranges that do not overlap, and who has them
 * @root: of the tree, NULL: empty
 * @height: levels, the leaves' included
 * @spare: nodes that are in no tree yet
 * @nr_nodes: nodes in the tree and spare
 * @reserved: ranges that there is room for
 * @way: to where a range was entered or taken out last: mostly the next is near
 *
 * Room is reserved before there is something to enter, so that entering fails
 * for an overlap only. An index of all zeroes is empty.
 */
struct dc_index {
	struct dc_node *root;
	unsigned int height;
	struct dc_node *spare;
	u32 nr_nodes;
	u32 reserved;
	struct dc_way way;
};

int dc_index_reserve(struct dc_index *index);
void dc_index_unreserve(struct dc_index *index);
void dc_index_prefetch(struct dc_index *index, u64 at);
void *dc_index_find(const struct dc_index *index, u64 at);
bool dc_index_insert(struct dc_index *index, u64 start, u64 len, void *owner);
void dc_index_remove(struct dc_index *index, u64 start);
void dc_index_cut(struct dc_index *index, u64 at, u64 start, u64 len);

#endif /* __CXL_MOCK_DC_INDEX_H__ */
