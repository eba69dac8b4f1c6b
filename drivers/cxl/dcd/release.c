// SPDX-License-Identifier: GPL-2.0-only
/*
 * Release: what the device requests, and what is released because its region
 * goes. No DAX device is left over capacity that has been released.
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "dcd.h"
#include "trace.h"

/**
 * struct dcd_release - capacity that is released together
 * @dcd: the device
 * @left: how long commands may still take it, jiffies; 0 or less: no more are sent
 * @taken: it has taken some of @ranges already, and refuses to be told of that
 * @untold: extents that it is not told of, as it is too slow
 * @first: the first of them
 * @nr: entries of @ranges in use
 * @room: entries of @ranges: as many as one command has
 * @ranges: DPAs that nobody uses any more
 */
struct dcd_release {
	struct dcd_memdev *dcd;
	long left;
	bool taken;
	unsigned int untold;
	struct range first;
	unsigned int nr;
	unsigned int room;
	struct range ranges[] __counted_by(room);
};

static struct dcd_release *release_alloc(struct dcd_memdev *dcd, unsigned int room,
					 gfp_t flags)
{
	struct dcd_release *release = kvmalloc(struct_size(release, ranges, room), flags);

	if (release)
		*release = (struct dcd_release) {
			.dcd = dcd,
			.left = DCD_RELEASE_SECONDS * HZ,
			.room = room,
		};
	return release;
}

/**
 * dcd_release_begin() - begin to release capacity together
 * @dcd: the device
 *
 * Commands are as full as the mailbox allows, and together may take the device
 * DCD_RELEASE_SECONDS. Without much memory each extent is a command by itself.
 * CXL 3.1 8.2.9.9.9.4
 *
 * Context: the worker of @dcd, until dcd_release_end().
 */
struct dcd_release *dcd_release_begin(struct dcd_memdev *dcd)
{
	return release_alloc(dcd, dcd_extents_per_command(dcd), GFP_KERNEL) ?:
	       release_alloc(dcd, 1, GFP_KERNEL | __GFP_NOFAIL);
}

static bool release_too_slow(int rc)
{
	return rc == -ETIMEDOUT || rc == -ETIME;
}

static void release_leave_untold(struct dcd_release *release, const struct range *ranges,
				 unsigned int nr)
{
	if (nr && !release->untold)
		release->first = ranges[0];
	release->untold += nr;
}

/*
 * Send one command. Only its time counts, and after a timeout no more are sent.
 */
static int release_send(struct dcd_release *release, const struct range *ranges, unsigned int nr)
{
	unsigned long began = jiffies;
	int rc;

	if (release->left <= 0) {
		release_leave_untold(release, ranges, nr);
		return 0;
	}
	rc = dcd_send_extents(release->dcd, CXL_DC_OP_RELEASE, ranges, nr);
	release->left -= jiffies - began;
	if (release_too_slow(rc)) {
		release->left = 0;
		release_leave_untold(release, ranges, nr);
		return 0;
	}
	return rc;
}

