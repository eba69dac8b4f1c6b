// SPDX-License-Identifier: GPL-2.0-only
/* A maple tree for tests: see the kernel's Documentation/core-api/maple_tree.rst. */
#include <stdlib.h>
#include <string.h>
#include <linux/errno.h>
#include <linux/maple_tree.h>

void mt_init_flags(struct maple_tree *mt, unsigned int flags)
{
	*mt = (struct maple_tree) { .flags = flags };
}

void mtree_destroy(struct maple_tree *mt)
{
	free(mt->entries);
	mt_init_flags(mt, mt->flags);
}

/* The first entry that ends at @index or behind it, mt->nr if there is none. */
static size_t search(const struct maple_tree *mt, unsigned long index)
{
	size_t low = 0, high = mt->nr;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (mt->entries[middle].last < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Make @nr places at @at, and drop the @old entries there. */
static struct shim_entry *replace(struct maple_tree *mt, size_t at, size_t old, size_t nr)
{
	if (mt->nr - old + nr > mt->room) {
		mt->room = 2 * mt->room + 8;
		mt->entries = realloc(mt->entries, mt->room * sizeof(*mt->entries));
		if (!mt->entries)
			abort();
	}
	memmove(mt->entries + at + nr, mt->entries + at + old,
		(mt->nr - at - old) * sizeof(*mt->entries));
	mt->nr += nr - old;
	return mt->entries + at;
}

/* What overlaps the range keeps what is outside it. */
int mtree_store_range(struct maple_tree *mt, unsigned long first, unsigned long last,
		      void *entry, gfp_t gfp)
{
	struct shim_entry parts[3];
	size_t at = search(mt, first), end = at, nr = 0;
	void *memory = kzalloc(1, gfp);

	if (first > last)
		abort();
	if (!memory)
		return -ENOMEM;
	kfree(memory);

	while (end < mt->nr && mt->entries[end].first <= last)
		end++;
	if (end > at && mt->entries[at].first < first)
		parts[nr++] = (struct shim_entry) {
			mt->entries[at].first, first - 1, mt->entries[at].entry
		};
	if (entry)
		parts[nr++] = (struct shim_entry) { first, last, entry };
	if (end > at && mt->entries[end - 1].last > last)
		parts[nr++] = (struct shim_entry) {
			last + 1, mt->entries[end - 1].last, mt->entries[end - 1].entry
		};
	memcpy(replace(mt, at, end - at, nr), parts, nr * sizeof(*parts));
	return 0;
}

int mtree_insert_range(struct maple_tree *mt, unsigned long first, unsigned long last,
		       void *entry, gfp_t gfp)
{
	size_t at = search(mt, first);

	if (at < mt->nr && mt->entries[at].first <= last)
		return -EEXIST;
	return mtree_store_range(mt, first, last, entry, gfp);
}

void *mt_find(struct maple_tree *mt, unsigned long *index, unsigned long max)
{
	size_t at = search(mt, *index);

	if (at == mt->nr || mt->entries[at].first > max)
		return NULL;
	*index = mt->entries[at].last + 1;
	return mt->entries[at].entry;
}

void *mt_find_after(struct maple_tree *mt, unsigned long *index, unsigned long max)
{
	/* behind the end of all */
	return *index ? mt_find(mt, index, max) : NULL;
}

int mas_empty_area(struct ma_state *mas, unsigned long min, unsigned long max,
		   unsigned long size)
{
	const struct maple_tree *mt = mas->tree;

	/* without it the kernel's has no gaps */
	if (!(mt->flags & MT_FLAGS_ALLOC_RANGE))
		abort();
	if (min > max || !size || max - min < size - 1)
		return -EINVAL;
	for (size_t at = search(mt, min); at < mt->nr && max - min >= size - 1; at++) {
		if (mt->entries[at].first > min && mt->entries[at].first - min >= size)
			break;
		/* not to wrap */
		if (mt->entries[at].last >= max)
			return -EBUSY;
		min = mt->entries[at].last + 1;
	}
	if (max - min < size - 1)
		return -EBUSY;
	mas->index = min;
	mas->last = min + size - 1;
	return 0;
}
