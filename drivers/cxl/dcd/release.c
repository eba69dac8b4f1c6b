// SPDX-License-Identifier: GPL-2.0-only
/*
 * Release: what the device wants back, and what is given back because its
 * region goes. No DAX device is left over capacity that has been released.
 */
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "dcd.h"
#include "trace.h"

static unsigned long release_deadline(void)
{
	return jiffies + DCD_RELEASE_SECONDS * HZ;
}

static void complain_of_release(struct dcd_memdev *dcd, const struct range *range, int rc)
{
	dcd_complain(dcd, "the device does not take back %#llx of %#llx bytes: error %d\n",
		     range->start, range_len(range), rc);
}

/**
 * dcd_release_range() - tell the device that capacity is released
 * @dcd: the device
 * @range: a DPA range that is not in use
 *
 * CXL 3.1 8.2.9.9.9.4
 *
 * Context: the lock of @dcd is held.
 * Return: 0, or a negative errno after a line in the log.
 */
int dcd_release_range(struct dcd_memdev *dcd, const struct range *range)
{
	int rc = dcd_send_extents(dcd, CXL_DC_OP_RELEASE, range, 1);

	if (rc)
		complain_of_release(dcd, range, rc);
	return rc;
}

/* Whether there is time to tell the device of more. */
static bool release_overlap(struct dcd_memdev *dcd, const struct range *ranges,
			    unsigned int nr, const struct range *left, unsigned long deadline)
{
	for (unsigned int i = 0; i < nr; i++) {
		struct range range = {
			.start = max(left->start, ranges[i].start),
			.end = min(left->end, ranges[i].end),
		};

		if (range.start > range.end)
			continue;
		if (time_after(jiffies, deadline) ||
		    dcd_release_range(dcd, &range) == -ETIMEDOUT)
			return false;
	}
	return true;
}

/*
 * The device has taken capacity of these ranges by force, but maybe not all of it.
 * What it still takes for accepted is what nobody here uses any more.
 */
static void release_rest(struct dcd_memdev *dcd, const struct range *ranges, unsigned int nr)
{
	struct dcd_offer *offers __free(kvfree) = NULL;
	int held = dcd_get_extents(dcd, &offers);
	unsigned long deadline = release_deadline();
	bool go_on = true;

	if (held < 0)
		dcd_complain(dcd, "cannot read the list of extents: error %d: what is left of %#llx is not released before the device wants it\n",
			     held, ranges[0].start);
	for (int i = 0; i < held && go_on; i++) {
		const struct dcd_offer *offer = &offers[i];
		struct range left = {
			.start = offer->start,
			.end = offer->start + offer->len - 1,
		};

		if (dcd_in_dc_region(offer->start, offer->len, dcd->regions, dcd->nr_regions))
			go_on = release_overlap(dcd, ranges, nr, &left, deadline);
	}
}

/*
 * The device takes all of it, or refuses: it has taken a part by force since it wanted
 * this back, and the record of that is not read yet. Then it is asked what is left. One
 * that does not answer in time is not: all that waits for it would wait once more.
 */
static void release_all(struct dcd_memdev *dcd, const struct range *ranges, unsigned int nr)
{
	int rc = dcd_send_extents(dcd, CXL_DC_OP_RELEASE, ranges, nr);

	if (rc == -ETIMEDOUT || rc == -ETIME)
		complain_of_release(dcd, &ranges[0], rc);
	else if (rc)
		release_rest(dcd, ranges, nr);
}

static void release_ranges(struct dcd_group *group, const struct range *ranges, unsigned int nr)
{
	if (group->lost)
		release_rest(group->region->dcd, ranges, nr);
	else
		release_all(group->region->dcd, ranges, nr);
}

/**
 * dcd_give_back() - release the capacity of a group
 * @group: a group that nobody sees; it is freed
 *
 * Context: the lock of the device is held.
 */
void dcd_give_back(struct dcd_group *group)
{
	struct dcd_memdev *dcd = group->region->dcd;
	struct range *ranges __free(kvfree) = NULL;
	unsigned long deadline = release_deadline();
	struct range one;
	unsigned int nr = group->nr;

	ranges = kvmalloc_array(nr, sizeof(*ranges), GFP_KERNEL);
	for (unsigned int i = 0; i < nr; i++) {
		const struct dcd_extent *extent = group->extents[i];
		struct range *range = ranges ? &ranges[i] : &one;

		range->start = extent->start;
		range->end = range->start + dcd_extent_len(extent) - 1;
		trace_cxl_dcd_release(dcd->cxlds->dev, range->start, range_len(range),
				      group->lost ? DCD_RELEASE_FORCED : DCD_RELEASED);
		if (!ranges && !time_after(jiffies, deadline))
			release_ranges(group, range, 1);
	}
	if (ranges)
		release_ranges(group, ranges, nr);
	dcd_group_free(group);
}

