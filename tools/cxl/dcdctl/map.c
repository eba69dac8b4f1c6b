// SPDX-License-Identifier: GPL-2.0-only
/* dcdctl map: a picture of the DC regions, a row each. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"

#define CELLS_MIN	16
#define CELLS_MAX	128
#define CELLS_DEFAULT	64
/* what a row has besides its cells */
#define REST		24

/* One for each enum dcdctl_state; several in a cell: the one that comes last */
static const char signs[] = ".?#<=";

static unsigned int cells_wanted(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < CELLS_MIN + REST)
		return CELLS_DEFAULT;
	return size.ws_col - REST > CELLS_MAX ? CELLS_MAX : size.ws_col - REST;
}

/* A cell per block at the most: what a cell shows is there, and not beside it */
static void print_region(struct dcdctl_device *device, unsigned int index, unsigned int wanted)
{
	const struct dcdctl_region *region = &device->regions[index];
	uint64_t blocks = region->len / region->block_size;
	unsigned int cells = blocks < wanted ? blocks : wanted;
	char row[CELLS_MAX + 1];
	uint8_t state[CELLS_MAX] = {};

	for (size_t i = 0; i < device->extents.nr; i++) {
		const struct dcdctl_extent *extent = &device->extents.list[i];
		unsigned int first, last;

		if (extent->dpa < region->base || extent->dpa - region->base >= region->len)
			continue;
		first = (double)(extent->dpa - region->base) / region->len * cells;
		last = (double)(extent->dpa - region->base + extent->len - 1) / region->len * cells;
		for (unsigned int cell = first; cell <= last && cell < cells; cell++)
			if (extent->state > state[cell])
				state[cell] = extent->state;
	}
	for (unsigned int cell = 0; cell < cells; cell++)
		row[cell] = signs[state[cell]];
	row[cells] = '\0';
	printf("%u |%s| %s, %s free\n", index, row, dcdctl_size_text(region->len).text,
	       dcdctl_size_text(region->free).text);
}

static int run(const struct dcdctl_command *command, char **arguments)
{
	struct dcdctl_devices devices;
	int rc = dcdctl_find_one(arguments[0], &devices);

	if (!rc) {
		struct dcdctl_device *device = &devices.list[0];

		for (unsigned int i = 0; i < device->nr_regions; i++)
			print_region(device, i, cells_wanted());
		printf("  %c free  %c pending  %c accepted  %c releasing  %c held\n", signs[0],
		       signs[1], signs[2], signs[3], signs[4]);
		rc = dcdctl_flush();
	}
	dcdctl_forget(&devices);
	return rc;
}

const struct dcdctl_command dcdctl_map = {
	.name = "map",
	.arguments = "<memdev>",
	.min = 1,
	.max = 1,
	.help = "Draw the DC regions of a device, a row each",
	.run = run,
};
