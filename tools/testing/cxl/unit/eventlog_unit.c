// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of the event logs share: commands over them. */
#include "eventlog_unit.h"

struct cxl_mock_events *eventlog_events;

int eventlog_setup(void **state)
{
	eventlog_events = calloc(1, sizeof(*eventlog_events));
	return eventlog_events ? 0 : -1;
}

int eventlog_teardown(void **state)
{
	free(eventlog_events);
	return 0;
}

/* Add a record that can be told by @mark. */
bool eventlog_add(u8 log, u32 mark, u64 now)
{
	struct cxl_mock_record record = {};

	put_le(record.data, 4, mark);
	return cxl_mock_ring_add(&eventlog_events->log[log], &record, now);
}

enum cxl_mbox_rc eventlog_get(u8 log, size_t out_max)
{
	return unit_call(cxl_mock_events_get, eventlog_events, &log, 1, out_max);
}

u64 eventlog_count(u8 log)
{
	assert_int_equal(eventlog_get(log, ROOMY), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, HEADER + answer(20, 2) * RECORD);
	return answer(20, 2);
}

u64 eventlog_handle(unsigned int i)
{
	return answer(HEADER + i * RECORD + 20, 2);
}

u64 eventlog_mark(unsigned int i)
{
	return answer(HEADER + i * RECORD + 48, 4);
}

enum cxl_mbox_rc eventlog_clear_len(u8 log, u8 flags, u8 nr, const u16 *handles, size_t len)
{
	u8 in[6 + 2 * 256] = { log, flags, nr };

	for (int i = 0; handles && i < nr; i++)
		put_le(in + 6 + 2 * i, 2, handles[i]);
	return unit_call(cxl_mock_events_clear, eventlog_events, in, len, 256);
}

enum cxl_mbox_rc eventlog_clear(u8 log, u8 nr, const u16 *handles)
{
	return eventlog_clear_len(log, 0, nr, handles, 6 + 2 * nr);
}

enum cxl_mbox_rc eventlog_clear_all(u8 log)
{
	return eventlog_clear_len(log, 1, 0, NULL, 6);
}

enum cxl_mbox_rc eventlog_clear_oldest(u8 log, unsigned int nr)
{
	u16 handles[64];

	assert_true(eventlog_count(log) >= nr);
	for (unsigned int i = 0; i < nr; i++)
		handles[i] = eventlog_handle(i);
	return eventlog_clear(log, nr, handles);
}

void eventlog_fill(u8 log)
{
	for (u32 i = 0; i < 64; i++)
		assert_true(eventlog_add(log, i, i));
}
