/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_EVENTLOG_H__
#define __CXL_MOCK_EVENTLOG_H__

#include <linux/types.h>

#include "mbox.h"

/* Event logs, CXL 3.1 8.2.9.2.2 */
enum cxl_mock_log {
	CXL_MOCK_LOG_INFO,
	CXL_MOCK_LOG_WARN,
	CXL_MOCK_LOG_FAIL,
	CXL_MOCK_LOG_FATAL,
	CXL_MOCK_LOG_DC,
	CXL_MOCK_LOG_NR,
};

/* Records that each log holds before it overflows; fuzzer: fewer. */
#ifndef CXL_MOCK_LOG_RECORDS
#define CXL_MOCK_LOG_RECORDS	64
#endif

/**
 * struct cxl_mock_record - an event record
 * @id: UUID of its kind
 * @length: bytes, always 128
 * @flags: severity and others, 24 bits
 * @handle: never zero, unique in its log
 * @related_handle: handle of a related record or zero
 * @timestamp: device time when it was added, ns
 * @maint: maintenance operation class, unused
 * @rsvd: zero
 * @data: depends on @id
 *
 * CXL 3.1 8.2.9.2.1
 */
struct cxl_mock_record {
	u8 id[16];
	u8 length;
	u8 flags[3];
	__le16 handle;
	__le16 related_handle;
	__le64 timestamp;
	u8 maint;
	u8 rsvd[15];
	u8 data[80];
} __packed;

/**
 * struct cxl_mock_ring - an event log
 * @records: a ring of records
 * @first: index of the oldest record
 * @nr: number of records
 * @added: records added ever
 * @last_handle: handle of the newest record ever
 * @overflows: records dropped since the log was full, saturating
 * @overflow_first: device time of the first of them, ns
 * @overflow_last: device time of the last of them, ns
 */
struct cxl_mock_ring {
	struct cxl_mock_record records[CXL_MOCK_LOG_RECORDS];
	unsigned int first;
	unsigned int nr;
	u64 added;
	u16 last_handle;
	u16 overflows;
	u64 overflow_first;
	u64 overflow_last;
};

/**
 * struct cxl_mock_events - the event logs that a device shows its host
 * @log: the logs
 * @policy: interrupt settings of each log, as the host set them
 */
struct cxl_mock_events {
	struct cxl_mock_ring log[CXL_MOCK_LOG_NR];
	u8 policy[CXL_MOCK_LOG_NR];
};

bool cxl_mock_ring_add(struct cxl_mock_ring *ring, const struct cxl_mock_record *record,
		       u64 now);
enum cxl_mbox_rc cxl_mock_ring_get(const struct cxl_mock_ring *ring, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_ring_clear(struct cxl_mock_ring *ring, struct cxl_mbox_io *io);

enum cxl_mbox_rc cxl_mock_events_get(struct cxl_mock_events *events,
				     struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_events_clear(struct cxl_mock_events *events,
				       struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_events_get_policy(struct cxl_mock_events *events,
					    struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_events_set_policy(struct cxl_mock_events *events,
					    struct cxl_mbox_io *io);

#endif /* __CXL_MOCK_EVENTLOG_H__ */