/* Release a group if it is not in use, or if its capacity is gone anyway. */
static enum dcd_use try_release(struct dcd_group *group)
{
	enum dcd_use use = dcd_devdax_retire(group, group->lost);

	if (use != DCD_IDLE)
		return use;
	dcd_group_hide(group);
	dcd_give_back(group);
	return DCD_IDLE;
}

static void tell_of_deferral(struct dcd_group *group, enum dcd_use use)
{
	struct dcd_memdev *dcd = group->region->dcd;
	const struct dcd_extent *extent = group->extents[0];
	const char *name = dev_name(&group->dev_dax->dev);

	trace_cxl_dcd_release(dcd->cxlds->dev, extent->start,
			      dcd_extent_len(extent), DCD_RELEASE_DEFERRED);
	switch (use) {
	case DCD_MAPPED:
		dcd_complain(dcd, "%s is wanted back but mapped: it is released when it no longer is\n",
			     name);
		break;
	case DCD_PINNED:
		dcd_complain(dcd, "%s is wanted back but pages of it are pinned: it is released when they no longer are\n",
			     name);
		break;
	case DCD_DRIVER:
		dcd_complain(dcd, "%s is wanted back but has a driver that cannot be asked: it is released when that is unbound\n",
			     name);
		break;
	default:
		dcd_complain(dcd, "%s is wanted back but in use as memory: it is released after daxctl offline-memory %s\n",
			     name, name);
	}
}

/* Release a group now or, if it is in use or too late, remember to do so. */
static void want(struct dcd_memdev *dcd, struct dcd_group *group, bool forced,
		 unsigned long deadline)
{
	bool news = list_empty(&group->wanted);
	enum dcd_use use;

	if (forced && !group->lost) {
		group->lost = true;
		dcd_complain(dcd, "the device has taken %s back by force: what maps it gets SIGBUS\n",
			     dev_name(&group->dev_dax->dev));
	}
	if (news)
		list_add_tail(&group->wanted, &dcd->wanted);
	if (time_after(jiffies, deadline))
		return;
	use = try_release(group);
	if (use != DCD_IDLE && news)
		tell_of_deferral(group, use);
}

/* The first within a range of what the kernel still has as its memory. */
static struct dcd_kept *first_kept(struct dcd_memdev *dcd, u64 start, u64 end)
{
	struct dcd_kept *kept, *next, *first = NULL;

	list_for_each_entry_safe(kept, next, &dcd->kept, list) {
		if (!dcd_is_memory(kept->hpa, range_len(&kept->range))) {
			list_del(&kept->list);
			kfree(kept);
		} else if (kept->range.start < end && kept->range.end >= start &&
			   (!first || kept->range.start < first->range.start)) {
			first = kept;
		}
	}
	return first;
}

/* A device that wants back what nobody holds learns that it has it. */
static void release_unheld(struct dcd_memdev *dcd, u64 start, u64 end, bool forced)
{
	struct range range = { .start = start, .end = end - 1 };

	if (start == end)
		return;
	trace_cxl_dcd_release(dcd->cxlds->dev, start, end - start, DCD_RELEASE_UNKNOWN);
	if (!forced)
		release_all(dcd, &range, 1);
}

/* The same, but for what the kernel has had as its memory since before a region went. */
static void release_unknown(struct dcd_memdev *dcd, u64 start, u64 end, bool forced,
			    unsigned long deadline)
{
	while (start < end && !time_after(jiffies, deadline)) {
		struct dcd_kept *kept = first_kept(dcd, start, end);
		u64 stop = kept ? max(start, kept->range.start) : end;

		release_unheld(dcd, start, stop, forced);
		if (!kept)
			return;
		start = min(kept->range.end + 1, end);
		trace_cxl_dcd_release(dcd->cxlds->dev, stop, start - stop,
				      DCD_RELEASE_DEFERRED);
		dcd_complain(dcd, "%#llx of %#llx bytes is wanted back but memory of the kernel's until the next boot: it is not released\n",
			     stop, start - stop);
	}
}

