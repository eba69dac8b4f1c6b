// SPDX-License-Identifier: GPL-2.0-only
/* Poison: who may inject it where, how it is listed, and when it goes. */
#include <linux/unaligned.h>

#include "dc/internal.h"
#include "mailbox_unit.h"

#define LIST_HEADER	32
#define LIMIT		16

static void add_extent(u64 start, u64 len)
{
	const struct cxl_dc_range range = { .start = start, .len = len };

	assert_int_equal(cxl_mock_device_accept(device, &range), 0);
}

/* A device whose host has 4 MiB of it, and may poison */
static int poison_setup(void **state)
{
	if (mailbox_setup(state))
		return -1;
	device->poison.limit = LIMIT;
	add_extent(0, 4 * MIB);
	return 0;
}

#define POISON_TEST(name) cmocka_unit_test_setup_teardown(name, poison_setup, mailbox_teardown)

static enum cxl_mbox_rc inject(u64 dpa)
{
	__le64 in = cpu_to_le64(dpa);

	return exec(0x4301, &in, sizeof(in), PAYLOAD);
}

static enum cxl_mbox_rc clear(u64 dpa)
{
	struct cxl_mock_clear_poison_in in = { .dpa = cpu_to_le64(dpa) };

	return exec(0x4302, &in, sizeof(in), PAYLOAD);
}

static enum cxl_mbox_rc list(u64 dpa, u64 len, size_t room)
{
	struct cxl_mock_get_poison_in in = { cpu_to_le64(dpa), cpu_to_le64(len / 64) };

	return exec(0x4300, &in, sizeof(in), room);
}

static unsigned int listed(void)
{
	return answer(10, 2);
}

/* The nth record: 64 bytes at a DPA, injected */
static void assert_listed(unsigned int n, u64 dpa)
{
	assert_true(n < listed());
	assert_int_equal(answer(LIST_HEADER + 16 * n, 8), dpa | 3);
	assert_int_equal(answer(LIST_HEADER + 16 * n + 8, 4), 1);
}

static enum cxl_mbox_rc release(u64 start, u64 len)
{
	u8 in[32] = { 1 };

	put_le(in + 8, 8, start);
	put_le(in + 16, 8, len);
	return exec(CXL_DC_OP_RELEASE, in, sizeof(in), PAYLOAD);
}

static void a_device_without_it_has_no_such_commands(void **state)
{
	device->poison.limit = 0;
	assert_int_equal(inject(0), CXL_RC_UNSUPPORTED);
	assert_int_equal(clear(0), CXL_RC_UNSUPPORTED);
	assert_int_equal(list(0, 2 * GIB, PAYLOAD), 0);
	assert_int_equal(listed(), 0);
}

/* Opcodes of the CEL, whose size Get Supported Logs says */
static bool cel_has(u16 opcode)
{
	u8 in[24] = { 0x0d, 0xa9, 0xc0, 0xb5, 0xbf, 0x41, 0x4b, 0x78,
		      0x8f, 0x79, 0x96, 0xb1, 0x62, 0x3b, 0x3f, 0x17 };
	u32 size;

	assert_int_equal(exec(0x0400, NULL, 0, PAYLOAD), 0);
	size = answer(24, 4);
	put_le(in + 20, 4, size);
	assert_int_equal(exec(0x0401, in, sizeof(in), PAYLOAD), 0);
	for (u32 i = 0; i < size; i += 4)
		if (answer(i, 2) == opcode)
			return true;
	return false;
}

static void the_cel_lists_them_where_they_are(void **state)
{
	assert_true(cel_has(0x4301));
	assert_true(cel_has(0x4302));
	assert_true(cel_has(0x4803));
	device->poison.limit = 0;
	assert_false(cel_has(0x4301));
	assert_false(cel_has(0x4302));
	assert_true(cel_has(0x4300));
	assert_true(cel_has(0x4803));
}

static void poison_is_listed_in_order_until_it_is_cleared(void **state)
{
	assert_int_equal(inject(128), 0);
	assert_int_equal(inject(0), 0);
	assert_int_equal(inject(4 * MIB - 64), 0);
	/* once more is no error, and no more poison */
	assert_int_equal(inject(128), 0);
	assert_int_equal(list(0, 2 * GIB, PAYLOAD), 0);
	assert_int_equal(listed(), 3);
	assert_listed(0, 0);
	assert_listed(1, 128);
	assert_listed(2, 4 * MIB - 64);
	assert_int_equal(list(64, 128, PAYLOAD), 0);
	assert_int_equal(listed(), 1);
	assert_listed(0, 128);
	assert_int_equal(clear(128), 0);
	assert_int_equal(clear(192), 0);
	assert_int_equal(list(0, 2 * GIB, PAYLOAD), 0);
	assert_int_equal(listed(), 2);
	assert_listed(1, 4 * MIB - 64);
}

static void the_host_is_told_once(void **state)
{
	const struct cxl_mock_ring *log = &device->events.log[CXL_MOCK_LOG_INFO];

	assert_int_equal(inject(64), 0);
	assert_int_equal(inject(64), 0);
	assert_int_equal(log->nr, 1);
	assert_int_equal(get_unaligned_le64(log->records[0].data), 64 | 1);
	assert_int_equal(log->records[0].data[10], 4);
}

