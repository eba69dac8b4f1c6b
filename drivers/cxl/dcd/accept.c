// SPDX-License-Identifier: GPL-2.0-only
/*
 * The acceptance rules: which offered capacity is accepted. Those that only
 * need the offer and the DC regions are here; those about what is in use are in
 * offers.c. Builds in user space too.
 */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "accept.h"

/**
 * dcd_is_tagged() - whether an offer has a tag
 * @offer: the offer
 */
bool dcd_is_tagged(const struct dcd_offer *offer)
{
	return memchr_inv(offer->tag, 0, sizeof(offer->tag));
}

/* By tag, those without one first; of one tag, in the order in which they came. */
static int accept_compare(const void *a, const void *b)
{
	const struct dcd_offer *left = *(const struct dcd_offer *const *)a;
	const struct dcd_offer *right = *(const struct dcd_offer *const *)b;
	int order = memcmp(left->tag, right->tag, sizeof(left->tag));

	return order ? order : (left > right) - (left < right);
}

/**
 * dcd_sort_offers() - bring the offers of each tag together
 * @offers: pointers to offers, which are in one array in the order in which
 *	    they came
 * @nr: entries of @offers
 */
void dcd_sort_offers(const struct dcd_offer **offers, unsigned int nr)
{
	sort(offers, nr, sizeof(offers[0]), accept_compare, NULL);
}

/**
 * dcd_first_group() - how many offers are one allocation
 * @offers: sorted offers
 * @nr: entries of @offers, at least 1
 *
 * The tag is the unit of allocation. What has no tag is one by itself.
 *
 * Return: how many of @offers belong together, from the first on.
 */
unsigned int dcd_first_group(const struct dcd_offer **offers, unsigned int nr)
{
	unsigned int len = 1;

	if (!dcd_is_tagged(offers[0]))
		return 1;
	while (len < nr && !memcmp(offers[len]->tag, offers[0]->tag, sizeof(offers[0]->tag)))
		len++;
	return len;
}

/* The DC region that a range is inside of, NULL: of none. */
static const struct dcd_region *accept_region_of(u64 start, u64 len,
						 const struct dcd_region *regions, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		const struct dcd_region *region = &regions[i];

		if (start >= region->base && start - region->base < region->len &&
		    len <= region->len - (start - region->base))
			return region;
	}
	return NULL;
}

/**
 * dcd_in_dc_region() - whether a range is inside one DC region
 * @start: DPA of its first byte
 * @len: bytes
 * @regions: DC regions of the device
 * @nr: entries of @regions
 */
bool dcd_in_dc_region(u64 start, u64 len, const struct dcd_region *regions, unsigned int nr)
{
	return len && accept_region_of(start, len, regions, nr);
}

static bool accept_is_aligned(const struct dcd_offer *offer)
{
	return offer->len && IS_ALIGNED(offer->start, DCD_EXTENT_ALIGN) &&
	       IS_ALIGNED(offer->len, DCD_EXTENT_ALIGN);
}

/*
 * Bring a sharable group into the order of its sequence numbers: each extent
 * goes to the place that its number names, until all are where they belong.
 */
static bool accept_order_by_sequence(const struct dcd_offer **group, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		while (group[i]->seq != i) {
			const struct dcd_offer *offer = group[i];

			if (offer->seq >= nr || group[offer->seq]->seq == offer->seq)
				return false;
			group[i] = group[offer->seq];
			group[offer->seq] = offer;
		}
	}
	return true;
}

static int accept_compare_start(const void *a, const void *b)
{
	const struct dcd_offer *left = *(const struct dcd_offer *const *)a;
	const struct dcd_offer *right = *(const struct dcd_offer *const *)b;

	return (left->start > right->start) - (left->start < right->start);
}

/**
 * dcd_sort_by_start() - bring offers into the order of their DPAs
 * @offers: pointers to offers
 * @nr: entries of @offers
 */
void dcd_sort_by_start(const struct dcd_offer **offers, unsigned int nr)
{
	sort(offers, nr, sizeof(offers[0]), accept_compare_start, NULL);
}

/**
 * dcd_is_covered() - whether a device lists all of a range
 * @list: what it takes for accepted, by DPA, each inside a DC region
 * @nr: entries of @list
 * @at: 0 at first, then what the range before this one has left; ranges come by DPA
 * @start: first DPA of the range
 * @last: last DPA of the range
 */
bool dcd_is_covered(const struct dcd_offer **list, unsigned int nr, unsigned int *at,
		    u64 start, u64 last)
{
	while (*at < nr && list[*at]->start + list[*at]->len <= start)
		++*at;
	for (unsigned int i = *at; i < nr && list[i]->start <= start; i++) {
		u64 end = list[i]->start + list[i]->len;

		if (end > last)
			return true;
		start = max(start, end);
	}
	return false;
}

