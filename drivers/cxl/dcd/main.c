// SPDX-License-Identifier: GPL-2.0-only
/*
 * cxl_dcd: the host's side of Dynamic Capacity on a stock CXL core.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/sysfs.h>
#include <cxl/core/layout.h>

#include "dcd.h"

/* Attributes come and go with the memdev: before anybody is told, and before it is gone. */
static int dcd_memdev_event(struct device *dev, unsigned long action)
{
	struct dcd_memdev *dcd;

	if (action != BUS_NOTIFY_ADD_DEVICE && action != BUS_NOTIFY_DEL_DEVICE)
		return NOTIFY_DONE;
	dcd = is_cxl_memdev(dev) ? dcd_memdev_find(to_cxl_memdev(dev)->cxlds) : NULL;
	if (!dcd)
		return NOTIFY_DONE;

	if (action == BUS_NOTIFY_DEL_DEVICE) {
		dcd_events_stop(dcd);
		sysfs_remove_groups(&dev->kobj, dcd_memdev_groups);
		return NOTIFY_OK;
	}
	if (sysfs_create_groups(&dev->kobj, dcd_memdev_groups))
		dev_warn(dev, "cannot create the Dynamic Capacity attributes: out of memory?\n");
	dcd_events_start(dcd);
	return NOTIFY_OK;
}

/*
 * The first decoder of an endpoint comes while the port's driver is being bound, with the
 * CDAT read, and before a region can use it. As long as that lasts the CDAT stays.
 */
static void dcd_decoder_event(struct device *dev, unsigned long action)
{
	if (action == BUS_NOTIFY_ADD_DEVICE && !to_cxl_endpoint_decoder(dev)->cxld.id)
		dcd_read_sharable(to_cxl_port(dev->parent));
}

static int dcd_bus_event(struct notifier_block *nb, unsigned long action, void *data)
{
	dcd_modes_event(data, action);
	if (!is_endpoint_decoder(data))
		return dcd_memdev_event(data, action);
	dcd_decoder_event(data, action);
	return NOTIFY_OK;
}

static struct notifier_block cxl_bus_notifier = {
	.notifier_call = dcd_bus_event,
};

/*
 * A device that came before this module has the partitions that it has. The memdev of
 * an accelerator need not have a mailbox.
 */
static int dcd_report_early_memdev(struct device *dev, void *data)
{
	struct cxl_memdev_state *mds;
	struct cxl_dev_state *cxlds;

	if (!is_cxl_memdev(dev))
		return 0;

	guard(device)(dev->parent);
	cxlds = to_cxl_memdev(dev)->cxlds;
	mds = cxlds ? to_cxl_memdev_state(cxlds) : NULL;
	if (!mds || !cxlds->media_ready || dcd_steps_aside(mds))
		return 0;
	if (dcd_lists_commands(&cxlds->cxl_mbox) == 1)
		dev_info(dev, "Dynamic Capacity not used: device was probed before cxl_dcd was loaded: unbind %s from its driver and bind it again\n",
			 dev_name(dev->parent));
	return 0;
}

static int __init cxl_dcd_init(void)
{
	int rc;

	rc = cxl_core_check_layout();
	if (rc)
		return rc;

	rc = dcd_dax_order_check();
	if (rc)
		return rc;

	rc = dcd_offline_init();
	if (rc)
		return rc;

	rc = cxl_core_driver_register(&dcd_dax_region_driver);
	if (rc)
		goto err_offline;

	rc = bus_register_notifier(&cxl_bus_type, &cxl_bus_notifier);
	if (rc)
		goto err_driver;

	dcd_modes_init();
	bus_for_each_dev(&cxl_bus_type, NULL, NULL, dcd_report_early_memdev);

	rc = cxl_redirect_register(&dcd_redirects);
	if (rc)
		goto err_notifier;
	return 0;

err_notifier:
	bus_unregister_notifier(&cxl_bus_type, &cxl_bus_notifier);
	dcd_modes_exit();
err_driver:
	cxl_driver_unregister(&dcd_dax_region_driver);
err_offline:
	dcd_offline_exit();
	return rc;
}
module_init(cxl_dcd_init);

/* No memdev has a partition of ours any more: each pins this module. */
static void __exit cxl_dcd_exit(void)
{
	cxl_redirect_unregister(&dcd_redirects);
	bus_unregister_notifier(&cxl_bus_type, &cxl_bus_notifier);
	dcd_modes_exit();
	cxl_driver_unregister(&dcd_dax_region_driver);
	dcd_offline_exit();
}
module_exit(cxl_dcd_exit);

MODULE_DESCRIPTION("CXL: Dynamic Capacity on a stock CXL core");
MODULE_LICENSE("GPL");
CXL_CORE_IMPORT_NS("CXL");
CXL_CORE_IMPORT_NS("DEVMEM");
