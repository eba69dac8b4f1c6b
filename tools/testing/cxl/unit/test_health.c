// SPDX-License-Identifier: GPL-2.0-only
/* The health of a device: what is read, what the host is shown and told of, and alerts. */
#include "mailbox_unit.h"
#include "media.h"

#define HEADER	48

/* Bits of the alerts */
#define LIFE		1
#define OVER		2
#define UNDER		4
#define CORRECTED	8
#define PERSISTENT	16
#define ALL		(LIFE | OVER | UNDER | CORRECTED)

static int alerts_setup(void **state)
{
	if (mailbox_setup(state))
		return -1;
	device->health.alerts.has = true;
	return 0;
}

#define ALERTS_TEST(name) cmocka_unit_test_setup_teardown(name, alerts_setup, mailbox_teardown)

static int read_health(enum cxl_mock_health_field field, const char *text, u32 *value)
{
	char reason[CXL_MOCK_REASON_LEN] = "";
	int rc = cxl_mock_read_health(field, text, strlen(text), value, reason);

	assert_int_equal(!rc, !*reason);
	assert_true(strlen(reason) < CXL_MOCK_REASON_LEN - 1);
	return rc;
}

/* Read, and the same when it is written back */
static void assert_read(enum cxl_mock_health_field field, const char *text, u32 expected)
{
	char shown[64], line[66];
	u32 value = 77, again;

	assert_int_equal(read_health(field, text, &value), 0);
	assert_int_equal(value, expected);
	cxl_mock_show_health(field, value, shown, sizeof(shown));
	snprintf(line, sizeof(line), "%s\n", shown);
	assert_int_equal(read_health(field, line, &again), 0);
	assert_int_equal(again, expected);
}

static void each_field_is_read_and_shown(void **state)
{
	static const char *const media[] = {
		"normal", "not_ready", "persistence_lost", "data_lost",
		"powerloss_persistence_loss", "shutdown_persistence_loss",
		"persistence_loss_imminent", "powerloss_data_loss", "shutdown_data_loss",
		"data_loss_imminent",
	};

	assert_read(CXL_MOCK_HEALTH_STATUS, "normal", 0);
	assert_read(CXL_MOCK_HEALTH_STATUS, "maintenance", 1);
	assert_read(CXL_MOCK_HEALTH_STATUS, "replacement,degraded", 6);
	assert_read(CXL_MOCK_HEALTH_STATUS, "maintenance,degraded,replacement", 7);
	for (u32 i = 0; i < ARRAY_SIZE(media); i++)
		assert_read(CXL_MOCK_HEALTH_MEDIA, media[i], i);
	assert_read(CXL_MOCK_HEALTH_LIFE_USED, "0", 0);
	assert_read(CXL_MOCK_HEALTH_LIFE_USED, "0x64\n", 100);
	assert_read(CXL_MOCK_HEALTH_TEMPERATURE, "-273", -273);
	assert_read(CXL_MOCK_HEALTH_TEMPERATURE, "-0", 0);
	assert_read(CXL_MOCK_HEALTH_TEMPERATURE, "1000", 1000);
	assert_read(CXL_MOCK_HEALTH_DIRTY_SHUTDOWNS, "4294967295", 0xffffffff);
	assert_read(CXL_MOCK_HEALTH_CORRECTED_ERRORS, "1K", 1024);
}

static void what_is_no_such_value_is_refused(void **state)
{
	static const struct {
		enum cxl_mock_health_field field;
		const char *text;
	} lines[] = {
		{ CXL_MOCK_HEALTH_STATUS, "" }, { CXL_MOCK_HEALTH_STATUS, "normal,degraded" },
		{ CXL_MOCK_HEALTH_STATUS, "degraded," }, { CXL_MOCK_HEALTH_STATUS, "4" },
		{ CXL_MOCK_HEALTH_STATUS, ",degraded" }, { CXL_MOCK_HEALTH_MEDIA, "lost" },
		{ CXL_MOCK_HEALTH_MEDIA, "" }, { CXL_MOCK_HEALTH_MEDIA, "not_ready,data_lost" },
		{ CXL_MOCK_HEALTH_LIFE_USED, "101" }, { CXL_MOCK_HEALTH_LIFE_USED, "-0" },
		{ CXL_MOCK_HEALTH_TEMPERATURE, "-274" }, { CXL_MOCK_HEALTH_TEMPERATURE, "1001" },
		{ CXL_MOCK_HEALTH_TEMPERATURE, "--1" }, { CXL_MOCK_HEALTH_TEMPERATURE, "-" },
		{ CXL_MOCK_HEALTH_TEMPERATURE, "4294967296" },
		{ CXL_MOCK_HEALTH_DIRTY_SHUTDOWNS, "4294967296" },
		{ CXL_MOCK_HEALTH_CORRECTED_ERRORS, "-1" },
		{ CXL_MOCK_HEALTH_CORRECTED_ERRORS, "1 " },
	};
	char longest[CXL_MOCK_REASON_LEN];
	u32 value = 77;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(read_health(lines[i].field, lines[i].text, &value), -EINVAL);
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	for (int field = 0; field < CXL_MOCK_HEALTH_FIELDS; field++)
		assert_int_equal(read_health(field, longest, &value), -EINVAL);
	assert_int_equal(value, 77);
}

