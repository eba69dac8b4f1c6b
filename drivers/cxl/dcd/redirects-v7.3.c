// SPDX-License-Identifier: GPL-2.0-only
/* The functions that the core of Linux 7.3 has answered by the host. */
#include <linux/dax.h>

#include "dcd.h"

static bool dcd_info_has_ram(const struct cxl_dpa_info *info)
{
	for (int i = 0; i < info->nr_partitions; i++)
		if (info->part[i].mode == CXL_PARTMODE_RAM)
			return true;
	return false;
}

/* The core requires partitions to be adjacent and in order. */
static bool dcd_info_is_adjacent(const struct cxl_dpa_info *info, const struct range *range)
{
	int nr = info->nr_partitions;

	return !nr || info->part[nr - 1].range.end + 1 == range->start;
}

/*
 * A core that knows of Dynamic Capacity knows the order of partitions as well: with a
 * volatile one behind a persistent one the device would not be set up at all.
 */
static bool dcd_info_is_refused(const struct cxl_dpa_info *info)
{
	return CXL_CORE_KNOWS_DCD && info->nr_partitions;
}

static int dcd_mem_dpa_fetch(struct cxl_memdev_state *mds, struct cxl_dpa_info *info)
{
	struct range range;
	int rc;

	rc = cxl_mem_dpa_fetch(mds, info);
	if (rc || !mds->cxlds.media_ready || dcd_steps_aside(mds) ||
	    info->nr_partitions == ARRAY_SIZE(info->part))
		return rc;
	if (dcd_info_has_ram(info)) {
		dcd_partition_unused(mds);
		return 0;
	}

	if (dcd_partition(mds, &range))
		return 0;
	if (!dcd_info_is_adjacent(info, &range)) {
		dev_err(mds->cxlds.dev,
			"Dynamic Capacity not used: DC regions at %#llx do not directly follow the static capacity\n",
			range.start);
		dcd_partition_drop(mds);
		return 0;
	}
	if (dcd_info_is_refused(info)) {
		dev_err(mds->cxlds.dev,
			"Dynamic Capacity not used: DC regions at %#llx follow persistent capacity, where this kernel rejects volatile capacity\n",
			range.start);
		dcd_partition_drop(mds);
		return 0;
	}

	info->part[info->nr_partitions++] = (struct cxl_dpa_part_info) {
		.range = range,
		.mode = CXL_PARTMODE_RAM,
	};
	info->size = range.end + 1;
	return 0;
}

DEFINE_CXL_REDIRECT(dcd_redirects, cxl_mem_dpa_fetch, dcd_mem_dpa_fetch, int,
		    (struct cxl_memdev_state *mds, struct cxl_dpa_info *info), (mds, info));
DEFINE_CXL_REDIRECT(dcd_redirects, cxl_mem_get_event_records, dcd_mem_get_event_records, void,
		    (struct cxl_memdev_state *mds, u32 status), (mds, status));
DEFINE_CXL_REDIRECT(dcd_redirects, dax_get_private, dcd_dax_get_private, void *,
		    (struct dax_device *dax), (dax));

static const struct cxl_redirect *const redirects[] = {
	&redirect_cxl_mem_dpa_fetch,
	&redirect_cxl_mem_get_event_records,
	&redirect_dax_get_private,
};

DEFINE_CXL_REDIRECT_TABLE(dcd_redirects, redirects);
