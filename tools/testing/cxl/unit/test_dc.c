// SPDX-License-Identifier: GPL-2.0-only
/* DC regions and the commands over them, by hard-coded byte offsets. */
#include "unit.h"
#include "dc/dc.h"

/* Get Dynamic Capacity Configuration, response: CXL 3.1 8.2.9.9.9.1 */
#define HEADER		8
#define REGION		40
#define TAIL		16

static struct cxl_dc dc;

static void init(unsigned int nr, u64 len)
{
	/* what was there before must not matter */
	memset(&dc, 0xa5, sizeof(dc));
	cxl_dc_init(&dc, nr * len, nr, 2 * MIB);
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
	assert_int_equal(unit_io.out_len, HEADER + expected * REGION + TAIL);
	assert_int_equal(answer(0, 1), nr);
	assert_int_equal(answer(1, 1), expected);
	assert_answer_is_zero(2, 6);
	for (unsigned int i = 0; i < expected; i++)
		assert_region(answer_bytes(HEADER + i * REGION, REGION), start + i, 768 * MIB);
	/* neither extents nor tags without a backend */
	assert_answer_is_zero(HEADER + expected * REGION, TAIL);
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
				size_t out_max = HEADER + room * REGION + TAIL;

				check_config(nr, start, 255, room, out_max);
				check_config(nr, start, 255, room, out_max + REGION - 1);
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
		assert_region(answer_bytes(HEADER + i * REGION, REGION), i, 512 * TIB);
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

static enum cxl_mbox_rc get_extent_list(u32 count, u32 start)
{
	u8 in[8];

	put_le(in, 4, count);
	put_le(in + 4, 4, start);
	return unit_call(cxl_dc_get_extent_list, &dc, in, sizeof(in), 256);
}

static void without_a_backend_the_extent_list_is_empty(void **state)
{
	static const u32 counts[] = { 0, 1, 255, 65536, 0xffffffff };

	init(2, GIB);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		assert_int_equal(get_extent_list(counts[i], 0), CXL_RC_SUCCESS);
		assert_int_equal(unit_io.out_len, 16);
		assert_answer_is_zero(0, 16);
	}
}

static void a_start_behind_the_extent_list_is_refused(void **state)
{
	static const u32 starts[] = { 1, 2, 256, 65536, 1U << 24, 1U << 31, 0xffffffff };

	init(2, GIB);
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		assert_int_equal(get_extent_list(0, starts[i]), CXL_RC_INVALID_INPUT);
		assert_int_equal(get_extent_list(1, starts[i]), CXL_RC_INVALID_INPUT);
	}
}

/* 4802h and 4803h: count, flags, then extents of 24 bytes. */
static enum cxl_mbox_rc extents(bool release, u32 count, u8 flags, size_t len)
{
	u8 in[4096] = {};

	put_le(in, 4, count);
	in[4] = flags;
	for (size_t i = 0; 8 + 24 * (i + 1) <= len; i++) {
		put_le(in + 8 + 24 * i, 8, i * 2 * MIB);
		put_le(in + 16 + 24 * i, 8, 2 * MIB);
	}
	if (release)
		return unit_call(cxl_dc_release, &dc, in, len, 256);
	return unit_call(cxl_dc_add_response, &dc, in, len, 256);
}

static void an_empty_add_response_is_accepted(void **state)
{
	init(2, GIB);
	assert_int_equal(extents(false, 0, 0, 8), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 0);
	assert_int_equal(extents(false, 0, CXL_DC_EXTENTS_MORE, 8), CXL_RC_SUCCESS);
}

static void an_empty_release_is_refused(void **state)
{
	init(2, GIB);
	assert_int_equal(extents(true, 0, 0, 8), CXL_RC_INVALID_INPUT);
	assert_int_equal(extents(true, 0, CXL_DC_EXTENTS_MORE, 8), CXL_RC_INVALID_INPUT);
}

static void an_extent_that_was_never_offered_is_an_invalid_address(void **state)
{
	init(2, GIB);
	for (u32 count = 1; 8 + 24 * count <= 4096; count++) {
		for (int release = 0; release < 2; release++) {
			assert_int_equal(extents(release, count, 0, 8 + 24 * count),
					 CXL_RC_INVALID_PA);
			assert_int_equal(extents(release, count, CXL_DC_EXTENTS_MORE,
						 8 + 24 * count), CXL_RC_INVALID_PA);
		}
	}
}

static void a_count_that_is_not_the_length_is_refused(void **state)
{
	init(2, GIB);
	for (size_t len = 8; len <= 8 + 24 * 6; len++) {
		for (u32 count = 0; count < 8; count++) {
			if (len == 8 + 24 * count)
				continue;
			assert_int_equal(extents(false, count, 0, len),
					 CXL_RC_INVALID_PAYLOAD_LEN);
			assert_int_equal(extents(true, count, 0, len),
					 CXL_RC_INVALID_PAYLOAD_LEN);
		}
	}
}

static void a_count_whose_length_wraps_is_refused(void **state)
{
	/* times 24 in 32 bits, and cut to 8 or 16 bits: 0 or 1 extent */
	static const u32 counts[] = {
		0x20000000, 0x20000001, 0xe0000001, 0x100, 0x101, 0x10000, 0x10001,
		0x80000000, 0x80000001, 0xffffffff,
	};

	init(2, GIB);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		for (size_t len = 8; len <= 32; len += 24) {
			assert_int_equal(extents(false, counts[i], 0, len),
					 CXL_RC_INVALID_PAYLOAD_LEN);
			assert_int_equal(extents(true, counts[i], 0, len),
					 CXL_RC_INVALID_PAYLOAD_LEN);
		}
	}
}

static void no_command_changes_a_device_without_a_backend(void **state)
{
	struct cxl_dc before;

	init(3, GIB);
	before = dc;
	get_config(255, 0, 4096);
	get_extent_list(1, 0);
	for (int release = 0; release < 2; release++) {
		extents(release, 0, 0, 8);
		extents(release, 1, 0, 8);
		extents(release, 1, 0, 32);
		extents(release, 1, CXL_DC_EXTENTS_MORE, 32);
	}
	assert_memory_equal(&dc, &before, sizeof(dc));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(regions_are_equal_adjacent_and_in_order),
	cmocka_unit_test(the_config_has_the_regions_asked_for),
	cmocka_unit_test(the_config_has_the_regions_that_fit),
	cmocka_unit_test(the_config_has_no_64_bit_field_cut_short),
	cmocka_unit_test(a_start_at_a_region_that_does_not_exist_is_refused),
	cmocka_unit_test(without_a_backend_the_extent_list_is_empty),
	cmocka_unit_test(a_start_behind_the_extent_list_is_refused),
	cmocka_unit_test(an_empty_add_response_is_accepted),
	cmocka_unit_test(an_empty_release_is_refused),
	cmocka_unit_test(an_extent_that_was_never_offered_is_an_invalid_address),
	cmocka_unit_test(a_count_that_is_not_the_length_is_refused),
	cmocka_unit_test(a_count_whose_length_wraps_is_refused),
	cmocka_unit_test(no_command_changes_a_device_without_a_backend),
};

int main(void)
{
	return unit_run(tests);
}
