// SPDX-License-Identifier: GPL-2.0-only
/* The commands of the FM, and its event logs, by hard-coded byte offsets. */
#include "mailbox_unit.h"

static enum cxl_mbox_rc fm(u16 opcode, const void *in, size_t in_len)
{
	unit_begin(in, in_len, PAYLOAD);
	/* a stale length must not survive a command */
	unit_io.out_len = 99;
	return unit_end(cxl_mock_fm_exec(device, opcode, &unit_io));
}

static enum cxl_mbox_rc fm_clear(u8 log, u8 flags, u8 nr, u16 handle)
{
	u8 in[8] = { log, flags, nr };

	put_le(in + 6, 2, handle);
	return fm(0x0101, in, 6 + 2 * nr);
}

static u64 fm_records(void)
{
	assert_int_equal(fm(0x0100, ((u8[]) { 4 }), 1), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 32 + 128 * answer(20, 2));
	return answer(20, 2);
}

/* The host gets a block and releases it: two records for the FM. */
static void add_and_release(void)
{
	static const struct cxl_dc_range range = {
		.start = 4 * MIB, .len = 2 * MIB, .tag = { 1, 2, 3 },
	};
	u8 in[32] = { 1 };

	put_le(in + 8, 8, range.start);
	put_le(in + 16, 8, range.len);
	assert_int_equal(cxl_dc_offer(&device->dc, &range, 1, false), CXL_RC_SUCCESS);
	assert_int_equal(exec(0x4802, in, 32, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(exec(0x4803, in, 32, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(clear_oldest(1), CXL_RC_SUCCESS);
}

static void the_fm_reads_and_clears_its_own_log(void **state)
{
	assert_int_equal(fm_records(), 0);
	assert_answer_is_zero(0, 32);
	add_and_release();
	assert_int_equal(fm_records(), 2);
	assert_int_equal(answer(32 + 20, 2), 1);
	assert_int_equal(answer(32 + 48, 1), 4);
	assert_int_equal(answer(32 + 56, 8), 4 * MIB);
	assert_int_equal(answer(160 + 20, 2), 2);
	assert_int_equal(answer(160 + 48, 1), 5);
	/* what the host has is another log */
	assert_int_equal(exec(0x0100, ((u8[]) { 4 }), 1, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(answer(20, 2), 0);
	assert_int_equal(fm_clear(4, 0, 1, 2), CXL_RC_INVALID_HANDLE);
	assert_int_equal(fm_records(), 2);
	assert_int_equal(fm_clear(4, 0, 1, 1), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 0);
	assert_int_equal(fm_records(), 1);
	assert_int_equal(answer(32 + 20, 2), 2);
	assert_int_equal(fm_clear(4, 1, 0, 0), CXL_RC_INVALID_INPUT);
	assert_int_equal(fm_records(), 1);
}

static void the_log_of_the_fm_takes_records_again_once_it_is_cleared(void **state)
{
	for (int i = 0; i < 33; i++)
		add_and_release();
	/* more records than a response has room for */
	assert_int_equal(fm_records(), 31);
	assert_int_equal(answer(0, 1), 3);
	assert_int_equal(answer(2, 2), 2);
	assert_int_equal(fm_clear(4, 1, 0, 0), CXL_RC_SUCCESS);
	assert_int_equal(fm_records(), 0);
	assert_answer_is_zero(0, 32);
	add_and_release();
	assert_int_equal(fm_records(), 2);
	assert_int_equal(answer(32 + 20, 2), 65);
}

static void the_other_logs_of_the_fm_are_empty(void **state)
{
	add_and_release();
	for (unsigned int log = 0; log < 256; log++) {
		bool there = log < 4;

		if (log == 4)
			continue;
		assert_int_equal(fm(0x0100, ((u8[]) { log }), 1),
				 there ? CXL_RC_SUCCESS : CXL_RC_INVALID_INPUT);
		assert_int_equal(unit_io.out_len, there ? 32 : 0);
		assert_int_equal(fm_clear(log, 0, 1, 1),
				 there ? CXL_RC_INVALID_HANDLE : CXL_RC_INVALID_INPUT);
	}
	assert_int_equal(fm_records(), 2);
}

static void only_records_of_the_fm_are_told_to_the_fm(void **state)
{
	static const struct cxl_dc_range range = {
		.start = 4 * MIB, .len = 2 * MIB, .tag = { 1 },
	};

	assert_false(cxl_mock_fm_has_records(device));
	assert_int_equal(cxl_dc_offer(&device->dc, &range, 1, false), CXL_RC_SUCCESS);
	assert_false(device->fm_signal);
	assert_false(cxl_mock_fm_has_records(device));
	assert_int_equal(exec(0x4802, ((u8[8]) { 0 }), 8, PAYLOAD), CXL_RC_SUCCESS);
	add_and_release();
	assert_true(device->fm_signal);
	assert_true(cxl_mock_fm_has_records(device));
	assert_int_equal(fm_clear(4, 0, 1, 1), CXL_RC_SUCCESS);
	assert_true(cxl_mock_fm_has_records(device));
	assert_int_equal(fm_clear(4, 0, 1, 2), CXL_RC_SUCCESS);
	assert_false(cxl_mock_fm_has_records(device));
}

static void the_fm_has_an_interrupt_policy_of_its_own(void **state)
{
	static const u8 policy[5] = { 1, 2, 0, 1, 1 };

	assert_int_equal(fm(0x0103, policy, 5), CXL_RC_SUCCESS);
	assert_int_equal(fm(0x0102, NULL, 0), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 5);
	assert_memory_equal(unit_io.out, policy, 5);
	assert_int_equal(exec(0x0102, NULL, 0, PAYLOAD), CXL_RC_SUCCESS);
	assert_answer_is_zero(0, 5);
}

static void a_library_learns_what_the_component_is(void **state)
{
	device->serial = 0x123456789abcdef0;
	assert_int_equal(fm(0x0001, NULL, 0), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 18);
	assert_answer_is_zero(0, 8);
	assert_int_equal(answer(8, 8), 0x123456789abcdef0);
	assert_int_equal(answer(16, 1), 12);
	assert_int_equal(answer(17, 1), 3);
	assert_int_equal(fm(0x0002, NULL, 0), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 8);
	assert_answer_is_zero(0, 8);
}

static void the_fm_limits_its_responses(void **state)
{
	for (unsigned int limit = 0; limit < 256; limit++) {
		bool good = limit >= 8 && limit <= 12;

		assert_int_equal(fm(0x0004, ((u8[]) { limit }), 1),
				 good ? CXL_RC_SUCCESS : CXL_RC_INVALID_INPUT);
		assert_int_equal(unit_io.out_len, good);
		assert_int_equal(fm(0x0003, NULL, 0), CXL_RC_SUCCESS);
		assert_int_equal(answer(0, 1), limit < 8 || limit > 12 ? 12 : limit);
	}
	assert_int_equal(fm(0x0004, ((u8[]) { 8 }), 1), CXL_RC_SUCCESS);
	add_and_release();
	/* one record of the two fits, and there is more */
	assert_int_equal(fm_records(), 1);
	assert_int_equal(answer(0, 1), 2);
	/* the host's responses are as long as ever */
	assert_int_equal(exec(0x0100, ((u8[]) { 4 }), 1, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(exec(0x4102, ((u8[8]) { 0, 0, 0, 0, 0, 4 }), 8, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 1024);
}

static void the_device_and_the_fm_have_one_clock(void **state)
{
	now = 5;
	assert_int_equal(fm(0x0300, NULL, 0), CXL_RC_SUCCESS);
	assert_int_equal(answer(0, 8), 0);
	assert_int_equal(fm(0x0301, ((u8[8]) { 100 }), 8), CXL_RC_SUCCESS);
	now = 7;
	assert_int_equal(exec(0x0300, NULL, 0, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(answer(0, 8), 102);
}

static const u16 opcodes[] = {
	0x0001, 0x0002, 0x0003, 0x0004, 0x0100, 0x0101, 0x0102, 0x0103, 0x0300, 0x0301, 0x0400,
	0x0401, 0x5600, 0x5601, 0x5602, 0x5603, 0x5604, 0x5605, 0x5606, 0x5607, 0x5608,
};

static bool is_of_the_fm(u16 opcode)
{
	for (size_t i = 0; i < ARRAY_SIZE(opcodes); i++)
		if (opcodes[i] == opcode)
			return true;
	return false;
}

static void the_fm_has_these_commands_and_no_others(void **state)
{
	static const u8 in[64] = { 4 };

	for (size_t len = 0; len < sizeof(in); len++) {
		assert_int_equal(fm(0x0100, in, len),
				 len == 1 ? CXL_RC_SUCCESS : CXL_RC_INVALID_PAYLOAD_LEN);
		if (len != 6)
			assert_int_equal(fm(0x0101, in, len), CXL_RC_INVALID_PAYLOAD_LEN);
		assert_int_equal(fm(0x5600, in, len),
				 len ? CXL_RC_INVALID_PAYLOAD_LEN : CXL_RC_SUCCESS);
	}
	for (u32 opcode = 0; opcode < 0x10000; opcode += UNIT_EVERY) {
		if (is_of_the_fm(opcode))
			continue;
		assert_int_equal(fm(opcode, NULL, 0), CXL_RC_UNSUPPORTED);
		assert_int_equal(unit_io.out_len, 0);
	}
}

static void the_cel_of_the_fm_lists_its_commands(void **state)
{
	static const u8 cel[16] = {
		0x0d, 0xa9, 0xc0, 0xb5, 0xbf, 0x41, 0x4b, 0x78,
		0x8f, 0x79, 0x96, 0xb1, 0x62, 0x3b, 0x3f, 0x17,
	};
	u8 in[24];

	assert_int_equal(fm(0x0400, NULL, 0), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 28);
	assert_int_equal(answer(0, 2), 1);
	assert_memory_equal((u8 *)unit_io.out + 8, cel, 16);
	assert_int_equal(answer(24, 4), sizeof(opcodes) * 2);

	memcpy(in, cel, 16);
	put_le(in + 16, 4, 0);
	put_le(in + 20, 4, sizeof(opcodes) * 2);
	assert_int_equal(fm(0x0401, in, 24), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, sizeof(opcodes) * 2);
	for (size_t i = 0; i < ARRAY_SIZE(opcodes); i++)
		assert_int_equal(answer(4 * i, 2), opcodes[i]);

	/* from the middle of an entry on, and beyond the end */
	put_le(in + 16, 4, 1);
	put_le(in + 20, 4, 4);
	assert_int_equal(fm(0x0401, in, 24), CXL_RC_SUCCESS);
	assert_int_equal(answer(3, 1), opcodes[1]);
	put_le(in + 20, 4, sizeof(opcodes) * 2);
	assert_int_equal(fm(0x0401, in, 24), CXL_RC_INVALID_INPUT);
	put_le(in + 16, 4, 0xffffffff);
	assert_int_equal(fm(0x0401, in, 24), CXL_RC_INVALID_INPUT);
	in[0] ^= 1;
	assert_int_equal(fm(0x0401, in, 24), CXL_RC_INVALID_LOG);
}

static struct CMUnitTest tests[] = {
	TEST(the_fm_reads_and_clears_its_own_log),
	TEST(the_log_of_the_fm_takes_records_again_once_it_is_cleared),
	TEST(the_other_logs_of_the_fm_are_empty),
	TEST(only_records_of_the_fm_are_told_to_the_fm),
	TEST(the_fm_has_an_interrupt_policy_of_its_own),
	TEST(a_library_learns_what_the_component_is),
	TEST(the_fm_limits_its_responses),
	TEST(the_device_and_the_fm_have_one_clock),
	TEST(the_fm_has_these_commands_and_no_others),
	TEST(the_cel_of_the_fm_lists_its_commands),
	{}
};

unit_suite(tests);
