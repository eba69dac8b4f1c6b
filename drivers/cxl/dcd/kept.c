// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capacity that the kernel still has as its memory although its region has gone. That
 * outlives the binding of the device's driver, so it is remembered for the whole host,
 * and the module stays as long as there is any.
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
 * struct kept - capacity that is not given back
 * @list: entry in the list of all
 * @serial: serial number of the device
 * @range: DPAs
 * @hpa: where the memory is
 * @device: name of the device
 */
struct kept {
	struct list_head list;
	u64 serial;
	struct range range;
	u64 hpa;
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
 * dcd_kept_add() - remember that capacity must not be given back
 * @dcd: the device
 * @range: DPAs
 * @hpa: where the kernel has them as its memory
 *
 * Never fails: else another host might get memory that this one uses.
 *
 * Context: the module is in use and stays so during the call.
 */
void dcd_kept_add(const struct dcd_memdev *dcd, const struct range *range, u64 hpa)
{
	const char *device = dev_name(dcd->cxlds->dev);
	size_t len = strlen(device) + 1;
	struct kept *kept;

	guard(mutex)(&kept_lock);
	list_for_each_entry(kept, &kept_list, list)
		if (kept_is_of(kept, dcd) && kept->hpa == hpa &&
		    range_contains(&kept->range, range))
			return;

	kept = kzalloc(struct_size(kept, device, len), GFP_KERNEL | __GFP_NOFAIL);
	kept->serial = dcd->cxlds->serial;
	kept->range = *range;
	kept->hpa = hpa;
	memcpy(kept->device, device, len);
	__module_get(THIS_MODULE);
	list_add_tail(&kept->list, &kept_list);
}

/**
 * dcd_kept_first() - the first capacity in a range that must not be given back
 * @dcd: the device
 * @start: first DPA
 * @end: the DPA after the last
 * @range: set to all of what is remembered there
 *
 * Forgets what is no longer the kernel's memory.
 *
 * Return: whether there is any.
 */
bool dcd_kept_first(const struct dcd_memdev *dcd, u64 start, u64 end, struct range *range)
{
	struct kept *kept, *next, *first = NULL;

	guard(mutex)(&kept_lock);
	list_for_each_entry_safe(kept, next, &kept_list, list) {
		if (!dcd_is_memory(kept->hpa, range_len(&kept->range)))
			kept_free(kept);
		else if (kept_is_of(kept, dcd) && kept->range.start < end &&
			 kept->range.end >= start &&
			 (!first || kept->range.start < first->range.start))
			first = kept;
	}
	if (first)
		*range = first->range;
	return first;
}
