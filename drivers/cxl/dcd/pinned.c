// SPDX-License-Identifier: GPL-2.0-only
/*
 * DAX devices whose region was removed while their pages were pinned, because whoever
 * waited for the pages was killed. The pages stay valid until they are unpinned; nothing
 * else is left of the DAX device.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <cxl/core/dax.h>

#include "dcd.h"

/* How often pinned pages are checked */
#define PINNED_INTERVAL		HZ

/**
 * struct pinned - what is left of a DAX device
 * @dev: has what the driver of the DAX device had, which goes with it
 * @work: looks whether the pages are still pinned
 * @dev_dax: the DAX device, unregistered
 * @driver: the module of its driver
 * @align: bytes of memory that have one reference count
 * @nr: entries of @ranges
 * @ranges: host physical addresses
 */
struct pinned {
	struct device dev;
	struct delayed_work work;
	struct dev_dax *dev_dax;
	struct module *driver;
	u64 align;
	unsigned int nr;
	struct range ranges[] __counted_by(nr);
};

static struct pinned *pinned_from_dev(struct device *dev)
{
	return container_of(dev, struct pinned, dev);
}

static void pinned_release(struct device *dev)
{
	struct pinned *pinned = pinned_from_dev(dev);

	for (unsigned int i = 0; i < pinned->nr; i++)
		dcd_kept_unpin(&pinned->ranges[i]);
	put_device(&pinned->dev_dax->dev);
	module_put(pinned->driver);
	kfree(pinned);
	/* unregistering the redirects at unload waits for what is left of this */
	module_put(THIS_MODULE);
}

static void pinned_work(struct work_struct *work)
{
	struct pinned *pinned = container_of(to_delayed_work(work), struct pinned, work);

	for (unsigned int i = 0; i < pinned->nr; i++) {
		if (dcd_devdax_pages_pinned(&pinned->ranges[i], pinned->align)) {
			schedule_delayed_work(&pinned->work, PINNED_INTERVAL);
			return;
		}
	}
	put_device(&pinned->dev);
}

/* With the device lock held, and device_dax bound. */
static struct pinned *pinned_alloc(const struct dcd_group *group)
{
	struct pinned *pinned = kzalloc(struct_size(pinned, ranges, group->nr),
					GFP_KERNEL | __GFP_NOFAIL);

	pinned->nr = group->nr;
	for (unsigned int i = 0; i < group->nr; i++) {
		const struct dcd_extent *extent = group->extents[i];
		u64 hpa = group->region->hpa + extent->offset;

		pinned->ranges[i] = (struct range) {
			.start = hpa,
			.end = hpa + dcd_extent_len(extent) - 1,
		};
	}
	pinned->align = group->dax->dev_dax->align;
	pinned->dev_dax = group->dax->dev_dax;
	get_device(&pinned->dev_dax->dev);
	pinned->driver = pinned->dev_dax->dev.driver->owner;
	__module_get(pinned->driver);
	__module_get(THIS_MODULE);
	INIT_DELAYED_WORK(&pinned->work, pinned_work);
	device_initialize(&pinned->dev);
	pinned->dev.release = pinned_release;
	return pinned;
}

/* Return NULL if an earlier region has left the same pages. */
static struct pinned *pinned_take_over(struct dcd_group *group)
{
	struct device *dev = &group->dax->dev_dax->dev;
	struct pinned *pinned;

	guard(device)(dev);
	cxl_core_dax_close(group->dax->dev_dax);
	if (!dev->driver)
		return NULL;
	pinned = pinned_alloc(group);
	cxl_core_dax_hand_over(group->dax->dev_dax, &pinned->dev);
	return pinned;
}

/**
 * dcd_pinned_leave() - do without the pages of a DAX device that are pinned
 * @group: its group, closed by force
 *
 * The pages stay until they are unpinned, and the group's capacity is not released
 * before. The DAX device can go.
 *
 * Context: the driver of the group's region is being unbound.
 */
void dcd_pinned_leave(struct dcd_group *group)
{
	struct device *dev = &group->dax->dev_dax->dev;
	struct pinned *pinned;

	group->left = true;
	dev_warn(group->region->dev,
		 "%s: wait for pinned pages interrupted; pages stay pinned, extents not released\n",
		 dev_name(dev));

	pinned = pinned_take_over(group);
	if (!pinned)
		return;
	for (unsigned int i = 0; i < group->nr; i++) {
		const struct dcd_extent *extent = group->extents[i];
		struct range range = { .start = extent->start, .end = extent->last };

		dcd_kept_add(group->region->dcd, &range, pinned->ranges[i].start, true);
	}
	device_release_driver(dev);
	schedule_delayed_work(&pinned->work, PINNED_INTERVAL);
}
