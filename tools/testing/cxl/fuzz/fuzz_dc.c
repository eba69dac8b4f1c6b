// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes are a sequence of commands of the host and of the FM, of offers and
 * requests of other front ends, of backends that come and go, of allocations
 * that fail and of a full event log. After each step all that must hold is
 * checked: see the comments of the checks below, and dc_check().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "dc_check.h"
#include "fuzz.h"
#include "mailbox.h"

#define MIB		(1024 * 1024ULL)
#define REGION		(256 * MIB)
#define REGIONS		3
/* what of the capacity is looked at one by one */
#define UNIT		(4 * MIB)
#define UNITS		(REGION / UNIT)
#define RANGES		6
#define BACKENDS	3
#define OUT_MAX		512
/* all states of an extent, and none */
#define FREE		(DC_HELD + 1)
#define REFERENCED	0x80

struct input {
	const u8 *bytes;
	size_t left;
};

static struct cxl_mock_device device;
#define dc	(device.dc)
static struct cxl_dc_backend backends[BACKENDS];
static bool attached[BACKENDS];
static unsigned int room, emitted;
static u64 block;
static u8 out[OUT_MAX];
static struct dc_snapshot before, after, list_before, list_after, tags_before, tags_after;
static u32 tag_generation;
/* enum dc_extent_state or FREE; before, REFERENCED as well */
static u8 map_before[REGIONS * UNITS], map_after[REGIONS * UNITS];
/* what the step that is under way may do to capacity: bits from << 3 | to */
static u64 may;
static const char *step;

#define MAY(from, to)	(1ULL << ((from) << 3 | (to)))

static void fail(const char *what)
{
	fprintf(stderr, "fuzz_dc: after %s: %s\n", step, what);
	fuzz_failed();
	abort();
}

static unsigned int sink_room(struct cxl_dc *engine)
{
	return room;
}

static void sink_emit(struct cxl_dc *engine, bool to_fm, const struct cxl_dc_event_data *event)
{
	bool for_fm = event->type >= CXL_DC_EVENT_ADD_RESPONSE;

	emitted++;
	if (to_fm != for_fm)
		fail("an event went to the wrong log");
	if (event->type == CXL_DC_EVENT_ADD || event->type == CXL_DC_EVENT_RELEASE ||
	    event->type == CXL_DC_EVENT_CONFIG_UPDATED) {
		if (!room)
			fail("an event without room in the log");
	}
	/* what is taken by force may overflow the log */
	if (!to_fm && room)
		room--;
	if (le32_to_cpu(event->extents_available) > dc.max_extents ||
	    le32_to_cpu(event->tags_available) > dc.max_tags)
		fail("more available than there can be");
}

static struct cxl_dc_sink sink = { .room = sink_room, .emit = sink_emit };

static u8 take(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->bytes++;
}

static u64 take64(struct input *in)
{
	u64 value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | take(in);
	return value;
}

/* Mostly a number of blocks that there could be, at times anything. */
static u64 take_blocks(struct input *in, u8 mask)
{
	u8 byte = take(in);

	if (byte == 0xff)
		return take64(in);
	if (byte == 0xfe)
		return take(in) * 64;
	return (byte & mask) * block;
}

static const u8 *take_tag(struct input *in)
{
	static u8 tag[CXL_DC_TAG_LEN];

	memset(tag, 0, sizeof(tag));
	tag[7] = take(in) % 8;
	return tag;
}

static unsigned int take_ranges(struct input *in, struct cxl_dc_range *ranges)
{
	u8 byte = take(in);
	unsigned int nr = byte % RANGES;

	for (unsigned int i = 0; i < nr; i++) {
		ranges[i].start = take_blocks(in, 0x3f);
		ranges[i].len = take_blocks(in, 0x07);
		/* a right sequence, or any */
		ranges[i].seq = byte & 0x80 ? take(in) : byte & 0x40 ? i : 0;
	}
	return nr;
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

static void begin(const char *name, u64 may_do)
{
	step = name;
	may = may_do;
	emitted = 0;
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
			fail("capacity went where it must not");
		if (map_before[i] & REFERENCED && to == FREE && !(may & MAY(DC_HELD, FREE)))
			fail("capacity went in spite of a reference");
	}
}

