// SPDX-License-Identifier: GPL-2.0-only
/* The FM's commands, by hard-coded byte offsets: CXL 3.1 7.6.7.6 */
#include "dc_unit.h"

static const struct {
	u16 opcode;
	size_t len;
	bool variable;
} commands[] = {
	{ 0x5600, 0, false }, { 0x5601, 4, false }, { 0x5602, 16, false },
	{ 0x5603, 12, false }, { 0x5604, 32, true }, { 0x5605, 32, true },
	{ 0x5606, 16, false }, { 0x5607, 16, false }, { 0x5608, 8, false },
};

/* Below are the generic commands, see test_mailbox_fm.c. */
static void other_opcodes_are_unsupported(void **state)
{
	for (u32 opcode = 0x0402; opcode < 0x10000; opcode++)
		if (opcode < 0x5600 || opcode > 0x5608)
			assert_refused(CXL_RC_UNSUPPORTED, fm(opcode, NULL, 0, 256));
}

static void a_request_of_the_wrong_length_is_refused(void **state)
{
	u8 in[256] = {};

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		in[2] = commands[i].opcode == 0x5605 ? CXL_FM_REMOVE_PRESCRIPTIVE :
						       CXL_FM_SELECT_PRESCRIPTIVE;
		for (size_t len = 0; len <= sizeof(in); len++)
			if (len < commands[i].len || (len > commands[i].len &&
						      (!commands[i].variable || len % 40 != 32)))
				assert_refused(CXL_RC_INVALID_PAYLOAD_LEN,
					       fm(commands[i].opcode, in, len, 256));
	}
}

static void a_count_that_is_not_the_length_is_refused(void **state)
{
	/* times 40 in 32 bits, and cut to 8 or 16 bits: 0 or 1 extent */
	static const u32 counts[] = {
		0, 1, 2, 3, 0x100, 0x101, 0x10000, 0x10001, 0x06666667, 0x20000000, 0x20000001,
		0x80000000, 0x80000001, 0xe0000001, 0xffffffff,
	};
	u8 in[32 + 3 * 40] = {};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		for (size_t len = 32; len <= sizeof(in); len++) {
			if (len == 32 + 40ULL * counts[i])
				continue;
			put_le(in + 28, 4, counts[i]);
			in[2] = CXL_FM_SELECT_PRESCRIPTIVE;
			assert_refused(CXL_RC_INVALID_PAYLOAD_LEN, fm(0x5604, in, len, 256));
			in[2] = CXL_FM_REMOVE_PRESCRIPTIVE;
			assert_refused(CXL_RC_INVALID_PAYLOAD_LEN, fm(0x5605, in, len, 256));
		}
	}
}

static void there_is_one_host(void **state)
{
	static const u16 hosts[] = { 1, 2, 255, 256, 0x8000, 0xffff };
	u8 in[32] = {};

	give(R({ 0, 1 }), 1);
	memcpy(in + 12, tag_id(1), CXL_DC_TAG_LEN);
	put_le(in + 4, 8, BLOCK);
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		put_le(in, 2, hosts[i]);
		assert_refused(CXL_RC_INVALID_INPUT, fm(0x5601, in, 4, 256));
		assert_refused(CXL_RC_INVALID_INPUT, fm(0x5603, in, 12, 256));
		assert_refused(CXL_RC_INVALID_INPUT, fm(0x5604, in, 32, 256));
		assert_refused(CXL_RC_INVALID_INPUT, fm(0x5605, in, 32, 256));
	}
}

static void the_info_says_what_there_is(void **state)
{
	for (unsigned int nr = 1; nr <= 8; nr++) {
		dc_config.nr_regions = nr;
		dc_config.total_size = nr * 768 * MIB;
		dc_restart();
		assert_done(fm(0x5600, NULL, 0, 256));
		assert_int_equal(unit_io.out_len, 84);
		assert_int_equal(answer(0, 1), 1);
		assert_int_equal(answer(1, 1), nr);
		/* free, contiguous, prescriptive; bit 3 is reserved */
		assert_int_equal(answer(4, 2), 0x07);
		assert_int_equal(answer(8, 2), 0x03);
		assert_int_equal(answer(10, 1), 0);
		assert_answer_is_zero(2, 2);
		assert_answer_is_zero(6, 2);
		assert_answer_is_zero(11, 1);
		assert_int_equal(answer(12, 8), 3 * nr);
		for (unsigned int i = 0; i < 8; i++)
			/* 64 bytes, which is bit 6, to 256 MiB, which is bit 28 */
			assert_int_equal(answer(20 + 8 * i, 8), i < nr ? 0x1fffffc0 : 0);
	}
}

static enum cxl_mbox_rc get_config(u8 count, u8 start, size_t out_max)
{
	return fm(0x5601, ((u8[]) { 0, 0, count, start }), 4, out_max);
}

