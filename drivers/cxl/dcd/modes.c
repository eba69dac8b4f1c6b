// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mode of Dynamic Capacity. To a stock core the partition is a RAM partition, so
 * decoders and regions that use it are of mode ram. Here they also have the mode's
 * upstream name: they take it, and show it if they were given it.
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/xarray.h>
#include <cxl/text.h>

#include "dcd.h"
#include "names.h"

/* What the stock core calls it. */
#define STOCK_MODE	"ram"

static const char *const mode_names[] = { DCD_MODE, DCD_MODE_V11 };

/*
 * By the address of a decoder or region: an index of mode_names, if it was given one. A
 * root decoder has an entry if it has attributes of ours.
 */
static DEFINE_XARRAY(modes);

/* A region that is being created by a name: who creates it, and the index of the name. */
static DEFINE_MUTEX(modes_create_lock);
static const struct task_struct *creator;
static unsigned int created_mode;

static const char *modes_name_of(const struct device *dev)
{
	void *entry = xa_load(&modes, (unsigned long)dev);

	return entry ? mode_names[xa_to_value(entry)] : NULL;
}

static int modes_set(const struct device *dev, unsigned int mode)
{
	return xa_err(xa_store(&modes, (unsigned long)dev, xa_mk_value(mode), GFP_KERNEL));
}

/* The mode of decoders and regions. */

static ssize_t mode_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const char *name = modes_name_of(dev);
	ssize_t rc = cxl_core_show(dev, "mode", buf);

	if (rc < 0 || !name || !sysfs_streq(buf, STOCK_MODE))
		return rc;
	return sysfs_emit(buf, "%s\n", name);
}

static ssize_t mode_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t len)
{
	char line[CXL_TEXT_MAX + 1];
	ssize_t rc;
	int mode;

	rc = cxl_text_line_of_tool(line, buf, len);
	if (rc)
		return rc;
	mode = match_string(mode_names, ARRAY_SIZE(mode_names), line);
	if (mode < 0) {
		rc = cxl_core_store(dev, "mode", line, strlen(line));
		if (rc >= 0)
			xa_erase(&modes, (unsigned long)dev);
		return rc < 0 ? rc : len;
	}
	rc = cxl_core_store(dev, "mode", STOCK_MODE, strlen(STOCK_MODE));
	if (rc >= 0)
		rc = modes_set(dev, mode);
	return rc < 0 ? rc : len;
}

static struct device_attribute decoder_mode = __ATTR_RW(mode);
static struct device_attribute region_mode = __ATTR_RO(mode);

/* Capacity of one device only: extents do not come interleaved. */
static ssize_t interleave_ways_show(struct device *dev, struct device_attribute *attr,
				    char *buf)
{
	return cxl_core_show(dev, "interleave_ways", buf);
}

static ssize_t interleave_ways_store(struct device *dev, struct device_attribute *attr,
				     const char *buf, size_t len)
{
	char line[CXL_TEXT_MAX + 1];
	u64 ways;
	ssize_t rc;

	if (cxl_text_line_of_tool(line, buf, len) || cxl_text_number(line, &ways) || ways != 1) {
		dev_err_ratelimited(dev, "interleave_ways=%s: must be 1, Dynamic Capacity cannot be interleaved\n",
				    cxl_text_shown(buf, len).shown);
		return -EINVAL;
	}
	rc = cxl_core_store(dev, "interleave_ways", "1", 1);
	return rc < 0 ? rc : len;
}
static DEVICE_ATTR_RW(interleave_ways);

/* Put an attribute of ours in the place of the core's, or the core's back. */
static int modes_replace(struct device *dev, struct device_attribute *ours)
{
	struct device_attribute *stock = cxl_core_attribute(dev, ours->attr.name);

	if (!stock)
		return -EOPNOTSUPP;
	device_remove_file(dev, stock);
	return device_create_file(dev, ours);
}

static void modes_put_back(struct device *dev, struct device_attribute *ours)
{
	struct device_attribute *stock = cxl_core_attribute(dev, ours->attr.name);

	device_remove_file(dev, ours);
	if (device_create_file(dev, stock))
		dev_warn(dev, "cannot restore attribute %s: out of memory?\n", ours->attr.name);
}

/* Root decoders: what can be created. */

struct mode_attribute {
	struct device_attribute attr;
	unsigned int mode;
};

static ssize_t modes_cap_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return cxl_core_show(dev, "cap_ram", buf);
}

static ssize_t modes_create_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return cxl_core_show(dev, "create_ram_region", buf);
}

static ssize_t modes_create_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t len)
{
	char line[CXL_TEXT_MAX + 1], rest;
	ssize_t rc;
	int id;

	/* the core would take any text after the number */
	if (cxl_text_line_of_tool(line, buf, len) || sscanf(line, "region%d%c", &id, &rest) != 1) {
		dev_err_ratelimited(dev, "%s=%s: must be the region name read from this attribute\n",
				    attr->attr.name, cxl_text_shown(buf, len).shown);
		return -EINVAL;
	}

	guard(mutex)(&modes_create_lock);
	created_mode = container_of(attr, struct mode_attribute, attr)->mode;
	WRITE_ONCE(creator, current);
	rc = cxl_core_store(dev, "create_ram_region", line, strlen(line));
	WRITE_ONCE(creator, NULL);
	return rc < 0 ? rc : len;
}

