// SPDX-License-Identifier: GPL-2.0-only
/*
 * The back end of QEMU's cxl-type3 device. QMP can add and release capacity, and
 * tells nothing; but why it refuses does. A request of two extents, of which the
 * second has no length, is always refused, and says before that what is the matter
 * with the first: so a range is asked about without doing anything to it.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "qmp.h"

#define PERIPHERAL	"/machine/peripheral"
#define MEMDEVS		"/sys/bus/cxl/devices"
/* QEMU's, for each of its DC regions */
#define BLOCK_SIZE	(2ULL << 20)
/* its commands that change something */
#define ADD		"cxl-add-dynamic-capacity"
#define RELEASE		"cxl-release-dynamic-capacity"
/* between two looks of monitor */
#define LOOK_MS		250

/* What QEMU says of a range, by a part of its text */
#define SAYS_FREE	"0 length"
#define SAYS_PENDING	"pending"
#define SAYS_ACCEPTED	"already accessible"

/**
 * struct qemu_link - a connection that all devices of it share
 * @socket: where it leads
 * @qmp: the connection, NULL: closed, to be opened when it is needed
 * @users: how many devices
 */
struct qemu_link {
	const char *socket;
	struct dcdctl_qmp *qmp;
	unsigned int users;
};

static int execute(struct qemu_link *link, const char *command, struct json_object *arguments,
		   struct json_object **answer, char *error, size_t room)
{
	*error = '\0';
	if (!link->qmp)
		link->qmp = dcdctl_qmp_open(link->socket);
	if (link->qmp)
		return dcdctl_qmp_execute(link->qmp, command, arguments, answer, error, room);
	json_object_put(arguments);
	return DCDCTL_REFUSED;
}