static void check_config(unsigned int nr, unsigned int start, unsigned int count,
			 unsigned int room, size_t out_max)
{
	/* dynamic, and one that is sharable and one that is read-only */
	static const u32 flags[8] = { 0x20, 0x28, 0x60, 0x20, 0x20, 0x20, 0x20, 0x20 };
	unsigned int expected = nr - start;

	if (expected > count)
		expected = count;
	if (expected > room)
		expected = room;
	assert_done(get_config(count, start, out_max));
	assert_int_equal(unit_io.out_len, 4 + 40 * expected + 16);
	assert_int_equal(answer(0, 2), 0);
	assert_int_equal(answer(2, 1), nr);
	assert_int_equal(answer(3, 1), expected);
	for (unsigned int i = 0; i < expected; i++) {
		const u8 *region = answer_bytes(4 + 40 * i, 40);

		assert_int_equal(get_le(region, 8), (start + i) * 768 * MIB);
		assert_int_equal(get_le(region + 8, 8), 3);
		assert_int_equal(get_le(region + 16, 8), 768 * MIB);
		assert_int_equal(get_le(region + 24, 8), BLOCK);
		assert_int_equal(get_le(region + 32, 4), flags[start + i]);
		assert_int_equal(get_le(region + 36, 4), 0);
	}
	assert_int_equal(answer(4 + 40 * expected, 4), 64);
	assert_int_equal(answer(8 + 40 * expected, 4), 61);
	assert_int_equal(answer(12 + 40 * expected, 4), 8);
	assert_int_equal(answer(16 + 40 * expected, 4), 7);
}

static void the_config_has_the_regions_asked_for_that_fit(void **state)
{
	for (unsigned int nr = 1; nr <= 8; nr++) {
		dc_config.nr_regions = nr;
		dc_config.total_size = nr * 768 * MIB;
		dc_config.readonly = 0x04;
		dc_restart();
		assert_done(offer(R({ 0, 1 }, { 2, 1 }, { 4, 1 }), 1, false));
		for (unsigned int start = 0; start < nr; start++) {
			for (unsigned int count = 0; count < 256; count++)
				check_config(nr, start, count, 8, 4096);
			for (unsigned int room = 0; room <= 8; room++) {
				check_config(nr, start, 255, room, 20 + 40 * room);
				check_config(nr, start, 255, room, 20 + 40 * room + 39);
			}
		}
		for (unsigned int start = nr; start < 256; start++)
			assert_refused(CXL_RC_INVALID_INPUT, get_config(1, start, 4096));
	}
}

static enum cxl_mbox_rc set_config(u8 region, u64 size, u8 sanitize)
{
	u8 in[16] = { region };

	put_le(in + 4, 8, size);
	in[12] = sanitize;
	return fm(0x5602, in, sizeof(in), 256);
}

static void a_region_gets_another_configuration(void **state)
{
	assert_done(set_config(1, 64 * KIB, 0));
	assert_event(CXL_DC_EVENT_CONFIG_UPDATED, REGION, REGION, 0, false);
	assert_no_more_events();
	assert_int_equal(unit_io.out_len, 0);
	assert_done(get_config(8, 0, 256));
	assert_int_equal(answer(4 + 24, 8), BLOCK);
	assert_int_equal(answer(4 + 36, 1), 0);
	assert_int_equal(answer(44 + 24, 8), 64 * KIB);
	assert_int_equal(answer(44 + 36, 1), 0);
	assert_done(unit_call(cxl_dc_get_config, &dc, ((u8[]) { 8, 0 }), 2, 256));
	assert_int_equal(answer(8 + 36, 1), 0);
	assert_int_equal(answer(48 + 24, 8), 64 * KIB);
	assert_int_equal(answer(48 + 36, 1), 0);
	/* what is not the flag to sanitize is reserved */
	assert_done(set_config(1, 64, 0xfe));
	assert_done(offer_seq(GIB + 64, 64, 1, 0, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, offer_seq(64, 64, 0, 0, false));
}

static void every_block_size_of_the_info_is_possible(void **state)
{
	/* the first is larger than a block can be */
	static const u64 lengths[] = { 4096 * TIB, 2048 * TIB, GIB, 768 * MIB };
	static const u64 masks[] = {
		(1ULL << 52) - 64, (1ULL << 52) - 64, (1ULL << 31) - 64, (1ULL << 29) - 64,
	};

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		dc_config.nr_regions = 1;
		dc_config.total_size = lengths[i];
		dc_restart();
		for (unsigned int bit = 0; bit < 64; bit++) {
			assert_done(fm(0x5600, NULL, 0, 256));
			assert_int_equal(answer(20, 8), masks[i]);
			if (masks[i] & (1ULL << bit))
				assert_done(set_config(0, 1ULL << bit, 0));
			else
				assert_refused(CXL_RC_INVALID_INPUT,
					       set_config(0, 1ULL << bit, 0));
		}
	}
}

static void the_sizes_that_a_block_can_have_are_named(void **state)
{
	assert_refused(CXL_RC_INVALID_INPUT, set_config(0, 2 * GIB, 0));
	assert_non_null(strstr(dc.reason, "a power of two from 0x40 to 0x40000000"));
}

static void a_wrong_configuration_is_refused(void **state)
{
	static const u64 sizes[] = {
		0, 1, 2, 32, 63, 65, 96, 4095, 3 * MIB, 2 * GIB, 1ULL << 62, 1ULL << 63, ~0ULL,
	};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		assert_refused(CXL_RC_INVALID_INPUT, set_config(0, sizes[i], 0));
	for (unsigned int region = 2; region < 256; region++)
		assert_refused(CXL_RC_INVALID_INPUT, set_config(region, BLOCK, 0));
}