/* A refusal changes nothing, generations only change with their lists. */
static void end(bool refused)
{
	u32 generation = before.words[dc.nr_regions * 6 + 2];
	const char *failure = dc_check(&dc);
	bool same;

	shim_slab.fail = 0;
	if (failure)
		fail(failure);
	if (refused) {
		dc_snapshot(&after, &dc);
		if (!dc_snapshots_equal(&before, &after))
			fail("a refused command changed something");
		if (emitted)
			fail("a refused command was reported");
		if (!dc.reason[0] || strnlen(dc.reason, sizeof(dc.reason)) == sizeof(dc.reason))
			fail("a refusal without a reason");
	} else {
		check_transitions();
	}
	dc_snapshot_list(&list_after, &dc);
	same = dc_snapshots_equal(&list_before, &list_after);
	if (same ? dc.generation != generation : dc.generation == generation)
		fail("the generation does not go with the list");
	dc_snapshot_tags(&tags_after, &dc);
	same = dc_snapshots_equal(&tags_before, &tags_after);
	if (same ? dc.tag_generation != tag_generation : dc.tag_generation == tag_generation)
		fail("the generation of tags does not go with their list");
}

/* Memory of an exact length, for the sanitizer. */
static void exec(u16 opcode, const void *payload, size_t len, const char *name, u64 may_do)
{
	u8 *copy = malloc(len + 1);
	struct cxl_mbox_io io = {
		.in = memcpy(copy + 1, payload, len),
		.in_len = len,
		.out = memset(out, 0, sizeof(out)),
		.out_max = sizeof(out),
	};
	u64 refused = dc.stats.refused;
	enum cxl_mbox_rc rc;

	begin(name, may_do);
	rc = opcode >> 8 == 0x48 ? cxl_mock_mailbox_exec(&device, opcode, &io) :
				   cxl_mock_fm_exec(&device, opcode, &io);
	free(copy);
	if (rc == CXL_RC_RETRY_REQUIRED && !cxl_dc_waiting(&dc) && !dc.open)
		fail("there is nothing to wait for");
	if (io.out_len > io.out_max || (rc && io.out_len))
		fail("an answer of the wrong length");
	if (dc.stats.refused != refused + !!rc)
		fail("refusals are not counted");
	for (size_t i = io.out_len; i < sizeof(out); i++)
		if (out[i])
			fail("bytes behind the answer");
	end(rc);
}

#define OFFER	MAY(FREE, DC_OFFERED)
#define ANSWER	(MAY(DC_OFFERED, DC_ACCEPTED) | MAY(DC_OFFERED, FREE) | \
		 MAY(DC_OFFERED, DC_HELD))
#define GO	(MAY(DC_ACCEPTED, FREE) | MAY(DC_RELEASING, FREE) | \
		 MAY(DC_ACCEPTED, DC_HELD) | MAY(DC_RELEASING, DC_HELD))
#define ASK	MAY(DC_ACCEPTED, DC_RELEASING)
#define WITHDRAW	(MAY(DC_OFFERED, FREE) | MAY(DC_OFFERED, DC_HELD))

static void do_offer(struct input *in)
{
	struct cxl_dc_range ranges[RANGES];
	unsigned int nr = take_ranges(in, ranges);
	bool more = take(in) & 1;
	enum cxl_mbox_rc rc;

	if (!nr)
		return;
	begin("an offer", OFFER);
	if (nr == 1)
		rc = cxl_dc_inject(&dc, ranges, take_tag(in), false, more);
	else
		rc = cxl_dc_offer(&dc, ranges, nr, take_tag(in), more);
	end(rc);
}

