// SPDX-License-Identifier: GPL-2.0-only
/*
 * The topology of a mock device: root, host bridge, root ports and memory
 * devices, each a platform device. The core finds its way from a memdev up by
 * the parents of these devices, two steps a port.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "mock.h"

#define ROOT_DRIVER	"cxl_mock_dcd_root"
#define MEM_DRIVER	"cxl_mock_dcd"

/* Marks the platform devices that are ours. */
static const struct device_type cxl_mock_type = {
	.name = "cxl_mock_dcd",
};

/**
 * struct mock_node - what a platform device of ours is
 * @mock: the mock device that it belongs to
 * @driver: the driver that it is for, NULL: none
 */
struct mock_node {
	struct cxl_mock *mock;
	const char *driver;
};

/**
 * to_cxl_mock() - the mock device that a device belongs to
 * @dev: any device
 *
 * Return: the mock, NULL if @dev is not one of its platform devices.
 */
struct cxl_mock *to_cxl_mock(struct device *dev)
{
	if (!dev || dev->type != &cxl_mock_type)
		return NULL;
	return ((struct mock_node *)dev_get_platdata(dev))->mock;
}

/**
 * cxl_mock_of_driver() - the mock device that a driver is to be bound to
 * @pdev: any platform device, by driver_override in sysfs
 *
 * Return: the mock, NULL after a line in the log if @pdev is not the one of its
 * platform devices that the driver is for. Names do not tell: the bus may be named like
 * the driver of the memory device.
 */
struct cxl_mock *cxl_mock_of_driver(struct platform_device *pdev)
{
	const char *driver = pdev->dev.driver->name;
	struct cxl_mock *mock = to_cxl_mock(&pdev->dev);

	if (mock) {
		const struct mock_node *node = dev_get_platdata(&pdev->dev);

		if (node->driver && !strcmp(node->driver, driver))
			return mock;
	}
	dev_err(&pdev->dev, "driver %s does not support this device: clear driver_override\n",
		driver);
	return NULL;
}

/*
 * The platform's part of QoS: memory has one class, whatever its performance. The
 * return value is the number of classes.
 */
static int qos_class(struct cxl_root *root, struct access_coordinate *coord,
		     int entries, int *class)
{
	*class = CXL_MOCK_QOS_CLASS;
	return 1;
}

static const struct cxl_root_ops root_ops = {
	.qos_class = qos_class,
};

/*
 * @window: what regions are allocated from; the first window's has the other's in it,
 * where nothing is free
 */
static int add_window(struct device *host, struct cxl_port *root, struct resource *window,
		      u64 size, int qos_class, int port_id)
{
	struct cxl_root_decoder *cxlrd;
	struct cxl_decoder *cxld;
	int rc;

	cxlrd = cxl_root_decoder_alloc(root, 1);
	if (IS_ERR(cxlrd))
		return PTR_ERR(cxlrd);

	cxlrd->res = window;
	cxlrd->qos_class = qos_class;
	cxld = &cxlrd->cxlsd.cxld;
	cxld->flags = CXL_DECODER_F_ENABLE | CXL_DECODER_F_RAM | CXL_DECODER_F_TYPE3;
	cxld->target_type = CXL_DECODER_HOSTONLYMEM;
	cxld->hpa_range = (struct range) {
		.start = window->start,
		.end = window->start + size - 1,
	};

	rc = cxl_core_decoder_add(cxld, port_id);
	if (rc) {
		put_device(&cxld->dev);
		return rc;
	}
	return cxl_decoder_autoremove(host, cxld);
}

static int add_windows(struct device *host, struct cxl_port *root, struct cxl_mock *mock,
		       int port_id)
{
	struct resource *other = &mock->other_window;
	u64 size = resource_size(&mock->window);
	int rc;

	if (other->parent)
		size -= resource_size(other);
	rc = add_window(host, root, &mock->window, size, CXL_MOCK_QOS_CLASS, port_id);
	if (rc || !other->parent)
		return rc;
	return add_window(host, root, other, resource_size(other), mock->config.qos_class,
			  port_id);
}

static int cxl_mock_root_probe(struct platform_device *pdev)
{
	struct cxl_mock *mock = cxl_mock_of_driver(pdev);
	struct device *host = &pdev->dev;
	const int bridge_id = 0;
	struct device *bridge;
	struct cxl_dport *dport;
	struct cxl_port *port;
	struct cxl_root *root;
	int rc;

	if (!mock)
		return -ENODEV;

	bridge = &mock->bridge->dev;
	root = cxl_core_add_root(host, &root_ops);
	if (IS_ERR(root))
		return PTR_ERR(root);

	dport = devm_cxl_add_dport(&root->port, bridge, bridge_id, CXL_RESOURCE_NONE);
	if (IS_ERR(dport))
		return PTR_ERR(dport);

	rc = add_windows(host, &root->port, mock, bridge_id);
	if (rc)
		return rc;

	port = devm_cxl_add_port(host, bridge, CXL_RESOURCE_NONE, dport);
	if (IS_ERR(port))
		return PTR_ERR(port);

	/* memdevs that came before their root try again */
	cxl_bus_rescan();
	return 0;
}

