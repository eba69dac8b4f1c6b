// SPDX-License-Identifier: GPL-2.0-only
/* An engine to test: commands, events, and what a refusal must leave alone. */
#include "dc_unit.h"

struct cxl_mock_device dc_device;
struct cxl_dc_config dc_config;
unsigned int dc_room;
struct event dc_events[256];
unsigned int dc_nr_events, dc_events_seen;

static struct dc_snapshot before, after, list_before, list_after, tags_before, tags_after;
static unsigned int events_before;
static u64 refused_before;
static u32 generation_before, tag_generation_before;

static unsigned int room(struct cxl_dc *engine)
{
	assert_ptr_equal(engine, &dc);
	return dc_room;
}

static void emit(struct cxl_dc *engine, bool to_fm, const struct cxl_dc_event_data *event)
{
	assert_ptr_equal(engine, &dc);
	assert_true(dc_nr_events < ARRAY_SIZE(dc_events));
	dc_events[dc_nr_events++] = (struct event) { to_fm, *event };
	if (!to_fm && dc_room)
		dc_room--;
}

struct cxl_dc_sink dc_sink = {
	.room = room,
	.emit = emit,
};

/* Begin again with dc_config, which a test may have changed. */
void dc_restart(void)
{
	cxl_dc_destroy(&dc);
	assert_int_equal(unit_objects(), 0);
	/* what was there before must not matter */
	memset(&dc, 0xa5, sizeof(dc));
	cxl_dc_init(&dc, &dc_config, &dc_sink);
	forget_events();
	assert_null(dc_check(&dc));
}

int dc_setup(void **state)
{
	dc_config = (struct cxl_dc_config) {
		.total_size = 2 * GIB,
		.nr_regions = 2,
		.block_size = BLOCK,
		.sharable = 0x02,
		.backing = CXL_DC_BACKING_PHANTOM,
		.max_extents = 64,
		.max_tags = 8,
	};
	dc_room = ARRAY_SIZE(dc_events);
	dc_sink.size = ARRAY_SIZE(dc_events);
	unit_fail_from(0);
	cxl_dc_init(&dc, &dc_config, &dc_sink);
	dc_restart();
	return 0;
}

int dc_teardown(void **state)
{
	unit_fail_from(0);
	cxl_dc_destroy(&dc);
	dc_snapshot_free(&before);
	dc_snapshot_free(&after);
	dc_snapshot_free(&list_before);
	dc_snapshot_free(&list_after);
	dc_snapshot_free(&tags_before);
	dc_snapshot_free(&tags_after);
	return unit_objects() ? -1 : 0;
}

/* Tags by number, 0 for none; two that only differ in their last byte, or first. */
const u8 *tag_id(unsigned int tag)
{
	static u8 ids[4][CXL_DC_TAG_LEN];
	static unsigned int next;
	u8 *id = ids[next++ % ARRAY_SIZE(ids)];

	memset(id, 0, CXL_DC_TAG_LEN);
	if (tag % 2)
		id[CXL_DC_TAG_LEN - 1] = tag;
	else
		id[0] = tag;
	return id;
}

/* DPA and lengths in bytes. */
enum cxl_mbox_rc offer_seq(u64 start, u64 len, unsigned int tag, u16 seq, bool more)
{
	struct cxl_dc_range range = { .start = start, .len = len, .seq = seq };

	memcpy(range.tag, tag_id(tag), CXL_DC_TAG_LEN);
	return cxl_dc_offer(&dc, &range, 1, more);
}

/* Extents of region 1 have a sequence number. */
enum cxl_mbox_rc offer(struct ranges ranges, unsigned int tag,
		       bool more)
{
	struct cxl_dc_range bytes[64];

	for (unsigned int i = 0; i < ranges.nr; i++) {
		bytes[i] = (struct cxl_dc_range) {
			.start = ranges.ranges[i].start * BLOCK,
			.len = ranges.ranges[i].len * BLOCK,
			.seq = ranges.ranges[i].start >= REGION ? i : 0,
		};
		memcpy(bytes[i].tag, tag_id(tag), CXL_DC_TAG_LEN);
	}
	return cxl_dc_offer(&dc, bytes, ranges.nr, more);
}

/* 4802h and 4803h: count, flags, then extents of 24 bytes. */
static size_t fill_extents(u8 *in, struct ranges ranges, u8 flags)
{
	memset(in, 0, 8);
	put_le(in, 4, ranges.nr);
	in[4] = flags;
	for (unsigned int i = 0; i < ranges.nr; i++) {
		put_le(in + 8 + 24 * i, 8, ranges.ranges[i].start * BLOCK);
		put_le(in + 16 + 24 * i, 8, ranges.ranges[i].len * BLOCK);
		put_le(in + 24 + 24 * i, 8, 0);
	}
	return 8 + 24 * ranges.nr;
}

enum cxl_mbox_rc respond(struct ranges ranges, u8 flags)
{
	static u8 in[4096];
	size_t len = fill_extents(in, ranges, flags);

