// SPDX-License-Identifier: GPL-2.0-only
/*
 * DAX devices: what one has is the capacity of a group, its extents one after the other,
 * wherever they are in the region.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/range.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <cxl/core/dax.h>

#include "dcd.h"

/* How often it is looked whether pages are still pinned, milliseconds. */
#define PINNED_MS	50

static void devdax_remove_links(struct dcd_devdax *dax, const struct dcd_group *group)
{
	for (unsigned int i = 0; i < group->nr; i++) {
		struct device *extent = &group->extents[i]->dev;

		sysfs_remove_link(&dax->dev_dax->dev.kobj, dev_name(extent));
		sysfs_remove_link(&extent->kobj, "dax");
	}
}

/* From the DAX device to its extents, and back. */
static int devdax_add_links(struct dcd_devdax *dax, const struct dcd_group *group)
{
	struct device *dev = &dax->dev_dax->dev;

	for (unsigned int i = 0; i < group->nr; i++) {
		struct device *extent = &group->extents[i]->dev;
		int rc;

		rc = sysfs_create_link(&dev->kobj, &extent->kobj, dev_name(extent)) ?:
		     sysfs_create_link(&extent->kobj, &dev->kobj, "dax");
		if (rc) {
			devdax_remove_links(dax, group);
			return rc;
		}
	}
	return 0;
}

static int devdax_add_ranges(struct dcd_devdax *dax, const struct dcd_group *group)
{
	u64 hpa = dax->region->hpa;

	for (unsigned int i = 0; i < group->nr; i++) {
		const struct dcd_extent *extent = group->extents[i];
		struct range range = {
			.start = hpa + extent->offset,
			.end = hpa + extent->offset + dcd_extent_len(extent) - 1,
		};
		int rc = cxl_core_dax_add_range(dax->dev_dax, &range);

		if (rc)
			return rc;
	}
	return 0;
}

/*
 * In the worker. A driver that somebody binds meanwhile does not stay, as the device has
 * no number, but until its probe has failed the bus says EBUSY. It says nothing else.
 */
static void devdax_drop_ranges(struct dcd_devdax *dax)
{
	struct device *dev = &dax->dev_dax->dev;
	bool bound = false;
	int rc;

	while ((rc = cxl_core_dax_drop_ranges(dax->dev_dax)) == -EBUSY && !bound)
		scoped_guard(device, dev)
			bound = dev->driver;

	dev_WARN_ONCE(dev, rc, "cannot remove the ranges: error %d\n", rc);
	devres_release_group(dax->region->dev, dax->ranges);
	dax->ranges = NULL;
}

/**
 * dcd_devdax_create() - make a DAX device without capacity
 * @region: its region
 *
 * No driver can be bound to it before it has some, by dcd_devdax_fill().
 *
 * Context: the device's worker.
 * Return: the DAX device, until dcd_devdax_remove(); or an ERR_PTR().
 */
struct dcd_devdax *dcd_devdax_create(struct dcd_dax_region *region)
{
	struct dcd_devdax *dax = kzalloc(sizeof(*dax), GFP_KERNEL);
	struct dev_dax *dev_dax = ERR_PTR(-ENOMEM);
	int rc;

	if (!dax)
		return ERR_PTR(-ENOMEM);
	kref_init(&dax->kref);
	INIT_LIST_HEAD(&dax->seed);
	dax->region = region;

	dax->devres = devres_open_group(region->dev, NULL, GFP_KERNEL);
	if (dax->devres)
		dev_dax = cxl_core_dax_device(region->dax_region, &dax->id);
	if (IS_ERR(dev_dax)) {
		if (dax->devres)
			devres_release_group(region->dev, dax->devres);
		kfree(dax);
		return ERR_CAST(dev_dax);
	}
	devres_close_group(region->dev, dax->devres);
	dax->dev_dax = dev_dax;
	/* it is needed until after it has been unregistered */
	get_device(&dev_dax->dev);

	rc = xa_err(xa_store(&region->daxes, dax->id, dax, GFP_KERNEL)) ?:
	     dcd_claim_add_files(dax);
	if (rc) {
		dcd_devdax_remove(dax);
		return ERR_PTR(rc);
	}
	return dax;
}

