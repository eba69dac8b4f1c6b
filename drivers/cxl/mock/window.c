// SPDX-License-Identifier: GPL-2.0-only
/* The window: host physical address space without memory, unless it is on reserved memory. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/align.h>
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/sprintf.h>

#include "mock.h"

#define WINDOW_STEP		SZ_1G

/*
 * The devices that have a window, by their @windows. The lock is also held
 * between looking whether memory has a window and making one.
 */
static LIST_HEAD(windows);
static DEFINE_MUTEX(windows_lock);

static struct resource describe(u64 base, u64 size)
{
	return (struct resource) {
		.name = "CXL Window (mock)",
		.start = base,
		.end = base + size - 1,
		.flags = IORESOURCE_MEM,
	};
}

static int claim(struct resource *window, u64 base, u64 size)
{
	*window = describe(base, size);
	return request_resource(&iomem_resource, window);
}

/* End of the addresses that the machine has and regions are allocated from. */
static u64 address_end(void)
{
	return min_t(u64, iomem_resource.end, mhp_get_pluggable_range(true).end) + 1;
}

/* Allocate the lowest free range that is not below @min. */
static int claim_above(struct resource *window, u64 min, u64 size)
{
	*window = describe(0, size);
	return allocate_resource(&iomem_resource, window, size, min, address_end() - 1,
				 WINDOW_STEP, NULL, NULL);
}

/*
 * Allocate the highest free range, far from everything else. If a range above an address is
 * free, so is one above each lower address, so the highest is found by bisection.
 */
static int claim_highest(struct resource *window, u64 size)
{
	u64 low = CXL_MOCK_WINDOW_MIN_BASE;
	u64 high = ALIGN(address_end(), WINDOW_STEP);

	while (low + WINDOW_STEP < high) {
		u64 middle = ALIGN_DOWN(low + (high - low) / 2, WINDOW_STEP);

		if (claim_above(window, middle, size)) {
			high = middle;
			continue;
		}
		low = window->start;
		release_resource(window);
	}
	return claim_above(window, low, size) ? -ENOSPC : 0;
}

/* The free range for a window of @size, as the end of a log line. */
struct free_place {
	char text[48];
};

static struct free_place free_place(u64 size)
{
	struct free_place place = {};
	struct resource window;

	if (claim_highest(&window, size))
		return place;
	release_resource(&window);
	snprintf(place.text, sizeof(place.text), "; free space is at %#llx",
		 (u64)window.start);
	return place;
}

/* Place the window at window_base; without window_size, as large as fits there. */
static int claim_fixed(const struct cxl_mock_config *config,
		       struct resource *window)
{
	u64 unit = CXL_MOCK_CAPACITY_UNIT * cxl_mock_config_windows(config);
	u64 size = cxl_mock_config_window(config);
	u64 base = config->window_base;
	u64 end = address_end();
	int rc;

	if (!config->window_size && base < end)
		size = clamp(ALIGN_DOWN(end - base, unit), unit, size);

	if (base >= end || size > end - base) {
		pr_err("window_base=%#llx: a window of %s does not fit, the address space of this machine ends at %#llx%s\n",
		       base, cxl_mock_size(size).text, end, free_place(size).text);
		return -ERANGE;
	}

	rc = claim(window, base, size);
	if (rc)
		pr_err("window_base=%#llx: a window of %s collides with an entry of /proc/iomem%s\n",
		       base, cxl_mock_size(size).text, free_place(size).text);
	return rc;
}

/* Place the window where it fits; without window_size, halve it until it does. */
static int claim_free(const struct cxl_mock_config *config,
		      struct resource *window)
{
	u64 unit = CXL_MOCK_CAPACITY_UNIT * cxl_mock_config_windows(config);
	u64 size = cxl_mock_config_window(config);

	while (claim_highest(window, size)) {
		if (config->window_size) {
			pr_err("window_size=%s: no free space of that size between 4G and %#llx; omit it to use what fits\n",
			       cxl_mock_size(size).text, address_end());
			return -ENOSPC;
		}
		if (size < 2 * unit) {
			pr_err("dc_total_size=%s: no free space for a window between 4G and %#llx, not even of %s; remove another device\n",
			       cxl_mock_size(config->dc_total_size).text, address_end(),
			       cxl_mock_size(size).text);
			return -ENOSPC;
		}
		size = ALIGN_DOWN(size / 2, unit);
	}
	return 0;
}

