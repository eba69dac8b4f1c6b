// SPDX-License-Identifier: GPL-2.0-only
/* The interrupt policy of event logs, by hard-coded byte offsets: CXL 3.1 8.2.9.2.4, .5 */
#include "eventlog_unit.h"

static enum cxl_mbox_rc set_policy(const u8 *policy, size_t len)
{
	return unit_call(cxl_mock_events_set_policy, eventlog_events, policy, len, 256);
}

static void assert_policy(const u8 expected[5])
{
	assert_int_equal(unit_call(cxl_mock_events_get_policy, eventlog_events, NULL, 0, 256),
			 CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 5);
	assert_memory_equal(answer_bytes(0, 5), expected, 5);
}

static void no_log_interrupts_at_first(void **state)
{
	assert_policy((u8[5]) { 0 });
}

static void a_policy_of_five_settings_sets_all_logs(void **state)
{
	static const u8 policy[] = { 2, 0, 1, 2, 1 };

	assert_int_equal(set_policy(policy, 5), CXL_RC_SUCCESS);
	assert_policy(policy);
}

static void a_policy_of_four_settings_leaves_the_dc_log_alone(void **state)
{
	set_policy((u8[]) { 1, 1, 1, 1, 2 }, 5);
	assert_int_equal(set_policy((u8[]) { 0, 2, 0, 2 }, 4), CXL_RC_SUCCESS);
	assert_policy((u8[5]) { 0, 2, 0, 2, 2 });
}

static void a_policy_of_another_length_is_refused(void **state)
{
	static const u8 policy[4097] = { 1, 1, 1, 1, 1 };

	for (size_t len = 0; len <= 4097; len += len < 16 ? 1 : 371)
		if (len != 4 && len != 5)
			assert_int_equal(set_policy(policy, len), CXL_RC_INVALID_PAYLOAD_LEN);
	assert_policy((u8[5]) { 0 });
}

static void a_reserved_interrupt_mode_is_refused_and_nothing_is_set(void **state)
{
	for (size_t len = 4; len <= 5; len++) {
		for (size_t i = 0; i < len; i++) {
			u8 policy[5] = { 1, 2, 1, 2, 1 };

			policy[i] = 3;
			assert_int_equal(set_policy(policy, len), CXL_RC_INVALID_INPUT);
			/* the mode is the lowest two bits */
			policy[i] = 0xf3;
			assert_int_equal(set_policy(policy, len), CXL_RC_INVALID_INPUT);
		}
	}
	assert_policy((u8[5]) { 0 });
}

static struct CMUnitTest tests[] = {
	TEST(no_log_interrupts_at_first),
	TEST(a_policy_of_five_settings_sets_all_logs),
	TEST(a_policy_of_four_settings_leaves_the_dc_log_alone),
	TEST(a_policy_of_another_length_is_refused),
	TEST(a_reserved_interrupt_mode_is_refused_and_nothing_is_set),
	{}
};

unit_suite(tests);