/* Whether two of the offers overlap; leaves them in order of DPA. */
static bool accept_overlap(const struct dcd_offer **group, unsigned int nr)
{
	dcd_sort_by_start(group, nr);
	for (unsigned int i = 1; i < nr; i++)
		if (group[i]->start - group[i - 1]->start < group[i - 1]->len)
			return true;
	return false;
}

/* Bring a group into the order of its DAX device, if its numbers allow one. */
static enum dcd_verdict accept_judge_sequence(const struct dcd_offer **group, unsigned int nr,
					      bool sharable)
{
	if (sharable) {
		if (!dcd_is_tagged(group[0]))
			return DCD_UNTAGGED;
		return accept_order_by_sequence(group, nr) ? DCD_ACCEPTED : DCD_SEQUENCE;
	}

	sort(group, nr, sizeof(group[0]), accept_compare, NULL);
	for (unsigned int i = 0; i < nr; i++)
		if (group[i]->seq)
			return DCD_NOT_SHARABLE;
	return DCD_ACCEPTED;
}

/**
 * dcd_judge_group() - judge an allocation by itself
 * @group: its offers, brought into the order in which its DAX device has them
 * @nr: entries of @group, at least 1
 * @regions: DC regions of the device
 * @nr_regions: entries of @regions
 *
 * All or nothing: what is wrong with one extent is wrong with its group.
 * CXL 3.1 7.6.7.6.5, 9.13.3.2
 *
 * Return: DCD_ACCEPTED or the first rule that it breaks.
 */
enum dcd_verdict dcd_judge_group(const struct dcd_offer **group, unsigned int nr,
				 const struct dcd_region *regions, unsigned int nr_regions)
{
	const struct dcd_region *region = NULL;

	/* a chain is no longer, but a device can list what another kernel accepted */
	if (nr > DCD_CHAIN_MAX)
		return DCD_GROUP_TOO_LONG;
	for (unsigned int i = 0; i < nr; i++) {
		const struct dcd_region *this = accept_region_of(group[i]->start, group[i]->len,
								 regions, nr_regions);

		if (!accept_is_aligned(group[i]))
			return DCD_UNALIGNED;
		if (!this)
			return DCD_OUTSIDE;
		if (region && region != this)
			return DCD_TWO_DC_REGIONS;
		region = this;
	}

	if (accept_overlap(group, nr))
		return DCD_SELF_OVERLAP;
	return accept_judge_sequence(group, nr, region->sharable);
}

/**
 * dcd_judge_number() - judge whether a device can have so many extents more
 * @nr: extents offered
 * @in_use: extents in use, at most DCD_EXTENTS_MAX
 *
 * Return: DCD_ACCEPTED or DCD_TOO_MANY.
 */
enum dcd_verdict dcd_judge_number(unsigned int nr, unsigned int in_use)
{
	return nr > DCD_EXTENTS_MAX - in_use ? DCD_TOO_MANY : DCD_ACCEPTED;
}

/**
 * dcd_judge_release() - judge whether a release record matches the extent in use
 * @record: the record
 * @extent: an extent in use that it is about, with its place in its group as @seq
 * @regions: DC regions of the device
 * @nr_regions: entries of @regions
 *
 * CXL 3.1 8.2.9.2.1.6
 *
 * Return: DCD_RELEASED; DCD_RELEASE_OTHER_TAG; DCD_RELEASE_OTHER_SEQUENCE, which matters
 * only where capacity is sharable.
 */
enum dcd_release_verdict dcd_judge_release(const struct dcd_offer *record,
					   const struct dcd_offer *extent,
					   const struct dcd_region *regions,
					   unsigned int nr_regions)
{
	const struct dcd_region *region = accept_region_of(extent->start, extent->len, regions,
							   nr_regions);

	if (memcmp(record->tag, extent->tag, sizeof(record->tag)))
		return DCD_RELEASE_OTHER_TAG;
	if (region && region->sharable && record->seq != extent->seq)
		return DCD_RELEASE_OTHER_SEQUENCE;
	return DCD_RELEASED;
}

/**
 * dcd_count_listed() - how many offers a device lists as accepted
 * @list: what it takes for accepted
 * @nr_list: entries of @list
 * @offers: the offers, no extent twice
 * @nr: entries of @offers
 *
 * CXL 3.1 8.2.9.9.9.2
 */
unsigned int dcd_count_listed(const struct dcd_offer *list, unsigned int nr_list,
			      const struct dcd_offer **offers, unsigned int nr)
{
	unsigned int listed = 0;

	for (unsigned int i = 0; i < nr_list; i++)
		for (unsigned int j = 0; j < nr; j++)
			listed += list[i].start == offers[j]->start &&
				  list[i].len == offers[j]->len &&
				  !memcmp(list[i].tag, offers[j]->tag, sizeof(list[i].tag));
	return listed;
}

