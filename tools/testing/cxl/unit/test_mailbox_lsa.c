// SPDX-License-Identifier: GPL-2.0-only
/* The Label Storage Area: CXL 3.1 8.2.9.9.2.3 and .4 */
#include "mailbox_unit.h"

static enum cxl_mbox_rc get_lsa(u32 offset, u32 length, size_t out_max)
{
	u8 in[8];

	put_le(in, 4, offset);
	put_le(in + 4, 4, length);
	return exec(0x4102, in, 8, out_max);
}

/* Set @length bytes to @byte; the reserved field is not a part of the offset. */
static enum cxl_mbox_rc set_lsa(u32 offset, size_t length, u8 byte)
{
	static u8 in[PAYLOAD];

	put_le(in, 4, offset);
	put_le(in + 4, 4, 0xffffffff);
	memset(in + 8, byte, sizeof(in) - 8);
	return exec(0x4103, in, 8 + length, 256);
}

static void assert_lsa(u32 from, u32 to, u8 byte)
{
	const u8 *lsa;

	assert_int_equal(get_lsa(0, LSA, LSA), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, LSA);
	lsa = answer_bytes(0, LSA);
	for (u32 i = 0; i < LSA; i++)
		assert_int_equal(lsa[i], i >= from && i < to ? byte : 0);
}

static void the_lsa_is_zero_at_first(void **state)
{
	assert_lsa(0, 0, 0);
}

static void the_lsa_keeps_what_was_set_and_only_there(void **state)
{
	static const struct {
		u32 offset, length;
	} cases[] = {
		{ 0, 1 }, { 0, PAYLOAD - 8 }, { 1, 0 }, { 5000, 3 }, { LSA - 1, 1 },
		{ LSA - PAYLOAD + 8, PAYLOAD - 8 }, { LSA, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 offset = cases[i].offset, length = cases[i].length;

		assert_int_equal(set_lsa(offset, length, 0xc3), CXL_RC_SUCCESS);
		assert_int_equal(unit_io.out_len, 0);
		assert_lsa(offset, offset + length, 0xc3);
		assert_int_equal(get_lsa(offset, length, PAYLOAD), CXL_RC_SUCCESS);
		assert_int_equal(unit_io.out_len, length);
		for (u32 j = 0; j < length; j++)
			assert_int_equal(answer(j, 1), 0xc3);
		assert_int_equal(set_lsa(offset, length, 0), CXL_RC_SUCCESS);
	}
}

static void writing_past_the_lsa_is_refused_and_writes_nothing(void **state)
{
	assert_int_equal(set_lsa(LSA, 1, 1), CXL_RC_INVALID_INPUT);
	assert_int_equal(set_lsa(LSA + 1, 0, 1), CXL_RC_INVALID_INPUT);
	assert_int_equal(set_lsa(LSA - 1, 2, 1), CXL_RC_INVALID_INPUT);
	assert_int_equal(set_lsa(LSA - 4087, 4088, 1), CXL_RC_INVALID_INPUT);
	assert_int_equal(set_lsa(0xffffffff, 0, 1), CXL_RC_INVALID_INPUT);
	assert_int_equal(set_lsa(0xffffffff, 1, 1), CXL_RC_INVALID_INPUT);
	assert_int_equal(set_lsa(0xffffffff, 2, 1), CXL_RC_INVALID_INPUT);
	assert_int_equal(set_lsa(0x80000000, 8, 1), CXL_RC_INVALID_INPUT);
	assert_lsa(0, 0, 0);
}

static void reading_past_the_lsa_is_refused(void **state)
{
	assert_int_equal(get_lsa(LSA, 0, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(get_lsa(LSA - 1, 1, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(get_lsa(LSA, 1, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(get_lsa(LSA - 1, 2, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(get_lsa(LSA + 1, 0, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(get_lsa(0xffffffff, 0, PAYLOAD), CXL_RC_INVALID_INPUT);
	/* offset + length wraps */
	assert_int_equal(get_lsa(0xffffffff, 1, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(get_lsa(0xfffffff0, 0x20, PAYLOAD), CXL_RC_INVALID_INPUT);
	assert_int_equal(get_lsa(16, 0xfffffff0, 2 * LSA), CXL_RC_INVALID_INPUT);
	assert_int_equal(get_lsa(0, LSA + 1, 2 * LSA), CXL_RC_INVALID_INPUT);
}

static void a_piece_of_the_lsa_fits_the_mailbox(void **state)
{
	assert_int_equal(get_lsa(3, 256, 256), CXL_RC_SUCCESS);
	assert_int_equal(get_lsa(3, 257, 256), CXL_RC_INVALID_INPUT);
	assert_int_equal(get_lsa(0, LSA, PAYLOAD), CXL_RC_INVALID_INPUT);
}

static struct CMUnitTest tests[] = {
	TEST(the_lsa_is_zero_at_first),
	TEST(the_lsa_keeps_what_was_set_and_only_there),
	TEST(writing_past_the_lsa_is_refused_and_writes_nothing),
	TEST(reading_past_the_lsa_is_refused),
	TEST(a_piece_of_the_lsa_fits_the_mailbox),
	{}
};

unit_suite(tests);
