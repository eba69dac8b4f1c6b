// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extents that a device has from the start, as from a host that had them before
 * this one. Builds in user space too.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "mailbox.h"

/* The answer of that host to the offer of one extent. */
struct response {
	struct cxl_dc_extents_in head;
	struct cxl_dc_updated_extent extent;
} __packed;

/**
 * cxl_mock_device_accept() - offer an extent to a host and accept it in its name
 * @device: the device, which no host knows yet
 * @range: the extent
 *
 * Logs and counters do not tell of it: for whoever looks at them it happened
 * before.
 *
 * Return: as cxl_dc_offer().
 */
enum cxl_mbox_rc cxl_mock_device_accept(struct cxl_mock_device *device,
					const struct cxl_dc_range *range)
{
	struct response response = {
		.head.count = cpu_to_le32(1),
		.extent.start_dpa = cpu_to_le64(range->start),
		.extent.length = cpu_to_le64(range->len),
	};
	struct cxl_mbox_io io = {
		.in = &response,
		.in_len = sizeof(response),
	};
	enum cxl_mbox_rc rc;

	rc = cxl_dc_offer(&device->dc, range, 1, false);
	if (!rc)
		rc = cxl_mock_mailbox_exec(device, CXL_DC_OP_ADD_RESPONSE, &io);
	if (rc)
		return rc;

	memset(&device->events.log[CXL_MOCK_LOG_DC], 0, sizeof(struct cxl_mock_ring));
	memset(&device->fm_events.log[CXL_MOCK_LOG_DC], 0, sizeof(struct cxl_mock_ring));
	device->signal = 0;
	device->dc.stats = (struct cxl_dc_stats) {};
	return CXL_RC_SUCCESS;
}