/**
 * dcd_release() - give back capacity that the device wants, or has taken
 * @dcd: the device
 * @start: first DPA
 * @len: bytes
 * @forced: the capacity is gone already
 *
 * Release of any part of a group releases the group. CXL 3.1 8.2.9.2.1.6
 *
 * Context: the lock of @dcd is held.
 */
void dcd_release(struct dcd_memdev *dcd, u64 start, u64 len, bool forced)
{
	unsigned long deadline = release_deadline();
	struct dcd_extent *extent;
	u64 end = start + len;

	if (!dcd_in_dc_region(start, len, dcd->regions, dcd->nr_regions)) {
		trace_cxl_dcd_release(dcd->cxlds->dev, start, len, DCD_RELEASE_INVALID);
		dcd_complain(dcd, "the device wants back %#llx of %#llx bytes, which is not inside one DC region: ignored\n",
			     start, len);
		return;
	}

	while (start < end && (extent = dcd_extent_find(dcd, start, end - 1))) {
		u64 next = min(extent->last + 1, end);

		release_unknown(dcd, start, max(start, extent->start), forced, deadline);
		/* it may be gone after this, and with it others of its group */
		want(dcd, extent->group, forced, deadline);
		start = next;
	}
	release_unknown(dcd, start, end, forced, deadline);
}

/**
 * dcd_release_wanted() - give back what the device wants and nobody uses any more
 * @dcd: the device
 *
 * Context: the lock of @dcd is held.
 */
void dcd_release_wanted(struct dcd_memdev *dcd)
{
	unsigned long deadline = release_deadline();
	struct dcd_group *group, *next;

	list_for_each_entry_safe(group, next, &dcd->wanted, wanted) {
		if (time_after(jiffies, deadline))
			return;
		try_release(group);
	}
}

/* Small, and without it another host might get memory that the kernel uses. */
static void keep(struct dcd_memdev *dcd, const struct dcd_extent *extent, u64 hpa)
{
	struct dcd_kept *kept = kmalloc(sizeof(*kept), GFP_KERNEL | __GFP_NOFAIL);

	*kept = (struct dcd_kept) {
		.range = { .start = extent->start, .end = extent->last },
		.hpa = hpa,
	};
	list_add_tail(&kept->list, &dcd->kept);
}

static void keep_memory(const struct dcd_group *group)
{
	for (unsigned int i = 0; i < group->nr; i++) {
		const struct dcd_extent *extent = group->extents[i];
		u64 hpa = group->region->hpa + extent->offset;

		if (dcd_is_memory(hpa, dcd_extent_len(extent)))
			keep(group->region->dcd, extent, hpa);
	}
}

/**
 * dcd_release_forget() - the end of what is remembered of a device's capacity
 * @dcd: a device that nobody uses any more
 */
void dcd_release_forget(struct dcd_memdev *dcd)
{
	struct dcd_kept *kept, *next;

	list_for_each_entry_safe(kept, next, &dcd->kept, list)
		kfree(kept);
}

/* Nobody sees the group any more; whether the device may have its capacity again. */
static bool can_be_released(const struct dcd_group *group, unsigned long deadline)
{
	struct dcd_memdev *dcd = group->region->dcd;
	u64 start = group->extents[0]->start;

	if (dcd_devdax_is_memory(group)) {
		dcd_complain(dcd, "the extents of %#llx are memory of the kernel's until the next boot: they are not released\n",
			     start);
		return false;
	}
	if (time_after(jiffies, deadline)) {
		dcd_complain(dcd, "the device is slow, and %#llx is not released as its region goes: the device takes it for accepted\n",
			     start);
		return false;
	}
	return true;
}

/**
 * dcd_release_region() - give back all that is under a DAX region that goes
 * @region: the region
 *
 * Who uses it loses it: what maps it gets SIGBUS.
 *
 * Context: the lock of the device is held.
 */
void dcd_release_region(struct dcd_dax_region *region)
{
	struct dcd_group *group, *previous;
	unsigned long deadline;

	list_for_each_entry(group, &region->groups, list)
		dcd_devdax_wait(group);

	deadline = release_deadline();
	list_for_each_entry_safe_reverse(group, previous, &region->groups, list) {
		dcd_group_hide(group);
		if (can_be_released(group, deadline)) {
			dcd_give_back(group);
		} else {
			keep_memory(group);
			dcd_group_free(group);
		}
	}
}
