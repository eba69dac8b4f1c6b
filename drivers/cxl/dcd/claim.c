// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claims: which DAX device has which allocation, and what users may decide of that, with
 * the attributes that the kernel's own host has. Some of them belong to what the worker
 * removes, and their writers wait for the worker: claim_run() says how that ends well.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uuid.h>
#include <cxl/core/dax.h>
#include <cxl/text.h>

#include "dcd.h"

enum claim_by { CLAIM_AUTO, CLAIM_USER };

static const char *const claim_names[] = {
	[CLAIM_AUTO] = "auto",
	[CLAIM_USER] = "user",
};

static int claim_set(const char *text, const struct kernel_param *param)
{
	char line[CXL_TEXT_MAX + 1];
	int by = cxl_text_line(line, text, strlen(text)) ?:
		 match_string(claim_names, ARRAY_SIZE(claim_names), line);

	if (by < 0) {
		pr_err("claim=%s: must be auto or user\n",
		       cxl_text_shown(text, strlen(text)).shown);
		return by;
	}
	WRITE_ONCE(*(unsigned int *)param->arg, by);
	return 0;
}

static int claim_get(char *buf, const struct kernel_param *param)
{
	return sysfs_emit(buf, "%s\n", claim_names[READ_ONCE(*(unsigned int *)param->arg)]);
}

static const struct kernel_param_ops claim_ops = {
	.set = claim_set,
	.get = claim_get,
};

static unsigned int claim_by = CLAIM_AUTO;
module_param_cb(claim, &claim_ops, &claim_by, 0644);
MODULE_PARM_DESC(claim, "auto (the default): each allocation becomes a DAX device at once; user: user space claims it, as with a kernel that supports Dynamic Capacity natively");

static bool claim_by_user(void)
{
	return READ_ONCE(claim_by) == CLAIM_USER;
}

/**
 * struct claim - what a user wants of a DAX device
 * @dax: the DAX device
 * @uuid: claim what has this tag; null: an allocation that has none
 * @rc: 0 or a negative errno
 */
struct claim {
	struct dcd_devdax *dax;
	uuid_t uuid;
	int rc;
};

/*
 * Run a function in the worker for who writes to an attribute of a DAX device. The worker
 * may be about to remove that device, and waits for who uses its attributes. So the
 * attribute is let go meanwhile, and what is used here is kept: the DAX device, and, by
 * a use of @dcd, the worker and this module. A device that has gone has no region.
 *
 * The attribute still has its directory here, as it is removed before that.
 */
static int claim_run(struct claim *claim, struct device_attribute *attr,
		     void (*fn)(void *claim))
{
	struct dcd_devdax *dax = claim->dax;
	struct device *dev = &dax->dev_dax->dev;
	struct dcd_memdev *dcd = dax->region->dcd;
	struct kernfs_node *node;

	__module_get(THIS_MODULE);
	refcount_inc(&dcd->users);
	kref_get(&dax->kref);
	claim->rc = -ENODEV;
	node = sysfs_break_active_protection(&dev->kobj, &attr->attr);
	if (node) {
		dcd_worker_run(dcd, fn, claim);
		sysfs_unbreak_active_protection(node);
	}
	dcd_devdax_put(dax);
	dcd_memdev_put(dcd);
	/* unregistering the redirects at unload waits for what is left of this */
	module_put(THIS_MODULE);
	return claim->rc;
}

/* In the worker: the region of a DAX device, unless it or the device has gone. */
static struct dcd_dax_region *claim_region(const struct dcd_devdax *dax)
{
	struct dcd_dax_region *region = READ_ONCE(dax->region);

	return region && !region->leaving ? region : NULL;
}

/* The unclaimed group of the tag, or the oldest unclaimed one without a tag. */
static struct dcd_group *claim_find(struct dcd_dax_region *region, const uuid_t *uuid)
{
	struct dcd_group *group;

	if (uuid_is_null(uuid))
		return list_first_entry_or_null(&region->untagged, struct dcd_group, untagged);
	group = dcd_tag_find(region, uuid);
	return group && !group->dax ? group : NULL;
}

