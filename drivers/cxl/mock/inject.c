// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of the memory device's platform device that add and release
 * extents, in the formats that the kernel's DCD series gives cxl_test. As there, the
 * host judges, and a write returns when it has.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>
#include <linux/wait.h>

#include "mock.h"
#include "parse.h"

/* The longest wait for the host, ms */
#define EVENT_WAIT_MAX	600000

/**
 * cxl_mock_errno() - the errno for a refusal of the device
 * @rc: its return code
 *
 * Return: 0 for Success, or a negative errno.
 */
int cxl_mock_errno(enum cxl_mbox_rc rc)
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

/*
 * Wait until the host has cleared the event. Do not wait for a host that does not read the
 * log, or that has not read it again since it let a writer time out. Context: the attribute
 * is in use, so the driver stays bound meanwhile.
 */
static void wait_for_host(struct cxl_mock *mock, u64 told)
{
	unsigned long timeout = msecs_to_jiffies(READ_ONCE(mock->event_wait_ms));
	long left;

	if (!timeout)
		return;
	left = wait_event_killable_timeout(mock->clears,
					   READ_ONCE(mock->cleared) >= told ||
					   !READ_ONCE(mock->mds), timeout);
	if (left)
		return;
	guard(mutex)(&mock->lock);
	mock->device.host_reads = false;
}

static enum cxl_mbox_rc inject(struct cxl_dc *dc, const struct cxl_mock_extent_line *line,
			       bool shared)
{
	return cxl_dc_inject(dc, &line->range, shared, line->more);
}

static enum cxl_mbox_rc delete(struct cxl_dc *dc, const struct cxl_mock_extent_line *line,
			       bool forced)
{
	return cxl_dc_delete(dc, line->range.start, line->range.len, line->range.tag, forced);
}

/* @flag: of an addition, that it is shared; of a release, that it is forced */
static ssize_t store(struct device *dev, struct device_attribute *attr, const char *buf,
		     size_t count, bool add, bool flag)
{
	struct cxl_mock *mock = to_cxl_mock(dev);
	const char *name = attr->attr.name;
	char reason[CXL_MOCK_REASON_LEN];
	struct cxl_mock_extent_line line;
	enum cxl_mbox_rc rc;
	bool wait;
	u64 told;
	int err;

	err = (add ? cxl_mock_read_offer : cxl_mock_read_release)(name, buf, count, &line,
								  reason);
	if (err) {
		dev_err(dev, "%s\n", reason);
		return err;
	}

	scoped_guard(mutex, &mock->lock) {
		rc = (add ? inject : delete)(&mock->device.dc, &line, flag);
		cxl_mock_poison_follow(&mock->device);
		cxl_mock_signal(mock);
		if (rc)
			dev_err(dev, "%s: %s: %s\n", name, cxl_text_shown(buf, count).shown,
				mock->device.dc.reason);
		wait = mock->device.host_reads;
		told = cxl_mock_device_told(&mock->device);
	}
	if (rc)
		return cxl_mock_errno(rc);
	if (wait)
		wait_for_host(mock, told);
	return count;
}

static ssize_t dc_inject_extent_store(struct device *dev, struct device_attribute *attr,
				      const char *buf, size_t count)
{
	return store(dev, attr, buf, count, true, false);
}
static DEVICE_ATTR_WO(dc_inject_extent);

static ssize_t dc_inject_shared_extent_store(struct device *dev,
					     struct device_attribute *attr,
					     const char *buf, size_t count)
{
	return store(dev, attr, buf, count, true, true);
}
static DEVICE_ATTR_WO(dc_inject_shared_extent);

static ssize_t dc_del_extent_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t count)
{
	return store(dev, attr, buf, count, false, false);
}
static DEVICE_ATTR_WO(dc_del_extent);

static ssize_t dc_force_del_extent_store(struct device *dev, struct device_attribute *attr,
					 const char *buf, size_t count)
{
	return store(dev, attr, buf, count, false, true);
}
static DEVICE_ATTR_WO(dc_force_del_extent);

static ssize_t dc_event_wait_ms_show(struct device *dev, struct device_attribute *attr,
				     char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(to_cxl_mock(dev)->event_wait_ms));
}

static ssize_t dc_event_wait_ms_store(struct device *dev, struct device_attribute *attr,
				      const char *buf, size_t count)
{
	char line[CXL_TEXT_MAX + 1];
	u64 ms;

	if (cxl_text_line(line, buf, count) || cxl_text_number(line, &ms) ||
	    ms > EVENT_WAIT_MAX) {
		dev_err(dev, "%s: %s: must be 0 to %u milliseconds\n", attr->attr.name,
			cxl_text_shown(buf, count).shown, EVENT_WAIT_MAX);
		return -EINVAL;
	}
	WRITE_ONCE(to_cxl_mock(dev)->event_wait_ms, ms);
	return count;
}
static DEVICE_ATTR_RW(dc_event_wait_ms);

static struct attribute *mem_attrs[] = {
	&dev_attr_dc_inject_extent.attr,
	&dev_attr_dc_inject_shared_extent.attr,
	&dev_attr_dc_del_extent.attr,
	&dev_attr_dc_force_del_extent.attr,
	&dev_attr_dc_event_wait_ms.attr,
	NULL,
};

static const struct attribute_group mem_group = {
	.attrs = mem_attrs,
};

const struct attribute_group *cxl_mock_mem_groups[] = {
	&mem_group,
	&cxl_mock_fault_group,
	&cxl_mock_health_group,
	NULL,
};
