/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_CORE_DAX_H__
#define __CXL_CORE_DAX_H__

/*
 * The part of the version fence that reaches into the DAX bus: a DAX device of
 * chosen ranges of its region, discontiguous or not, which nobody else can
 * grow, and which no driver gets before it is meant to.
 */
#include <linux/atomic.h>
#include <linux/dax.h>
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/sysfs.h>
#include <cxl/core/core.h>

/* Flag of a DAX region: it has no attributes by which capacity is allocated. */
#define CXL_CORE_DAX_STATIC	BIT(0)

static inline struct dev_dax *cxl_core_to_dev_dax(struct device *dev)
{
	return container_of(dev, struct dev_dax, dev);
}

/**
 * cxl_core_dax_region() - make a DAX region whose capacity only its owner allocates
 * @dev: bound device that becomes the region; its driver data is the bus's
 * @id: number of the region
 * @range: host physical addresses
 * @target_node: NUMA node of the memory when the kernel uses it
 *
 * A static region is made without the attributes create, seed, delete and
 * available_size, so that its owner can have others of these names. Its devices must not
 * be static though, since such have one range only.
 *
 * Return: the region, gone when @dev is unbound, or NULL.
 */
static inline struct dax_region *cxl_core_dax_region(struct device *dev, int id,
						     struct range *range, int target_node)
{
	struct dax_region *region;

#if CXL_CORE_ARGS_alloc_dax_region == 6
	region = alloc_dax_region(dev, id, range, target_node, PMD_SIZE, CXL_CORE_DAX_STATIC);
#else
	/* the last is for regions whose extents the core has */
	region = alloc_dax_region(dev, id, range, target_node, PMD_SIZE, CXL_CORE_DAX_STATIC,
				  NULL);
#endif
	if (!region)
		return NULL;
	region->res.flags &= ~CXL_CORE_DAX_STATIC;
	return region;
}

/*
 * Take the attributes away by which others could change a device: its ranges, and
 * how they must be aligned. Who writes to one also waits for a lock that is held
 * while the device is removed, which waits for who writes.
 */
static inline int cxl_core_dax_take(struct dev_dax *dev_dax)
{
	static const char * const names[] = { "size", "align", "mapping" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!cxl_core_attribute(&dev_dax->dev, names[i]))
			return -EOPNOTSUPP;
	/* waits for who writes to them at this moment */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		device_remove_file(&dev_dax->dev,
				   cxl_core_attribute(&dev_dax->dev, names[i]));
	return dev_dax->nr_range || dev_dax->align != dev_dax->region->align ? -EBUSY : 0;
}

/* Have one driver of the DAX bus forget that it is to get a device of this name. */
static inline int cxl_core_dax_remove_id(struct device_driver *driver, void *data)
{
	struct device *dev = data;
	const struct attribute_group *const *groups = dev->bus->drv_groups;
	const char *name = dev_name(dev);

	for (; groups && *groups; groups++)
		for (struct attribute **attr = (*groups)->attrs; attr && *attr; attr++)
			if (!strcmp((*attr)->name, "remove_id"))
				container_of(*attr, struct driver_attribute, attr)
					->store(driver, name, strlen(name));
	return 0;
}

/**
 * cxl_core_dax_forget() - undo what users have decided about a name
 * @dev_dax: device of that name
 *
 * daxctl reconfigure-device tells a driver by new_id that it gets the device of a
 * name. The bus never forgets that, and gives names again.
 */
static inline void cxl_core_dax_forget(struct dev_dax *dev_dax)
{
	bus_for_each_drv(dev_dax->dev.bus, NULL, &dev_dax->dev, cxl_core_dax_remove_id);
}