/* What a backend takes, unless it is in use. */
static void do_right_offer(struct input *in)
{
	unsigned int i = take(in) % BACKENDS;
	struct cxl_dc_range range = { .start = take_blocks(in, 0x3f) };
	enum cxl_mbox_rc rc;

	if (!attached[i])
		return;
	range.len = backends[i].size;
	begin("an offer of a backend", OFFER);
	rc = cxl_dc_offer(&dc, &range, 1, backends[i].tag, false);
	end(rc);
}

static void extents_command(u16 opcode, const struct cxl_dc_range *ranges, unsigned int nr,
			    u8 flags)
{
	u8 payload[8 + 24 * 64] = { nr };

	payload[4] = flags;
	for (unsigned int i = 0; i < nr; i++) {
		memcpy(payload + 8 + 24 * i, &ranges[i].start, 8);
		memcpy(payload + 16 + 24 * i, &ranges[i].len, 8);
	}
	if (opcode == CXL_DC_OP_RELEASE)
		exec(opcode, payload, 8 + 24 * nr, "a release", flags & 1 ? 0 : GO);
	else
		exec(opcode, payload, 8 + 24 * nr, "a response", flags & 1 ? 0 : ANSWER);
}

static void do_extents(struct input *in, u16 opcode)
{
	struct cxl_dc_range ranges[RANGES];
	unsigned int nr = take_ranges(in, ranges);

	extents_command(opcode, ranges, nr, take(in) & 1);
}

/* Answer, or release, those extents that a mask says, or some blocks of them. */
static void do_right(struct input *in, bool answer)
{
	struct cxl_dc_range ranges[64];
	u8 mask = take(in);
	u8 flags = take(in);
	const struct dc_extent *extent;
	unsigned int nr = 0;

	for_each_extent(extent, &dc) {
		if (answer && (list_empty(&dc.chains) || extent->state != DC_OFFERED ||
			       extent->chain != list_first_entry(&dc.chains, struct dc_chain,
								 list)))
			continue;
		if (!answer && extent->state != DC_ACCEPTED && extent->state != DC_RELEASING)
			continue;
		mask = mask >> 1 | mask << 7;
		if (mask & 1)
			continue;
		ranges[nr].start = extent->start;
		ranges[nr++].len = extent->len;
		if (flags & 0x10 && extent->len > block)
			ranges[nr - 1].len -= block;
		if (flags & 0x20 && extent->len > block)
			ranges[nr - 1].start += block;
		if ((flags & 0x30) == 0x30)
			ranges[nr - 1].len -= extent->len > 2 * block ? block : 0;
	}
	extents_command(answer ? CXL_DC_OP_ADD_RESPONSE : CXL_DC_OP_RELEASE, ranges, nr,
			flags & 1);
}

static void do_request(struct input *in)
{
	u64 start = take_blocks(in, 0x3f);
	u64 len = take_blocks(in, 0x0f);
	u8 how = take(in);
	bool forced = how & 1;
	enum cxl_mbox_rc rc;

	begin("a request to release", forced ? GO | WITHDRAW : ASK);
	if (how & 2)
		rc = cxl_dc_delete(&dc, start, len, take_tag(in), forced);
	else
		rc = cxl_dc_request_release(&dc, start, len, take_tag(in), forced);
	end(rc);
}

