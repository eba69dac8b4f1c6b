// SPDX-License-Identifier: GPL-2.0-only
/* The rules of windows, and of the devices and regions that they have to hold. */
#include "config_unit.h"

static void the_window_is_in_units_of_256_mib(void **state)
{
	for (enum field field = BASE; field <= SIZE; field++) {
		struct cxl_mock_config config = config_good();

		for (u64 i = 0; i < 5; i++) {
			*config_value(&config, field) = i * UNIT;
			config_accepted(&config);
		}
		config_refused_nearest(config, field, 1, -EINVAL, UNIT);
		config_refused_nearest(config, field, UNIT - 1, -EINVAL, UNIT);
		config_refused_nearest(config, field, UNIT + 1, -EINVAL, UNIT);
		config_refused_nearest(config, field, 2 * UNIT - UNIT / 2 - 1, -EINVAL, UNIT);
		config_refused_nearest(config, field, 2 * UNIT - UNIT / 2, -EINVAL, 2 * UNIT);
		config_refused_nearest(config, field, -1ULL, -EINVAL, -UNIT);
	}
}

static void a_refused_window_is_told_the_unit_in_hex(void **state)
{
	struct cxl_mock_config config = config_good();

	config.window_base = 0x100000001;
	config_refused(&config, BASE, -EINVAL);
	assert_string_equal(config_reason,
			    "window_base=0x100000001: must be a multiple of 256M, nearest is 0x100000000");
}

static void a_region_from_the_start_is_in_capacity_and_window(void **state)
{
	struct cxl_mock_config config = config_good();

	config.dc_total_size = 4 * UNIT;
	for (u64 i = 0; i <= 4; i++) {
		config.region_size = i * UNIT;
		config_accepted(&config);
	}
	config_refused_nearest(config, REGION, 1, -EINVAL, UNIT);
	config_refused_nearest(config, REGION, UNIT + 1, -EINVAL, UNIT);
	config_refused_nearest(config, REGION, 5 * UNIT, -ERANGE, 4 * UNIT);
	config_refused_nearest(config, REGION, -1ULL, -ERANGE, 4 * UNIT);
	config.window_size = 3 * UNIT;
	config_refused_nearest(config, REGION, 4 * UNIT, -ERANGE, 3 * UNIT);
	config.ram_size = UNIT;
	config_refused_nearest(config, REGION, UNIT, -EINVAL, 0);
}

static void the_window_can_end_where_the_address_space_ends(void **state)
{
	struct cxl_mock_config config = config_good();

	config.window_base = -UNIT;
	config_accepted(&config);
	config.window_size = UNIT;
	config_accepted(&config);
	config.window_base = 1ULL << 63;
	config.window_size = 1ULL << 63;
	config_accepted(&config);
}

static void the_window_does_not_run_past_the_address_space(void **state)
{
	struct cxl_mock_config config = config_good();

	config.window_base = -3 * UNIT;
	config_refused_nearest(config, PAST_END, 4 * UNIT, -ERANGE, 3 * UNIT);
	config_refused_nearest(config, PAST_END, -UNIT, -ERANGE, 3 * UNIT);
	config.window_base = UNIT;
	config.window_size = -UNIT - UNIT;
	config_accepted(&config);
}

static void a_qos_class_asks_for_a_second_window_of_the_same_size(void **state)
{
	struct cxl_mock_config config = config_good();

	config.qos_class = 1;
	config_accepted(&config);
	assert_int_equal(cxl_mock_config_windows(&config), 2);
	assert_int_equal(cxl_mock_config_window(&config), 8 * GIB);
	config.window_size = UNIT;
	assert_int_equal(cxl_mock_config_window(&config), 2 * UNIT);
	config.window_base = -4 * UNIT;
	config_refused_nearest(config, PAST_END, 3 * UNIT, -ERANGE, 2 * UNIT);
	config.window_base = -3 * UNIT;
	config_refused_nearest(config, PAST_END, 2 * UNIT, -ERANGE, UNIT);
	config.window_base = 0;
	config_refused_nearest(config, PAST_END, -UNIT, -ERANGE, 1ULL << 63);
	config_refused_nearest(config_good(), QOS, 65536, -ERANGE, 65535);
}

static void several_devices_have_a_window_for_all_of_them(void **state)
{
	struct cxl_mock_config config = config_good();

	config_refused_nearest(config, DEVICES, 0, -ERANGE, 1);
	config_refused_nearest(config, DEVICES, 9, -ERANGE, 8);
	config.devices = 8;
	config.serial = 0xdcd0;
	config_accepted(&config);
	assert_int_equal(cxl_mock_config_window(&config), 32 * GIB);
	assert_int_equal(cxl_mock_config_serial(&config, 0), 0xdcd0);
	assert_int_equal(cxl_mock_config_serial(&config, 7), 0x7dcd0);
	config.serial = -1ULL;
	assert_int_equal(cxl_mock_config_serial(&config, 1), 0xffff);
	config_refused_nearest(config, REGION, UNIT, -EINVAL, 0);
}

static void a_window_past_the_end_is_told_where_it_starts(void **state)
{
	struct cxl_mock_config config = config_good();

	config.window_base = -3 * UNIT;
	config.window_size = GIB + UNIT;
	config_refused(&config, PAST_END, -ERANGE);
	assert_string_equal(config_reason,
			    "window_size=1280M: exceeds the address space from window_base=0xffffffffd0000000 on, nearest is 768M");
}

static struct CMUnitTest tests[] = {
	cmocka_unit_test(the_window_is_in_units_of_256_mib),
	cmocka_unit_test(a_refused_window_is_told_the_unit_in_hex),
	cmocka_unit_test(a_region_from_the_start_is_in_capacity_and_window),
	cmocka_unit_test(the_window_can_end_where_the_address_space_ends),
	cmocka_unit_test(the_window_does_not_run_past_the_address_space),
	cmocka_unit_test(a_qos_class_asks_for_a_second_window_of_the_same_size),
	cmocka_unit_test(several_devices_have_a_window_for_all_of_them),
	cmocka_unit_test(a_window_past_the_end_is_told_where_it_starts),
	{}
};

unit_suite(tests);
