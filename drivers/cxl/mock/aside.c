// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that the kernel was booted without. On amd64 memmap= turns it into what the firmware
 * has reserved. Elsewhere there is mem=, beyond which /proc/iomem has nothing: what a device
 * tree says of memory there is entered as reserved while the module is loaded, and so looks
 * the same.
 */
#include <linux/array_size.h>
#include <linux/ioport.h>
#include <linux/kconfig.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/sprintf.h>

#include "mock.h"

/* One for each range of memory nodes that has some; what is beyond is left alone. */
static struct resource entries[8];
static unsigned int nr_entries;

/*
 * Leave what is above all that the kernel knows there. What a device of ours gave it, and it
 * has kept, is no reason.
 */
static int skip_known(struct resource *known, void *data)
{
	struct resource *rest = data;

	if (region_intersects(known->start, resource_size(known),
			      IORESOURCE_SYSTEM_RAM | IORESOURCE_SYSRAM_DRIVER_MANAGED,
			      IORES_DESC_NONE) == REGION_DISJOINT)
		rest->start = max(rest->start, known->end + 1);
	return 0;
}

static void enter(const struct resource *memory)
{
	struct resource *entry = &entries[nr_entries];

	*entry = (struct resource) {
		.name = "Reserved",
		.start = memory->start,
		.end = memory->end,
		.flags = IORESOURCE_MEM,
		.desc = IORES_DESC_RESERVED,
	};
	walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_MEM, memory->start, memory->end, entry,
			    skip_known);
	if (entry->start < entry->end && !insert_resource(&iomem_resource, entry))
		nr_entries++;
}

/* Where a walk through the ranges of all memory nodes is; all zero at first. */
struct memory_walk {
	struct device_node *node;
	int index;
};

/* Once it returns false the walk holds no node any more. */
static bool next_memory(struct memory_walk *walk, struct resource *memory)
{
	if (!walk->node)
		walk->node = of_find_node_by_type(NULL, "memory");
	while (walk->node) {
		if (!of_address_to_resource(walk->node, walk->index++, memory))
			return true;
		walk->node = of_find_node_by_type(walk->node, "memory");
		walk->index = 0;
	}
	return false;
}

/**
 * cxl_mock_aside_init() - find memory that the kernel was booted without
 */
void cxl_mock_aside_init(void)
{
	struct memory_walk walk = {};
	struct resource memory;

	while (next_memory(&walk, &memory))
		if (nr_entries < ARRAY_SIZE(entries))
			enter(&memory);
}

/**
 * cxl_mock_aside_exit() - forget it, without windows on it
 *
 * What the kernel has kept of it stays where it is.
 */
void cxl_mock_aside_exit(void)
{
	while (nr_entries)
		remove_resource(&entries[--nr_entries]);
}

/* How much memory is below @base, which is memory too; else 0. */
static u64 memory_below(u64 base)
{
	struct memory_walk walk = {};
	struct resource memory;
	bool found = false;
	u64 size = 0;

	while (next_memory(&walk, &memory)) {
		found |= base >= memory.start && base <= memory.end;
		if (memory.start < base)
			size += min_t(u64, base, memory.end + 1) - memory.start;
	}
	return found ? size : 0;
}

/**
 * cxl_mock_keep_aside() - how to boot a kernel without some memory
 * @base: its physical address
 * @size: bytes
 *
 * Return: the parameter of the kernel.
 */
struct cxl_mock_boot_text cxl_mock_keep_aside(u64 base, u64 size)
{
	u64 below = memory_below(base);
	struct cxl_mock_boot_text boot;

	if (IS_ENABLED(CONFIG_X86))
		snprintf(boot.text, sizeof(boot.text), "memmap=%s$%#llx",
			 cxl_mock_size(size).text, base);
	else if (below)
		snprintf(boot.text, sizeof(boot.text), "mem=%s", cxl_mock_size(below).text);
	else
		snprintf(boot.text, sizeof(boot.text), "mem=SIZE, and use what is above it");
	return boot;
}
