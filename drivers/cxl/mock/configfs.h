/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_CONFIGFS_H__
#define __CXL_MOCK_CONFIGFS_H__

/*
 * What configfs.c and configfs-backends.c share.
 *
 * Locks, in this order: configfs' own, mock_item.lock, the driver core's,
 * cxl_mock.lock. What is live depends on its own item: configfs then refuses to
 * remove the directory, which its owner could not.
 */
#include <linux/completion.h>
#include <linux/configfs.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "mock.h"
#include "parse.h"

/**
 * struct mock_item - the directory of a device
 * @group: what configfs knows of it
 * @backends_group: its directory "backends"
 * @stop: removes the device
 * @stopped: by @stop
 * @lock: guards all that follows, and what is in @backends; not held while a device that
 *	  goes waits for its users
 * @config: what the attributes say
 * @mock: the device while it is live, NULL otherwise
 * @stopping: @stop is on its way
 * @backends: the directories below @backends_group
 */
struct mock_item {
	struct config_group group;
	struct config_group backends_group;
	struct work_struct stop;
	struct completion stopped;
	struct mutex lock; /* guards what follows */
	struct cxl_mock_config config;
	struct cxl_mock *mock;
	bool stopping;
	struct list_head backends;
};

/* A directory can have any name. */
static inline struct cxl_text config_item_shown(const struct config_item *item)
{
	return cxl_text_shown(item->ci_name, strlen(item->ci_name));
}

/* Say what happened to a device, by its name. */
#define mock_err(mock, fmt, ...)						\
	pr_err("%s/" fmt "\n", config_item_shown(&(mock)->group.cg_item).shown, ##__VA_ARGS__)

extern struct configfs_subsystem cxl_mock_subsys;
extern const struct config_item_type cxl_mock_backends_type;

void cxl_mock_backends_stopped(struct mock_item *mock);

#endif /* __CXL_MOCK_CONFIGFS_H__ */
