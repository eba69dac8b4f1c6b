/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_CORE_CORE_H__
#define __CXL_CORE_CORE_H__

/*
 * The version fence: the one way into the CXL core's private interface. Types
 * and prototypes are generated from the BTF of the kernel at hand (btf2h);
 * this header adds what BTF does not have, the macros, and a thin layer that
 * gives calls whose form differs between kernels one name and form. Nothing
 * outside include/cxl/core/ and the redirect tables may know a version.
 */
#include <linux/bits.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/idr.h>
#include <linux/ioport.h>
#include <linux/kstrtox.h>
#include <linux/memregion.h>
#include <linux/mutex.h>
#include <linux/node.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/range.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <uapi/linux/cxl_mem.h>
#include <cxl/event.h>
#include <cxl/mailbox.h>

/* A typedef that the generated types of 6.12 use; btf2h writes no typedefs. */
struct cxl_root_decoder;
typedef u64 (*cxl_hpa_to_spa_fn)(struct cxl_root_decoder *cxlrd, u64 hpa);

#include "generated.h"

#define CXL_RESOURCE_NONE	((resource_size_t)-1)

/* struct cxl_decoder flags */
#define CXL_DECODER_F_RAM	BIT(0)
#define CXL_DECODER_F_TYPE3	BIT(3)
#define CXL_DECODER_F_ENABLE	BIT(5)

/* struct cxl_driver ids */
#define CXL_DEVICE_DAX_REGION	8

/* Event Status register, CXL 3.1 8.2.8.3.1 */
#define CXLDEV_EVENT_STATUS_ALL	GENMASK(3, 0)

extern const struct bus_type cxl_bus_type;

/* A string where the macro took a bare word before 6.13: same result. */
#define CXL_CORE_IMPORT_NS(ns)	MODULE_INFO(import_ns, ns)

#define cxl_core_driver_register(drv) \
	__cxl_driver_register(drv, THIS_MODULE, KBUILD_MODNAME)

/**
 * cxl_core_driver_id() - for which kind of devices a driver of the CXL bus is
 * @drv: any driver of that bus
 *
 * Return: one of the ids above, or another that the core has.
 */
static inline int cxl_core_driver_id(const struct device_driver *drv)
{
	return container_of(drv, struct cxl_driver, drv)->id;
}

/**
 * cxl_core_module() - the module that is the CXL core
 *
 * Of the core's drivers that of regions is in the core itself, and says so.
 *
 * Return: NULL if the core is built in.
 */
static inline struct module *cxl_core_module(void)
{
	struct device_driver *drv = driver_find("cxl_region", &cxl_bus_type);

	return drv ? drv->owner : NULL;
}

static inline struct cxl_memdev *to_cxl_memdev(struct device *dev)
{
	return container_of(dev, struct cxl_memdev, dev);
}

static inline struct cxl_memdev_state *
to_cxl_memdev_state(struct cxl_dev_state *cxlds)
{
	if (cxlds->type != CXL_DEVTYPE_CLASSMEM)
		return NULL;
	return container_of(cxlds, struct cxl_memdev_state, cxlds);
}

static inline struct cxl_region *to_cxl_region(struct device *dev)
{
	return container_of(dev, struct cxl_region, dev);
}

static inline struct cxl_endpoint_decoder *to_cxl_endpoint_decoder(struct device *dev)
{
	return container_of(dev, struct cxl_endpoint_decoder, cxld.dev);
}

static inline bool is_cxl_endpoint(struct cxl_port *port)
{
	return is_cxl_memdev(port->uport_dev);
}

/**
 * cxl_core_set_driver_override() - have a platform device take one driver only
 * @pdev: device that is not registered yet
 * @driver: the driver's name, which is copied
 *
 * 6.12 has this in the device, not in each bus, only since one of its point releases.
 *
 * Return: 0 or a negative errno.
 */
static inline int cxl_core_set_driver_override(struct platform_device *pdev, const char *driver)
{
#ifdef CXL_CORE_HAS_device_driver_override
	return device_set_driver_override(&pdev->dev, driver);
#else
	return driver_set_override(&pdev->dev, &pdev->driver_override, driver, strlen(driver));
#endif
}

/**
 * cxl_core_add_root() - register the root of a CXL topology
 * @host: bound device that owns the topology
 * @ops: callbacks of the root; must live as long as @host is bound
 *
 * Return: the root, removed when @host is unbound, or an ERR_PTR().
 */
static inline struct cxl_root *
cxl_core_add_root(struct device *host, const struct cxl_root_ops *ops)
{
#if CXL_CORE_ARGS_devm_cxl_add_root == 2
	return devm_cxl_add_root(host, ops);
#else
	struct cxl_root *root = devm_cxl_add_root(host);

	if (!IS_ERR(root))
		root->ops = *ops;
	return root;
#endif
}

