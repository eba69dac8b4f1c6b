// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DAX region of a CXL region over Dynamic Capacity. Without an extent
 * there is no memory in it, so the stock driver, which takes all of a region
 * for memory and may online it, must not have it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/fw_table.h>
#include <linux/memory_hotplug.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/pci.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <cxl/core/dax.h>

#include "dcd.h"

/* Flag of a DSMAS structure: several hosts can share the memory, CDAT 1.03 */
#define DSMAS_SHARABLE		BIT(3)

static int dcd_dax_is_same(struct device *dev, const void *data)
{
	return dev == data;
}

/* A reference to a decoder, or NULL if it is gone, when only its address is used. */
static struct device *dcd_dax_get_decoder(const struct cxl_endpoint_decoder *cxled)
{
	if (!cxled)
		return NULL;
	return bus_find_device(&cxl_bus_type, NULL, &cxled->cxld.dev, dcd_dax_is_same);
}

/* A decoder keeps its port, but not the memdev. */
static struct cxl_port *dcd_dax_endpoint(const struct cxl_endpoint_decoder *cxled)
{
	return to_cxl_port(cxled->cxld.dev.parent);
}

/**
 * dcd_has_memory() - whether there is memory behind the capacity of a device
 * @dev: parent of the memdev
 *
 * Memory can be used once it is there, but what has none must not be mapped:
 * hardware has it, and a device that is none says so.
 */
bool dcd_has_memory(const struct device *dev)
{
	return dev_is_pci(dev) || device_property_present(dev, CXL_DCD_PROPERTY_MEMORY);
}

/* What the CDAT says of each DC region of a device. */
struct sharable {
	const struct dcd_memdev *dcd;
	bool of[CXL_DC_REGIONS_MAX];
};

static int dcd_dax_take_dsmas(union acpi_subtable_headers *header, void *data,
			      const unsigned long end)
{
	struct acpi_cdat_header *cdat = &header->cdat;
	struct acpi_cdat_dsmas *dsmas = (struct acpi_cdat_dsmas *)(cdat + 1);
	struct sharable *sharable = data;
	const struct dcd_memdev *dcd = sharable->dcd;

	if ((unsigned long)(dsmas + 1) > end ||
	    le16_to_cpu((__force __le16)cdat->length) != sizeof(*cdat) + sizeof(*dsmas))
		return -EINVAL;

	for (unsigned int i = 0; i < dcd->nr_regions; i++)
		if (dcd->regions[i].dsmad_handle == dsmas->dsmad_handle)
			sharable->of[i] = dsmas->flags & DSMAS_SHARABLE;
	return 0;
}

/**
 * dcd_read_sharable() - learn from an endpoint's CDAT which DC regions are sharable
 * @endpoint: the endpoint
 *
 * Context: the driver of @endpoint is being bound, with its CDAT read: later the table
 * may go at any time. No region uses the endpoint yet.
 */
void dcd_read_sharable(struct cxl_port *endpoint)
{
	struct dcd_memdev *dcd __free(dcd_memdev_put) = dcd_memdev_get(endpoint->uport_dev);
	struct sharable sharable = { .dcd = dcd };
	int rc;

	if (!dcd)
		return;
	rc = endpoint->cdat.table ?
		cdat_table_parse(ACPI_CDAT_TYPE_DSMAS, dcd_dax_take_dsmas, &sharable,
				 endpoint->cdat.table, endpoint->cdat.length) : 0;
	if (rc < 0) {
		/* entries before the invalid one are not trusted either */
		memset(sharable.of, 0, sizeof(sharable.of));
		dcd_complain(dcd, "invalid CDAT: no DC region is treated as sharable\n");
	}

	guard(mutex)(&dcd->lock);
	for (unsigned int i = 0; i < dcd->nr_regions; i++)
		dcd->regions[i].sharable = sharable.of[i];
}

