// SPDX-License-Identifier: GPL-2.0-only
/* Ranges in order: a B+-tree whose nodes are there before they are needed. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/prefetch.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "index.h"

/*
 * The most nodes of a tree: each level has one for DC_NODE_MIN entries below it
 * at the most, but for the root's, which is one node. That adds up to less than
 * one for DC_NODE_MIN - 1 ranges, and the root.
 */
static u32 nodes_for(u32 ranges)
{
	return ranges / (DC_NODE_MIN - 1) + 1;
}

static struct dc_node *take_spare(struct dc_index *index)
{
	struct dc_node *node = index->spare;

	index->spare = node->next;
	node->nr = 0;
	return node;
}

static void put_spare(struct dc_index *index, struct dc_node *node)
{
	node->next = index->spare;
	index->spare = node;
}

/* One more stays than could be needed: what comes and goes takes no node along. */
static void trim(struct dc_index *index)
{
	u32 keep = index->reserved ? nodes_for(index->reserved) + 1 : 0;

	while (index->nr_nodes > keep) {
		kfree(take_spare(index));
		index->nr_nodes--;
	}
}

/**
 * dc_index_reserve() - make room for one more range
 * @index: the index
 *
 * Return: 0, or -ENOMEM.
 */
int dc_index_reserve(struct dc_index *index)
{
	while (index->nr_nodes < nodes_for(index->reserved + 1)) {
		struct dc_node *node = kzalloc(sizeof(*node), GFP_KERNEL);

		if (!node) {
			trim(index);
			return -ENOMEM;
		}
		put_spare(index, node);
		index->nr_nodes++;
	}
	index->reserved++;
	return 0;
}

/**
 * dc_index_unreserve() - give up the room for one range
 * @index: the index, with fewer ranges than it has room for
 *
 * An index with room for none has no memory.
 */
void dc_index_unreserve(struct dc_index *index)
{
	index->reserved--;
	trim(index);
}

/* The last entry that begins at @at or before it; the first if there is none. */
static unsigned int search(const struct dc_node *node, u64 at)
{
	/* the same steps whatever is found: no processor could foretell others */
	unsigned int first = 0;

	for (unsigned int nr = DC_NODE_MAX; nr > 1; nr -= nr / 2) {
		unsigned int i = first + nr / 2;

		first = ((i < node->nr) & (node->entries[i].start <= at)) ? i : first;
	}
	return first;
}

/*
 * The way to the leaf that has the last range that begins at @at or before it,
 * else the first one. A node is loaded all at once.
 */
static void lead(const struct dc_index *index, u64 at, struct dc_way *way)
{
	struct dc_node *node = index->root;

	way->from = 0;
	way->last = U64_MAX;
	for (unsigned int level = index->height - 1; level; level--) {
		unsigned int i = search(node, at);

		way->steps[level] = (struct dc_step) { node, i };
		if (i)
			way->from = node->entries[i].start;
		if (i + 1 < node->nr)
			way->last = node->entries[i + 1].start - 1;
		node = node->entries[i].slot;
		prefetch_range(node, sizeof(*node));
	}
	way->steps[0] = (struct dc_step) { .node = node };
}

/* Make the way that is kept one to @at. */
static void approach(struct dc_index *index, u64 at)
{
	if (at < index->way.from || at > index->way.last)
		lead(index, at, &index->way);
}

/* What changes more than entries of one leaf makes the way that is kept none. */
static void forget(struct dc_index *index)
{
	index->way.from = 1;
	index->way.last = 0;
}

/**
 * dc_index_prefetch() - begin to load what tells of a place
 * @index: the index
 * @at: any place
 */
void dc_index_prefetch(struct dc_index *index, u64 at)
{
	if (index->root)
		approach(index, at);
}

static struct dc_entry *entry_of(const struct dc_step *step)
{
	return &step->node->entries[step->i];
}

