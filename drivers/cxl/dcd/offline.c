// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that has just gone offline. The kernel says so before the write to the state of
 * the memory block has returned. Removing it at once would wait for that writer with
 * mem_hotplug_lock held, which the writer has had: no deadlock, but lockdep reports one.
 * So whoever put memory offline gets time to return.
 */
#include <linux/atomic.h>
#include <linux/ktime.h>
#include <linux/memory.h>
#include <linux/notifier.h>

#include "dcd.h"
#include "limits.h"

/* A ktime_t: until when no memory is removed; KTIME_MAX while some is on its way. */
static atomic64_t offline_settled = ATOMIC64_INIT(0);

static int offline_notify(struct notifier_block *nb, unsigned long action, void *arg)
{
	if (action == MEM_GOING_OFFLINE)
		atomic64_set(&offline_settled, KTIME_MAX);
	else if (action == MEM_OFFLINE || action == MEM_CANCEL_OFFLINE)
		atomic64_set(&offline_settled, ktime_add_ms(ktime_get(), DCD_OFFLINE_MS));
	return NOTIFY_OK;
}

static struct notifier_block offline_nb = {
	.notifier_call = offline_notify,
};

/**
 * dcd_offline_is_settled() - whether memory that is offline can be removed
 *
 * Return: false while memory goes offline, and for DCD_OFFLINE_MS after that.
 */
bool dcd_offline_is_settled(void)
{
	return ktime_after(ktime_get(), atomic64_read(&offline_settled));
}

/**
 * dcd_offline_init() - take note of memory that goes offline
 *
 * Return: 0 or a negative errno.
 */
int dcd_offline_init(void)
{
	return register_memory_notifier(&offline_nb);
}

/**
 * dcd_offline_exit() - take no more note of it
 */
void dcd_offline_exit(void)
{
	unregister_memory_notifier(&offline_nb);
}
