// SPDX-License-Identifier: GPL-2.0-only
/* The FM reads and sets the configuration of DC regions: CXL 3.1 7.6.7.6.1 to .3 */
#include "dc_unit.h"

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

static struct CMUnitTest tests[] = {
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
	{}
};

unit_suite(tests);
