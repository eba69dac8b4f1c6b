// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of the mailbox share: a device behind it. */
#include "mailbox_unit.h"

struct cxl_mock_device *device;
u64 now;

static u64 test_clock(void)
{
	return now;
}

int mailbox_setup(void **state)
{
	/* on the heap, where ASan sees what runs past the LSA at its end */
	device = calloc(1, sizeof(*device));
	if (!device)
		return -1;
	cxl_mock_device_init(device, &(struct cxl_dc_config) {
		.total_size = 2 * GIB,
		.nr_regions = 2,
		.block_size = 2 * MIB,
		.backing = CXL_DC_BACKING_PHANTOM,
		.max_extents = 1000,
		.max_tags = 10,
	}, test_clock);
	now = 1000;
	return 0;
}

int mailbox_teardown(void **state)
{
	cxl_mock_device_destroy(device);
	free(device);
	return 0;
}

static enum cxl_mbox_rc exec_opcode(u16 opcode, struct cxl_mbox_io *io)
{
	/* a stale length must not survive a command */
	io->out_len = 99;
	return cxl_mock_mailbox_exec(device, opcode, io);
}

enum cxl_mbox_rc exec(u16 opcode, const void *in, size_t in_len, size_t out_max)
{
	return unit_call(exec_opcode, opcode, in, in_len, out_max);
}

/* The host clears the oldest records of the log of Dynamic Capacity. */
enum cxl_mbox_rc clear_oldest(u8 nr)
{
	const struct cxl_mock_ring *log = &device->events.log[CXL_MOCK_LOG_DC];
	u8 in[6 + 2 * 255] = { CXL_MOCK_LOG_DC, 0, nr };

	for (unsigned int i = 0; i < nr; i++)
		memcpy(in + 6 + 2 * i,
		       &log->records[(log->first + i) % CXL_MOCK_LOG_RECORDS].handle, 2);
	return exec(0x0101, in, 6 + 2 * nr, PAYLOAD);
}