/**
 * cxl_core_decoder_add() - add a root or endpoint decoder, or a switch decoder
 * @cxld: decoder
 * @port_id: id of the downstream port that is its one target until a region has
 *           others, unused for endpoints
 *
 * Context: takes the device lock of the port that owns @cxld.
 * Return: 0 or a negative errno.
 */
static inline int cxl_core_decoder_add(struct cxl_decoder *cxld, int port_id)
{
#if CXL_CORE_ARGS_cxl_decoder_add == 2
	return cxl_decoder_add(cxld, &port_id);
#else
	cxld->target_map[0] = port_id;
	return cxl_decoder_add(cxld);
#endif
}

/**
 * cxl_core_decoder_add_locked() - as cxl_core_decoder_add(), port lock held
 * @cxld: decoder
 * @port_id: id of the downstream port that is its one target until a region has
 *           others, unused for endpoints
 *
 * Context: the device lock of the port that owns @cxld is held.
 * Return: 0 or a negative errno.
 */
static inline int cxl_core_decoder_add_locked(struct cxl_decoder *cxld,
					      int port_id)
{
#if CXL_CORE_ARGS_cxl_decoder_add_locked == 2
	return cxl_decoder_add_locked(cxld, &port_id);
#else
	cxld->target_map[0] = port_id;
	return cxl_decoder_add_locked(cxld);
#endif
}

/**
 * cxl_core_memdev_state_create() - allocate the state of a class memory device
 * @dev: device that the state is bound to
 * @serial: its serial number
 *
 * Return: the state, freed when @dev is unbound, or an ERR_PTR().
 */
static inline struct cxl_memdev_state *
cxl_core_memdev_state_create(struct device *dev, u64 serial)
{
	struct cxl_memdev_state *mds;

#if CXL_CORE_ARGS_cxl_memdev_state_create == 1
	mds = cxl_memdev_state_create(dev);
	if (!IS_ERR(mds))
		mds->cxlds.serial = serial;
#else
	mds = cxl_memdev_state_create(dev, serial, 0);
#endif
	return mds;
}

/*
 * A core that finds the partition of Dynamic Capacity may do that for no device: it
 * says for each whether it does. Linux 7.4 has the field and leaves it false.
 */
#if defined(CXL_CORE_ARGS_cxl_configure_dcd) && \
	defined(CXL_CORE_HAS_cxl_memdev_state_dcd_supported)
#define CXL_CORE_KNOWS_DCD	1
#else
#define CXL_CORE_KNOWS_DCD	0
#endif

/**
 * cxl_core_handles_dcd() - whether the core itself uses a device's Dynamic Capacity
 * @mds: device state, with its commands enumerated
 *
 * Return: true if the core finds the partition, reads the events and has the extents.
 */
static inline bool cxl_core_handles_dcd(const struct cxl_memdev_state *mds)
{
#if CXL_CORE_KNOWS_DCD
	return mds->dcd_supported;
#else
	return false;
#endif
}

static inline void cxl_core_configure_dcd(struct cxl_memdev_state *mds,
					  struct cxl_dpa_info *info)
{
#if CXL_CORE_KNOWS_DCD
	if (cxl_core_handles_dcd(mds))
		cxl_configure_dcd(mds, info);
#endif
}

/**
 * cxl_core_dpa_setup() - find a memory device's partitions and set them up
 * @mds: device state, identified
 *
 * Dynamic Capacity is one of them where the core handles it.
 *
 * Return: 0 or a negative errno; the device cannot be used after an error.
 */
static inline int cxl_core_dpa_setup(struct cxl_memdev_state *mds)
{
#ifdef CXL_CORE_ARGS_cxl_mem_dpa_fetch
	struct cxl_dpa_info info = {};
	int rc;

	rc = cxl_mem_dpa_fetch(mds, &info);
	if (rc)
		return rc;
	cxl_core_configure_dcd(mds, &info);
	return cxl_dpa_setup(&mds->cxlds, &info);
#else
	return cxl_mem_create_range_info(mds);
#endif
}

/**
 * cxl_core_add_memdev() - register a memory device with the core
 * @cxlds: device state, partitions set up
 *
 * Return: the memdev, removed when @cxlds->dev is unbound, or an ERR_PTR().
 */
static inline struct cxl_memdev *cxl_core_add_memdev(struct cxl_dev_state *cxlds)
{
#ifdef CXL_CORE_ARGS_devm_cxl_add_memdev
	return devm_cxl_add_memdev(cxlds->dev, cxlds);
#else
	/* in cxl_mem.ko, whose BTF is not in the headers */
	struct cxl_memdev *devm_cxl_add_classdev(struct cxl_dev_state *cxlds);

	return devm_cxl_add_classdev(cxlds);
#endif
}