static void a_region_in_use_keeps_its_configuration(void **state)
{
	assert_done(offer(R({ REGION, 1 }), 1, false));
	assert_refused(CXL_RC_UNSUPPORTED, set_config(1, 64, 0));
	assert_done(set_config(0, 64, 0));
	assert_done(respond(R({ REGION, 1 }), 0));
	assert_refused(CXL_RC_UNSUPPORTED, set_config(1, 64, 0));
	assert_done(fm_reference(true, 1));
	assert_done(release(R({ REGION, 1 }), 0));
	assert_refused(CXL_RC_UNSUPPORTED, set_config(1, 64, 0));
	assert_non_null(strstr(dc.reason, "remove the references (5607h)"));
	assert_done(fm_reference(false, 1));
	assert_done(set_config(1, 64, 0));
}

static void a_configuration_waits_for_no_other_record(void **state)
{
	fill_the_queue();
	assert_refused(CXL_RC_RETRY_REQUIRED, set_config(1, 64 * KIB, 0));
	assert_int_equal(dc.regions[1].block_size, BLOCK);
	host_clears(2);
	assert_done(set_config(1, 64 * KIB, 0));
	assert_int_equal(dc.regions[1].block_size, 64 * KIB);
}

static void nothing_is_sanitized(void **state)
{
	give(R({ 0, 4 }), 1);
	for (unsigned int sanitize = 1; sanitize < 256; sanitize += 2)
		assert_refused(CXL_RC_UNSUPPORTED, set_config(1, 64, sanitize));
	for (u8 flags = 0; flags < 2; flags++) {
		assert_refused(CXL_RC_INVALID_INPUT,
			       fm_release(CXL_FM_RELEASE_SANITIZE | flags, 1, R({ 0, 4 })));
		assert_refused(CXL_RC_INVALID_INPUT,
			       fm_release(CXL_FM_RELEASE_SANITIZE | CXL_FM_RELEASE_FORCED | flags,
					  1, R({ 0, 4 })));
	}
	assert_host_has(R({ 0, 4 }));
}

static void capacity_is_found_under_a_new_block_size(void **state)
{
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, BLOCK, 0, NOTHING));
	assert_done(respond(NOTHING, 0));
	assert_done(set_config(0, 256 * MIB, 0));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, 512 * MIB, 0, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, 512 * MIB, 0, NOTHING));
}

/* Between the commands of one response or release the blocks may change. */
static void what_the_host_collects_must_fit_the_blocks_at_the_end(void **state)
{
	assert_done(set_config(0, 64 * KIB, 0));
	assert_done(respond_raw(64 * KIB, 64 * KIB, MORE));
	assert_done(release_raw(64 * KIB, 64 * KIB, MORE));
	assert_done(set_config(0, BLOCK, 0));
	assert_done(offer(R({ 0, 1 }), 0, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(NOTHING, 0));
	assert_done(respond(R({ 0, 1 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(NOTHING, 0));
	assert_done(release(R({ 0, 1 }), 0));
}

static void the_device_chooses_free_capacity(void **state)
{
	give(R({ 2, 2 }, { 6, 2 }, { 20, 2 }), 0);
	/* in one piece if there is one */
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, 6 * BLOCK, 1, NOTHING));
	assert_event(CXL_DC_EVENT_ADD, 8, 6, 1, false);
	assert_done(respond(NOTHING, 0));
	/* else in the largest ones: 490, 12, and 1 of 2 or 2 of 2 */
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, (REGION - 9) * BLOCK, 1, NOTHING));
	assert_event(CXL_DC_EVENT_ADD, 8, 12, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 22, REGION - 22, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 0, 1, 1, false);
	assert_done(respond(NOTHING, 0));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, (REGION - 7) * BLOCK, 1, NOTHING));
	assert_event(CXL_DC_EVENT_ADD, 8, 12, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 22, REGION - 22, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 0, 2, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 4, 1, 1, false);
	assert_no_more_events();
}

/* Many small gaps, which come first, do not get in the way of a large one. */
static void small_gaps_do_not_hide_a_large_one(void **state)
{
	dc_config.max_extents = 200;
	dc_restart();
	for (u32 i = 0; i < 100; i++) {
		assert_done(offer(R({ 2 * i + 1, 1 }), 0, false));
		assert_done(respond(R({ 2 * i + 1, 1 }), 0));
		forget_events();
	}
	/* 100 gaps of a block, and REGION - 200 blocks behind them */
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, 100 * BLOCK, 0, NOTHING));
	assert_pending(R({ 200, 100 }));
	forget_events();
	assert_done(respond(NOTHING, 0));
	for (u32 more = 1; more < 100; more += 49) {
		assert_done(fm_add(CXL_FM_SELECT_FREE, 0, (REGION - 200 + more) * BLOCK, 0,
				   NOTHING));
		assert_int_equal(dc.nr_extents, 101 + more);
		assert_event(CXL_DC_EVENT_ADD, 200, REGION - 200, 0, true);
		forget_events();
		assert_done(respond(NOTHING, 0));
	}
	/* as many as the limit leaves, and not one more */
	dc.max_extents = 150;
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_FREE, 0, (REGION - 200 + 50) * BLOCK, 0, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, (REGION - 200 + 49) * BLOCK, 0, NOTHING));
}