/**
 * dcd_devdax_fill() - give a DAX device the capacity of a group
 * @dax: a DAX device without capacity
 * @group: a group that no DAX device has, whose extents are there
 *
 * Context: the device's worker.
 * Return: 0 or a negative errno, and nothing has changed.
 */
int dcd_devdax_fill(struct dcd_devdax *dax, struct dcd_group *group)
{
	struct dcd_dax_region *region = dax->region;
	int rc;

	dax->ranges = devres_open_group(region->dev, NULL, GFP_KERNEL);
	if (!dax->ranges)
		return -ENOMEM;
	rc = devdax_add_ranges(dax, group);
	devres_close_group(region->dev, dax->ranges);
	if (!rc)
		rc = devdax_add_links(dax, group);
	if (rc) {
		devdax_drop_ranges(dax);
		return rc;
	}

	guard(mutex)(&region->dcd->lock);
	dax->group = group;
	group->dax = dax;
	region->unclaimed -= group->size;
	list_del_init(&group->untagged);
	return 0;
}

/* The group is there to be claimed again. */
static void devdax_part(struct dcd_devdax *dax)
{
	struct dcd_dax_region *region = dax->region;
	struct dcd_group *group = dax->group;

	devdax_remove_links(dax, group);
	guard(mutex)(&region->dcd->lock);
	dax->group = NULL;
	dax->claimed = false;
	group->dax = NULL;
	region->unclaimed += group->size;
	if (uuid_is_null(&group->tag))
		list_add_tail(&group->untagged, &region->untagged);
}

/**
 * dcd_devdax_empty() - take from a DAX device what it has, and keep it
 * @dax: a DAX device with capacity, without a driver, and that gets none
 *
 * Context: the device's worker.
 */
void dcd_devdax_empty(struct dcd_devdax *dax)
{
	devdax_part(dax);
	devdax_drop_ranges(dax);
}

static void devdax_free(struct kref *kref)
{
	kfree(container_of(kref, struct dcd_devdax, kref));
}

/**
 * dcd_devdax_put() - give a reference to a DAX device back
 * @dax: the DAX device
 */
void dcd_devdax_put(struct dcd_devdax *dax)
{
	kref_put(&dax->kref, devdax_free);
}

/**
 * dcd_devdax_remove() - remove a DAX device
 * @dax: the DAX device, of which no page is pinned: the memory's struct pages go
 *
 * Context: as dcd_group_hide().
 */
void dcd_devdax_remove(struct dcd_devdax *dax)
{
	struct dcd_dax_region *region = dax->region;

	/* before its directory: dcd_claim_add_files() */
	dcd_claim_remove_files(dax);
	if (dax->group)
		devdax_part(dax);
	xa_erase(&region->daxes, dax->id);
	scoped_guard(mutex, &region->dcd->lock) {
		list_del_init(&dax->seed);
		if (region->first == dax)
			region->first = NULL;
		if (region->youngest == dax)
			region->youngest = NULL;
	}

	if (dax->ranges)
		devres_release_group(region->dev, dax->ranges);
	devres_release_group(region->dev, dax->devres);
	cxl_core_dax_gone(dax->dev_dax, dax->id);
	/* whoever has a reference still asks this first */
	WRITE_ONCE(dax->region, NULL);
	dcd_devdax_put(dax);
}

/* Whether the kernel uses any of a group's capacity as its own memory. */
static bool devdax_is_online(const struct dcd_group *group)
{
	unsigned long step = memory_block_size_bytes();

	for (unsigned int i = 0; i < group->nr; i++) {
		const struct dcd_extent *extent = group->extents[i];
		u64 start = group->region->hpa + extent->offset;
		u64 end = start + dcd_extent_len(extent);

		for (u64 at = start; at < end; at = ALIGN_DOWN(at, step) + step)
			if (pfn_to_online_page(PHYS_PFN(at)))
				return true;
	}
	return false;
}

/**
 * dcd_is_memory() - whether the kernel has any of a range as its memory
 * @hpa: host physical address
 * @len: bytes
 *
 * Return: true also for what is offline, as long as its driver has it.
 */
