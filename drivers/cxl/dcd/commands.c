// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host asks a device about its Dynamic Capacity. check.c judges what
 * the device answers.
 */
#include <linux/align.h>
#include <linux/device.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dcd.h"

/* Get Supported Logs, Get Log, CXL 3.1 8.2.9.5.1, 8.2.9.5.2 */
#define OP_GET_SUPPORTED_LOGS	0x0400
#define OP_GET_LOG		0x0401

struct get_log_in {
	u8 id[16];
	__le32 offset;
	__le32 length;
} __packed;

/* Send a command and return the size of its response, at least @min. */
static ssize_t send(struct cxl_mailbox *mbox, u16 opcode, void *in, size_t in_len,
		    void *out, size_t out_max, size_t min)
{
	struct cxl_mbox_cmd cmd = {
		.opcode = opcode,
		.payload_in = in,
		.size_in = in_len,
		.payload_out = out,
		.size_out = out_max,
		.min_out = min,
	};
	int rc = cxl_internal_send_cmd(mbox, &cmd);

	return rc ? rc : cmd.size_out;
}

/* Return the size of the CEL, 0 if there is none. */
static ssize_t cel_size(struct cxl_mailbox *mbox)
{
	struct dcd_supported_logs *out __free(kvfree) =
		kvzalloc(mbox->payload_size, GFP_KERNEL);
	ssize_t len;

	if (!out)
		return -ENOMEM;
	len = send(mbox, OP_GET_SUPPORTED_LOGS, NULL, 0, out, mbox->payload_size,
		   sizeof(*out));
	return len < 0 ? len : dcd_cel_size(out, len);
}

/**
 * dcd_lists_commands() - whether a device's CEL lists the commands of a DCD
 * @mbox: its mailbox
 *
 * CXL 3.1 8.2.9.9.9: 4800h to 4803h come together.
 *
 * Return: 1 if it lists all four, 0 if not, or a negative errno.
 */
int dcd_lists_commands(struct cxl_mailbox *mbox)
{
	struct dcd_cel_entry *cel __free(kvfree) = kvzalloc(mbox->payload_size, GFP_KERNEL);
	struct get_log_in in = {};
	unsigned long seen = 0;
	ssize_t size, len;

	if (!cel)
		return -ENOMEM;
	size = cel_size(mbox);
	if (size < 0)
		return size;

	memcpy(in.id, dcd_cel_id, sizeof(in.id));
	for (size_t offset = 0; offset < size; offset += len) {
		size_t want = min_t(size_t, size - offset, mbox->payload_size);

		in.offset = cpu_to_le32(offset);
		in.length = cpu_to_le32(want);
		len = send(mbox, OP_GET_LOG, &in, sizeof(in), cel, want,
			   sizeof(cel[0]));
		if (len < 0)
			return len;
		len = ALIGN_DOWN(len, sizeof(cel[0]));
		seen |= dcd_cel_commands(cel, len);
	}
	return seen == DCD_COMMANDS;
}

/**
 * dcd_read_regions() - read and check a device's DC regions
 * @mbox: its mailbox
 * @regions: CXL_DC_REGIONS_MAX regions to fill, in order of DPA
 *
 * CXL 3.1 8.2.9.9.9.1, in as many commands as the mailbox's size needs.
 *
 * Return: the number of regions, 1 or more; -EPROTO after a line in the log if
 * the device reports none, too many or one that makes no sense; another
 * negative errno if the command failed.
 */
int dcd_read_regions(struct cxl_mailbox *mbox, struct dcd_region *regions)
{
	struct cxl_dc_get_config_out *out __free(kvfree) =
		kvzalloc(mbox->payload_size, GFP_KERNEL);
	struct cxl_dc_get_config_in in = {};
	char reason[DCD_REASON_LEN];
	int nr = 0;
	ssize_t len;

	if (!out)
		return -ENOMEM;

	do {
		in.start_region = nr;
		in.region_count = CXL_DC_REGIONS_MAX - nr;
		len = send(mbox, CXL_DC_OP_GET_CONFIG, &in, sizeof(in), out,
			   mbox->payload_size, sizeof(*out));
		if (len < 0)
			return len;

		nr = dcd_take_regions(regions, nr, out, len, reason);
		if (nr < 0) {
			dev_err(mbox->host, "%s\n", reason);
			return nr;
		}
	} while (nr < out->regions_available);

	return nr;
}
