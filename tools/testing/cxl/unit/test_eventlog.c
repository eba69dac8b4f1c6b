// SPDX-License-Identifier: GPL-2.0-only
/* The event logs, and the commands over them by hard-coded byte offsets. */
#include "unit.h"
#include "eventlog.h"

/* Get Event Records, response: CXL 3.1 8.2.9.2.2 */
#define HEADER		32
#define RECORD		128
#define FLAG_OVERFLOW	1
#define FLAG_MORE	2
/* more than any log can fill */
#define ROOMY		(HEADER + 100 * RECORD)

static struct cxl_mock_events *events;

static int setup(void **state)
{
	events = calloc(1, sizeof(*events));
	return events ? 0 : -1;
}

static int teardown(void **state)
{
	free(events);
	return 0;
}

/* Add a record that can be told by @mark. */
static bool add(u8 log, u32 mark, u64 now)
{
	struct cxl_mock_record record = {};

	put_le(record.data, 4, mark);
	return cxl_mock_ring_add(&events->log[log], &record, now);
}

static enum cxl_mbox_rc get(u8 log, size_t out_max)
{
	return unit_call(cxl_mock_events_get, events, &log, 1, out_max);
}

static u64 record_count(u8 log)
{
	assert_int_equal(get(log, ROOMY), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, HEADER + answer(20, 2) * RECORD);
	return answer(20, 2);
}

static u64 handle(unsigned int i)
{
	return answer(HEADER + i * RECORD + 20, 2);
}

static u64 mark(unsigned int i)
{
	return answer(HEADER + i * RECORD + 48, 4);
}

static enum cxl_mbox_rc clear_len(u8 log, u8 flags, u8 nr, const u16 *handles, size_t len)
{
	u8 in[6 + 2 * 256] = { log, flags, nr };

	for (int i = 0; handles && i < nr; i++)
		put_le(in + 6 + 2 * i, 2, handles[i]);
	return unit_call(cxl_mock_events_clear, events, in, len, 256);
}

static enum cxl_mbox_rc clear(u8 log, u8 nr, const u16 *handles)
{
	return clear_len(log, 0, nr, handles, 6 + 2 * nr);
}

static enum cxl_mbox_rc clear_all(u8 log)
{
	return clear_len(log, 1, 0, NULL, 6);
}

static enum cxl_mbox_rc clear_oldest(u8 log, unsigned int nr)
{
	u16 handles[64];

	assert_true(record_count(log) >= nr);
	for (unsigned int i = 0; i < nr; i++)
		handles[i] = handle(i);
	return clear(log, nr, handles);
}

static void fill(u8 log)
{
	for (u32 i = 0; i < 64; i++)
		assert_true(add(log, i, i));
}