/* The fewest that there are: all gaps, of any size, by size. */
static u32 fewest(u64 len)
{
	const struct dc_extent *extent;
	u32 sizes[REGION] = {}, nr = 0, pos = 0;

	for_each_extent(extent, &dc) {
		sizes[nr++] = extent->start / BLOCK - pos;
		pos = (extent->start + extent->len) / BLOCK;
	}
	sizes[nr++] = REGION - pos;
	for (u32 pieces = 1; pieces <= nr; pieces++) {
		u32 best = 0;

		for (u32 i = 0; i < nr; i++)
			if (sizes[i] > sizes[best])
				best = i;
		if (sizes[best] >= len)
			return pieces;
		len -= sizes[best];
		sizes[best] = 0;
	}
	return U32_MAX;
}

static void free_capacity_comes_in_the_fewest_pieces(void **state)
{
	dc_config.max_extents = 60;
	dc_config.nr_regions = 1;
	dc_config.total_size = GIB;
	prng_seed(4);
	for (u32 step = 0; step < 300; step++) {
		u32 len = 1 + prng() % REGION, before, wanted;

		dc_restart();
		for (u32 i = 0; i < step % 40; i++)
			offer(R({ prng() % (REGION - 8), 1 + prng() % (i % 5 ? 3 : 60) }), 0,
			      false);
		forget_events();
		before = dc.nr_extents;
		/* the sink of the test has room for more than there are gaps */
		wanted = fewest(len);
		if (wanted > 60 - before) {
			assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
				       fm_add(CXL_FM_SELECT_FREE, 0, len * BLOCK, 0, NOTHING));
		} else {
			assert_done(fm_add(CXL_FM_SELECT_FREE, 0, len * BLOCK, 0, NOTHING));
			assert_int_equal(dc.nr_extents, before + wanted);
		}
	}
}

static void the_device_chooses_contiguous_capacity(void **state)
{
	give(R({ 2, 2 }, { 6, 2 }, { 20, 2 }), 0);
	assert_done(fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, 6 * BLOCK, 1, NOTHING));
	assert_pending(R({ 8, 6 }));
	assert_done(respond(NOTHING, 0));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, (REGION - 21) * BLOCK, 1, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, (REGION - 22) * BLOCK, 1, NOTHING));
	assert_pending(R({ 22, REGION - 22 }));
}

static void all_that_is_free_can_be_had(void **state)
{
	static const u32 taken[] = { 1, 3, 100, 511 };
	struct dc_extent *extent;
	u32 sum;

	for (int policy = 0; policy < 2; policy++) {
		for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
			dc_restart();
			/* the search begins anywhere */
			assert_done(fm_add(policy, 0, taken[i] * BLOCK, 0, NOTHING));
			assert_done(respond(NOTHING, 0));
			assert_done(fm_add(policy, 0, GIB, 0, NOTHING));
			sum = 0;
			for_each_extent(extent, &dc)
				sum += extent->len / BLOCK;
			assert_int_equal(sum, REGION);
			assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
				       fm_add(policy, 0, BLOCK, 0, NOTHING));
		}
	}
}

static void shared_capacity_is_numbered(void **state)
{
	give(R({ REGION + 1, 1 }, { REGION + 3, 1 }), 2);
	assert_refused(CXL_RC_INVALID_INPUT,
		       fm_add(CXL_FM_SELECT_FREE, 1, 3 * BLOCK, 0, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 1, (REGION - 2) * BLOCK, 1, NOTHING));
	assert_pending(R({ REGION + 4, REGION - 4 }, { REGION, 1 }, { REGION + 2, 1 }));
	for (u16 i = 0; i < 3; i++)
		assert_int_equal(le16_to_cpu(dc_events[i].data.extent.shared_seq), i);
}

static void a_length_that_does_not_fit_is_refused(void **state)
{
	static const u64 odd[] = { 0, 1, 64, MIB, BLOCK - 1, BLOCK + 64, ~0ULL };
	static const u64 large[] = {
		GIB + BLOCK, 2 * GIB, 1ULL << 62, 1ULL << 63, ~0ULL - BLOCK + 1,
	};

	for (u8 policy = 0; policy < 2; policy++) {
		for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
			assert_refused(CXL_RC_INVALID_INPUT,
				       fm_add(policy, 0, odd[i], 0, NOTHING));
		for (size_t i = 0; i < ARRAY_SIZE(large); i++)
			assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
				       fm_add(policy, 0, large[i], 0, NOTHING));
		for (unsigned int region = 2; region < 256; region++)
			assert_refused(CXL_RC_INVALID_INPUT,
				       fm_add(policy, region, BLOCK, 0, NOTHING));
	}
}

static void a_fragmented_region_is_used_up_to_the_limit(void **state)
{
	dc_config.max_extents = 6;
	dc_restart();
	give(R({ 1, 1 }, { 3, 1 }, { 5, 1 }), 0);
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_FREE, 0, GIB - 3 * BLOCK, 0, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, GIB - 4 * BLOCK, 0, NOTHING));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, BLOCK, 0, NOTHING));
}

