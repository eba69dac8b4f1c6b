// SPDX-License-Identifier: GPL-2.0-only
/* What holds for all commands of the FM, by hard-coded byte offsets: CXL 3.1 7.6.7.6 */
#include "dc_unit.h"

static const struct {
	u16 opcode;
	size_t len;
	bool variable;
} commands[] = {
	{ 0x5600, 0, false }, { 0x5601, 4, false }, { 0x5602, 16, false },
	{ 0x5603, 12, false }, { 0x5604, 32, true }, { 0x5605, 32, true },
	{ 0x5606, 16, false }, { 0x5607, 16, false }, { 0x5608, 8, false },
};

/* Below are the generic commands, see test_mailbox_fm.c. */
static void other_opcodes_are_unsupported(void **state)
{
	for (u32 opcode = 0x0402; opcode < 0x10000; opcode += UNIT_EVERY)
		if (opcode < 0x5600 || opcode > 0x5608)
			assert_refused(CXL_RC_UNSUPPORTED, fm(opcode, NULL, 0, 256));
}

static void a_request_of_the_wrong_length_is_refused(void **state)
{
	u8 in[256] = {};

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		in[2] = commands[i].opcode == 0x5605 ? CXL_FM_REMOVE_PRESCRIPTIVE :
						       CXL_FM_SELECT_PRESCRIPTIVE;
		for (size_t len = 0; len <= sizeof(in); len++)
			if (len < commands[i].len || (len > commands[i].len &&
						      (!commands[i].variable || len % 40 != 32)))
				assert_refused(CXL_RC_INVALID_PAYLOAD_LEN,
					       fm(commands[i].opcode, in, len, 256));
	}
}

static void a_count_that_is_not_the_length_is_refused(void **state)
{
	/* times 40 in 32 bits, and cut to 8 or 16 bits: 0 or 1 extent */
	static const u32 counts[] = {
		0, 1, 2, 3, 0x100, 0x101, 0x10000, 0x10001, 0x06666667, 0x20000000, 0x20000001,
		0x80000000, 0x80000001, 0xe0000001, 0xffffffff,
	};
	u8 in[32 + 3 * 40] = {};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		for (size_t len = 32; len <= sizeof(in); len++) {
			if (len == 32 + 40ULL * counts[i])
				continue;
			put_le(in + 28, 4, counts[i]);
			in[2] = CXL_FM_SELECT_PRESCRIPTIVE;
			assert_refused(CXL_RC_INVALID_PAYLOAD_LEN, fm(0x5604, in, len, 256));
			in[2] = CXL_FM_REMOVE_PRESCRIPTIVE;
			assert_refused(CXL_RC_INVALID_PAYLOAD_LEN, fm(0x5605, in, len, 256));
		}
	}
}

static void there_is_one_host(void **state)
{
	static const u16 hosts[] = { 1, 2, 255, 256, 0x8000, 0xffff };
	u8 in[32] = {};

	give(R({ 0, 1 }), 1);
	memcpy(in + 12, tag_id(1), CXL_DC_TAG_LEN);
	put_le(in + 4, 8, BLOCK);
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		put_le(in, 2, hosts[i]);
		assert_refused(CXL_RC_INVALID_INPUT, fm(0x5601, in, 4, 256));
		assert_refused(CXL_RC_INVALID_INPUT, fm(0x5603, in, 12, 256));
		assert_refused(CXL_RC_INVALID_INPUT, fm(0x5604, in, 32, 256));
		assert_refused(CXL_RC_INVALID_INPUT, fm(0x5605, in, 32, 256));
	}
}

static void only_the_prescriptive_policies_read_the_count(void **state)
{
	u8 in[32 + 40] = {};

	put_le(in + 4, 8, BLOCK);
	put_le(in + 28, 4, 1000);
	memcpy(in + 12, tag_id(1), CXL_DC_TAG_LEN);
	assert_done(fm(0x5604, in, 32, 256));
	assert_done(respond(R({ 0, 1 }), 0));
	assert_done(fm(0x5605, in, sizeof(in), 256));
	assert_done(fm(0x5605, in, 32, 256));
}

static void other_policies_are_refused(void **state)
{
	give(R({ 0, 4 }), 1);
	for (unsigned int policy = 0; policy < 256; policy++)
		if ((policy & 0x0f) > 3)
			assert_refused(CXL_RC_INVALID_INPUT,
				       fm_add(policy, 0, BLOCK, 1, R({ 9, 1 })));
	for (unsigned int flags = 0; flags < 256; flags++)
		if ((flags & 0x0f) > 1)
			assert_refused(CXL_RC_INVALID_INPUT, fm_release(flags, 1, R({ 0, 4 })));
}

static void without_memory_the_fm_changes_nothing(void **state)
{
	assert_done_with_memory_only(fm_add(0, 0, BLOCK, 1, NOTHING));
	assert_done_with_memory_only(fm_add(1, 0, BLOCK, 1, NOTHING));
	assert_done_with_memory_only(fm_add(2, 0, 0, 1, R({ 8, 4 }, { 20, 4 })));
	assert_done(respond(NOTHING, 0));
	assert_done(respond(NOTHING, 0));
	assert_done(respond(R({ 8, 4 }, { 20, 4 }), 0));
	assert_done_with_memory_only(fm_release(0, 1, NOTHING));
	assert_done_with_memory_only(fm_release(1, 1, R({ 8, 4 }, { 21, 1 })));
	give(R({ REGION, 4 }), 2);
	assert_done(fm_reference(true, 2));
	assert_done(release(R({ 8, 4 }, { REGION, 4 }), 0));
	assert_done_with_memory_only(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 2, NOTHING));
	assert_done_with_memory_only(fm_release(CXL_FM_RELEASE_FORCED, 1, NOTHING));
}

static struct CMUnitTest tests[] = {
	TEST(other_opcodes_are_unsupported),
	TEST(a_request_of_the_wrong_length_is_refused),
	TEST(a_count_that_is_not_the_length_is_refused),
	TEST(there_is_one_host),
	TEST(only_the_prescriptive_policies_read_the_count),
	TEST(other_policies_are_refused),
	TEST(without_memory_the_fm_changes_nothing),
	{}
};

unit_suite(tests);
