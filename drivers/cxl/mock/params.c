// SPDX-License-Identifier: GPL-2.0-only
/* Module parameters: the front end that makes one device at load. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "mock.h"
#include "parse.h"

static struct cxl_mock_config config = CXL_MOCK_CONFIG_DEFAULT;

static int set_size(const char *text, const struct kernel_param *kp)
{
	char reason[CXL_MOCK_REASON_LEN];
	int rc = cxl_mock_read_size(kp->name, text, strlen(text), kp->arg, reason);

	if (rc)
		pr_err("%s\n", reason);
	return rc;
}

static int get_size(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%llu\n", *(u64 *)kp->arg);
}

static const struct kernel_param_ops size_ops = {
	.set = set_size,
	.get = get_size,
};

#define CONFIG_PARAM(_name, _desc)					\
	module_param_cb(_name, &size_ops, &config._name, 0444);		\
	__MODULE_PARM_TYPE(_name, "size");				\
	MODULE_PARM_DESC(_name, _desc)

CONFIG_PARAM(dc_total_size, "Bytes of Dynamic Capacity, with a suffix K, M, G or T: a multiple of num_dc_regions x 256M; 0 (the default): no device is created at load");
CONFIG_PARAM(num_dc_regions, "Number of DC regions of equal size, 1 to 8 (default 1)");
CONFIG_PARAM(dc_block_size, "Bytes per block of every DC region: a power of two from 64 that divides the region (default 2M)");
CONFIG_PARAM(serial, "Serial number of the device (default 0xdcd0)");
CONFIG_PARAM(devices, "Number of identical memory devices under one window, 1 to 8 (default 1)");
CONFIG_PARAM(sharable, "Bitmask of the DC regions whose capacity is sharable (default 0)");
CONFIG_PARAM(readonly, "Bitmask of the DC regions that hosts may only read (default 0)");
CONFIG_PARAM(ram_size, "Bytes of static volatile capacity below the DC regions, a multiple of 256M and dc_block_size (default 0)");
CONFIG_PARAM(region_size, "Bytes of a region that is committed at load, from DPA 0 on, as by firmware: a multiple of 256M; 0 (the default): none");
CONFIG_PARAM(max_extents, "Maximum number of extents, 1 to 65536 (default 4096)");
CONFIG_PARAM(max_tags, "Maximum number of tags, 1 to 65536 (default 1024)");
CONFIG_PARAM(poison_limit, "Maximum number of addresses that the host may poison, 1 to 256; 0 (the default): no Inject Poison and Clear Poison");
CONFIG_PARAM(alerts, "1: the host may set the thresholds of health alerts; 0 (the default): no Set Alert Configuration");
CONFIG_PARAM(window_base, "Host physical address of the window, a multiple of 256M; 0 (the default): free space at the top of what the kernel can map");
CONFIG_PARAM(window_size, "Bytes of the window, a multiple of 256M; 0 (the default): as large as all capacity, or as the free address space allows");

CONFIG_PARAM(qos_class, "QoS class of a second window as large as the first; the first has the class of the memory, 1; 0 (the default): no second window");

static int set_backing(const char *text, const struct kernel_param *kp)
{
	char reason[CXL_MOCK_REASON_LEN];
	int rc = cxl_mock_read_backing(kp->name, text, strlen(text), kp->arg, reason);

	if (rc)
		pr_err("%s\n", reason);
	return rc;
}

static int get_backing(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n",
			  cxl_mock_backing_name(*(enum cxl_dc_backing *)kp->arg));
}

static const struct kernel_param_ops backing_ops = {
	.set = set_backing,
	.get = get_backing,
};

module_param_cb(dc_backing, &backing_ops, &config.dc_backing, 0444);
__MODULE_PARM_TYPE(dc_backing, "string");
MODULE_PARM_DESC(dc_backing, "Backing of the capacity: none (the default: extents need a backend), phantom (no memory: any extent can be added) or reserved (memory at window_base, reserved by memmap=: any extent can be added)");

static int set_present(const char *text, const struct kernel_param *kp)
{
	char reason[CXL_MOCK_REASON_LEN];
	int rc = cxl_mock_read_present(kp->name, text, strlen(text), kp->arg, reason);

	if (rc)
		pr_err("%s\n", reason);
	return rc;
}

static int get_present(char *buf, const struct kernel_param *kp)
{
	cxl_mock_show_present(kp->arg, buf, CXL_MOCK_PRESENT_LEN);
	return strlen(strcat(buf, "\n"));
}

static const struct kernel_param_ops present_ops = {
	.set = set_present,
	.get = get_present,
};

module_param_cb(dc_extents, &present_ops, &config, 0444);
__MODULE_PARM_TYPE(dc_extents, "list");
MODULE_PARM_DESC(dc_extents, "Extents that the host has accepted before, <dpa>:<length>:<tag>[:<sequence>], separated by commas (default none)");

/**
 * cxl_mock_params_config() - the configuration that the module was loaded with
 *
 * Return: the parameters; dc_total_size is 0 if no device is wanted.
 */
const struct cxl_mock_config *cxl_mock_params_config(void)
{
	return &config;
}
