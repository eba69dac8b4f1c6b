// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chains: records that the device has tied together by More are collected, and handled
 * together when the last has come. Offers are then answered by one response, and each
 * tag group whose release is requested is released once.
 */
#include <linux/jiffies.h>
#include <linux/string.h>

#include "dcd.h"
#include "trace.h"

/* An extent in use as a record has to name it. */
static struct dcd_offer chain_describe(const struct dcd_extent *extent)
{
	const struct dcd_group *group = extent->group;
	struct dcd_offer offer = { .start = extent->start, .len = dcd_extent_len(extent) };

	export_uuid(offer.tag, &extent->tag);
	while (offer.seq < group->nr && group->extents[offer.seq] != extent)
		offer.seq++;
	return offer;
}

/* Whether the tag and the sequence number of a release record match the extents in use. */
static enum dcd_release_verdict chain_judge_release(struct dcd_memdev *dcd,
						    const struct dcd_offer *record)
{
	u64 start = record->start, end = start + record->len;
	struct dcd_extent *extent;

	/* what is not in a DC region is refused where it is released */
	if (!dcd_in_dc_region(start, record->len, dcd->regions, dcd->nr_regions))
		return DCD_RELEASED;
	while (start < end && (extent = dcd_extent_find(dcd, start, end - 1))) {
		struct dcd_offer named = chain_describe(extent);
		enum dcd_release_verdict verdict;

		/* a record has one number, that of the first extent in it */
		if (start > record->start)
			named.seq = record->seq;
		verdict = dcd_judge_release(record, &named, dcd->regions, dcd->nr_regions);
		if (verdict != DCD_RELEASED)
			return verdict;
		start = extent->last + 1;
	}
	return DCD_RELEASED;
}

/*
 * The end of a chain of releases. A record of any extent of a group releases the group,
 * once: a chain that names all of them is the same.
 */
static void chain_release(struct dcd_memdev *dcd)
{
	struct dcd_chain *chain = &dcd->chain;

	for (unsigned int i = 0; i < chain->nr; i++) {
		const struct dcd_offer *record = &chain->records[i];
		enum dcd_release_verdict verdict = chain_judge_release(dcd, record);

		if (verdict == DCD_RELEASED) {
			dcd_release(dcd, record->start, record->len, false);
			continue;
		}
		trace_cxl_dcd_release(dcd->cxlds->dev, record->start, record->len, verdict);
		dcd_complain(dcd, "extent %#llx of %#llx bytes, tag %pUb, sequence number %u: release request ignored: %s\n",
			     record->start, record->len, record->tag, record->seq,
			     dcd_release_reason(verdict));
	}
}

static void chain_end(struct dcd_memdev *dcd)
{
	struct dcd_chain *chain = &dcd->chain;

	if (chain->type == CXL_DC_EVENT_ADD)
		dcd_offers_answer(dcd, chain->records, chain->nr, chain->refused);
	else
		chain_release(dcd);
	chain->nr = 0;
}

/* Drop a chain without its last record: nothing of it is accepted or released. */
static void chain_drop(struct dcd_memdev *dcd, enum dcd_verdict why)
{
	struct dcd_chain *chain = &dcd->chain;

	if (chain->type == CXL_DC_EVENT_ADD) {
		chain->refused = why;
		chain_end(dcd);
		return;
	}
	for (unsigned int i = 0; i < chain->nr; i++)
		trace_cxl_dcd_release(dcd->cxlds->dev, chain->records[i].start,
				      chain->records[i].len, DCD_RELEASE_DROPPED);
	dcd_complain(dcd, "extent %#llx and %u more: release request ignored: %s\n",
		     chain->records[0].start, chain->nr - 1, dcd_verdict_reason(why));
	chain->nr = 0;
}

/**
 * dcd_chain_add() - take note of a record, and handle its chain when that ends
 * @dcd: the device
 * @type: CXL_DC_EVENT_ADD or CXL_DC_EVENT_RELEASE
 * @record: the record
 * @more: the chain goes on
 *
 * An open chain is dropped if it is late or if this is a record of the other type: this
 * one then begins a chain. Offers past DCD_CHAIN_MAX have all of their chain refused; of
 * releases as many are handled at once.
 *
 * CXL 3.1 8.2.9.2.1.6
 *
 * Context: the worker of @dcd.
 */
void dcd_chain_add(struct dcd_memdev *dcd, enum cxl_dc_event_type type,
		   const struct dcd_offer *record, bool more)
{
	struct dcd_chain *chain = &dcd->chain;

	dcd_chain_expire(dcd);
	if (chain->nr && chain->type != type)
		chain_drop(dcd, DCD_CHAIN_BROKEN);
	if (chain->nr == DCD_CHAIN_MAX && type == CXL_DC_EVENT_RELEASE)
		chain_end(dcd);

	if (!chain->nr) {
		chain->type = type;
		chain->refused = DCD_ACCEPTED;
		chain->deadline = jiffies + DCD_CHAIN_SECONDS * HZ;
	}
	if (chain->nr < DCD_CHAIN_MAX)
		chain->records[chain->nr++] = *record;
	else
		chain->refused = DCD_CHAIN_TOO_LONG;
	if (!more)
		chain_end(dcd);
}

/**
 * dcd_chain_break() - a record has come that belongs to no chain
 * @dcd: the device
 *
 * Context: the worker of @dcd.
 */
void dcd_chain_break(struct dcd_memdev *dcd)
{
	if (dcd->chain.nr)
		chain_drop(dcd, DCD_CHAIN_BROKEN);
}

/**
 * dcd_chain_expire() - drop an open chain that has taken too long
 * @dcd: the device
 *
 * Context: the worker of @dcd.
 * Return: jiffies until an open chain is too late; MAX_JIFFY_OFFSET: there is none.
 */
unsigned long dcd_chain_expire(struct dcd_memdev *dcd)
{
	struct dcd_chain *chain = &dcd->chain;
	/* read once: what is left must not be less than nothing */
	unsigned long now = jiffies;

	if (chain->nr && time_after_eq(now, chain->deadline))
		chain_drop(dcd, DCD_CHAIN_TOO_LATE);
	return chain->nr ? chain->deadline - now : MAX_JIFFY_OFFSET;
}