static void the_fm_names_the_extents(void **state)
{
	assert_done(fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 3, R({ 7, 1 }, { 3, 2 })));
	assert_pending(R({ 7, 1 }, { 3, 2 }));
	/* the fields of other policies do not matter */
	assert_done(fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 77, 1, 1, R({ REGION, 1 })));
	assert_event(CXL_DC_EVENT_ADD, 7, 1, 3, true);
	assert_event(CXL_DC_EVENT_ADD, 3, 2, 3, false);
	assert_event(CXL_DC_EVENT_ADD, REGION, 1, 1, false);
	assert_refused(CXL_RC_INVALID_EXTENT_LIST,
		       fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 3, NOTHING));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST,
		       fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 3, R({ 20, 1 }, { 7, 1 })));
	assert_refused(CXL_RC_INVALID_PA,
		       fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 3, R({ 2 * REGION, 1 })));
}

static void put_listed(u8 *in, unsigned int i, u64 block, unsigned int tag, u16 seq)
{
	in += 32 + 40 * i;
	put_le(in, 8, block * BLOCK);
	put_le(in + 8, 8, BLOCK);
	memcpy(in + 16, tag_id(tag), CXL_DC_TAG_LEN);
	put_le(in + 32, 2, seq);
}

/* One offer of several groups; the tag of the request does not matter. */
static void a_list_may_have_several_tags_and_regions(void **state)
{
	u8 in[32 + 4 * 40] = { 0, 0, 0xf0 | CXL_FM_SELECT_PRESCRIPTIVE };

	memcpy(in + 12, tag_id(5), CXL_DC_TAG_LEN);
	put_le(in + 28, 4, 4);
	put_listed(in, 0, 4, 1, 0);
	put_listed(in, 1, REGION, 2, 1);
	put_listed(in, 2, 0, 0, 0);
	put_listed(in, 3, REGION + 8, 2, 0);
	assert_done_with_memory_only(fm(0x5604, in, sizeof(in), 256));
	assert_event(CXL_DC_EVENT_ADD, 4, 1, 1, true);
	assert_event(CXL_DC_EVENT_ADD, REGION, 1, 2, true);
	assert_event(CXL_DC_EVENT_ADD, 0, 1, 0, true);
	assert_event(CXL_DC_EVENT_ADD, REGION + 8, 1, 2, false);
	assert_no_more_events();
	assert_int_equal(dc.nr_tags, 2);
	assert_done(respond(R({ 4, 1 }, { REGION, 1 }, { REGION + 8, 1 }), 0));
	assert_host_has(R({ 4, 1 }, { REGION, 1 }, { REGION + 8, 1 }));

	/* all of them or none: the last one overlaps */
	put_listed(in, 0, 20, 3, 0);
	put_listed(in, 1, 21, 4, 0);
	put_listed(in, 2, 22, 3, 0);
	put_listed(in, 3, 4, 1, 0);
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, fm(0x5604, in, sizeof(in), 256));
	dc.max_tags = 3;
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, fm(0x5604, in, sizeof(in), 256));
}

static void only_the_prescriptive_policies_read_the_count(void **state)
{
	u8 in[32 + 40] = {};

	put_le(in + 4, 8, BLOCK);
	put_le(in + 28, 4, 1000);
	memcpy(in + 12, tag_id(1), CXL_DC_TAG_LEN);
	assert_done(fm(0x5604, in, 32, 256));
	assert_done(respond(R({ 0, 1 }), 0));
	assert_done(fm(0x5605, in, sizeof(in), 256));
	assert_done(fm(0x5605, in, 32, 256));
}

/* Over all of a tag they are 0 to n-1, each once. */
static void sequence_numbers_have_no_gap_and_no_repeat(void **state)
{
	u8 in[32 + 2 * 40] = { 0, 0, CXL_FM_SELECT_PRESCRIPTIVE };

	put_le(in + 28, 4, 2);
	for (u16 first = 0; first < 3; first++)
		for (u16 second = 0; second < 3; second++) {
			if (first + second == 1)
				continue;
			put_listed(in, 0, REGION, 1, first);
			put_listed(in, 1, REGION + 2, 1, second);
			assert_refused(CXL_RC_INVALID_INPUT, fm(0x5604, in, sizeof(in), 256));
			assert_non_null(strstr(dc.reason, first == second ?
					       ", as has another of its tag" : " is missing"));
		}
	put_listed(in, 0, REGION, 1, 1);
	put_listed(in, 1, REGION + 2, 1, 0);
	assert_done_with_memory_only(fm(0x5604, in, sizeof(in), 256));
	/* those that the tag has count */
	put_listed(in, 0, REGION + 4, 1, 0);
	put_listed(in, 1, REGION + 6, 1, 1);
	assert_refused(CXL_RC_INVALID_INPUT, fm(0x5604, in, sizeof(in), 256));
	put_listed(in, 0, REGION + 4, 1, 3);
	put_listed(in, 1, REGION + 6, 2, 0);
	assert_refused(CXL_RC_INVALID_INPUT, fm(0x5604, in, sizeof(in), 256));
	put_listed(in, 0, REGION + 4, 1, 2);
	assert_done(fm(0x5604, in, sizeof(in), 256));
	/* also if the tag comes first where nothing is shared */
	put_listed(in, 0, 0, 3, 0);
	put_listed(in, 1, REGION + 8, 3, 1);
	assert_refused(CXL_RC_INVALID_INPUT, fm(0x5604, in, sizeof(in), 256));
}