	return unit_call(cxl_dc_add_response, &dc, in, len, 256);
}

enum cxl_mbox_rc release(struct ranges ranges, u8 flags)
{
	static u8 in[4096];
	size_t len = fill_extents(in, ranges, flags);

	return unit_call(cxl_dc_release, &dc, in, len, 256);
}

static void fill_raw(u8 *in, u64 start, u64 len, u8 flags)
{
	memset(in, 0, 32);
	put_le(in, 4, 1);
	in[4] = flags;
	put_le(in + 8, 8, start);
	put_le(in + 16, 8, len);
}

enum cxl_mbox_rc respond_raw(u64 start, u64 len, u8 flags)
{
	u8 in[32];

	fill_raw(in, start, len, flags);
	return unit_call(cxl_dc_add_response, &dc, in, sizeof(in), 256);
}

enum cxl_mbox_rc release_raw(u64 start, u64 len, u8 flags)
{
	u8 in[32];

	fill_raw(in, start, len, flags);
	return unit_call(cxl_dc_release, &dc, in, sizeof(in), 256);
}

enum cxl_mbox_rc ask(u64 start, u64 len, unsigned int tag, bool forced)
{
	return cxl_dc_request_release(&dc, start * BLOCK, len * BLOCK, tag_id(tag), forced);
}

/* The host gets extents; nothing to see of how. */
void give(struct ranges ranges, unsigned int tag)
{
	assert_done(offer(ranges, tag, false));
	assert_done(respond(ranges, 0));
	forget_events();
}

enum cxl_mbox_rc fm(u16 opcode, const void *in, size_t in_len, size_t out_max)
{
	unit_begin(in, in_len, out_max);
	/* a stale length must not survive a command */
	unit_io.out_len = 99;
	return unit_end(cxl_mock_fm_exec(&dc_device, opcode, &unit_io));
}

/*
 * 5604h and 5605h: 32 bytes, then extents of 40 bytes. If they are listed each
 * has the tag, and what is where it would be otherwise must not matter.
 */
static size_t fill_initiate(u8 *in, u8 flags, u8 region, u64 length, unsigned int tag,
			    bool listed, struct ranges ranges)
{
	memset(in, 0, 32 + 40 * ranges.nr);
	in[2] = flags;
	in[3] = region;
	put_le(in + 4, 8, length);
	memcpy(in + 12, tag_id(listed ? 0x77 : tag), CXL_DC_TAG_LEN);
	put_le(in + 28, 4, ranges.nr);
	for (unsigned int i = 0; i < ranges.nr; i++) {
		put_le(in + 32 + 40 * i, 8, ranges.ranges[i].start * BLOCK);
		put_le(in + 40 + 40 * i, 8, ranges.ranges[i].len * BLOCK);
		if (listed)
			memcpy(in + 48 + 40 * i, tag_id(tag), CXL_DC_TAG_LEN);
		put_le(in + 64 + 40 * i, 2, ranges.ranges[i].start >= REGION ? i : 0);
	}
	return 32 + 40 * ranges.nr;
}

enum cxl_mbox_rc fm_add(u8 policy, u8 region, u64 length, unsigned int tag,
			struct ranges ranges)
{
	static u8 in[4096];
	size_t len = fill_initiate(in, policy, region, length, tag,
				   policy == CXL_FM_SELECT_PRESCRIPTIVE, ranges);

	return fm(CXL_FM_OP_INITIATE_ADD, in, len, 256);
}

/* All that the FM can have of a tag. */
static u64 tag_length(unsigned int id, bool forced)
{
	const struct dc_tag *tag = dc_tag_find(&dc, tag_id(id));
	const struct dc_extent *extent;
	u64 length = 0;

	if (tag)
		list_for_each_entry(extent, &tag->extents, in_tag)
			if (dc_host_has(extent) || (forced && extent->state == DC_OFFERED))
				length += extent->len;
	return length;
}

enum cxl_mbox_rc fm_release_len(u8 flags, unsigned int tag, u64 length)
{
	u8 in[32];

	return fm(CXL_FM_OP_INITIATE_RELEASE, in,
		  fill_initiate(in, flags, 0, length, tag, false, NOTHING), 256);
}

enum cxl_mbox_rc fm_release(u8 flags, unsigned int tag, struct ranges ranges)
{
	static u8 in[4096];
	u64 length = tag_length(tag, flags & CXL_FM_RELEASE_FORCED);
	size_t len = fill_initiate(in, flags, 0, length, tag,
				   (flags & CXL_FM_RELEASE_POLICY_MASK) ==
				   CXL_FM_REMOVE_PRESCRIPTIVE, ranges);

	return fm(CXL_FM_OP_INITIATE_RELEASE, in, len, 256);
}

enum cxl_mbox_rc fm_reference(bool add, unsigned int tag)
{
	return fm(add ? CXL_FM_OP_ADD_REFERENCE : CXL_FM_OP_REMOVE_REFERENCE, tag_id(tag),
		  CXL_DC_TAG_LEN, 256);
}

