// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host asks a device about its Dynamic Capacity. check.c judges what
 * the device answers.
 */
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dcd.h"

/* Get Supported Logs, Get Log, CXL 3.1 8.2.9.5.1, 8.2.9.5.2 */
#define OP_GET_SUPPORTED_LOGS	0x0400
#define OP_GET_LOG		0x0401
/* Get Event Records, Clear Event Records, CXL 3.1 8.2.9.2.2, 8.2.9.2.3 */
#define OP_GET_EVENT_RECORDS	0x0100
#define OP_CLEAR_EVENT_RECORDS	0x0101

struct get_log_in {
	u8 id[16];
	__le32 offset;
	__le32 length;
} __packed;

struct clear_records_in {
	u8 log;
	u8 flags;
	u8 nr;
	u8 rsvd[3];
	__le16 handles[];
} __packed;

/* Send a command and return the size of its response, at least @min. */
static ssize_t commands_send(struct cxl_mailbox *mbox, u16 opcode, void *in, size_t in_len,
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
static ssize_t commands_cel_size(struct cxl_mailbox *mbox)
{
	struct dcd_supported_logs *out __free(kvfree) =
		kvzalloc(mbox->payload_size, GFP_KERNEL);
	ssize_t len;

	if (!out)
		return -ENOMEM;
	len = commands_send(mbox, OP_GET_SUPPORTED_LOGS, NULL, 0, out, mbox->payload_size,
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
	size = commands_cel_size(mbox);
	if (size < 0)
		return size;

	memcpy(in.id, dcd_cel_id, sizeof(in.id));
	for (size_t offset = 0; offset < size; offset += len) {
		size_t want = min_t(size_t, size - offset, mbox->payload_size);

		in.offset = cpu_to_le32(offset);
		in.length = cpu_to_le32(want);
		len = commands_send(mbox, OP_GET_LOG, &in, sizeof(in), cel, want,
				    sizeof(cel[0]));
		if (len < 0)
			return len;
		/* else a device could make this take as many commands as it likes */
		if (len < want)
			return -EPROTO;
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
		len = commands_send(mbox, CXL_DC_OP_GET_CONFIG, &in, sizeof(in), out,
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

/**
 * dcd_get_records() - read the oldest records of the log of Dynamic Capacity
 * @dcd: the device
 * @out: response; dcd_clear_records() makes room for the records that follow
 * @size: bytes of @out, the payload size of the mailbox
 *
 * CXL 3.1 8.2.9.2.2
 *
 * Return: how many records of @out can be used, or a negative errno.
 */
int dcd_get_records(struct dcd_memdev *dcd, struct dcd_records *out, size_t size)
{
	u8 log = DCD_EVENT_LOG;
	ssize_t len = commands_send(&dcd->cxlds->cxl_mbox, OP_GET_EVENT_RECORDS, &log,
				    sizeof(log), out, size, sizeof(*out));
	unsigned int nr;

	if (len < 0)
		return len;

	nr = dcd_records_held(out, len);
	if (nr < le16_to_cpu(out->nr))
		dcd_complain(dcd, "Get Event Records: %u records reported in %zd bytes: only %u used\n",
			     le16_to_cpu(out->nr), len, nr);
	return nr;
}

/**
 * dcd_get_overflow() - read what the log of Dynamic Capacity has lost, and no records
 * @dcd: the device
 * @out: header of the response
 *
 * CXL 3.1 8.2.9.2.2
 *
 * Return: 0 or a negative errno.
 */
int dcd_get_overflow(struct dcd_memdev *dcd, struct dcd_records *out)
{
	u8 log = DCD_EVENT_LOG;
	ssize_t len = commands_send(&dcd->cxlds->cxl_mbox, OP_GET_EVENT_RECORDS, &log,
				    sizeof(log), out, sizeof(*out), sizeof(*out));

	return len < 0 ? len : 0;
}

/**
 * dcd_clear_records() - remove records from the log of Dynamic Capacity
 * @dcd: the device
 * @records: the oldest records of the log, in order
 * @nr: entries of @records
 *
 * CXL 3.1 8.2.9.2.3, in as many commands as the mailbox's size needs.
 *
 * Return: 0 or a negative errno.
 */
int dcd_clear_records(struct dcd_memdev *dcd, const struct dcd_record *records,
		      unsigned int nr)
{
	struct cxl_mailbox *mbox = &dcd->cxlds->cxl_mbox;
	unsigned int room = (mbox->payload_size - sizeof(struct clear_records_in)) /
			    sizeof(__le16);
	struct clear_records_in *in __free(kfree) =
		kzalloc(struct_size(in, handles, U8_MAX), GFP_KERNEL);

	if (!in)
		return -ENOMEM;

	in->log = DCD_EVENT_LOG;
	for (unsigned int done = 0; done < nr; done += in->nr) {
		ssize_t rc;

		in->nr = min3(nr - done, room, (unsigned int)U8_MAX);
		for (unsigned int i = 0; i < in->nr; i++)
			in->handles[i] = records[done + i].handle;
		rc = commands_send(mbox, OP_CLEAR_EVENT_RECORDS, in,
				   struct_size(in, handles, in->nr), NULL, 0, 0);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void commands_take_extents(struct dcd_offer *offers, const struct cxl_dc_extent *extents,
				  unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		offers[i].start = le64_to_cpu(extents[i].start_dpa);
		offers[i].len = le64_to_cpu(extents[i].length);
		memcpy(offers[i].tag, extents[i].tag, sizeof(offers[i].tag));
		offers[i].seq = le16_to_cpu(extents[i].shared_seq);
	}
}

/*
 * Read the extent list once, from its beginning: -EAGAIN if it changes
 * meanwhile. @offers is allocated when the first part tells how long it is.
 */
static int commands_list_extents(struct cxl_mailbox *mbox,
				 struct cxl_dc_get_extent_list_out *out,
				 unsigned long deadline, struct dcd_offer **offers)
{
	u32 wanted = (mbox->payload_size - sizeof(*out)) / sizeof(out->extents[0]);
	struct dcd_offer *list __free(kvfree) = NULL;
	u32 total = 0, generation = 0, nr = 0;

	do {
		struct cxl_dc_get_extent_list_in in = {
			.count = cpu_to_le32(wanted),
			.start = cpu_to_le32(nr),
		};
		ssize_t len = commands_send(mbox, CXL_DC_OP_GET_EXTENT_LIST, &in, sizeof(in),
					    out, mbox->payload_size, sizeof(*out));
		int held;

		if (len < 0)
			return len;
		if (time_after(jiffies, deadline))
			return -ETIME;
		held = dcd_extents_held(out, len, nr, wanted);
		if (held < 0)
			return held;

		if (!list) {
			total = le32_to_cpu(out->total);
			generation = le32_to_cpu(out->generation);
			if (total > DCD_EXTENTS_MAX)
				return -E2BIG;
			list = kvmalloc_array(max(total, 1), sizeof(*list), GFP_KERNEL);
			if (!list)
				return -ENOMEM;
		} else if (total != le32_to_cpu(out->total) ||
			   generation != le32_to_cpu(out->generation)) {
			return -EAGAIN;
		}
		commands_take_extents(&list[nr], out->extents, held);
		nr += held;
	} while (nr < total);

	*offers = no_free_ptr(list);
	return nr;
}

/**
 * dcd_get_extents() - read which extents the device takes for accepted
 * @dcd: the device
 * @offers: set to an array of them, to be freed with kvfree()
 *
 * CXL 3.1 8.2.9.9.9.2, in as many commands as the mailbox's size needs.
 *
 * Return: the number of extents; -EPROTO if the list makes no sense, -E2BIG if
 * it has more than DCD_EXTENTS_MAX, -EAGAIN if it does not stay as it is while
 * it is read, -ETIME if that takes longer than 20 s; another negative errno.
 */
int dcd_get_extents(struct dcd_memdev *dcd, struct dcd_offer **offers)
{
	struct cxl_mailbox *mbox = &dcd->cxlds->cxl_mbox;
	struct cxl_dc_get_extent_list_out *out __free(kvfree) =
		kvzalloc(mbox->payload_size, GFP_KERNEL);
	unsigned long deadline = jiffies + DCD_LIST_SECONDS * HZ;
	int rc = -EAGAIN;

	if (!out)
		return -ENOMEM;
	for (int i = 0; i < DCD_LIST_TRIES && rc == -EAGAIN; i++)
		rc = commands_list_extents(mbox, out, deadline, offers);
	return rc;
}

/**
 * dcd_extents_per_command() - how many extents one command of dcd_send_extents() has
 * @dcd: the device
 */
unsigned int dcd_extents_per_command(const struct dcd_memdev *dcd)
{
	const struct cxl_dc_extents_in *in;

	return (dcd->cxlds->cxl_mbox.payload_size - sizeof(*in)) / sizeof(in->extents[0]);
}

/**
 * dcd_send_extents() - tell the device what is accepted or released
 * @dcd: the device
 * @opcode: CXL_DC_OP_ADD_RESPONSE or CXL_DC_OP_RELEASE
 * @ranges: DPA ranges
 * @nr: entries of @ranges, may be 0
 *
 * CXL 3.1 8.2.9.9.9.3, 8.2.9.9.9.4, in as many commands as the mailbox's size needs.
 * A response is one list, which goes on by More. Of what is released each command
 * stands for itself, so that it can end after any.
 *
 * Return: 0; -ETIME if the device has not been told of all that is released within
 * 20 s; another negative errno.
 */
int dcd_send_extents(struct dcd_memdev *dcd, u16 opcode, const struct range *ranges,
		     unsigned int nr)
{
	struct cxl_mailbox *mbox = &dcd->cxlds->cxl_mbox;
	struct cxl_dc_extents_in *in __free(kvfree) = NULL;
	bool release = opcode == CXL_DC_OP_RELEASE;
	unsigned long deadline = jiffies + DCD_RELEASE_SECONDS * HZ;
	unsigned int room, part, done = 0;

	room = dcd_extents_per_command(dcd);
	in = kvzalloc(struct_size(in, extents, min(room, nr)), GFP_KERNEL);
	if (!in)
		return -ENOMEM;

	do {
		ssize_t rc;

		part = min(room, nr - done);
		in->count = cpu_to_le32(part);
		in->flags = !release && done + part < nr ? CXL_DC_EXTENTS_MORE : 0;
		for (unsigned int i = 0; i < part; i++) {
			const struct range *range = &ranges[done + i];

			in->extents[i].start_dpa = cpu_to_le64(range->start);
			in->extents[i].length = cpu_to_le64(range_len(range));
		}
		rc = commands_send(mbox, opcode, in, struct_size(in, extents, part), NULL, 0,
				   0);
		if (rc < 0)
			return rc;
		done += part;
		if (release && done < nr && time_after(jiffies, deadline))
			return -ETIME;
	} while (done < nr);
	return 0;
}
