/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_EVENTLOG_UNIT_H__
#define __CXL_EVENTLOG_UNIT_H__

/* What the tests of the event logs share: the logs, and commands over them. */
#include "unit.h"
#include "eventlog.h"

/* Get Event Records, response: CXL 3.1 8.2.9.2.2 */
#define HEADER		32
#define RECORD		128
#define FLAG_OVERFLOW	1
#define FLAG_MORE	2
/* more than any log can fill */
#define ROOMY		(HEADER + 100 * RECORD)

extern struct cxl_mock_events *eventlog_events;

int eventlog_setup(void **state);
int eventlog_teardown(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, eventlog_setup, eventlog_teardown)

bool eventlog_add(u8 log, u32 mark, u64 now);
void eventlog_fill(u8 log);

enum cxl_mbox_rc eventlog_get(u8 log, size_t out_max);
u64 eventlog_count(u8 log);
/* of the record @i of the last response */
u64 eventlog_handle(unsigned int i);
u64 eventlog_mark(unsigned int i);

enum cxl_mbox_rc eventlog_clear_len(u8 log, u8 flags, u8 nr, const u16 *handles, size_t len);
enum cxl_mbox_rc eventlog_clear(u8 log, u8 nr, const u16 *handles);
enum cxl_mbox_rc eventlog_clear_all(u8 log);
enum cxl_mbox_rc eventlog_clear_oldest(u8 log, unsigned int nr);

#endif /* __CXL_EVENTLOG_UNIT_H__ */
