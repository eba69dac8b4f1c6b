// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offers: a chain of them is answered once, and what is accepted becomes groups. The
 * rules about what is in use already are here, those about the offer itself in accept.c.
 */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dcd.h"
#include "trace.h"

/**
 * struct allocation - what is decided on the offers of one tag, or on one without
 * @offers: the offers, in the order in which a DAX device has them
 * @nr: entries of @offers
 * @verdict: what becomes of them
 * @group: the group that they become, or are already; NULL: none
 */
struct allocation {
	const struct dcd_offer **offers;
	unsigned int nr;
	enum dcd_verdict verdict;
	struct dcd_group *group;
};

/**
 * struct answer - all that it takes to answer a chain
 * @offers: its offers, in the order in which they came
 * @nr_offers: entries of @offers
 * @sorted: pointers to them, by tag
 * @allocations: what is decided on them
 * @nr_allocations: entries of @allocations in use
 * @listed: offers that the device takes for accepted already
 * @ranges: what the response accepts, in the order in which it was offered
 * @nr: entries of @ranges in use
 */
struct answer {
	const struct dcd_offer *offers;
	unsigned int nr_offers;
	const struct dcd_offer *sorted[DCD_CHAIN_MAX];
	struct allocation allocations[DCD_CHAIN_MAX];
	unsigned int nr_allocations;
	unsigned int listed;
	struct range ranges[DCD_CHAIN_MAX];
	unsigned int nr;
};

static u64 offers_last_of(const struct dcd_offer *offer)
{
	return offer->start + offer->len - 1;
}

static struct range offers_to_range(const struct dcd_offer *offer)
{
	return (struct range) { .start = offer->start, .end = offers_last_of(offer) };
}

static void offers_report(struct dcd_memdev *dcd, const struct dcd_offer *first,
			  unsigned int nr, enum dcd_verdict verdict)
{
	trace_cxl_dcd_verdict(dcd->cxlds->dev, first, nr, verdict);
	if (dcd_is_refusal(verdict))
		dcd_complain(dcd, "extent %#llx of %#llx bytes, tag %pUb: refused: %s\n",
			     first->start, first->len, first->tag, dcd_verdict_reason(verdict));
}

/*
 * The group in use that has exactly these extents, of which no two overlap; NULL: none,
 * or its capacity was lost.
 */
static struct dcd_group *offers_find_held(struct dcd_memdev *dcd,
					  const struct dcd_offer **offers, unsigned int nr)
{
	struct dcd_group *group = NULL;

	for (unsigned int i = 0; i < nr; i++) {
		const struct dcd_extent *extent;

		extent = dcd_extent_find(dcd, offers[i]->start, offers[i]->start);
		if (!extent || extent->start != offers[i]->start ||
		    dcd_extent_len(extent) != offers[i]->len ||
		    memcmp(&extent->tag, offers[i]->tag, sizeof(extent->tag)))
			return NULL;
		if (group && group != extent->group)
			return NULL;
		group = extent->group;
	}
	return group->nr == nr && !group->lost ? group : NULL;
}

/* The DAX region over all of an allocation. */
static enum dcd_verdict offers_find_region(struct dcd_memdev *dcd,
					   const struct dcd_offer **offers, unsigned int nr,
					   struct dcd_dax_region **found)
{
	struct dcd_dax_region *region = NULL;

	for (unsigned int i = 0; i < nr; i++) {
		u64 start = offers[i]->start, last = offers_last_of(offers[i]);
		struct dcd_dax_region *this = dcd_region_find(dcd, start, last);

		if (!this)
			return DCD_NO_REGION;
		if (region && region != this)
			return DCD_TWO_REGIONS;
		if (start < this->range.start || last > this->range.end)
			return DCD_TWO_REGIONS;
		region = this;
	}
	*found = region;
	return DCD_ACCEPTED;
}

/* By a group, or since before its region went. */
static bool offers_is_in_use(struct dcd_memdev *dcd, const struct dcd_offer *offer)
{
	struct range kept;
	bool pinned;

	return dcd_extent_find(dcd, offer->start, offers_last_of(offer)) ||
	       dcd_kept_first(dcd, offer->start, offers_last_of(offer) + 1, &kept, &pinned);
}

/*
 * Judge an allocation, and take note of it if it is accepted. @group is set to the group
 * that it is then, or has been before.
 */