/* In the worker. */
static void claim_take(void *data)
{
	struct claim *claim = data;
	struct dcd_devdax *dax = claim->dax;
	struct dcd_dax_region *region = claim_region(dax);
	struct dcd_group *group;

	if (!region)
		return;
	if (dax->group) {
		dev_err_ratelimited(&dax->dev_dax->dev, "uuid=%pUb: already claims %#llx bytes, tag %pUb: write 0 to size first\n",
				    &claim->uuid, dax->group->size, &dax->group->tag);
		claim->rc = -EBUSY;
		return;
	}
	group = claim_find(region, &claim->uuid);
	if (!group) {
		dev_err_ratelimited(&dax->dev_dax->dev, "uuid=%pUb: no unclaimed extent with this tag in the region: see uuid of extent%d.*\n",
				    &claim->uuid, region->dax_region->id);
		claim->rc = -ENOENT;
		return;
	}
	claim->rc = dcd_devdax_fill(dax, group);
	if (claim->rc) {
		dev_err_ratelimited(&dax->dev_dax->dev, "uuid=%pUb: claim failed: error %d\n",
				    &claim->uuid, claim->rc);
		return;
	}
	dax->claimed = true;
	scoped_guard(mutex, &region->dcd->lock)
		list_del_init(&dax->seed);
	if (region->backed)
		cxl_core_dax_open(dax->dev_dax, dax->id);
}

/* In the worker. A release that was deferred by the claim is done at once. */
static void claim_give_up(void *data)
{
	struct claim *claim = data;
	struct dcd_devdax *dax = claim->dax;
	struct dcd_dax_region *region = claim_region(dax);

	if (!region)
		return;
	claim->rc = 0;
	if (!dax->group)
		return;

	switch (dcd_devdax_let_go(dax->group)) {
	case DCD_IDLE:
		dcd_devdax_empty(dax);
		dcd_release_deferred(region->dcd);
		return;
	case DCD_ONLINE:
		dev_err_ratelimited(&dax->dev_dax->dev, "size=0: in use as System RAM until the next boot\n");
		break;
	case DCD_PINNED:
		dev_err_ratelimited(&dax->dev_dax->dev, "size=0: pages are pinned: try again once they are unpinned\n");
		break;
	default:
		dev_err_ratelimited(&dax->dev_dax->dev, "size=0: a driver is bound: run daxctl disable-device %s first\n",
				    dev_name(&dax->dev_dax->dev));
	}
	claim->rc = -EBUSY;
}

/* Attributes of DAX devices. */

static struct dcd_devdax *claim_uuid_to_dax(struct device_attribute *attr)
{
	return container_of(attr, struct dcd_devdax, uuid_attr);
}

static struct dcd_devdax *claim_size_to_dax(struct device_attribute *attr)
{
	return container_of(attr, struct dcd_devdax, size_attr);
}

static ssize_t uuid_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct dcd_devdax *dax = claim_uuid_to_dax(attr);

	guard(mutex)(&dax->region->dcd->lock);
	return sysfs_emit(buf, "%pUb\n", dax->group ? &dax->group->tag : &uuid_null);
}

static ssize_t uuid_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t len)
{
	struct claim claim = { .dax = claim_uuid_to_dax(attr) };
	char line[CXL_TEXT_MAX + 1];
	int rc;

	rc = cxl_text_line_of_tool(line, buf, len);
	if (!rc && strcmp(line, "0"))
		rc = cxl_text_uuid(line, &claim.uuid);
	if (rc) {
		dev_err_ratelimited(dev, "uuid=%s: must be a UUID, or 0 for an untagged extent\n",
				    cxl_text_shown(buf, len).shown);
		return rc;
	}
	rc = claim_run(&claim, attr, claim_take);
	return rc ?: len;
}

static ssize_t size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct dcd_devdax *dax = claim_size_to_dax(attr);

	guard(mutex)(&dax->region->dcd->lock);
	return sysfs_emit(buf, "%llu\n", dax->group ? dax->group->size : 0);
}

static ssize_t size_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t len)
{
	struct claim claim = { .dax = claim_size_to_dax(attr) };
	char line[CXL_TEXT_MAX + 1];
	u64 size;
	int rc = cxl_text_line_of_tool(line, buf, len) ?: cxl_text_number(line, &size);

	if (rc || size) {
		dev_err_ratelimited(dev, "size=%s: must be 0, which gives up the claim; the claimed extents set the size\n",
				    cxl_text_shown(buf, len).shown);
		return rc ?: -EOPNOTSUPP;
	}
	rc = claim_run(&claim, attr, claim_give_up);
	return rc ?: len;
}

static ssize_t align_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", cxl_core_to_dev_dax(dev)->align);
}
static DEVICE_ATTR_RO(align);

/**
 * dcd_claim_add_files() - give a DAX device its attributes
 * @dax: the DAX device
 *
 * Return: 0 or a negative errno; dcd_claim_remove_files() removes what there is.
 */
