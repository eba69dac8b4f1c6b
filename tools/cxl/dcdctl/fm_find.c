// SPDX-License-Identifier: GPL-2.0-only
/* Which devices the mock has, and what belongs to each in sysfs and configfs. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "fm.h"

#define PLATFORM	"/sys/bus/platform/devices"
#define CONFIGFS	"/sys/kernel/config/cxl_mock_dcd"

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
	device->ops = &dcdctl_fm_ops;
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
