// SPDX-License-Identifier: GPL-2.0-only
/*
 * The back end of the FM's character device: commands of CXL 3.1 7.6.7.6 by the
 * ioctl of linux/cxl_mem.h. fm_find.c finds the devices, fm_load.c reads what they
 * have.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/cxl_mem.h>

#include "fm.h"

/* Return codes, CXL 3.1 8.2.8.4.5.1 */
static const char *const return_codes[] = {
	[0x00] = "Success",
	[0x01] = "Background Command Started",
	[0x02] = "Invalid Input",
	[0x03] = "Unsupported",
	[0x04] = "Internal Error",
	[0x05] = "Retry Required",
	[0x06] = "Busy",
	[0x0e] = "Invalid Handle",
	[0x0f] = "Invalid Physical Address",
	[0x16] = "Invalid Payload Length",
	[0x17] = "Invalid Log",
	[0x1d] = "Resources Exhausted",
	[0x1e] = "Invalid Extent List",
};

static struct fm_device *to_fm(struct dcdctl_device *device)
{
	return device->private;
}

static int fm_open(struct dcdctl_device *device)
{
	struct fm_device *fm = to_fm(device);
	char path[DCDCTL_NAME_LEN + 16];

	if (fm->fd >= 0)
		return DCDCTL_DONE;
	snprintf(path, sizeof(path), "/dev/cxl/%s", device->name);
	fm->fd = open(path, O_RDWR | O_CLOEXEC);
	if (fm->fd >= 0)
		return DCDCTL_DONE;
	return dcdctl_fail(DCDCTL_REFUSED, "%s: %s%s", path, strerror(errno),
			   errno == EACCES ? ": only root can open the FM device" : "");
}

/* Why the device has refused its last request, if debugfs says so. */
static bool fm_reason(const struct dcdctl_device *device, char *reason, size_t room)
{
	static const char name[] = "last_refusal ";
	char path[PATH_MAX], line[512];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), FM_DEBUGFS "/%s/stats", device->host);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, sizeof(name) - 1))
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(reason, room, "%s", line + sizeof(name) - 1);
		found = *reason;
	}
	fclose(file);
	return found;
}

/* Execute a command; a return code is no error here. */
static int fm_execute(struct dcdctl_device *device, uint16_t opcode, const void *in,
		      size_t in_len, void *out, size_t *out_len, uint32_t *retval)
{
	struct cxl_send_command command = {
		.id = CXL_MEM_COMMAND_ID_RAW,
		.raw.opcode = opcode,
		.in = { .size = in_len, .payload = (uintptr_t)in },
		.out = { .size = out ? FM_PAYLOAD : 0, .payload = (uintptr_t)out },
	};
	int rc = fm_open(device);

	if (rc)
		return rc;
	if (ioctl(to_fm(device)->fd, CXL_MEM_SEND_COMMAND, &command))
		return dcdctl_fail(DCDCTL_REFUSED, "%s: command %04xh: %s%s",
				   dcdctl_shown_name(device), opcode, strerror(errno),
				   errno == ENXIO ? ": the device is gone" : "");
	if (out_len)
		*out_len = command.out.size;
	*retval = command.retval;
	return DCDCTL_DONE;
}

/**
 * dcdctl_fm_command() - execute a command that must succeed
 * @device: the device
 * @opcode: the command
 * @in: its payload
 * @in_len: bytes of @in
 * @out: room for FM_PAYLOAD bytes of response, NULL: none is read
 * @out_len: set to the bytes of the response, unless NULL
 *
 * Any other return code of the device than success is a refusal.
 *
 * Return: a status; an error has been printed.
 */
int dcdctl_fm_command(struct dcdctl_device *device, uint16_t opcode, const void *in,
		      size_t in_len, void *out, size_t *out_len)
{
	const char *text = NULL;
	char reason[512];
	uint32_t retval;
	int rc;

	rc = fm_execute(device, opcode, in, in_len, out, out_len, &retval);
	if (rc || !retval)
		return rc;
	if (retval < DCDCTL_ARRAY_SIZE(return_codes))
		text = return_codes[retval];
	if (fm_reason(device, reason, sizeof(reason)))
		return dcdctl_fail(DCDCTL_REFUSED, "%s: %s (%s, %02xh)",
				   dcdctl_shown_name(device), reason, text ?: "unknown", retval);
	return dcdctl_fail(DCDCTL_REFUSED, "%s: the device has refused command %04xh: %s (%02xh)",
			   dcdctl_shown_name(device), opcode, text ?: "unknown", retval);
}

