// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DAX region of a CXL region over Dynamic Capacity. Without an extent
 * there is no memory in it, so the stock driver, which takes all of a region
 * for memory and may online it, must not have it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/module.h>

#include "dcd.h"

/* Whether a region's capacity is Dynamic Capacity. */
static bool is_dynamic(struct cxl_region *cxlr)
{
	struct cxl_endpoint_decoder *cxled = cxlr->params.targets[0];
	struct cxl_port *endpoint;

	if (!cxled)
		return false;
	endpoint = to_cxl_port(cxled->cxld.dev.parent);
	return dcd_memdev_find(to_cxl_memdev(endpoint->uport_dev)->cxlds);
}

/*
 * Tried before the stock driver, which gets the region if this does not want
 * it. The region is committed and stays so while its DAX region exists.
 */
static int dcd_dax_region_probe(struct device *dev)
{
	return is_dynamic(to_cxl_dax_region(dev)->cxlr) ? 0 : -ENODEV;
}

struct cxl_driver dcd_dax_region_driver = {
	.name = "cxl_dcd_dax_region",
	.probe = dcd_dax_region_probe,
	.id = CXL_DEVICE_DAX_REGION,
	.drv = {
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

/**
 * dcd_dax_order_check() - whether the stock driver would be tried first
 *
 * Drivers are tried in the order in which they came, but those that prefer to
 * probe asynchronously last.
 *
 * Return: 0, or -EBUSY after a line in the log.
 */
int dcd_dax_order_check(void)
{
	struct device_driver *stock = driver_find("cxl_dax_region", &cxl_bus_type);

	if (!stock || stock->probe_type == PROBE_PREFER_ASYNCHRONOUS)
		return 0;

	pr_err("dax_cxl was loaded before and would take regions without memory for memory: modprobe -r dax_cxl, load cxl_dcd, then dax_cxl if you need it\n");
	return -EBUSY;
}