static enum dcd_verdict offers_take(struct dcd_memdev *dcd, const struct dcd_offer **offers,
				    unsigned int nr, struct dcd_group **group)
{
	struct dcd_dax_region *region;
	enum dcd_verdict verdict;
	struct dcd_group *new;

	*group = NULL;
	verdict = dcd_judge_group(offers, nr, dcd->regions, dcd->nr_regions);
	if (verdict)
		return verdict;
	*group = offers_find_held(dcd, offers, nr);
	if (*group)
		return DCD_HELD;
	verdict = offers_find_region(dcd, offers, nr, &region);
	if (verdict)
		return verdict;
	if (dcd_is_tagged(offers[0]) && dcd_tag_in_use(offers[0]->tag))
		return DCD_TAG_IN_USE;
	for (unsigned int i = 0; i < nr; i++)
		if (offers_is_in_use(dcd, offers[i]))
			return DCD_OVERLAP;
	verdict = dcd_judge_number(nr, dcd->nr_extents);
	if (verdict)
		return verdict;

	/* another device may have claimed the tag meanwhile */
	new = dcd_group_create(region, offers, nr);
	if (IS_ERR(new))
		return PTR_ERR(new) == -EEXIST ? DCD_TAG_IN_USE : DCD_NO_MEMORY;
	*group = new;
	return DCD_ACCEPTED;
}

static int offers_show(struct dcd_group *group)
{
	int rc = dcd_group_show(group);

	if (rc)
		return rc;
	guard(mutex)(&group->region->dcd->lock);
	list_add_tail(&group->list, &group->region->groups);
	return 0;
}

/* Make an accepted group visible; release it if that fails. */
static void offers_show_accepted(struct dcd_memdev *dcd, struct dcd_group *group)
{
	int rc = offers_show(group);

	if (!rc)
		return;
	dcd_complain(dcd, "extent %#llx: cannot create a DAX device: error %d: extent released\n",
		     group->extents[0]->start, rc);
	dcd_release_group(group);
}

/* A recovered group may hold data: it stays accepted if there is no memory for it. */
static void offers_show_recovered(struct dcd_memdev *dcd, struct dcd_group *group)
{
	int rc = offers_show(group);

	if (!rc)
		return;
	dcd_complain(dcd, "extent %#llx: cannot create a DAX device: error %d: extent stays accepted, create the region again to use it\n",
		     group->extents[0]->start, rc);
	dcd_group_free(group);
}

/* Whether an extent of the chain before this one is of the same group. */
static bool offers_is_answered(const struct answer *answer, const struct dcd_group *group)
{
	for (unsigned int i = 0; i < answer->nr_allocations; i++)
		if (answer->allocations[i].group == group)
			return true;
	return false;
}

static void offers_add_allocation(struct answer *answer, const struct dcd_offer **offers,
				  unsigned int nr, enum dcd_verdict verdict,
				  struct dcd_group *group)
{
	answer->allocations[answer->nr_allocations++] = (struct allocation) {
		.offers = offers,
		.nr = nr,
		.verdict = verdict,
		.group = group,
	};
}

static void offers_judge(struct dcd_memdev *dcd, struct answer *answer)
{
	unsigned int len;

	dcd_sort_offers(answer->sorted, answer->nr_offers);
	for (unsigned int i = 0; i < answer->nr_offers; i += len) {
		const struct dcd_offer **offers = &answer->sorted[i];
		enum dcd_verdict verdict;
		struct dcd_group *group;

		len = dcd_first_group(offers, answer->nr_offers - i);
		verdict = offers_take(dcd, offers, len, &group);
		/* a response that names an extent twice is refused */
		if (verdict == DCD_HELD && offers_is_answered(answer, group)) {
			verdict = DCD_OVERLAP;
			group = NULL;
		}
		offers_add_allocation(answer, offers, len, verdict, group);
	}
}

/*
 * Whether the chain may have been answered before: the device lists extents in use here as
 * accepted, and another kernel may have answered what was in the log at first.
 */
static bool offers_is_doubtful(const struct dcd_memdev *dcd, const struct answer *answer)
{
	bool none = true;

	for (unsigned int i = 0; i < answer->nr_allocations; i++) {
		if (answer->allocations[i].verdict == DCD_HELD)
			return true;
		none &= answer->allocations[i].verdict != DCD_ACCEPTED;
	}
	return none && !dcd->drained;
}

/*
 * Leave out of the answer what the device lists as accepted: it waits for no response to
 * that. QEMU dies of an empty response that no offer waits for.
 */
