// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups: the extents of one allocation. Each extent is a device below the DAX
 * region; DPAs in use are found here, tags in tags.c.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/interval_tree_generic.h>
#include <linux/range.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "dcd.h"
#include "names.h"

static struct dcd_extent *group_dev_to_extent(struct device *dev)
{
	return container_of(dev, struct dcd_extent, dev);
}

static ssize_t offset_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%#llx\n", group_dev_to_extent(dev)->offset);
}
static DEVICE_ATTR_RO(offset);

static ssize_t length_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%#llx\n", dcd_extent_len(group_dev_to_extent(dev)));
}
static DEVICE_ATTR_RO(length);

static ssize_t uuid_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%pUb\n", &group_dev_to_extent(dev)->tag);
}
static DEVICE_ATTR_RO(uuid);

static struct attribute *extent_attrs[] = {
	&dev_attr_offset.attr,
	&dev_attr_length.attr,
	&dev_attr_uuid.attr,
	NULL,
};

static umode_t group_extent_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	const struct dcd_extent *extent = group_dev_to_extent(kobj_to_dev(kobj));

	if (attr == &dev_attr_uuid.attr && uuid_is_null(&extent->tag))
		return 0;
	return attr->mode;
}

static const struct attribute_group extent_group = {
	.attrs = extent_attrs,
	.is_visible = group_extent_visible,
};
__ATTRIBUTE_GROUPS(extent);

static void group_extent_release(struct device *dev)
{
	kfree(group_dev_to_extent(dev));
}

static const struct device_type extent_type = {
	.name = "cxl_dcd_extent",
	.groups = extent_groups,
	.release = group_extent_release,
};

#define EXTENT_START(extent)	((extent)->start)
#define EXTENT_LAST(extent)	((extent)->last)

/* The kernel's own instance of it counts in unsigned long, and is an option. */
INTERVAL_TREE_DEFINE(struct dcd_extent, node, u64, subtree_last, EXTENT_START, EXTENT_LAST,
		     static __maybe_unused, group_tree)

/**
 * dcd_extent_find() - an extent in use within a range
 * @dcd: the device
 * @start: first DPA of the range
 * @last: last DPA of the range
 *
 * Context: the worker of @dcd, or with its lock held.
 * Return: the first that overlaps the range, or NULL.
 */
struct dcd_extent *dcd_extent_find(struct dcd_memdev *dcd, u64 start, u64 last)
{
	return group_tree_iter_first(&dcd->extents, start, last);
}

/**
 * dcd_region_find() - the DAX region over a range
 * @dcd: the device
 * @start: first DPA of the range
 * @last: last DPA of the range
 *
 * Context: the worker of @dcd, or with its lock held.
 * Return: the first that overlaps the range, or NULL.
 */
struct dcd_dax_region *dcd_region_find(struct dcd_memdev *dcd, u64 start, u64 last)
{
	struct dcd_dax_region *region;

	/* as many as the device has decoders */
	list_for_each_entry(region, &dcd->dax_regions, list)
		if (start <= region->range.end && last >= region->range.start)
			return region;
	return NULL;
}

static struct dcd_extent *group_create_extent(struct dcd_group *group,
					      const struct dcd_offer *offer)
{
	struct dcd_dax_region *region = group->region;
	struct dcd_extent *extent = kzalloc(sizeof(*extent), GFP_KERNEL);

	if (!extent)
		return NULL;
	extent->id = ida_alloc_min(&region->extent_ids, DCD_EXTENT_FIRST, GFP_KERNEL);
	if (extent->id < 0) {
		kfree(extent);
		return NULL;
	}

	extent->group = group;
	extent->offset = offer->start - region->range.start;
	import_uuid(&extent->tag, offer->tag);
	extent->start = offer->start;
	extent->last = offer->start + offer->len - 1;

	device_initialize(&extent->dev);
	extent->dev.parent = region->dev;
	extent->dev.type = &extent_type;
	if (dev_set_name(&extent->dev, "extent%d.%d", region->dax_region->id, extent->id)) {
		ida_free(&region->extent_ids, extent->id);
		put_device(&extent->dev);
		return NULL;
	}
	return extent;
}

