// SPDX-License-Identifier: GPL-2.0-only
/* How commands reach event logs and DC regions, and how these reach the host. */
#include "mailbox_unit.h"

static void event_commands_reach_the_event_logs(void **state)
{
	static const u8 clear_first[] = { 4, 0, 1, 0, 0, 0, 1, 0 };
	static const u8 policy[] = { 0, 1, 2, 1, 2 };
	struct cxl_mock_record record = {};

	assert_true(cxl_mock_ring_add(&device->events.log[CXL_MOCK_LOG_DC], &record, 0));
	assert_int_equal(exec(0x0100, (u8[]) { 4 }, 1, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 32 + 128);
	assert_int_equal(exec(0x0100, (u8[]) { 5 }, 1, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(exec(0x0101, clear_first, 8, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(exec(0x0101, clear_first, 8, PAYLOAD), CXL_RC_INVALID_HANDLE);
	assert_int_equal(exec(0x0103, policy, 5, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(exec(0x0102, NULL, 0, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 5);
	assert_memory_equal(answer_bytes(0, 5), policy, 5);
}

static void dc_commands_reach_the_dc_regions(void **state)
{
	/* one block of 2 MiB at 0 */
	static const u8 none[8], one[32] = { [0] = 1, [18] = 0x20 };

	assert_int_equal(exec(0x4800, (u8[]) { 8, 0 }, 2, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 8 + 2 * 40 + 16);
	assert_int_equal(exec(0x4800, (u8[]) { 8, 2 }, 2, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(exec(0x4801, none, 8, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 16);
	assert_int_equal(exec(0x4802, none, 8, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(exec(0x4803, none, 8, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(exec(0x4802, one, 32, PAYLOAD), CXL_RC_INVALID_PA);
	assert_int_equal(exec(0x4803, one, 32, PAYLOAD), CXL_RC_INVALID_PA);
}

/* The record that an offer makes, at hard-coded offsets of CXL 3.1 8.2.9.2.1.6. */
static void an_offer_is_a_record_in_log_4_and_its_answer_one_for_the_fm(void **state)
{
	static const u8 uuid[16] = {
		0xca, 0x95, 0xaf, 0xa7, 0xf1, 0x83, 0x40, 0x18,
		0x8c, 0x2f, 0x95, 0x26, 0x8e, 0x10, 0x1a, 0x2a,
	};
	static const struct cxl_dc_range range = {
		.start = GIB + 4 * MIB, .len = 2 * MIB, .tag = { 1, 2, 3 },
	}, last = {
		.start = GIB, .len = 2 * MIB, .tag = { 1, 2, 3 },
	};
	static const u8 log = 4;
	u8 response[32] = { 1 };

	assert_int_equal(device->signal, 0);
	assert_int_equal(cxl_dc_offer(&device->dc, &range, 1, true), CXL_RC_SUCCESS);
	assert_int_equal(device->signal, 1 << 4);
	assert_int_equal(exec(0x0100, &log, 1, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 32 + 128);
	assert_memory_equal(answer_bytes(32, 16), uuid, 16);
	assert_int_equal(answer(32 + 48, 1), 0);
	assert_int_equal(answer(32 + 52, 1), 1);
	assert_int_equal(answer(32 + 53, 1), 1);
	assert_int_equal(answer(32 + 56, 8), GIB + 4 * MIB);
	assert_int_equal(answer(32 + 64, 8), 2 * MIB);
	assert_memory_equal(answer_bytes(32 + 72, 16), range.tag, 16);
	assert_int_equal(answer(32 + 120, 4), 999);
	assert_int_equal(answer(32 + 124, 4), 9);

	/* the last of the chain, without which there is nothing to answer */
	assert_int_equal(cxl_dc_offer(&device->dc, &last, 1, false), CXL_RC_SUCCESS);
	assert_int_equal(device->fm_events.log[CXL_MOCK_LOG_DC].nr, 0);
	put_le(response + 8, 8, GIB + 4 * MIB);
	put_le(response + 16, 8, 2 * MIB);
	device->signal = 0;
	assert_int_equal(exec(0x4802, response, 32, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(device->fm_events.log[CXL_MOCK_LOG_DC].nr, 1);
	assert_int_equal(device->fm_events.log[CXL_MOCK_LOG_DC].records[0].data[0], 4);
	assert_int_equal(device->signal, 0);
}

/* More than the log holds, in one chain: what has no room follows as the host clears. */
static void what_log_4_cannot_hold_follows_as_the_host_clears_it(void **state)
{
	const struct cxl_mock_ring *log = &device->events.log[CXL_MOCK_LOG_DC];
	static struct cxl_dc_range ranges[100];
	unsigned int seen = 0;

	for (unsigned int i = 0; i < 100; i++) {
		ranges[i].start = 2 * i * MIB;
		ranges[i].len = 2 * MIB;
		ranges[i].tag[0] = 1;
	}
	assert_int_equal(cxl_dc_offer(&device->dc, ranges, 90, false), CXL_RC_SUCCESS);
	assert_int_equal(log->nr, 64);
	assert_int_equal(cxl_dc_offer(&device->dc, &ranges[90], 1, false),
			 CXL_RC_RETRY_REQUIRED);
	while (log->nr) {
		for (unsigned int i = 0; i < 7 && log->nr; i++, seen++) {
			const struct cxl_dc_event_data *event =
				(const void *)log->records[log->first].data;

			assert_int_equal(le64_to_cpu(event->extent.start_dpa), 2 * seen * MIB);
			assert_int_equal(event->flags, seen < 89 ? CXL_DC_EVENT_MORE : 0);
			device->signal = 0;
			assert_int_equal(clear_oldest(1), CXL_RC_SUCCESS);
			assert_int_equal(device->signal, seen < 90 - 64 ? 1 << 4 : 0);
		}
	}
	assert_int_equal(seen, 90);
	assert_int_equal(log->overflows, 0);
	assert_int_equal(cxl_dc_offer(&device->dc, &ranges[90], 1, false), CXL_RC_SUCCESS);
}

/* What a control file waits for, and whether there is somebody to wait for. */
static void the_device_knows_what_the_host_has_dealt_with(void **state)
{
	struct cxl_dc_range ranges[70] = {};

	for (unsigned int i = 0; i < 70; i++) {
		ranges[i].start = 2 * i * MIB;
		ranges[i].len = 2 * MIB;
		ranges[i].tag[0] = 1;
	}
	assert_false(device->host_reads);
	assert_int_equal(exec(0x0100, (u8[]) { 0 }, 1, PAYLOAD), CXL_RC_SUCCESS);
	assert_false(device->host_reads);
	assert_int_equal(exec(0x0100, (u8[]) { 4 }, 1, PAYLOAD), CXL_RC_SUCCESS);
	assert_true(device->host_reads);

	assert_int_equal(cxl_dc_offer(&device->dc, ranges, 70, false), CXL_RC_SUCCESS);
	assert_int_equal(cxl_mock_device_told(device), 70);
	for (unsigned int i = 0; i < 70; i++) {
		assert_int_equal(cxl_mock_device_cleared(device), i);
		assert_int_equal(clear_oldest(1), CXL_RC_SUCCESS);
	}
	assert_int_equal(cxl_mock_device_cleared(device), 70);
	assert_int_equal(cxl_mock_device_told(device), 70);

	/* the rest of a release will not come */
	assert_int_equal(exec(0x4803, ((u8[32]) { 1, [4] = 1, [18] = 0x20 }), 32, PAYLOAD),
			 CXL_RC_SUCCESS);
	cxl_mock_device_new_host(device);
	assert_false(device->host_reads);
	assert_int_equal(exec(0x4803, ((u8[8]) { 0 }), 8, PAYLOAD), CXL_RC_INVALID_INPUT);
}

static struct CMUnitTest tests[] = {
	TEST(event_commands_reach_the_event_logs),
	TEST(dc_commands_reach_the_dc_regions),
	TEST(an_offer_is_a_record_in_log_4_and_its_answer_one_for_the_fm),
	TEST(the_device_knows_what_the_host_has_dealt_with),
	TEST(what_log_4_cannot_hold_follows_as_the_host_clears_it),
	{}
};

unit_suite(tests);
