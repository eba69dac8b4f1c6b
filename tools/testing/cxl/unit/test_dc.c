// SPDX-License-Identifier: GPL-2.0-only
/* DC regions and the commands over them, by hard-coded byte offsets. */
#include "dc_unit.h"

/* Get Dynamic Capacity Configuration, response: CXL 3.1 8.2.9.9.9.1 */
#define HEADER		8
#define ENTRY		40
#define TAIL		16

static void init(unsigned int nr, u64 len)
{
	dc_config.nr_regions = nr;
	dc_config.total_size = nr * len;
	dc_restart();
}

static enum cxl_mbox_rc get_config(u8 count, u8 start, size_t out_max)
{
	return unit_call(cxl_dc_get_config, &dc, ((u8[]) { count, start }), 2, out_max);
}

static void regions_are_equal_adjacent_and_in_order(void **state)
{
	for (unsigned int nr = 1; nr <= 8; nr++) {
		init(nr, 512 * TIB);
		assert_int_equal(dc.nr_regions, nr);
		for (unsigned int i = 0; i < nr; i++) {
			assert_int_equal(dc.regions[i].base, i * 512 * TIB);
			assert_int_equal(dc.regions[i].len, 512 * TIB);
			assert_int_equal(dc.regions[i].block_size, 2 * MIB);
			assert_int_equal(dc.regions[i].nr_extents, 0);
			assert_int_equal(dc.regions[i].sharable, i == 1);
		}
		assert_int_equal(cxl_dc_end(&dc), nr * 512 * TIB);
	}
}

static void assert_region(const u8 *region, unsigned int i, u64 len)
{
	assert_int_equal(get_le(region, 8), i * len);
	assert_int_equal(get_le(region + 8, 8), len / (256 * MIB));
	assert_int_equal(get_le(region + 16, 8), len);
	assert_int_equal(get_le(region + 24, 8), 2 * MIB);
	assert_int_equal(get_le(region + 32, 4), i);
	assert_int_equal(get_le(region + 36, 4), 0);
}

/* Limits, and what of them is left. */
static void check_tail(size_t offset)
{
	assert_int_equal(answer(offset, 4), dc.max_extents);
	assert_int_equal(answer(offset + 4, 4), dc.max_extents - dc.nr_extents);
	assert_int_equal(answer(offset + 8, 4), dc.max_tags);
	assert_int_equal(answer(offset + 12, 4), dc.max_tags - dc.nr_tags);
}

/* The regions from @start on that @count and @room allow. */
static void check_config(unsigned int nr, unsigned int start, unsigned int count,
			 unsigned int room, size_t out_max)
{
	unsigned int expected = nr - start;

	if (expected > count)
		expected = count;
	if (expected > room)
		expected = room;
	assert_int_equal(get_config(count, start, out_max), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, HEADER + expected * ENTRY + TAIL);
	assert_int_equal(answer(0, 1), nr);
	assert_int_equal(answer(1, 1), expected);
	assert_answer_is_zero(2, 6);
	for (unsigned int i = 0; i < expected; i++)
		assert_region(answer_bytes(HEADER + i * ENTRY, ENTRY), start + i, 768 * MIB);
	check_tail(HEADER + expected * ENTRY);
}

static void the_config_has_the_regions_asked_for(void **state)
{
	for (unsigned int nr = 1; nr <= 8; nr++) {
		init(nr, 768 * MIB);
		for (unsigned int start = 0; start < nr; start++)
			for (unsigned int count = 0; count < 256; count++)
				check_config(nr, start, count, 8, 4096);
	}
}

static void the_config_has_the_regions_that_fit(void **state)
{
	for (unsigned int nr = 1; nr <= 8; nr++) {
		init(nr, 768 * MIB);
		for (unsigned int start = 0; start < nr; start++) {
			for (unsigned int room = 0; room <= 8; room++) {
				size_t out_max = HEADER + room * ENTRY + TAIL;

				check_config(nr, start, 255, room, out_max);
				check_config(nr, start, 255, room, out_max + ENTRY - 1);
			}
			check_config(nr, start, 255, 5, 256);
		}
	}
}

static void the_config_has_no_64_bit_field_cut_short(void **state)
{
	init(8, 512 * TIB);
	assert_int_equal(get_config(8, 0, 4096), CXL_RC_SUCCESS);
	for (unsigned int i = 0; i < 8; i++)
		assert_region(answer_bytes(HEADER + i * ENTRY, ENTRY), i, 512 * TIB);
}

static void a_start_at_a_region_that_does_not_exist_is_refused(void **state)
{
	for (unsigned int nr = 1; nr <= 8; nr++) {
		init(nr, 256 * MIB);
		for (unsigned int start = nr; start < 256; start++) {
			assert_int_equal(get_config(0, start, 4096), CXL_RC_INVALID_INPUT);
			assert_int_equal(get_config(1, start, 4096), CXL_RC_INVALID_INPUT);
			assert_int_equal(get_config(255, start, 4096), CXL_RC_INVALID_INPUT);
		}
	}
}

static void the_config_says_what_is_left(void **state)
{
	assert_done(offer(R({ 0, 1 }, { 2, 1 }), 1, false));
	assert_done(offer(R({ 4, 1 }), 0, false));
	assert_done(get_config(0, 0, 256));
	assert_int_equal(answer(HEADER, 4), 64);
	assert_int_equal(answer(HEADER + 4, 4), 61);
	assert_int_equal(answer(HEADER + 8, 4), 8);
	assert_int_equal(answer(HEADER + 12, 4), 7);
	assert_done(respond(R({ 0, 1 }), 0));
	assert_done(get_config(0, 0, 256));
	assert_int_equal(answer(HEADER + 4, 4), 62);
}

static void limits_of_32_bits_are_not_cut_short(void **state)
{
	dc_config.max_extents = 0x12345678;
	dc_config.max_tags = 0x9abcdef0;
	dc_restart();
	assert_done(get_config(0, 0, 256));
	check_tail(HEADER);
}

static void without_a_backend_the_extent_list_is_empty(void **state)
{
	static const u32 counts[] = { 0, 1, 255, 65536, 0xffffffff };
	static const u32 starts[] = { 1, 2, 256, 65536, 1U << 24, 1U << 31, 0xffffffff };
	u8 in[8] = {};

	dc_config.backing = CXL_DC_BACKING_NONE;
	init(2, GIB);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		put_le(in, 4, counts[i]);
		assert_done(unit_call(cxl_dc_get_extent_list, &dc, in, 8, 256));
		assert_int_equal(unit_io.out_len, 16);
		assert_answer_is_zero(0, 16);
	}
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		put_le(in, 4, i % 2);
		put_le(in + 4, 4, starts[i]);
		assert_refused(CXL_RC_INVALID_INPUT,
			       unit_call(cxl_dc_get_extent_list, &dc, in, 8, 256));
	}
}

static struct CMUnitTest tests[] = {
	TEST(regions_are_equal_adjacent_and_in_order),
	TEST(the_config_has_the_regions_asked_for),
	TEST(the_config_has_the_regions_that_fit),
	TEST(the_config_has_no_64_bit_field_cut_short),
	TEST(a_start_at_a_region_that_does_not_exist_is_refused),
	TEST(the_config_says_what_is_left),
	TEST(limits_of_32_bits_are_not_cut_short),
	TEST(without_a_backend_the_extent_list_is_empty),
	{}
};

unit_suite(tests);
