// SPDX-License-Identifier: GPL-2.0-only
/*
 * cxl_redirect: answer single kernel functions at run time, what cxl_test does
 * at link time. Like a live patch it points the function's ftrace entry at a
 * replacement; unlike one it lets the replacement's module call the original.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <cxl/redirect.h>
#include <cxl/release.h>

/*
 * How far behind a function's address its ftrace entry can be (an ENDBR64 on
 * x86). The kernel aligns functions to 16 bytes, so no two can be this close.
 */
#define ENTRY_OFFSET_MAX 16

/* How often pending calls are checked, and how often they are logged */
#define WAIT_POLL_US	5000
#define WAIT_SECONDS	10

static const struct cxl_redirect *
find_redirect(const struct cxl_redirect_table *table, unsigned long ip)
{
	for (unsigned int i = 0; i < table->nr; i++)
		if (ip - (unsigned long)table->redirects[i]->target < ENTRY_OFFSET_MAX)
			return table->redirects[i];
	return NULL;
}

static void notrace redirect_call(unsigned long ip, unsigned long parent_ip,
				  struct ftrace_ops *ops,
				  struct ftrace_regs *fregs)
{
	struct cxl_redirect_table *table = ops->private;
	const struct cxl_redirect *redirect;

	if (within_module(parent_ip, table->owner))
		return;

	redirect = find_redirect(table, ip);
	if (!redirect)
		return;

	/* the replacement's guard counts it down again, maybe on another CPU */
	this_cpu_inc(*table->calls);
	ftrace_regs_set_instruction_pointer(fregs,
					    (unsigned long)redirect->replacement);
}

/**
 * cxl_redirect_end() - end a redirected call; use guard(cxl_redirect) instead
 * @table: table of the replacement that is about to return
 */
void cxl_redirect_end(struct cxl_redirect_table *table)
{
	lock_map_release(&table->running);
	this_cpu_dec(*table->calls);
}
EXPORT_SYMBOL_GPL(cxl_redirect_end);

static int hook(struct ftrace_ops *ops, const struct cxl_redirect *const *redirects,
		unsigned int nr)
{
	unsigned long *ips __free(kfree) = kmalloc_array(nr, sizeof(*ips), GFP_KERNEL);
	int rc;

	if (!ips)
		return -ENOMEM;

	for (unsigned int i = 0; i < nr; i++)
		ips[i] = (unsigned long)redirects[i]->target;

	rc = ftrace_set_filter_ips(ops, ips, nr, 0, 1);
	if (!rc)
		rc = register_ftrace_function(ops);
	if (rc)
		ftrace_free_filter(ops);
	return rc;
}

static void unhook(struct ftrace_ops *ops)
{
	unregister_ftrace_function(ops);
	ftrace_free_filter(ops);
}

static void init_ops(struct ftrace_ops *ops, struct cxl_redirect_table *table)
{
	*ops = (struct ftrace_ops) {
		.func = redirect_call,
		.private = table,
		/* permanent: a redirect must not vanish with ftrace_enabled=0 */
		.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
	};
}

