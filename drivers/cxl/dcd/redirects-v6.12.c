// SPDX-License-Identifier: GPL-2.0-only
/* The functions that the core of Linux 6.12 has answered by the host. */
#include <linux/dax.h>

#include "dcd.h"

/*
 * This core has one volatile partition, which begins at DPA 0 and has the size
 * of the volatile capacity: so it can be Dynamic Capacity of a device that has
 * no static capacity at all.
 */
static int dcd_mem_create_range_info(struct cxl_memdev_state *mds)
{
	struct range range;

	if (mds->cxlds.media_ready && mds->volatile_only_bytes)
		dcd_partition_unused(mds);
	if (!mds->cxlds.media_ready || mds->total_bytes || dcd_partition(mds, &range))
		return cxl_mem_create_range_info(mds);

	if (range.start) {
		dev_err(mds->cxlds.dev,
			"Dynamic Capacity not used: DC regions begin at %#llx, this kernel requires 0\n",
			range.start);
		dcd_partition_drop(mds);
		return cxl_mem_create_range_info(mds);
	}

	mds->total_bytes = range_len(&range);
	mds->volatile_only_bytes = range_len(&range);
	mds->partition_align_bytes = 0;
	return cxl_mem_create_range_info(mds);
}

DEFINE_CXL_REDIRECT(dcd_redirects, cxl_mem_create_range_info, dcd_mem_create_range_info, int,
		    (struct cxl_memdev_state *mds), (mds));
DEFINE_CXL_REDIRECT(dcd_redirects, cxl_mem_get_event_records, dcd_mem_get_event_records, void,
		    (struct cxl_memdev_state *mds, u32 status), (mds, status));
DEFINE_CXL_REDIRECT(dcd_redirects, dax_get_private, dcd_dax_get_private, void *,
		    (struct dax_device *dax), (dax));

static const struct cxl_redirect *const redirects[] = {
	&redirect_cxl_mem_create_range_info,
	&redirect_cxl_mem_get_event_records,
	&redirect_dax_get_private,
};

DEFINE_CXL_REDIRECT_TABLE(dcd_redirects, redirects);
