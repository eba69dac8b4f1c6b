// SPDX-License-Identifier: GPL-2.0-only
/* Choosing free capacity: the gaps between extents, which the tree keeps track of. */
#include <linux/math64.h>
#include <linux/minmax.h>

#include "internal.h"

/* The first gap of @least bytes or more in [@from, @to), all of it. */
static bool next_gap(struct cxl_dc *dc, u64 from, u64 to, u64 least, struct cxl_dc_range *gap)
{
	MA_STATE(mas, &dc->extents, 0, 0);
	const struct dc_extent *behind;
	int rc;

	if (to - from < least)
		return false;
	mas_lock(&mas);
	rc = mas_empty_area(&mas, from, to - 1, least);
	mas_unlock(&mas);
	if (rc)
		return false;
	behind = dc_store_find(dc, mas.index);
	if (behind && behind->start < to)
		to = behind->start;
	*gap = (struct cxl_dc_range) { .start = mas.index, .len = to - mas.index };
	return true;
}

static u64 end_of(const struct cxl_dc_range *range)
{
	return range->start + range->len;
}

/*
 * Add up the gaps of a region that have @least bytes or more. Return whether they are
 * as many as there may be, or hold all that is wanted; no more of them are looked at.
 */
static bool suffice(struct cxl_dc *dc, const struct cxl_dc_region *region, u64 least, u64 len,
		    unsigned int max, struct cxl_dc_range *gaps, u64 *sum, unsigned int *nr)
{
	u64 pos = region->base, end = region->base + region->len;

	*sum = 0;
	for (*nr = 0; *nr < max && *sum < len; ++*nr) {
		struct cxl_dc_range *gap = &gaps[*nr];

		if (!next_gap(dc, pos, end, least, gap))
			return false;
		*sum += gap->len;
		pos = end_of(gap);
	}
	return true;
}

/**
 * dc_select() - choose free capacity, in the fewest pieces
 * @dc: the engine
 * @region: the DC region
 * @len: bytes, a multiple of the block size
 * @gaps: where to write the pieces
 * @max: how many there may be at the most
 *
 * One piece goes where the last one ended, or behind; several are the largest gaps
 * that there are. What this costs depends on the pieces, not on the extents.
 *
 * Return: the number of pieces; 0 if there is not so much free in @max of them.
 */
unsigned int dc_select(struct cxl_dc *dc, const struct cxl_dc_region *region, u64 len,
		       struct cxl_dc_range *gaps, unsigned int max)
{
	u64 end = region->base + region->len, block = region->block_size, pos, sum;
	u64 size = 0, over = div64_u64(len, block);
	unsigned int nr;

	if (!max)
		return 0;
	if (next_gap(dc, region->next_free, end, len, gaps) ||
	    next_gap(dc, region->base, end, len, gaps)) {
		gaps->len = len;
		return 1;
	}

	/* the most blocks of which the gaps suffice: all gaps that are larger are taken */
	while (over - size > 1) {
		u64 middle = size + (over - size) / 2;

		if (suffice(dc, region, middle * block, len, max, gaps, &sum, &nr))
			size = middle;
		else
			over = middle;
	}
	if (!size)
		return 0;
	suffice(dc, region, over * block, len, max, gaps, &sum, &nr);

	/* and of those of just that size as many as it takes */
	pos = region->base;
	while (sum < len && nr < max && next_gap(dc, pos, end, size * block, &gaps[nr])) {
		pos = end_of(&gaps[nr]);
		if (gaps[nr].len > size * block)
			continue;
		gaps[nr].len = min(gaps[nr].len, len - sum);
		sum += gaps[nr++].len;
	}
	return sum < len ? 0 : nr;
}
