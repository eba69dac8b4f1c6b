// SPDX-License-Identifier: GPL-2.0-only
/* Event logs: records, what the host reads, and overflow: CXL 3.1 8.2.9.2.2 */
#include "eventlog_unit.h"

static void an_empty_log_has_no_records_and_no_flags(void **state)
{
	for (u8 log = 0; log < 5; log++) {
		assert_int_equal(eventlog_get(log, 256), CXL_RC_SUCCESS);
		assert_int_equal(unit_io.out_len, HEADER);
		assert_answer_is_zero(0, HEADER);
	}
}

static void a_record_keeps_its_bytes_and_gets_length_handle_and_timestamp(void **state)
{
	struct cxl_mock_record record;
	u8 *bytes = (u8 *)&record;

	for (size_t i = 0; i < sizeof(record); i++)
		bytes[i] = 200 - i;
	assert_int_equal(sizeof(record), RECORD);
	assert_true(cxl_mock_ring_add(&eventlog_events->log[4], &record, 0x1122334455667788));
	assert_int_equal(eventlog_count(4), 1);

	bytes[16] = 128;
	put_le(bytes + 20, 2, 1);
	put_le(bytes + 24, 8, 0x1122334455667788);
	assert_memory_equal(answer_bytes(HEADER, RECORD), bytes, RECORD);
	assert_answer_is_zero(0, 20);
	assert_answer_is_zero(22, 10);
}

static void records_come_in_the_order_they_were_added(void **state)
{
	eventlog_fill(2);
	assert_int_equal(eventlog_count(2), 64);
	for (u32 i = 0; i < 64; i++) {
		assert_int_equal(eventlog_mark(i), i);
		assert_int_equal(eventlog_handle(i), i + 1);
	}
}

static void reading_does_not_clear(void **state)
{
	eventlog_add(4, 7, 1);
	assert_int_equal(eventlog_count(4), 1);
	assert_int_equal(eventlog_count(4), 1);
	assert_int_equal(eventlog_mark(0), 7);
}

static void the_logs_are_independent(void **state)
{
	for (u8 log = 0; log < 5; log++)
		for (u8 i = 0; i <= log; i++)
			eventlog_add(log, 100 * log + i, 0);
	for (u8 log = 0; log < 5; log++) {
		assert_int_equal(eventlog_count(log), log + 1);
		assert_int_equal(eventlog_mark(log), 100 * log + log);
		assert_int_equal(eventlog_handle(log), log + 1);
	}
	assert_int_equal(eventlog_clear_oldest(3, 4), CXL_RC_SUCCESS);
	assert_int_equal(eventlog_count(3), 0);
	assert_int_equal(eventlog_count(2), 3);
	assert_int_equal(eventlog_count(4), 5);
}

static void there_is_no_sixth_log(void **state)
{
	for (unsigned int log = 5; log < 256; log++) {
		assert_int_equal(eventlog_get(log, 4096), CXL_RC_INVALID_INPUT);
		assert_int_equal(eventlog_clear_all(log), CXL_RC_INVALID_INPUT);
	}
}

static void a_response_has_the_records_that_fit_and_says_more_if_not_all(void **state)
{
	for (u32 nr = 0; nr <= 64; nr++) {
		for (size_t room = 0; room <= 65; room++) {
			u32 fit = room < nr ? room : nr;

			for (size_t spare = 0; spare < RECORD; spare += RECORD - 1) {
				size_t out_max = HEADER + room * RECORD + spare;

				assert_int_equal(eventlog_get(1, out_max), CXL_RC_SUCCESS);
				assert_int_equal(unit_io.out_len, HEADER + fit * RECORD);
				assert_int_equal(answer(0, 1), fit < nr ? FLAG_MORE : 0);
				assert_int_equal(answer(20, 2), fit);
				if (fit)
					assert_int_equal(eventlog_mark(fit - 1), fit - 1);
			}
		}
		eventlog_add(1, nr, 0);
	}
}

static void a_log_is_read_in_pieces_by_clearing_what_was_read(void **state)
{
	u32 seen = 0;
	u8 flags;

	eventlog_fill(4);
	do {
		u16 handles[7];
		unsigned int nr;

		assert_int_equal(eventlog_get(4, HEADER + 7 * RECORD), CXL_RC_SUCCESS);
		flags = answer(0, 1);
		nr = answer(20, 2);
		for (unsigned int i = 0; i < nr; i++) {
			assert_int_equal(eventlog_mark(i), seen++);
			handles[i] = eventlog_handle(i);
		}
		assert_int_equal(eventlog_clear(4, nr, handles), CXL_RC_SUCCESS);
	} while (flags & FLAG_MORE);
	assert_int_equal(seen, 64);
	assert_int_equal(eventlog_count(4), 0);
}