/**
 * cxl_core_dax_device() - make an empty DAX device that only its owner changes
 * @region: region of cxl_core_dax_region()
 * @id: where to keep the device's number, for cxl_core_dax_announce() and
 *	cxl_core_dax_gone()
 *
 * No driver can be bound before cxl_core_dax_announce(): to the bus, a device
 * of a negative number is one that is going away. What was decided for another device
 * that had the same name does not count. It gets its ranges by
 * cxl_core_dax_add_range(), and has neither of the attributes size and align.
 *
 * Return: the device, or an ERR_PTR(). It is managed by the region's device:
 * a devres group around this call and those of cxl_core_dax_add_range() holds
 * all there is to release.
 */
static inline struct dev_dax *cxl_core_dax_device(struct dax_region *region, int *id)
{
	struct dev_dax_data data = {
		.dax_region = region,
		.id = -1,
		.memmap_on_memory = true,
	};
	struct dev_dax *dev_dax = devm_create_dev_dax(&data);
	int rc;

	if (IS_ERR(dev_dax))
		return dev_dax;

	/* the bus has no use for it: whose it is, see cxl_core_dax_owner() */
	dev_dax->dev.platform_data = THIS_MODULE;
	*id = dev_dax->id;
	dev_dax->id = -1;
	cxl_core_dax_forget(dev_dax);
	rc = cxl_core_dax_take(dev_dax);
	if (rc) {
		/* else it would not be given back with the device */
		dev_dax->id = *id;
		return ERR_PTR(rc);
	}
	return dev_dax;
}

/**
 * cxl_core_dax_add_range() - add a range of its region to a DAX device
 * @dev_dax: device of cxl_core_dax_device() that has not been announced
 * @range: host physical addresses, aligned as the region is
 *
 * Context: the driver of the region's device is bound and stays so.
 * Return: 0; -ENOMEM also if the range is not free; -ENXIO if the bus leaves it
 * out; another negative errno.
 */
static inline int cxl_core_dax_add_range(struct dev_dax *dev_dax, const struct range *range)
{
	char text[2 * sizeof("0x0123456789abcdef")];
	int nr = dev_dax->nr_range;
	ssize_t rc;
	int len;

	len = snprintf(text, sizeof(text), "%llx-%llx", range->start, range->end);
	rc = cxl_core_store(&dev_dax->dev, "mapping", text, len);
	if (rc < 0)
		return rc;
	return dev_dax->nr_range == nr + 1 ? 0 : -ENXIO;
}

/**
 * cxl_core_dax_drop_ranges() - take all ranges from a DAX device
 * @dev_dax: device of cxl_core_dax_device() that no driver has or gets
 *
 * It can have others by cxl_core_dax_add_range().
 *
 * Context: as cxl_core_dax_add_range(), in a kernel thread: nobody kills it.
 * Return: 0 or a negative errno.
 */
static inline int cxl_core_dax_drop_ranges(struct dev_dax *dev_dax)
{
	ssize_t rc = cxl_core_store(&dev_dax->dev, "size", "0", 1);

	return rc < 0 ? rc : 0;
}

/**
 * cxl_core_dax_open() - let whoever wants bind a driver to a DAX device
 * @dev_dax: device of cxl_core_dax_device() that has all of its ranges
 * @id: its number
 */
static inline void cxl_core_dax_open(struct dev_dax *dev_dax, int id)
{
	dev_dax->id = id;
}

/**
 * cxl_core_dax_announce() - let drivers have a DAX device, now
 * @dev_dax: device of cxl_core_dax_device() that has all of its ranges
 * @id: its number
 *
 * Without a driver for it, one that is loaded later gets it.
 *
 * Return: as device_attach().
 */
static inline int cxl_core_dax_announce(struct dev_dax *dev_dax, int id)
{
	cxl_core_dax_open(dev_dax, id);
	return device_attach(&dev_dax->dev);
}

/**
 * cxl_core_dax_close() - let no driver have a DAX device any more
 * @dev_dax: device of cxl_core_dax_device()
 *
 * Context: its device lock is held. A driver that has it keeps it.
 */