#define CAP_ATTRIBUTE(_name, _mode)						\
	{ .mode = (_mode),							\
	  .attr = { .attr = { .name = DCD_CAP_ATTR(_name), .mode = 0444 },	\
		    .show = modes_cap_show } }
#define CREATE_ATTRIBUTE(_name, _mode)						\
	{ .mode = (_mode),							\
	  .attr = { .attr = { .name = DCD_CREATE_ATTR(_name), .mode = 0644 },	\
		    .show = modes_create_show, .store = modes_create_store } }

/* In the order of mode_names. */
static struct mode_attribute root_attributes[] = {
	CAP_ATTRIBUTE(DCD_MODE, 0),
	CREATE_ATTRIBUTE(DCD_MODE, 0),
	CAP_ATTRIBUTE(DCD_MODE_V11, 1),
	CREATE_ATTRIBUTE(DCD_MODE_V11, 1),
};

/* Twice for one that is added as this module is loaded. */
static void modes_root_decoder_added(struct device *dev)
{
	if (xa_insert(&modes, (unsigned long)dev, xa_mk_value(0), GFP_KERNEL))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(root_attributes); i++) {
		const char *name = root_attributes[i].attr.attr.name;

		/* a core that handles Dynamic Capacity has its own */
		if (!cxl_core_attribute(dev, name) &&
		    device_create_file(dev, &root_attributes[i].attr))
			dev_warn(dev, "cannot create attribute %s: out of memory?\n", name);
	}
}

static void modes_root_decoder_left(struct device *dev)
{
	for (size_t i = 0; i < ARRAY_SIZE(root_attributes); i++)
		if (!cxl_core_attribute(dev, root_attributes[i].attr.attr.name))
			device_remove_file(dev, &root_attributes[i].attr);
}

static bool modes_is_root_decoder(struct device *dev)
{
	return cxl_core_attribute(dev, "create_ram_region");
}

static bool modes_is_region(struct device *dev)
{
	return dev->type && dev->type->name && !strcmp(dev->type->name, "cxl_region");
}

/* Of a device whose Dynamic Capacity is ours. */
static bool modes_is_our_decoder(struct device *dev)
{
	struct device *memdev;

	if (!is_endpoint_decoder(dev))
		return false;
	memdev = to_cxl_port(dev->parent)->uport_dev;
	return is_cxl_memdev(memdev) && dcd_memdev_find(to_cxl_memdev(memdev)->cxlds);
}

static void modes_region_added(struct device *dev)
{
	int rc;

	if (READ_ONCE(creator) != current)
		return;
	rc = modes_set(dev, created_mode);
	if (!rc)
		rc = modes_replace(dev, &region_mode);
	if (!rc)
		rc = modes_replace(dev, &dev_attr_interleave_ways);
	if (rc)
		dev_warn(dev, "cannot show mode %s: error %d\n", mode_names[created_mode],
			 rc);
}

static void modes_decoder_added(struct device *dev)
{
	if (modes_replace(dev, &decoder_mode))
		dev_warn(dev, "mode %s not available: out of memory?\n", DCD_MODE);
	if (modes_replace(dev, &dcd_decoder_dpa_size))
		dev_warn(dev, "no dpa_size available: out of memory?\n");
}

/**
 * dcd_modes_event() - a device of the CXL bus comes or goes
 * @dev: the device
 * @action: BUS_NOTIFY_ADD_DEVICE or BUS_NOTIFY_DEL_DEVICE
 */
void dcd_modes_event(struct device *dev, unsigned long action)
{
	if (action == BUS_NOTIFY_DEL_DEVICE) {
		xa_erase(&modes, (unsigned long)dev);
		return;
	}
	if (action != BUS_NOTIFY_ADD_DEVICE || !dev->type)
		return;
	if (modes_is_root_decoder(dev))
		modes_root_decoder_added(dev);
	else if (modes_is_region(dev))
		modes_region_added(dev);
	else if (modes_is_our_decoder(dev))
		modes_decoder_added(dev);
}

static int modes_add_to_root_decoder(struct device *dev, void *data)
{
	if (dev->type && modes_is_root_decoder(dev))
		modes_root_decoder_added(dev);
	return 0;
}

static int modes_take_from_device(struct device *dev, void *data)
{
	if (dev->type && modes_is_root_decoder(dev)) {
		modes_root_decoder_left(dev);
	} else if (dev->type && modes_is_region(dev) && modes_name_of(dev)) {
		modes_put_back(dev, &region_mode);
		modes_put_back(dev, &dev_attr_interleave_ways);
	}
	return 0;
}

/**
 * dcd_modes_init() - give root decoders that are there their attributes
 *
 * Context: dcd_modes_event() may be called meanwhile.
 */
void dcd_modes_init(void)
{
	bus_for_each_dev(&cxl_bus_type, NULL, NULL, modes_add_to_root_decoder);
}

/**
 * dcd_modes_exit() - take all attributes back
 *
 * Context: dcd_modes_event() is not called any more; no decoder is ours any more.
 */
void dcd_modes_exit(void)
{
	bus_for_each_dev(&cxl_bus_type, NULL, NULL, modes_take_from_device);
	xa_destroy(&modes);
}
