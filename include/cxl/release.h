/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_RELEASE_H__
#define __CXL_RELEASE_H__

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <generated/utsrelease.h>

/**
 * cxl_check_release() - whether this module was built for the kernel that runs
 *
 * The loader compares the releases too, but not when it is forced (insmod -f).
 *
 * Return: 0; -ENOEXEC, as from the loader, after a line in the log.
 */
static inline int __init cxl_check_release(void)
{
	if (!strcmp(init_utsname()->release, UTS_RELEASE))
		return 0;

	pr_err("was built for kernel %s, and this is %s: build the modules for this kernel\n",
	       UTS_RELEASE, init_utsname()->release);
	return -ENOEXEC;
}

#endif /* __CXL_RELEASE_H__ */
