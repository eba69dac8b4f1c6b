// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of a memdev that show its Dynamic Capacity. */
#include <linux/device.h>
#include <linux/range.h>
#include <linux/sysfs.h>

#include "dcd.h"
#include "names.h"

static struct dcd_memdev *sysfs_dev_to_dcd(struct device *dev)
{
	return dcd_memdev_find(to_cxl_memdev(dev)->cxlds);
}

static ssize_t size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct dcd_memdev *dcd = sysfs_dev_to_dcd(dev);

	return dcd ? sysfs_emit(buf, "%#llx\n", range_len(&dcd->range)) : -ENXIO;
}
static DEVICE_ATTR_RO(size);

/* To the core it is the RAM partition. */
static ssize_t qos_class_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct device_attribute *ram = cxl_core_group_attribute(dev, "ram", "qos_class");

	return ram && ram->show ? ram->show(dev, ram, buf) : -EOPNOTSUPP;
}
static DEVICE_ATTR_RO(qos_class);

static struct attribute *partition_attrs[] = {
	&dev_attr_size.attr,
	&dev_attr_qos_class.attr,
	NULL,
};

static const struct attribute_group partition_group = {
	.name = DCD_MODE,
	.attrs = partition_attrs,
};

static const struct attribute_group partition_v11_group = {
	.name = DCD_MODE_V11,
	.attrs = partition_attrs,
};

/* A region of the device that @dev is, NULL if there is none of that number. */
static const struct dcd_region *sysfs_dev_to_region(struct device *dev, unsigned int nr)
{
	struct dcd_memdev *dcd = sysfs_dev_to_dcd(dev);

	return dcd && nr < dcd->nr_regions ? &dcd->regions[nr] : NULL;
}

static unsigned int sysfs_attr_region(struct device_attribute *attr)
{
	return (unsigned long)container_of(attr, struct dev_ext_attribute, attr)->var;
}

#define REGION_SHOW(_name, _field)						\
static ssize_t _name##_show(struct device *dev, struct device_attribute *attr,	\
			    char *buf)						\
{										\
	const struct dcd_region *region;					\
										\
	region = sysfs_dev_to_region(dev, sysfs_attr_region(attr));		\
	return region ? sysfs_emit(buf, "%#llx\n", (u64)region->_field) : -ENXIO; \
}

REGION_SHOW(base, base)
REGION_SHOW(decode_length, decode_len)
REGION_SHOW(length, len)
REGION_SHOW(block_size, block_size)
REGION_SHOW(dsmad_handle, dsmad_handle)
REGION_SHOW(flags, flags)

/* an attribute of its own for each region, which knows the region's number */
#define REGION_ATTR(_name, _nr) \
	(((struct dev_ext_attribute[]) { { __ATTR_RO(_name), (void *)(_nr) } })->attr.attr)

#define REGION_GROUP(_nr)							\
static struct attribute *region##_nr##_attrs[] = {				\
	&REGION_ATTR(base, _nr),						\
	&REGION_ATTR(decode_length, _nr),					\
	&REGION_ATTR(length, _nr),						\
	&REGION_ATTR(block_size, _nr),						\
	&REGION_ATTR(dsmad_handle, _nr),					\
	&REGION_ATTR(flags, _nr),						\
	NULL,									\
};										\
										\
static bool region##_nr##_group_visible(struct kobject *kobj)			\
{										\
	return sysfs_dev_to_region(kobj_to_dev(kobj), _nr);			\
}										\
DEFINE_SIMPLE_SYSFS_GROUP_VISIBLE(region##_nr);					\
										\
static const struct attribute_group region##_nr##_group = {			\
	.name = "dc_region" #_nr,						\
	.attrs = region##_nr##_attrs,						\
	.is_visible = SYSFS_GROUP_VISIBLE(region##_nr),				\
}

REGION_GROUP(0);
REGION_GROUP(1);
REGION_GROUP(2);
REGION_GROUP(3);
REGION_GROUP(4);
REGION_GROUP(5);
REGION_GROUP(6);
REGION_GROUP(7);

const struct attribute_group *dcd_memdev_groups[] = {
	&partition_group,
	&partition_v11_group,
	&region0_group,
	&region1_group,
	&region2_group,
	&region3_group,
	&region4_group,
	&region5_group,
	&region6_group,
	&region7_group,
	NULL,
};
