// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host takes of a device's event records and extent list. Responses
 * are written byte by byte, at the offsets of the specification.
 */
#include "unit.h"
#include "check.h"

/* Get Event Records, response: CXL 3.1 8.2.9.2.2, 8.2.9.2.1 */
#define RECORDS_HEADER	32
#define RECORDS_NR	20
#define RECORD		128
#define RECORD_LENGTH	16
/* Get Dynamic Capacity Extent List, response: CXL 3.1 8.2.9.9.9.2 */
#define LIST_HEADER	16
#define EXTENT		40

static u8 bytes[RECORDS_HEADER + 4 * RECORD];

/* A response that ends where its memory ends. */
static const void *response(size_t len)
{
	unit_begin(bytes, len, 0);
	return unit_io.in;
}

static unsigned int records(u16 nr, size_t len)
{
	put_le(bytes + RECORDS_NR, 2, nr);
	return dcd_records_held(response(len), len);
}

static void records_are_counted(void **state)
{
	for (unsigned int nr = 0; nr <= 4; nr++)
		assert_int_equal(records(nr, sizeof(bytes)), nr);
}

static void records_past_the_response_do_not_exist(void **state)
{
	static const u16 lies[] = { 5, 0x100, 0x7fff, 0xffff };

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		for (size_t len = RECORDS_HEADER; len <= sizeof(bytes); len++)
			assert_int_equal(records(lies[i], len), (len - RECORDS_HEADER) / RECORD);
	}
}

static bool is_dc(const u8 *record)
{
	memcpy(bytes, record, RECORD);
	return dcd_is_dc_record(response(RECORD));
}

static void a_record_is_known_by_its_uuid_and_length(void **state)
{
	u8 record[RECORD] = "\xca\x95\xaf\xa7\xf1\x83\x40\x18\x8c\x2f\x95\x26\x8e\x10\x1a\x2a";

	record[RECORD_LENGTH] = RECORD;
	assert_true(is_dc(record));
	for (unsigned int i = 0; i < 16; i++) {
		record[i] ^= 1;
		assert_false(is_dc(record));
		record[i] ^= 1;
	}
	for (unsigned int length = 0; length < 256; length++) {
		record[RECORD_LENGTH] = length;
		assert_int_equal(is_dc(record), length == RECORD);
	}
}

/* What is taken of a list of @total extents from @start on, @wanted asked for */
static int extents(u32 returned, u32 total, size_t len, u32 start, u32 wanted)
{
	put_le(bytes, 4, returned);
	put_le(bytes + 4, 4, total);
	return dcd_extents_held(response(len), len, start, wanted);
}

static void extents_are_counted(void **state)
{
	size_t len = LIST_HEADER + 4 * EXTENT;

	assert_int_equal(extents(0, 0, len, 0, 4), 0);
	for (u32 nr = 1; nr <= 4; nr++) {
		assert_int_equal(extents(nr, nr, len, 0, 4), nr);
		assert_int_equal(extents(nr, 100, len, 0, 4), nr);
		assert_int_equal(extents(nr, 100, len, 100 - nr, 4), nr);
		assert_int_equal(extents(nr, nr, LIST_HEADER + nr * EXTENT, 0, nr), nr);
	}
	assert_int_equal(extents(0, 100, len, 100, 4), 0);
}

static void more_extents_than_there_is_room_for_are_refused(void **state)
{
	for (size_t len = LIST_HEADER; len < LIST_HEADER + 4 * EXTENT; len++)
		assert_int_equal(extents(4, 4, len, 0, 4), -EPROTO);
	assert_int_equal(extents(U32_MAX, U32_MAX, sizeof(bytes), 0, U32_MAX), -EPROTO);
	assert_int_equal(extents(0x06666667, U32_MAX, sizeof(bytes), 0, U32_MAX), -EPROTO);
}

static void more_extents_than_asked_for_are_refused(void **state)
{
	assert_int_equal(extents(4, 100, sizeof(bytes), 0, 3), -EPROTO);
	assert_int_equal(extents(3, 100, sizeof(bytes), 0, 3), 3);
}

static void the_total_bounds_the_list(void **state)
{
	assert_int_equal(extents(4, 3, sizeof(bytes), 0, 4), 3);
	assert_int_equal(extents(2, 3, sizeof(bytes), 2, 4), 1);
	assert_int_equal(extents(1, 3, sizeof(bytes), 3, 4), 0);
	assert_int_equal(extents(4, 0, sizeof(bytes), 0, 4), 0);
}

static void a_start_beyond_the_total_is_refused(void **state)
{
	assert_int_equal(extents(0, 3, sizeof(bytes), 4, 4), -EPROTO);
	assert_int_equal(extents(4, 0, sizeof(bytes), U32_MAX, 4), -EPROTO);
}

static void a_list_that_goes_on_gives_something(void **state)
{
	assert_int_equal(extents(0, 3, sizeof(bytes), 0, 4), -EPROTO);
	assert_int_equal(extents(0, 3, sizeof(bytes), 2, 4), -EPROTO);
	assert_int_equal(extents(0, 3, sizeof(bytes), 3, 4), 0);
}

static struct CMUnitTest tests[] = {
	cmocka_unit_test(records_are_counted),
	cmocka_unit_test(records_past_the_response_do_not_exist),
	cmocka_unit_test(a_record_is_known_by_its_uuid_and_length),
	cmocka_unit_test(extents_are_counted),
	cmocka_unit_test(more_extents_than_there_is_room_for_are_refused),
	cmocka_unit_test(more_extents_than_asked_for_are_refused),
	cmocka_unit_test(the_total_bounds_the_list),
	cmocka_unit_test(a_start_beyond_the_total_is_refused),
	cmocka_unit_test(a_list_that_goes_on_gives_something),
	{}
};

unit_suite(tests);
