// SPDX-License-Identifier: GPL-2.0-only
/*
 * The partition: the DC regions of a memory device become capacity that the
 * stock core knows how to use.
 */
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "dcd.h"

/* Guards the list, not what is in it: that does not change. */
static DEFINE_MUTEX(dcd_memdevs_lock);
static LIST_HEAD(dcd_memdevs);

/**
 * dcd_memdev_find() - the Dynamic Capacity of a device
 * @cxlds: the device
 *
 * Context: the device's driver is bound, or its memdev exists.
 * Return: what dcd_partition() found, NULL if nothing.
 */
struct dcd_memdev *dcd_memdev_find(const struct cxl_dev_state *cxlds)
{
	struct dcd_memdev *dcd;

	guard(mutex)(&dcd_memdevs_lock);
	list_for_each_entry(dcd, &dcd_memdevs, list)
		if (dcd->cxlds == cxlds)
			return dcd;
	return NULL;
}

/**
 * dcd_memdev_get() - use the Dynamic Capacity behind a memdev
 * @memdev: the memdev, which may have gone: only its address is looked at
 *
 * The driver of the memdev's device cannot be unbound before dcd_memdev_put().
 *
 * Return: what dcd_partition() found, NULL if nothing, or if it is no more.
 */
struct dcd_memdev *dcd_memdev_get(const struct device *memdev)
{
	struct dcd_memdev *dcd;

	guard(mutex)(&dcd_memdevs_lock);
	list_for_each_entry(dcd, &dcd_memdevs, list) {
		if (dcd->cxlds->cxlmd && &dcd->cxlds->cxlmd->dev == memdev) {
			refcount_inc(&dcd->users);
			return dcd;
		}
	}
	return NULL;
}

/**
 * dcd_memdev_put() - undo dcd_memdev_get()
 * @dcd: the device, which may be gone after this, or NULL
 */
void dcd_memdev_put(struct dcd_memdev *dcd)
{
	if (dcd && refcount_dec_and_test(&dcd->users))
		complete(&dcd->unused);
}

/**
 * dcd_memdev_for_each() - do something with each device
 * @fn: what to do, without sleeping
 */
void dcd_memdev_for_each(void (*fn)(struct dcd_memdev *dcd))
{
	struct dcd_memdev *dcd;

	guard(mutex)(&dcd_memdevs_lock);
	list_for_each_entry(dcd, &dcd_memdevs, list)
		fn(dcd);
}

/**
 * dcd_tell_left_out() - say how many lines were kept out of the log
 * @dcd: the device
 */
void dcd_tell_left_out(struct dcd_memdev *dcd)
{
	int lines = atomic_xchg(&dcd->left_out, 0);

	if (lines)
		dev_warn(dcd->cxlds->dev, "%d similar messages suppressed\n", lines);
}

static void dcd_memdev_free(void *data)
{
	struct dcd_memdev *dcd = data;

	dcd_events_stop(dcd);
	scoped_guard(mutex, &dcd_memdevs_lock)
		list_del(&dcd->list);
	/*
	 * A DAX region whose decoder was taken away before goes by itself: the core
	 * has not waited for it.
	 */
	dcd_memdev_put(dcd);
	wait_for_completion(&dcd->unused);
	dcd_tell_left_out(dcd);
	destroy_workqueue(dcd->worker);
	mutex_destroy(&dcd->lock);
	kfree(dcd);
	/* unregistering the redirects at unload waits for what is left of this */
	module_put(THIS_MODULE);
}

struct worker_call {
	struct work_struct work;
	void (*fn)(void *data);
	void *data;
};

static void dcd_worker_call(struct work_struct *work)
{
	struct worker_call *call = container_of(work, struct worker_call, work);

	call->fn(call->data);
}

/**
 * dcd_worker_run() - run a function in a device's worker, and wait for it
 * @dcd: the device
 * @fn: the function
 * @data: passed to it
 *
 * Nothing else runs in the worker meanwhile. So @fn may send commands over extents, and
 * change all that is the worker's.
 *
 * Context: must not be the worker, and must not hold what the worker takes or waits
 * for, such as the device lock of a DAX device, or an attribute that goes with an
 * extent or a DAX device.
 */
void dcd_worker_run(struct dcd_memdev *dcd, void (*fn)(void *data), void *data)
{
	struct worker_call call = { .fn = fn, .data = data };

	INIT_WORK_ONSTACK(&call.work, dcd_worker_call);
	queue_work(dcd->worker, &call.work);
	flush_work(&call.work);
	destroy_work_on_stack(&call.work);
}

/**
 * dcd_steps_aside() - leave a device to a core that handles Dynamic Capacity
 * @mds: the device, with its commands enumerated
 *
 * Says so in the log.
 *
 * Return: true if nothing is to be done for this device here.
 */