bool dcd_is_memory(u64 hpa, u64 len)
{
	return region_intersects(hpa, len, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	       REGION_DISJOINT;
}

/**
 * dcd_devdax_is_memory() - whether the kernel has a group's capacity as its memory
 * @group: a group whose DAX device has no driver
 *
 * kmem cannot remove what is online as it goes, and then leaves it there, until the
 * next boot.
 */
bool dcd_devdax_is_memory(const struct dcd_group *group)
{
	for (unsigned int i = 0; i < group->nr; i++) {
		const struct dcd_extent *extent = group->extents[i];

		if (dcd_is_memory(group->region->hpa + extent->offset, dcd_extent_len(extent)))
			return true;
	}
	return false;
}

static bool devdax_has_driver(const struct dcd_group *group, const char *name)
{
	const struct device_driver *driver = group->dax->dev_dax->dev.driver;

	return driver && !strcmp(driver->name, name);
}

/**
 * dcd_devdax_pages_pinned() - whether anyone holds pages of a DAX device
 * @range: host physical addresses, which device_dax has
 * @align: bytes of memory that have one reference count
 *
 * device_dax keeps one reference to each, and as it goes the pages go, whoever else has
 * one.
 */
bool dcd_devdax_pages_pinned(const struct range *range, u64 align)
{
	for (u64 at = range->start; at < range->end; at += align) {
		if (page_ref_count(pfn_to_page(PHYS_PFN(at))) > 1)
			return true;
		cond_resched();
	}
	return false;
}

static bool devdax_is_pinned(const struct dcd_group *group)
{
	for (unsigned int i = 0; i < group->nr; i++) {
		const struct dcd_extent *extent = group->extents[i];
		u64 start = group->region->hpa + extent->offset;
		struct range range = {
			.start = start,
			.end = start + dcd_extent_len(extent) - 1,
		};

		if (dcd_devdax_pages_pinned(&range, group->dax->dev_dax->align))
			return true;
	}
	return false;
}

/* How a DAX device that device_dax has is in use. A look changes nothing. */
static enum dcd_use devdax_look(const struct dcd_group *group)
{
	if (mapping_mapped(cxl_core_dax_mapping(group->dax->dev_dax)))
		return DCD_MAPPED;
	if (cxl_core_dax_is_open(group->dax->dev_dax))
		return DCD_OPEN;
	return devdax_is_pinned(group) ? DCD_PINNED : DCD_IDLE;
}

/*
 * Nobody can open a DAX device after this, unless it is in use. Whoever maps one has it
 * open. So nobody who may use one ever meets it closed: who comes first keeps it from
 * being closed, and who comes later cannot open it.
 */
static enum dcd_use devdax_close_unused(struct dcd_group *group)
{
	const struct file_operations *ops;
	enum dcd_use use = devdax_look(group);

	if (use != DCD_IDLE)
		return use;
	ops = cxl_core_dax_shut(group->dax->dev_dax);
	use = devdax_look(group);
	if (use != DCD_IDLE)
		cxl_core_dax_open_again(group->dax->dev_dax, ops);
	return use;
}

static bool devdax_is_alive(struct dax_device *dax)
{
	int id = dax_read_lock();
	bool alive = dax_alive(dax);

	dax_read_unlock(id);
	return alive;
}

/* The same by force: whoever maps it gets SIGBUS. */
static enum dcd_use devdax_close_by_force(struct dcd_group *group)
{
	struct dax_device *dax = group->dax->dev_dax->dax_dev;

	cxl_core_dax_shut(group->dax->dev_dax);
	/* nobody is in a fault after this */
	if (devdax_is_alive(dax))
		kill_dax(dax);
	unmap_mapping_range(cxl_core_dax_mapping(group->dax->dev_dax), 0, 0, 1);
	return devdax_is_pinned(group) ? DCD_PINNED : DCD_IDLE;
}

/* device_dax could not have it: a region that went has left it in use. */
static enum dcd_use devdax_look_driverless(const struct dcd_group *group)
{
	struct range kept;
	bool pinned;

	if (dcd_devdax_is_memory(group))
		return DCD_ONLINE;
	for (unsigned int i = 0; i < group->nr; i++)
		if (dcd_kept_first(group->region->dcd, group->extents[i]->start,
				   group->extents[i]->last + 1, &kept, &pinned))
			return DCD_PINNED;
	return DCD_IDLE;
}

static enum dcd_use devdax_look_memory(const struct dcd_group *group)
{
	if (devdax_is_online(group))
		return DCD_ONLINE;
	return dcd_offline_is_settled() ? DCD_IDLE : DCD_CHANGING;
}

/* With the device lock held, so that no driver comes or goes. */
static enum dcd_use devdax_close(struct dcd_group *group, bool force)
{
	if (!group->dax->dev_dax->dev.driver)
		return devdax_look_driverless(group);
	if (devdax_has_driver(group, "device_dax"))
		return force ? devdax_close_by_force(group) : devdax_close_unused(group);
	if (devdax_has_driver(group, "kmem"))
		return devdax_look_memory(group);
	return force ? DCD_IDLE : DCD_DRIVER;
}

/**
 * dcd_devdax_let_go() - let a DAX device that has no driver get none any more
 * @group: its group
 *
 * Context: the device's worker. Does not wait for who binds a driver or unbinds it.
 * Return: DCD_IDLE, and it gets none; DCD_DRIVER if it has one; or how it is in use all
 * the same, or DCD_CHANGING.
 */
enum dcd_use dcd_devdax_let_go(struct dcd_group *group)
{
	struct device *dev = &group->dax->dev_dax->dev;
	enum dcd_use use;

	if (!device_trylock(dev))
		return DCD_CHANGING;
	use = dev->driver ? DCD_DRIVER : devdax_look_driverless(group);
	if (use == DCD_IDLE)
		cxl_core_dax_close(group->dax->dev_dax);
	device_unlock(dev);
	return use;
}

/**
 * dcd_devdax_retire() - let nobody use the DAX device of a group any more
 * @group: the group
 * @force: whoever maps it, or has claimed it, loses it
 *
 * Without @force nobody who uses it notices. What no DAX device has is idle.
 *
 * Context: as dcd_group_hide(). Does not wait for who binds a driver or unbinds it.
 * Return: DCD_IDLE, and the DAX device has no driver and gets none; or how it is in
 * use, and nothing has changed, but that memory which was put online at this very
 * moment has lost its driver, and that with @force nobody maps it any more.
 */
enum dcd_use dcd_devdax_retire(struct dcd_group *group, bool force)
{
	struct device *dev;
	enum dcd_use use;

	if (!group->dax)
		return DCD_IDLE;
	if (group->dax->claimed && !force)
		return DCD_CLAIMED;

	dev = &group->dax->dev_dax->dev;
	if (!device_trylock(dev))
		return DCD_CHANGING;
	use = devdax_close(group, force);
	if (use == DCD_IDLE)
		cxl_core_dax_close(group->dax->dev_dax);
	device_unlock(dev);
	if (use != DCD_IDLE)
		return use;

	device_release_driver(dev);
	return dcd_devdax_is_memory(group) ? DCD_ONLINE : DCD_IDLE;
}

/**
 * dcd_devdax_wait_unused() - wait until nobody uses the DAX device of a group any more
 * @group: the group
 *
 * Who maps it loses it. Pages that are pinned cannot be taken: whoever has them gives
 * them back, or is ended. What is memory of the kernel's own is not waited for.
 *
 * Context: the driver of the group's region is being unbound.
 * Return: 0; -EINTR if the caller is killed, and pages are pinned still: it may have
 * them itself.
 */
int dcd_devdax_wait_unused(struct dcd_group *group)
{
	bool told = false;

	for (;;) {
		enum dcd_use use = dcd_devdax_retire(group, true);

		if (use == DCD_CHANGING) {
			msleep(PINNED_MS);
			continue;
		}
		if (use != DCD_PINNED)
			return 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		if (!told) {
			dev_warn(group->region->dev,
				 "%s: pages are pinned; region removal waits until they are unpinned\n",
				 dev_name(&group->dax->dev_dax->dev));
			told = true;
		}
		schedule_timeout_killable(msecs_to_jiffies(PINNED_MS));
	}
}

/**
 * dcd_dax_get_private() - answers dax_get_private()
 * @dax: the DAX device
 *
 * Of a device that goes away the original says that it is nobody's. The driver of
 * the DAX bus takes that for a device when such a one is opened, and mapping it
 * follows the NULL pointer. With the device it finds that it is not alive, and
 * refuses with ENXIO. Devices of others get the original's answer, and so does who
 * asks without having it open.
 *
 * Return: whose it is.
 */
void *dcd_dax_get_private(struct dax_device *dax)
{
	return dax_get_private(dax) ?: cxl_core_dax_owner(dax);
}
