// SPDX-License-Identifier: GPL-2.0-only
/*
 * One bug of the kind that "bug" names, made as the module loads. They show
 * that the debug kernel's lane would find such a bug in the other modules.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

static char *bug = "";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "Which bug to make");

static int use_after_free(void)
{
	int *block = kzalloc(64, GFP_KERNEL);
	int *freed = block;

	if (!block)
		return -ENOMEM;
	/* the compiler must not see that it is the same */
	OPTIMIZER_HIDE_VAR(freed);
	kfree(block);
	return READ_ONCE(*freed) == 1;
}

static int leak(void)
{
	/* of several, some at least have no pointer left on a stack by chance */
	for (int i = 0; i < 8; i++)
		if (!kzalloc(100, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static int lock_inversion(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static DEFINE_SPINLOCK(atomic);

static int sleep_in_atomic(void)
{
	spin_lock(&atomic);
	might_sleep();
	spin_unlock(&atomic);
	return 0;
}

static int out_of_bounds(void)
{
	static int array[4];
	int index = ARRAY_SIZE(array);

	OPTIMIZER_HIDE_VAR(index);
	return array[index] == 1;
}

static int list_corruption(void)
{
	LIST_HEAD(list);
	LIST_HEAD(entry);

	list_add(&entry, &list);
	entry.next = &entry;
	list_del(&entry);
	return 0;
}

static void nothing(struct timer_list *unused)
{
}

static int free_of_active_object(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return -ENOMEM;
	timer_setup(timer, nothing, 0);
	mod_timer(timer, jiffies + 1000 * HZ);
	kfree(timer);
	return 0;
}

static const struct {
	const char *name;
	int (*make)(void);
} bugs[] = {
	{ "use_after_free", use_after_free },
	{ "leak", leak },
	{ "lock_inversion", lock_inversion },
	{ "sleep_in_atomic", sleep_in_atomic },
	{ "out_of_bounds", out_of_bounds },
	{ "list_corruption", list_corruption },
	{ "free_of_active_object", free_of_active_object },
};

static int __init cxl_planted_bug_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(bugs); i++)
		if (!strcmp(bug, bugs[i].name))
			return bugs[i].make();
	pr_err("bug=%s: there is no such bug\n", bug);
	return -EINVAL;
}
module_init(cxl_planted_bug_init);

static void __exit cxl_planted_bug_exit(void)
{
}
module_exit(cxl_planted_bug_exit);

MODULE_DESCRIPTION("The debug kernel's lane: one bug of each kind");
MODULE_LICENSE("GPL");
