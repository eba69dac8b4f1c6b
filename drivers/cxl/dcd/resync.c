// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recovery from an event log that overflowed: records are lost, and device and host may
 * disagree about extents. The device's extent list tells.
 */
#include <linux/device.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/range.h>
#include <linux/slab.h>

#include "dcd.h"

/**
 * dcd_resync_prepare() - set up what is known of lost records: nothing
 * @dcd: the device
 */
void dcd_resync_prepare(struct dcd_memdev *dcd)
{
	ratelimit_state_init(&dcd->lost.ratelimit, DCD_LINES_SECONDS * HZ, DCD_LINES);
	/* messages that are suppressed now are counted in the next one */
	ratelimit_set_flags(&dcd->lost.ratelimit, RATELIMIT_MSG_ON_RELEASE);
}

/**
 * dcd_resync_note() - take note of what a log says that it has lost
 * @dcd: the device
 * @out: header of the response to Get Event Records
 *
 * The log counts until it is cleared, see dcd_resync_cleared(). One that counts on has no
 * new time of the last that it has lost. CXL 3.1 8.2.9.2.2
 *
 * Context: the worker of @dcd.
 */
void dcd_resync_note(struct dcd_memdev *dcd, const struct dcd_records *out)
{
	unsigned int count = max_t(unsigned int, le16_to_cpu(out->overflows), 1);
	struct dcd_lost *lost = &dcd->lost;

	if (!(out->flags & DCD_RECORDS_OVERFLOW) || count <= lost->seen ||
	    (out->last_overflow && out->last_overflow == lost->last))
		return;
	lost->untold += count - lost->seen;
	dcd_offers_lost(dcd, count - lost->seen);
	lost->seen = count;
	lost->last = out->last_overflow;
	lost->records = true;
	lost->pending = true;
}

/**
 * dcd_resync_suspect() - records may be lost, though the log does not say so
 * @dcd: the device
 *
 * Context: the worker of @dcd.
 */
void dcd_resync_suspect(struct dcd_memdev *dcd)
{
	dcd->lost.pending = true;
}

/**
 * dcd_resync_cleared() - the log counts from zero again
 * @dcd: the device
 *
 * Context: the worker of @dcd.
 */
void dcd_resync_cleared(struct dcd_memdev *dcd)
{
	dcd->lost.seen = 0;
}

/* Find extents in use that the list does not cover; return how many. */
static unsigned int resync_find_taken(struct dcd_memdev *dcd, const struct dcd_offer **list,
				      unsigned int nr, struct range *taken)
{
	unsigned int at = 0, found = 0;
	struct dcd_extent *extent;

	for (u64 start = 0; (extent = dcd_extent_find(dcd, start, U64_MAX));
	     start = extent->last + 1) {
		/* a region that goes tells the device of all that it had */
		if (!extent->group->lost && !extent->group->region->leaving &&
		    !dcd_is_covered(list, nr, &at, extent->start, extent->last))
			taken[found++] = (struct range) {
				.start = extent->start,
				.end = extent->last,
			};
	}
	return found;
}

/* Bring those extents of a list that can be into the order of their DPAs; return how many. */
static unsigned int resync_sort(struct dcd_memdev *dcd, const struct dcd_offer *offers,
				unsigned int nr, const struct dcd_offer **list)
{
	unsigned int listed = 0;

	for (unsigned int i = 0; i < nr; i++)
		if (dcd_in_dc_region(offers[i].start, offers[i].len, dcd->regions,
				     dcd->nr_regions))
			list[listed++] = &offers[i];
	dcd_sort_by_start(list, listed);
	return listed;
}

/*
 * Compare with the device's list once. What is in use and no longer listed was taken by
 * force; with that the rest of its group is released, so the list is out of date, and this
 * returns 1. Else what is listed and not in use is judged: it was accepted in a response of
 * which nobody here knows.
 */
static int resync_compare(struct dcd_memdev *dcd)
{
	const struct dcd_offer **list __free(kvfree) = NULL;
	struct dcd_offer *offers __free(kvfree) = NULL;
	struct range *taken __free(kvfree) = NULL;
	struct dcd_dax_region *region;
	unsigned int found;
	int nr;

	nr = dcd_get_extents(dcd, &offers);
	if (nr < 0)
		return nr;
	list = kvmalloc_array(max(nr, 1), sizeof(*list), GFP_KERNEL);
	taken = kvmalloc_array(max(dcd->nr_extents, 1), sizeof(*taken), GFP_KERNEL);
	if (!list || !taken)
		return -ENOMEM;

	nr = resync_sort(dcd, offers, nr, list);
	found = resync_find_taken(dcd, list, nr, taken);
	if (found) {
		dcd->lost.taken += found;
		for (unsigned int i = 0; i < found; i++)
			dcd_release(dcd, taken[i].start, range_len(&taken[i]), true);
		dcd_release_due(dcd);
		return 1;
	}

	dcd_sort_offers(list, nr);
	list_for_each_entry(region, &dcd->dax_regions, list)
		dcd_recover_listed(region, list, nr);
	return 0;
}

/**
 * dcd_resync() - bring the host's view to the device's if records may be lost
 * @dcd: the device, all records of which that were in the log have been handled
 *
 * CXL 3.1 8.2.9.9.9.2
 *
 * Context: the worker of @dcd.
 * Return: 0; or a negative errno after a line in the log, and it has to be tried again.
 */
int dcd_resync(struct dcd_memdev *dcd)
{
	int rc = 1;

	if (!dcd->lost.pending)
		return 0;
	/* the last record of an open chain may be lost */
	if (dcd->lost.records)
		dcd_chain_break(dcd);
	dcd->lost.records = false;
	/* forced releases go first: those extents may still be listed */
	dcd_release_due(dcd);

	/* further forced releases may follow meanwhile, and the log reports them */
	for (int i = 0; i < DCD_LIST_TRIES && rc > 0; i++)
		rc = resync_compare(dcd);
	if (rc < 0) {
		dcd_complain(dcd, "cannot compare with the extent list: error %d: will retry\n",
			     rc);
		return rc;
	}
	dcd->lost.pending = rc > 0;
	return 0;
}

/**
 * dcd_resync_tell() - say in the log how many records are lost
 * @dcd: the device
 *
 * Context: the worker of @dcd.
 * Return: jiffies until there is more to say; MAX_JIFFY_OFFSET: there is not.
 */
unsigned long dcd_resync_tell(struct dcd_memdev *dcd)
{
	struct dcd_lost *lost = &dcd->lost;

	if (!lost->untold && !lost->taken)
		return MAX_JIFFY_OFFSET;
	if (!__ratelimit(&lost->ratelimit))
		return DCD_LINES_SECONDS * HZ;
	dev_warn(dcd->cxlds->dev,
		 "event log overflow: %u Add or Release Capacity records lost; the extent list shows a forced release of %u extents in use; the device must repeat other lost requests\n",
		 max(lost->untold, 1), lost->taken);
	lost->untold = 0;
	lost->taken = 0;
	return MAX_JIFFY_OFFSET;
}