/* The way to the last range that begins at @at or before it, else to the first. */
static struct dc_step *descend(struct dc_index *index, u64 at)
{
	struct dc_step *leaf = index->way.steps;

	approach(index, at);
	if (leaf->i >= leaf->node->nr || entry_of(leaf)->start != at)
		leaf->i = search(leaf->node, at);
	return leaf;
}

static bool begins_behind(const struct dc_entry *entry, u64 at)
{
	return entry->start > at;
}

static bool holds(const struct dc_entry *entry, u64 at)
{
	return !begins_behind(entry, at) && at - entry->start < entry->len;
}

/*
 * The entry that follows a range, of the lowest level that has both below one
 * node; NULL: it is the last. It begins where the next range does.
 */
static const struct dc_entry *follower(const struct dc_index *index, const struct dc_step *path,
				       unsigned int *level)
{
	for (*level = 0; *level < index->height; ++*level)
		if (path[*level].i + 1 < path[*level].node->nr)
			return entry_of(&path[*level]) + 1;
	return NULL;
}

/**
 * dc_index_find() - find a range
 * @index: the index
 * @at: any place
 *
 * Return: who has the range that @at is in, else the first behind it, else NULL.
 */
void *dc_index_find(const struct dc_index *index, u64 at)
{
	const struct dc_entry *entry;
	unsigned int level = 0;
	struct dc_way way;

	if (!index->root)
		return NULL;
	lead(index, at, &way);
	way.steps[0].i = search(way.steps[0].node, at);
	entry = entry_of(&way.steps[0]);
	if (!begins_behind(entry, at) && !holds(entry, at))
		entry = follower(index, way.steps, &level);
	if (!entry)
		return NULL;
	while (level--)
		entry = ((struct dc_node *)entry->slot)->entries;
	return entry->slot;
}

/* The node of @path at @level begins elsewhere: say so above. */
static void first_changed(struct dc_index *index, const struct dc_step *path,
			  unsigned int level)
{
	u64 start = path[level].node->entries[0].start;

	forget(index);
	while (++level < index->height) {
		entry_of(&path[level])->start = start;
		if (path[level].i)
			break;
	}
}

/* Move @nr entries from one place to another, in one node or between two. */
static void move_entries(struct dc_node *to, unsigned int at, const struct dc_node *from,
			 unsigned int i, unsigned int nr)
{
	memmove(&to->entries[at], &from->entries[i], nr * sizeof(to->entries[0]));
}

static void insert_entry(struct dc_node *node, unsigned int i, const struct dc_entry *entry)
{
	move_entries(node, i + 1, node, i, node->nr - i);
	node->entries[i] = *entry;
	node->nr++;
}

static void remove_entry(struct dc_node *node, unsigned int i)
{
	node->nr--;
	move_entries(node, i, node, i + 1, node->nr - i);
}

static struct dc_entry child_entry(struct dc_node *child)
{
	return (struct dc_entry) { .start = child->entries[0].start, .slot = child };
}

/*
 * Insert an entry. If the node is full, the upper half goes to a new one, which
 * is returned; else NULL.
 */
static struct dc_node *insert_or_split(struct dc_index *index, struct dc_node *node,
				       unsigned int i, const struct dc_entry *entry)
{
	struct dc_node *right = NULL;

	if (node->nr == DC_NODE_MAX) {
		right = take_spare(index);
		right->nr = DC_NODE_MIN;
		node->nr -= DC_NODE_MIN;
		move_entries(right, 0, node, node->nr, DC_NODE_MIN);
	}
	if (i <= node->nr)
		insert_entry(node, i, entry);
	else
		insert_entry(right, i - node->nr, entry);
	return right;
}

/* A new root with these children, or with the one entry. */
static void plant(struct dc_index *index, const struct dc_entry *entry, struct dc_node *right)
{
	struct dc_node *root = take_spare(index);
	struct dc_entry second;

	insert_entry(root, 0, entry);
	if (right) {
		second = child_entry(right);
		insert_entry(root, 1, &second);
	}
	index->root = root;
	index->height++;
	forget(index);
}

