// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells how soon memory is removed after it has gone offline: whoever put it offline
 * needs that time to return from its write. It takes its time to go offline.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <cxl/redirect.h>

static unsigned int least_ms = UINT_MAX;
module_param(least_ms, uint, 0444);
MODULE_PARM_DESC(least_ms, "Least time from offline to removed, milliseconds");

/* The pages are offline by then, and nobody has been told. */
#define OFFLINE_WATCH_DELAY_MS	300

static ktime_t offline_at;
static struct cxl_redirect_table offline_watch_redirects;

static int offline_watch_remove_memory(u64 start, u64 size)
{
	least_ms = min_t(s64, least_ms, ktime_ms_delta(ktime_get(), offline_at));
	return remove_memory(start, size);
}

DEFINE_CXL_REDIRECT(offline_watch_redirects, remove_memory, offline_watch_remove_memory, int,
		    (u64 start, u64 size), (start, size));

static const struct cxl_redirect *const redirects[] = {
	&redirect_remove_memory,
};

static struct cxl_redirect_table offline_watch_redirects = {
	.redirects = redirects,
	.nr = ARRAY_SIZE(redirects),
	.owner = THIS_MODULE,
};

static int offline_watch_notify(struct notifier_block *nb, unsigned long action, void *arg)
{
	if (action == MEM_OFFLINE) {
		msleep(OFFLINE_WATCH_DELAY_MS);
		offline_at = ktime_get();
	}
	return NOTIFY_OK;
}

static struct notifier_block offline_watch_nb = {
	.notifier_call = offline_watch_notify,
	/* before the host's */
	.priority = 1,
};

static int __init cxl_offline_watch_init(void)
{
	int rc = cxl_redirect_register(&offline_watch_redirects);

	if (rc)
		return rc;
	rc = register_memory_notifier(&offline_watch_nb);
	if (rc)
		cxl_redirect_unregister(&offline_watch_redirects);
	return rc;
}
module_init(cxl_offline_watch_init);

static void __exit cxl_offline_watch_exit(void)
{
	unregister_memory_notifier(&offline_watch_nb);
	cxl_redirect_unregister(&offline_watch_redirects);
}
module_exit(cxl_offline_watch_exit);

MODULE_DESCRIPTION("CXL selftest: how soon offline memory is removed");
MODULE_LICENSE("GPL");