/* A command that changes something; if that is not to be, a line that would do it */
static int fm_change(struct dcdctl_device *device, uint16_t opcode, const void *in, size_t in_len,
		     void *out, size_t *out_len)
{
	const uint8_t *payload = in;

	if (!dcdctl_is_dry())
		return dcdctl_fm_command(device, opcode, in, in_len, out, out_len);
	if (out_len)
		*out_len = 0;
	printf("printf '");
	for (size_t i = 0; i < in_len; i++)
		printf("\\%03o", payload[i]);
	printf("' | dcdctl raw %s %04x\n", dcdctl_shown_name(device), opcode);
	return dcdctl_flush();
}

/* Sharable extents have an order, which is the one that they are named in. */
static unsigned int sequence(const struct dcdctl_device *device,
			     const struct dcdctl_request *request, size_t place)
{
	return device->regions[request->region].sharable ? place : 0;
}

/* Initiate Dynamic Capacity Add or Release, of the extents that are chosen here if any */
static int fm_initiate(struct dcdctl_device *device, uint16_t opcode, uint8_t flags,
		       const struct dcdctl_request *request)
{
	size_t len = sizeof(struct cxl_fm_initiate_in) +
		     request->places.nr * sizeof(struct cxl_dc_extent);
	uint8_t payload[FM_PAYLOAD] = {};
	struct cxl_fm_initiate_in *in = (void *)payload;

	if (len > sizeof(payload))
		return dcdctl_fail(DCDCTL_USAGE, "--at: %zu extents do not fit in one request",
				   request->places.nr);
	in->flags = flags;
	in->region = opcode == CXL_FM_OP_INITIATE_ADD ? request->region : 0;
	in->length = htole64(request->len);
	in->count = htole32(request->places.nr);
	memcpy(in->tag, request->tag, sizeof(in->tag));
	for (size_t i = 0; i < request->places.nr; i++) {
		if (opcode == CXL_FM_OP_INITIATE_ADD)
			in->extents[i].shared_seq = htole16(sequence(device, request, i));
		in->extents[i].start_dpa = htole64(request->places.list[i].dpa);
		in->extents[i].length = htole64(request->places.list[i].len);
		memcpy(in->extents[i].tag, request->tag, sizeof(in->extents[i].tag));
	}
	return fm_change(device, opcode, payload, len, NULL, NULL);
}

static int fm_add(struct dcdctl_device *device, struct dcdctl_request *request)
{
	struct dcdctl_extents before;
	int rc = fm_open(device);

	if (rc)
		return rc;
	/* so that what is new is ours, whoever else adds something now */
	flock(to_fm(device)->fd, LOCK_EX);
	rc = dcdctl_fm_load_extents(device);
	before = device->extents;
	device->extents = (struct dcdctl_extents) {};
	if (!rc)
		rc = fm_initiate(device, CXL_FM_OP_INITIATE_ADD, request->policy, request);
	for (size_t i = 0; !rc && i < request->places.nr; i++) {
		struct dcdctl_extent extent = request->places.list[i];

		extent.state = DCDCTL_PENDING;
		extent.seq = sequence(device, request, i);
		rc = dcdctl_extents_add(&request->extents, &extent);
	}
	if (!rc && !request->places.nr)
		rc = dcdctl_fm_load_extents(device) ?:
		     dcdctl_extents_added(&before, &device->extents, request);
	flock(to_fm(device)->fd, LOCK_UN);
	dcdctl_extents_free(&before);
	return rc;
}

static int fm_release(struct dcdctl_device *device, const struct dcdctl_request *request)
{
	uint8_t flags = request->places.nr ? CXL_FM_REMOVE_PRESCRIPTIVE : CXL_FM_REMOVE_TAG;

	if (request->forced)
		flags |= CXL_FM_RELEASE_FORCED;
	return fm_initiate(device, CXL_FM_OP_INITIATE_RELEASE, flags, request);
}

static int fm_set_block_size(struct dcdctl_device *device, unsigned int region, uint64_t size)
{
	struct cxl_fm_set_region_config_in in = {
		.region = region,
		.block_size = htole64(size),
	};

	return fm_change(device, CXL_FM_OP_SET_REGION_CONFIG, &in, sizeof(in), NULL, NULL);
}

static int fm_reference(struct dcdctl_device *device, const uint8_t *tag, bool add)
{
	return fm_change(device, add ? CXL_FM_OP_ADD_REFERENCE : CXL_FM_OP_REMOVE_REFERENCE, tag,
			 DCDCTL_TAG_LEN, NULL, NULL);
}

