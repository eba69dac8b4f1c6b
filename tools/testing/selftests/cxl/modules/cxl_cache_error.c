// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU caches that cannot be invalidated, whoever asks for it: what the kernel has done is
 * reported as a failure. Needs a machine whose caches can be, else nobody gets that far.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

static int error = -EIO;
module_param(error, int, 0444);
MODULE_PARM_DESC(error, "What cpu_cache_invalidate_memregion() returns");

static int cache_error_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	regs_set_return_value(regs, error);
	return 0;
}

static struct kretprobe cache_error_probe = {
	.kp.symbol_name = "cpu_cache_invalidate_memregion",
	.handler = cache_error_return,
};

static int __init cxl_cache_error_init(void)
{
	return register_kretprobe(&cache_error_probe);
}
module_init(cxl_cache_error_init);

static void __exit cxl_cache_error_exit(void)
{
	unregister_kretprobe(&cache_error_probe);
}
module_exit(cxl_cache_error_exit);

MODULE_DESCRIPTION("CXL selftest: CPU caches that cannot be invalidated");
MODULE_LICENSE("GPL");