struct platform_driver cxl_mock_root_driver = {
	.probe = cxl_mock_root_probe,
	.driver = {
		.name = ROOT_DRIVER,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

/* Tells the host that the capacity is memory; without it, it must not be mapped. */
static const struct property_entry memory_properties[] = {
	PROPERTY_ENTRY_BOOL(CXL_DCD_PROPERTY_MEMORY),
	{ }
};

static struct platform_device *add_device(const struct mock_node *node, const char *name,
					  struct device *parent,
					  const struct property_entry *properties)
{
	/* user space sees the owner of the root as a bus, so it has a plain name */
	bool is_root = node->driver && !strcmp(node->driver, ROOT_DRIVER);
	struct platform_device *pdev;
	int rc;

	pdev = platform_device_alloc(name, is_root ? PLATFORM_DEVID_NONE : PLATFORM_DEVID_AUTO);
	if (!pdev)
		return ERR_PTR(-ENOMEM);

	pdev->dev.parent = parent;
	pdev->dev.type = &cxl_mock_type;
	rc = platform_device_add_data(pdev, node, sizeof(*node));
	if (!rc && node->driver)
		rc = cxl_core_set_driver_override(pdev, node->driver);
	if (!rc && properties)
		rc = device_create_managed_software_node(&pdev->dev, properties, NULL);
	if (!rc)
		rc = platform_device_add(pdev);
	if (rc) {
		platform_device_put(pdev);
		return ERR_PTR(rc);
	}
	return pdev;
}

static struct platform_device *add_bound_device(const struct mock_node *node,
						const char *name,
						struct device *parent,
						const struct property_entry *properties)
{
	struct platform_device *pdev = add_device(node, name, parent, properties);

	if (!IS_ERR(pdev) && !device_is_bound(&pdev->dev)) {
		pr_err("driver %s did not bind to its device: see the previous messages, or write 1 to /sys/bus/platform/drivers_autoprobe\n",
		       node->driver);
		platform_device_unregister(pdev);
		return ERR_PTR(-ENXIO);
	}
	return pdev;
}

static int add_port(struct cxl_mock *mock)
{
	const struct mock_node node = { .mock = mock };
	struct platform_device *pdev;

	pdev = add_device(&node, "cxl_mock_dcd_port", &mock->first->bridge->dev, NULL);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	mock->port = pdev;
	return cxl_mock_fm_create(mock);
}

static int add_mem(struct cxl_mock *mock)
{
	const struct mock_node node = { .mock = mock, .driver = MEM_DRIVER };
	struct platform_device *pdev;

	pdev = add_bound_device(&node, "cxl_mock_dcd", &mock->port->dev,
				mock->memory ? memory_properties : NULL);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	mock->mem = pdev;
	return cxl_mock_fm_link(mock, &pdev->dev);
}

/* The root ports are there before the bridge's port looks for them. */
static int add_devices(struct cxl_mock *first, const char *name)
{
	struct mock_node node = { .mock = first };
	unsigned int nr = first->config.devices;
	struct platform_device *pdev;
	int rc = 0;

	pdev = add_device(&node, "cxl_mock_dcd_bridge", NULL, NULL);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	first->bridge = pdev;

	for (unsigned int i = 0; !rc && i < nr; i++)
		rc = add_port(first->devices[i]);
	if (rc)
		return rc;

	node.driver = ROOT_DRIVER;
	pdev = add_bound_device(&node, name, NULL, NULL);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	first->root = pdev;

	for (unsigned int i = 0; !rc && i < nr; i++)
		rc = add_mem(first->devices[i]);
	return rc;
}

/* Add the extents that a host has accepted before, to the first device. */
static int add_present(struct cxl_mock *mock)
{
	const struct cxl_mock_config *config = &mock->config;

	for (unsigned int i = 0; i < config->nr_present; i++) {
		const struct cxl_dc_range *present = &config->present[i];
		enum cxl_mbox_rc rc;

		rc = cxl_mock_device_accept(&mock->device, present);
		if (rc) {
			pr_err("dc_extents: %#llx:%#llx:%pUb:%u: %s\n", present->start,
			       present->len, present->tag, present->seq,
			       mock->device.dc.reason);
			return cxl_mock_errno(rc);
		}
	}
	return 0;
}

static void free_mocks(struct cxl_mock *first)
{
	for (unsigned int i = 1; i < first->config.devices; i++)
		kvfree(first->devices[i]);
	kvfree(first);
}

/* Set up what each memory device under a window has of its own. */
static struct cxl_mock *alloc_mock(const struct cxl_mock_config *config, unsigned int index)
{
	struct cxl_mock *mock = kvzalloc(sizeof(*mock), GFP_KERNEL);

	if (!mock)
		return NULL;
	mock->config = *config;
	mock->config.serial = cxl_mock_config_serial(config, index);
	mock->index = index;
	mock->event_wait_ms = CXL_MOCK_EVENT_WAIT_MS;
	mutex_init(&mock->lock);
	init_waitqueue_head(&mock->clears);
	if (cxl_mock_has_serial(mock->config.serial))
		pr_warn("serial=%s: used by another mock device too, and cxl finds devices by it: give each device its own\n",
			cxl_mock_hex(mock->config.serial).text);
	return mock;
}

static void init_device(struct cxl_mock *mock)
{
	const struct cxl_mock_config *config = &mock->config;

	mock->memory = mock->first->memory;
	cxl_mock_device_init(&mock->device, &(struct cxl_dc_config) {
		.base = config->ram_size,
		.total_size = config->dc_total_size,
		.nr_regions = config->num_dc_regions,
		.block_size = config->dc_block_size,
		.sharable = config->sharable,
		.readonly = config->readonly,
		.backing = config->dc_backing,
		.memory = mock->memory,
		.max_extents = config->max_extents,
		.max_tags = config->max_tags,
	}, ktime_get_ns);
	mock->device.serial = config->serial;
	mock->device.poison.limit = config->poison_limit;
	mock->device.health.alerts.has = config->alerts;
}

/* Allocate the first device under a window and the others; none is visible yet. */
static struct cxl_mock *alloc_mocks(const struct cxl_mock_config *config)
{
	struct cxl_mock *first = alloc_mock(config, 0);

	if (!first)
		return NULL;
	first->first = first;
	first->devices[0] = first;
	for (unsigned int i = 1; i < config->devices; i++) {
		struct cxl_mock *mock = alloc_mock(config, i);

		if (!mock) {
			free_mocks(first);
			return NULL;
		}
		mock->first = first;
		first->devices[i] = mock;
	}
	return first;
}

/**
 * cxl_mock_create() - build a mock device, or several under one window
 * @config: the device, checked
 * @name: of its bus, which cxl list -b takes
 *
 * Return: the device, of several the first, or an ERR_PTR() after a line in the log.
 */
struct cxl_mock *cxl_mock_create(const struct cxl_mock_config *config, const char *name)
{
	struct cxl_mock *first = alloc_mocks(config);
	int rc;

	if (!first)
		return ERR_PTR(-ENOMEM);
	rc = cxl_mock_window_claim(first);
	if (rc) {
		free_mocks(first);
		return ERR_PTR(rc);
	}
	first->region_left = config->region_size;
	for (unsigned int i = 0; i < config->devices; i++)
		init_device(first->devices[i]);

	rc = add_present(first);
	if (rc) {
		cxl_mock_destroy(first);
		return ERR_PTR(rc);
	}
	rc = add_devices(first, name);
	if (rc) {
		pr_err("cannot create the device: error %d\n", rc);
		cxl_mock_destroy(first);
		return ERR_PTR(rc);
	}
	for (unsigned int i = 0; i < config->devices; i++)
		cxl_mock_debugfs_add(first->devices[i]);
	return first;
}

/**
 * cxl_mock_unplug() - remove the devices of a mock device
 * @first: what cxl_mock_create() returned
 *
 * The memdevs go before their topology, as if they were unplugged; regions that
 * exist go with the root.
 *
 * Context: waits for users whose pages cannot be taken from them.
 */
void cxl_mock_unplug(struct cxl_mock *first)
{
	unsigned int nr = first->config.devices;

	for (unsigned int i = 0; i < nr; i++) {
		debugfs_remove(first->devices[i]->debugfs);
		platform_device_unregister(first->devices[i]->mem);
	}
	platform_device_unregister(first->root);
	for (unsigned int i = 0; i < nr; i++) {
		cxl_mock_fm_destroy(first->devices[i]);
		platform_device_unregister(first->devices[i]->port);
	}
	platform_device_unregister(first->bridge);
}

/**
 * cxl_mock_free() - free a mock device
 * @first: the device, after cxl_mock_unplug()
 */
void cxl_mock_free(struct cxl_mock *first)
{
	cxl_mock_window_release(first);
	for (unsigned int i = 0; i < first->config.devices; i++)
		cxl_mock_device_destroy(&first->devices[i]->device);
	free_mocks(first);
}

/**
 * cxl_mock_destroy() - remove and free a mock device
 * @first: what cxl_mock_create() returned
 *
 * Context: as cxl_mock_unplug().
 */
void cxl_mock_destroy(struct cxl_mock *first)
{
	cxl_mock_unplug(first);
	cxl_mock_free(first);
}