bool dcd_steps_aside(const struct cxl_memdev_state *mds)
{
	if (!cxl_core_handles_dcd(mds))
		return false;
	dev_info(mds->cxlds.dev,
		 "Dynamic Capacity is handled by the kernel's CXL core: cxl_dcd steps aside\n");
	return true;
}

/* The DPA range of the partition: regions up to the first gap between two. */
static struct range dcd_partition_range(struct device *dev,
					const struct dcd_region *regions,
					unsigned int nr)
{
	unsigned int used = dcd_adjacent_regions(regions, nr);
	const struct dcd_region *last = &regions[used - 1];

	if (used < nr)
		dev_warn(dev, "DC region %u at %#llx is not adjacent to the previous one: it and later DC regions are not used\n",
			 used, regions[used].base);
	return (struct range) {
		.start = regions[0].base,
		.end = last->base + last->decode_len - 1,
	};
}

/**
 * dcd_partition() - find the partition for a device's Dynamic Capacity
 * @mds: device being set up, without static volatile capacity
 * @range: DPA range of the partition
 *
 * As long as the device has the partition this module stays: only it keeps
 * drivers that expect memory off capacity that has none.
 *
 * Context: called as the core asks for the device's partitions, by the probe
 * of the driver of @mds->cxlds.dev; what is found here goes with that driver.
 * Return: 0; -ENODEV if the device has no Dynamic Capacity that can be used.
 */
int dcd_partition(struct cxl_memdev_state *mds, struct range *range)
{
	struct cxl_mailbox *mbox = &mds->cxlds.cxl_mbox;
	struct device *dev = mds->cxlds.dev;
	int nr;

	if (dcd_lists_commands(mbox) != 1)
		return -ENODEV;
	if (!dcd_dax_is_first()) {
		dev_err(dev, "Dynamic Capacity not used: dax_cxl was loaded before cxl_dcd and would treat regions without extents as memory: modprobe -r dax_cxl, reload cxl_dcd, then load dax_cxl\n");
		return -ENODEV;
	}

	struct dcd_memdev *dcd __free(kfree) = kzalloc(sizeof(*dcd), GFP_KERNEL);

	if (!dcd)
		return -ENODEV;

	nr = dcd_read_regions(mbox, dcd->regions);
	if (nr < 0)
		return -ENODEV;

	dcd->cxlds = &mds->cxlds;
	dcd->nr_regions = nr;
	dcd->range = dcd_partition_range(dev, dcd->regions, nr);
	*range = dcd->range;

	refcount_set(&dcd->users, 1);
	init_completion(&dcd->unused);
	mutex_init(&dcd->lock);
	INIT_LIST_HEAD(&dcd->dax_regions);
	INIT_LIST_HEAD(&dcd->due);
	INIT_LIST_HEAD(&dcd->requested);
	dcd->extents = RB_ROOT_CACHED;
	ratelimit_state_init(&dcd->ratelimit, DCD_LINES_SECONDS * HZ, DCD_LINES);
	ratelimit_set_flags(&dcd->ratelimit, RATELIMIT_MSG_ON_RELEASE);
	dcd_resync_prepare(dcd);
	dcd_events_prepare(dcd);

	dcd->worker = alloc_ordered_workqueue("cxl_dcd/%s", 0, dev_name(dev));
	if (!dcd->worker)
		return -ENODEV;

	/* unloading waits for this call, but not for the device */
	if (!try_module_get(THIS_MODULE)) {
		destroy_workqueue(dcd->worker);
		return -ENODEV;
	}
	scoped_guard(mutex, &dcd_memdevs_lock)
		list_add_tail(&dcd->list, &dcd_memdevs);
	return devm_add_action_or_reset(dev, dcd_memdev_free, no_free_ptr(dcd)) ?
	       -ENODEV : 0;
}

/**
 * dcd_partition_drop() - do without the partition that dcd_partition() has found
 * @mds: the device, of which the core cannot use it
 *
 * Context: as dcd_partition().
 */
void dcd_partition_drop(struct cxl_memdev_state *mds)
{
	devm_release_action(mds->cxlds.dev, dcd_memdev_free, dcd_memdev_find(&mds->cxlds));
}

/**
 * dcd_partition_unused() - say that a device's Dynamic Capacity is not used
 * @mds: a device with static volatile capacity, which the core would take for it
 *
 * Context: as dcd_partition().
 */
void dcd_partition_unused(struct cxl_memdev_state *mds)
{
	if (dcd_lists_commands(&mds->cxlds.cxl_mbox) == 1)
		dev_info(mds->cxlds.dev,
			 "Dynamic Capacity not used: the device has static volatile capacity, and this kernel supports one volatile partition\n");
}
