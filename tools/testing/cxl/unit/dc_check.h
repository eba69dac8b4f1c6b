/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DC_CHECK_H__
#define __CXL_DC_CHECK_H__

/* What holds for the engine at any time: for the unit tests and the fuzzer. */
#include "dc/dc.h"

/* Every extent of the engine @dc, by DPA. */
#define for_each_extent(pos, dc)					\
	for (unsigned long _at = 0;					\
	     (pos = mt_find((struct maple_tree *)&(dc)->extents, &_at, ULONG_MAX));)

/**
 * struct dc_snapshot - all that the engine knows, in one row of words
 * @words: the row
 * @nr: how many words
 * @room: how many there is room for
 *
 * All but the counter of refusals, the reason for the last one, and what the
 * parts of a request have collected, which a refusal drops.
 */
struct dc_snapshot {
	u64 *words;
	size_t nr;
	size_t room;
};

void dc_snapshot(struct dc_snapshot *snapshot, const struct cxl_dc *dc);
void dc_snapshot_list(struct dc_snapshot *snapshot, const struct cxl_dc *dc);
void dc_snapshot_tags(struct dc_snapshot *snapshot, const struct cxl_dc *dc);
bool dc_snapshots_equal(const struct dc_snapshot *a, const struct dc_snapshot *b);
void dc_snapshot_free(struct dc_snapshot *snapshot);

const char *dc_check(struct cxl_dc *dc);
const char *dc_check_page(const struct cxl_dc *dc, u32 start, u32 count,
			  const struct cxl_dc_extent *extents, u32 nr);

#endif /* __CXL_DC_CHECK_H__ */
