// SPDX-License-Identifier: GPL-2.0-only
/* The mailbox and the class commands, by hard-coded byte offsets. */
#include "mailbox_unit.h"

/*
 * All commands, in order: opcode, effects as in the CEL (CXL 3.1 8.2.9.5.2.1)
 * and the payload lengths that are not refused for the length alone.
 */
static const struct {
	u16 opcode;
	u16 effect;
	size_t min_in;
	size_t max_in;
} commands[] = {
	{ 0x0100, 0x00, 1, 1 },
	{ 0x0101, 0x10, 6, 6 + 2 * 255 },
	{ 0x0102, 0x00, 0, 0 },
	{ 0x0103, 0x08, 4, 5 },
	{ 0x0300, 0x00, 0, 0 },
	{ 0x0301, 0x08, 8, 8 },
	{ 0x0400, 0x00, 0, 0 },
	{ 0x0401, 0x00, 24, 24 },
	{ 0x4000, 0x00, 0, 0 },
	{ 0x4100, 0x00, 0, 0 },
	{ 0x4102, 0x00, 8, 8 },
	{ 0x4103, 0x06, 8, PAYLOAD },
	{ 0x4200, 0x00, 0, 0 },
	{ 0x4201, 0x00, 0, 0 },
	{ 0x4300, 0x00, 16, 16 },
	{ 0x4800, 0x00, 2, 2 },
	{ 0x4801, 0x00, 8, 8 },
	{ 0x4802, 0x06, 8, PAYLOAD },
	{ 0x4803, 0x06, 8, PAYLOAD },
};

#define CEL_SIZE	(4 * ARRAY_SIZE(commands))

static const u8 cel_id[16] = {
	0x0d, 0xa9, 0xc0, 0xb5, 0xbf, 0x41, 0x4b, 0x78,
	0x8f, 0x79, 0x96, 0xb1, 0x62, 0x3b, 0x3f, 0x17,
};

static bool implemented(unsigned int opcode)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].opcode == opcode)
			return true;
	return false;
}

static void an_unknown_command_is_unsupported_whatever_its_payload(void **state)
{
	static const u8 in[PAYLOAD + 1];

	for (unsigned int opcode = 0; opcode < 65536; opcode += UNIT_EVERY) {
		if (implemented(opcode))
			continue;
		assert_int_equal(exec(opcode, in, 0, 256), CXL_RC_UNSUPPORTED);
		assert_int_equal(exec(opcode, in, 8, 256), CXL_RC_UNSUPPORTED);
	}
	assert_int_equal(exec(0x4001, in, PAYLOAD + 1, 256), CXL_RC_UNSUPPORTED);
}

static void a_payload_too_short_or_too_long_is_refused(void **state)
{
	static const u8 in[PAYLOAD + 1];

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		for (size_t len = 0; len <= PAYLOAD + 1; len += UNIT_EVERY) {
			if (len >= commands[i].min_in && len <= commands[i].max_in)
				continue;
			assert_int_equal(exec(commands[i].opcode, in, len, PAYLOAD),
					 CXL_RC_INVALID_PAYLOAD_LEN);
		}
	}
}

static void every_command_is_there(void **state)
{
	static const u8 in[PAYLOAD];

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		enum cxl_mbox_rc rc = exec(commands[i].opcode, in, commands[i].min_in, PAYLOAD);

		assert_int_not_equal(rc, CXL_RC_UNSUPPORTED);
		assert_int_not_equal(rc, CXL_RC_INVALID_PAYLOAD_LEN);
	}
}

static void the_cel_is_the_only_log(void **state)
{
	assert_int_equal(exec(0x0400, NULL, 0, 256), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 28);
	assert_int_equal(answer(0, 2), 1);
	assert_answer_is_zero(2, 6);
	assert_memory_equal(answer_bytes(8, 16), cel_id, 16);
	assert_int_equal(answer(24, 4), CEL_SIZE);
}

static enum cxl_mbox_rc get_log(const u8 id[16], u32 offset, u32 length, size_t out_max)
{
	u8 in[24];

	memcpy(in, id, 16);
	put_le(in + 16, 4, offset);
	put_le(in + 20, 4, length);
	return exec(0x0401, in, sizeof(in), out_max);
}

static void the_cel_lists_the_commands_in_order_of_opcode(void **state)
{
	assert_int_equal(get_log(cel_id, 0, CEL_SIZE, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, CEL_SIZE);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		assert_int_equal(answer(4 * i, 2), commands[i].opcode);
		assert_int_equal(answer(4 * i + 2, 2), commands[i].effect);
		if (i)
			assert_true(answer(4 * i, 2) > answer(4 * i - 4, 2));
	}
}

