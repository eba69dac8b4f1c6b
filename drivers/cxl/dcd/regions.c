// SPDX-License-Identifier: GPL-2.0-only
/*
 * DAX regions come and go: what their driver does in its own time, which may be long,
 * and what the device's worker does for it.
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>

#include "dcd.h"

/* In the worker. */
static void region_enter(void *data)
{
	struct dcd_dax_region *region = data;

	scoped_guard(mutex, &region->dcd->lock)
		list_add_tail(&region->list, &region->dcd->dax_regions);
	dcd_claim_region(region);
	dcd_recover(region);
}

/* In the worker, which leaves the region's groups to who unbinds its driver from here on. */
static void region_leave(void *data)
{
	struct dcd_dax_region *region = data;
	struct dcd_group *group;

	guard(mutex)(&region->dcd->lock);
	region->leaving = true;
	list_del(&region->list);
	list_for_each_entry(group, &region->groups, list)
		list_del_init(&group->requested);
}

/* In the worker: nobody uses or sees the groups any more. */
static void region_release_all(void *data)
{
	struct dcd_dax_region *region = data;

	dcd_release_region(region);
}

/**
 * dcd_region_attach() - use the capacity under a DAX region
 * @region: the region
 *
 * Context: its driver is being bound. Waits for the device's worker.
 */
void dcd_region_attach(struct dcd_dax_region *region)
{
	dcd_worker_run(region->dcd, region_enter, region);
	if (dcd_claim_region_show(region))
		dev_warn(region->dev, "extents of this region cannot be claimed: out of memory?\n");
}

/**
 * dcd_region_detach() - release all that is under a DAX region
 * @region: the region
 *
 * Whoever uses it loses it: what maps it gets SIGBUS. This waits as long as pages of it
 * are pinned, unless the caller is killed, and nobody but the caller waits with it.
 *
 * Context: its driver is being unbound. Waits for the device's worker.
 */
void dcd_region_detach(struct dcd_dax_region *region)
{
	struct dcd_group *group;
	struct dcd_devdax *dax;
	unsigned long id;

	dcd_claim_region_hide(region);
	dcd_worker_run(region->dcd, region_leave, region);
	list_for_each_entry(group, &region->groups, list)
		if (dcd_devdax_wait_unused(group))
			dcd_pinned_leave(group);
	list_for_each_entry_reverse(group, &region->groups, list)
		dcd_group_hide(group);
	xa_for_each(&region->daxes, id, dax)
		dcd_devdax_remove(dax);
	dcd_worker_run(region->dcd, region_release_all, region);
}
