// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which commands the host believes a device has: its logs, and the CEL. Responses
 * are written byte by byte, at the offsets of the specification.
 */
#include "unit.h"
#include "check.h"

/* Get Supported Logs, response: CXL 3.1 8.2.9.5.1 */
#define LOGS_HEADER	8
#define LOG		20
/* Command Effects Log: CXL 3.1 8.2.9.5.2.1 */
#define CEL_ENTRY	4
#define ALL		0xf

static const u8 cel_id[] = "\x0d\xa9\xc0\xb5\xbf\x41\x4b\x78\x8f\x79\x96\xb1\x62\x3b\x3f\x17";
static const u8 other_id[] = "\x5e\x18\x19\xd9\x11\xa9\x40\x0c\x81\x1f\xd6\x07\x19\x40\x3d\x86";

static u8 logs[LOGS_HEADER + 4 * LOG];

static void put_log(unsigned int i, const u8 *id, u32 size)
{
	memcpy(logs + LOGS_HEADER + i * LOG, id, 16);
	put_le(logs + LOGS_HEADER + i * LOG + 16, 4, size);
}

/* The size of the CEL by a response that claims @nr logs and is @len bytes long. */
static size_t cel_size(u16 nr, size_t len)
{
	put_le(logs, 2, nr);
	return dcd_cel_size(unit_response(logs, len), len);
}

static void the_cel_is_found_among_other_logs(void **state)
{
	for (unsigned int nr = 1; nr <= 4; nr++) {
		for (unsigned int at = 0; at < nr; at++) {
			for (unsigned int i = 0; i < nr; i++)
				put_log(i, i == at ? cel_id : other_id, 100 + 4 * i);
			assert_int_equal(cel_size(nr, LOGS_HEADER + nr * LOG), 100 + 4 * at);
		}
	}
}

static void without_a_cel_its_size_is_0(void **state)
{
	assert_int_equal(cel_size(0, LOGS_HEADER), 0);
	for (unsigned int i = 0; i < 4; i++)
		put_log(i, other_id, 100);
	for (unsigned int nr = 0; nr <= 4; nr++)
		assert_int_equal(cel_size(nr, LOGS_HEADER + nr * LOG), 0);
}

static void every_byte_of_the_id_counts(void **state)
{
	for (unsigned int i = 0; i < 16; i++) {
		u8 id[16];

		memcpy(id, cel_id, sizeof(id));
		id[i] ^= 1;
		put_log(0, id, 100);
		assert_int_equal(cel_size(1, LOGS_HEADER + LOG), 0);
	}
	put_log(0, cel_id, 100);
	assert_int_equal(cel_size(1, LOGS_HEADER + LOG), 100);
	assert_memory_equal(dcd_cel_id, cel_id, 16);
}

static void logs_past_the_end_of_the_response_do_not_exist(void **state)
{
	static const u16 lies[] = { 4, 5, 0x100, 0x7fff, 0xffff };

	for (unsigned int i = 0; i < 3; i++)
		put_log(i, other_id, 100);
	put_log(3, cel_id, 200);
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		assert_int_equal(cel_size(lies[i], sizeof(logs)), 200);
		for (size_t len = LOGS_HEADER; len < sizeof(logs); len++)
			assert_int_equal(cel_size(lies[i], len), 0);
	}
}

static void logs_past_the_count_do_not_exist(void **state)
{
	put_log(0, other_id, 100);
	put_log(1, cel_id, 200);
	assert_int_equal(cel_size(0, LOGS_HEADER + 2 * LOG), 0);
	assert_int_equal(cel_size(1, LOGS_HEADER + 2 * LOG), 0);
	assert_int_equal(cel_size(2, LOGS_HEADER + 2 * LOG), 200);
}