int dcd_claim_add_files(struct dcd_devdax *dax)
{
	struct device *dev = &dax->dev_dax->dev;

	dax->uuid_attr = (struct device_attribute)__ATTR_RW(uuid);
	dax->size_attr = (struct device_attribute)__ATTR_RW(size);
	sysfs_attr_init(&dax->uuid_attr.attr);
	sysfs_attr_init(&dax->size_attr.attr);
	return device_create_file(dev, &dax->size_attr) ?:
	       device_create_file(dev, &dev_attr_align) ?:
	       device_create_file(dev, &dax->uuid_attr);
}

/**
 * dcd_claim_remove_files() - undo dcd_claim_add_files()
 * @dax: the DAX device, whose directory is there still: see claim_run()
 */
void dcd_claim_remove_files(struct dcd_devdax *dax)
{
	struct device *dev = &dax->dev_dax->dev;

	device_remove_file(dev, &dax->uuid_attr);
	device_remove_file(dev, &dev_attr_align);
	device_remove_file(dev, &dax->size_attr);
}

/* Attributes of DAX regions are removed only when their driver is unbound. */

/**
 * struct claim_device - what a user wants of a region
 * @region: the region
 * @id: number of a DAX device that is to go
 * @name: its name
 * @rc: 0 or a negative errno
 */
struct claim_device {
	struct dcd_dax_region *region;
	int id;
	const char *name;
	int rc;
};

static ssize_t available_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct dcd_dax_region *region = dcd_dax_to_region(dev);

	guard(mutex)(&region->dcd->lock);
	return sysfs_emit(buf, "%llu\n", region->unclaimed);
}
static DEVICE_ATTR_RO(available_size);

static ssize_t claim_emit_name(char *buf, const struct dcd_devdax *dax)
{
	return sysfs_emit(buf, "%s\n", dax ? dev_name(&dax->dev_dax->dev) : "");
}

static ssize_t seed_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct dcd_dax_region *region = dcd_dax_to_region(dev);

	guard(mutex)(&region->dcd->lock);
	return claim_emit_name(buf, list_first_entry_or_null(&region->seeds,
							     struct dcd_devdax, seed));
}
static DEVICE_ATTR_RO(seed);

static ssize_t create_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct dcd_dax_region *region = dcd_dax_to_region(dev);

	guard(mutex)(&region->dcd->lock);
	return claim_emit_name(buf, region->youngest);
}

/* In the worker. */
static void claim_create(void *data)
{
	struct claim_device *call = data;
	struct dcd_dax_region *region = call->region;
	struct dcd_devdax *dax;

	if (region->leaving)
		return;
	if (!region->unclaimed) {
		dev_err_ratelimited(region->dev, "create=1: no unclaimed extent\n");
		call->rc = -ENOSPC;
		return;
	}
	dax = dcd_devdax_create(region);
	call->rc = PTR_ERR_OR_ZERO(dax);
	if (call->rc) {
		dev_err_ratelimited(region->dev, "create=1: cannot create a DAX device: error %d\n",
				    call->rc);
		return;
	}
	guard(mutex)(&region->dcd->lock);
	list_add_tail(&dax->seed, &region->seeds);
	region->youngest = dax;
}

static ssize_t create_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t len)
{
	struct claim_device call = { .region = dcd_dax_to_region(dev), .rc = -ENXIO };
	char line[CXL_TEXT_MAX + 1];
	u64 nr;
	int rc = cxl_text_line_of_tool(line, buf, len) ?: cxl_text_number(line, &nr);

	if (rc || nr != 1) {
		dev_err_ratelimited(dev, "create=%s: must be 1, which creates one DAX device without capacity\n",
				    cxl_text_shown(buf, len).shown);
		return rc ?: -EINVAL;
	}
	dcd_worker_run(call.region->dcd, claim_create, &call);
	return call.rc ?: len;
}
static DEVICE_ATTR_RW(create);

/* In the worker. */
static void claim_delete(void *data)
{
	struct claim_device *call = data;
	struct dcd_dax_region *region = call->region;
	struct dcd_devdax *dax;

	if (region->leaving)
		return;
	dax = xa_load(&region->daxes, call->id);
	if (!dax || strcmp(call->name, dev_name(&dax->dev_dax->dev))) {
		dev_err_ratelimited(region->dev, "delete=%s: no such DAX device in this region\n",
				    call->name);
		return;
	}
	if (dax->group || dax == region->first) {
		dev_err_ratelimited(region->dev, "delete=%s: %s\n", dev_name(&dax->dev_dax->dev),
				    dax->group ? "has capacity: write 0 to its size first" :
				    "is removed only with the region");
		call->rc = -EBUSY;
		return;
	}
	dcd_devdax_remove(dax);
	call->rc = 0;
}