static void offers_skip_listed(struct dcd_memdev *dcd, struct answer *answer)
{
	struct dcd_offer *list __free(kvfree) = NULL;
	int nr;

	if (!offers_is_doubtful(dcd, answer))
		return;
	nr = dcd_get_extents(dcd, &list);
	if (nr < 0)
		dcd_complain(dcd, "cannot read the extent list: error %d: offer of %#llx answered without it\n",
			     nr, answer->offers[0].start);
	for (unsigned int i = 0; nr > 0 && i < answer->nr_allocations; i++) {
		struct allocation *allocation = &answer->allocations[i];
		unsigned int listed;

		if (allocation->verdict == DCD_ACCEPTED)
			continue;
		listed = dcd_count_listed(list, nr, allocation->offers, allocation->nr);
		answer->listed += listed;
		if (listed < allocation->nr)
			continue;
		allocation->verdict = DCD_LISTED;
		allocation->group = NULL;
	}
}

/* A device may refuse a response in another order than that of its offers. */
static void offers_list_accepted(struct answer *answer)
{
	DECLARE_BITMAP(accepted, DCD_CHAIN_MAX) = {};
	unsigned int i;

	for (i = 0; i < answer->nr_allocations; i++) {
		const struct allocation *allocation = &answer->allocations[i];

		for (unsigned int j = 0; allocation->group && j < allocation->nr; j++)
			__set_bit(allocation->offers[j] - answer->offers, accepted);
	}
	for_each_set_bit(i, accepted, answer->nr_offers)
		answer->ranges[answer->nr++] = offers_to_range(&answer->offers[i]);
}

/**
 * dcd_offers_lost() - a device may wait for responses that it does not get
 * @dcd: the device
 * @nr: how many
 *
 * It would take the next response for the first of these.
 *
 * Context: the worker of @dcd.
 */
void dcd_offers_lost(struct dcd_memdev *dcd, unsigned int nr)
{
	dcd->unanswered = min(dcd->unanswered + nr, DCD_UNANSWERED_MAX);
}

/*
 * A device takes a response for that to the oldest chain without one. If an
 * earlier response has not reached it, this one does not fit: then that chain
 * gets an empty one first. Nothing in use depends on it. An empty one is not
 * sent to a device that has taken all responses so far.
 */
static int offers_respond(struct dcd_memdev *dcd, const struct dcd_offer *first,
			  const struct range *accepted, unsigned int nr)
{
	int rc = dcd_send_extents(dcd, CXL_DC_OP_ADD_RESPONSE, accepted, nr);
	unsigned long deadline = jiffies + DCD_UNANSWERED_SECONDS * HZ;

	for (; rc && rc != -ETIMEDOUT && nr && dcd->unanswered; dcd->unanswered--) {
		if (time_after(jiffies, deadline))
			break;
		rc = dcd_send_extents(dcd, CXL_DC_OP_ADD_RESPONSE, NULL, 0);
		/* a device that refuses an empty response has no chain that waits for one */
		if (rc)
			break;
		rc = dcd_send_extents(dcd, CXL_DC_OP_ADD_RESPONSE, accepted, nr);
	}
	if (rc) {
		dcd_offers_lost(dcd, 1);
		dcd_complain(dcd, "extent %#llx: Add Dynamic Capacity Response failed: error %d: offer not used\n",
			     first->start, rc);
	} else if (nr) {
		dcd->unanswered = 0;
	}
	return rc;
}

/* Make accepted groups visible, unless the response did not reach the device. */
static void offers_use_accepted(struct dcd_memdev *dcd, const struct answer *answer,
				bool answered)
{
	for (unsigned int i = 0; i < answer->nr_allocations; i++) {
		const struct allocation *allocation = &answer->allocations[i];

		if (allocation->verdict != DCD_ACCEPTED)
			continue;
		if (answered)
			offers_show_accepted(dcd, allocation->group);
		else
			dcd_group_free(allocation->group);
	}
}

/**
 * dcd_offers_answer() - answer the offers of a chain, and use what is accepted
 * @dcd: the device
 * @offers: the offers in the order in which they came
 * @nr: entries of @offers, 1 to DCD_CHAIN_MAX
 * @refused: DCD_ACCEPTED, or why all of them are refused
 *
 * There is one response, and nothing becomes visible before it. There is none if nothing
 * is accepted and the device has had one, as its list of extents tells. Should it wait for
 * one all the same, it gets that before the next.
 *
 * CXL 3.1 8.2.9.9.9.3
 *
 * Context: the worker of @dcd.
 */
