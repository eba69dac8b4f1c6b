// SPDX-License-Identifier: GPL-2.0-only
/* Module parameters: the front end that makes one device at load. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "mock.h"

static struct cxl_mock_config config = {
	.num_dc_regions = 1,
	.dc_block_size = CXL_MOCK_DC_BLOCK_DEFAULT,
	.serial = 0xdcd0,
};

/* A number with an optional suffix of memparse(), which itself cannot overflow. */
static int parse_size(const char *text, u64 *size)
{
	char number[32], one[3] = "1";
	size_t len;
	char *end;
	u64 count;
	int rc;

	rc = kstrtou64(text, 0, size);
	if (rc != -EINVAL)
		return rc;

	len = strcspn(text, "\n");
	if (len < 2 || len >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, len - 1);
	number[len - 1] = '\0';
	one[1] = text[len - 1];

	rc = kstrtou64(number, 0, &count);
	if (rc)
		return rc;
	if (check_mul_overflow(count, memparse(one, &end), size))
		return -ERANGE;
	return *end ? -EINVAL : 0;
}

static int set_size(const char *text, const struct kernel_param *kp)
{
	u64 size;
	int rc = parse_size(text, &size);

	if (rc == -ERANGE)
		pr_err("%s=%.32s: does not fit 64 bits, the most that would do is %s\n", kp->name,
		       text, cxl_mock_size(CXL_MOCK_DPA_END).text);
	else if (rc)
		pr_err("%s=%.32s: must be a number, with a suffix K, M, G or T if you like, such as 4G\n",
		       kp->name, text);
	else
		*(u64 *)kp->arg = size;
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

CONFIG_PARAM(dc_total_size, "Bytes of Dynamic Capacity, with a suffix K, M, G or T: a multiple of num_dc_regions x 256M; 0 (the default) makes no device at load");
CONFIG_PARAM(num_dc_regions, "Number of DC regions of equal size that dc_total_size is divided into, 1 to 8 (default 1)");
CONFIG_PARAM(dc_block_size, "Bytes per block of every DC region: a power of two from 64 that divides the region (default 2M)");
CONFIG_PARAM(serial, "Serial number of the device (default 0xdcd0)");
CONFIG_PARAM(window_base, "Host physical address of the window, a multiple of 256M; 0 (the default) takes free space at the top of what the kernel can map");
CONFIG_PARAM(window_size, "Bytes of the window, a multiple of 256M; 0 (the default) takes dc_total_size, or as much of it as the machine has free address space for");

/**
 * cxl_mock_params_config() - the configuration that the module was loaded with
 *
 * Return: the parameters; dc_total_size is 0 if no device is wanted.
 */
const struct cxl_mock_config *cxl_mock_params_config(void)
{
	return &config;
}
