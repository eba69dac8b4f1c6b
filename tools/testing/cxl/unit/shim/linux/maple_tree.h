/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_MAPLE_TREE_H__
#define __SHIM_LINUX_MAPLE_TREE_H__

#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/types.h>

#define MT_FLAGS_ALLOC_RANGE	0x01

struct shim_entry {
	unsigned long first;
	unsigned long last;
	void *entry;
};

/*
 * What the engine needs of the kernel's maple tree: ranges that do not overlap, in
 * an array in order.
 */
struct maple_tree {
	unsigned int flags;
	struct shim_entry *entries;
	size_t nr;
	size_t room;
};

struct ma_state {
	struct maple_tree *tree;
	unsigned long index;
	unsigned long last;
};

#define MA_STATE(name, mt, first, end)					\
	struct ma_state name = { .tree = (mt), .index = (first), .last = (end) }

/* @index is where the next one may begin, whatever becomes of @entry */
#define mt_for_each(mt, entry, index, max)				\
	for ((entry) = mt_find(mt, &(index), max); (entry);		\
	     (entry) = mt_find_after(mt, &(index), max))

#define mas_lock(mas)	((void)(mas))
#define mas_unlock(mas)	((void)(mas))

void mt_init_flags(struct maple_tree *mt, unsigned int flags);
static inline void mt_init(struct maple_tree *mt)
{
	mt_init_flags(mt, 0);
}

void mtree_destroy(struct maple_tree *mt);
int mtree_insert_range(struct maple_tree *mt, unsigned long first, unsigned long last,
		       void *entry, gfp_t gfp);
int mtree_store_range(struct maple_tree *mt, unsigned long first, unsigned long last,
		      void *entry, gfp_t gfp);
void *mt_find(struct maple_tree *mt, unsigned long *index, unsigned long max);
void *mt_find_after(struct maple_tree *mt, unsigned long *index, unsigned long max);
int mas_empty_area(struct ma_state *mas, unsigned long min, unsigned long max,
		   unsigned long size);

#endif /* __SHIM_LINUX_MAPLE_TREE_H__ */
