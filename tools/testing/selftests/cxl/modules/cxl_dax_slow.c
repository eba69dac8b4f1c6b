// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes two moments of a DAX device last: the one in which it has a driver whose probe
 * is still to come, and the one in which the host has let it go and takes its capacity.
 * Each begins with a link in the device's directory.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <cxl/redirect.h>

/* By default long enough for other tasks to get the CPU, even if there is just one. */
static unsigned int delay_ms = 2;
module_param(delay_ms, uint, 0444);
MODULE_PARM_DESC(delay_ms, "How long each of them lasts at least, milliseconds");

static struct cxl_redirect_table dax_slow_redirects;

static void dax_slow_wait(const struct kobject *kobj, const char *link, const char *which)
{
	if (strstarts(kobject_name(kobj), "dax") && strstarts(link, which))
		msleep(delay_ms);
}

/* The driver core links to the driver before it calls the probe. */
static int dax_slow_create_link(struct kobject *kobj, struct kobject *target, const char *name)
{
	dax_slow_wait(kobj, name, "driver");
	return sysfs_create_link(kobj, target, name);
}

/* The host removes the links to extents before it takes them from the device. */
static void dax_slow_remove_link(struct kobject *kobj, const char *name)
{
	sysfs_remove_link(kobj, name);
	dax_slow_wait(kobj, name, "extent");
}

DEFINE_CXL_REDIRECT(dax_slow_redirects, sysfs_create_link, dax_slow_create_link, int,
		    (struct kobject *kobj, struct kobject *target, const char *name),
		    (kobj, target, name));
DEFINE_CXL_REDIRECT(dax_slow_redirects, sysfs_remove_link, dax_slow_remove_link, void,
		    (struct kobject *kobj, const char *name), (kobj, name));

static const struct cxl_redirect *const redirects[] = {
	&redirect_sysfs_create_link,
	&redirect_sysfs_remove_link,
};

static struct cxl_redirect_table dax_slow_redirects = {
	.redirects = redirects,
	.nr = ARRAY_SIZE(redirects),
	.owner = THIS_MODULE,
};

static int __init cxl_dax_slow_init(void)
{
	return cxl_redirect_register(&dax_slow_redirects);
}
module_init(cxl_dax_slow_init);

static void __exit cxl_dax_slow_exit(void)
{
	cxl_redirect_unregister(&dax_slow_redirects);
}
module_exit(cxl_dax_slow_exit);

MODULE_DESCRIPTION("CXL selftest: DAX devices that change slowly");
MODULE_LICENSE("GPL");