/* 4801h gives exactly these, in order. */
void assert_host_has(struct ranges ranges)
{
	u8 in[8];

	put_le(in, 4, ranges.nr + 1);
	put_le(in + 4, 4, 0);
	assert_int_equal(unit_call(cxl_dc_get_extent_list, &dc, in, sizeof(in), 4096),
			 CXL_RC_SUCCESS);
	assert_int_equal(answer(0, 4), ranges.nr);
	assert_int_equal(answer(4, 4), ranges.nr);
	assert_int_equal(answer(8, 4), dc.generation);
	for (unsigned int i = 0; i < ranges.nr; i++) {
		assert_int_equal(answer(16 + 40 * i, 8), ranges.ranges[i].start * BLOCK);
		assert_int_equal(answer(24 + 40 * i, 8), ranges.ranges[i].len * BLOCK);
	}
}

/* These are offered, over all offers in order. */
void assert_pending(struct ranges ranges)
{
	struct dc_extent *extent;
	struct dc_chain *chain;
	unsigned int i = 0;

	list_for_each_entry(chain, &dc.chains, list) {
		list_for_each_entry(extent, &chain->extents, in_chain) {
			assert_in_range(i + 1, 1, ranges.nr);
			assert_int_equal(extent->start, ranges.ranges[i].start * BLOCK);
			assert_int_equal(extent->len, ranges.ranges[i].len * BLOCK);
			i++;
		}
	}
	assert_int_equal(i, ranges.nr);
}

/* The next event, byte by byte. */
void assert_event(enum cxl_dc_event_type type, u32 start, u32 len, unsigned int tag,
		  bool more)
{
	const struct event *event = &dc_events[dc_events_seen];
	const u8 *bytes = (const u8 *)&event->data;

	assert_in_range(dc_events_seen + 1, 1, dc_nr_events);
	dc_events_seen++;
	assert_int_equal(sizeof(event->data), 80);
	assert_int_equal(event->to_fm, type >= 4);
	assert_int_equal(bytes[0], type);
	assert_int_equal(bytes[1], 0x03);
	assert_int_equal(get_le(bytes + 2, 2), 0);
	assert_int_equal(bytes[4], start / REGION);
	assert_int_equal(bytes[5], more);
	assert_int_equal(get_le(bytes + 8, 8), start * BLOCK);
	assert_int_equal(get_le(bytes + 16, 8), len * BLOCK);
	assert_memory_equal(bytes + 24, tag_id(tag), CXL_DC_TAG_LEN);
	assert_int_equal(get_le(bytes + 48, 8), 0);
}

void assert_no_more_events(void)
{
	assert_int_equal(dc_events_seen, dc_nr_events);
}

/* The host has read and cleared all that was reported. */
void forget_events(void)
{
	dc_room = dc_sink.size;
	dc_nr_events = 0;
	dc_events_seen = 0;
}

/* The host's log is full, and a record waits: of the configuration of region 1. */
void fill_the_queue(void)
{
	u8 in[16] = { 1 };

	dc_room = 0;
	put_le(in + 4, 8, BLOCK);
	assert_int_equal(fm(CXL_FM_OP_SET_REGION_CONFIG, in, sizeof(in), 256), CXL_RC_SUCCESS);
	assert_int_equal(cxl_dc_waiting(&dc), 1);
}

/* The host clears records, which makes room for others. */
void host_clears(unsigned int nr)
{
	dc_room += nr;
	cxl_dc_flush(&dc);
	assert_null(dc_check(&dc));
}

void before_command(void)
{
	dc_snapshot(&before, &dc);
	dc_snapshot_list(&list_before, &dc);
	dc_snapshot_tags(&tags_before, &dc);
	events_before = dc_nr_events;
	refused_before = dc.stats.refused;
	generation_before = dc.generation;
	tag_generation_before = dc.tag_generation;
	memset(dc.reason, 0, sizeof(dc.reason));
}

/* Nothing has changed, and one line says why. */
void after_refusal(void)
{
	dc_snapshot(&after, &dc);
	assert_true(dc_snapshots_equal(&before, &after));
	assert_null(dc_check(&dc));
	assert_int_equal(dc_nr_events, events_before);
	assert_int_equal(dc.stats.refused, refused_before + 1);
	assert_int_not_equal(dc.reason[0], 0);
	assert_null(strchr(dc.reason, '\n'));
	assert_int_not_equal(strnlen(dc.reason, sizeof(dc.reason)), sizeof(dc.reason));
}

/* A generation has changed exactly if its list has: the host's, and that of tags. */
void after_success(void)
{
	assert_null(dc_check(&dc));
	dc_snapshot_list(&list_after, &dc);
	assert_int_equal(dc.generation != generation_before,
			 !dc_snapshots_equal(&list_before, &list_after));
	dc_snapshot_tags(&tags_after, &dc);
	assert_int_equal(dc.tag_generation != tag_generation_before,
			 !dc_snapshots_equal(&tags_before, &tags_after));
	assert_int_equal(dc.stats.refused, refused_before);
}
