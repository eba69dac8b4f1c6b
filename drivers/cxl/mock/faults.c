// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of the memory device's platform device that make it fail: what its user
 * writes, the device tells its host.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/container_of.h>
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

/* An attribute for each field of the health; a write returns when the host has read the log. */
struct health_attribute {
	struct device_attribute attr;
	enum cxl_mock_health_field field;
};

static enum cxl_mock_health_field health_field(struct device_attribute *attr)
{
	return container_of(attr, struct health_attribute, attr)->field;
}

static ssize_t health_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	enum cxl_mock_health_field field = health_field(attr);
	struct cxl_mock *mock = to_cxl_mock(dev);
	char text[64];

	guard(mutex)(&mock->lock);
	cxl_mock_show_health(field, mock->device.health.field[field], text, sizeof(text));
	return sysfs_emit(buf, "%s\n", text);
}

static ssize_t health_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t count)
{
	enum cxl_mock_health_field field = health_field(attr);
	struct cxl_mock *mock = to_cxl_mock(dev);
	char reason[CXL_MOCK_REASON_LEN];
	u32 value;
	int err;

	err = cxl_mock_read_health(field, buf, count, &value, reason);
	if (err) {
		dev_err(dev, "health/%s\n", reason);
		return err;
	}
	scoped_guard(mutex, &mock->lock) {
		cxl_mock_health_set(&mock->device, field, value);
		cxl_mock_signal(mock);
	}
	flush_work(&mock->notify);
	return count;
}

#define HEALTH_ATTR(_name, _field)						\
	static struct health_attribute health_attr_##_name = {			\
		.attr = __ATTR(_name, 0644, health_show, health_store),		\
		.field = CXL_MOCK_HEALTH_##_field,				\
	}

HEALTH_ATTR(status, STATUS);
HEALTH_ATTR(media_status, MEDIA);
HEALTH_ATTR(life_used, LIFE_USED);
HEALTH_ATTR(temperature, TEMPERATURE);
HEALTH_ATTR(dirty_shutdowns, DIRTY_SHUTDOWNS);
HEALTH_ATTR(corrected_errors, CORRECTED_ERRORS);

static struct attribute *health_attrs[] = {
	&health_attr_status.attr.attr,
	&health_attr_media_status.attr.attr,
	&health_attr_life_used.attr.attr,
	&health_attr_temperature.attr.attr,
	&health_attr_dirty_shutdowns.attr.attr,
	&health_attr_corrected_errors.attr.attr,
	NULL,
};

const struct attribute_group cxl_mock_health_group = {
	.name = "health",
	.attrs = health_attrs,
};

static struct attribute *fault_attrs[] = {
	&dev_attr_inject_event.attr,
	NULL,
};

const struct attribute_group cxl_mock_fault_group = {
	.attrs = fault_attrs,
};
