// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function for cxl_redirect_user to redirect, and a thread per CPU that calls
 * it without a pause. Nobody holds on to its users: what they are called for
 * while they unload is up to cxl_redirect.
 */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "cxl_redirect_test.h"

static struct task_struct *callers[NR_CPUS];

/* Calls that returned what the target, a replacement, and neither would. */
static unsigned long original, replaced, wrong;
module_param(original, ulong, 0444);
module_param(replaced, ulong, 0444);
module_param(wrong, ulong, 0444);

noinline int cxl_redirect_test_target(int value)
{
	return value + CXL_REDIRECT_TEST_ORIGINAL;
}
EXPORT_SYMBOL_GPL(cxl_redirect_test_target);

static int call(void *data)
{
	int value = 0;

	while (!kthread_should_stop()) {
		int result = cxl_redirect_test_target(value) - value;

		/* racy counts are good enough: zero stays zero */
		if (result == CXL_REDIRECT_TEST_ORIGINAL)
			original++;
		else if (result == CXL_REDIRECT_TEST_REPLACED)
			replaced++;
		else
			wrong++;
		value = (value + 1) & 0xffff;
		/* unregistering waits for every task to have been somewhere else */
		cond_resched_tasks_rcu_qs();
	}
	return 0;
}

static void stop_callers(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (callers[cpu])
			kthread_stop(callers[cpu]);
}

static int __init cxl_redirect_target_init(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		struct task_struct *task = kthread_run(call, NULL, "cxl_redirect/%u", cpu);

		if (IS_ERR(task)) {
			stop_callers();
			return PTR_ERR(task);
		}
		callers[cpu] = task;
	}
	return 0;
}
module_init(cxl_redirect_target_init);
module_exit(stop_callers);

MODULE_DESCRIPTION("cxl_redirect selftest: the redirected function and its callers");
MODULE_LICENSE("GPL");