/* The name of each verdict, and its rule with the way out where there is one */
static const struct {
	const char *name;
	const char *reason;
} verdicts[] = {
	[DCD_ACCEPTED] = { "accepted", "accepted" },
	[DCD_HELD] = { "held", "already in use, accepted again" },
	[DCD_LISTED] = { "listed", "the device already lists it as accepted, skipped" },
	[DCD_CHAIN_TOO_LONG] = { "chain-too-long",
		"a chain holds at most " DCD_TEXT(DCD_CHAIN_MAX) " extents: use several chains" },
	[DCD_CHAIN_TOO_LATE] = { "chain-too-late",
		"a chain must be complete within " DCD_TEXT(DCD_CHAIN_SECONDS) " s" },
	[DCD_CHAIN_BROKEN] = { "chain-broken",
		"a record of another type interrupted the chain" },
	[DCD_GROUP_TOO_LONG] = { "group-too-long",
		"a tag group holds at most " DCD_TEXT(DCD_CHAIN_MAX) " extents" },
	[DCD_UNALIGNED] = { "unaligned",
		"start and length must be multiples of " DCD_TEXT(DCD_ALIGN_MIB) "M" },
	[DCD_OUTSIDE] = { "outside", "must lie within one DC region" },
	[DCD_TWO_DC_REGIONS] = { "two-dc-regions",
		"all extents of a tag group must lie in one DC region" },
	[DCD_UNTAGGED] = { "untagged", "sharable capacity must have a tag" },
	[DCD_SEQUENCE] = { "sequence",
		"the n extents of a tag group must have sequence numbers 0 to n-1" },
	[DCD_NOT_SHARABLE] = { "not-sharable",
		"the sequence number of capacity that is not sharable must be 0" },
	[DCD_SELF_OVERLAP] = { "self-overlap", "extents of the tag group overlap" },
	[DCD_NO_REGION] = {
		"no-region",
		"not mapped by a region of this device alone: create one with cxl create-region -t ram first; DC regions behind a gap cannot be mapped",
	},
	[DCD_TWO_REGIONS] = { "two-regions",
		"all extents of a tag group must be mapped by one region" },
	[DCD_TAG_IN_USE] = { "tag-in-use",
		"the tag is in use on this host: release it first or use another" },
	[DCD_OVERLAP] = { "overlap", "overlaps an extent in use or an earlier offer" },
	[DCD_TOO_MANY] = { "too-many",
		"at most " DCD_TEXT(DCD_EXTENTS_MAX)
		" extents of a device can be in use: release some first" },
	[DCD_NO_MEMORY] = { "no-memory", "out of memory" },
};

/**
 * dcd_verdict_name() - a verdict as a word
 * @verdict: the verdict
 */
const char *dcd_verdict_name(enum dcd_verdict verdict)
{
	return verdicts[verdict].name;
}

/**
 * dcd_verdict_reason() - a verdict as a phrase
 * @verdict: the verdict
 *
 * Return: the rule, and the way out where there is one.
 */
const char *dcd_verdict_reason(enum dcd_verdict verdict)
{
	return verdicts[verdict].reason;
}

static const struct {
	const char *name;
	const char *reason;
} release_verdicts[] = {
	[DCD_RELEASED] = { "released", "released" },
	[DCD_RELEASE_DEFERRED] = { "deferred", "in use: deferred until unused" },
	[DCD_RELEASE_FORCED] = { "forced", "forced release" },
	[DCD_RELEASE_UNKNOWN] = { "unknown", "not in use on this host: released anyway" },
	[DCD_RELEASE_INVALID] = { "invalid", "must lie within one DC region" },
	[DCD_RELEASE_OTHER_TAG] = { "other-tag",
		"the extent has another tag: repeat the request with that tag" },
	[DCD_RELEASE_OTHER_SEQUENCE] = {
		"other-sequence",
		"the sharable extent has another sequence number: repeat the request with that number",
	},
	[DCD_RELEASE_DROPPED] = { "dropped", "the chain was not completed: repeat all of it" },
};

/**
 * dcd_release_name() - the outcome of a release request, as a word
 * @verdict: what becomes of it
 */
const char *dcd_release_name(enum dcd_release_verdict verdict)
{
	return release_verdicts[verdict].name;
}

/**
 * dcd_release_reason() - the outcome of a release request, as a phrase
 * @verdict: what becomes of it
 *
 * Return: the rule, and the way out where there is one.
 */
const char *dcd_release_reason(enum dcd_release_verdict verdict)
{
	return release_verdicts[verdict].reason;
}
