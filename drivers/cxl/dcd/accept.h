/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DCD_ACCEPT_H__
#define __CXL_DCD_ACCEPT_H__

#include <linux/types.h>

#include "check.h"
#include "limits.h"

/* The start and length of an extent are multiples of it */
#define DCD_EXTENT_ALIGN	((u64)DCD_ALIGN_MIB << 20)

/**
 * enum dcd_verdict - what becomes of offered capacity, and why
 * @DCD_ACCEPTED: it is accepted
 * @DCD_HELD: it is in use already, and accepted again without a change
 * @DCD_LISTED: the device takes it for accepted already: no response is due
 * @DCD_CHAIN_TOO_LONG: its chain has more than DCD_CHAIN_MAX offers
 * @DCD_CHAIN_TOO_LATE: its chain took longer than DCD_CHAIN_SECONDS
 * @DCD_CHAIN_BROKEN: a record of another type came before its chain had ended
 * @DCD_GROUP_TOO_LONG: its tag has more than DCD_CHAIN_MAX extents
 * @DCD_UNALIGNED: a start or length is not a multiple of DCD_EXTENT_ALIGN
 * @DCD_OUTSIDE: an extent is not inside one DC region
 * @DCD_TWO_DC_REGIONS: the extents of one tag are in several DC regions
 * @DCD_UNTAGGED: sharable capacity has no tag
 * @DCD_SEQUENCE: sharable capacity: the sequence numbers are not 0 to n - 1
 * @DCD_NOT_SHARABLE: there is a sequence number, but the capacity is not sharable
 * @DCD_SELF_OVERLAP: extents of one tag overlap
 * @DCD_NO_REGION: there is no region over an extent
 * @DCD_TWO_REGIONS: the extents of one tag are under several regions
 * @DCD_TAG_IN_USE: a group in use has the tag, on any device of this host
 * @DCD_OVERLAP: an extent overlaps one in use, or one offered before it
 * @DCD_TOO_MANY: the device has DCD_EXTENTS_MAX extents in use
 * @DCD_NO_MEMORY: the kernel has no memory to describe it
 */
enum dcd_verdict {
	DCD_ACCEPTED,
	DCD_HELD,
	DCD_LISTED,
	DCD_CHAIN_TOO_LONG,
	DCD_CHAIN_TOO_LATE,
	DCD_CHAIN_BROKEN,
	DCD_GROUP_TOO_LONG,
	DCD_UNALIGNED,
	DCD_OUTSIDE,
	DCD_TWO_DC_REGIONS,
	DCD_UNTAGGED,
	DCD_SEQUENCE,
	DCD_NOT_SHARABLE,
	DCD_SELF_OVERLAP,
	DCD_NO_REGION,
	DCD_TWO_REGIONS,
	DCD_TAG_IN_USE,
	DCD_OVERLAP,
	DCD_TOO_MANY,
	DCD_NO_MEMORY,
};

/**
 * enum dcd_release_verdict - the outcome of a release request
 * @DCD_RELEASED: it is released
 * @DCD_RELEASE_DEFERRED: it is in use, and released when it no longer is
 * @DCD_RELEASE_FORCED: it was gone already, and is not used any more
 * @DCD_RELEASE_UNKNOWN: it is not in use here, and released all the same
 * @DCD_RELEASE_INVALID: it is not inside one DC region
 * @DCD_RELEASE_OTHER_TAG: what is there has another tag
 * @DCD_RELEASE_OTHER_SEQUENCE: what is there, sharable, has another sequence number
 * @DCD_RELEASE_DROPPED: its chain did not end
 */
enum dcd_release_verdict {
	DCD_RELEASED,
	DCD_RELEASE_DEFERRED,
	DCD_RELEASE_FORCED,
	DCD_RELEASE_UNKNOWN,
	DCD_RELEASE_INVALID,
	DCD_RELEASE_OTHER_TAG,
	DCD_RELEASE_OTHER_SEQUENCE,
	DCD_RELEASE_DROPPED,
};

/**
 * struct dcd_offer - an extent as a record or the extent list has it, unchecked
 * @start: DPA of its first byte
 * @len: bytes
 * @tag: UUID of the allocation that it belongs to; all zero: none
 * @seq: its place in a sharable allocation
 */
struct dcd_offer {
	u64 start;
	u64 len;
	u8 tag[16];
	u16 seq;
};

/* Whether a verdict means that the offer is not accepted. */
static inline bool dcd_is_refusal(enum dcd_verdict verdict)
{
	return verdict > DCD_LISTED;
}

bool dcd_is_tagged(const struct dcd_offer *offer);
void dcd_sort_offers(const struct dcd_offer **offers, unsigned int nr);
unsigned int dcd_first_group(const struct dcd_offer **offers, unsigned int nr);
enum dcd_verdict dcd_judge_group(const struct dcd_offer **group, unsigned int nr,
				 const struct dcd_region *regions,
				 unsigned int nr_regions);
enum dcd_verdict dcd_judge_number(unsigned int nr, unsigned int in_use);
enum dcd_release_verdict dcd_judge_release(const struct dcd_offer *record,
					   const struct dcd_offer *extent,
					   const struct dcd_region *regions,
					   unsigned int nr_regions);
unsigned int dcd_count_listed(const struct dcd_offer *list, unsigned int nr_list,
			      const struct dcd_offer **offers, unsigned int nr);
void dcd_sort_by_start(const struct dcd_offer **offers, unsigned int nr);
bool dcd_is_covered(const struct dcd_offer **list, unsigned int nr, unsigned int *at,
		    u64 start, u64 last);
bool dcd_in_dc_region(u64 start, u64 len, const struct dcd_region *regions,
		      unsigned int nr);
const char *dcd_verdict_name(enum dcd_verdict verdict);
const char *dcd_release_name(enum dcd_release_verdict verdict);
const char *dcd_release_reason(enum dcd_release_verdict verdict);
const char *dcd_verdict_reason(enum dcd_verdict verdict);

#endif /* __CXL_DCD_ACCEPT_H__ */