static void handles_are_never_zero_and_unique_among_200000_records(void **state)
{
	static bool live[65536];
	u32 added = 0, cleared = 0;
	u16 last = 0;

	memset(live, 0, sizeof(live));
	prng_seed(2);
	while (added < 200000) {
		unsigned int nr = 1 + prng() % 64, had = eventlog_count(4), now;

		for (unsigned int i = 0; i < nr; i++)
			added += eventlog_add(4, added, added);
		now = eventlog_count(4);
		for (unsigned int i = 0; i < now; i++) {
			assert_int_not_equal(eventlog_handle(i), 0);
			assert_int_equal(eventlog_mark(i), cleared + i);
			if (i < had)
				continue;
			assert_false(live[eventlog_handle(i)]);
			live[eventlog_handle(i)] = true;
			assert_int_equal(eventlog_handle(i), last == 0xffff ? 1 : last + 1);
			last = eventlog_handle(i);
		}
		nr = 1 + prng() % now;
		for (unsigned int i = 0; i < nr; i++)
			live[eventlog_handle(i)] = false;
		assert_int_equal(eventlog_clear_oldest(4, nr), CXL_RC_SUCCESS);
		cleared += nr;
	}
}

static void a_full_log_drops_a_record_and_counts_it(void **state)
{
	eventlog_fill(4);
	assert_int_equal(eventlog_count(4), 64);
	assert_int_equal(answer(0, 1), 0);

	assert_false(eventlog_add(4, 1000, 500));
	assert_int_equal(eventlog_count(4), 64);
	assert_int_equal(answer(0, 1), FLAG_OVERFLOW);
	assert_int_equal(answer(2, 2), 1);
	assert_int_equal(answer(4, 8), 500);
	assert_int_equal(answer(12, 8), 500);

	assert_false(eventlog_add(4, 1001, 0x123456789abc));
	assert_false(eventlog_add(4, 1002, 0x223456789abc));
	assert_int_equal(eventlog_count(4), 64);
	assert_int_equal(answer(2, 2), 3);
	assert_int_equal(answer(4, 8), 500);
	assert_int_equal(answer(12, 8), 0x223456789abc);
	for (u32 i = 0; i < 64; i++)
		assert_int_equal(eventlog_mark(i), i);
	assert_answer_is_zero(1, 1);
	assert_answer_is_zero(22, 10);

	/* the others did not overflow */
	assert_int_equal(eventlog_count(3), 0);
	assert_int_equal(answer(0, 1), 0);
}

static void a_dropped_record_costs_no_handle(void **state)
{
	eventlog_fill(4);
	eventlog_add(4, 64, 0);
	eventlog_clear_all(4);
	eventlog_add(4, 65, 0);
	assert_int_equal(eventlog_count(4), 1);
	assert_int_equal(eventlog_handle(0), 65);
}

static void overflow_and_more_are_told_together(void **state)
{
	eventlog_fill(0);
	eventlog_add(0, 64, 9);
	assert_int_equal(eventlog_get(0, HEADER + RECORD), CXL_RC_SUCCESS);
	assert_int_equal(answer(0, 1), FLAG_OVERFLOW | FLAG_MORE);
}

static void the_count_of_dropped_records_saturates(void **state)
{
	eventlog_fill(4);
	for (u32 i = 1; i <= 65534; i++)
		eventlog_add(4, 0, i);
	eventlog_count(4);
	assert_int_equal(answer(2, 2), 65534);
	for (u32 i = 65535; i <= 65540; i++) {
		eventlog_add(4, 0, i);
		eventlog_count(4);
		assert_int_equal(answer(2, 2), 65535);
		assert_int_equal(answer(4, 8), 1);
		assert_int_equal(answer(12, 8), i);
	}
}

static void clearing_ends_the_overflow_and_the_next_starts_anew(void **state)
{
	for (int all = 0; all < 2; all++) {
		while (eventlog_add(4, 0, 0))
			;
		eventlog_add(4, 0, 77);
		if (all)
			assert_int_equal(eventlog_clear_all(4), CXL_RC_SUCCESS);
		else
			assert_int_equal(eventlog_clear_oldest(4, 1), CXL_RC_SUCCESS);
		assert_int_equal(eventlog_count(4), all ? 0 : 63);
		assert_answer_is_zero(0, 20);

		while (eventlog_add(4, 0, 80))
			;
		eventlog_add(4, 0, 81);
		eventlog_count(4);
		assert_int_equal(answer(2, 2), 2);
		assert_int_equal(answer(4, 8), 80);
		assert_int_equal(answer(12, 8), 81);
	}
}

static struct CMUnitTest tests[] = {
	TEST(an_empty_log_has_no_records_and_no_flags),
	TEST(a_record_keeps_its_bytes_and_gets_length_handle_and_timestamp),
	TEST(records_come_in_the_order_they_were_added),
	TEST(reading_does_not_clear),
	TEST(the_logs_are_independent),
	TEST(there_is_no_sixth_log),
	TEST(a_response_has_the_records_that_fit_and_says_more_if_not_all),
	TEST(a_log_is_read_in_pieces_by_clearing_what_was_read),
	TEST(handles_are_never_zero_and_unique_among_200000_records),
	TEST(a_full_log_drops_a_record_and_counts_it),
	TEST(a_dropped_record_costs_no_handle),
	TEST(overflow_and_more_are_told_together),
	TEST(the_count_of_dropped_records_saturates),
	TEST(clearing_ends_the_overflow_and_the_next_starts_anew),
	{}
};

unit_suite(tests);
