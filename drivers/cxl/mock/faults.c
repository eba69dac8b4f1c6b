// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of the memory device's platform device that make it fail: what its user
 * writes, the device tells its host.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "media.h"
#include "mock.h"
#include "parse.h"

/* As cxl_test's event_trigger, it returns when the host has read the log. */
static ssize_t inject_event_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t count)
{
	struct cxl_mock *mock = to_cxl_mock(dev);
	char reason[CXL_MOCK_REASON_LEN];
	struct cxl_mock_event event;
	enum cxl_mbox_rc rc;
	int err;

	err = cxl_mock_read_event(attr->attr.name, buf, count, &event, reason);
	if (err) {
		dev_err(dev, "%s\n", reason);
		return err;
	}

	scoped_guard(mutex, &mock->lock) {
		rc = cxl_mock_media_inject(&mock->device, &event);
		if (rc)
			dev_err(dev, "%s: %s: %s\n", attr->attr.name,
				cxl_text_shown(buf, count).shown, mock->device.dc.reason);
		cxl_mock_signal(mock);
	}
	flush_work(&mock->notify);
	return cxl_mock_errno(rc) ?: count;
}
static DEVICE_ATTR_WO(inject_event);

static struct attribute *fault_attrs[] = {
	&dev_attr_inject_event.attr,
	NULL,
};

const struct attribute_group cxl_mock_fault_group = {
	.attrs = fault_attrs,
};
