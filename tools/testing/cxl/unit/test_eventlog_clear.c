// SPDX-License-Identifier: GPL-2.0-only
/* Which records the host can clear, by hard-coded byte offsets: CXL 3.1 8.2.9.2.3 */
#include "eventlog_unit.h"

static void records_are_cleared_in_order_any_number_at_a_time(void **state)
{
	for (unsigned int nr = 1; nr <= 64; nr++) {
		while (eventlog_add(4, 0, 0))
			;
		assert_int_equal(eventlog_clear_oldest(4, nr), CXL_RC_SUCCESS);
		assert_int_equal(eventlog_count(4), 64 - nr);
		if (nr < 64)
			assert_int_equal(answer(HEADER + 20, 2), eventlog_handle(0));
	}
}

/* Refused with @rc, and the log says what it said before. */
static void refused(u8 nr, const u16 *handles, enum cxl_mbox_rc rc)
{
	static u8 before[ROOMY], after[ROOMY];
	size_t len;

	eventlog_count(4);
	len = unit_io.out_len;
	memcpy(before, unit_io.out, len);
	assert_int_equal(eventlog_clear(4, nr, handles), rc);
	eventlog_count(4);
	assert_int_equal(unit_io.out_len, len);
	memcpy(after, unit_io.out, len);
	assert_memory_equal(before, after, len);
}

static void a_record_out_of_order_is_refused_and_nothing_is_cleared(void **state)
{
	for (u32 i = 0; i < 4; i++)
		eventlog_add(4, i, 0);
	refused(1, (u16[]) { 2 }, CXL_RC_INVALID_HANDLE);
	refused(2, (u16[]) { 2, 1 }, CXL_RC_INVALID_HANDLE);
	refused(3, (u16[]) { 1, 2, 4 }, CXL_RC_INVALID_HANDLE);
	refused(2, (u16[]) { 1, 1 }, CXL_RC_INVALID_HANDLE);
	refused(4, (u16[]) { 1, 2, 3, 0 }, CXL_RC_INVALID_HANDLE);
	refused(1, (u16[]) { 0 }, CXL_RC_INVALID_HANDLE);
	refused(1, (u16[]) { 0x100 }, CXL_RC_INVALID_HANDLE);
	refused(1, (u16[]) { 0xffff }, CXL_RC_INVALID_HANDLE);
	assert_int_equal(eventlog_clear(4, 4, (u16[]) { 1, 2, 3, 4 }), CXL_RC_SUCCESS);
}

static void a_refused_clearing_keeps_the_overflow(void **state)
{
	eventlog_fill(4);
	eventlog_add(4, 64, 3);
	refused(1, (u16[]) { 2 }, CXL_RC_INVALID_HANDLE);
	eventlog_count(4);
	assert_int_equal(answer(2, 2), 1);
}

static void a_record_is_cleared_only_once(void **state)
{
	eventlog_add(4, 0, 0);
	eventlog_add(4, 1, 0);
	assert_int_equal(eventlog_clear(4, 1, (u16[]) { 1 }), CXL_RC_SUCCESS);
	refused(1, (u16[]) { 1 }, CXL_RC_INVALID_HANDLE);
	assert_int_equal(eventlog_clear(4, 1, (u16[]) { 2 }), CXL_RC_SUCCESS);
	refused(1, (u16[]) { 2 }, CXL_RC_INVALID_HANDLE);
	/* the slot that was never used has the handle 0 */
	refused(1, (u16[]) { 0 }, CXL_RC_INVALID_HANDLE);
}

static void more_handles_than_records_are_refused(void **state)
{
	u16 handles[255];

	/* what was cleared is still in the ring, right behind the newest */
	eventlog_fill(4);
	assert_int_equal(eventlog_clear_oldest(4, 63), CXL_RC_SUCCESS);
	refused(2, (u16[]) { 64, 1 }, CXL_RC_INVALID_HANDLE);

	/* once around the ring, the oldest seems to come again */
	assert_int_equal(eventlog_clear_oldest(4, 1), CXL_RC_SUCCESS);
	eventlog_fill(4);
	eventlog_count(4);
	for (int i = 0; i < 255; i++)
		handles[i] = eventlog_handle(i % 64);
	refused(65, handles, CXL_RC_INVALID_HANDLE);
	refused(255, handles, CXL_RC_INVALID_HANDLE);
	assert_int_equal(eventlog_clear(4, 64, handles), CXL_RC_SUCCESS);
}

static void clear_all_empties_a_log_that_has_overflowed(void **state)
{
	eventlog_fill(4);
	eventlog_add(4, 64, 0);
	assert_int_equal(eventlog_clear_all(4), CXL_RC_SUCCESS);
	assert_int_equal(eventlog_count(4), 0);
	eventlog_fill(4);
	assert_int_equal(eventlog_count(4), 64);
	assert_int_equal(eventlog_mark(0), 0);
}

static void clear_all_without_overflow_is_refused(void **state)
{
	assert_int_equal(eventlog_clear_all(4), CXL_RC_INVALID_INPUT);
	eventlog_fill(4);
	assert_int_equal(eventlog_clear_all(4), CXL_RC_INVALID_INPUT);
	assert_int_equal(eventlog_count(4), 64);

	/* clearing a record has ended the overflow */
	eventlog_add(4, 64, 0);
	assert_int_equal(eventlog_clear_oldest(4, 1), CXL_RC_SUCCESS);
	assert_int_equal(eventlog_clear_all(4), CXL_RC_INVALID_INPUT);
	assert_int_equal(eventlog_count(4), 63);
}

static void clear_all_with_handles_is_refused(void **state)
{
	eventlog_add(4, 0, 0);
	assert_int_equal(eventlog_clear_len(4, 1, 1, (u16[]) { 1 }, 8), CXL_RC_INVALID_INPUT);
	assert_int_equal(eventlog_count(4), 1);
}

static void clearing_no_record_is_refused(void **state)
{
	eventlog_add(4, 0, 0);
	refused(0, NULL, CXL_RC_INVALID_INPUT);
}

static void a_count_that_is_not_the_length_is_refused(void **state)
{
	static const u16 handles[256] = { 1, 2 };

	eventlog_add(4, 0, 0);
	eventlog_add(4, 1, 0);
	for (unsigned int nr = 0; nr < 256; nr += UNIT_EVERY) {
		for (size_t len = 6; len <= 6 + 2 * 255; len++) {
			if (len != 6 + 2 * nr)
				assert_int_equal(eventlog_clear_len(4, 0, nr, handles, len),
						 CXL_RC_INVALID_PAYLOAD_LEN);
		}
	}
	assert_int_equal(eventlog_clear_len(4, 1, 0, NULL, 7), CXL_RC_INVALID_PAYLOAD_LEN);
	assert_int_equal(eventlog_clear_len(4, 1, 1, handles, 6), CXL_RC_INVALID_PAYLOAD_LEN);
	assert_int_equal(eventlog_count(4), 2);
}

static struct CMUnitTest tests[] = {
	TEST(records_are_cleared_in_order_any_number_at_a_time),
	TEST(a_record_out_of_order_is_refused_and_nothing_is_cleared),
	TEST(a_refused_clearing_keeps_the_overflow),
	TEST(a_record_is_cleared_only_once),
	TEST(more_handles_than_records_are_refused),
	TEST(clear_all_empties_a_log_that_has_overflowed),
	TEST(clear_all_without_overflow_is_refused),
	TEST(clear_all_with_handles_is_refused),
	TEST(clearing_no_record_is_refused),
	TEST(a_count_that_is_not_the_length_is_refused),
	{}
};

unit_suite(tests);