static void do_initiate(struct input *in, bool add)
{
	struct cxl_dc_range ranges[RANGES];
	u8 payload[32 + 40 * RANGES] = {};
	unsigned int nr = take_ranges(in, ranges);
	u8 flags = take(in);
	u8 region = take(in);
	u64 length = take_blocks(in, 0x1f);

	payload[0] = flags == 0xff;
	payload[2] = add ? flags % 5 :
		     (flags & 0x11) | (flags >= 0xf0 ? CXL_FM_RELEASE_SANITIZE : 0);
	payload[3] = region % (REGIONS + 1);
	memcpy(payload + 4, &length, 8);
	memcpy(payload + 12, take_tag(in), CXL_DC_TAG_LEN);
	payload[28] = nr;
	for (unsigned int i = 0; i < nr; i++) {
		memcpy(payload + 32 + 40 * i, &ranges[i].start, 8);
		memcpy(payload + 40 + 40 * i, &ranges[i].len, 8);
		memcpy(payload + 48 + 40 * i, payload + 12, CXL_DC_TAG_LEN);
		memcpy(payload + 64 + 40 * i, &ranges[i].seq, 2);
	}
	if (nr && flags >= 0xf0)
		payload[48 + 40 * (nr - 1)] ^= 1;
	if (add)
		exec(CXL_FM_OP_INITIATE_ADD, payload, 32 + 40 * nr, "5604h",
		     payload[2] == CXL_FM_SELECT_SHARED ? MAY(DC_HELD, DC_OFFERED) : OFFER);
	else
		exec(CXL_FM_OP_INITIATE_RELEASE, payload, 32 + 40 * nr, "5605h",
		     payload[2] & CXL_FM_RELEASE_FORCED ? GO | WITHDRAW : ASK);
}

static void do_reference(struct input *in)
{
	bool add = take(in) & 1;

	if (add)
		exec(CXL_FM_OP_ADD_REFERENCE, take_tag(in), CXL_DC_TAG_LEN, "5606h", 0);
	else
		exec(CXL_FM_OP_REMOVE_REFERENCE, take_tag(in), CXL_DC_TAG_LEN, "5607h",
		     MAY(DC_HELD, FREE));
}

static void do_config(struct input *in)
{
	u8 payload[16] = { take(in) % (REGIONS + 1) };
	u64 size = UNIT << take(in) % 8;

	if (take(in) == 0xff)
		size = take64(in);
	memcpy(payload + 4, &size, 8);
	payload[12] = take(in) == 0xff;
	exec(CXL_FM_OP_SET_REGION_CONFIG, payload, sizeof(payload), "5602h", 0);
}

static void do_list(struct input *in)
{
	bool to_fm = take(in) & 1;
	u32 start = take(in) % 24;
	u32 count = take(in) % 16;
	u32 header = to_fm ? 24 : 16;
	u32 fit = (OUT_MAX - header) / 40;
	u8 payload[12] = {};
	const char *failure;
	u64 refused = dc.stats.refused;
	u32 nr, total;

	memcpy(payload + (to_fm ? 4 : 0), &count, 4);
	memcpy(payload + (to_fm ? 8 : 4), &start, 4);
	exec(to_fm ? CXL_FM_OP_GET_EXTENT_LISTS : CXL_DC_OP_GET_EXTENT_LIST, payload,
	     to_fm ? 12 : 8, "a list", 0);
	if (start > dc.nr_accepted) {
		if (dc.stats.refused == refused)
			fail("a page that is not there");
		return;
	}
	if (dc.stats.refused != refused)
		fail("a page that is there was refused");
	memcpy(&nr, out + (to_fm ? 8 : 0), 4);
	memcpy(&total, out + (to_fm ? 12 : 4), 4);
	failure = dc_check_page(&dc, start, count < fit ? count : fit,
				(const void *)(out + header), nr);
	if (total != dc.nr_accepted)
		fail("the list has another total");
	if (failure)
		fail(failure);
}

static void do_backend(struct input *in)
{
	unsigned int i = take(in) % BACKENDS;
	bool busy = attached[i] && backends[i].user;
	const u8 *tag;
	int status;
	u64 size;

	if (attached[i]) {
		begin("detaching a backend", 0);
		status = cxl_dc_backend_detach(&dc, &backends[i]);
		if (!status == busy)
			fail("a backend in use was detached, or an idle one not");
		attached[i] = status;
	} else {
		tag = take_tag(in);
		size = take_blocks(in, 0x03);
		begin("attaching a backend", 0);
		/* the wrong kind for the device at times */
		status = cxl_dc_backend_attach(&dc, &backends[i], tag, size,
					       dc.memory == !(size / block % 4 == 3) ?
					       CXL_DC_BACKING_RESERVED :
					       CXL_DC_BACKING_PHANTOM);
		attached[i] = !status;
	}
	if (status) {
		dc_snapshot(&after, &dc);
		if (!dc_snapshots_equal(&before, &after))
			fail("refusing changed something");
	}
	end(false);
}