static int fm_raw(struct dcdctl_device *device, uint16_t opcode, const void *in, size_t in_len,
		  void *out, size_t *out_len)
{
	return fm_change(device, opcode, in, in_len, out, out_len);
}

static const char *event_name(uint8_t type)
{
	static const char *const names[] = {
		[CXL_DC_EVENT_ADD] = "add",
		[CXL_DC_EVENT_RELEASE] = "release",
		[CXL_DC_EVENT_FORCED_RELEASE] = "forced-release",
		[CXL_DC_EVENT_CONFIG_UPDATED] = "config-updated",
		[CXL_DC_EVENT_ADD_RESPONSE] = "accepted",
		[CXL_DC_EVENT_RELEASED] = "released",
	};

	return type < DCDCTL_ARRAY_SIZE(names) ? names[type] : "unknown";
}

static void fm_report(struct dcdctl_device *device, const struct cxl_fm_event_record *record,
		      void (*report)(struct dcdctl_device *device,
				     const struct dcdctl_event *event))
{
	struct dcdctl_event event = {
		.type = event_name(record->data.type),
		.time = le64toh(record->timestamp),
		.more = record->data.flags & CXL_DC_EVENT_MORE,
		.extent = {
			.dpa = le64toh(record->data.extent.start_dpa),
			.len = le64toh(record->data.extent.length),
			.seq = le16toh(record->data.extent.shared_seq),
		},
	};

	memcpy(event.extent.tag, record->data.extent.tag, sizeof(event.extent.tag));
	report(device, &event);
}

/* Report what is in the log and clear it. Another FM may clear it first: no harm. */
static int fm_take_events(struct dcdctl_device *device,
			  void (*report)(struct dcdctl_device *device,
					 const struct dcdctl_event *event))
{
	uint8_t payload[FM_PAYLOAD], clear[sizeof(struct cxl_fm_clear_events_in) + 2 * 64];
	struct cxl_fm_clear_events_in *in = (void *)clear;
	const struct cxl_fm_get_events_out *out = (void *)payload;
	struct fm_device *fm = to_fm(device);
	uint8_t log = CXL_FM_LOG_DC;
	uint32_t retval;
	size_t len;
	int rc;

	rc = dcdctl_fm_command(device, CXL_FM_OP_GET_EVENT_RECORDS, &log, sizeof(log), payload,
			       &len);
	if (rc)
		return rc;
	*in = (struct cxl_fm_clear_events_in) { .log = log };
	for (unsigned int i = 0; i < le16toh(out->count) && i < 64 &&
	     sizeof(*out) + (i + 1) * sizeof(out->records[0]) <= len; i++) {
		const struct cxl_fm_event_record *record = &out->records[i];

		in->handles[in->count++] = record->handle;
		/* seen already, if it could not be cleared */
		if ((int16_t)(le16toh(record->handle) - fm->last_handle) <= 0 && fm->last_handle)
			continue;
		fm->last_handle = le16toh(record->handle);
		fm_report(device, record, report);
	}
	if (!in->count)
		return DCDCTL_DONE;
	return fm_execute(device, CXL_FM_OP_CLEAR_EVENT_RECORDS, in,
			  sizeof(*in) + 2 * in->count, NULL, NULL, &retval);
}

static int fm_events(struct dcdctl_device *device, int ms,
		     void (*report)(struct dcdctl_device *device,
				    const struct dcdctl_event *event))
{
	struct pollfd pollfd = { .events = POLLIN };
	int rc = fm_open(device);

	if (rc)
		return rc;
	pollfd.fd = to_fm(device)->fd;
	if (poll(&pollfd, 1, ms) <= 0)
		return DCDCTL_DONE;
	if (pollfd.revents & (POLLHUP | POLLERR))
		return dcdctl_fail(DCDCTL_REFUSED, "%s: the device is gone",
				   dcdctl_shown_name(device));
	return fm_take_events(device, report);
}

static void fm_close(struct dcdctl_device *device)
{
	struct fm_device *fm = to_fm(device);

	if (fm->fd >= 0)
		close(fm->fd);
	free(fm);
}

const struct dcdctl_backend_ops dcdctl_fm_ops = {
	.load = dcdctl_fm_load,
	.load_extents = dcdctl_fm_load_extents,
	.add = fm_add,
	.release = fm_release,
	.set_block_size = fm_set_block_size,
	.reference = fm_reference,
	.raw = fm_raw,
	.events = fm_events,
	.close = fm_close,
};