static void an_empty_log_has_no_records_and_no_flags(void **state)
{
	for (u8 log = 0; log < 5; log++) {
		assert_int_equal(get(log, 256), CXL_RC_SUCCESS);
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
	assert_true(cxl_mock_ring_add(&events->log[4], &record, 0x1122334455667788));
	assert_int_equal(record_count(4), 1);

	bytes[16] = 128;
	put_le(bytes + 20, 2, 1);
	put_le(bytes + 24, 8, 0x1122334455667788);
	assert_memory_equal(answer_bytes(HEADER, RECORD), bytes, RECORD);
	assert_answer_is_zero(0, 20);
	assert_answer_is_zero(22, 10);
}

static void records_come_in_the_order_they_were_added(void **state)
{
	fill(2);
	assert_int_equal(record_count(2), 64);
	for (u32 i = 0; i < 64; i++) {
		assert_int_equal(mark(i), i);
		assert_int_equal(handle(i), i + 1);
	}
}

static void reading_does_not_clear(void **state)
{
	add(4, 7, 1);
	assert_int_equal(record_count(4), 1);
	assert_int_equal(record_count(4), 1);
	assert_int_equal(mark(0), 7);
}

static void the_logs_are_independent(void **state)
{
	for (u8 log = 0; log < 5; log++)
		for (u8 i = 0; i <= log; i++)
			add(log, 100 * log + i, 0);
	for (u8 log = 0; log < 5; log++) {
		assert_int_equal(record_count(log), log + 1);
		assert_int_equal(mark(log), 100 * log + log);
		assert_int_equal(handle(log), log + 1);
	}
	assert_int_equal(clear_oldest(3, 4), CXL_RC_SUCCESS);
	assert_int_equal(record_count(3), 0);
	assert_int_equal(record_count(2), 3);
	assert_int_equal(record_count(4), 5);
}

static void there_is_no_sixth_log(void **state)
{
	for (unsigned int log = 5; log < 256; log++) {
		assert_int_equal(get(log, 4096), CXL_RC_INVALID_INPUT);
		assert_int_equal(clear_all(log), CXL_RC_INVALID_INPUT);
	}
}

static void a_response_has_the_records_that_fit_and_says_more_if_not_all(void **state)
{
	for (u32 nr = 0; nr <= 64; nr++) {
		for (size_t room = 0; room <= 65; room++) {
			u32 fit = room < nr ? room : nr;

			for (size_t spare = 0; spare < RECORD; spare += RECORD - 1) {
				size_t out_max = HEADER + room * RECORD + spare;

				assert_int_equal(get(1, out_max), CXL_RC_SUCCESS);
				assert_int_equal(unit_io.out_len, HEADER + fit * RECORD);
				assert_int_equal(answer(0, 1), fit < nr ? FLAG_MORE : 0);
				assert_int_equal(answer(20, 2), fit);
				if (fit)
					assert_int_equal(mark(fit - 1), fit - 1);
			}
		}
		add(1, nr, 0);
	}
}

static void a_log_is_read_in_pieces_by_clearing_what_was_read(void **state)
{
	u32 seen = 0;
	u8 flags;

	fill(4);
	do {
		u16 handles[7];
		unsigned int nr;

		assert_int_equal(get(4, HEADER + 7 * RECORD), CXL_RC_SUCCESS);
		flags = answer(0, 1);
		nr = answer(20, 2);
		for (unsigned int i = 0; i < nr; i++) {
			assert_int_equal(mark(i), seen++);
			handles[i] = handle(i);
		}
		assert_int_equal(clear(4, nr, handles), CXL_RC_SUCCESS);
	} while (flags & FLAG_MORE);
	assert_int_equal(seen, 64);
	assert_int_equal(record_count(4), 0);
}

static void handles_are_never_zero_and_unique_among_200000_records(void **state)
{
	static bool live[65536];
	u32 added = 0, cleared = 0;
	u16 last = 0;

	memset(live, 0, sizeof(live));
	prng_seed(2);
	while (added < 200000) {
		unsigned int nr = 1 + prng() % 64, had = record_count(4), now;

		for (unsigned int i = 0; i < nr; i++)
			added += add(4, added, added);
		now = record_count(4);
		for (unsigned int i = 0; i < now; i++) {
			assert_int_not_equal(handle(i), 0);
			assert_int_equal(mark(i), cleared + i);
			if (i < had)
				continue;
			assert_false(live[handle(i)]);
			live[handle(i)] = true;
			assert_int_equal(handle(i), last == 0xffff ? 1 : last + 1);
			last = handle(i);
		}
		nr = 1 + prng() % now;
		for (unsigned int i = 0; i < nr; i++)
			live[handle(i)] = false;
		assert_int_equal(clear_oldest(4, nr), CXL_RC_SUCCESS);
		cleared += nr;
	}
}

static void a_full_log_drops_a_record_and_counts_it(void **state)
{
	fill(4);
	assert_int_equal(record_count(4), 64);
	assert_int_equal(answer(0, 1), 0);

	assert_false(add(4, 1000, 500));
	assert_int_equal(record_count(4), 64);
	assert_int_equal(answer(0, 1), FLAG_OVERFLOW);
	assert_int_equal(answer(2, 2), 1);
	assert_int_equal(answer(4, 8), 500);
	assert_int_equal(answer(12, 8), 500);

	assert_false(add(4, 1001, 0x123456789abc));
	assert_false(add(4, 1002, 0x223456789abc));
	assert_int_equal(record_count(4), 64);
	assert_int_equal(answer(2, 2), 3);
	assert_int_equal(answer(4, 8), 500);
	assert_int_equal(answer(12, 8), 0x223456789abc);
	for (u32 i = 0; i < 64; i++)
		assert_int_equal(mark(i), i);
	assert_answer_is_zero(1, 1);
	assert_answer_is_zero(22, 10);

	/* the others did not overflow */
	assert_int_equal(record_count(3), 0);
	assert_int_equal(answer(0, 1), 0);
}

static void a_dropped_record_costs_no_handle(void **state)
{
	fill(4);
	add(4, 64, 0);
	clear_all(4);
	add(4, 65, 0);
	assert_int_equal(record_count(4), 1);
	assert_int_equal(handle(0), 65);
}

static void overflow_and_more_are_told_together(void **state)
{
	fill(0);
	add(0, 64, 9);
	assert_int_equal(get(0, HEADER + RECORD), CXL_RC_SUCCESS);
	assert_int_equal(answer(0, 1), FLAG_OVERFLOW | FLAG_MORE);
}

static void the_count_of_dropped_records_saturates(void **state)
{
	fill(4);
	for (u32 i = 1; i <= 65534; i++)
		add(4, 0, i);
	record_count(4);
	assert_int_equal(answer(2, 2), 65534);
	for (u32 i = 65535; i <= 65540; i++) {
		add(4, 0, i);
		record_count(4);
		assert_int_equal(answer(2, 2), 65535);
		assert_int_equal(answer(4, 8), 1);
		assert_int_equal(answer(12, 8), i);
	}
}

static void clearing_ends_the_overflow_and_the_next_starts_anew(void **state)
{
	for (int all = 0; all < 2; all++) {
		while (add(4, 0, 0))
			;
		add(4, 0, 77);
		if (all)
			assert_int_equal(clear_all(4), CXL_RC_SUCCESS);
		else
			assert_int_equal(clear_oldest(4, 1), CXL_RC_SUCCESS);
		assert_int_equal(record_count(4), all ? 0 : 63);
		assert_answer_is_zero(0, 20);

		while (add(4, 0, 80))
			;
		add(4, 0, 81);
		record_count(4);
		assert_int_equal(answer(2, 2), 2);
		assert_int_equal(answer(4, 8), 80);
		assert_int_equal(answer(12, 8), 81);
	}
}

static void records_are_cleared_in_order_any_number_at_a_time(void **state)
{
	for (unsigned int nr = 1; nr <= 64; nr++) {
		while (add(4, 0, 0))
			;
		assert_int_equal(clear_oldest(4, nr), CXL_RC_SUCCESS);
		assert_int_equal(record_count(4), 64 - nr);
		if (nr < 64)
			assert_int_equal(answer(HEADER + 20, 2), handle(0));
	}
}

/* Refused with @rc, and the log says what it said before. */
static void refused(u8 nr, const u16 *handles, enum cxl_mbox_rc rc)
{
	static u8 before[ROOMY], after[ROOMY];
	size_t len;

	record_count(4);
	len = unit_io.out_len;
	memcpy(before, unit_io.out, len);
	assert_int_equal(clear(4, nr, handles), rc);
	record_count(4);
	assert_int_equal(unit_io.out_len, len);
	memcpy(after, unit_io.out, len);
	assert_memory_equal(before, after, len);
}

static void a_record_out_of_order_is_refused_and_nothing_is_cleared(void **state)
{
	for (u32 i = 0; i < 4; i++)
		add(4, i, 0);
	refused(1, (u16[]) { 2 }, CXL_RC_INVALID_HANDLE);
	refused(2, (u16[]) { 2, 1 }, CXL_RC_INVALID_HANDLE);
	refused(3, (u16[]) { 1, 2, 4 }, CXL_RC_INVALID_HANDLE);
	refused(2, (u16[]) { 1, 1 }, CXL_RC_INVALID_HANDLE);
	refused(4, (u16[]) { 1, 2, 3, 0 }, CXL_RC_INVALID_HANDLE);
	refused(1, (u16[]) { 0 }, CXL_RC_INVALID_HANDLE);
	refused(1, (u16[]) { 0x100 }, CXL_RC_INVALID_HANDLE);
	refused(1, (u16[]) { 0xffff }, CXL_RC_INVALID_HANDLE);
	assert_int_equal(clear(4, 4, (u16[]) { 1, 2, 3, 4 }), CXL_RC_SUCCESS);
}

static void a_refused_clearing_keeps_the_overflow(void **state)
{
	fill(4);
	add(4, 64, 3);
	refused(1, (u16[]) { 2 }, CXL_RC_INVALID_HANDLE);
	record_count(4);
	assert_int_equal(answer(2, 2), 1);
}

static void a_record_is_cleared_only_once(void **state)
{
	add(4, 0, 0);
	add(4, 1, 0);
	assert_int_equal(clear(4, 1, (u16[]) { 1 }), CXL_RC_SUCCESS);
	refused(1, (u16[]) { 1 }, CXL_RC_INVALID_HANDLE);
	assert_int_equal(clear(4, 1, (u16[]) { 2 }), CXL_RC_SUCCESS);
	refused(1, (u16[]) { 2 }, CXL_RC_INVALID_HANDLE);
	/* the slot that was never used has the handle 0 */
	refused(1, (u16[]) { 0 }, CXL_RC_INVALID_HANDLE);
}

static void more_handles_than_records_are_refused(void **state)
{
	u16 handles[255];

	/* what was cleared is still in the ring, right behind the newest */
	fill(4);
	assert_int_equal(clear_oldest(4, 63), CXL_RC_SUCCESS);
	refused(2, (u16[]) { 64, 1 }, CXL_RC_INVALID_HANDLE);

	/* once around the ring, the oldest seems to come again */
	assert_int_equal(clear_oldest(4, 1), CXL_RC_SUCCESS);
	fill(4);
	record_count(4);
	for (int i = 0; i < 255; i++)
		handles[i] = handle(i % 64);
	refused(65, handles, CXL_RC_INVALID_HANDLE);
	refused(255, handles, CXL_RC_INVALID_HANDLE);
	assert_int_equal(clear(4, 64, handles), CXL_RC_SUCCESS);
}

static void clear_all_empties_a_log_that_has_overflowed(void **state)
{
	fill(4);
	add(4, 64, 0);
	assert_int_equal(clear_all(4), CXL_RC_SUCCESS);
	assert_int_equal(record_count(4), 0);
	fill(4);
	assert_int_equal(record_count(4), 64);
	assert_int_equal(mark(0), 0);
}

static void clear_all_without_overflow_is_refused(void **state)
{
	assert_int_equal(clear_all(4), CXL_RC_INVALID_INPUT);
	fill(4);
	assert_int_equal(clear_all(4), CXL_RC_INVALID_INPUT);
	assert_int_equal(record_count(4), 64);

	/* clearing a record has ended the overflow */
	add(4, 64, 0);
	assert_int_equal(clear_oldest(4, 1), CXL_RC_SUCCESS);
	assert_int_equal(clear_all(4), CXL_RC_INVALID_INPUT);
	assert_int_equal(record_count(4), 63);
}

static void clear_all_with_handles_is_refused(void **state)
{
	add(4, 0, 0);
	assert_int_equal(clear_len(4, 1, 1, (u16[]) { 1 }, 8), CXL_RC_INVALID_INPUT);
	assert_int_equal(record_count(4), 1);
}

static void clearing_no_record_is_refused(void **state)
{
	add(4, 0, 0);
	refused(0, NULL, CXL_RC_INVALID_INPUT);
}

static void a_count_that_is_not_the_length_is_refused(void **state)
{
	static const u16 handles[256] = { 1, 2 };

	add(4, 0, 0);
	add(4, 1, 0);
	for (unsigned int nr = 0; nr < 256; nr++) {
		for (size_t len = 6; len <= 6 + 2 * 255; len++) {
			if (len != 6 + 2 * nr)
				assert_int_equal(clear_len(4, 0, nr, handles, len),
						 CXL_RC_INVALID_PAYLOAD_LEN);
		}
	}
	assert_int_equal(clear_len(4, 1, 0, NULL, 7), CXL_RC_INVALID_PAYLOAD_LEN);
	assert_int_equal(clear_len(4, 1, 1, handles, 6), CXL_RC_INVALID_PAYLOAD_LEN);
	assert_int_equal(record_count(4), 2);
}

static enum cxl_mbox_rc set_policy(const u8 *policy, size_t len)
{
	return unit_call(cxl_mock_events_set_policy, events, policy, len, 256);
}

static void assert_policy(const u8 expected[5])
{
	assert_int_equal(unit_call(cxl_mock_events_get_policy, events, NULL, 0, 256),
			 CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 5);
	assert_memory_equal(answer_bytes(0, 5), expected, 5);
}

static void no_log_interrupts_at_first(void **state)
{
	assert_policy((u8[5]) { 0 });
}

static void a_policy_of_five_settings_sets_all_logs(void **state)
{
	static const u8 policy[] = { 2, 0, 1, 2, 1 };

	assert_int_equal(set_policy(policy, 5), CXL_RC_SUCCESS);
	assert_policy(policy);
}

static void a_policy_of_four_settings_leaves_the_dc_log_alone(void **state)
{
	set_policy((u8[]) { 1, 1, 1, 1, 2 }, 5);
	assert_int_equal(set_policy((u8[]) { 0, 2, 0, 2 }, 4), CXL_RC_SUCCESS);
	assert_policy((u8[5]) { 0, 2, 0, 2, 2 });
}

static void a_policy_of_another_length_is_refused(void **state)
{
	static const u8 policy[4097] = { 1, 1, 1, 1, 1 };

	for (size_t len = 0; len <= 4097; len += len < 16 ? 1 : 371)
		if (len != 4 && len != 5)
			assert_int_equal(set_policy(policy, len), CXL_RC_INVALID_PAYLOAD_LEN);
	assert_policy((u8[5]) { 0 });
}

static void a_reserved_interrupt_mode_is_refused_and_nothing_is_set(void **state)
{
	for (size_t len = 4; len <= 5; len++) {
		for (size_t i = 0; i < len; i++) {
			u8 policy[5] = { 1, 2, 1, 2, 1 };

			policy[i] = 3;
			assert_int_equal(set_policy(policy, len), CXL_RC_INVALID_INPUT);
			/* the mode is the lowest two bits */
			policy[i] = 0xf3;
			assert_int_equal(set_policy(policy, len), CXL_RC_INVALID_INPUT);
		}
	}
	assert_policy((u8[5]) { 0 });
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
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
	TEST(no_log_interrupts_at_first),
	TEST(a_policy_of_five_settings_sets_all_logs),
	TEST(a_policy_of_four_settings_leaves_the_dc_log_alone),
	TEST(a_policy_of_another_length_is_refused),
	TEST(a_reserved_interrupt_mode_is_refused_and_nothing_is_set),
};

int main(void)
{
	return unit_run(tests);
}
