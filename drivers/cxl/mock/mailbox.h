/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_MAILBOX_H__
#define __CXL_MOCK_MAILBOX_H__

#include <linux/types.h>

#include "dc/dc.h"
#include "eventlog.h"
#include "health.h"
#include "mbox.h"
#include "poison.h"

/* Payload size of the mailbox, CXL 3.1 8.2.8.4.3: a power of two from 256 */
#define CXL_MOCK_PAYLOAD_SIZE	4096
/* Label Storage Area, CXL 3.1 8.2.9.9.2.3 */
#define CXL_MOCK_LSA_SIZE	16384

/**
 * struct cxl_mock_device - the device behind the mailbox
 * @dc: its Dynamic Capacity
 * @events: the event logs that the host reads
 * @fm_events: the event logs that the FM reads
 * @poison: its media errors; the owner sets @poison.limit
 * @health: how it is; the owner sets @health.alerts.has
 * @host_reads: the host has read the log of Dynamic Capacity
 * @signal: bit per log of the host that has a record since the owner looked
 * @fm_signal: a log of the FM has a record since the owner looked
 * @response_limit: log2 of the bytes that a response to the FM can have; 0: as
 *                  many as the mailbox
 * @serial: serial number, which the owner sets
 * @timestamp: device time that the host set, ns; 0: never
 * @timestamp_set: value of the clock when it did
 * @clock: monotonic time, ns
 * @lsa: Label Storage Area
 *
 * All that commands act on. The owner serializes the calls.
 */
struct cxl_mock_device {
	struct cxl_dc dc;
	struct cxl_mock_events events;
	struct cxl_mock_events fm_events;
	struct cxl_mock_poison poison;
	struct cxl_mock_health health;
	bool host_reads;
	u32 signal;
	bool fm_signal;
	u8 response_limit;
	u64 serial;
	u64 timestamp;
	u64 timestamp_set;
	u64 (*clock)(void);
	u8 lsa[CXL_MOCK_LSA_SIZE];
};

void cxl_mock_device_init(struct cxl_mock_device *device,
			  const struct cxl_dc_config *config, u64 (*clock)(void));
void cxl_mock_device_destroy(struct cxl_mock_device *device);
void cxl_mock_device_new_host(struct cxl_mock_device *device);
u64 cxl_mock_device_told(const struct cxl_mock_device *device);
u64 cxl_mock_device_cleared(const struct cxl_mock_device *device);
enum cxl_mbox_rc cxl_mock_device_accept(struct cxl_mock_device *device,
					const struct cxl_dc_range *range);

enum cxl_mbox_rc cxl_mock_mailbox_exec(struct cxl_mock_device *device, u16 opcode,
				       struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_fm_exec(struct cxl_mock_device *device, u16 opcode,
				  struct cxl_mbox_io *io);
bool cxl_mock_fm_has_records(const struct cxl_mock_device *device);
u64 cxl_mock_device_time(const struct cxl_mock_device *device);

#endif /* __CXL_MOCK_MAILBOX_H__ */
