// SPDX-License-Identifier: GPL-2.0-only
/*
 * The back end of the FM's character device: commands of CXL 3.1 7.6.7.6 by the
 * ioctl of linux/cxl_mem.h. What the FM has no command for, as offers that wait and
 * why a request was refused, the mock shows in debugfs.
 */
#include <dirent.h>
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
#include <uuid/uuid.h>
#include <linux/cxl_mem.h>
#include <cxl/dcd.h>

#include "device.h"

#define PLATFORM	"/sys/bus/platform/devices"
#define DEBUGFS		"/sys/kernel/debug/cxl_mock_dcd"
#define CONFIGFS	"/sys/kernel/config/cxl_mock_dcd"
#define PAYLOAD		4096
#define DSMAS_READ_ONLY	0x40

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

/**
 * struct fm_device - the back end's part of a device
 * @fd: the character device
 * @last_handle: of the last event that was reported
 */
struct fm_device {
	int fd;
	uint16_t last_handle;
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

	snprintf(path, sizeof(path), DEBUGFS "/%s/stats", device->host);
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
		.out = { .size = out ? PAYLOAD : 0, .payload = (uintptr_t)out },
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

/* The same; any other return code than success is a refusal. */
static int fm_command(struct dcdctl_device *device, uint16_t opcode, const void *in,
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
		return fm_command(device, opcode, in, in_len, out, out_len);
	if (out_len)
		*out_len = 0;
	printf("printf '");
	for (size_t i = 0; i < in_len; i++)
		printf("\\%03o", payload[i]);
	printf("' | dcdctl raw %s %04x\n", dcdctl_shown_name(device), opcode);
	return dcdctl_flush();
}

static int fm_load_regions(struct dcdctl_device *device)
{
	uint8_t payload[PAYLOAD];
	const struct cxl_fm_get_region_config_out *out = (void *)payload;
	size_t len;
	int rc;

	device->nr_regions = 0;
	do {
		struct cxl_fm_get_region_config_in in = {
			.region_count = DCDCTL_REGIONS_MAX,
			.start_region = device->nr_regions,
		};

		rc = fm_command(device, CXL_FM_OP_GET_REGION_CONFIG, &in, sizeof(in), payload,
				&len);
		if (rc)
			return rc;
		if (len < sizeof(*out) + out->regions_returned * sizeof(out->regions[0]) ||
		    device->nr_regions + out->regions_returned > DCDCTL_REGIONS_MAX)
			return dcdctl_fail(DCDCTL_REFUSED,
					   "%s: invalid response: %u DC regions in %zu bytes",
					   device->name, out->regions_returned, len);
		for (unsigned int i = 0; i < out->regions_returned; i++) {
			const struct cxl_fm_region_config *region = &out->regions[i];

			device->regions[device->nr_regions++] = (struct dcdctl_region) {
				.base = le64toh(region->base),
				.len = le64toh(region->len),
				.block_size = le64toh(region->block_size),
				.sharable = region->flags & CXL_FM_REGION_SHARABLE,
				.read_only = region->flags & DSMAS_READ_ONLY,
			};
		}
	} while (out->regions_returned && device->nr_regions < out->regions_available);
	return DCDCTL_DONE;
}

static bool state_of(const char *text, uint8_t *state)
{
	/* what the mock calls an offer is pending to all others */
	if (!strcmp(text, "offered"))
		text = "pending";
	for (*state = DCDCTL_PENDING; *state <= DCDCTL_HELD; ++*state)
		if (!strcmp(text, dcdctl_states[*state]))
			return true;
	return false;
}

/* All extents, those that are offered too: dpa length tag sequence region state */
static int fm_load_from_debugfs(struct dcdctl_device *device, bool *there)
{
	char path[PATH_MAX], line[256], tag[40], state[16];
	struct dcdctl_extent extent;
	int rc = DCDCTL_DONE;
	FILE *file;

	snprintf(path, sizeof(path), DEBUGFS "/%s/extents", device->host);
	file = fopen(path, "re");
	*there = file;
	if (!file)
		return DCDCTL_DONE;
	while (!rc && fgets(line, sizeof(line), file)) {
		unsigned long long dpa, len;
		unsigned int seq;

		if (sscanf(line, "%llx %llx %39s %u %*u %15s", &dpa, &len, tag, &seq, state) != 5)
			continue;
		extent = (struct dcdctl_extent) { .dpa = dpa, .len = len, .seq = seq };
		if (uuid_parse(tag, extent.tag) || !state_of(state, &extent.state))
			continue;
		rc = dcdctl_extents_add(&device->extents, &extent);
	}
	fclose(file);
	return rc;
}

/* What the host has, for where there is no debugfs. */
static int fm_load_accepted(struct dcdctl_device *device)
{
	uint8_t payload[PAYLOAD];
	const struct cxl_fm_get_extent_lists_out *out = (void *)payload;
	size_t len;
	int rc;

	do {
		struct cxl_fm_get_extent_lists_in in = {
			.count = htole32(UINT32_MAX),
			.start = htole32(device->extents.nr),
		};

		rc = fm_command(device, CXL_FM_OP_GET_EXTENT_LISTS, &in, sizeof(in), payload,
				&len);
		if (rc)
			return rc;
		for (uint32_t i = 0; !rc && i < le32toh(out->returned) &&
		     sizeof(*out) + (i + 1) * sizeof(out->extents[0]) <= len; i++) {
			struct dcdctl_extent extent = {
				.dpa = le64toh(out->extents[i].start_dpa),
				.len = le64toh(out->extents[i].length),
				.seq = le16toh(out->extents[i].shared_seq),
				.state = DCDCTL_ACCEPTED,
			};

			memcpy(extent.tag, out->extents[i].tag, sizeof(extent.tag));
			rc = dcdctl_extents_add(&device->extents, &extent);
		}
	} while (!rc && out->returned && device->extents.nr < le32toh(out->total));
	return rc;
}

static int fm_load_extents(struct dcdctl_device *device)
{
	bool there;
	int rc;

	dcdctl_extents_free(&device->extents);
	rc = fm_load_from_debugfs(device, &there);
	if (!rc && !there)
		rc = fm_load_accepted(device);
	dcdctl_count_free(device);
	return rc;
}

static int fm_load_tags(struct dcdctl_device *device)
{
	uint8_t payload[PAYLOAD];
	const struct cxl_fm_list_tags_out *out = (void *)payload;
	uint32_t nr;
	size_t len;
	int rc;

	do {
		struct cxl_fm_list_tags_in in = {
			.start = htole32(device->nr_tags),
			.count = htole32(UINT32_MAX),
		};
		struct dcdctl_tag *tags;

		rc = fm_command(device, CXL_FM_OP_LIST_TAGS, &in, sizeof(in), payload, &len);
		if (rc)
			return rc;
		nr = le32toh(out->returned);
		if (len < sizeof(*out) + nr * sizeof(out->tags[0]))
			return dcdctl_fail(DCDCTL_REFUSED,
					   "%s: invalid response: %u tags in %zu bytes",
					   device->name, nr, len);
		tags = realloc(device->tags, (device->nr_tags + nr + 1) * sizeof(*tags));
		if (!tags)
			return dcdctl_no_memory();
		device->tags = tags;
		for (uint32_t i = 0; i < nr; i++) {
			struct dcdctl_tag *tag = &tags[device->nr_tags++];

			*tag = (struct dcdctl_tag) {
				.referenced = out->tags[i].flags & CXL_FM_TAG_REFERENCED,
				.accepted = out->tags[i].hosts[0] & 1,
				.pending = out->tags[i].pending_hosts[0] & 1,
			};
			memcpy(tag->tag, out->tags[i].tag, sizeof(tag->tag));
		}
	} while (nr && device->nr_tags < le32toh(out->total));
	return DCDCTL_DONE;
}

/* Tagged backends, which the FM has no command for: tag size kind state */
static int fm_load_tagged(struct dcdctl_device *device)
{
	char path[PATH_MAX], line[256];
	FILE *file;

	snprintf(path, sizeof(path), DEBUGFS "/%s/backends", device->host);
	file = fopen(path, "re");
	if (!file)
		return DCDCTL_DONE;
	while (fgets(line, sizeof(line), file)) {
		struct dcdctl_tagged tagged = {}, *list;
		unsigned long long size;
		char tag[40];

		if (sscanf(line, "%39s %llx %15s %15s", tag, &size, tagged.kind,
			   tagged.state) != 4 || uuid_parse(tag, tagged.tag))
			continue;
		tagged.size = size;
		list = realloc(device->tagged, (device->nr_tagged + 1) * sizeof(*list));
		if (!list)
			break;
		device->tagged = list;
		list[device->nr_tagged++] = tagged;
	}
	fclose(file);
	return DCDCTL_DONE;
}

static int fm_load(struct dcdctl_device *device)
{
	return fm_load_regions(device) ?: fm_load_extents(device) ?: fm_load_tags(device) ?:
	       fm_load_tagged(device);
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
	uint8_t payload[PAYLOAD] = {};
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

static bool was_there(const struct dcdctl_extents *before, const struct dcdctl_extent *extent)
{
	for (size_t i = 0; i < before->nr; i++)
		if (before->list[i].dpa == extent->dpa && before->list[i].len == extent->len &&
		    before->list[i].state == extent->state)
			return true;
	return false;
}

/* The extents of the tag that were not there, or not offered, before the request */
static int fm_find_added(struct dcdctl_device *device, const struct dcdctl_extents *before,
			 struct dcdctl_request *request)
{
	int rc = DCDCTL_DONE;

	for (size_t i = 0; !rc && i < device->extents.nr; i++) {
		const struct dcdctl_extent *extent = &device->extents.list[i];

		if (!memcmp(extent->tag, request->tag, DCDCTL_TAG_LEN) &&
		    !was_there(before, extent))
			rc = dcdctl_extents_add(&request->extents, extent);
	}
	return rc;
}

static int fm_add(struct dcdctl_device *device, struct dcdctl_request *request)
{
	struct dcdctl_extents before;
	int rc = fm_open(device);

	if (rc)
		return rc;
	/* so that what is new is ours, whoever else adds something now */
	flock(to_fm(device)->fd, LOCK_EX);
	rc = fm_load_extents(device);
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
		rc = fm_load_extents(device) ?: fm_find_added(device, &before, request);
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
	uint8_t payload[PAYLOAD], clear[sizeof(struct cxl_fm_clear_events_in) + 2 * 64];
	struct cxl_fm_clear_events_in *in = (void *)clear;
	const struct cxl_fm_get_events_out *out = (void *)payload;
	struct fm_device *fm = to_fm(device);
	uint8_t log = CXL_FM_LOG_DC;
	uint32_t retval;
	size_t len;
	int rc;

	rc = fm_command(device, CXL_FM_OP_GET_EVENT_RECORDS, &log, sizeof(log), payload, &len);
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

static const struct dcdctl_backend_ops fm_ops = {
	.load = fm_load,
	.load_extents = fm_load_extents,
	.add = fm_add,
	.release = fm_release,
	.set_block_size = fm_set_block_size,
	.reference = fm_reference,
	.raw = fm_raw,
	.events = fm_events,
	.close = fm_close,
};

/* The directory in configfs that a device is made of has its serial number. */
static void fm_find_directory(struct dcdctl_device *device)
{
	DIR *entries = opendir(CONFIGFS);
	struct dirent *entry;
	uint64_t serial, live;

	if (!entries)
		return;
	while ((entry = readdir(entries))) {
		const char *name = entry->d_name;

		if (*name == '.' || strlen(name) >= sizeof(device->directory) ||
		    !dcdctl_read_number(&serial, CONFIGFS "/%s/serial", name) ||
		    !dcdctl_read_number(&live, CONFIGFS "/%s/live", name) || !live ||
		    serial != device->serial)
			continue;
		snprintf(device->directory, sizeof(device->directory), "%s", name);
		break;
	}
	closedir(entries);
}

/* Its path ends in BRIDGE/PORT/PLATFORM. */
static void fm_find_bridge(struct dcdctl_device *device, const char *dir)
{
	char path[PATH_MAX], *bridge;

	if (!realpath(dir, path))
		return;
	for (int i = 0; i < 2; i++) {
		bridge = strrchr(path, '/');
		if (!bridge)
			return;
		*bridge = '\0';
	}
	bridge = strrchr(path, '/');
	if (bridge)
		snprintf(device->bridge, sizeof(device->bridge), "%s", bridge + 1);
}

static int fm_add_device(struct dcdctl_devices *devices, const char *platform, const char *name)
{
	struct dcdctl_device *device = dcdctl_devices_add(devices);
	struct fm_device *fm = malloc(sizeof(*fm));
	char dir[PATH_MAX];

	if (!device || !fm) {
		free(fm);
		if (device)
			devices->nr--;
		return dcdctl_no_memory();
	}
	*fm = (struct fm_device) { .fd = -1 };
	device->ops = &fm_ops;
	device->private = fm;
	snprintf(device->name, sizeof(device->name), "%s", name);
	snprintf(device->host, sizeof(device->host), "%s", platform);
	snprintf(dir, sizeof(dir), PLATFORM "/%s", platform);
	dcdctl_find_entry(device->memdev, sizeof(device->memdev), dir, "mem");
	fm_find_bridge(device, dir);
	device->has_serial = *device->memdev &&
		dcdctl_read_number(&device->serial, "%s/%s/serial", dir, device->memdev);
	if (device->has_serial)
		fm_find_directory(device);
	return DCDCTL_DONE;
}

static int by_memdev(const void *a, const void *b)
{
	const struct dcdctl_device *left = a, *right = b;

	return strverscmp(dcdctl_shown_name(left), dcdctl_shown_name(right));
}

/**
 * dcdctl_fm_find() - find the mock's devices
 * @devices: the devices
 *
 * Return: a status.
 */
int dcdctl_fm_find(struct dcdctl_devices *devices)
{
	DIR *entries = opendir(PLATFORM);
	char name[DCDCTL_NAME_LEN];
	struct dirent *entry;
	int rc = DCDCTL_DONE;

	if (!entries)
		return dcdctl_fail(DCDCTL_REFUSED, "%s: %s: is sysfs mounted?", PLATFORM,
				   strerror(errno));
	while (!rc && (entry = readdir(entries)))
		if (!strncmp(entry->d_name, "cxl_mock_dcd.", 13) &&
		    dcdctl_link_name(name, sizeof(name), PLATFORM "/%s/fm", entry->d_name))
			rc = fm_add_device(devices, entry->d_name, name);
	closedir(entries);
	if (devices->nr)
		qsort(devices->list, devices->nr, sizeof(*devices->list), by_memdev);
	return rc;
}