void dcd_offers_answer(struct dcd_memdev *dcd, const struct dcd_offer *offers,
		       unsigned int nr, enum dcd_verdict refused)
{
	struct answer *answer __free(kvfree) = kvzalloc(sizeof(*answer), GFP_KERNEL);
	int rc = 0;

	if (!answer) {
		offers_report(dcd, offers, nr, DCD_NO_MEMORY);
		offers_respond(dcd, offers, NULL, 0);
		return;
	}

	/* a forced release just before may cover what is offered now */
	dcd_release_due(dcd);
	answer->offers = offers;
	answer->nr_offers = nr;
	for (unsigned int i = 0; i < nr; i++)
		answer->sorted[i] = &offers[i];
	if (refused)
		offers_add_allocation(answer, answer->sorted, nr, refused, NULL);
	else
		offers_judge(dcd, answer);
	offers_skip_listed(dcd, answer);
	offers_list_accepted(answer);
	for (unsigned int i = 0; i < answer->nr_allocations; i++)
		offers_report(dcd, answer->allocations[i].offers[0], answer->allocations[i].nr,
			      answer->allocations[i].verdict);

	if (answer->nr || !answer->listed)
		rc = offers_respond(dcd, offers, answer->ranges, answer->nr);
	else
		dcd_offers_lost(dcd, 1);
	offers_use_accepted(dcd, answer, !rc);
}

static bool offers_is_under(const struct dcd_offer *offer, const struct dcd_dax_region *region)
{
	return offer->len && offers_last_of(offer) >= offer->start &&
	       offer->start <= region->range.end && offers_last_of(offer) >= region->range.start;
}

static bool offers_any_is_under(const struct dcd_offer **offers, unsigned int nr,
				const struct dcd_dax_region *region)
{
	for (unsigned int i = 0; i < nr; i++)
		if (offers_is_under(offers[i], region))
			return true;
	return false;
}

/*
 * Release listed extents that break a rule, unless another region could use them, or
 * the same region when it is created again.
 */
static void offers_refuse_recovery(struct dcd_release *release, struct dcd_memdev *dcd,
				   const struct dcd_offer **offers, unsigned int nr,
				   enum dcd_verdict verdict)
{
	if (verdict == DCD_NO_REGION || verdict == DCD_TWO_REGIONS || verdict == DCD_NO_MEMORY)
		return;
	for (unsigned int i = 0; i < nr; i++) {
		struct range range = offers_to_range(offers[i]);

		if (dcd_in_dc_region(offers[i]->start, offers[i]->len, dcd->regions,
				     dcd->nr_regions) &&
		    !dcd_extent_find(dcd, range.start, range.end))
			dcd_release_unused(release, &range);
	}
}

/**
 * dcd_recover_listed() - recover the extents of a list that are under a region
 * @region: the region
 * @offers: what the device takes for accepted, by tag
 * @nr: entries of @offers
 *
 * Context: the device's worker.
 */
void dcd_recover_listed(struct dcd_dax_region *region, const struct dcd_offer **offers,
			unsigned int nr)
{
	struct dcd_memdev *dcd = region->dcd;
	struct dcd_release *release __free(dcd_release_end) = dcd_release_begin(dcd);
	unsigned int len;

	for (unsigned int i = 0; i < nr; i += len) {
		enum dcd_verdict verdict;
		struct dcd_group *group;

		len = dcd_first_group(&offers[i], nr - i);
		if (!offers_any_is_under(&offers[i], len, region))
			continue;
		verdict = offers_take(dcd, &offers[i], len, &group);
		/* most of a list that is read again is in use already */
		if (verdict == DCD_HELD)
			continue;
		offers_report(dcd, offers[i], len, verdict);
		if (dcd_is_refusal(verdict))
			offers_refuse_recovery(release, dcd, &offers[i], len, verdict);
		else if (verdict == DCD_ACCEPTED)
			offers_show_recovered(dcd, group);
	}
}

/**
 * dcd_recover() - recover the extents that the device lists as accepted
 * @region: a DAX region that has been created over it
 *
 * Another kernel, or this module before it was loaded again, has accepted it:
 * no second response is sent. CXL 3.1 8.2.9.9.9.2
 *
 * Context: the device's worker.
 */
void dcd_recover(struct dcd_dax_region *region)
{
	struct dcd_memdev *dcd = region->dcd;
	const struct dcd_offer **sorted __free(kvfree) = NULL;
	struct dcd_offer *offers __free(kvfree) = NULL;
	int nr;

	nr = dcd_get_extents(dcd, &offers);
	if (nr < 0) {
		dcd_complain(dcd, "cannot read the extent list: error %d: extents accepted before are not recovered\n",
			     nr);
		return;
	}

	sorted = kvmalloc_array(max(nr, 1), sizeof(*sorted), GFP_KERNEL);
	if (!sorted) {
		dcd_complain(dcd, "out of memory: extents accepted before are not recovered\n");
		return;
	}
	for (int i = 0; i < nr; i++)
		sorted[i] = &offers[i];
	dcd_sort_offers(sorted, nr);
	dcd_recover_listed(region, sorted, nr);
}