static void set(enum cxl_mock_health_field field, s32 value)
{
	cxl_mock_health_set(device, field, value);
}

static enum cxl_mbox_rc set_alerts(u8 valid, u8 enable, u8 life, s16 over, s16 under,
				   u16 corrected)
{
	u8 in[12] = { valid, enable, life };

	put_le(in + 4, 2, (u16)over);
	put_le(in + 6, 2, (u16)under);
	put_le(in + 8, 2, corrected);
	return exec(0x4202, in, sizeof(in), PAYLOAD);
}

static u8 additional_status(void)
{
	assert_int_equal(exec(0x4200, NULL, 0, PAYLOAD), CXL_RC_SUCCESS);
	return answer(2, 1);
}

/* The only record of all logs, which the host then clears */
static void assert_told(enum cxl_mock_log log, enum cxl_mock_module_event event)
{
	for (unsigned int i = 0; i < CXL_MOCK_LOG_NR; i++) {
		struct cxl_mock_ring *ring = &device->events.log[i];
		const u8 *record = (const u8 *)&ring->records[ring->first];

		assert_int_equal(ring->nr, i == log);
		if (i != log)
			continue;
		/* a memory module record, as severe as its log, with the health of now */
		assert_memory_equal(record, "\xfe\x92\x74\x75\xdd\x59\x43\x39", 8);
		assert_int_equal(record[17], log);
		assert_int_equal(record[HEADER], event);
		assert_int_equal(exec(0x4200, NULL, 0, PAYLOAD), CXL_RC_SUCCESS);
		assert_memory_equal(record + HEADER + 1, answer_bytes(0, 18), 18);
		ring->nr = 0;
		ring->first = (ring->first + 1) % CXL_MOCK_LOG_RECORDS;
	}
	assert_int_equal(device->signal, 1 << log);
	device->signal = 0;
}

static void assert_not_told(void)
{
	for (int i = 0; i < CXL_MOCK_LOG_NR; i++)
		assert_int_equal(device->events.log[i].nr, 0);
	assert_int_equal(device->signal, 0);
}

static void the_host_is_shown_all_of_it(void **state)
{
	set(CXL_MOCK_HEALTH_STATUS, 5);
	set(CXL_MOCK_HEALTH_MEDIA, 9);
	set(CXL_MOCK_HEALTH_LIFE_USED, 99);
	set(CXL_MOCK_HEALTH_TEMPERATURE, -40);
	set(CXL_MOCK_HEALTH_DIRTY_SHUTDOWNS, 3);
	set(CXL_MOCK_HEALTH_CORRECTED_ERRORS, 0x12345678);
	assert_int_equal(exec(0x4200, NULL, 0, PAYLOAD), CXL_RC_SUCCESS);
	/* without alerts nothing is beyond a threshold: there are none */
	assert_memory_equal(answer_bytes(0, 18),
			    "\5\11\0\x63\xd8\xff\3\0\0\0\x78\x56\x34\x12\0\0\0\0", 18);
}

static void a_change_of_status_is_told_by_how_bad_it_is(void **state)
{
	set(CXL_MOCK_HEALTH_STATUS, 1);
	assert_told(CXL_MOCK_LOG_WARN, CXL_MOCK_MODULE_HEALTH);
	set(CXL_MOCK_HEALTH_STATUS, 1);
	assert_not_told();
	set(CXL_MOCK_HEALTH_STATUS, 5);
	assert_told(CXL_MOCK_LOG_FAIL, CXL_MOCK_MODULE_HEALTH);
	set(CXL_MOCK_HEALTH_STATUS, 6);
	assert_told(CXL_MOCK_LOG_WARN, CXL_MOCK_MODULE_HEALTH);
	set(CXL_MOCK_HEALTH_STATUS, 2);
	assert_told(CXL_MOCK_LOG_INFO, CXL_MOCK_MODULE_HEALTH);
}