static void the_device_goes_on_with_the_sequence_of_a_tag(void **state)
{
	assert_done_with_memory_only(fm_add(CXL_FM_SELECT_FREE, 1, 2 * BLOCK, 1, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_CONTIGUOUS, 1, BLOCK, 1, NOTHING));
	assert_int_equal(dc_events[0].data.extent.shared_seq, 0);
	assert_int_equal(dc_events[1].data.extent.shared_seq, 1);
	/* what the tag has besides has no place in the sequence */
	assert_done(offer(R({ 0, 1 }), 1, false));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 1, BLOCK, 1, NOTHING));
	assert_int_equal(dc_events[3].data.extent.shared_seq, 2);
	assert_done(fm_add(CXL_FM_SELECT_FREE, 1, BLOCK, 2, NOTHING));
	assert_int_equal(dc_events[4].data.extent.shared_seq, 0);
}

static void other_policies_are_refused(void **state)
{
	give(R({ 0, 4 }), 1);
	for (unsigned int policy = 0; policy < 256; policy++)
		if ((policy & 0x0f) > 3)
			assert_refused(CXL_RC_INVALID_INPUT,
				       fm_add(policy, 0, BLOCK, 1, R({ 9, 1 })));
	for (unsigned int flags = 0; flags < 256; flags++)
		if ((flags & 0x0f) > 1)
			assert_refused(CXL_RC_INVALID_INPUT, fm_release(flags, 1, R({ 0, 4 })));
}

static void an_open_chain_makes_the_fm_wait(void **state)
{
	assert_done(offer(R({ 0, 1 }), 1, true));
	for (u8 policy = 0; policy < 3; policy++)
		assert_refused(CXL_RC_RETRY_REQUIRED, fm_add(policy, 0, BLOCK, 2, R({ 9, 1 })));
	assert_done(offer(R({ 1, 1 }), 1, false));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, BLOCK, 2, NOTHING));
}

static void the_fm_releases_by_tag(void **state)
{
	give(R({ 0, 4 }, { 8, 4 }), 1);
	give(R({ 4, 4 }), 2);
	assert_done(offer(R({ 20, 1 }), 1, false));
	forget_events();
	assert_done(fm_release(CXL_FM_REMOVE_TAG, 1, NOTHING));
	assert_event(CXL_DC_EVENT_RELEASE, 0, 4, 1, true);
	assert_event(CXL_DC_EVENT_RELEASE, 8, 4, 1, false);
	assert_no_more_events();
	assert_done(fm_release(CXL_FM_REMOVE_TAG | CXL_FM_RELEASE_FORCED, 1, NOTHING));
	assert_event(CXL_DC_EVENT_FORCED_RELEASE, 0, 4, 1, true);
	assert_event(CXL_DC_EVENT_FORCED_RELEASE, 8, 4, 1, false);
	assert_no_more_events();
	assert_host_has(R({ 4, 4 }));
	/* what it was only offered went too */
	assert_pending(NOTHING);
	assert_done(offer(R({ 20, 1 }), 1, false));
	/* only offered; no such tag; no tag */
	assert_refused(CXL_RC_INVALID_PA, fm_release(CXL_FM_REMOVE_TAG, 1, NOTHING));
	assert_refused(CXL_RC_INVALID_INPUT, fm_release(CXL_FM_REMOVE_TAG, 3, NOTHING));
	assert_refused(CXL_RC_INVALID_INPUT, fm_release(CXL_FM_REMOVE_TAG, 0, NOTHING));
}

/* From the end of the tag. */
static void so_much_of_a_tag_is_released_as_the_fm_says(void **state)
{
	give(R({ 8, 4 }, { 0, 4 }), 1);
	assert_refused(CXL_RC_INVALID_INPUT, fm_release_len(0, 1, 0));
	assert_refused(CXL_RC_INVALID_INPUT, fm_release_len(0, 1, BLOCK + 1));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, fm_release_len(0, 1, 9 * BLOCK));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, fm_release_len(0, 1, -BLOCK));
	assert_done_with_memory_only(fm_release_len(0, 1, BLOCK));
	assert_event(CXL_DC_EVENT_RELEASE, 3, 1, 1, false);
	assert_no_more_events();
	assert_done(fm_release_len(0, 1, 5 * BLOCK));
	assert_event(CXL_DC_EVENT_RELEASE, 0, 4, 1, true);
	assert_event(CXL_DC_EVENT_RELEASE, 11, 1, 1, false);
	assert_no_more_events();
	assert_done(fm_release_len(CXL_FM_RELEASE_FORCED, 1, 6 * BLOCK));
	assert_host_has(R({ 8, 2 }));
}

