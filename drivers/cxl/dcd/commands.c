// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host asks a device about its Dynamic Capacity. The device is not
 * trusted: every count and range of a response is checked before it is used.
 */
#include <linux/align.h>
#include <linux/device.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uuid.h>

#include "dcd.h"

/* Get Supported Logs, Get Log, CXL 3.1 8.2.9.5.1, 8.2.9.5.2 */
#define OP_GET_SUPPORTED_LOGS	0x0400
#define OP_GET_LOG		0x0401

struct supported_logs_out {
	__le16 nr;
	u8 rsvd[6];
	struct supported_log {
		uuid_t id;
		__le32 size;
	} __packed logs[];
} __packed;

struct get_log_in {
	uuid_t id;
	__le32 offset;
	__le32 length;
} __packed;

/* Command Effects Log, CXL 3.1 8.2.9.5.2.1: an entry per opcode at the most */
struct cel_entry {
	__le16 opcode;
	__le16 effect;
} __packed;

#define CEL_SIZE_MAX		(SZ_64K * sizeof(struct cel_entry))

static const uuid_t cel_id =
	UUID_INIT(0x0da9c0b5, 0xbf41, 0x4b78, 0x8f, 0x79, 0x96, 0xb1, 0x62, 0x3b,
		  0x3f, 0x17);

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
	struct supported_logs_out *out __free(kvfree) =
		kvzalloc(mbox->payload_size, GFP_KERNEL);
	size_t nr;
	ssize_t len;

	if (!out)
		return -ENOMEM;
	len = send(mbox, OP_GET_SUPPORTED_LOGS, NULL, 0, out, mbox->payload_size,
		   sizeof(*out));
	if (len < 0)
		return len;

	nr = min_t(size_t, le16_to_cpu(out->nr),
		   (len - sizeof(*out)) / sizeof(out->logs[0]));
	for (size_t i = 0; i < nr; i++)
		if (uuid_equal(&out->logs[i].id, &cel_id))
			return min_t(size_t, le32_to_cpu(out->logs[i].size), CEL_SIZE_MAX);
	return 0;
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
	struct cel_entry *cel __free(kvfree) = kvzalloc(mbox->payload_size, GFP_KERNEL);
	struct get_log_in in = { .id = cel_id };
	unsigned int seen = 0;
	ssize_t size, len;

	if (!cel)
		return -ENOMEM;
	size = cel_size(mbox);
	if (size < 0)
		return size;

	for (size_t offset = 0; offset < size; offset += len) {
		size_t want = min_t(size_t, size - offset, mbox->payload_size);

		in.offset = cpu_to_le32(offset);
		in.length = cpu_to_le32(want);
		len = send(mbox, OP_GET_LOG, &in, sizeof(in), cel, want,
			   sizeof(cel[0]));
		if (len < 0)
			return len;
		len = ALIGN_DOWN(len, sizeof(cel[0]));

		for (size_t i = 0; i < len / sizeof(cel[0]); i++) {
			u16 opcode = le16_to_cpu(cel[i].opcode);

			if (opcode >= CXL_DC_OP_GET_CONFIG &&
			    opcode <= CXL_DC_OP_RELEASE)
				seen |= BIT(opcode - CXL_DC_OP_GET_CONFIG);
		}
	}
	return seen == GENMASK(CXL_DC_OP_RELEASE - CXL_DC_OP_GET_CONFIG, 0);
}

/* Take over one region if it makes sense behind the regions that end at @end. */
static bool take_region(struct dcd_region *region, u64 end,
			const struct cxl_dc_region_config *config)
{
	u64 decode_units = le64_to_cpu(config->decode_len);

	*region = (struct dcd_region) {
		.base = le64_to_cpu(config->base),
		.decode_len = decode_units * CXL_DC_DECODE_UNIT,
		.len = le64_to_cpu(config->len),
		.block_size = le64_to_cpu(config->block_size),
		.dsmad_handle = le32_to_cpu(config->dsmad_handle),
		.flags = config->flags,
	};

	return decode_units && decode_units <= U64_MAX / CXL_DC_DECODE_UNIT &&
	       IS_ALIGNED(region->base, CXL_DC_DECODE_UNIT) &&
	       region->base >= end &&
	       region->base + region->decode_len > region->base &&
	       region->len && region->len <= region->decode_len &&
	       is_power_of_2(region->block_size) && region->block_size >= 64 &&
	       IS_ALIGNED(region->len, region->block_size);
}

/* Where region @i is at the least. */
static u64 region_end(const struct dcd_region *regions, unsigned int i)
{
	return i ? regions[i - 1].base + regions[i - 1].decode_len : 0;
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
	unsigned int nr = 0, available;
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

		available = out->regions_available;
		if (!available || available > CXL_DC_REGIONS_MAX ||
		    !out->regions_returned ||
		    out->regions_returned > available - min(nr, available) ||
		    struct_size(out, regions, out->regions_returned) > len) {
			dev_err(mbox->host,
				"the device reports %u of %u DC regions in %zd bytes from region %u on, which cannot be: its Dynamic Capacity is not used\n",
				out->regions_returned, available, len, nr);
			return -EPROTO;
		}

		for (unsigned int i = 0; i < out->regions_returned; i++, nr++) {
			struct dcd_region *region = &regions[nr];

			if (take_region(region, region_end(regions, nr), &out->regions[i]))
				continue;
			dev_err(mbox->host,
				"DC region %u at %#llx of %#llx bytes in %#llx, blocks of %#llx, cannot be: Dynamic Capacity is not used\n",
				nr, region->base, region->len, region->decode_len,
				region->block_size);
			return -EPROTO;
		}
	} while (nr < available);

	return nr;
}
