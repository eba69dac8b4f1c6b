// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of the memory device's platform device that add and release
 * extents, in the formats that the kernel's DCD series gives cxl_test.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/mutex.h>

#include "mock.h"
#include "parse.h"

static int rc_to_errno(enum cxl_mbox_rc rc)
{
	switch (rc) {
	case CXL_RC_SUCCESS:
		return 0;
	case CXL_RC_UNSUPPORTED:
		return -EOPNOTSUPP;
	case CXL_RC_INVALID_PA:
		return -ERANGE;
	case CXL_RC_RESOURCES_EXHAUSTED:
	case CXL_RC_RETRY_REQUIRED:
		return -ENOSPC;
	case CXL_RC_INTERNAL:
		return -ENOMEM;
	default:
		return -EINVAL;
	}
}

static ssize_t finish(struct device *dev, struct cxl_mock *mock, const char *name,
		      const char *buf, size_t count, enum cxl_mbox_rc rc)
{
	cxl_mock_signal(mock);
	if (!rc)
		return count;
	dev_err(dev, "%s: %s: %s\n", name, cxl_text_shown(buf, count).shown,
		mock->device.dc.reason);
	return rc_to_errno(rc);
}

static ssize_t add(struct device *dev, struct device_attribute *attr, const char *buf,
		   size_t count, bool shared)
{
	const char *name = attr->attr.name;
	struct cxl_mock *mock = to_cxl_mock(dev);
	struct cxl_mock_extent_line line;
	char reason[CXL_MOCK_REASON_LEN];
	int rc;

	rc = cxl_mock_read_offer(name, buf, count, &line, reason);
	if (rc) {
		dev_err(dev, "%s\n", reason);
		return rc;
	}
	if (!shared && line.range.seq) {
		dev_err(dev, "%s: sequence %u: capacity that is not shared has none; use dc_inject_shared_extent\n",
			name, line.range.seq);
		return -EINVAL;
	}

	guard(mutex)(&mock->lock);
	return finish(dev, mock, name, buf, count,
		      cxl_dc_offer(&mock->device.dc, &line.range, 1, line.tag, line.more));
}

static ssize_t release(struct device *dev, struct device_attribute *attr, const char *buf,
		       size_t count, bool forced)
{
	const char *name = attr->attr.name;
	struct cxl_mock *mock = to_cxl_mock(dev);
	struct cxl_mock_extent_line line;
	char reason[CXL_MOCK_REASON_LEN];
	int rc;

	rc = cxl_mock_read_release(name, buf, count, &line, reason);
	if (rc) {
		dev_err(dev, "%s\n", reason);
		return rc;
	}

	guard(mutex)(&mock->lock);
	return finish(dev, mock, name, buf, count,
		      cxl_dc_request_release(&mock->device.dc, line.range.start,
					     line.range.len, line.tag, forced));
}

static ssize_t dc_inject_extent_store(struct device *dev, struct device_attribute *attr,
				      const char *buf, size_t count)
{
	return add(dev, attr, buf, count, false);
}
static DEVICE_ATTR_WO(dc_inject_extent);

static ssize_t dc_inject_shared_extent_store(struct device *dev,
					     struct device_attribute *attr,
					     const char *buf, size_t count)
{
	return add(dev, attr, buf, count, true);
}
static DEVICE_ATTR_WO(dc_inject_shared_extent);

static ssize_t dc_del_extent_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t count)
{
	return release(dev, attr, buf, count, false);
}
static DEVICE_ATTR_WO(dc_del_extent);

static ssize_t dc_force_del_extent_store(struct device *dev, struct device_attribute *attr,
					 const char *buf, size_t count)
{
	return release(dev, attr, buf, count, true);
}
static DEVICE_ATTR_WO(dc_force_del_extent);

static struct attribute *mem_attrs[] = {
	&dev_attr_dc_inject_extent.attr,
	&dev_attr_dc_inject_shared_extent.attr,
	&dev_attr_dc_del_extent.attr,
	&dev_attr_dc_force_del_extent.attr,
	NULL,
};

static const struct attribute_group mem_group = {
	.attrs = mem_attrs,
};

const struct attribute_group *cxl_mock_mem_groups[] = {
	&mem_group,
	NULL,
};