/* A device with room for one extent would be lost to an offer that nobody answers. */
static void what_is_only_offered_can_be_taken(void **state)
{
	static const bool by_tag[] = { true, false };

	for (unsigned int i = 0; i < ARRAY_SIZE(by_tag); i++) {
		assert_done(offer(R({ 0, 2 }, { 4, 2 }), 1, false));
		assert_refused(CXL_RC_INVALID_PA, fm_release(CXL_FM_REMOVE_TAG, 1, NOTHING));
		assert_refused(CXL_RC_INVALID_PA,
			       fm_release(CXL_FM_REMOVE_PRESCRIPTIVE, 1, R({ 4, 1 })));
		forget_events();
		if (by_tag[i])
			assert_done_with_memory_only(fm_release(0x10, 1, NOTHING));
		else
			/* a part is enough: the rest could not be answered */
			assert_done_with_memory_only(fm_release(0x11, 1, R({ 4, 1 })));
		assert_pending(NOTHING);
		assert_no_more_events();
		assert_int_equal(dc.nr_extents, 0);
		assert_refused(CXL_RC_INVALID_PA, respond(R({ 0, 2 }, { 4, 2 }), 0));
	}
	/* together with what the host has */
	give(R({ 8, 2 }), 1);
	assert_done(offer(R({ 0, 2 }, { 4, 2 }), 1, false));
	forget_events();
	assert_done(ask(8, 2, 0, true));
	assert_pending(R({ 0, 2 }, { 4, 2 }));
	assert_done(ask(0, 2, 0, true));
	assert_pending(NOTHING);
	assert_event(CXL_DC_EVENT_FORCED_RELEASE, 8, 2, 1, false);
	assert_no_more_events();
}

static void an_offer_that_is_still_open_can_be_taken(void **state)
{
	dc_config.max_extents = 1;
	dc_restart();
	assert_done(offer(R({ 0, 2 }), 1, true));
	assert_done(ask(0, 2, 1, true));
	assert_null(dc.open);
	assert_done(offer(R({ 4, 2 }), 1, false));
	assert_done(respond(R({ 4, 2 }), 0));
	assert_host_has(R({ 4, 2 }));
}

static void what_waits_of_an_offer_goes_with_it(void **state)
{
	dc_room = 1;
	assert_done(offer(R({ 0, 2 }, { 4, 2 }), 1, false));
	assert_done(ask(4, 2, 0, true));
	host_clears(3);
	assert_event(CXL_DC_EVENT_ADD, 0, 2, 1, true);
	assert_no_more_events();
	/* an older one leaves what waits of the newer */
	assert_done(offer(R({ 8, 2 }), 2, false));
	dc_room = 0;
	assert_done(offer(R({ 0, 2 }), 1, false));
	assert_done(ask(8, 2, 0, true));
	assert_int_equal(cxl_dc_waiting(&dc), 1);
}

static void shared_capacity_goes_as_a_whole(void **state)
{
	give(R({ REGION, 2 }, { REGION + 4, 2 }), 1);
	assert_refused(CXL_RC_INVALID_INPUT, fm_release(1, 1, R({ REGION, 2 })));
	assert_refused(CXL_RC_INVALID_INPUT, fm_release(1, 1, R({ REGION, 2 }, { REGION + 4, 1 })));
	assert_refused(CXL_RC_INVALID_INPUT, fm_release(0x11, 1, R({ REGION + 4, 2 })));
	assert_done(fm_release(1, 1, R({ REGION, 1 }, { REGION + 1, 1 }, { REGION + 4, 2 })));
	/* with a reference it is kept, extent by extent */
	assert_done(fm_reference(true, 1));
	assert_done(fm_release(0x11, 1, R({ REGION + 4, 2 })));
	assert_host_has(R({ REGION, 2 }));
	/* what is not sharable goes in parts, also of such a tag */
	give(R({ 0, 4 }), 2);
	assert_done(fm_release(1, 2, R({ 1, 1 })));
}

static void the_fm_names_what_to_release(void **state)
{
	give(R({ 0, 4 }, { 4, 4 }), 1);
	assert_done(fm_release(CXL_FM_REMOVE_PRESCRIPTIVE, 1, R({ 6, 1 }, { 0, 2 })));
	assert_event(CXL_DC_EVENT_RELEASE, 0, 2, 1, true);
	assert_event(CXL_DC_EVENT_RELEASE, 6, 1, 1, false);
	assert_no_more_events();
	assert_done(fm_release(CXL_FM_REMOVE_PRESCRIPTIVE | CXL_FM_RELEASE_FORCED, 0,
			       R({ 2, 4 })));
	assert_host_has(R({ 0, 2 }, { 6, 2 }));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, fm_release(1, 1, NOTHING));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, fm_release(0x11, 1, NOTHING));
	/* where they are says which, whatever tag they have */
	assert_done(fm_release(1, 2, R({ 0, 2 })));
	assert_refused(CXL_RC_INVALID_PA, fm_release(1, 0, R({ 0, 2 }, { 2, 1 })));
	assert_refused(CXL_RC_INVALID_PA, fm_release(1, 0, R({ 2 * REGION, 2 })));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, fm_release(1, 0, R({ 0, 2 }, { 1, 1 })));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, fm_release(0x11, 0, R({ 0, 0 })));
}

static void a_release_of_the_fm_waits_for_no_other_record(void **state)
{
	give(R({ 0, 4 }, { 4, 4 }), 1);
	fill_the_queue();
	assert_refused(CXL_RC_RETRY_REQUIRED, fm_release(0, 1, NOTHING));
	assert_refused(CXL_RC_RETRY_REQUIRED, fm_release(1, 1, R({ 3, 2 })));
	/* what is taken is gone, although the log loses the records */
	assert_done(fm_release(CXL_FM_RELEASE_FORCED, 1, NOTHING));
	assert_host_has(NOTHING);
}