static void a_cel_has_an_entry_per_opcode_at_the_most(void **state)
{
	static const struct {
		u32 size, taken;
	} cases[] = {
		{ 0, 0 }, { 1, 0 }, { 17, 16 }, { 0x3ffff, 0x3fffc }, { 0x40000, 0x40000 },
		{ 0x40001, 0x40000 }, { 0x80000000, 0x40000 }, { 0xffffffff, 0x40000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put_log(0, cel_id, cases[i].size);
		assert_int_equal(cel_size(1, LOGS_HEADER + LOG), cases[i].taken);
	}
}

static unsigned long cel_commands(const u8 *cel, size_t len)
{
	return dcd_cel_commands(unit_response(cel, len), len);
}

/* An entry whose effect would be a DC command, were it an opcode. */
static void put_entry(u8 *cel, unsigned int i, u16 opcode)
{
	put_le(cel + i * CEL_ENTRY, 2, opcode);
	put_le(cel + i * CEL_ENTRY + 2, 2, 0x4800 + i % 4);
}

static void each_dc_command_has_a_bit(void **state)
{
	u8 cel[CEL_ENTRY];

	assert_int_equal(DCD_COMMANDS, ALL);
	for (unsigned int i = 0; i < 4; i++) {
		put_entry(cel, 0, 0x4800 + i);
		assert_int_equal(cel_commands(cel, sizeof(cel)), 1 << i);
	}
}

static void no_other_opcode_has_a_bit(void **state)
{
	u8 cel[CEL_ENTRY];

	for (unsigned int opcode = 0; opcode <= 0xffff; opcode += UNIT_EVERY) {
		if (opcode >= 0x4800 && opcode <= 0x4803)
			continue;
		put_entry(cel, 0, opcode);
		assert_int_equal(cel_commands(cel, sizeof(cel)), 0);
	}
}

static void the_commands_may_come_in_any_order_and_twice(void **state)
{
	u8 cel[6 * CEL_ENTRY];

	for (unsigned int order = 0; order < 4 * 4 * 4 * 4; order++) {
		unsigned int expected = 0;

		put_entry(cel, 0, 0x0400);
		put_entry(cel, 5, 0x4804);
		for (unsigned int i = 0; i < 4; i++) {
			unsigned int command = order >> 2 * i & 3;

			put_entry(cel, 1 + i, 0x4800 + command);
			expected |= 1 << command;
		}
		assert_int_equal(cel_commands(cel, sizeof(cel)), expected);
	}
}

static void one_that_is_missing_is_missed(void **state)
{
	for (unsigned int missing = 0; missing < 4; missing++) {
		u8 cel[3 * CEL_ENTRY];
		unsigned int nr = 0;

		for (unsigned int i = 0; i < 4; i++)
			if (i != missing)
				put_entry(cel, nr++, 0x4800 + i);
		assert_int_equal(cel_commands(cel, sizeof(cel)), ALL & ~(1 << missing));
		assert_int_not_equal(cel_commands(cel, sizeof(cel)), DCD_COMMANDS);
	}
}

static void an_entry_that_is_cut_is_left_out(void **state)
{
	u8 cel[4 * CEL_ENTRY];

	for (unsigned int i = 0; i < 4; i++)
		put_entry(cel, i, 0x4800 + i);
	for (size_t len = 0; len <= sizeof(cel); len++)
		assert_int_equal(cel_commands(cel, len), (1 << len / CEL_ENTRY) - 1);
}

static void the_parts_of_a_cel_add_up(void **state)
{
	static u8 cel[0x10000 * CEL_ENTRY];
	unsigned long seen = 0;

	for (unsigned int i = 0; i <= 0xffff; i++)
		put_entry(cel, i, 0xffff - i);
	assert_int_equal(cel_commands(cel, sizeof(cel)), ALL);
	for (size_t offset = 0; offset < sizeof(cel); offset += 512)
		seen |= cel_commands(cel + offset, 512);
	assert_int_equal(seen, ALL);
}

static struct CMUnitTest tests[] = {
	cmocka_unit_test(the_cel_is_found_among_other_logs),
	cmocka_unit_test(without_a_cel_its_size_is_0),
	cmocka_unit_test(every_byte_of_the_id_counts),
	cmocka_unit_test(logs_past_the_end_of_the_response_do_not_exist),
	cmocka_unit_test(logs_past_the_count_do_not_exist),
	cmocka_unit_test(a_cel_has_an_entry_per_opcode_at_the_most),
	cmocka_unit_test(each_dc_command_has_a_bit),
	cmocka_unit_test(no_other_opcode_has_a_bit),
	cmocka_unit_test(the_commands_may_come_in_any_order_and_twice),
	cmocka_unit_test(one_that_is_missing_is_missed),
	cmocka_unit_test(an_entry_that_is_cut_is_left_out),
	cmocka_unit_test(the_parts_of_a_cel_add_up),
	{}
};

unit_suite(tests);
