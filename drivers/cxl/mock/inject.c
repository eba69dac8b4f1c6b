// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of the memory device's platform device that add and release
 * extents, in the formats that the kernel's DCD series gives cxl_test.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uuid.h>

#include "mock.h"

#define ADD_FORM	"<dpa>:<length>:<tag>:<more>[:<sequence>], such as 0x0:0x10000000::0"
#define RELEASE_FORM	"<dpa>:<length>:<tag>, such as 0x0:0x10000000:"

/* All of a line that has two numbers in full, a tag and a sequence, is shown. */
#define SHOWN_MAX	82

/* What a line says. */
struct line {
	struct cxl_dc_range range;
	u8 tag[CXL_DC_TAG_LEN];
	bool more;
};

static int shown(const char *buf)
{
	return min_t(size_t, strcspn(buf, "\n"), SHOWN_MAX);
}

static int parse_tag(const char *text, u8 *tag)
{
	uuid_t uuid;

	memset(tag, 0, CXL_DC_TAG_LEN);
	if (!*text)
		return 0;
	/* uuid_parse() does not look at what is behind it */
	if (strlen(text) != UUID_STRING_LEN || uuid_parse(text, &uuid))
		return -EINVAL;
	export_uuid(tag, &uuid);
	return 0;
}

/* Parse "dpa:length:tag", and what an addition has behind it. */
static int parse(const char *buf, bool add, struct line *line)
{
	char *copy __free(kfree) = kstrdup(buf, GFP_KERNEL);
	char *fields[6] = {}, *rest;
	unsigned int nr = 0;

	if (!copy)
		return -ENOMEM;
	*line = (struct line) {};
	rest = strim(copy);
	while (rest && nr < ARRAY_SIZE(fields))
		fields[nr++] = strsep(&rest, ":");
	if (rest || nr < (add ? 4 : 3) || nr > (add ? 5 : 3))
		return -EINVAL;

	if (kstrtou64(fields[0], 0, &line->range.start) ||
	    kstrtou64(fields[1], 0, &line->range.len) || parse_tag(fields[2], line->tag))
		return -EINVAL;
	if (add && kstrtobool(fields[3], &line->more))
		return -EINVAL;
	if (nr == 5 && kstrtou16(fields[4], 0, &line->range.seq))
		return -EINVAL;
	return 0;
}

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
	dev_err(dev, "%s: %.*s: %s\n", name, shown(buf), buf, mock->device.dc.reason);
	return rc_to_errno(rc);
}

static int parse_or_log(struct device *dev, const char *name, const char *buf, bool add,
			struct line *line)
{
	int rc = parse(buf, add, line);

	if (rc == -ENOMEM)
		dev_err(dev, "%s: out of memory\n", name);
	else if (rc)
		dev_err(dev, "%s: '%.*s': must be %s\n", name, shown(buf), buf,
			add ? ADD_FORM : RELEASE_FORM);
	return rc;
}

static ssize_t add(struct device *dev, struct device_attribute *attr, const char *buf,
		   size_t count, bool shared)
{
	const char *name = attr->attr.name;
	struct cxl_mock *mock = to_cxl_mock(dev);
	struct line line;
	int rc;

	rc = parse_or_log(dev, name, buf, true, &line);
	if (rc)
		return rc;
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
	struct line line;
	int rc;

	rc = parse_or_log(dev, name, buf, false, &line);
	if (rc)
		return rc;

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
