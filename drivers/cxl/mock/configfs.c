// SPDX-License-Identifier: GPL-2.0-only
/*
 * configfs: the front end that makes devices at run time. A directory is a
 * configuration; its attribute "live" makes the device that it describes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "configfs.h"

/* The device of the module parameters has the default itself. */
static atomic_t next_serial = ATOMIC_INIT(1);

/* Removals of devices: one waits for no other */
static struct workqueue_struct *mock_stop_wq;

static struct mock_item *to_mock_item(struct config_item *item)
{
	return container_of(to_config_group(item), struct mock_item, group);
}

static int mock_check_writable(struct mock_item *mock, const char *attr)
{
	lockdep_assert_held(&mock->lock);
	if (!mock->mock)
		return 0;
	mock_err(mock, "%s: read-only while the device is live: write 0 to live first", attr);
	return -EBUSY;
}

static ssize_t mock_size_show(struct mock_item *mock, const u64 *size, char *page)
{
	guard(mutex)(&mock->lock);
	return sysfs_emit(page, "%llu\n", *size);
}

static ssize_t mock_size_store(struct mock_item *mock, const char *attr, u64 *size,
			       const char *page, size_t count)
{
	char reason[CXL_MOCK_REASON_LEN];
	int rc;

	guard(mutex)(&mock->lock);
	rc = mock_check_writable(mock, attr);
	if (rc)
		return rc;
	rc = cxl_mock_read_size(attr, page, count, size, reason);
	if (rc)
		mock_err(mock, "%s", reason);
	return rc ?: count;
}

#define MOCK_SIZE_ATTR(_name)							\
static ssize_t mock_##_name##_show(struct config_item *item, char *page)	\
{										\
	struct mock_item *mock = to_mock_item(item);				\
										\
	return mock_size_show(mock, &mock->config._name, page);			\
}										\
										\