static int dcd_dax_target_node(u64 hpa)
{
	int node = phys_to_target_node(hpa);

	return node == NUMA_NO_NODE ? memory_add_physaddr_to_nid(hpa) : node;
}

static void dcd_dax_free(struct device *dev, void *data)
{
	struct dcd_dax_region *region = data;

	ida_destroy(&region->extent_ids);
	xa_destroy(&region->daxes);
	dcd_memdev_put(region->dcd);
}

/**
 * dcd_dax_to_region() - what this module has of a DAX region
 * @dev: the DAX region's device
 *
 * Context: it is bound to dcd_dax_region_driver.
 * Return: NULL if it uses no capacity.
 */
struct dcd_dax_region *dcd_dax_to_region(struct device *dev)
{
	return devres_find(dev, dcd_dax_free, NULL, NULL);
}

/*
 * Which DPAs a region has. Return 0, or a negative errno after a line in the log. With an
 * extended linear cache a region begins with memory that is not the device's: then its
 * addresses do not tell DPAs.
 */
static int dcd_dax_dpa(struct cxl_dax_region *cxlr_dax, struct cxl_endpoint_decoder *cxled,
		       struct range *dpa)
{
	struct device *dev = &cxlr_dax->dev;
	int rc = cxl_core_decoder_dpa(cxled, dpa);

	if (rc == -ENXIO)
		dev_err(dev, "endpoint decoder no longer maps capacity: region cannot use extents\n");
	else if (rc)
		dev_err(dev, "cannot read the DPA range of the endpoint decoder: error %d: region cannot use extents, create it again\n",
			rc);
	if (rc || range_len(dpa) == range_len(&cxlr_dax->hpa_range))
		return rc;
	dev_err(dev, "%#llx bytes of HPA map %#llx bytes of DPA, as with an extended linear cache: region cannot use extents, disable that cache in the firmware\n",
		range_len(&cxlr_dax->hpa_range), range_len(dpa));
	return -EOPNOTSUPP;
}

static struct dcd_dax_region *dcd_dax_alloc(struct dcd_memdev *dcd,
					    struct cxl_dax_region *cxlr_dax,
					    const struct range *dpa)
{
	struct dcd_dax_region *region = devres_alloc(dcd_dax_free, sizeof(*region), GFP_KERNEL);

	if (!region)
		return NULL;
	region->dev = &cxlr_dax->dev;
	region->range = *dpa;
	region->hpa = cxlr_dax->hpa_range.start;
	region->backed = dcd_has_memory(dcd->cxlds->dev);
	INIT_LIST_HEAD(&region->groups);
	INIT_LIST_HEAD(&region->untagged);
	INIT_LIST_HEAD(&region->seeds);
	xa_init(&region->daxes);
	ida_init(&region->extent_ids);
	return region;
}

/* Takes over the use of @dcd. */
static void dcd_dax_start(struct dcd_memdev *dcd, struct cxl_endpoint_decoder *cxled,
			  struct cxl_dax_region *cxlr_dax)
{
	struct dcd_memdev *used __free(dcd_memdev_put) = dcd;
	struct device *dev = &cxlr_dax->dev;
	struct dcd_dax_region *region;
	struct range range;

	if (dcd_dax_dpa(cxlr_dax, cxled, &range))
		return;
	region = dcd_dax_alloc(dcd, cxlr_dax, &range);
	if (!region) {
		dev_err(dev, "out of memory: region cannot use extents\n");
		return;
	}

	region->dax_region = cxl_core_dax_region(dev, cxlr_dax->cxlr->id, &cxlr_dax->hpa_range,
						 dcd_dax_target_node(region->hpa));
	if (!region->dax_region) {
		dev_err(dev, "cannot register a DAX region for %#llx-%#llx, out of memory or range in use: region cannot use extents, create it again\n",
			cxlr_dax->hpa_range.start, cxlr_dax->hpa_range.end);
		devres_free(region);
		return;
	}
	region->dcd = no_free_ptr(used);
	devres_add(dev, region);