/* A command that changes something; if that is not to be, its line */
static int change(struct qemu_link *link, const char *command, struct json_object *arguments,
		  char *error, size_t room)
{
	struct json_object *line;

	if (!dcdctl_is_dry())
		return execute(link, command, arguments, NULL, error, room);
	*error = '\0';
	line = json_object_new_object();
	json_object_object_add(line, "execute", json_object_new_string(command));
	json_object_object_add(line, "arguments", arguments);
	printf("%s\n", json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN |
						      JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(line);
	return dcdctl_flush();
}

/* QEMU listens to one at a time. */
static void hang_up(struct qemu_link *link)
{
	if (link->qmp)
		dcdctl_qmp_close(link->qmp);
	link->qmp = NULL;
}

static void path_of(const struct dcdctl_device *device, char *path, size_t room)
{
	snprintf(path, room, PERIPHERAL "/%s", device->name);
}

/* A property of an object; NULL: it has none, or an error has been printed */
static struct json_object *get_property(struct qemu_link *link, const char *path,
					const char *name)
{
	struct json_object *arguments = json_object_new_object(), *answer = NULL;
	char error[256];

	json_object_object_add(arguments, "path", json_object_new_string(path));
	json_object_object_add(arguments, "property", json_object_new_string(name));
	execute(link, "qom-get", arguments, &answer, error, sizeof(error));
	return answer;
}

static uint64_t get_number(struct qemu_link *link, const char *path, const char *name)
{
	struct json_object *value = get_property(link, path, name);
	uint64_t number = json_object_get_uint64(value);

	json_object_put(value);
	return number;
}

static struct json_object *range_object(uint64_t offset, uint64_t len)
{
	struct json_object *range = json_object_new_object();

	json_object_object_add(range, "offset", json_object_new_uint64(offset));
	json_object_object_add(range, "len", json_object_new_uint64(len));
	return range;
}

/* The arguments that addition and release have in common; takes @ranges */
static struct json_object *request_object(struct dcdctl_device *device, const char *policy,
					  unsigned int region, struct json_object *ranges)
{
	struct json_object *arguments = json_object_new_object();
	char path[DCDCTL_NAME_LEN + 32];

	path_of(device, path, sizeof(path));
	json_object_object_add(arguments, "path", json_object_new_string(path));
	json_object_object_add(arguments, "host-id", json_object_new_int(0));
	json_object_object_add(arguments, policy, json_object_new_string("prescriptive"));
	json_object_object_add(arguments, "region", json_object_new_int(region));
	json_object_object_add(arguments, "extents", ranges);
	return arguments;
}

/* The arguments of an addition; takes @ranges */
static struct json_object *adding(struct dcdctl_device *device, unsigned int region,
				  const char *tag, struct json_object *ranges)
{
	struct json_object *arguments;

	arguments = request_object(device, "selection-policy", region, ranges);
	json_object_object_add(arguments, "tag", json_object_new_string(tag));
	return arguments;
}

/* The arguments of a release; takes @ranges */
static struct json_object *removing(struct dcdctl_device *device, unsigned int region,
				    bool forced, struct json_object *ranges)
{
	struct json_object *arguments;

	arguments = request_object(device, "removal-policy", region, ranges);
	if (forced)
		json_object_object_add(arguments, "forced-removal", json_object_new_boolean(true));
	return arguments;
}

/* A range, and one that is always refused */
static struct json_object *question(uint64_t offset, uint64_t len)
{
	struct json_object *ranges = json_object_new_array();

	json_object_array_add(ranges, range_object(offset, len));
	json_object_array_add(ranges, range_object(0, 0));
	return ranges;
}

/* What is in a range, at least in a part of it */
static int ask(struct dcdctl_device *device, unsigned int region, uint64_t offset, uint64_t len,
	       enum dcdctl_state *state)
{
	char error[256];
	int rc;

	rc = execute(device->private, ADD, adding(device, region, "", question(offset, len)),
		     NULL, error, sizeof(error));

	if (rc && !*error)
		return rc;
	if (strstr(error, SAYS_ACCEPTED))
		*state = DCDCTL_ACCEPTED;
	else if (strstr(error, SAYS_PENDING))
		*state = DCDCTL_PENDING;
	else if (strstr(error, SAYS_FREE))
		*state = DCDCTL_FREE;
	else
		return dcdctl_fail(DCDCTL_REFUSED,
				   "%s: cannot read the state of %#llx bytes at %#llx of DC region %u: QEMU says: %s",
				   device->name, (unsigned long long)len,
				   (unsigned long long)offset, region,
				   *error ? error : "nothing");
	return DCDCTL_DONE;
}

/* Whether all of a range is accepted */
static bool is_whole(struct dcdctl_device *device, unsigned int region, uint64_t offset,
		     uint64_t len)
{
	char error[256];

	execute(device->private, RELEASE, removing(device, region, false, question(offset, len)),
		NULL, error, sizeof(error));
	return strstr(error, SAYS_FREE);
}

/* Behind the last one, or one with it: QEMU does not tell extents apart. */
static int append(struct dcdctl_device *device, uint64_t dpa, uint64_t len,
		  enum dcdctl_state state)
{
	struct dcdctl_extents *extents = &device->extents;
	struct dcdctl_extent *last = extents->nr ? &extents->list[extents->nr - 1] : NULL;

	if (last && last->state == state && last->dpa + last->len == dpa &&
	    dcdctl_region_of(device, last->dpa) == dcdctl_region_of(device, dpa)) {
		last->len += len;
		return DCDCTL_DONE;
	}
	return dcdctl_extents_add(extents, &(struct dcdctl_extent) {
		.dpa = dpa, .len = len, .state = state,
	});
}

static int search(struct dcdctl_device *device, unsigned int region, uint64_t offset, uint64_t len)
{
	uint64_t base = device->regions[region].base, half;
	enum dcdctl_state state;
	int rc = ask(device, region, offset, len, &state);

	if (rc || state == DCDCTL_FREE)
		return rc;
	if (len == BLOCK_SIZE ||
	    (state == DCDCTL_ACCEPTED && is_whole(device, region, offset, len)))
		return append(device, base + offset, len, state);
	half = len / BLOCK_SIZE / 2 * BLOCK_SIZE;
	return search(device, region, offset, half) ?:
	       search(device, region, offset + half, len - half);
}

static int qemu_load_extents(struct dcdctl_device *device)
{
	int rc = DCDCTL_DONE;

	dcdctl_extents_free(&device->extents);
	for (unsigned int i = 0; !rc && i < device->nr_regions; i++)
		rc = search(device, i, 0, device->regions[i].len);
	dcdctl_count_free(device);
	return rc;
}

static int qemu_load(struct dcdctl_device *device)
{
	struct qemu_link *link = device->private;
	char path[DCDCTL_NAME_LEN + 32];
	struct json_object *backend;
	uint64_t size = 0, len;

	path_of(device, path, sizeof(path));
	backend = get_property(link, path, "volatile-dc-memdev");
	if (backend)
		size = get_number(link, json_object_get_string(backend), "size");
	json_object_put(backend);
	len = size / device->nr_regions;
	if (!len || len % BLOCK_SIZE)
		return dcdctl_fail(DCDCTL_REFUSED,
				   "%s: invalid answer from QEMU: %u DC regions in %llu bytes",
				   device->name, device->nr_regions, (unsigned long long)size);
	for (unsigned int i = 0; i < device->nr_regions; i++)
		device->regions[i] = (struct dcdctl_region) {
			.base = i * len, .len = len, .block_size = BLOCK_SIZE,
		};
	return qemu_load_extents(device);
}

static int take(struct dcdctl_request *request, uint64_t dpa, uint64_t len)
{
	struct dcdctl_extent extent = { .dpa = dpa, .len = len, .state = DCDCTL_PENDING };

	memcpy(extent.tag, request->tag, sizeof(extent.tag));
	return dcdctl_extents_add(&request->extents, &extent);
}

static int take_places(struct dcdctl_request *request)
{
	int rc = DCDCTL_DONE;

	for (size_t i = 0; !rc && i < request->places.nr; i++)
		rc = take(request, request->places.list[i].dpa, request->places.list[i].len);
	return rc;
}

/* QEMU chooses nothing itself: what is free, from the beginning on, or all of a gap */
static int choose(struct dcdctl_device *device, struct dcdctl_request *request)
{
	const struct dcdctl_region *region = &device->regions[request->region];
	uint64_t at = region->base, end = region->base + region->len, left = request->len;
	bool whole = request->policy == DCDCTL_POLICY_CONTIGUOUS;
	int rc = DCDCTL_DONE;

	for (size_t i = 0; !rc && left && at < end; i++) {
		bool last = i == device->extents.nr;
		uint64_t next = last ? end : device->extents.list[i].dpa, gap;

		if (!last && next < at)
			continue;
		gap = next > end ? end - at : next - at;
		if (gap && (!whole || gap >= left)) {
			rc = take(request, at, gap < left ? gap : left);
			left -= gap < left ? gap : left;
		}
		if (last || next >= end)
			break;
		at = next + device->extents.list[i].len;
	}
	if (rc || !left)
		return rc;
	return dcdctl_fail(DCDCTL_REFUSED, "%s: %s%s are not free in DC region %u, of which %s are",
			   dcdctl_shown_name(device), dcdctl_size_text(request->len).text,
			   whole ? " in one piece" : "", request->region,
			   dcdctl_size_text(region->free).text);
}

static struct json_object *ranges_of(const struct dcdctl_device *device, unsigned int region,
				     const struct dcdctl_extents *extents)
{
	struct json_object *ranges = json_object_new_array();

	for (size_t i = 0; i < extents->nr; i++)
		json_object_array_add(ranges, range_object(extents->list[i].dpa -
							   device->regions[region].base,
							   extents->list[i].len));
	return ranges;
}

static int qemu_add(struct dcdctl_device *device, struct dcdctl_request *request)
{
	char tag[DCDCTL_UUID_TEXT] = "", error[256];
	int rc;

	if (request->policy == DCDCTL_POLICY_SHARED)
		return dcdctl_unsupported(device, "--shared");
	rc = request->places.nr ? take_places(request) : choose(device, request);
	if (rc)
		return rc;

	if (!dcdctl_tag_is_null(request->tag))
		dcdctl_tag_text(request->tag, tag);
	rc = change(device->private, ADD,
		    adding(device, request->region, tag,
			   ranges_of(device, request->region, &request->extents)),
		    error, sizeof(error));
	if (rc && *error)
		return dcdctl_fail(rc, "%s: refused by QEMU: %s", dcdctl_shown_name(device),
				   error);
	return rc;
}

static int qemu_release(struct dcdctl_device *device, const struct dcdctl_request *request)
{
	char error[256];
	int rc;

	if (!request->places.nr)
		return dcdctl_fail(DCDCTL_REFUSED,
				   "%s: QEMU cannot release by tag: use --at and --size",
				   dcdctl_shown_name(device));
	rc = change(device->private, RELEASE,
		    removing(device, request->region, request->forced,
			     ranges_of(device, request->region, &request->places)),
		    error, sizeof(error));
	if (rc && *error)
		return dcdctl_fail(rc, "%s: refused by QEMU: %s", dcdctl_shown_name(device),
				   error);
	return rc;
}

static bool has_extent(const struct dcdctl_extents *extents, const struct dcdctl_extent *extent)
{
	for (size_t i = 0; i < extents->nr; i++)
		if (extents->list[i].dpa == extent->dpa && extents->list[i].len == extent->len &&
		    extents->list[i].state == extent->state)
			return true;
	return false;
}

/* What is in one list and not in the other is an event. */
static void report_changes(struct dcdctl_device *device, const struct dcdctl_extents *from,
			   const struct dcdctl_extents *to, bool gone,
			   void (*report)(struct dcdctl_device *device,
					  const struct dcdctl_event *event))
{
	for (size_t i = 0; i < from->nr; i++) {
		struct dcdctl_event event = { .extent = from->list[i] };

		if (has_extent(to, &from->list[i]))
			continue;
		if (gone && (from->list[i].state == DCDCTL_PENDING ||
			     dcdctl_state_of(to, event.extent.dpa, event.extent.len)))
			continue;
		event.type = gone ? "released" : dcdctl_states[from->list[i].state];
		report(device, &event);
	}
}

static int qemu_events(struct dcdctl_device *device, int ms,
		       void (*report)(struct dcdctl_device *device,
				      const struct dcdctl_event *event))
{
	struct dcdctl_extents before = device->extents;
	int rc;

	hang_up(device->private);
	dcdctl_pause(ms < LOOK_MS ? ms : LOOK_MS);
	device->extents = (struct dcdctl_extents) {};
	rc = qemu_load_extents(device);
	if (!rc) {
		report_changes(device, &before, &device->extents, true, report);
		report_changes(device, &device->extents, &before, false, report);
	}
	dcdctl_extents_free(&before);
	return rc;
}

static void qemu_close(struct dcdctl_device *device)
{
	struct qemu_link *link = device->private;

	if (--link->users)
		return;
	hang_up(link);
	free(link);
}

static const struct dcdctl_backend_ops qemu_ops = {
	.load = qemu_load,
	.load_extents = qemu_load_extents,
	.add = qemu_add,
	.release = qemu_release,
	.events = qemu_events,
	.close = qemu_close,
};

/*
 * The memdev that a device of QEMU's is in this machine, where QEMU runs it: that on
 * PCI with DC regions, if there is one. cxl_dcd makes the regions' directories.
 */
static void find_memdev(struct dcdctl_device *device)
{
	DIR *entries = opendir(MEMDEVS);
	unsigned int found = 0;
	struct dirent *entry;
	uint64_t base;

	if (!entries)
		return;
	while ((entry = readdir(entries))) {
		char host[DCDCTL_NAME_LEN];
		const char *name = entry->d_name;

		if (strncmp(name, "mem", 3) || strlen(name) >= sizeof(device->memdev) ||
		    !dcdctl_read_number(&base, MEMDEVS "/%s/dc_region0/base", name) ||
		    !dcdctl_link_name(host, sizeof(host), MEMDEVS "/%s/..", name) ||
		    !strchr(host, ':'))
			continue;
		found++;
		snprintf(device->memdev, sizeof(device->memdev), "%s", name);
		snprintf(device->host, sizeof(device->host), "%s", host);
	}
	closedir(entries);
	if (found == 1)
		return;
	*device->memdev = '\0';
	*device->host = '\0';
}

static int add_device(struct dcdctl_devices *devices, struct qemu_link *link, const char *name)
{
	char path[DCDCTL_NAME_LEN + 32];
	struct dcdctl_device *device;
	uint64_t regions;

	if (strlen(name) >= DCDCTL_NAME_LEN)
		return DCDCTL_DONE;
	snprintf(path, sizeof(path), PERIPHERAL "/%s", name);
	regions = get_number(link, path, "num-dc-regions");
	if (!regions || regions > DCDCTL_REGIONS_MAX)
		return DCDCTL_DONE;
	device = dcdctl_devices_add(devices);
	if (!device)
		return DCDCTL_REFUSED;
	device->ops = &qemu_ops;
	device->private = link;
	device->nr_regions = regions;
	link->users++;
	snprintf(device->name, sizeof(device->name), "%s", name);
	device->serial = get_number(link, path, "sn");
	device->has_serial = device->serial && device->serial != UINT64_MAX;
	return DCDCTL_DONE;
}

static int list_devices(struct dcdctl_devices *devices, struct qemu_link *link)
{
	struct json_object *arguments = json_object_new_object(), *list = NULL;
	char error[256];
	int rc;

	json_object_object_add(arguments, "path", json_object_new_string(PERIPHERAL));
	rc = execute(link, "qom-list", arguments, &list, error, sizeof(error));
	if (rc && *error)
		return dcdctl_fail(rc, "QEMU does not list its devices: %s", error);
	for (size_t i = 0; !rc && i < json_object_array_length(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i), *type, *name;

		if (json_object_object_get_ex(entry, "type", &type) &&
		    json_object_object_get_ex(entry, "name", &name) &&
		    !strcmp(json_object_get_string(type), "child<cxl-type3>"))
			rc = add_device(devices, link, json_object_get_string(name));
	}
	json_object_put(list);
	return rc;
}

/**
 * dcdctl_qemu_find() - find QEMU's devices
 * @socket: its QMP socket, or a port that leads there
 * @devices: those that have an id and DC regions
 *
 * Return: a status.
 */
int dcdctl_qemu_find(const char *socket, struct dcdctl_devices *devices)
{
	struct qemu_link *link = calloc(1, sizeof(*link));
	int rc;

	if (!link)
		return dcdctl_no_memory();
	link->socket = socket;
	rc = list_devices(devices, link);
	if (!devices->nr) {
		hang_up(link);
		free(link);
	} else if (devices->nr == 1 && link->qmp && dcdctl_qmp_is_local(link->qmp)) {
		find_memdev(&devices->list[0]);
	}
	return rc;
}
