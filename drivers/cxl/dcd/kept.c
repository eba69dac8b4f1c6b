// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capacity that is still in use although its region is gone: it is System RAM, or pages of
 * it are pinned. That outlives the binding of the device's driver, so it is remembered for
 * the whole host, and keeps this module loaded.
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/range.h>
#include <linux/slab.h>

#include "dcd.h"

/**
 * struct kept - capacity that must not be released, though it has no region
 * @list: entry in the list of all
 * @serial: serial number of the device
 * @range: DPAs
 * @hpa: where the memory is
 * @pinned: pages of it are pinned, until dcd_kept_unpin(); else it is the kernel's memory
 * @device: name of the device
 */
struct kept {
	struct list_head list;
	u64 serial;
	struct range range;
	u64 hpa;
	bool pinned;
	char device[];
};

static DEFINE_MUTEX(kept_lock);
static LIST_HEAD(kept_list);

static void kept_free(struct kept *kept)
{
	list_del(&kept->list);
	kfree(kept);
	module_put(THIS_MODULE);
}

/* Serial numbers need not be unique, and names are used again: together they will do. */
static bool kept_is_of(const struct kept *kept, const struct dcd_memdev *dcd)
{
	return kept->serial == dcd->cxlds->serial &&
	       !strcmp(kept->device, dev_name(dcd->cxlds->dev));
}

/**
 * dcd_kept_add() - remember that capacity must not be released
 * @dcd: the device
 * @range: DPAs
 * @hpa: where the memory is
 * @pinned: pages of it are pinned; else it is the kernel's memory
 *
 * Never fails: else another host might get memory that this one uses.
 *
 * Context: the module is in use and stays so during the call.
 */
void dcd_kept_add(const struct dcd_memdev *dcd, const struct range *range, u64 hpa,
		  bool pinned)
{
	const char *device = dev_name(dcd->cxlds->dev);
	size_t len = strlen(device) + 1;
	struct kept *kept;

	guard(mutex)(&kept_lock);
	list_for_each_entry(kept, &kept_list, list)
		if (kept_is_of(kept, dcd) && kept->hpa == hpa && kept->pinned == pinned &&
		    kept->range.start <= range->start && kept->range.end >= range->end)
			return;

	kept = kzalloc(struct_size(kept, device, len), GFP_KERNEL | __GFP_NOFAIL);
	kept->serial = dcd->cxlds->serial;
	kept->range = *range;
	kept->hpa = hpa;
	kept->pinned = pinned;
	memcpy(kept->device, device, len);
	__module_get(THIS_MODULE);
	list_add_tail(&kept->list, &kept_list);
}

/**
 * dcd_kept_unpin() - pages that were pinned are unpinned
 * @hpa: host physical addresses
 */
void dcd_kept_unpin(const struct range *hpa)
{
	struct kept *kept, *next;

	guard(mutex)(&kept_lock);
	list_for_each_entry_safe(kept, next, &kept_list, list)
		if (kept->pinned && kept->hpa == hpa->start)
			kept_free(kept);
}

/**
 * dcd_kept_first() - the first capacity in a range that must not be released
 * @dcd: the device
 * @start: first DPA
 * @end: the DPA after the last
 * @range: set to all of what is remembered there
 * @pinned: set to whether pages of it are pinned; else it is the kernel's memory
 *
 * Forgets what is no longer the kernel's memory.
 *
 * Return: whether there is any.
 */
bool dcd_kept_first(const struct dcd_memdev *dcd, u64 start, u64 end, struct range *range,
		    bool *pinned)
{
	struct kept *kept, *next, *first = NULL;

	guard(mutex)(&kept_lock);
	list_for_each_entry_safe(kept, next, &kept_list, list) {
		if (!kept->pinned && !dcd_is_memory(kept->hpa, range_len(&kept->range)))
			kept_free(kept);
		else if (kept_is_of(kept, dcd) && kept->range.start < end &&
			 kept->range.end >= start &&
			 (!first || kept->range.start < first->range.start))
			first = kept;
	}
	if (!first)
		return false;
	*range = first->range;
	*pinned = first->pinned;
	return true;
}
