// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offers: chains of them are collected and answered once, and what is accepted
 * becomes groups. The rules about what is in use already are here, those about
 * the offer itself in accept.c.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dcd.h"
#include "trace.h"

/* Chains in a row whose response has not reached the device, as far as that matters */
#define UNANSWERED_MAX		8

/*
 * How long a device is told, when a region is created, what cannot be used. What
 * is left it learns when it wants that back.
 */
#define ADOPT_SECONDS		20

/* All that it takes to answer a chain */
struct answer {
	const struct dcd_offer *offers[DCD_CHAIN_MAX];
	struct range accepted[DCD_CHAIN_MAX];
	unsigned int nr;
	struct list_head groups;
};

static u64 last_of(const struct dcd_offer *offer)
{
	return offer->start + offer->len - 1;
}

static struct range to_range(const struct dcd_offer *offer)
{
	return (struct range) { .start = offer->start, .end = last_of(offer) };
}

static void report(struct dcd_memdev *dcd, const struct dcd_offer *first, unsigned int nr,
		   enum dcd_verdict verdict)
{
	trace_cxl_dcd_verdict(dcd->cxlds->dev, first, nr, verdict);
	if (verdict > DCD_HELD)
		dcd_complain(dcd, "extent %#llx of %#llx bytes, tag %pUb: refused: %s\n",
			     first->start, first->len, first->tag, dcd_verdict_reason(verdict));
}

/*
 * Whether a group of exactly these extents, of which no two overlap, is in use, and its
 * capacity was not lost.
 */
static bool is_held(struct dcd_memdev *dcd, const struct dcd_offer **offers, unsigned int nr)
{
	const struct dcd_group *group = NULL;

	for (unsigned int i = 0; i < nr; i++) {
		const struct dcd_extent *extent;

		extent = dcd_extent_find(dcd, offers[i]->start, offers[i]->start);
		if (!extent || extent->start != offers[i]->start ||
		    dcd_extent_len(extent) != offers[i]->len ||
		    memcmp(&extent->tag, offers[i]->tag, sizeof(extent->tag)))
			return false;
		if (group && group != extent->group)
			return false;
		group = extent->group;
	}
	return group->nr == nr && !group->lost;
}