	dcd_region_attach(region);
}

/*
 * Tried before the stock driver, which gets the region if this does not want
 * it, or fails. So a region over Dynamic Capacity is never refused.
 *
 * A decoder may be taken from the region at any time, and then go with its device:
 * nobody who removes that has to wait for this. So what is found by a decoder counts
 * only if the region has it still.
 */
static int dcd_dax_region_probe(struct device *dev)
{
	struct cxl_dax_region *cxlr_dax = to_cxl_dax_region(dev);
	struct cxl_region_params *params = &cxlr_dax->cxlr->params;

	for (int i = 0; i < params->interleave_ways; i++) {
		struct cxl_endpoint_decoder *cxled = READ_ONCE(params->targets[i]);
		struct device *decoder __free(put_device) = dcd_dax_get_decoder(cxled);
		struct dcd_memdev *dcd __free(dcd_memdev_put) = decoder ?
			dcd_memdev_get(dcd_dax_endpoint(cxled)->uport_dev) : NULL;

		/* it is unknown whose capacity it was: no driver gets the region */
		if (!decoder || READ_ONCE(params->targets[i]) != cxled)
			return 0;
		if (!dcd)
			continue;
		if (params->interleave_ways > 1)
			dev_err(dev, "Dynamic Capacity of %d devices is interleaved: region cannot use extents, create one over a single device\n",
				params->interleave_ways);
		else
			dcd_dax_start(no_free_ptr(dcd), cxled, cxlr_dax);
		return 0;
	}
	return -ENODEV;
}

/* The region may have lost its decoder already, so it is not asked anything. */
static void dcd_dax_region_remove(struct device *dev)
{
	struct dcd_dax_region *region = dcd_dax_to_region(dev);

	if (region)
		dcd_region_detach(region);
}

struct cxl_driver dcd_dax_region_driver = {
	.name = "cxl_dcd_dax_region",
	.probe = dcd_dax_region_probe,
	.remove = dcd_dax_region_remove,
	.id = CXL_DEVICE_DAX_REGION,
	.drv = {
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

/* Whether the stock driver was there when this module was loaded, and is tried first. */
static bool stock_is_first;

/**
 * dcd_dax_is_first() - whether regions are offered to this module first
 *
 * Return: false if the stock driver gets them.
 */
bool dcd_dax_is_first(void)
{
	return !stock_is_first;
}

/**
 * dcd_dax_order_check() - whether the stock driver would be tried first
 *
 * Drivers are tried in the order in which they came, but those that prefer to
 * probe asynchronously last. Where the core may handle Dynamic Capacity itself, only
 * devices for which it does not are concerned, and dcd_partition() refuses those.
 *
 * The stock driver also tells whether the number of a DAX region's driver, a macro, is
 * the same in this kernel.
 *
 * Return: 0, or -EBUSY or -EOPNOTSUPP after a line in the log.
 */
int dcd_dax_order_check(void)
{
	struct device_driver *stock = driver_find("cxl_dax_region", &cxl_bus_type);

	if (stock && cxl_core_driver_id(stock) != CXL_DEVICE_DAX_REGION) {
		pr_err("the driver of DAX regions has id %d in this kernel, not %d: see CXL_DEVICE_DAX_REGION in include/cxl/core/core.h\n",
		       cxl_core_driver_id(stock), CXL_DEVICE_DAX_REGION);
		return -EOPNOTSUPP;
	}
	stock_is_first = stock && stock->probe_type != PROBE_PREFER_ASYNCHRONOUS;
	if (!stock_is_first || CXL_CORE_KNOWS_DCD)
		return 0;

	pr_err("dax_cxl was loaded first and would treat regions without extents as memory: modprobe -r dax_cxl, load cxl_dcd, then dax_cxl if needed\n");
	return -EBUSY;
}
