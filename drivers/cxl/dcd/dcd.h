/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DCD_HOST_H__
#define __CXL_DCD_HOST_H__

#include <linux/list.h>
#include <linux/range.h>
#include <cxl/core/core.h>
#include <cxl/dcd.h>
#include <cxl/redirect.h>

#include "check.h"

/**
 * struct dcd_memdev - a memory device whose Dynamic Capacity is in use
 * @list: entry in the list of all of them
 * @cxlds: the device
 * @regions: its DC regions in order of DPA
 * @nr_regions: entries of @regions in use
 * @range: DPA range of the partition over these regions
 *
 * Set up when the core asks for the device's partitions, before there is a
 * memdev, and unchanged until the device's driver is unbound, after the memdev
 * has gone.
 */
struct dcd_memdev {
	struct list_head list;
	struct cxl_dev_state *cxlds;
	struct dcd_region regions[CXL_DC_REGIONS_MAX];
	unsigned int nr_regions;
	struct range range;
};

/* Defined by the one redirects-v*.c that fits the kernel. */
extern struct cxl_redirect_table dcd_redirects;

extern const struct attribute_group *dcd_memdev_groups[];
extern struct cxl_driver dcd_dax_region_driver;

int dcd_partition(struct cxl_memdev_state *mds, struct range *range);
struct dcd_memdev *dcd_memdev_find(const struct cxl_dev_state *cxlds);

int dcd_lists_commands(struct cxl_mailbox *mbox);
int dcd_read_regions(struct cxl_mailbox *mbox, struct dcd_region *regions);

int dcd_dax_order_check(void);

#endif /* __CXL_DCD_HOST_H__ */