static void do_raw(struct input *in)
{
	static const struct {
		u16 opcode;
		u8 min;
		u8 max;
	} commands[] = {
		{ 0x4800, 2, 2 }, { 0x4801, 8, 8 }, { 0x4802, 8, 128 }, { 0x4803, 8, 128 },
		{ 0x5600, 0, 32 }, { 0x5601, 0, 32 }, { 0x5602, 0, 32 }, { 0x5603, 0, 32 },
		{ 0x5604, 0, 128 }, { 0x5605, 0, 128 }, { 0x5606, 0, 32 }, { 0x5607, 0, 32 },
		{ 0x5608, 0, 32 }, { 0x5609, 0, 32 }, { 0x55ff, 0, 32 },
	};
	unsigned int i = take(in) % ARRAY_SIZE(commands);
	size_t len = commands[i].min + take(in) % (commands[i].max - commands[i].min + 1);
	u8 payload[128];

	for (size_t k = 0; k < len; k++)
		payload[k] = take(in);
	exec(commands[i].opcode, payload, len, "a raw command", ~0ULL);
}

static void do_step(struct input *in)
{
	u8 byte = take(in);

	if (byte & 0x80 && byte & 0x40 && byte & 0x20)
		shim_slab.fail = 1 + take(in) % 6;
	switch (byte & 0x1f) {
	case 0 ... 3:
		return do_offer(in);
	case 4 ... 6:
		return do_extents(in, CXL_DC_OP_ADD_RESPONSE);
	case 7 ... 9:
		return do_extents(in, CXL_DC_OP_RELEASE);
	case 10 ... 13:
		return do_right(in, true);
	case 14 ... 15:
		return do_right(in, false);
	case 16 ... 17:
		return do_request(in);
	case 18 ... 19:
		return do_initiate(in, true);
	case 20 ... 21:
		return do_initiate(in, false);
	case 22 ... 23:
		return do_reference(in);
	case 24:
		return do_config(in);
	case 25 ... 26:
		return do_list(in);
	case 27 ... 28:
		return do_backend(in);
	case 29:
		return do_right_offer(in);
	case 30:
		room = take(in) % 8;
		if (room > sink.size)
			room = sink.size;
		cxl_dc_flush(&dc);
		if (cxl_dc_waiting(&dc) && room)
			fail("a record waits although there is room");
		return;
	default:
		return do_raw(in);
	}
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
	struct input in = { bytes, size };
	u8 limits = take(&in);
	u8 shape = take(&in);
	struct cxl_dc_config config = {
		.nr_regions = 1 + shape % REGIONS,
		.sharable = take(&in),
		.backing = shape & 0x80 ? CXL_DC_BACKING_NONE : CXL_DC_BACKING_PHANTOM,
		.memory = shape & 0x40,
		.max_extents = 1 + limits % 24,
		.max_tags = limits >> 5,
	};

	block = 16 * MIB;
	config.block_size = block;
	config.total_size = config.nr_regions * REGION;
	cxl_dc_init(&dc, &config, &sink);
	memset(attached, 0, sizeof(attached));
	/* at times less than a request can want */
	sink.size = shape & 0x20 ? 4 : 1000;
	room = sink.size;
	while (in.left)
		do_step(&in);
	shim_slab.fail = 0;
	cxl_dc_destroy(&dc);
	step = "the end";
	if (shim_slab.objects)
		fail("memory was lost");
	return 0;
}
