// SPDX-License-Identifier: GPL-2.0-only
/* configfs: the backends of a device. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/uuid.h>

#include "configfs.h"

/**
 * struct backend_item - the directory of a backend; the device's lock guards it
 * @item: what configfs knows of it
 * @list: in mock_item.backends
 * @parent: the device, which outlives it
 * @tag: what the attribute says
 * @size: what the attribute says
 * @kind: what the attribute says
 * @live: @backend is attached to the device
 * @backend: the engine's part of it
 */
struct backend_item {
	struct config_item item;
	struct list_head list;
	struct mock_item *parent;
	uuid_t tag;
	u64 size;
	enum cxl_dc_backing kind;
	bool live;
	struct cxl_dc_backend backend;
};

static struct backend_item *to_backend_item(struct config_item *item)
{
	return container_of(item, struct backend_item, item);
}

#define backend_err(backend, fmt, ...)						\
	mock_err((backend)->parent, "backends/%s/" fmt,				\
		 config_item_shown(&(backend)->item).shown, ##__VA_ARGS__)

static int backend_check_writable(struct backend_item *backend, const char *attr)
{
	lockdep_assert_held(&backend->parent->lock);
	if (!backend->live)
		return 0;
	backend_err(backend, "%s: read-only while the backend is live: write 0 to live first",
		    attr);
	return -EBUSY;
}

static ssize_t backend_tag_show(struct config_item *item, char *page)
{
	struct backend_item *backend = to_backend_item(item);

	guard(mutex)(&backend->parent->lock);
	return sysfs_emit(page, "%pUb\n", &backend->tag);
}

static ssize_t backend_tag_store(struct config_item *item, const char *page, size_t count)
{
	struct backend_item *backend = to_backend_item(item);
	char reason[CXL_MOCK_REASON_LEN];
	int rc;

	guard(mutex)(&backend->parent->lock);
	rc = backend_check_writable(backend, "tag");
	if (rc)
		return rc;
	rc = cxl_mock_read_tag("tag", page, count, &backend->tag, reason);
	if (rc)
		backend_err(backend, "%s", reason);
	return rc ?: count;
}
CONFIGFS_ATTR(backend_, tag);

static ssize_t backend_size_show(struct config_item *item, char *page)
{
	struct backend_item *backend = to_backend_item(item);

	guard(mutex)(&backend->parent->lock);
	return sysfs_emit(page, "%llu\n", backend->size);
}

static ssize_t backend_size_store(struct config_item *item, const char *page, size_t count)
{
	struct backend_item *backend = to_backend_item(item);
	char reason[CXL_MOCK_REASON_LEN];
	int rc;

	guard(mutex)(&backend->parent->lock);
	rc = backend_check_writable(backend, "size");
	if (rc)
		return rc;
	rc = cxl_mock_read_size("size", page, count, &backend->size, reason);
	if (rc)
		backend_err(backend, "%s", reason);
	return rc ?: count;
}
CONFIGFS_ATTR(backend_, size);

static ssize_t backend_kind_show(struct config_item *item, char *page)
{
	struct backend_item *backend = to_backend_item(item);

	guard(mutex)(&backend->parent->lock);
	return sysfs_emit(page, "%s\n", cxl_mock_backing_name(backend->kind));
}

static ssize_t backend_kind_store(struct config_item *item, const char *page, size_t count)
{
	struct backend_item *backend = to_backend_item(item);
	char reason[CXL_MOCK_REASON_LEN];
	enum cxl_dc_backing kind;
	int rc;

	guard(mutex)(&backend->parent->lock);
	rc = backend_check_writable(backend, "kind");
	if (rc)
		return rc;
	if (cxl_mock_read_backing("kind", page, count, &kind, reason) ||
	    kind == CXL_DC_BACKING_NONE) {
		backend_err(backend, "kind=%s: must be phantom or reserved",
			    cxl_text_shown(page, count).shown);
		return -EINVAL;
	}
	backend->kind = kind;
	return count;
}
CONFIGFS_ATTR(backend_, kind);

static ssize_t backend_state_show(struct config_item *item, char *page)
{
	struct backend_item *backend = to_backend_item(item);

	guard(mutex)(&backend->parent->lock);
	if (!backend->live)
		return sysfs_emit(page, "free\n");
	guard(mutex)(&backend->parent->mock->lock);
	return sysfs_emit(page, "%s\n", cxl_dc_backend_state(&backend->backend));
}
CONFIGFS_ATTR_RO(backend_, state);

static ssize_t backend_live_show(struct config_item *item, char *page)
{
	struct backend_item *backend = to_backend_item(item);

	guard(mutex)(&backend->parent->lock);
	return sysfs_emit(page, "%d\n", backend->live);
}

/* Say why the engine does not take a backend; cxl_mock.lock is held. */
static void backend_log_refusal(struct backend_item *backend, int rc)
{
	const struct cxl_mock *mock = backend->parent->mock;
	const struct cxl_mock_config *config = &mock->config;
	u64 base = config->window_base ?: CXL_MOCK_WINDOW_MIN_BASE;
	const char *reason = mock->device.dc.reason;

	if (rc != -EMEDIUMTYPE)
		backend_err(backend, "live=1: %s", reason);
	else if (mock->memory)
		backend_err(backend,
			    "live=1: %s; phantom needs a device without window_base=%#llx",
			    reason, base);
	else
		backend_err(backend,
			    "live=1: %s; for reserved boot with %s, and make the device with dc_backing=none and window_base=%#llx",
			    reason,
			    cxl_mock_keep_aside(base, cxl_mock_config_window(config)).text,
			    base);
}

static int backend_attach(struct backend_item *backend)
{
	struct cxl_mock *mock = backend->parent->mock;
	u8 tag[CXL_DC_TAG_LEN];
	int rc;

	export_uuid(tag, &backend->tag);
	guard(mutex)(&mock->lock);
	if (mock->no_phantom && backend->kind == CXL_DC_BACKING_PHANTOM) {
		backend_err(backend, "live=1: kind=phantom: must be reserved, as this kernel's CXL core handles Dynamic Capacity and treats it as memory");
		return -EOPNOTSUPP;
	}
	rc = cxl_dc_backend_attach(&mock->device.dc, &backend->backend, tag, backend->size,
				   backend->kind);
	if (rc)
		backend_log_refusal(backend, rc);
	return rc;
}

static int backend_start(struct backend_item *backend)
{
	int rc;

	if (!backend->parent->mock) {
		backend_err(backend, "live=1: the device is not live: write 1 to its live first");
		return -ENODEV;
	}

	rc = configfs_depend_item_unlocked(&cxl_mock_subsys, &backend->item);
	if (rc)
		return rc;
	rc = backend_attach(backend);
	if (!rc) {
		backend->live = true;
		return 0;
	}
	configfs_undepend_item_unlocked(&backend->item);
	return rc;
}

/* The engine no longer knows the backend. */
static void backend_stopped(struct backend_item *backend)
{
	backend->live = false;
	configfs_undepend_item_unlocked(&backend->item);
}

static int backend_detach(struct backend_item *backend)
{
	struct cxl_mock *mock = backend->parent->mock;
	int rc;

	guard(mutex)(&mock->lock);
	rc = cxl_dc_backend_detach(&mock->device.dc, &backend->backend);
	if (rc)
		backend_err(backend, "live=0: %s", mock->device.dc.reason);
	return rc;
}

static int backend_stop(struct backend_item *backend)
{
	int rc = backend_detach(backend);

	if (!rc)
		backend_stopped(backend);
	return rc;
}

static ssize_t backend_live_store(struct config_item *item, const char *page, size_t count)
{
	struct backend_item *backend = to_backend_item(item);
	char reason[CXL_MOCK_REASON_LEN];
	bool live;
	int rc;

	guard(mutex)(&backend->parent->lock);
	rc = cxl_mock_read_bool("live", page, count, &live, reason);
	if (rc) {
		backend_err(backend, "%s", reason);
		return rc;
	}
	if (live != backend->live)
		rc = live ? backend_start(backend) : backend_stop(backend);
	return rc ?: count;
}
CONFIGFS_ATTR(backend_, live);

static struct configfs_attribute *backend_attrs[] = {
	&backend_attr_tag,
	&backend_attr_size,
	&backend_attr_kind,
	&backend_attr_state,
	&backend_attr_live,
	NULL,
};

static void backend_release(struct config_item *item)
{
	kfree(to_backend_item(item));
}

static struct configfs_item_operations backend_item_ops = {
	.release = backend_release,
};

static const struct config_item_type backend_type = {
	.ct_owner = THIS_MODULE,
	.ct_item_ops = &backend_item_ops,
	.ct_attrs = backend_attrs,
};

static struct mock_item *backends_to_mock_item(struct config_group *group)
{
	return container_of(group, struct mock_item, backends_group);
}

static struct config_item *backends_make_item(struct config_group *group, const char *name)
{
	struct mock_item *parent = backends_to_mock_item(group);
	struct backend_item *backend;

	backend = kzalloc(sizeof(*backend), GFP_KERNEL);
	if (!backend)
		return ERR_PTR(-ENOMEM);

	backend->parent = parent;
	backend->kind = CXL_DC_BACKING_PHANTOM;
	config_item_init_type_name(&backend->item, name, &backend_type);
	guard(mutex)(&parent->lock);
	list_add_tail(&backend->list, &parent->backends);
	return &backend->item;
}

/* The backend is not live, else configfs would have refused rmdir. */
static void backends_drop_item(struct config_group *group, struct config_item *item)
{
	scoped_guard(mutex, &backends_to_mock_item(group)->lock)
		list_del(&to_backend_item(item)->list);
	config_item_put(item);
}

static struct configfs_group_operations backends_group_ops = {
	.make_item = backends_make_item,
	.drop_item = backends_drop_item,
};

/* The directory "backends" of a device. */
const struct config_item_type cxl_mock_backends_type = {
	.ct_owner = THIS_MODULE,
	.ct_group_ops = &backends_group_ops,
};

/**
 * cxl_mock_backends_stopped() - a device is gone and its backends with it
 * @mock: the device's directory
 *
 * Context: @mock->lock is held.
 */
void cxl_mock_backends_stopped(struct mock_item *mock)
{
	struct backend_item *backend;

	lockdep_assert_held(&mock->lock);
	list_for_each_entry(backend, &mock->backends, list)
		if (backend->live)
			backend_stopped(backend);
}
