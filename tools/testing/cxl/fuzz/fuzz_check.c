// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold after each step of the fuzzer: a refusal changes nothing, events go
 * to the right log and only where there is room, capacity changes its state only as
 * the step may change it. See also dc_check().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "dc_check.h"
#include "fuzz.h"
#include "fuzz_check.h"

#define REFERENCED	0x80

struct cxl_mock_device fuzz_device;
static unsigned int emitted;
/* what the step that is under way has told the host */
static struct cxl_dc_event_data told[256];
static unsigned int nr_told;
/* the logs of the device, which get what it emits */
static const struct cxl_dc_sink *logs;
static struct dc_snapshot before, after, list_before, list_after, tags_before, tags_after;
static u32 tag_generation;
/* enum dc_extent_state or FREE; before, REFERENCED as well */
static u8 map_before[REGIONS * UNITS], map_after[REGIONS * UNITS];
/* what the step that is under way may do to capacity: bits from << 3 | to */
static u64 may;
static const char *step;

void fuzz_fail(const char *what)
{
	fprintf(stderr, "fuzz_dc: after %s: %s\n", step, what);
	fuzz_failed();
	abort();
}

static unsigned int sink_room(struct cxl_dc *engine)
{
	return logs->room(engine);
}

static void sink_emit(struct cxl_dc *engine, bool to_fm, const struct cxl_dc_event_data *event)
{
	bool for_fm = event->type >= CXL_DC_EVENT_ADD_RESPONSE;

	emitted++;
	if (to_fm != for_fm)
		fuzz_fail("an event went to the wrong log");
	if (event->type == CXL_DC_EVENT_ADD || event->type == CXL_DC_EVENT_RELEASE ||
	    event->type == CXL_DC_EVENT_CONFIG_UPDATED) {
		/* only what is taken by force may overflow the log */
		if (!logs->room(engine))
			fuzz_fail("an event without room in the log");
	}
	if (!to_fm && nr_told < ARRAY_SIZE(told))
		told[nr_told++] = *event;
	if (le32_to_cpu(event->extents_available) > dc.max_extents ||
	    le32_to_cpu(event->tags_available) > dc.max_tags)
		fuzz_fail("more available than there can be");
	logs->emit(engine, to_fm, event);
}

static struct cxl_dc_sink sink = { .room = sink_room, .emit = sink_emit };

/* See all that the device emits, and pass it on to its logs. */
void fuzz_watch(void)
{
	logs = dc.sink;
	sink.size = logs->size;
	dc.sink = &sink;
}

static void map_capacity(u8 *map)
{
	const struct dc_extent *extent;

	memset(map, FREE, REGIONS * UNITS);
	for_each_extent(extent, &dc) {
		u64 unit = (extent->start + UNIT - 1) / UNIT;

		for (; unit * UNIT < extent->start + extent->len; unit++)
			map[unit] = extent->state |
				(extent->tag && extent->tag->referenced &&
				 dc.regions[extent->region].sharable ? REFERENCED : 0);
	}
}

void fuzz_begin(const char *name, u64 may_do)
{
	step = name;
	may = may_do;
	emitted = 0;
	nr_told = 0;
	dc_snapshot(&before, &dc);
	dc_snapshot_list(&list_before, &dc);
	dc_snapshot_tags(&tags_before, &dc);
	tag_generation = dc.tag_generation;
	map_capacity(map_before);
}

static void check_transitions(void)
{
	map_capacity(map_after);
	for (unsigned int i = 0; i < REGIONS * UNITS; i++) {
		u8 from = map_before[i] & ~REFERENCED, to = map_after[i] & ~REFERENCED;

		if (from != to && !(may & MAY(from, to)))
			fuzz_fail("capacity went where it must not");
		if (map_before[i] & REFERENCED && to == FREE && !(may & MAY(DC_HELD, FREE)))
			fuzz_fail("capacity went in spite of a reference");
	}
}

void fuzz_check_unchanged(void)
{
	dc_snapshot(&after, &dc);
	if (!dc_snapshots_equal(&before, &after))
		fuzz_fail("a refused command changed something");
}

/* A refusal changes nothing, generations only change with their lists. */
void fuzz_end(bool refused)
{
	u32 generation = before.words[dc.nr_regions * 6 + 2];
	const char *failure = dc_check(&dc);
	bool same;

	shim_slab.fail = 0;
	if (failure)
		fuzz_fail(failure);
	if (refused) {
		fuzz_check_unchanged();
		if (emitted)
			fuzz_fail("a refused command was reported");
		if (!dc.reason[0] || strnlen(dc.reason, sizeof(dc.reason)) == sizeof(dc.reason))
			fuzz_fail("a refusal without a reason");
	} else {
		check_transitions();
	}
	dc_snapshot_list(&list_after, &dc);
	same = dc_snapshots_equal(&list_before, &list_after);
	if (same ? dc.generation != generation : dc.generation == generation)
		fuzz_fail("the generation does not go with the list");
	dc_snapshot_tags(&tags_after, &dc);
	same = dc_snapshots_equal(&tags_before, &tags_after);
	if (same ? dc.tag_generation != tag_generation : dc.tag_generation == tag_generation)
		fuzz_fail("the generation of tags does not go with their list");
}