static void only_capacity_of_the_host_can_have_it(void **state)
{
	assert_int_equal(inject(4 * MIB), CXL_RC_INVALID_PA);
	assert_int_equal(inject(2 * GIB), CXL_RC_INVALID_PA);
	assert_int_equal(inject(32), CXL_RC_INVALID_PA);
	assert_int_equal(clear(4 * MIB), CXL_RC_INVALID_PA);
	assert_int_equal(clear(1), CXL_RC_INVALID_PA);
	assert_int_equal(device->poison.nr, 0);
}

static void there_is_a_limit(void **state)
{
	for (u64 i = 0; i < LIMIT; i++)
		assert_int_equal(inject(64 * i), 0);
	assert_int_equal(inject(64 * LIMIT), CXL_RC_INJECT_LIMIT);
	assert_int_equal(inject(0), 0);
	assert_int_equal(clear(0), 0);
	assert_int_equal(inject(64 * LIMIT), 0);
}

static void a_long_list_goes_on(void **state)
{
	/* 14 records in 256 bytes */
	for (u64 i = 0; i < LIMIT; i++)
		assert_int_equal(inject(64 * i), 0);
	assert_int_equal(list(0, 4 * MIB, 256), 0);
	assert_int_equal(answer(0, 1), 1);
	assert_int_equal(listed(), 14);
	assert_int_equal(list(0, 4 * MIB, 256), 0);
	assert_int_equal(answer(0, 1), 0);
	assert_int_equal(listed(), 2);
	assert_listed(0, 14 * 64);
	/* and begins anew, also after another one was asked for */
	assert_int_equal(list(0, 4 * MIB, 256), 0);
	assert_int_equal(listed(), 14);
	assert_int_equal(list(64, 64, 256), 0);
	assert_int_equal(listed(), 1);
	assert_int_equal(list(0, 4 * MIB, 256), 0);
	assert_listed(0, 0);
}

static void what_is_released_loses_it(void **state)
{
	assert_int_equal(inject(64), 0);
	assert_int_equal(inject(2 * MIB), 0);
	assert_int_equal(release(0, 2 * MIB), 0);
	assert_int_equal(list(0, 2 * GIB, PAYLOAD), 0);
	assert_int_equal(listed(), 1);
	assert_listed(0, 2 * MIB);
	/* and is good when it comes again */
	add_extent(0, 2 * MIB);
	assert_int_equal(list(0, 2 * GIB, PAYLOAD), 0);
	assert_int_equal(listed(), 1);
}

/* DC regions that can be shared, with static capacity below them */
static void what_a_reference_keeps_has_it_still(void **state)
{
	const struct cxl_dc_range range = { .start = GIB, .len = 2 * MIB, .tag = { 1 } };
	struct cxl_mbox_io io = {
		.in = range.tag,
		.in_len = sizeof(range.tag),
		.out_max = PAYLOAD,
	};

	cxl_mock_device_destroy(device);
	cxl_mock_device_init(device, &(struct cxl_dc_config) {
		.base = GIB,
		.total_size = GIB,
		.nr_regions = 1,
		.block_size = 2 * MIB,
		.sharable = 1,
		.backing = CXL_DC_BACKING_PHANTOM,
		.max_extents = 10,
		.max_tags = 10,
	}, device->clock);
	assert_int_equal(cxl_mock_device_accept(device, &range), 0);
	assert_int_equal(cxl_mock_fm_exec(device, CXL_FM_OP_ADD_REFERENCE, &io), 0);
	assert_int_equal(inject(0), 0);
	assert_int_equal(inject(GIB), 0);
	assert_int_equal(release(GIB, 2 * MIB), 0);
	/* it is not the host's now, and static capacity does not go */
	assert_int_equal(list(0, 2 * GIB, PAYLOAD), 0);
	assert_int_equal(listed(), 1);
	assert_listed(0, 0);
	assert_int_equal(device->poison.nr, 2);
	assert_int_equal(cxl_mock_fm_exec(device, CXL_FM_OP_REMOVE_REFERENCE, &io), 0);
	assert_int_equal(list(0, 2 * GIB, PAYLOAD), 0);
	assert_int_equal(device->poison.nr, 1);
}

static void a_list_of_what_there_is_not_is_refused(void **state)
{
	assert_int_equal(list(2 * GIB, 64, PAYLOAD), CXL_RC_INVALID_PA);
	assert_int_equal(list(2 * GIB - 64, 128, PAYLOAD), CXL_RC_INVALID_PA);
	assert_int_equal(list(32, 64, PAYLOAD), CXL_RC_INVALID_INPUT);
}

static struct CMUnitTest tests[] = {
	POISON_TEST(a_device_without_it_has_no_such_commands),
	POISON_TEST(the_cel_lists_them_where_they_are),
	POISON_TEST(poison_is_listed_in_order_until_it_is_cleared),
	POISON_TEST(the_host_is_told_once),
	POISON_TEST(only_capacity_of_the_host_can_have_it),
	POISON_TEST(there_is_a_limit),
	POISON_TEST(a_long_list_goes_on),
	POISON_TEST(what_is_released_loses_it),
	POISON_TEST(what_a_reference_keeps_has_it_still),
	POISON_TEST(a_list_of_what_there_is_not_is_refused),
	{}
};

unit_suite(tests);