/* The DAX region over all of an allocation. */
static enum dcd_verdict find_region(struct dcd_memdev *dcd, const struct dcd_offer **offers,
				    unsigned int nr, struct dcd_dax_region **found)
{
	struct dcd_dax_region *region = NULL;

	for (unsigned int i = 0; i < nr; i++) {
		u64 start = offers[i]->start, last = last_of(offers[i]);
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

/* Judge an allocation, and take note of it if it is accepted. */
static enum dcd_verdict take(struct dcd_memdev *dcd, const struct dcd_offer **offers,
			     unsigned int nr, struct dcd_group **group)
{
	struct dcd_dax_region *region;
	enum dcd_verdict verdict;

	*group = NULL;
	verdict = dcd_judge_group(offers, nr, dcd->regions, dcd->nr_regions);
	if (verdict)
		return verdict;
	if (is_held(dcd, offers, nr))
		return DCD_HELD;
	verdict = find_region(dcd, offers, nr, &region);
	if (verdict)
		return verdict;
	if (dcd_is_tagged(offers[0]) && dcd_tag_find(dcd, offers[0]->tag))
		return DCD_TAG_IN_USE;
	for (unsigned int i = 0; i < nr; i++)
		if (dcd_extent_find(dcd, offers[i]->start, last_of(offers[i])))
			return DCD_OVERLAP;
	verdict = dcd_judge_number(nr, dcd->nr_extents);
	if (verdict)
		return verdict;

	*group = dcd_group_create(region, offers, nr);
	return *group ? DCD_ACCEPTED : DCD_NO_MEMORY;
}

static int show(struct dcd_group *group)
{
	int rc = dcd_group_show(group);

	if (!rc)
		list_add_tail(&group->list, &group->region->groups);
	return rc;
}

/* What is accepted becomes visible; what then fails is given back. */
static void show_accepted(struct dcd_memdev *dcd, struct dcd_group *group)
{
	int rc = show(group);

	if (!rc)
		return;
	dcd_complain(dcd, "extent %#llx: no DAX device, error %d: it is given back\n",
		     group->extents[0]->start, rc);
	dcd_give_back(group);
}

/* It was somebody's before, and may be again: it is not lost for a lack of memory. */
static void show_adopted(struct dcd_memdev *dcd, struct dcd_group *group)
{
	int rc = show(group);

	if (!rc)
		return;
	dcd_complain(dcd, "extent %#llx: no DAX device, error %d: it stays accepted, create its region again to use it\n",
		     group->extents[0]->start, rc);
	dcd_group_free(group);
}

static void judge_chain(struct dcd_memdev *dcd, struct answer *answer)
{
	struct dcd_chain *chain = &dcd->chain;
	unsigned int len;

	for (unsigned int i = 0; i < chain->nr; i++)
		answer->offers[i] = &chain->offers[i];
	dcd_sort_offers(answer->offers, chain->nr);

	for (unsigned int i = 0; i < chain->nr; i += len) {
		const struct dcd_offer **offers = &answer->offers[i];
		struct dcd_group *group;
		enum dcd_verdict verdict;

		len = dcd_first_group(offers, chain->nr - i);
		verdict = take(dcd, offers, len, &group);
		report(dcd, offers[0], len, verdict);
		if (verdict > DCD_HELD)
			continue;
		for (unsigned int j = 0; j < len; j++)
			answer->accepted[answer->nr++] = to_range(offers[j]);
		if (group)
			list_add_tail(&group->list, &answer->groups);
	}
}

/*
 * A device takes a response for that to the oldest chain without one. If an
 * earlier response has not reached it, this one does not fit: then that chain
 * gets an empty one first. Nothing in use depends on it. An empty one is not
 * sent to a device that has taken all responses so far.
 */
static int respond(struct dcd_memdev *dcd, const struct range *accepted, unsigned int nr)
{
	int rc = dcd_send_extents(dcd, CXL_DC_OP_ADD_RESPONSE, accepted, nr);

	for (; rc && rc != -ETIMEDOUT && nr && dcd->unanswered; dcd->unanswered--) {
		rc = dcd_send_extents(dcd, CXL_DC_OP_ADD_RESPONSE, NULL, 0);
		if (!rc)
			rc = dcd_send_extents(dcd, CXL_DC_OP_ADD_RESPONSE, accepted, nr);
	}
	if (rc)
		dcd->unanswered = min(dcd->unanswered + 1, UNANSWERED_MAX);
	else if (nr)
		dcd->unanswered = 0;
	return rc;
}

/* The one response to a chain. Nothing becomes visible before it. */
static void answer_chain(struct dcd_memdev *dcd)
{
	struct dcd_chain *chain = &dcd->chain;
	struct answer *answer __free(kvfree) = NULL;
	struct dcd_group *group, *next;
	LIST_HEAD(groups);
	int rc;

	if (!chain->refused) {
		answer = kvzalloc(sizeof(*answer), GFP_KERNEL);
		if (!answer)
			chain->refused = DCD_NO_MEMORY;
	}
	if (answer) {
		INIT_LIST_HEAD(&answer->groups);
		judge_chain(dcd, answer);
		list_splice(&answer->groups, &groups);
	} else {
		report(dcd, &chain->offers[0], chain->nr, chain->refused);
	}

	rc = respond(dcd, answer ? answer->accepted : NULL, answer ? answer->nr : 0);
	if (rc)
		dcd_complain(dcd, "the device does not take the answer to its offer of %#llx: error %d: none of it is used\n",
			     chain->offers[0].start, rc);

	list_for_each_entry_safe(group, next, &groups, list) {
		list_del_init(&group->list);
		if (rc)
			dcd_group_free(group);
		else
			show_accepted(dcd, group);
	}
	chain->nr = 0;
}

/**
 * dcd_offer() - take note of an offer, and answer its chain when that ends
 * @dcd: the device
 * @offer: the offer
 * @more: the chain goes on
 *
 * A chain that is too long or too late is refused when it ends: until then,
 * what comes belongs to it, and no response is due.
 *
 * CXL 3.1 8.2.9.2.1.6, 8.2.9.9.9.3
 *
 * Context: the lock of @dcd is held.
 */
void dcd_offer(struct dcd_memdev *dcd, const struct dcd_offer *offer, bool more)
{
	struct dcd_chain *chain = &dcd->chain;

	if (!chain->nr) {
		chain->refused = DCD_ACCEPTED;
		chain->deadline = jiffies + DCD_CHAIN_SECONDS * HZ;
	} else if (time_after(jiffies, chain->deadline)) {
		chain->refused = DCD_CHAIN_TOO_LATE;
	}

	if (chain->nr < DCD_CHAIN_MAX)
		chain->offers[chain->nr++] = *offer;
	else
		chain->refused = DCD_CHAIN_TOO_LONG;
	if (!more)
		answer_chain(dcd);
}

static bool is_under(const struct dcd_offer *offer, const struct dcd_dax_region *region)
{
	return offer->len && last_of(offer) >= offer->start &&
	       offer->start <= region->range.end && last_of(offer) >= region->range.start;
}

static bool any_is_under(const struct dcd_offer **offers, unsigned int nr,
			 const struct dcd_dax_region *region)
{
	for (unsigned int i = 0; i < nr; i++)
		if (is_under(offers[i], region))
			return true;
	return false;
}

/*
 * Extents of the list that cannot be used: the device learns it, unless another
 * region than this could use them, or the same when it is created again.
 */
static void adopt_not(struct dcd_memdev *dcd, const struct dcd_offer **offers,
		      unsigned int nr, enum dcd_verdict verdict, unsigned long deadline)
{
	if (verdict == DCD_NO_REGION || verdict == DCD_TWO_REGIONS || verdict == DCD_NO_MEMORY)
		return;
	for (unsigned int i = 0; i < nr && !time_after(jiffies, deadline); i++) {
		struct range range = to_range(offers[i]);

		if (dcd_in_dc_region(offers[i]->start, offers[i]->len, dcd->regions,
				     dcd->nr_regions) &&
		    !dcd_extent_find(dcd, range.start, range.end))
			dcd_release_range(dcd, &range);
	}
}

static void adopt_groups(struct dcd_dax_region *region, const struct dcd_offer **offers,
			 unsigned int nr)
{
	unsigned long deadline = jiffies + ADOPT_SECONDS * HZ;
	struct dcd_memdev *dcd = region->dcd;
	unsigned int len;

	for (unsigned int i = 0; i < nr; i += len) {
		enum dcd_verdict verdict;
		struct dcd_group *group;

		len = dcd_first_group(&offers[i], nr - i);
		if (!any_is_under(&offers[i], len, region))
			continue;
		verdict = take(dcd, &offers[i], len, &group);
		report(dcd, offers[i], len, verdict);
		if (verdict > DCD_HELD)
			adopt_not(dcd, &offers[i], len, verdict, deadline);
		else if (group)
			show_adopted(dcd, group);
	}
}

/**
 * dcd_adopt() - use what the device takes for accepted already
 * @region: a DAX region that has been created over it
 *
 * Another kernel, or this module before it was loaded again, has accepted it:
 * there is no second response. CXL 3.1 8.2.9.9.9.2
 *
 * Context: the lock of the device is held.
 */
void dcd_adopt(struct dcd_dax_region *region)
{
	struct dcd_memdev *dcd = region->dcd;
	const struct dcd_offer **sorted __free(kvfree) = NULL;
	struct dcd_offer *offers __free(kvfree) = NULL;
	int nr;

	nr = dcd_get_extents(dcd, &offers);
	if (nr < 0) {
		dcd_complain(dcd, "cannot read the list of extents: error %d: those accepted before are not used\n",
			     nr);
		return;
	}

	sorted = kvmalloc_array(max(nr, 1), sizeof(*sorted), GFP_KERNEL);
	if (!sorted) {
		dcd_complain(dcd, "out of memory: the extents accepted before are not used\n");
		return;
	}
	for (int i = 0; i < nr; i++)
		sorted[i] = &offers[i];
	dcd_sort_offers(sorted, nr);
	adopt_groups(region, sorted, nr);
}