/* What is left of the step's records waits for room in the log. */
static void tell_waiting(void)
{
	for (u32 i = dc.queue_first; i < dc.nr_queued && nr_told < ARRAY_SIZE(told); i++)
		told[nr_told++] = dc.queue[i];
}

/* The records of one operation are a chain by More, of one type. */
static void check_chain(u8 type)
{
	for (unsigned int i = 0; i < nr_told; i++) {
		if (told[i].type != type)
			fuzz_fail("an event of another type in a chain");
		if (told[i].flags != (i + 1 < nr_told ? CXL_DC_EVENT_MORE : 0))
			fuzz_fail("the events of an operation are no chain");
	}
}

/* They name all that is asked for, no byte twice, with its tag and sequence number. */
void fuzz_check_asked(u64 len)
{
	static const u8 none[CXL_DC_TAG_LEN];
	u64 end = 0;

	tell_waiting();
	check_chain(CXL_DC_EVENT_RELEASE);
	for (unsigned int i = 0; i < nr_told; i++) {
		const struct cxl_dc_extent *wire = &told[i].extent;
		const struct dc_extent *extent;
		u64 start = le64_to_cpu(wire->start_dpa);

		if (start < end)
			fuzz_fail("a byte is asked for twice");
		end = start + le64_to_cpu(wire->length);
		len -= le64_to_cpu(wire->length);
		for_each_extent(extent, &dc)
			if (start - extent->start < extent->len)
				break;
		if (!extent || end > extent->start + extent->len || !dc_host_has(extent))
			fuzz_fail("the host is asked for what it does not have");
		if (memcmp(wire->tag, extent->tag ? extent->tag->id : none, sizeof(none)) ||
		    le16_to_cpu(wire->shared_seq) != extent->seq)
			fuzz_fail("the host is asked for an extent by another name");
	}
	if (len)
		fuzz_fail("not as much is asked for as the FM said");
}

/* Sequence numbers are 0 to n-1, each once, over all of what the FM has added to. */
void fuzz_check_sequences(void)
{
	const struct dc_extent *extent;
	const struct dc_tag *tag;

	tell_waiting();
	check_chain(CXL_DC_EVENT_ADD);
	for (unsigned int i = 0; i < nr_told; i++) {
		u64 seen = 0, nr = 0;

		if (!dc.regions[told[i].region].sharable)
			continue;
		tag = dc_tag_find(&dc, told[i].extent.tag);
		list_for_each_entry(extent, &tag->extents, in_tag) {
			if (!dc.regions[extent->region].sharable)
				continue;
			seen |= 1ULL << (extent->seq & 63);
			nr++;
		}
		if (seen != (nr < 64 ? (1ULL << nr) - 1 : ~0ULL))
			fuzz_fail("the sequence of a tag has a gap or a repeat");
	}
}

/* Whether so much is free in so few pieces as there may be: the largest are enough. */
bool fuzz_has_room(unsigned int region, u64 len, const u8 *tag)
{
	u32 most = dc.max_extents - dc.nr_extents;
	u64 gaps[UNITS + 1], pos, end;
	const struct dc_extent *extent;
	unsigned int nr = 0;

	/* what other limits there are is another matter */
	if (region >= dc.nr_regions || dc.regions[region].sharable || !dc_tag_is_null(tag) ||
	    !len)
		return false;
	pos = dc.regions[region].base;
	end = pos + dc.regions[region].len;
	for_each_extent(extent, &dc) {
		if (extent->region != region)
			continue;
		if (extent->start > pos && nr < UNITS)
			gaps[nr++] = extent->start - pos;
		pos = extent->start + extent->len;
	}
	if (pos < end)
		gaps[nr++] = end - pos;
	if (most > dc.sink->size)
		most = dc.sink->size;
	while (nr && most--) {
		unsigned int largest = 0;

		for (unsigned int i = 1; i < nr; i++)
			if (gaps[i] > gaps[largest])
				largest = i;
		if (gaps[largest] >= len)
			return true;
		len -= gaps[largest];
		gaps[largest] = gaps[--nr];
	}
	return false;
}

/* Once the device is gone. */
void fuzz_check_memory(void)
{
	step = "the end";
	if (shim_slab.objects)
		fuzz_fail("memory was lost");
}