/* One of any group where @group is NULL. */
static inline struct device_attribute *
__cxl_core_attribute(struct device *dev, const char *group, const char *name)
{
	const struct attribute_group **groups = dev->type->groups;

	for (; groups && *groups; groups++) {
		if (group && (!(*groups)->name || strcmp((*groups)->name, group)))
			continue;
		for (struct attribute **attr = (*groups)->attrs; attr && *attr; attr++)
			if (!strcmp((*attr)->name, name))
				return container_of(*attr, struct device_attribute, attr);
	}
	return NULL;
}

/**
 * cxl_core_attribute() - an attribute that a device has by its type
 * @dev: the device
 * @name: of the attribute
 *
 * Return: the attribute, or NULL.
 */
static inline struct device_attribute *
cxl_core_attribute(struct device *dev, const char *name)
{
	return __cxl_core_attribute(dev, NULL, name);
}

/**
 * cxl_core_group_attribute() - an attribute in a directory that a device has by its type
 * @dev: the device
 * @group: the directory
 * @name: of the attribute
 *
 * Return: the attribute, or NULL.
 */
static inline struct device_attribute *
cxl_core_group_attribute(struct device *dev, const char *group, const char *name)
{
	return __cxl_core_attribute(dev, group, name);
}

/**
 * cxl_core_show() - read an attribute that a device has by its type
 * @dev: the device
 * @name: of the attribute
 * @buf: a page, for its text
 *
 * Return: length of the text; -EOPNOTSUPP if there is no such attribute to read, or another
 * negative errno.
 */
static inline ssize_t cxl_core_show(struct device *dev, const char *name, char *buf)
{
	struct device_attribute *attr = cxl_core_attribute(dev, name);

	return attr && attr->show ? attr->show(dev, attr, buf) : -EOPNOTSUPP;
}

/**
 * cxl_core_store() - write an attribute that a device has by its type
 * @dev: the device
 * @name: of the attribute
 * @buf: the text
 * @len: its length
 *
 * Return: @len; -EOPNOTSUPP if there is no such attribute to write, or another negative
 * errno.
 */
static inline ssize_t cxl_core_store(struct device *dev, const char *name, const char *buf,
				     size_t len)
{
	struct device_attribute *attr = cxl_core_attribute(dev, name);

	return attr && attr->store ? attr->store(dev, attr, buf, len) : -EOPNOTSUPP;
}

static inline int cxl_core_read(struct device *dev, const char *name, char *page, u64 *value)
{
	ssize_t len = cxl_core_show(dev, name, page);

	return len < 0 ? len : kstrtou64(page, 0, value);
}

/**
 * cxl_core_decoder_dpa() - which DPAs an endpoint decoder maps
 * @cxled: the decoder
 * @range: set to them
 *
 * As a device goes, its decoders lose their DPAs before they are taken from their
 * regions, and the lock that guards that is the core's own. Its attributes take it.
 *
 * Context: takes the core's lock of DPAs.
 * Return: 0; -ENXIO if there are none, or another negative errno.
 */
static inline int cxl_core_decoder_dpa(struct cxl_endpoint_decoder *cxled,
				       struct range *range)
{
	char *page = (char *)get_zeroed_page(GFP_KERNEL);
	u64 start, size;
	int rc;

	if (!page)
		return -ENOMEM;
	rc = cxl_core_read(&cxled->cxld.dev, "dpa_resource", page, &start) ?:
	     cxl_core_read(&cxled->cxld.dev, "dpa_size", page, &size);
	free_page((unsigned long)page);
	if (rc)
		return rc;
	if (start == CXL_RESOURCE_NONE || !size)
		return -ENXIO;
	*range = (struct range) { .start = start, .end = start + size - 1 };
	return 0;
}

/**
 * cxl_core_invalidate_caches() - drop what CPU caches have of all memory
 *
 * The importer of this needs the namespace DEVMEM.
 *
 * Return: 0; -ENXIO if this machine cannot, as under a hypervisor; another negative
 * errno.
 */
static inline int cxl_core_invalidate_caches(void)
{
	if (!cpu_cache_has_invalidate_memregion())
		return -ENXIO;
#if CXL_CORE_ARGS_cpu_cache_invalidate_memregion == 2
	return cpu_cache_invalidate_memregion(0, -1);
#else
	return cpu_cache_invalidate_memregion(IORES_DESC_CXL);
#endif
}

#endif /* __CXL_CORE_CORE_H__ */