static void an_addition_of_the_fm_waits_for_no_other_record(void **state)
{
	fill_the_queue();
	assert_refused(CXL_RC_RETRY_REQUIRED,
		       fm_add(CXL_FM_SELECT_FREE, 0, 3 * BLOCK, 1, NOTHING));
	assert_refused(CXL_RC_RETRY_REQUIRED,
		       fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, BLOCK, 1, NOTHING));
	assert_refused(CXL_RC_RETRY_REQUIRED,
		       fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 1, R({ 0, 1 }, { 2, 1 })));
	/* how much is free does not depend on what the host has read */
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_FREE, 0, GIB + BLOCK, 1, NOTHING));
	host_clears(1);
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, 3 * BLOCK, 1, NOTHING));
}

/* What would take more records than the log has is not free in so few extents. */
static void the_device_chooses_no_more_extents_than_the_event_log_holds(void **state)
{
	give(R({ 1, 1 }, { 3, 1 }), 0);
	dc_sink.size = 2;
	dc_room = 2;
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_FREE, 0, GIB - 2 * BLOCK, 1, NOTHING));
	assert_non_null(strstr(dc.reason, "in 2 extents or fewer"));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, GIB - 3 * BLOCK, 1, NOTHING));
	assert_pending(R({ 4, REGION - 4 }, { 0, 1 }));
}

static void without_memory_the_fm_changes_nothing(void **state)
{
	assert_done_with_memory_only(fm_add(0, 0, BLOCK, 1, NOTHING));
	assert_done_with_memory_only(fm_add(1, 0, BLOCK, 1, NOTHING));
	assert_done_with_memory_only(fm_add(2, 0, 0, 1, R({ 8, 4 }, { 20, 4 })));
	assert_done(respond(NOTHING, 0));
	assert_done(respond(NOTHING, 0));
	assert_done(respond(R({ 8, 4 }, { 20, 4 }), 0));
	assert_done_with_memory_only(fm_release(0, 1, NOTHING));
	assert_done_with_memory_only(fm_release(1, 1, R({ 8, 4 }, { 21, 1 })));
	give(R({ REGION, 4 }), 2);
	assert_done(fm_reference(true, 2));
	assert_done(release(R({ 8, 4 }, { REGION, 4 }), 0));
	assert_done_with_memory_only(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 2, NOTHING));
	assert_done_with_memory_only(fm_release(CXL_FM_RELEASE_FORCED, 1, NOTHING));
}

static const struct CMUnitTest tests[] = {
	TEST(other_opcodes_are_unsupported),
	TEST(a_request_of_the_wrong_length_is_refused),
	TEST(a_count_that_is_not_the_length_is_refused),
	TEST(there_is_one_host),
	TEST(the_info_says_what_there_is),
	TEST(the_config_has_the_regions_asked_for_that_fit),
	TEST(a_region_gets_another_configuration),
	TEST(every_block_size_of_the_info_is_possible),
	TEST(the_sizes_that_a_block_can_have_are_named),
	TEST(a_wrong_configuration_is_refused),
	TEST(a_region_in_use_keeps_its_configuration),
	TEST(a_configuration_waits_for_no_other_record),
	TEST(nothing_is_sanitized),
	TEST(capacity_is_found_under_a_new_block_size),
	TEST(what_the_host_collects_must_fit_the_blocks_at_the_end),
	TEST(the_device_chooses_free_capacity),
	TEST(small_gaps_do_not_hide_a_large_one),
	TEST(free_capacity_comes_in_the_fewest_pieces),
	TEST(the_device_chooses_contiguous_capacity),
	TEST(all_that_is_free_can_be_had),
	TEST(shared_capacity_is_numbered),
	TEST(a_length_that_does_not_fit_is_refused),
	TEST(a_fragmented_region_is_used_up_to_the_limit),
	TEST(the_fm_names_the_extents),
	TEST(a_list_may_have_several_tags_and_regions),
	TEST(only_the_prescriptive_policies_read_the_count),
	TEST(sequence_numbers_have_no_gap_and_no_repeat),
	TEST(the_device_goes_on_with_the_sequence_of_a_tag),
	TEST(so_much_of_a_tag_is_released_as_the_fm_says),
	TEST(what_is_only_offered_can_be_taken),
	TEST(an_offer_that_is_still_open_can_be_taken),
	TEST(what_waits_of_an_offer_goes_with_it),
	TEST(shared_capacity_goes_as_a_whole),
	TEST(other_policies_are_refused),
	TEST(an_open_chain_makes_the_fm_wait),
	TEST(the_fm_releases_by_tag),
	TEST(the_fm_names_what_to_release),
	TEST(a_release_of_the_fm_waits_for_no_other_record),
	TEST(an_addition_of_the_fm_waits_for_no_other_record),
	TEST(the_device_chooses_no_more_extents_than_the_event_log_holds),
	TEST(without_memory_the_fm_changes_nothing),
};

int main(void)
{
	return unit_run(tests);
}