static int release_compare(const void *a, const void *b)
{
	const struct range *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

/* The first of the ranges, which are in order and do not overlap, that ends at or after @dpa. */
static unsigned int release_find(const struct dcd_release *release, u64 dpa)
{
	unsigned int low = 0, high = release->nr;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (release->ranges[middle].end < dpa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void release_send_each(struct dcd_release *release, const struct range *ranges,
			      unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		int rc = release_send(release, &ranges[i], 1);

		if (rc)
			dcd_complain(release->dcd, "extent %#llx of %#llx bytes: Release Dynamic Capacity failed: error %d\n",
				     ranges[i].start, range_len(&ranges[i]), rc);
	}
}

/* What of an extent that the device has accepted is to be released. */
static void release_send_listed(struct dcd_release *release, u64 start, u64 last)
{
	for (unsigned int i = release_find(release, start);
	     i < release->nr && release->ranges[i].start <= last; i++) {
		struct range range = {
			.start = max(start, release->ranges[i].start),
			.end = min(last, release->ranges[i].end),
		};

		release_send_each(release, &range, 1);
	}
}

/*
 * The device has taken capacity of these ranges by force, but maybe not all of it.
 * Release the part that the device still lists as accepted.
 */
static void release_what_is_listed(struct dcd_release *release)
{
	struct dcd_memdev *dcd = release->dcd;
	struct dcd_offer *offers __free(kvfree) = NULL;
	unsigned long began = jiffies;
	int held = dcd_get_extents(dcd, &offers);

	release->left -= jiffies - began;
	if (held < 0) {
		dcd_complain(dcd, "cannot read the extent list: error %d: the rest of %#llx is not released until the device requests it\n",
			     held, release->ranges[0].start);
		return;
	}

	sort(release->ranges, release->nr, sizeof(release->ranges[0]), release_compare, NULL);
	for (int i = 0; i < held; i++)
		if (dcd_in_dc_region(offers[i].start, offers[i].len, dcd->regions,
				     dcd->nr_regions))
			release_send_listed(release, offers[i].start,
					    offers[i].start + offers[i].len - 1);
}

/*
 * Dirty cache lines must not be written back once another host may have the capacity.
 * A device that is no PCI device is backed by memory of this host, where caches are
 * coherent.
 */
static int release_invalidate_caches(const struct dcd_memdev *dcd)
{
	const struct device *dev = dcd->cxlds->dev;
	int rc;

	if (!dcd_has_memory(dev))
		return 0;
	rc = cxl_core_invalidate_caches();
	return rc == -ENXIO && !dev_is_pci(dev) ? 0 : rc;
}

/*
 * Send what has been collected. A device refuses all of it if it has taken a part by a
 * forced release whose record is not read yet: then its list tells what is left.
 */
static void release_flush(struct dcd_release *release)
{
	int rc;

	if (!release->nr)
		return;
	rc = release_invalidate_caches(release->dcd);
	if (rc)
		dcd_complain(release->dcd, "cannot invalidate CPU caches: error %d: extent %#llx of %#llx bytes and %u more not released\n",
			     rc, release->ranges[0].start, range_len(&release->ranges[0]),
			     release->nr - 1);
	else if (release->taken && release->left <= 0)
		release_leave_untold(release, release->ranges, release->nr);
	else if (release->taken || release_send(release, release->ranges, release->nr))
		release_what_is_listed(release);
	release->nr = 0;
	release->taken = false;
}

/**
 * dcd_release_end() - send the commands that are left
 * @release: of dcd_release_begin(), freed; or NULL
 */
void dcd_release_end(struct dcd_release *release)
{
	if (!release)
		return;
	release_flush(release);
	if (release->untold)
		dcd_complain(release->dcd, "device too slow: extent %#llx of %#llx bytes and %u more not released; they stay accepted until the device requests them\n",
			     release->first.start, range_len(&release->first),
			     release->untold - 1);
	kvfree(release);
}

static void release_add(struct dcd_release *release, const struct range *range, bool taken)
{
	if (release->nr == release->room)
		release_flush(release);
	release->ranges[release->nr++] = *range;
	release->taken |= taken;
}

/* A group that nobody sees; it is freed. */
static void release_add_group(struct dcd_release *release, struct dcd_group *group)
{
	for (unsigned int i = 0; i < group->nr; i++) {
		const struct dcd_extent *extent = group->extents[i];
		struct range range = { .start = extent->start, .end = extent->last };

		trace_cxl_dcd_release(release->dcd->cxlds->dev, range.start, range_len(&range),
				      group->lost ? DCD_RELEASE_FORCED : DCD_RELEASED);
		release_add(release, &range, group->lost);
	}
	dcd_group_free(group);
}

/**
 * dcd_release_unused() - release capacity that has never been used here
 * @release: of dcd_release_begin()
 * @range: a DPA range that is not in use; left alone if some of it was before, and still
 *	   is without a region
 */
void dcd_release_unused(struct dcd_release *release, const struct range *range)
{
	struct range kept;
	bool pinned;

	if (!dcd_kept_first(release->dcd, range->start, range->end + 1, &kept, &pinned))
		release_add(release, range, false);
}

/**
 * dcd_release_group() - release the capacity of a group
 * @group: a group that nobody sees; it is freed
 *
 * Context: the device's worker.
 */
void dcd_release_group(struct dcd_group *group)
{
	struct dcd_release *release __free(dcd_release_end) = dcd_release_begin(group->region->dcd);

	release_add_group(release, group);
}

static void release_tell_of_deferral(struct dcd_group *group, enum dcd_use use)
{
	struct dcd_memdev *dcd = group->region->dcd;
	const struct dcd_extent *extent = group->extents[0];
	const char *name = dev_name(&group->dax->dev_dax->dev);

	if (group->deferred)
		return;
	group->deferred = true;
	trace_cxl_dcd_release(dcd->cxlds->dev, extent->start,
			      dcd_extent_len(extent), DCD_RELEASE_DEFERRED);
	switch (use) {
	case DCD_OPEN:
		dcd_complain(dcd, "%s: release requested while open; deferred until closed\n",
			     name);
		break;
	case DCD_MAPPED:
		dcd_complain(dcd, "%s: release requested while mapped; deferred until unmapped\n",
			     name);
		break;
	case DCD_PINNED:
		dcd_complain(dcd, "%s: release requested while pages are pinned; deferred until unpinned\n",
			     name);
		break;
	case DCD_CHANGING:
		dcd_complain(dcd, "%s: release requested while its driver changes; deferred until that is done\n",
			     name);
		break;
	case DCD_CLAIMED:
		dcd_complain(dcd, "%s: release requested while claimed; deferred until daxctl destroy-device %s\n",
			     name, name);
		break;
	case DCD_DRIVER:
		dcd_complain(dcd, "%s: release requested while bound to an unknown driver; deferred until unbound\n",
			     name);
		break;
	default:
		dcd_complain(dcd, "%s: release requested while in use as System RAM; deferred until daxctl offline-memory %s\n",
			     name, name);
	}
}

/*
 * Release those of the groups that are not in use, or whose capacity is gone anyway.
 * The others, and what a slow device cannot be told of now, stay requested.
 */
static void release_groups(struct dcd_memdev *dcd, struct list_head *groups)
{
	struct dcd_group *group;

	if (list_empty(groups))
		return;

	struct dcd_release *release __free(dcd_release_end) = dcd_release_begin(dcd);

	while (release->left > 0 && !list_empty(groups)) {
		enum dcd_use use;

		group = list_first_entry(groups, struct dcd_group, requested);
		list_move_tail(&group->requested, &dcd->requested);
		use = dcd_devdax_retire(group, group->lost);
		if (use != DCD_IDLE) {
			release_tell_of_deferral(group, use);
			continue;
		}
		dcd_group_hide(group);
		release_add_group(release, group);
	}
	list_splice_tail_init(groups, &dcd->requested);
}

/**
 * dcd_release_due() - do what dcd_release() has taken note of
 * @dcd: the device
 *
 * Context: the worker of @dcd.
 */
void dcd_release_due(struct dcd_memdev *dcd)
{
	release_groups(dcd, &dcd->due);
}

/**
 * dcd_release_deferred() - release requested groups that are no longer in use
 * @dcd: the device
 *
 * Context: the worker of @dcd.
 */
void dcd_release_deferred(struct dcd_memdev *dcd)
{
	LIST_HEAD(requested);

	list_splice_init(&dcd->requested, &requested);
	release_groups(dcd, &requested);
}

/* Request the release of a group, which is deferred while the group is in use. */
static void release_request_group(struct dcd_memdev *dcd, struct dcd_group *group, bool forced)
{
	bool news = forced && !group->lost;

	group->lost |= forced;
	/* it is being released already, and its DAX device may be gone */
	if (group->region->leaving)
		return;
	if (news && group->dax)
		dcd_complain(dcd, "%s: forced release; mappings get SIGBUS\n",
			     dev_name(&group->dax->dev_dax->dev));
	list_move_tail(&group->requested, &dcd->due);
}

/* A release request for capacity that is not in use is answered at once. */
static void release_unheld(struct dcd_release *release, u64 start, u64 end, bool forced)
{
	struct range range = { .start = start, .end = end - 1 };

	if (start == end)
		return;
	trace_cxl_dcd_release(release->dcd->cxlds->dev, start, end - start,
			      DCD_RELEASE_UNKNOWN);
	if (!forced)
		release_add(release, &range, false);
}

/* The same, without memory that the kernel kept when a former region went. */
static void release_unheld_but_kept(struct dcd_release *release, u64 start, u64 end, bool forced)
{
	struct dcd_memdev *dcd = release->dcd;
	struct range kept;
	bool pinned;

	while (start < end && dcd_kept_first(dcd, start, end, &kept, &pinned)) {
		u64 stop = max(start, kept.start);

		release_unheld(release, start, stop, forced);
		start = min(kept.end + 1, end);
		trace_cxl_dcd_release(dcd->cxlds->dev, stop, start - stop,
				      DCD_RELEASE_DEFERRED);
		dcd_complain(dcd, "extent %#llx of %#llx bytes: release requested while %s; not released\n",
			     stop, start - stop, pinned ? "pages are pinned" :
			     "in use as System RAM until the next boot");
	}
	release_unheld(release, start, end, forced);
}

/**
 * dcd_release() - take note of a release request or a forced release
 * @dcd: the device
 * @start: first DPA
 * @len: bytes
 * @forced: the capacity is gone already
 *
 * Release of any part of a group releases the group, at the next dcd_release_due().
 * CXL 3.1 8.2.9.2.1.6
 *
 * Context: the worker of @dcd.
 */
void dcd_release(struct dcd_memdev *dcd, u64 start, u64 len, bool forced)
{
	struct dcd_extent *extent;
	u64 end = start + len;

	if (!dcd_in_dc_region(start, len, dcd->regions, dcd->nr_regions)) {
		trace_cxl_dcd_release(dcd->cxlds->dev, start, len, DCD_RELEASE_INVALID);
		dcd_complain(dcd, "extent %#llx of %#llx bytes: release request ignored: must lie within one DC region\n",
			     start, len);
		return;
	}

	struct dcd_release *unheld __free(dcd_release_end) = dcd_release_begin(dcd);

	while (start < end && (extent = dcd_extent_find(dcd, start, end - 1))) {
		release_unheld_but_kept(unheld, start, max(start, extent->start), forced);
		release_request_group(dcd, extent->group, forced);
		start = min(extent->last + 1, end);
	}
	release_unheld_but_kept(unheld, start, end, forced);
}

static void release_keep_memory(const struct dcd_group *group)
{
	struct dcd_memdev *dcd = group->region->dcd;

	for (unsigned int i = 0; i < group->nr; i++) {
		const struct dcd_extent *extent = group->extents[i];
		struct range range = { .start = extent->start, .end = extent->last };
		u64 hpa = group->region->hpa + extent->offset;

		if (dcd_is_memory(hpa, range_len(&range)))
			dcd_kept_add(dcd, &range, hpa, false);
	}
	dcd_complain(dcd, "extent %#llx and its tag group: in use as System RAM until the next boot; not released\n",
		     group->extents[0]->start);
}

/**
 * dcd_release_region() - release all that was under a DAX region
 * @region: the region, whose groups nobody uses or sees
 *
 * Context: the device's worker.
 */
void dcd_release_region(struct dcd_dax_region *region)
{
	struct dcd_release *release __free(dcd_release_end) = dcd_release_begin(region->dcd);
	struct dcd_group *group, *previous;

	list_for_each_entry_safe_reverse(group, previous, &region->groups, list) {
		if (group->left) {
			dcd_group_free(group);
		} else if (dcd_devdax_is_memory(group)) {
			release_keep_memory(group);
			dcd_group_free(group);
		} else {
			release_add_group(release, group);
		}
	}
}