static void group_free_extents(struct dcd_group *group)
{
	for (unsigned int i = 0; i < group->nr; i++) {
		struct dcd_extent *extent = group->extents[i];

		ida_free(&group->region->extent_ids, extent->id);
		put_device(&extent->dev);
	}
}

/**
 * dcd_group_create() - take note of an allocation
 * @region: the DAX region over all of it
 * @offers: its extents, judged, in the order in which the DAX device has them
 * @nr: entries of @offers
 *
 * Its DPAs and its tag are in use from here on, but nobody sees it.
 *
 * Context: the device's worker.
 * Return: the group; -EEXIST if its tag is in use on this host; -ENOMEM.
 */
struct dcd_group *dcd_group_create(struct dcd_dax_region *region,
				   const struct dcd_offer **offers, unsigned int nr)
{
	struct dcd_memdev *dcd = region->dcd;
	struct dcd_group *group = kvzalloc(struct_size(group, extents, nr), GFP_KERNEL);

	if (!group)
		return ERR_PTR(-ENOMEM);

	group->region = region;
	INIT_LIST_HEAD(&group->list);
	INIT_LIST_HEAD(&group->untagged);
	INIT_LIST_HEAD(&group->requested);
	import_uuid(&group->tag, offers[0]->tag);
	if (!dcd_tag_claim(group)) {
		kvfree(group);
		return ERR_PTR(-EEXIST);
	}

	while (group->nr < nr) {
		struct dcd_extent *extent = group_create_extent(group, offers[group->nr]);

		if (!extent) {
			dcd_tag_drop(group);
			group_free_extents(group);
			kvfree(group);
			return ERR_PTR(-ENOMEM);
		}
		group->nr++;
		group->extents[group->nr - 1] = extent;
		group->size += dcd_extent_len(extent);
	}

	guard(mutex)(&dcd->lock);
	for (unsigned int i = 0; i < nr; i++)
		group_tree_insert(group->extents[i], &dcd->extents);
	dcd->nr_extents += nr;
	return group;
}

/**
 * dcd_group_free() - forget an allocation
 * @group: a group that nobody sees
 *
 * Context: the device's worker.
 */
void dcd_group_free(struct dcd_group *group)
{
	struct dcd_memdev *dcd = group->region->dcd;

	list_del(&group->requested);
	scoped_guard(mutex, &dcd->lock) {
		list_del(&group->list);
		for (unsigned int i = 0; i < group->nr; i++)
			group_tree_remove(group->extents[i], &dcd->extents);
		dcd->nr_extents -= group->nr;
	}
	dcd_tag_drop(group);
	group_free_extents(group);
	kvfree(group);
}

static void group_hide_extents(struct dcd_group *group, unsigned int nr)
{
	while (nr--)
		device_del(&group->extents[nr]->dev);
}

/**
 * dcd_group_show() - make the extents of an allocation, and its DAX device if it gets one
 * @group: the group, whose capacity the device takes for accepted
 *
 * Context: the device's worker.
 * Return: 0 or a negative errno, and nobody sees the group.
 */
int dcd_group_show(struct dcd_group *group)
{
	int rc;

	for (unsigned int i = 0; i < group->nr; i++) {
		rc = device_add(&group->extents[i]->dev);
		if (rc) {
			group_hide_extents(group, i);
			return rc;
		}
	}

	rc = dcd_claim_show(group);
	if (rc)
		group_hide_extents(group, group->nr);
	return rc;
}

/**
 * dcd_group_hide() - remove the DAX device and the extents of an allocation
 * @group: a group of dcd_group_show()
 *
 * Mappings of the DAX device are zapped: who uses them gets SIGBUS.
 *
 * Context: the device's worker or, for a region that leaves, who unbinds its driver.
 */
void dcd_group_hide(struct dcd_group *group)
{
	dcd_claim_hide(group);
	group_hide_extents(group, group->nr);
}
