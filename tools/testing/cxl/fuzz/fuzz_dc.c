// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes are a sequence of commands of the host and of the FM, of offers and
 * requests of other front ends, of backends that come and go, of allocations
 * that fail and of event logs that nobody reads. After each step all that must hold is
 * checked, see fuzz_check.c.
 */
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "dc_check.h"
#include "fuzz.h"
#include "fuzz_check.h"

#define RANGES		6
#define BACKENDS	3
#define OUT_MAX		512

struct input {
	const u8 *bytes;
	size_t left;
};

static struct cxl_dc_backend backends[BACKENDS];
static bool attached[BACKENDS];
static u64 block;
static u8 out[OUT_MAX];

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
		memset(ranges[i].tag, 0, CXL_DC_TAG_LEN);
		ranges[i].start = take_blocks(in, 0x3f);
		ranges[i].len = take_blocks(in, 0x07);
		/* a right sequence, or any */
		ranges[i].seq = byte & 0x80 ? take(in) : byte & 0x40 ? i : 0;
	}
	return nr;
}

/* Memory of an exact length, for the sanitizer. */
static enum cxl_mbox_rc exec(u16 opcode, const void *payload, size_t len, const char *name,
			     u64 may_do)
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

	fuzz_begin(name, may_do);
	rc = opcode >> 8 == 0x48 ? cxl_mock_mailbox_exec(&fuzz_device, opcode, &io) :
				   cxl_mock_fm_exec(&fuzz_device, opcode, &io);
	free(copy);
	if (rc == CXL_RC_RETRY_REQUIRED && !cxl_dc_waiting(&dc) && !dc.open)
		fuzz_fail("there is nothing to wait for");
	if (io.out_len > io.out_max || (rc && io.out_len))
		fuzz_fail("an answer of the wrong length");
	if (dc.stats.refused != refused + !!rc)
		fuzz_fail("refusals are not counted");
	for (size_t i = io.out_len; i < sizeof(out); i++)
		if (out[i])
			fuzz_fail("bytes behind the answer");
	fuzz_end(rc);
	return rc;
}

/* Any command of the host's mailbox or of the FM's, with any payload. */
static void do_mailbox(struct input *in)
{
	static const u16 opcodes[] = {
		0x0001, 0x0002, 0x0003, 0x0004, 0x0100, 0x0101, 0x0102, 0x0103, 0x0300, 0x0301,
		0x0400, 0x0401, 0x4000, 0x4100, 0x4102, 0x4103, 0x4200, 0x4201, 0x4202,
		0x4300, 0x5600,
	};
	u8 how = take(in);
	u16 opcode = opcodes[take(in) % ARRAY_SIZE(opcodes)];
	size_t len = take(in) % 64;
	u8 *payload = malloc(len + 1);
	struct cxl_mbox_io io = {
		.in = payload + 1,
		.in_len = len,
		.out = memset(out, 0, sizeof(out)),
		.out_max = sizeof(out),
	};
	enum cxl_mbox_rc rc;

	for (size_t i = 1; i <= len; i++)
		payload[i] = how & 2 ? take(in) % 8 : take(in);
	fuzz_begin("a command", 0);
	rc = how & 1 ? cxl_mock_fm_exec(&fuzz_device, opcode, &io) :
		       cxl_mock_mailbox_exec(&fuzz_device, opcode, &io);
	free(payload);
	if (io.out_len > io.out_max || (rc && io.out_len))
		fuzz_fail("an answer of the wrong length");
	for (size_t i = io.out_len; i < sizeof(out); i++)
		if (out[i])
			fuzz_fail("bytes behind the answer");
	fuzz_end(false);
}

/* Somebody reads the log of Dynamic Capacity and clears the oldest records. */
static void do_read(struct input *in)
{
	u8 how = take(in);
	bool fm = how & 0x80;
	enum cxl_mbox_rc (*run)(struct cxl_mock_device *, u16, struct cxl_mbox_io *) =
		fm ? cxl_mock_fm_exec : cxl_mock_mailbox_exec;
	static u8 page[4096];
	u8 log = CXL_MOCK_LOG_DC, clear[6 + 2 * CXL_MOCK_LOG_RECORDS] = { log };
	struct cxl_mbox_io io = { .in = &log, .in_len = 1, .out = page,
				  .out_max = sizeof(page) };
	unsigned int nr, last = 0;
	bool overflow;

	memset(page, 0, sizeof(page));
	fuzz_begin("reading a log", 0);
	if (run(&fuzz_device, CXL_OP_GET_EVENT_RECORDS, &io))
		fuzz_fail("a log cannot be read");
	nr = page[20];
	overflow = page[0] & 1;
	if (io.out_len != 32 + 128 * nr || nr > CXL_MOCK_LOG_RECORDS)
		fuzz_fail("a log has the wrong length");
	for (unsigned int i = 0; i < nr; i++) {
		const u8 *record = page + 32 + 128 * i;
		unsigned int handle = record[20] | record[21] << 8;

		if (!handle || (i && handle != (last == 0xffff ? 1 : last + 1)))
			fuzz_fail("handles are not in order");
		last = handle;
		memcpy(clear + 6 + 2 * i, record + 20, 2);
	}
	nr = how % (nr + 1);
	clear[2] = nr;
	io = (struct cxl_mbox_io) { .in = clear, .in_len = 6 + 2 * nr, .out = page,
				    .out_max = sizeof(page) };
	if (how & 0x40) {
		clear[1] = 1;
		clear[2] = 0;
		io.in_len = 6;
		if (!run(&fuzz_device, CXL_OP_CLEAR_EVENT_RECORDS, &io) != overflow)
			fuzz_fail("all of a log was cleared without overflow, or not with it");
	} else if (run(&fuzz_device, CXL_OP_CLEAR_EVENT_RECORDS, &io) !=
		   (nr ? 0 : CXL_RC_INVALID_INPUT)) {
		fuzz_fail("the oldest records cannot be cleared");
	}
	if (cxl_dc_waiting(&dc) && dc.sink->room(&dc))
		fuzz_fail("a record waits although there is room");
	/* records that have waited are no part of this step */
	fuzz_end(false);
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
	const u8 *tag;

	if (!nr)
		return;
	fuzz_begin("an offer", OFFER);
	tag = take_tag(in);
	for (unsigned int i = 0; i < nr; i++)
		memcpy(ranges[i].tag, tag, CXL_DC_TAG_LEN);
	if (nr == 1)
		rc = cxl_dc_inject(&dc, ranges, false, more);
	else
		rc = cxl_dc_offer(&dc, ranges, nr, more);
	fuzz_end(rc);
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
	fuzz_begin("an offer of a backend", OFFER);
	memcpy(range.tag, backends[i].tag, CXL_DC_TAG_LEN);
	rc = cxl_dc_offer(&dc, &range, 1, false);
	fuzz_end(rc);
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

	fuzz_begin("a request to release", forced ? GO | WITHDRAW : ASK);
	if (how & 2)
		rc = cxl_dc_delete(&dc, start, len, take_tag(in), forced);
	else
		rc = cxl_dc_request_release(&dc, start, len, take_tag(in), forced);
	fuzz_end(rc);
}