/*
 * Memory that the kernel was booted without is reserved like what the firmware
 * reserves (aside.c); but the firmware's has drivers, which mark what they use as busy.
 */
static bool is_reserved(u64 base, u64 size)
{
	return region_intersects(base, size, IORESOURCE_MEM, IORES_DESC_RESERVED) ==
		       REGION_INTERSECTS &&
	       region_intersects(base, size, IORESOURCE_BUSY, IORES_DESC_NONE) ==
		       REGION_DISJOINT;
}

/*
 * Whether some of the memory is still System RAM: the device was removed while it was
 * online, and it stays so until the next boot.
 */
static bool is_kept(u64 base, u64 size)
{
	return region_intersects(base, size, IORESOURCE_MEM, IORES_DESC_RESERVED) ==
		       REGION_INTERSECTS &&
	       region_intersects(base, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
		       REGION_DISJOINT;
}

/* Whether the window would be on memory that the kernel was booted without. */
static bool is_on_memory(const struct cxl_mock_config *config)
{
	u64 size = cxl_mock_config_window(config);
	u64 base = config->window_base;

	return base && size <= -base && (is_reserved(base, size) || is_kept(base, size));
}

/*
 * Put a window below what /proc/iomem says of that memory. Regions go below the
 * window, where nothing else may be, but a resource of the same range as another
 * is inserted above it; so for that moment it is a byte shorter.
 */
static int insert_below(struct resource *window, u64 base, u64 size)
{
	int rc;

	*window = describe(base, size - 1);
	window->desc = IORES_DESC_CXL;
	rc = insert_resource(&iomem_resource, window);
	if (rc)
		return rc;
	if (!window->child)
		rc = adjust_resource(window, base, size);
	if (window->child || rc) {
		remove_resource(window);
		return -EBUSY;
	}
	return 0;
}

/*
 * On memory that the kernel was booted without: loads and stores are real. That
 * memory may have one window: else what one host writes another would read.
 */
static int claim_reserved(const struct cxl_mock_config *config, struct resource *window)
{
	u64 size = cxl_mock_config_window(config);
	u64 base = config->window_base;
	int rc;

	/* first, as regions of the other window may be in use, which is_on_memory() refuses */
	if (base && size <= -base &&
	    region_intersects(base, size, IORESOURCE_MEM, IORES_DESC_CXL) != REGION_DISJOINT) {
		pr_err("window_base=%#llx: a window of %s overlaps another window on that memory: use memory outside it\n",
		       base, cxl_mock_size(size).text);
		return -EBUSY;
	}
	if (is_on_memory(config) && is_kept(base, size)) {
		pr_err("window_base=%#llx: part of a window of %s is System RAM until the next boot, offline or not: use memory outside it, or reboot\n",
		       base, cxl_mock_size(size).text);
		return -EBUSY;
	}
	if (!is_on_memory(config)) {
		pr_err("window_base=%s: dc_backing=reserved needs %s of reserved memory there: boot with %s\n",
		       cxl_mock_hex(base).text, cxl_mock_size(size).text,
		       cxl_mock_keep_aside(base ?: CXL_MOCK_WINDOW_MIN_BASE, size).text);
		return -EINVAL;
	}
	rc = insert_below(window, base, size);
	if (rc)
		pr_err("window_base=%#llx: a window of %s is not within one reserved range of /proc/iomem: use one that is\n",
		       base, cxl_mock_size(size).text);
	return rc;
}

static int find_place(struct cxl_mock *mock)
{
	const struct cxl_mock_config *config = &mock->config;

	mock->memory = config->dc_backing == CXL_DC_BACKING_RESERVED ||
		       (config->dc_backing == CXL_DC_BACKING_NONE && is_on_memory(config));
	if (mock->memory)
		return claim_reserved(config, &mock->window);
	if (config->window_base)
		return claim_fixed(config, &mock->window);
	return claim_free(config, &mock->window);
}

/* The first of two windows is the first half, and has all that is not the other's. */
static int split(struct cxl_mock *mock)
{
	u64 half = resource_size(&mock->window) / 2;

	if (cxl_mock_config_windows(&mock->config) < 2)
		return 0;
	mock->other_window = describe(mock->window.start + half, half);
	return request_resource(&mock->window, &mock->other_window);
}

/* Existing regions stay where they are. */
static void window_free(struct cxl_mock *mock)
{
	if (mock->other_window.parent)
		release_resource(&mock->other_window);
	if (mock->memory)
		remove_resource(&mock->window);
	else
		release_resource(&mock->window);
}

/**
 * cxl_mock_window_claim() - find and claim the window of a device
 * @mock: the device with its configuration, checked
 *
 * A device with nothing behind its capacity may have its window on memory that
 * the kernel was booted without, too: its backends are that memory then.
 *
 * Without a size in the configuration the window is as large as the device's
 * capacity, or as large as the machine has address space for: capacity has no
 * such limit, as nothing is behind it.
 *
 * Return: 0; -EBUSY if the window collides, or the kernel uses that memory;
 * -ERANGE or -ENOSPC if it does not fit, or the region that is there from the start does
 * not fit into it; -EINVAL if it must be on reserved memory
 * and is not. The log says why.
 */
int cxl_mock_window_claim(struct cxl_mock *mock)
{
	const struct cxl_mock_config *config = &mock->config;
	u64 size;
	int rc;

	guard(mutex)(&windows_lock);
	rc = find_place(mock);
	if (rc)
		return rc;
	rc = split(mock);
	if (rc) {
		window_free(mock);
		return rc;
	}
	size = div64_u64(resource_size(&mock->window), cxl_mock_config_windows(config));
	if (size < config->region_size) {
		pr_err("region_size=%s: must be at most %s, the size of the window, which the address space of this machine limits\n",
		       cxl_mock_size(config->region_size).text, cxl_mock_size(size).text);
		window_free(mock);
		return -ERANGE;
	}
	if (!config->window_size && size < cxl_mock_config_capacity(config))
		pr_info("window limited to %s of %s capacity by the address space of this machine\n",
			cxl_mock_size(size).text,
			cxl_mock_size(cxl_mock_config_capacity(config)).text);

	list_add_tail(&mock->windows, &windows);
	return 0;
}

/**
 * cxl_mock_window_release() - free the addresses of a window
 * @mock: the device, without its topology
 */
void cxl_mock_window_release(struct cxl_mock *mock)
{
	scoped_guard(mutex, &windows_lock)
		list_del(&mock->windows);
	window_free(mock);
}

/**
 * cxl_mock_has_serial() - whether a device has a serial number
 * @serial: the number
 *
 * Return: true while a mock device with it has a window.
 */
bool cxl_mock_has_serial(u64 serial)
{
	struct cxl_mock *mock;

	guard(mutex)(&windows_lock);
	list_for_each_entry(mock, &windows, windows)
		for (unsigned int i = 0; i < mock->config.devices; i++)
			if (cxl_mock_config_serial(&mock->config, i) == serial)
				return true;
	return false;
}

/**
 * cxl_mock_owns_window() - whether a window is one of ours
 * @window: not looked into, so it may be gone
 *
 * Return: true while a mock device has it.
 */
bool cxl_mock_owns_window(const struct resource *window)
{
	struct cxl_mock *mock;

	guard(mutex)(&windows_lock);
	list_for_each_entry(mock, &windows, windows)
		if (window == &mock->window || window == &mock->other_window)
			return true;
	return false;
}

/**
 * cxl_mock_owns_range() - whether a range lies in a window of ours
 * @start: first physical address
 * @len: bytes
 *
 * Return: true if all of it lies in one of them.
 */
bool cxl_mock_owns_range(u64 start, u64 len)
{
	struct cxl_mock *mock;

	guard(mutex)(&windows_lock);
	list_for_each_entry(mock, &windows, windows)
		if (start >= mock->window.start && start <= mock->window.end &&
		    len <= mock->window.end - start + 1)
			return true;
	return false;
}