/**
 * dc_index_insert() - enter a range
 * @index: the index, with room for it
 * @start: where it begins
 * @len: its length, not 0; does not wrap
 * @owner: who has it
 *
 * Return: false if it overlaps one that is there, and then it is not entered.
 */
bool dc_index_insert(struct dc_index *index, u64 start, u64 len, void *owner)
{
	struct dc_entry entry = { start, len, owner };
	const struct dc_entry *next;
	struct dc_node *right;
	struct dc_step *path;
	unsigned int level, i;
	bool lowest;

	if (!index->root) {
		plant(index, &entry, NULL);
		return true;
	}

	path = descend(index, start);
	lowest = begins_behind(entry_of(&path[0]), start);
	next = lowest ? entry_of(&path[0]) : follower(index, path, &level);
	if (holds(entry_of(&path[0]), start) || (next && next->start - start < len))
		return false;

	i = lowest ? 0 : path[0].i + 1;
	right = insert_or_split(index, path[0].node, i, &entry);
	/* where it is looked for next */
	path[0].i = i;
	if (lowest)
		first_changed(index, path, 0);
	if (right)
		forget(index);
	for (level = 1; right && level < index->height; level++) {
		entry = child_entry(right);
		right = insert_or_split(index, path[level].node, path[level].i + 1, &entry);
	}
	if (right) {
		entry = child_entry(index->root);
		plant(index, &entry, right);
	}
	return true;
}

/* Two neighbours become one, or share what they have. Return: they are one. */
static bool merge(struct dc_index *index, struct dc_node *parent, unsigned int left)
{
	struct dc_node *a = parent->entries[left].slot, *b = parent->entries[left + 1].slot;
	unsigned int nr = a->nr + b->nr, half = nr / 2;

	forget(index);
	if (nr <= DC_NODE_MAX) {
		move_entries(a, a->nr, b, 0, b->nr);
		a->nr = nr;
		remove_entry(parent, left + 1);
		put_spare(index, b);
		return true;
	}
	if (a->nr < half) {
		move_entries(a, a->nr, b, 0, half - a->nr);
		move_entries(b, 0, b, half - a->nr, nr - half);
	} else {
		move_entries(b, a->nr - half, b, 0, b->nr);
		move_entries(b, 0, a, half, a->nr - half);
	}
	a->nr = half;
	b->nr = nr - half;
	parent->entries[left + 1].start = b->entries[0].start;
	return false;
}

/* A root with one child is none, nor is a leaf without a range. */
static void shrink(struct dc_index *index)
{
	struct dc_node *root = index->root;

	if (root->nr > 1 || (root->nr && index->height == 1))
		return;
	index->root = root->nr ? root->entries[0].slot : NULL;
	index->height--;
	put_spare(index, root);
}

/**
 * dc_index_remove() - remove a range
 * @index: the index
 * @start: where it begins
 */
void dc_index_remove(struct dc_index *index, u64 start)
{
	struct dc_step *path = descend(index, start);

	remove_entry(path[0].node, path[0].i);
	if (!path[0].i && path[0].node->nr)
		first_changed(index, path, 0);

	for (unsigned int level = 0; level + 1 < index->height; level++) {
		const struct dc_step *up = &path[level + 1];

		if (path[level].node->nr >= DC_NODE_MIN ||
		    !merge(index, up->node, up->i ? up->i - 1 : 0))
			break;
	}
	shrink(index);
}

/**
 * dc_index_cut() - leave a part of a range
 * @index: the index
 * @at: where it begins
 * @start: where the part begins
 * @len: the part's length, not 0
 */
void dc_index_cut(struct dc_index *index, u64 at, u64 start, u64 len)
{
	struct dc_step *path = descend(index, at);

	entry_of(&path[0])->start = start;
	entry_of(&path[0])->len = len;
	if (!path[0].i)
		first_changed(index, path, 0);
}
