// SPDX-License-Identifier: GPL-2.0-only
/* What a device has from the start: static capacity, and extents of a host before. */
#include "mailbox_unit.h"

static const u8 none[CXL_DC_TAG_LEN];
static const u8 tag[CXL_DC_TAG_LEN] = { 0x5b, [15] = 0xa1 };

/* 2 GiB static, then 1 GiB in two DC regions, the second sharable. */
static int setup(void **state)
{
	device = calloc(1, sizeof(*device));
	if (!device)
		return -1;
	cxl_mock_device_init(device, &(struct cxl_dc_config) {
		.base = 2 * GIB,
		.total_size = GIB,
		.nr_regions = 2,
		.block_size = 2 * MIB,
		.sharable = 0x02,
		.readonly = 0x02,
		.backing = CXL_DC_BACKING_PHANTOM,
		.max_extents = 10,
		.max_tags = 1,
	}, NULL);
	return 0;
}

static enum cxl_mbox_rc accept(u64 start, u64 len, u16 seq, const u8 *tag)
{
	struct cxl_dc_range range = { .start = start, .len = len, .seq = seq };

	memcpy(range.tag, tag, CXL_DC_TAG_LEN);
	return cxl_mock_device_accept(device, &range);
}

/* Get Extent List has @nr, of which the last is returned at offset 16. */
static void list(unsigned int nr)
{
	u8 in[8] = {};

	put_le(in, 4, 10);
	assert_int_equal(exec(0x4801, in, sizeof(in), 4096), CXL_RC_SUCCESS);
	assert_int_equal(answer(0, 4), nr);
	assert_int_equal(answer(4, 4), nr);
}

static void static_capacity_is_volatile(void **state)
{
	assert_int_equal(exec(0x4000, NULL, 0, 256), CXL_RC_SUCCESS);
	assert_int_equal(answer(16, 8), 8);
	assert_int_equal(answer(24, 8), 8);
	assert_answer_is_zero(32, 16);
	assert_int_equal(exec(0x4100, NULL, 0, 256), CXL_RC_SUCCESS);
	assert_int_equal(answer(0, 8), 8);
	assert_answer_is_zero(8, 24);
}

static void dc_regions_follow_it(void **state)
{
	u8 in[2] = { 8, 0 };

	assert_int_equal(exec(0x4800, in, sizeof(in), 4096), CXL_RC_SUCCESS);
	assert_int_equal(answer(0, 1), 2);
	assert_int_equal(answer(8, 8), 2 * GIB);
	assert_int_equal(answer(8 + 40, 8), 2 * GIB + 512 * MIB);
	assert_int_equal(accept(0, 2 * MIB, 0, none), CXL_RC_INVALID_PA);
	assert_int_equal(accept(2 * GIB - 2 * MIB, 2 * MIB, 0, none), CXL_RC_INVALID_PA);
	assert_int_equal(accept(3 * GIB, 2 * MIB, 0, none), CXL_RC_INVALID_PA);
	list(0);
}

static void the_fm_sees_dynamic_capacity_alone_and_what_is_read_only(void **state)
{
	u8 in[4] = { 0, 0, 8, 0 };

	unit_begin(NULL, 0, 4096);
	assert_int_equal(unit_end(cxl_mock_fm_exec(device, 0x5600, &unit_io)), CXL_RC_SUCCESS);
	/* in units of 256 MiB */
	assert_int_equal(answer(12, 8), 4);
	unit_begin(in, sizeof(in), 4096);
	assert_int_equal(unit_end(cxl_mock_fm_exec(device, 0x5601, &unit_io)), CXL_RC_SUCCESS);
	assert_int_equal(answer(4 + 32, 1), 0x20);
	assert_int_equal(answer(4 + 40 + 32, 1), 0x68);
}

static void an_extent_from_the_start_is_the_hosts_and_nothing_tells_of_it(void **state)
{
	assert_int_equal(accept(2 * GIB, 128 * MIB, 0, none), CXL_RC_SUCCESS);
	list(1);
	assert_int_equal(answer(16, 8), 2 * GIB);
	assert_int_equal(answer(24, 8), 128 * MIB);
	assert_int_equal(accept(2 * GIB + 512 * MIB, 2 * MIB, 0, tag), CXL_RC_SUCCESS);
	assert_int_equal(accept(2 * GIB + 514 * MIB, 2 * MIB, 1, tag), CXL_RC_SUCCESS);
	list(3);
	assert_int_equal(device->events.log[CXL_MOCK_LOG_DC].nr, 0);
	assert_int_equal(device->fm_events.log[CXL_MOCK_LOG_DC].nr, 0);
	assert_int_equal(device->signal, 0);
	assert_int_equal(device->dc.stats.offered, 0);
	assert_int_equal(device->dc.stats.accepted, 0);
}

static void one_that_does_not_fit_is_refused_and_says_why(void **state)
{
	assert_int_equal(accept(2 * GIB, 128 * MIB, 0, none), CXL_RC_SUCCESS);
	/* overlaps, is no multiple of the block, lacks a tag, has one too many */
	assert_int_equal(accept(2 * GIB, 2 * MIB, 0, none), CXL_RC_INVALID_EXTENT_LIST);
	assert_non_null(strchr(device->dc.reason, ' '));
	assert_int_equal(accept(2 * GIB + 256 * MIB, MIB, 0, none), CXL_RC_INVALID_EXTENT_LIST);
	assert_int_equal(accept(2 * GIB + 512 * MIB, 2 * MIB, 0, none), CXL_RC_INVALID_INPUT);
	list(1);
}

#define TEST_OF(name) cmocka_unit_test_setup_teardown(name, setup, mailbox_teardown)

static struct CMUnitTest tests[] = {
	TEST_OF(static_capacity_is_volatile),
	TEST_OF(dc_regions_follow_it),
	TEST_OF(the_fm_sees_dynamic_capacity_alone_and_what_is_read_only),
	TEST_OF(an_extent_from_the_start_is_the_hosts_and_nothing_tells_of_it),
	TEST_OF(one_that_does_not_fit_is_refused_and_says_why),
	{}
};

unit_suite(tests);
