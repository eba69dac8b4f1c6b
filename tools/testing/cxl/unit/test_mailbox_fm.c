// SPDX-License-Identifier: GPL-2.0-only
/* The commands of the FM, and its event log, by hard-coded byte offsets. */
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
	static const struct cxl_dc_range range = { .start = 4 * MIB, .len = 2 * MIB };
	static const u8 tag[16] = { 1, 2, 3 };
	u8 in[32] = { 1 };

	put_le(in + 8, 8, range.start);
	put_le(in + 16, 8, range.len);
	assert_int_equal(cxl_dc_offer(&device->dc, &range, 1, tag, false), CXL_RC_SUCCESS);
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

static void the_fm_has_no_other_log(void **state)
{
	add_and_release();
	for (unsigned int log = 0; log < 256; log++) {
		if (log == 4)
			continue;
		assert_int_equal(fm(0x0100, ((u8[]) { log }), 1), CXL_RC_INVALID_INPUT);
		assert_int_equal(unit_io.out_len, 0);
		assert_int_equal(fm_clear(log, 1, 0, 0), CXL_RC_INVALID_INPUT);
		assert_int_equal(fm_clear(log, 0, 1, 1), CXL_RC_INVALID_INPUT);
	}
	assert_int_equal(fm_records(), 2);
}

static void the_commands_of_the_fm_are_its_log_and_those_of_the_engine(void **state)
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
	for (u32 opcode = 0; opcode < 0x10000; opcode++) {
		if (opcode == 0x0100 || opcode == 0x0101 || (opcode >= 0x5600 && opcode <= 0x5608))
			continue;
		assert_int_equal(fm(opcode, NULL, 0), CXL_RC_UNSUPPORTED);
		assert_int_equal(unit_io.out_len, 0);
	}
}

static const struct CMUnitTest tests[] = {
	TEST(the_fm_reads_and_clears_its_own_log),
	TEST(the_log_of_the_fm_takes_records_again_once_it_is_cleared),
	TEST(the_fm_has_no_other_log),
	TEST(the_commands_of_the_fm_are_its_log_and_those_of_the_engine),
};

int main(void)
{
	return unit_run(tests);
}
