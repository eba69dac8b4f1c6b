// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stands for the stock driver of DAX regions, of a kernel in which that has another number
 * or is tried before cxl_dcd's. It takes each region that it is offered.
 */
#include <linux/module.h>
#include <cxl/core/core.h>

static int id = CXL_DEVICE_DAX_REGION;
module_param(id, int, 0444);
MODULE_PARM_DESC(id, "Number of the driver, that of DAX regions if nothing is said");

static bool asynchronous;
module_param(asynchronous, bool, 0444);
MODULE_PARM_DESC(asynchronous, "Whether the driver prefers to probe asynchronously");

static int dax_stranger_probe(struct device *dev)
{
	return 0;
}

static struct cxl_driver dax_stranger_driver = {
	.name = "cxl_dax_region",
	.probe = dax_stranger_probe,
};

static int __init cxl_dax_stranger_init(void)
{
	dax_stranger_driver.id = id;
	if (asynchronous)
		dax_stranger_driver.drv.probe_type = PROBE_PREFER_ASYNCHRONOUS;
	return cxl_core_driver_register(&dax_stranger_driver);
}
module_init(cxl_dax_stranger_init);

static void __exit cxl_dax_stranger_exit(void)
{
	cxl_driver_unregister(&dax_stranger_driver);
}
module_exit(cxl_dax_stranger_exit);

CXL_CORE_IMPORT_NS("CXL");
MODULE_DESCRIPTION("CXL selftest: another driver of DAX regions");
MODULE_LICENSE("GPL");