static void so_is_a_change_of_media_status(void **state)
{
	for (u32 media = 1; media < 10; media++) {
		set(CXL_MOCK_HEALTH_MEDIA, media);
		assert_told(media < 4 ? CXL_MOCK_LOG_FAIL : CXL_MOCK_LOG_WARN,
			    CXL_MOCK_MODULE_MEDIA);
	}
	set(CXL_MOCK_HEALTH_MEDIA, 0);
	assert_told(CXL_MOCK_LOG_INFO, CXL_MOCK_MODULE_MEDIA);
}

static void without_alerts_no_number_is_told(void **state)
{
	assert_int_equal(set_alerts(0, 0, 0, 0, 0, 0), CXL_RC_UNSUPPORTED);
	set(CXL_MOCK_HEALTH_LIFE_USED, 100);
	set(CXL_MOCK_HEALTH_TEMPERATURE, 1000);
	set(CXL_MOCK_HEALTH_DIRTY_SHUTDOWNS, 1);
	set(CXL_MOCK_HEALTH_CORRECTED_ERRORS, 1 << 30);
	assert_not_told();
	assert_int_equal(additional_status(), 0);
}

static void what_is_critical_is_so_without_being_asked(void **state)
{
	set(CXL_MOCK_HEALTH_LIFE_USED, 89);
	set(CXL_MOCK_HEALTH_TEMPERATURE, 84);
	set(CXL_MOCK_HEALTH_TEMPERATURE, -19);
	assert_not_told();
	set(CXL_MOCK_HEALTH_LIFE_USED, 90);
	assert_told(CXL_MOCK_LOG_FAIL, CXL_MOCK_MODULE_LIFE_USED);
	assert_int_equal(additional_status(), 2);
	set(CXL_MOCK_HEALTH_TEMPERATURE, -20);
	assert_told(CXL_MOCK_LOG_FAIL, CXL_MOCK_MODULE_TEMPERATURE);
	set(CXL_MOCK_HEALTH_TEMPERATURE, 85);
	assert_not_told();
	assert_int_equal(additional_status(), 2 | 2 << 2);
	set(CXL_MOCK_HEALTH_TEMPERATURE, 25);
	assert_told(CXL_MOCK_LOG_INFO, CXL_MOCK_MODULE_TEMPERATURE);
}

static void a_warning_comes_and_goes_with_its_threshold(void **state)
{
	assert_int_equal(set_alerts(ALL, ALL, 50, 60, -5, 10), CXL_RC_SUCCESS);
	assert_not_told();

	set(CXL_MOCK_HEALTH_LIFE_USED, 49);
	assert_not_told();
	set(CXL_MOCK_HEALTH_LIFE_USED, 50);
	assert_told(CXL_MOCK_LOG_WARN, CXL_MOCK_MODULE_LIFE_USED);
	set(CXL_MOCK_HEALTH_LIFE_USED, 95);
	assert_told(CXL_MOCK_LOG_FAIL, CXL_MOCK_MODULE_LIFE_USED);
	set(CXL_MOCK_HEALTH_LIFE_USED, 60);
	assert_told(CXL_MOCK_LOG_INFO, CXL_MOCK_MODULE_LIFE_USED);
	assert_int_equal(additional_status(), 1);

	set(CXL_MOCK_HEALTH_TEMPERATURE, 60);
	assert_told(CXL_MOCK_LOG_WARN, CXL_MOCK_MODULE_TEMPERATURE);
	set(CXL_MOCK_HEALTH_TEMPERATURE, -5);
	assert_not_told();
	set(CXL_MOCK_HEALTH_TEMPERATURE, -4);
	assert_told(CXL_MOCK_LOG_INFO, CXL_MOCK_MODULE_TEMPERATURE);

	set(CXL_MOCK_HEALTH_CORRECTED_ERRORS, 9);
	assert_not_told();
	set(CXL_MOCK_HEALTH_CORRECTED_ERRORS, 10);
	assert_told(CXL_MOCK_LOG_WARN, CXL_MOCK_MODULE_HEALTH);
	assert_int_equal(additional_status(), 1 | 1 << 4);
	set(CXL_MOCK_HEALTH_CORRECTED_ERRORS, 0);
	assert_told(CXL_MOCK_LOG_INFO, CXL_MOCK_MODULE_HEALTH);
}

static void a_threshold_that_is_passed_already_warns_at_once(void **state)
{
	set(CXL_MOCK_HEALTH_LIFE_USED, 20);
	assert_int_equal(set_alerts(LIFE, LIFE, 20, 0, 0, 0), CXL_RC_SUCCESS);
	assert_told(CXL_MOCK_LOG_WARN, CXL_MOCK_MODULE_LIFE_USED);
	assert_int_equal(set_alerts(LIFE, 0, 0, 0, 0, 0), CXL_RC_SUCCESS);
	assert_told(CXL_MOCK_LOG_INFO, CXL_MOCK_MODULE_LIFE_USED);
	assert_int_equal(additional_status(), 0);
}

