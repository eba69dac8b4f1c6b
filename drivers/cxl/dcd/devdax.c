// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DAX device of a group: its extents one after the other, wherever they are
 * in the region.
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
#include <linux/sysfs.h>
#include <cxl/core/dax.h>

#include "dcd.h"

/* How often it is looked whether pinned pages are given back, milliseconds. */
#define PINNED_MS	50

static ssize_t devdax_uuid_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%pUb\n", container_of(attr, struct dev_ext_attribute, attr)->var);
}

/* From the DAX device to its extents and its tag, and back. */
static int devdax_add_links(struct dcd_group *group)
{
	struct device *dax = &group->dev_dax->dev;
	int rc;

	for (unsigned int i = 0; i < group->nr; i++) {
		struct device *extent = &group->extents[i]->dev;

		rc = sysfs_create_link(&dax->kobj, &extent->kobj, dev_name(extent));
		if (!rc)
			rc = sysfs_create_link(&extent->kobj, &dax->kobj, "dax");
		if (rc)
			return rc;
	}

	group->tag_attr = (struct dev_ext_attribute) {
		.attr = __ATTR(uuid, 0444, devdax_uuid_show, NULL),
		.var = &group->tag,
	};
	sysfs_attr_init(&group->tag_attr.attr.attr);
	return device_create_file(dax, &group->tag_attr.attr);
}

static int devdax_add_ranges(struct dcd_group *group)
{
	struct dcd_dax_region *region = group->region;

	for (unsigned int i = 0; i < group->nr; i++) {
		const struct dcd_extent *extent = group->extents[i];
		struct range range = {
			.start = region->hpa + extent->offset,
			.end = region->hpa + extent->offset + dcd_extent_len(extent) - 1,
		};
		int rc = cxl_core_dax_add_range(group->dev_dax, &range);

		if (rc)
			return rc;
	}
	return cxl_core_dax_complete(group->dev_dax) ?: devdax_add_links(group);
}

/**
 * dcd_devdax_create() - make the DAX device of a group
 * @group: the group, whose extents are there
 *
 * Drivers get it only if there is memory behind the capacity.
 *
 * Context: the device's worker.
 * Return: 0 or a negative errno.
 */
int dcd_devdax_create(struct dcd_group *group)
{
	struct dcd_dax_region *region = group->region;
	struct dev_dax *dev_dax;
	int rc;

	group->devres = devres_open_group(region->dev, NULL, GFP_KERNEL);
	if (!group->devres)
		return -ENOMEM;

	dev_dax = cxl_core_dax_device(region->dax_region, &group->dax_id);
	if (IS_ERR(dev_dax)) {
		devres_release_group(region->dev, group->devres);
		return PTR_ERR(dev_dax);
	}
	group->dev_dax = dev_dax;
	/* it is needed until after it has been unregistered */
	get_device(&dev_dax->dev);

	rc = devdax_add_ranges(group);
	devres_close_group(region->dev, group->devres);
	if (rc) {
		dcd_devdax_remove(group);
		return rc;
	}

	if (region->backed)
		cxl_core_dax_announce(dev_dax, group->dax_id);
	return 0;
}

/**
 * dcd_devdax_remove() - remove the DAX device of a group
 * @group: the group, of which no page is pinned: the memory's struct pages go
 *
 * Context: as dcd_group_hide().
 */
void dcd_devdax_remove(struct dcd_group *group)
{
	for (unsigned int i = 0; i < group->nr; i++)
		sysfs_remove_link(&group->extents[i]->dev.kobj, "dax");
	devres_release_group(group->region->dev, group->devres);
	cxl_core_dax_gone(group->dev_dax, group->dax_id);
	group->dev_dax = NULL;
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
	const struct device_driver *driver = group->dev_dax->dev.driver;

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

		if (dcd_devdax_pages_pinned(&range, group->dev_dax->align))
			return true;
	}
	return false;
}

/* How a DAX device that device_dax has is in use. A look changes nothing. */
static enum dcd_use devdax_look(const struct dcd_group *group)
{
	if (mapping_mapped(cxl_core_dax_mapping(group->dev_dax)))
		return DCD_MAPPED;
	if (cxl_core_dax_is_open(group->dev_dax))
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
	ops = cxl_core_dax_shut(group->dev_dax);
	use = devdax_look(group);
	if (use != DCD_IDLE)
		cxl_core_dax_open_again(group->dev_dax, ops);
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
	struct dax_device *dax = group->dev_dax->dax_dev;

	cxl_core_dax_shut(group->dev_dax);
	/* nobody is in a fault after this */
	if (devdax_is_alive(dax))
		kill_dax(dax);
	unmap_mapping_range(cxl_core_dax_mapping(group->dev_dax), 0, 0, 1);
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

/* With the device lock held, so that no driver comes or goes. */
static enum dcd_use devdax_close(struct dcd_group *group, bool force)
{
	if (!group->dev_dax->dev.driver)
		return devdax_look_driverless(group);
	if (devdax_has_driver(group, "device_dax"))
		return force ? devdax_close_by_force(group) : devdax_close_unused(group);
	if (devdax_has_driver(group, "kmem"))
		return devdax_is_online(group) ? DCD_ONLINE : DCD_IDLE;
	return force ? DCD_IDLE : DCD_DRIVER;
}

/**
 * dcd_devdax_retire() - let nobody use the DAX device of a group any more
 * @group: the group
 * @force: whoever maps it loses it
 *
 * Without @force nobody who uses it notices.
 *
 * Context: as dcd_group_hide(). Does not wait for who binds a driver or unbinds it.
 * Return: DCD_IDLE, and the DAX device has no driver and gets none; or how it is in
 * use, and nothing has changed, but that memory which was put online at this very
 * moment has lost its driver, and that with @force nobody maps it any more.
 */
enum dcd_use dcd_devdax_retire(struct dcd_group *group, bool force)
{
	struct device *dev = &group->dev_dax->dev;
	enum dcd_use use;

	if (!device_trylock(dev))
		return DCD_CHANGING;
	use = devdax_close(group, force);
	if (use == DCD_IDLE)
		cxl_core_dax_close(group->dev_dax);
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
				 "pages of %s are pinned: the region goes when they no longer are\n",
				 dev_name(&group->dev_dax->dev));
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
	guard(cxl_redirect)(&dcd_redirects);

	return dax_get_private(dax) ?: cxl_core_dax_owner(dax);
}