static ssize_t delete_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t len)
{
	char line[CXL_TEXT_MAX + 1] = "";
	struct claim_device call = {
		.region = dcd_dax_to_region(dev),
		.name = line,
		.rc = -ENXIO,
	};
	int region_id;

	if (cxl_text_line_of_tool(line, buf, len) ||
	    sscanf(line, "dax%d.%d", &region_id, &call.id) != 2) {
		dev_err_ratelimited(dev, "delete=%s: no such DAX device in this region\n",
				    cxl_text_shown(buf, len).shown);
		return -ENXIO;
	}
	dcd_worker_run(call.region->dcd, claim_delete, &call);
	return call.rc ?: len;
}
static DEVICE_ATTR_WO(delete);

static struct attribute *claim_region_attrs[] = {
	&dev_attr_available_size.attr,
	&dev_attr_create.attr,
	&dev_attr_delete.attr,
	&dev_attr_seed.attr,
	NULL,
};

/* The directory is the DAX bus's. */
static const struct attribute_group claim_region_group = {
	.name = "dax_region",
	.attrs = claim_region_attrs,
};

/**
 * dcd_claim_region_show() - give a DAX region its attributes
 * @region: the region
 *
 * Context: its driver is being bound.
 * Return: 0 or a negative errno.
 */
int dcd_claim_region_show(struct dcd_dax_region *region)
{
	return sysfs_merge_group(&region->dev->kobj, &claim_region_group);
}

/**
 * dcd_claim_region_hide() - undo dcd_claim_region_show()
 * @region: the region
 *
 * Waits for who uses them, who may wait for the worker.
 *
 * Context: its driver is being unbound.
 */
void dcd_claim_region_hide(struct dcd_dax_region *region)
{
	sysfs_unmerge_group(&region->dev->kobj, &claim_region_group);
}

/**
 * dcd_claim_region() - give a DAX region its first DAX device, if users claim
 * @region: the region
 *
 * It is there as long as the region, with capacity or without.
 *
 * Context: the device's worker.
 */
void dcd_claim_region(struct dcd_dax_region *region)
{
	struct dcd_devdax *dax;

	if (!claim_by_user())
		return;
	dax = dcd_devdax_create(region);
	if (IS_ERR(dax))
		dev_warn(region->dev, "cannot create the seed DAX device: error %ld\n",
			 PTR_ERR(dax));
	else
		region->first = dax;
}

static int claim_by_itself(struct dcd_group *group)
{
	struct dcd_dax_region *region = group->region;
	struct dcd_devdax *dax = dcd_devdax_create(region);
	int rc;

	if (IS_ERR(dax))
		return PTR_ERR(dax);
	rc = dcd_devdax_fill(dax, group);
	if (rc) {
		dcd_devdax_remove(dax);
		return rc;
	}
	if (region->backed)
		cxl_core_dax_announce(dax->dev_dax, dax->id);
	return 0;
}

/**
 * dcd_claim_show() - let an allocation be claimed
 * @group: the allocation, whose extents are there
 *
 * Unless users claim, it becomes a DAX device by itself.
 *
 * Context: the device's worker.
 * Return: 0 or a negative errno, and it cannot be claimed.
 */
int dcd_claim_show(struct dcd_group *group)
{
	struct dcd_dax_region *region = group->region;
	int rc;

	scoped_guard(mutex, &region->dcd->lock) {
		region->unclaimed += group->size;
		if (uuid_is_null(&group->tag))
			list_add_tail(&group->untagged, &region->untagged);
	}
	if (claim_by_user())
		return 0;
	rc = claim_by_itself(group);
	if (rc)
		dcd_claim_hide(group);
	return rc;
}

/**
 * dcd_claim_hide() - let an allocation be claimed no more
 * @group: the allocation, which nobody uses
 *
 * The DAX device that has it goes, but if a user has claimed it, it stays without
 * capacity, as long as its region is there.
 *
 * Context: as dcd_group_hide().
 */
void dcd_claim_hide(struct dcd_group *group)
{
	struct dcd_dax_region *region = group->region;
	struct dcd_devdax *dax = group->dax;

	if (dax && dax->claimed && !region->leaving)
		dcd_devdax_empty(dax);
	else if (dax)
		dcd_devdax_remove(dax);

	guard(mutex)(&region->dcd->lock);
	region->unclaimed -= group->size;
	list_del_init(&group->untagged);
}
