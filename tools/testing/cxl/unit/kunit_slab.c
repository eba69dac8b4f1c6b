// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is counted and that can run out, in the kernel: by failslab. */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/timer.h>

#include "unit.h"
#include "kunit_slab.h"

/*
 * A command that has no memory is done in a moment. But mas_nomem() of Linux 6.12 asks for
 * ever where it got some of the nodes that it needs, and then no more.
 */
#define PATIENCE	(3 * HZ)

static size_t objects;
/* whose allocations fail */
static struct task_struct *failing;
static bool gave_up;

static void *counted(void *object)
{
	objects += !!object;
	return object;
}

/* By functions that kunit_slab.h does not replace, or not without an argument list. */
void *unit_kzalloc(size_t size, gfp_t flags)
{
	return counted(kmalloc(size, flags | __GFP_ZERO));
}

void *unit_kcalloc(size_t nr, size_t size, gfp_t flags)
{
	return counted(kmalloc_array(nr, size, flags | __GFP_ZERO));
}

void *unit_kvcalloc(size_t nr, size_t size, gfp_t flags)
{
	return counted(kvmalloc_array(nr, size, flags | __GFP_ZERO));
}

void unit_kfree(const void *object)
{
	objects -= !!object;
	(kfree)(object);
}

void unit_kvfree(const void *object)
{
	objects -= !!object;
	(kvfree)(object);
}

/**
 * unit_objects() - count what the tested code has allocated and not freed
 *
 * Return: how many objects.
 */
size_t unit_objects(void)
{
	return objects;
}

static void give_up(struct timer_list *timer)
{
	WRITE_ONCE(gave_up, true);
	WRITE_ONCE(failing->make_it_fail, 0);
}

static DEFINE_TIMER(patience, give_up);

/* failslab takes the first from fail_nth, and those after it from make_it_fail. */
static void fail_from(unsigned long nth)
{
	current->fail_nth = nth;
	WRITE_ONCE(current->make_it_fail, !!nth);
}

/**
 * unit_fail_end() - let allocations succeed again, if unit_fail_from() has them fail
 *
 * Return: whether what was tested has ended without memory, too.
 */
bool unit_fail_end(void)
{
	fail_from(0);
	if (!failing)
		return true;
	timer_delete_sync(&patience);
	put_task_struct(failing);
	failing = NULL;
	return !gave_up;
}

/* Skips the test where failslab is not set up as debug/kunit.sh does it. */
static void need_failslab(void)
{
	void *first, *second;

	fail_from(2);
	first = kmalloc(8, GFP_KERNEL);
	second = kmalloc(8, GFP_KERNEL);
	fail_from(0);
	(kfree)(first);
	(kfree)(second);
	if (!first || second)
		kunit_skip(kunit_get_current_test(), "failslab is not set up");
}

/**
 * unit_fail_from() - have allocations of this task fail
 * @nth: the first that fails, and all after it do; 0: none
 *
 * Also those that other parts of the kernel make for it.
 */
void unit_fail_from(unsigned long nth)
{
	/* the rest of the test is done all the same, and can fail */
	if (!unit_fail_end())
		kunit_mark_skipped(kunit_get_current_test(),
				   "this kernel asks for ever where it gets no memory");
	if (!nth)
		return;
	need_failslab();
	gave_up = false;
	failing = get_task_struct(current);
	mod_timer(&patience, jiffies + PATIENCE);
	fail_from(nth);
}

/* Tests have memory while what they test has none. */
static void *lasting(void *old, size_t size)
{
	unsigned int nth = current->fail_nth;
	bool fail = READ_ONCE(current->make_it_fail);
	void *memory;

	fail_from(0);
	memory = kvrealloc(old, size, GFP_KERNEL | __GFP_ZERO);
	current->fail_nth = nth;
	WRITE_ONCE(current->make_it_fail, fail && !READ_ONCE(gave_up));
	return memory;
}

void *malloc(size_t size)
{
	return lasting(NULL, size);
}

void *calloc(size_t nr, size_t size)
{
	return lasting(NULL, size_mul(nr, size));
}

void *realloc(void *old, size_t size)
{
	return lasting(old, size);
}

void free(void *object)
{
	(kvfree)(object);
}
