// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host on this machine makes of an extent: which CXL region it is in, and
 * which DAX device, in which mode.
 */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

#define CXL	"/sys/bus/cxl/devices"
#define DAX	"/sys/bus/dax/devices"
#define CLAIM	"/sys/module/cxl_dcd/parameters/claim"

/* Where a region begins in a memdev, if it is over that one */
static bool region_start(const char *region, const char *memdev, uint64_t *dpa)
{
	char decoder[DCDCTL_NAME_LEN], name[DCDCTL_NAME_LEN], port[16];

	if (!dcdctl_read_text(decoder, sizeof(decoder), CXL "/%s/target0", region) ||
	    sscanf(decoder, "decoder%15[0-9].", port) != 1 ||
	    !dcdctl_link_name(name, sizeof(name), CXL "/endpoint%s/uport", port) ||
	    strcmp(name, memdev))
		return false;
	return dcdctl_read_number(dpa, CXL "/%s/dpa_resource", decoder);
}

static void find_mode(struct dcdctl_use *use)
{
	char driver[DCDCTL_NAME_LEN];

	if (!*use->dax)
		return;
	if (!dcdctl_link_name(driver, sizeof(driver), DAX "/%s/driver", use->dax))
		snprintf(use->mode, sizeof(use->mode), "disabled");
	else if (!strcmp(driver, "device_dax"))
		snprintf(use->mode, sizeof(use->mode), "devdax");
	else if (!strcmp(driver, "kmem"))
		snprintf(use->mode, sizeof(use->mode), "system-ram");
	else
		snprintf(use->mode, sizeof(use->mode), "%s", driver);
}

/* Search the extents of a DAX region for one that begins there. */
static bool find_dax(const char *number, uint64_t offset, struct dcdctl_use *use)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	uint64_t start;
	DIR *entries;

	snprintf(path, sizeof(path), CXL "/dax_region%s", number);
	entries = opendir(path);
	if (!entries)
		return false;
	while (!found && (entry = readdir(entries))) {
		if (strncmp(entry->d_name, "extent", 6) ||
		    !dcdctl_read_number(&start, "%s/%s/offset", path, entry->d_name) ||
		    start != offset)
			continue;
		found = dcdctl_link_name(use->dax, sizeof(use->dax), "%s/%s/dax", path,
					 entry->d_name);
	}
	closedir(entries);
	return found;
}

/**
 * dcdctl_host_use() - what an extent is used for on this machine
 * @device: its device
 * @extent: the extent
 * @use: what there is; empty: none
 *
 * Return: true if a region is over the extent.
 */
bool dcdctl_host_use(const struct dcdctl_device *device, const struct dcdctl_extent *extent,
		     struct dcdctl_use *use)
{
	DIR *entries = *device->memdev ? opendir(CXL) : NULL;
	uint64_t start, size;
	struct dirent *entry;

	*use = (struct dcdctl_use) {};
	if (!entries)
		return false;
	while (!*use->region && (entry = readdir(entries))) {
		const char *name = entry->d_name;

		if (strncmp(name, "region", 6) || strlen(name) >= sizeof(use->region) ||
		    !region_start(name, device->memdev, &start) ||
		    !dcdctl_read_number(&size, CXL "/%s/size", name) ||
		    extent->dpa < start || extent->dpa - start >= size)
			continue;
		snprintf(use->region, sizeof(use->region), "%s", name);
		find_dax(name + 6, extent->dpa - start, use);
	}
	closedir(entries);
	find_mode(use);
	return *use->region;
}

/**
 * dcdctl_host_is_done() - whether the host has made what it makes of accepted extents
 * @device: their device
 * @extents: the extents
 *
 * cxl_dcd responds to the device first, and then makes the DAX device, unless users claim.
 *
 * Return: true if no DAX device is to come by itself.
 */
bool dcdctl_host_is_done(const struct dcdctl_device *device, const struct dcdctl_extents *extents)
{
	char claim[DCDCTL_NAME_LEN];
	struct dcdctl_use use;

	if (!dcdctl_read_text(claim, sizeof(claim), CLAIM) || strcmp(claim, "auto"))
		return true;
	for (size_t i = 0; i < extents->nr; i++)
		if (dcdctl_host_use(device, &extents->list[i], &use) && !*use.dax)
			return false;
	return true;
}