static void do_initiate(struct input *in, bool add)
{
	struct cxl_dc_range ranges[RANGES];
	u8 payload[32 + 40 * RANGES] = {};
	unsigned int nr = take_ranges(in, ranges);
	enum cxl_mbox_rc rc;
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
	if (add) {
		rc = exec(CXL_FM_OP_INITIATE_ADD, payload, 32 + 40 * nr, "5604h",
			  payload[2] == CXL_FM_SELECT_SHARED ? MAY(DC_HELD, DC_OFFERED) : OFFER);
		if (!rc && payload[2] != CXL_FM_SELECT_SHARED)
			fuzz_check_sequences();
		if (rc == CXL_RC_RESOURCES_EXHAUSTED && payload[2] == CXL_FM_SELECT_FREE &&
		    fuzz_has_room(payload[3], length, payload + 12))
			fuzz_fail("there is room, and the device finds none");
		return;
	}
	if (exec(CXL_FM_OP_INITIATE_RELEASE, payload, 32 + 40 * nr, "5605h",
		 payload[2] & CXL_FM_RELEASE_FORCED ? GO | WITHDRAW : ASK))
		return;
	if (payload[2] == CXL_FM_REMOVE_PRESCRIPTIVE)
		for (unsigned int i = length = 0; i < nr; i++)
			length += ranges[i].len;
	if (!(payload[2] & CXL_FM_RELEASE_FORCED))
		fuzz_check_asked(length);
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
			fuzz_fail("a page that is not there");
		return;
	}
	if (dc.stats.refused != refused)
		fuzz_fail("a page that is there was refused");
	memcpy(&nr, out + (to_fm ? 8 : 0), 4);
	memcpy(&total, out + (to_fm ? 12 : 4), 4);
	failure = dc_check_page(&dc, start, count < fit ? count : fit,
				(const void *)(out + header), nr);
	if (total != dc.nr_accepted)
		fuzz_fail("the list has another total");
	if (failure)
		fuzz_fail(failure);
}

static void do_backend(struct input *in)
{
	unsigned int i = take(in) % BACKENDS;
	bool busy = attached[i] && backends[i].user;
	const u8 *tag;
	int status;
	u64 size;

	if (attached[i]) {
		fuzz_begin("detaching a backend", 0);
		status = cxl_dc_backend_detach(&dc, &backends[i]);
		if (!status == busy)
			fuzz_fail("a backend in use was detached, or an idle one not");
		attached[i] = status;
	} else {
		tag = take_tag(in);
		size = take_blocks(in, 0x03);
		fuzz_begin("attaching a backend", 0);
		/* the wrong kind for the device at times */
		status = cxl_dc_backend_attach(&dc, &backends[i], tag, size,
					       dc.memory == !(size / block % 4 == 3) ?
					       CXL_DC_BACKING_RESERVED :
					       CXL_DC_BACKING_PHANTOM);
		attached[i] = !status;
	}
	if (status)
		fuzz_check_unchanged();
	fuzz_end(false);
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
		return take(in) & 1 ? do_mailbox(in) : do_read(in);
	default:
		return do_raw(in);
	}
}

static u64 fuzz_clock(void)
{
	static u64 now;

	return now++;
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
	memset(&fuzz_device, 0, sizeof(fuzz_device));
	cxl_mock_device_init(&fuzz_device, &config, fuzz_clock);
	fuzz_device.health.alerts.has = true;
	fuzz_watch();
	memset(attached, 0, sizeof(attached));
	while (in.left)
		do_step(&in);
	shim_slab.fail = 0;
	cxl_mock_device_destroy(&fuzz_device);
	fuzz_check_memory();
	return 0;
}
