// SPDX-License-Identifier: GPL-2.0-only
/* Devices, whatever back end they have: finding them, and what they consist of. */
#include <stdlib.h>
#include <string.h>

#include "device.h"

const char *const dcdctl_states[] = {
	[DCDCTL_FREE] = "free",
	[DCDCTL_PENDING] = "pending",
	[DCDCTL_ACCEPTED] = "accepted",
	[DCDCTL_RELEASING] = "releasing",
	[DCDCTL_HELD] = "held",
};

/**
 * dcdctl_shown_name() - what a device is called to the user
 * @device: the device
 *
 * Return: its memdev if it has one, else the back end's name.
 */
const char *dcdctl_shown_name(const struct dcdctl_device *device)
{
	return *device->memdev ? device->memdev : device->name;
}

static bool is_called(const struct dcdctl_device *device, const char *mem)
{
	const char *name = strncmp(mem, "/dev/cxl/", 9) ? mem : mem + 9;

	return !strcmp(device->memdev, name) || !strcmp(device->name, name) ||
	       !strcmp(device->host, name) || !strcmp(device->directory, name);
}

/* Keep the devices of this name only. */
static void select_named(struct dcdctl_devices *devices, const char *mem)
{
	size_t kept = 0;

	for (size_t i = 0; i < devices->nr; i++) {
		struct dcdctl_device *device = &devices->list[i];

		if (!is_called(device, mem)) {
			device->ops->close(device);
			continue;
		}
		if (kept != i)
			devices->list[kept] = *device;
		kept++;
	}
	devices->nr = kept;
}

/**
 * dcdctl_find() - find devices
 * @mem: memdev, name of the back end's, platform device, directory in configfs;
 *       NULL: all
 * @devices: the devices; none is no error
 *
 * Return: a status.
 */
int dcdctl_find(const char *mem, struct dcdctl_devices *devices)
{
	const char *socket = dcdctl_option("qmp");
	int rc;

	*devices = (struct dcdctl_devices) {};
	rc = socket ? dcdctl_qemu_find(socket, devices) : dcdctl_fm_find(devices);
	if (!rc && mem)
		select_named(devices, mem);
	return rc;
}

/**
 * dcdctl_find_one() - find the device that a command is for, and load it
 * @mem: its name
 * @devices: that device alone
 *
 * Return: a status.
 */
int dcdctl_find_one(const char *mem, struct dcdctl_devices *devices)
{
	int rc = dcdctl_find(mem, devices);

	if (rc)
		return rc;
	if (!devices->nr)
		return dcdctl_fail(DCDCTL_REFUSED,
				   "%s: no such device with Dynamic Capacity: see 'dcdctl list%s'",
				   mem, dcdctl_option_given("qmp") ? " --qmp ..." : "");
	if (devices->nr > 1)
		return dcdctl_fail(DCDCTL_REFUSED,
				   "%s: %zu devices have this name: use the name of a memdev", mem,
				   devices->nr);
	return devices->list[0].ops->load(&devices->list[0]);
}

static void free_content(struct dcdctl_device *device)
{
	dcdctl_extents_free(&device->extents);
	free(device->tags);
	free(device->tagged);
	device->tags = NULL;
	device->tagged = NULL;
	device->nr_tags = 0;
	device->nr_tagged = 0;
}

/**
 * dcdctl_forget() - free what dcdctl_find() has found
 * @devices: the devices
 */
void dcdctl_forget(struct dcdctl_devices *devices)
{
	for (size_t i = 0; i < devices->nr; i++) {
		free_content(&devices->list[i]);
		devices->list[i].ops->close(&devices->list[i]);
	}
	free(devices->list);
	*devices = (struct dcdctl_devices) {};
}

/**
 * dcdctl_unsupported() - say that a back end cannot do something
 * @device: the device
 * @what: what it cannot
 *
 * Return: a status.
 */
int dcdctl_unsupported(const struct dcdctl_device *device, const char *what)
{
	return dcdctl_fail(DCDCTL_REFUSED, "%s: %s: QEMU has no QMP command for that",
			   dcdctl_shown_name(device), what);
}

/**
 * dcdctl_region_of() - the DC region that an address is in
 * @device: the device
 * @dpa: the address
 *
 * Return: the region, or NULL.
 */
struct dcdctl_region *dcdctl_region_of(struct dcdctl_device *device, uint64_t dpa)
{
	for (unsigned int i = 0; i < device->nr_regions; i++) {
		struct dcdctl_region *region = &device->regions[i];

		if (dpa >= region->base && dpa - region->base < region->len)
			return region;
	}
	return NULL;
}

/**
 * dcdctl_state_of() - what a range is
 * @extents: the extents of its device
 * @dpa: its first byte
 * @len: bytes
 *
 * Return: the state of the first extent in it, free if there is none.
 */
enum dcdctl_state dcdctl_state_of(const struct dcdctl_extents *extents, uint64_t dpa, uint64_t len)
{
	for (size_t i = 0; i < extents->nr; i++) {
		const struct dcdctl_extent *extent = &extents->list[i];

		if (extent->dpa < dpa + len && dpa < extent->dpa + extent->len)
			return extent->state;
	}
	return DCDCTL_FREE;
}

/**
 * dcdctl_devices_add() - one device more
 * @devices: the devices, which may move
 *
 * Return: the device, all zero, or NULL after an error.
 */
struct dcdctl_device *dcdctl_devices_add(struct dcdctl_devices *devices)
{
	struct dcdctl_device *list;

	list = realloc(devices->list, (devices->nr + 1) * sizeof(*list));
	if (!list) {
		dcdctl_no_memory();
		return NULL;
	}
	devices->list = list;
	list[devices->nr] = (struct dcdctl_device) {};
	return &list[devices->nr++];
}

/**
 * dcdctl_count_free() - fill in what is free of each region
 * @device: the device, whose regions and extents are there
 */
void dcdctl_count_free(struct dcdctl_device *device)
{
	for (unsigned int i = 0; i < device->nr_regions; i++)
		device->regions[i].free = device->regions[i].len;
	for (size_t i = 0; i < device->extents.nr; i++) {
		struct dcdctl_region *region = dcdctl_region_of(device,
								device->extents.list[i].dpa);

		if (region)
			region->free -= device->extents.list[i].len;
	}
}