static ssize_t mock_##_name##_store(struct config_item *item, const char *page,	\
				    size_t count)				\
{										\
	struct mock_item *mock = to_mock_item(item);				\
										\
	return mock_size_store(mock, #_name, &mock->config._name, page, count);	\
}										\
CONFIGFS_ATTR(mock_, _name)

MOCK_SIZE_ATTR(dc_total_size);
MOCK_SIZE_ATTR(num_dc_regions);
MOCK_SIZE_ATTR(dc_block_size);
MOCK_SIZE_ATTR(serial);
MOCK_SIZE_ATTR(devices);
MOCK_SIZE_ATTR(sharable);
MOCK_SIZE_ATTR(readonly);
MOCK_SIZE_ATTR(ram_size);
MOCK_SIZE_ATTR(region_size);
MOCK_SIZE_ATTR(max_extents);
MOCK_SIZE_ATTR(max_tags);
MOCK_SIZE_ATTR(poison_limit);
MOCK_SIZE_ATTR(alerts);
MOCK_SIZE_ATTR(window_base);
MOCK_SIZE_ATTR(window_size);
MOCK_SIZE_ATTR(qos_class);

static ssize_t mock_dc_backing_show(struct config_item *item, char *page)
{
	struct mock_item *mock = to_mock_item(item);

	guard(mutex)(&mock->lock);
	return sysfs_emit(page, "%s\n", cxl_mock_backing_name(mock->config.dc_backing));
}

static ssize_t mock_dc_backing_store(struct config_item *item, const char *page,
				     size_t count)
{
	struct mock_item *mock = to_mock_item(item);
	char reason[CXL_MOCK_REASON_LEN];
	int rc;

	guard(mutex)(&mock->lock);
	rc = mock_check_writable(mock, "dc_backing");
	if (rc)
		return rc;
	rc = cxl_mock_read_backing("dc_backing", page, count, &mock->config.dc_backing,
				   reason);
	if (rc)
		mock_err(mock, "%s", reason);
	return rc ?: count;
}
CONFIGFS_ATTR(mock_, dc_backing);

static ssize_t mock_dc_extents_show(struct config_item *item, char *page)
{
	struct mock_item *mock = to_mock_item(item);

	guard(mutex)(&mock->lock);
	cxl_mock_show_present(&mock->config, page, CXL_MOCK_PRESENT_LEN);
	return strlen(strcat(page, "\n"));
}

static ssize_t mock_dc_extents_store(struct config_item *item, const char *page,
				     size_t count)
{
	struct mock_item *mock = to_mock_item(item);
	char reason[CXL_MOCK_REASON_LEN];
	int rc;

	guard(mutex)(&mock->lock);
	rc = mock_check_writable(mock, "dc_extents");
	if (rc)
		return rc;
	rc = cxl_mock_read_present("dc_extents", page, count, &mock->config, reason);
	if (rc)
		mock_err(mock, "%s", reason);
	return rc ?: count;
}
CONFIGFS_ATTR(mock_, dc_extents);

static ssize_t mock_live_show(struct config_item *item, char *page)
{
	struct mock_item *mock = to_mock_item(item);

	guard(mutex)(&mock->lock);
	return sysfs_emit(page, "%d\n", !!mock->mock);
}

static int mock_check_config(struct mock_item *mock)
{
	char reason[CXL_MOCK_REASON_LEN];
	int rc;

	if (!mock->config.dc_total_size) {
		mock_err(mock, "dc_total_size=0: a device needs capacity: write a size to dc_total_size first, such as 4G");
		return -EINVAL;
	}
	rc = cxl_mock_config_check(&mock->config, reason);
	if (rc)
		mock_err(mock, "%s", reason);
	return rc;
}

static int mock_start(struct mock_item *item)
{
	struct cxl_mock *mock;
	int rc;

	rc = mock_check_config(item);
	if (rc)
		return rc;

	char *bus __free(kfree) = kasprintf(GFP_KERNEL, "cxl_mock_dcd-%s",
					    config_item_name(&item->group.cg_item));

	if (!bus)
		return -ENOMEM;
	rc = configfs_depend_item_unlocked(&cxl_mock_subsys, &item->group.cg_item);
	if (rc)
		return rc;
	mock = cxl_mock_create(&item->config, bus);
	if (IS_ERR(mock)) {
		configfs_undepend_item_unlocked(&item->group.cg_item);
		mock_err(item, "live=1: cannot create the device, see the previous message: %pe",
			 mock);
		return PTR_ERR(mock);
	}
	item->mock = mock;
	return 0;
}

/*
 * Remove the device as if it were unplugged, with its backends. This waits for pinned
 * pages, so it runs in a work item: the writer can be killed meanwhile.
 */
static void mock_stop_work(struct work_struct *work)
{
	struct mock_item *item = container_of(work, struct mock_item, stop);

	cxl_mock_unplug(item->mock);
	scoped_guard(mutex, &item->lock) {
		cxl_mock_free(item->mock);
		item->mock = NULL;
		item->stopping = false;
		cxl_mock_backends_stopped(item);
	}
	configfs_undepend_item_unlocked(&item->group.cg_item);
	complete_all(&item->stopped);
	config_item_put(&item->group.cg_item);
}

static void mock_stop(struct mock_item *item)
{
	lockdep_assert_held(&item->lock);
	item->stopping = true;
	reinit_completion(&item->stopped);
	config_item_get(&item->group.cg_item);
	queue_work(mock_stop_wq, &item->stop);
}

static int mock_wait_stopped(struct mock_item *item)
{
	int rc = wait_for_completion_killable(&item->stopped);

	if (rc)
		mock_err(item, "live=0: wait interrupted: the device is removed once its pinned pages are released");
	return rc;
}

static int mock_set_live(struct mock_item *mock, const char *page, size_t count)
{
	char reason[CXL_MOCK_REASON_LEN];
	bool live;
	int rc;

	guard(mutex)(&mock->lock);
	rc = cxl_mock_read_bool("live", page, count, &live, reason);
	if (rc) {
		mock_err(mock, "%s", reason);
		return rc;
	}
	if (mock->stopping) {
		mock_err(mock, "live=%d: device removal in progress: waiting for its pinned pages",
			 live);
		return -EBUSY;
	}
	if (live)
		return mock->mock ? 0 : mock_start(mock);
	if (mock->mock)
		mock_stop(mock);
	return 0;
}

static ssize_t mock_live_store(struct config_item *item, const char *page, size_t count)
{
	struct mock_item *mock = to_mock_item(item);
	int rc = mock_set_live(mock, page, count);

	return rc ?: mock_wait_stopped(mock) ?: count;
}
CONFIGFS_ATTR(mock_, live);

static struct configfs_attribute *mock_attrs[] = {
	&mock_attr_dc_total_size,
	&mock_attr_num_dc_regions,
	&mock_attr_dc_block_size,
	&mock_attr_serial,
	&mock_attr_devices,
	&mock_attr_sharable,
	&mock_attr_readonly,
	&mock_attr_ram_size,
	&mock_attr_region_size,
	&mock_attr_max_extents,
	&mock_attr_max_tags,
	&mock_attr_poison_limit,
	&mock_attr_alerts,
	&mock_attr_window_base,
	&mock_attr_window_size,
	&mock_attr_qos_class,
	&mock_attr_dc_backing,
	&mock_attr_dc_extents,
	&mock_attr_live,
	NULL,
};

static void mock_release(struct config_item *item)
{
	struct mock_item *mock = to_mock_item(item);

	mutex_destroy(&mock->lock);
	kfree(mock);
}

static struct configfs_item_operations mock_item_ops = {
	.release = mock_release,
};

static const struct config_item_type mock_type = {
	.ct_owner = THIS_MODULE,
	.ct_item_ops = &mock_item_ops,
	.ct_attrs = mock_attrs,
};

static struct config_group *mock_make_group(struct config_group *group, const char *name)
{
	struct mock_item *mock;

	mock = kzalloc(sizeof(*mock), GFP_KERNEL);
	if (!mock)
		return ERR_PTR(-ENOMEM);

	INIT_WORK(&mock->stop, mock_stop_work);
	init_completion(&mock->stopped);
	complete_all(&mock->stopped);
	mutex_init(&mock->lock);
	INIT_LIST_HEAD(&mock->backends);
	mock->config = (struct cxl_mock_config)CXL_MOCK_CONFIG_DEFAULT;
	mock->config.serial += atomic_fetch_inc(&next_serial);
	config_group_init_type_name(&mock->group, name, &mock_type);
	config_group_init_type_name(&mock->backends_group, "backends", &cxl_mock_backends_type);
	configfs_add_default_group(&mock->backends_group, &mock->group);
	return &mock->group;
}

static struct configfs_group_operations mock_group_ops = {
	.make_group = mock_make_group,
};

static const struct config_item_type mock_subsys_type = {
	.ct_owner = THIS_MODULE,
	.ct_group_ops = &mock_group_ops,
};

struct configfs_subsystem cxl_mock_subsys = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "cxl_mock_dcd",
			.ci_type = &mock_subsys_type,
		},
	},
};

/**
 * cxl_mock_configfs_init() - let devices be made through configfs
 *
 * Return: 0, or an errno.
 */
int __init cxl_mock_configfs_init(void)
{
	int rc;

	mock_stop_wq = alloc_workqueue("cxl_mock_stop", WQ_UNBOUND, 0);
	if (!mock_stop_wq)
		return -ENOMEM;

	config_group_init(&cxl_mock_subsys.su_group);
	mutex_init(&cxl_mock_subsys.su_mutex);
	rc = configfs_register_subsystem(&cxl_mock_subsys);
	if (rc) {
		pr_err("cannot register with configfs: %d\n", rc);
		mutex_destroy(&cxl_mock_subsys.su_mutex);
		destroy_workqueue(mock_stop_wq);
	}
	return rc;
}

/**
 * cxl_mock_configfs_exit() - no more devices through configfs
 *
 * Context: there are none any more, as each directory holds the module.
 */
void cxl_mock_configfs_exit(void)
{
	configfs_unregister_subsystem(&cxl_mock_subsys);
	/* a removal may still run in code of this module */
	destroy_workqueue(mock_stop_wq);
	mutex_destroy(&cxl_mock_subsys.su_mutex);
}