/* Get Alert Configuration: which are on, and their thresholds */
static void assert_alerts(u8 on, u8 life, s16 over, s16 under, u16 corrected)
{
	assert_int_equal(exec(0x4201, NULL, 0, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(unit_io.out_len, 16);
	assert_int_equal(answer(0, 1), on);
	assert_int_equal(answer(1, 1), ALL);
	assert_int_equal(answer(2, 1), 90);
	assert_int_equal(answer(3, 1), life);
	assert_int_equal(answer(4, 2), 85);
	assert_int_equal(answer(6, 2), (u16)-20);
	assert_int_equal(answer(8, 2), (u16)over);
	assert_int_equal(answer(10, 2), (u16)under);
	assert_int_equal(answer(12, 2), corrected);
	assert_answer_is_zero(14, 2);
}

static void only_what_is_named_is_set(void **state)
{
	assert_alerts(0, 0, 0, 0, 0);
	assert_int_equal(set_alerts(LIFE | UNDER, LIFE | UNDER | OVER, 80, 50, -7, 3),
			 CXL_RC_SUCCESS);
	assert_alerts(LIFE | UNDER, 80, 0, -7, 0);
	assert_int_equal(set_alerts(OVER | CORRECTED, OVER | CORRECTED, 1, 50, 0, 3),
			 CXL_RC_SUCCESS);
	assert_alerts(ALL, 80, 50, -7, 3);
	/* off keeps the threshold */
	assert_int_equal(set_alerts(UNDER | OVER, OVER, 1, 40, 1, 1), CXL_RC_SUCCESS);
	assert_alerts(LIFE | OVER | CORRECTED, 80, 40, -7, 3);
}

static void what_cannot_be_set_changes_nothing(void **state)
{
	assert_int_equal(set_alerts(LIFE | PERSISTENT, LIFE | PERSISTENT, 1, 0, 0, 0),
			 CXL_RC_INVALID_INPUT);
	assert_int_equal(set_alerts(PERSISTENT, 0, 0, 0, 0, 0), CXL_RC_INVALID_INPUT);
	assert_int_equal(set_alerts(LIFE, LIFE, 90, 0, 0, 0), CXL_RC_INVALID_INPUT);
	assert_int_equal(set_alerts(LIFE | OVER, LIFE | OVER, 1, 85, 0, 0), CXL_RC_INVALID_INPUT);
	assert_int_equal(set_alerts(LIFE | UNDER, LIFE | UNDER, 1, 0, -20, 0),
			 CXL_RC_INVALID_INPUT);
	assert_alerts(0, 0, 0, 0, 0);
	/* the last that will do; and where it is not set, any value will */
	assert_int_equal(set_alerts(LIFE | OVER | UNDER, LIFE | OVER | UNDER, 89, 84, -19, 0),
			 CXL_RC_SUCCESS);
	assert_int_equal(set_alerts(LIFE, 0, 255, 999, -999, 0), CXL_RC_SUCCESS);
	assert_alerts(OVER | UNDER, 89, 84, -19, 0);
}

static void the_cel_has_the_command_where_there_are_alerts(void **state)
{
	u8 in[12] = {};
	unsigned int with;

	assert_int_equal(exec(0x0400, NULL, 0, PAYLOAD), CXL_RC_SUCCESS);
	with = answer(24, 4);
	device->health.alerts.has = false;
	assert_int_equal(exec(0x0400, NULL, 0, PAYLOAD), CXL_RC_SUCCESS);
	assert_int_equal(with - answer(24, 4), 4);
	device->health.alerts.has = true;
	assert_int_equal(exec(0x4202, in, 11, PAYLOAD), CXL_RC_INVALID_PAYLOAD_LEN);
}

static struct CMUnitTest tests[] = {
	TEST(each_field_is_read_and_shown),
	TEST(what_is_no_such_value_is_refused),
	TEST(the_host_is_shown_all_of_it),
	TEST(a_change_of_status_is_told_by_how_bad_it_is),
	TEST(so_is_a_change_of_media_status),
	TEST(without_alerts_no_number_is_told),
	ALERTS_TEST(what_is_critical_is_so_without_being_asked),
	ALERTS_TEST(a_warning_comes_and_goes_with_its_threshold),
	ALERTS_TEST(a_threshold_that_is_passed_already_warns_at_once),
	ALERTS_TEST(only_what_is_named_is_set),
	ALERTS_TEST(what_cannot_be_set_changes_nothing),
	ALERTS_TEST(the_cel_has_the_command_where_there_are_alerts),
	{}
};

unit_suite(tests);