static inline void cxl_core_dax_close(struct dev_dax *dev_dax)
{
	dev_dax->id = -1;
}

/**
 * cxl_core_dax_is_open() - whether anyone has a DAX device open
 * @dev_dax: device of cxl_core_dax_device() that device_dax has
 *
 * A mapping counts as well: it keeps the file open.
 *
 * Context: its device lock is held.
 */
static inline bool cxl_core_dax_is_open(struct dev_dax *dev_dax)
{
	/* device_dax has one reference, and each open file one */
	return kref_read(&dev_dax->dax_dev->cdev.kobj.kref) > 1;
}

/**
 * cxl_core_dax_shut() - let nobody open a DAX device
 * @dev_dax: device of cxl_core_dax_device() that device_dax has
 *
 * Who opens it takes a reference before it looks for operations, and fails with ENXIO
 * if it finds none. So whoever is not seen by a cxl_core_dax_is_open() that follows
 * cannot open it, until cxl_core_dax_open_again() or a driver is bound.
 *
 * Context: its device lock is held.
 * Return: what cxl_core_dax_open_again() needs.
 */
static inline const struct file_operations *cxl_core_dax_shut(struct dev_dax *dev_dax)
{
	/* a full barrier as well */
	return xchg(&dev_dax->dax_dev->cdev.ops, NULL);
}

/* Undo cxl_core_dax_shut(). */
static inline void cxl_core_dax_open_again(struct dev_dax *dev_dax,
					   const struct file_operations *ops)
{
	WRITE_ONCE(dev_dax->dax_dev->cdev.ops, ops);
}

/**
 * cxl_core_dax_hand_over() - give what the driver of a DAX device has to another device
 * @dev_dax: device of cxl_core_dax_device(), not alive
 * @to: initialized device; all of it goes with the last reference to that
 *
 * The driver can be unbound then, and the pages stay.
 *
 * Context: the device lock of @dev_dax is held. The caller keeps a reference to it, and
 * the driver's module, until @to has gone.
 */
static inline void cxl_core_dax_hand_over(struct dev_dax *dev_dax, struct device *to)
{
	struct device *from = &dev_dax->dev;
	unsigned long flags;

	/* sparse of 6.12 cannot follow a guard through the callers' */
	spin_lock_irqsave(&from->devres_lock, flags);
	list_splice_tail_init(&from->devres_head, &to->devres_head);
	spin_unlock_irqrestore(&from->devres_lock, flags);
}

/**
 * cxl_core_dax_gone() - give a removed DAX device's number and name back
 * @dev_dax: device that the bus has unregistered, with a reference held
 * @id: its number
 */
static inline void cxl_core_dax_gone(struct dev_dax *dev_dax, int id)
{
	cxl_core_dax_forget(dev_dax);
	dev_dax->id = id;
	put_device(&dev_dax->dev);
}

/**
 * cxl_core_dax_owner() - which device of the DAX bus is being opened
 * @dax: any DAX device
 *
 * Unlike dax_get_private() this tells of a device that goes away as well. Who opens it
 * has its character device, which holds the device of the bus. For anyone else that
 * may be freed. Of a device of others nothing but that itself is looked at.
 *
 * Return: the device if it is one of cxl_core_dax_device(), else NULL.
 */
static inline struct dev_dax *cxl_core_dax_owner(struct dax_device *dax)
{
	/* those of the bus have no operations, but those of block devices do */
	struct dev_dax *dev_dax = dax->ops ? NULL : dax->private;

	if (!dev_dax || !kref_read(&dax->cdev.kobj.kref))
		return NULL;
	return dev_dax->dev.platform_data == THIS_MODULE ? dev_dax : NULL;
}

/* Where the mappings of a DAX device are found. */
static inline struct address_space *cxl_core_dax_mapping(struct dev_dax *dev_dax)
{
	return dax_inode(dev_dax->dax_dev)->i_mapping;
}

#endif /* __CXL_CORE_DAX_H__ */
