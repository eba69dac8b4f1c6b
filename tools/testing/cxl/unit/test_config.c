// SPDX-License-Identifier: GPL-2.0-only
/* The rules of a configuration, and what a refusal says; see also test_config_*.c */
#include "config_unit.h"

static void a_size_is_written_in_the_largest_unit_that_divides_it(void **state)
{
	static const struct {
		u64 size;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 1, "1" }, { 1023, "1023" }, { 1024, "1K" }, { 1025, "1025" },
		{ 1536, "1536" }, { 3 * KIB, "3K" }, { MIB, "1M" }, { MIB + KIB, "1025K" },
		{ 768 * MIB, "768M" }, { GIB, "1G" }, { GIB + 1, "1073741825" },
		{ TIB, "1T" }, { 1024 * TIB, "1024T" }, { 4096 * TIB, "4096T" },
		{ 1ULL << 63, "8388608T" }, { -1ULL, "18446744073709551615" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(cxl_mock_size(cases[i].size).text, cases[i].text);
}

static void a_good_config_is_accepted_and_gets_no_reason(void **state)
{
	struct cxl_mock_config config = config_good();

	config_accepted(&config);
	config.serial = -1ULL;
	config_accepted(&config);
}

static void no_capacity_at_all_is_accepted_with_any_number_of_regions(void **state)
{
	struct cxl_mock_config config = config_good();

	config.dc_total_size = 0;
	for (config.num_dc_regions = 1; config.num_dc_regions <= 8; config.num_dc_regions++)
		config_accepted(&config);
}

static void a_device_has_one_to_eight_regions(void **state)
{
	struct cxl_mock_config config = config_good();

	for (config.num_dc_regions = 1; config.num_dc_regions <= 8; config.num_dc_regions++) {
		config.dc_total_size = config.num_dc_regions * UNIT;
		config_accepted(&config);
	}
	config = config_good();
	config_refused_nearest(config, REGIONS, 0, -ERANGE, 1);
	config_refused_nearest(config, REGIONS, 9, -ERANGE, 8);
	config_refused_nearest(config, REGIONS, 1ULL << 32, -ERANGE, 8);
	config_refused_nearest(config, REGIONS, -1ULL, -ERANGE, 8);
}

static void a_refused_number_of_regions_is_told_the_limits(void **state)
{
	struct cxl_mock_config config = config_good();

	config.num_dc_regions = 9;
	config_refused(&config, REGIONS, -ERANGE);
	assert_string_equal(config_reason, "num_dc_regions=9: must be 1 to 8, nearest is 8");
}

static void the_total_is_a_multiple_of_256_mib_per_region(void **state)
{
	for (u64 nr = 1; nr <= 8; nr++) {
		struct cxl_mock_config config = config_good();
		u64 unit = nr * UNIT;

		config.num_dc_regions = nr;
		config.dc_total_size = unit;
		config_accepted(&config);
		config.dc_total_size = 5 * unit;
		config_accepted(&config);
		config_refused_nearest(config, TOTAL, unit - 1, -EINVAL, unit);
		config_refused_nearest(config, TOTAL, unit + 1, -EINVAL, unit);
		config_refused_nearest(config, TOTAL, 3 * unit - 1, -EINVAL, 3 * unit);
		config_refused_nearest(config, TOTAL, 3 * unit + 1, -EINVAL, 3 * unit);
	}
}

static void the_nearest_total_rounds_half_a_unit_up(void **state)
{
	struct cxl_mock_config config = config_good();

	config.num_dc_regions = 3;
	config_refused_nearest(config, TOTAL, 4 * UNIT + UNIT / 2, -EINVAL, 6 * UNIT);
	config_refused_nearest(config, TOTAL, 4 * UNIT + UNIT / 2 - 1, -EINVAL, 3 * UNIT);
}

static void the_nearest_total_is_never_nothing(void **state)
{
	config_refused_nearest(config_good(), TOTAL, 1, -EINVAL, 512 * MIB);
}

static void the_total_fits_the_52_bits_of_a_dpa(void **state)
{
	for (u64 nr = 1; nr <= 8; nr++) {
		struct cxl_mock_config config = config_good();
		u64 last = 4096 * TIB / (nr * UNIT) * (nr * UNIT);

		config.num_dc_regions = nr;
		config.dc_total_size = last;
		config_accepted(&config);
		if (last < 4096 * TIB)
			config_refused_nearest(config, TOTAL, 4096 * TIB, -EINVAL, last);
		config_refused_nearest(config, TOTAL, 4096 * TIB + 1, -ERANGE, last);
		config_refused_nearest(config, TOTAL, last + nr * UNIT, -ERANGE, last);
		config_refused_nearest(config, TOTAL, 1ULL << 63, -ERANGE, last);
		config_refused_nearest(config, TOTAL, -1ULL, -ERANGE, last);
	}
}

static void a_refused_total_is_told_unit_and_limit(void **state)
{
	struct cxl_mock_config config = config_good();

	config.num_dc_regions = 3;
	config.dc_total_size = GIB;
	config_refused(&config, TOTAL, -EINVAL);
	assert_string_equal(config_reason,
			    "dc_total_size=1G: must be a multiple of num_dc_regions (3) x 256M = 768M and at most 4096T, nearest is 768M");
}

static void a_block_is_a_power_of_two_from_64_bytes_to_the_region(void **state)
{
	struct cxl_mock_config config = config_good();

	for (config.dc_block_size = 64; config.dc_block_size <= 2 * GIB; config.dc_block_size *= 2)
		config_accepted(&config);
	config = config_good();
	config_refused_nearest(config, BLOCK, 0, -EINVAL, 64);
	config_refused_nearest(config, BLOCK, 1, -ERANGE, 64);
	config_refused_nearest(config, BLOCK, 32, -ERANGE, 64);
	config_refused_nearest(config, BLOCK, 63, -EINVAL, 64);
	config_refused_nearest(config, BLOCK, 65, -EINVAL, 64);
	config_refused_nearest(config, BLOCK, 95, -EINVAL, 64);
	config_refused_nearest(config, BLOCK, 96, -EINVAL, 128);
	config_refused_nearest(config, BLOCK, 127, -EINVAL, 128);
	config_refused_nearest(config, BLOCK, 3 * MIB - 1, -EINVAL, 2 * MIB);
	config_refused_nearest(config, BLOCK, 3 * MIB, -EINVAL, 4 * MIB);
	config_refused_nearest(config, BLOCK, 2 * GIB - 1, -EINVAL, 2 * GIB);
	config_refused_nearest(config, BLOCK, 2 * GIB + 1, -EINVAL, 2 * GIB);
	config_refused_nearest(config, BLOCK, 4 * GIB, -ERANGE, 2 * GIB);
	config_refused_nearest(config, BLOCK, 1ULL << 63, -ERANGE, 2 * GIB);
	config_refused_nearest(config, BLOCK, -1ULL, -EINVAL, 2 * GIB);
}

static void a_block_divides_a_region_that_is_no_power_of_two(void **state)
{
	struct cxl_mock_config config = config_good();

	config.num_dc_regions = 2;
	config.dc_total_size = 2 * 768 * MIB;
	config.dc_block_size = 256 * MIB;
	config_accepted(&config);
	config_refused_nearest(config, BLOCK, 512 * MIB, -ERANGE, 256 * MIB);
	config_refused_nearest(config, BLOCK, 768 * MIB, -EINVAL, 256 * MIB);
}

static void a_block_is_at_most_what_the_fm_can_be_told(void **state)
{
	struct cxl_mock_config config = config_good();

	config.num_dc_regions = 1;
	config.dc_total_size = 2048 * TIB;
	config.dc_block_size = 2048 * TIB;
	config_accepted(&config);
	/* the FM is told block sizes by a mask that ends there */
	config.dc_total_size = 4096 * TIB;
	config_accepted(&config);
	config_refused_nearest(config, BLOCK, 4096 * TIB, -ERANGE, 2048 * TIB);
}

static void without_capacity_a_block_divides_the_smallest_region(void **state)
{
	struct cxl_mock_config config = config_good();

	config.dc_total_size = 0;
	config.dc_block_size = 256 * MIB;
	config_accepted(&config);
	config_refused_nearest(config, BLOCK, 512 * MIB, -ERANGE, 256 * MIB);
}

static void a_refused_block_is_told_the_limits(void **state)
{
	struct cxl_mock_config config = config_good();

	config.dc_block_size = 3 * KIB;
	config_refused(&config, BLOCK, -EINVAL);
	assert_string_equal(config_reason,
			    "dc_block_size=3K: must be a power of two from 64 to 2G (it divides a DC region), nearest is 4K");
}

static void static_capacity_is_a_multiple_of_256_mib_and_of_the_block(void **state)
{
	struct cxl_mock_config config = config_good();

	for (config.ram_size = 0; config.ram_size <= 4 * GIB; config.ram_size += UNIT)
		config_accepted(&config);
	config.ram_size = 4092 * TIB + 1020 * GIB;
	config_accepted(&config);
	config_refused_nearest(config_good(), RAM, 1, -EINVAL, UNIT);
	config_refused_nearest(config_good(), RAM, GIB + 1, -EINVAL, GIB);
	config_refused_nearest(config_good(), RAM, 4096 * TIB, -ERANGE, 4096 * TIB - 4 * GIB);
	config_refused_nearest(config_good(), RAM, -1ULL, -ERANGE, 4096 * TIB - 4 * GIB);
	config = config_good();
	config.dc_block_size = GIB;
	config_refused_nearest(config, RAM, UNIT, -EINVAL, GIB);
	config.dc_total_size = 4096 * TIB;
	config_refused_nearest(config, RAM, GIB, -ERANGE, 0);
}

static void a_device_has_static_and_dynamic_capacity(void **state)
{
	struct cxl_mock_config config = config_good();

	config.ram_size = GIB;
	assert_int_equal(cxl_mock_config_capacity(&config), 5 * GIB);
	assert_int_equal(cxl_mock_config_window(&config), 5 * GIB);
	config.window_size = UNIT;
	assert_int_equal(cxl_mock_config_window(&config), UNIT);
}

static void a_bit_for_a_region_that_there_is_not_is_refused(void **state)
{
	for (enum field field = SHARABLE; field <= READONLY; field += READONLY - SHARABLE) {
		config_refused_nearest(config_good(), field, 4, -ERANGE, 0);
		config_refused_nearest(config_good(), field, 0x107, -ERANGE, 3);
	}
}

static void of_several_wrong_values_the_first_is_named(void **state)
{
	struct cxl_mock_config config = {
		.num_dc_regions = 9, .dc_total_size = 1, .dc_block_size = 3,
		.ram_size = 9, .sharable = 2, .readonly = 2, .max_extents = 0, .max_tags = 65537,
		.devices = 1, .window_base = 5, .window_size = 7,
	};

	config_refused(&config, REGIONS, -ERANGE);
	config.num_dc_regions = 1;
	config_refused(&config, TOTAL, -EINVAL);
	config.dc_total_size = UNIT;
	config_refused(&config, BLOCK, -EINVAL);
	config.dc_block_size = 64;
	config_refused(&config, RAM, -EINVAL);
	config.ram_size = UNIT;
	config_refused(&config, SHARABLE, -ERANGE);
	config.sharable = 1;
	config_refused(&config, READONLY, -ERANGE);
	config.readonly = 1;
	config_refused(&config, MAX_EXTENTS, -ERANGE);
	config.max_extents = 65536;
	config_refused(&config, MAX_TAGS, -ERANGE);
	config.max_tags = 1;
	config_refused(&config, BASE, -EINVAL);
	config.window_base = -UNIT;
	config_refused(&config, SIZE, -EINVAL);
	config.window_size = 2 * UNIT;
	config_refused(&config, PAST_END, -ERANGE);
	config.window_size = UNIT;
	config.ram_size = 0;
	config.region_size = 3;
	config_refused(&config, REGION, -EINVAL);
}

static struct CMUnitTest tests[] = {
	cmocka_unit_test(a_size_is_written_in_the_largest_unit_that_divides_it),
	cmocka_unit_test(a_good_config_is_accepted_and_gets_no_reason),
	cmocka_unit_test(no_capacity_at_all_is_accepted_with_any_number_of_regions),
	cmocka_unit_test(a_device_has_one_to_eight_regions),
	cmocka_unit_test(a_refused_number_of_regions_is_told_the_limits),
	cmocka_unit_test(the_total_is_a_multiple_of_256_mib_per_region),
	cmocka_unit_test(the_nearest_total_rounds_half_a_unit_up),
	cmocka_unit_test(the_nearest_total_is_never_nothing),
	cmocka_unit_test(the_total_fits_the_52_bits_of_a_dpa),
	cmocka_unit_test(a_refused_total_is_told_unit_and_limit),
	cmocka_unit_test(a_block_is_a_power_of_two_from_64_bytes_to_the_region),
	cmocka_unit_test(a_block_divides_a_region_that_is_no_power_of_two),
	cmocka_unit_test(a_block_is_at_most_what_the_fm_can_be_told),
	cmocka_unit_test(without_capacity_a_block_divides_the_smallest_region),
	cmocka_unit_test(a_refused_block_is_told_the_limits),
	cmocka_unit_test(static_capacity_is_a_multiple_of_256_mib_and_of_the_block),
	cmocka_unit_test(a_device_has_static_and_dynamic_capacity),
	cmocka_unit_test(a_bit_for_a_region_that_there_is_not_is_refused),
	cmocka_unit_test(of_several_wrong_values_the_first_is_named),
	{}
};

unit_suite(tests);