static void notrace redirect_nothing(unsigned long ip, unsigned long parent_ip,
				     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

/*
 * Whether one function alone can be hooked, by a hook that does nothing, as no one would
 * wait for a redirected call. Not permanent: a disabled ftrace is not the fault of a
 * function.
 */
static int try_hook(const struct cxl_redirect *redirect)
{
	struct ftrace_ops *ops __free(kfree) = kzalloc(sizeof(*ops), GFP_KERNEL);
	int rc;

	if (!ops)
		return -ENOMEM;
	ops->func = redirect_nothing;
	ops->flags = FTRACE_OPS_FL_IPMODIFY;
	rc = hook(ops, &redirect, 1);
	if (!rc)
		unhook(ops);
	return rc;
}

/* The table was refused as a whole: log which function is to blame, if one is. */
static void report_failure(struct cxl_redirect_table *table, int rc)
{
	if (rc == -ENOMEM) {
		pr_err("%s: out of memory: nothing is redirected\n", table->owner->name);
		return;
	}

	for (unsigned int i = 0; i < table->nr; i++) {
		const struct cxl_redirect *redirect = table->redirects[i];

		if (try_hook(redirect) != rc)
			continue;
		if (rc == -EBUSY)
			pr_err("%s: %ps is already redirected, by a live patch or another module: see enabled_functions in tracefs and remove it first\n",
			       table->owner->name, redirect->target);
		else
			pr_err("%s: %ps has no ftrace entry (%d): this kernel cannot redirect it\n",
			       table->owner->name, redirect->target, rc);
		return;
	}

	pr_err("%s: cannot redirect (%d): is ftrace off? (/proc/sys/kernel/ftrace_enabled)\n",
	       table->owner->name, rc);
}

/**
 * cxl_redirect_register() - start answering the functions of a table
 * @table: the redirects, all of which take effect or none
 *
 * Context: process context, may sleep.
 * Return: 0; -EPERM if the kernel is locked down; -EBUSY if a function is
 * already answered by someone else or ftrace is switched off; -EINVAL if a
 * function has no ftrace entry; -ENOMEM. The log names the reason.
 */
int cxl_redirect_register(struct cxl_redirect_table *table)
{
	static struct lock_class_key running;
	int rc;

	rc = security_locked_down(LOCKDOWN_DBG_WRITE_KERNEL);
	if (rc) {
		pr_err("%s: the kernel is locked down, which forbids redirects: boot with Secure Boot off and without lockdown=\n",
		       table->owner->name);
		return rc;
	}

	table->calls = alloc_percpu(int);
	if (!table->calls) {
		report_failure(table, -ENOMEM);
		return -ENOMEM;
	}

	lockdep_init_map(&table->running, "cxl_redirect", &running, 0);
	init_ops(&table->ops, table);
	rc = hook(&table->ops, table->redirects, table->nr);
	if (rc) {
		free_percpu(table->calls);
		report_failure(table, rc);
	}
	return rc;
}
EXPORT_SYMBOL_GPL(cxl_redirect_register);

/*
 * Replacements that run now. Once no more calls are redirected the counts only go down:
 * what is read of them, one CPU after the other, is never too little.
 */
static int running_calls(const struct cxl_redirect_table *table)
{
	int calls = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		calls += READ_ONCE(*per_cpu_ptr(table->calls, cpu));
	return calls;
}

static void wait_for_calls(const struct cxl_redirect_table *table)
{
	unsigned long warn = jiffies + WAIT_SECONDS * HZ;
	int calls;

	while ((calls = running_calls(table))) {
		if (time_after(jiffies, warn)) {
			pr_warn("%s: still waiting for %d redirected calls to return\n",
				table->owner->name, calls);
			warn = jiffies + WAIT_SECONDS * HZ;
		}
		fsleep(WAIT_POLL_US);
	}
}

/**
 * cxl_redirect_unregister() - stop answering the functions of a table
 * @table: registered table
 *
 * Returns when no replacement runs any more, so that the owner may unload.
 *
 * Context: process context, waits for running replacements, so without a lock
 * that one of them or the core around it takes.
 */
void cxl_redirect_unregister(struct cxl_redirect_table *table)
{
	/* lockdep sees no lock here, but this waits as if there were one */
	lock_map_acquire(&table->running);
	lock_map_release(&table->running);

	unhook(&table->ops);

	wait_for_calls(table);
	/* the last ones may not have left the code behind their guard */
	synchronize_rcu_tasks();
	free_percpu(table->calls);
}
EXPORT_SYMBOL_GPL(cxl_redirect_unregister);

static int __init cxl_redirect_init(void)
{
	return cxl_check_release();
}
module_init(cxl_redirect_init);

static void __exit cxl_redirect_exit(void)
{
}
module_exit(cxl_redirect_exit);

MODULE_DESCRIPTION("CXL: answer single core functions at run time");
MODULE_LICENSE("GPL");