static void the_cel_read_in_pieces_is_the_cel(void **state)
{
	u8 whole[CEL_SIZE];

	assert_int_equal(get_log(cel_id, 0, CEL_SIZE, PAYLOAD), CXL_RC_SUCCESS);
	memcpy(whole, answer_bytes(0, CEL_SIZE), CEL_SIZE);
	for (u32 piece = 1; piece <= CEL_SIZE; piece++) {
		for (u32 offset = 0; offset < CEL_SIZE; offset += piece) {
			u32 len = CEL_SIZE - offset < piece ? CEL_SIZE - offset : piece;

			assert_int_equal(get_log(cel_id, offset, len, piece), CXL_RC_SUCCESS);
			assert_int_equal(unit_io.out_len, len);
			assert_memory_equal(answer_bytes(0, len), whole + offset, len);
		}
	}
}

static void nothing_is_read_at_the_end_of_the_cel_and_no_byte_behind_it(void **state)
{
	for (u32 offset = 0; offset <= CEL_SIZE; offset++) {
		u32 rest = CEL_SIZE - offset;

		assert_int_equal(get_log(cel_id, offset, rest, PAYLOAD), CXL_RC_SUCCESS);
		assert_int_equal(get_log(cel_id, offset, rest + 1, PAYLOAD), CXL_RC_INVALID_INPUT);
		/* offset + length wraps to 0, to 1 and to the end */
		assert_int_equal(get_log(cel_id, offset, -offset - !offset, PAYLOAD),
				 CXL_RC_INVALID_INPUT);
		assert_int_equal(get_log(cel_id, offset + 2, -offset - 1, PAYLOAD),
				 CXL_RC_INVALID_INPUT);
	}
	assert_int_equal(get_log(cel_id, CEL_SIZE + 1, 0, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(get_log(cel_id, 0xffffffff, 0, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(get_log(cel_id, 0xffffffff, 1, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(get_log(cel_id, 0, 0xffffffff, PAYLOAD), CXL_RC_INVALID_INPUT);
}

static void a_piece_of_the_cel_fits_the_mailbox(void **state)
{
	assert_int_equal(get_log(cel_id, 0, 16, 16), CXL_RC_SUCCESS);
	assert_int_equal(get_log(cel_id, 0, 17, 16), CXL_RC_INVALID_INPUT);
}

static void any_other_log_is_an_invalid_log(void **state)
{
	u8 id[16];

	for (size_t i = 0; i < 16; i++) {
		memcpy(id, cel_id, 16);
		id[i] ^= 1 << i % 8;
		assert_int_equal(get_log(id, 0, 4, PAYLOAD), CXL_RC_INVALID_LOG);
	}
	memset(id, 0, 16);
	assert_int_equal(get_log(id, 0xffffffff, 0xffffffff, PAYLOAD), CXL_RC_INVALID_LOG);
}

static void identify_has_no_static_capacity_and_the_sizes_of_all_logs(void **state)
{
	static const char revision[16] = "cxl-dcd mock";

	assert_int_equal(exec(0x4000, NULL, 0, 256), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 69);
	assert_memory_equal(answer_bytes(0, 16), revision, 16);
	/* total, volatile, persistent capacity, alignment of a partition */
	assert_answer_is_zero(16, 32);
	/* records of the four event logs */
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(answer(48 + 2 * i, 2), 64);
	assert_int_equal(answer(56, 4), LSA);
	assert_int_equal(answer(60, 3), 256);
	/* inject poison limit, poison and QoS capabilities */
	assert_answer_is_zero(63, 4);
	assert_int_equal(answer(67, 2), 64);
}

static void there_is_nothing_to_partition(void **state)
{
	assert_int_equal(exec(0x4100, NULL, 0, 256), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 32);
	assert_answer_is_zero(0, 32);
}

static void the_device_is_healthy_at_25_degrees(void **state)
{
	assert_int_equal(exec(0x4200, NULL, 0, 256), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 18);
	assert_answer_is_zero(0, 4);
	assert_int_equal(answer(4, 2), 25);
	assert_answer_is_zero(6, 12);
}

static void there_are_no_alerts(void **state)
{
	assert_int_equal(exec(0x4201, NULL, 0, 256), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 16);
	assert_answer_is_zero(0, 16);
}

static void set_time(u64 time)
{
	u8 in[8];

	put_le(in, 8, time);
	assert_int_equal(exec(0x0301, in, 8, 256), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 0);
}

static void assert_time(u64 time)
{
	assert_int_equal(exec(0x0300, NULL, 0, 256), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 8);
	assert_int_equal(answer(0, 8), time);
	assert_int_equal(cxl_mock_device_time(device), time);
}

static void the_time_is_zero_until_it_is_set(void **state)
{
	assert_time(0);
	now += 5000;
	assert_time(0);
}

static void the_time_moves_with_the_clock_from_where_it_was_set(void **state)
{
	set_time(0x1122334455667788);
	assert_time(0x1122334455667788);
	now += 1;
	assert_time(0x1122334455667789);
	now += 1ULL << 40;
	assert_time(0x1122334455667789 + (1ULL << 40));

	/* it can be set again, even back */
	set_time(42);
	assert_time(42);
	now += 8;
	assert_time(50);
	set_time(0);
	now += 8;
	assert_time(0);
}

static enum cxl_mbox_rc get_poison(u64 dpa, u64 units)
{
	u8 in[16];

	put_le(in, 8, dpa);
	put_le(in + 8, 8, units);
	return exec(0x4300, in, 16, 256);
}

static void assert_no_poison(u64 dpa, u64 units)
{
	assert_int_equal(get_poison(dpa, units), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 32);
	assert_answer_is_zero(0, 32);
}

static void there_is_no_poison_anywhere_on_the_device(void **state)
{
	assert_no_poison(0, 0);
	assert_no_poison(0, 1);
	assert_no_poison(64, 1);
	assert_no_poison(0, 2 * GIB / 64);
	assert_no_poison(64, 2 * GIB / 64 - 1);
	assert_no_poison(GIB, GIB / 64);
	assert_no_poison(2 * GIB - 64, 1);
	assert_no_poison(2 * GIB - 64, 0);
}

static void poison_is_asked_for_in_units_of_64_bytes(void **state)
{
	for (u64 dpa = 1; dpa < 64; dpa++) {
		assert_int_equal(get_poison(dpa, 1), CXL_RC_INVALID_INPUT);
		assert_int_equal(get_poison(GIB + dpa, 1), CXL_RC_INVALID_INPUT);
	}
}

static void a_poison_range_beyond_the_device_is_an_invalid_address(void **state)
{
	assert_int_equal(get_poison(2 * GIB, 0), CXL_RC_INVALID_PA);
	assert_int_equal(get_poison(2 * GIB, 1), CXL_RC_INVALID_PA);
	assert_int_equal(get_poison(2 * GIB - 64, 2), CXL_RC_INVALID_PA);
	assert_int_equal(get_poison(0, 2 * GIB / 64 + 1), CXL_RC_INVALID_PA);
	assert_int_equal(get_poison(64, 2 * GIB / 64), CXL_RC_INVALID_PA);
	assert_int_equal(get_poison(-64ULL, 1), CXL_RC_INVALID_PA);
	/* length in bytes, and its sum with the address, wrap */
	assert_int_equal(get_poison(0, 1ULL << 58), CXL_RC_INVALID_PA);
	assert_int_equal(get_poison(64, (1ULL << 58) + 1), CXL_RC_INVALID_PA);
	assert_int_equal(get_poison(64, -1ULL), CXL_RC_INVALID_PA);
	assert_int_equal(get_poison(GIB, (1ULL << 58) - GIB / 64), CXL_RC_INVALID_PA);
	assert_int_equal(get_poison(-64ULL, 2), CXL_RC_INVALID_PA);
}

static struct CMUnitTest tests[] = {
	TEST(an_unknown_command_is_unsupported_whatever_its_payload),
	TEST(a_payload_too_short_or_too_long_is_refused),
	TEST(every_command_is_there),
	TEST(the_cel_is_the_only_log),
	TEST(the_cel_lists_the_commands_in_order_of_opcode),
	TEST(the_cel_read_in_pieces_is_the_cel),
	TEST(nothing_is_read_at_the_end_of_the_cel_and_no_byte_behind_it),
	TEST(a_piece_of_the_cel_fits_the_mailbox),
	TEST(any_other_log_is_an_invalid_log),
	TEST(identify_has_no_static_capacity_and_the_sizes_of_all_logs),
	TEST(there_is_nothing_to_partition),
	TEST(the_device_is_healthy_at_25_degrees),
	TEST(there_are_no_alerts),
	TEST(the_time_is_zero_until_it_is_set),
	TEST(the_time_moves_with_the_clock_from_where_it_was_set),
	TEST(there_is_no_poison_anywhere_on_the_device),
	TEST(poison_is_asked_for_in_units_of_64_bytes),
	TEST(a_poison_range_beyond_the_device_is_an_invalid_address),
	{}
};

unit_suite(tests);
