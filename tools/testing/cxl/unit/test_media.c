// SPDX-License-Identifier: GPL-2.0-only
/* Records of media errors and of health that a user injects. */
#include <linux/unaligned.h>

#include "mailbox_unit.h"
#include "media.h"

#define HEADER	48

static int read_event(const char *text, struct cxl_mock_event *event)
{
	char reason[CXL_MOCK_REASON_LEN] = "";
	int rc = cxl_mock_read_event("inject_event", text, strlen(text), event, reason);

	assert_int_equal(!rc, !*reason);
	return rc;
}

static void assert_read(const char *text, enum cxl_mock_event_kind kind, enum cxl_mock_log log,
			u64 dpa, unsigned int count)
{
	struct cxl_mock_event event;

	assert_int_equal(read_event(text, &event), 0);
	assert_int_equal(event.kind, kind);
	assert_int_equal(event.log, log);
	assert_int_equal(event.dpa, dpa);
	assert_int_equal(event.count, count);
}

static void a_line_names_kind_log_dpa_and_count(void **state)
{
	assert_read("general_media:info:0x1000", CXL_MOCK_EVENT_GENERAL_MEDIA,
		    CXL_MOCK_LOG_INFO, 0x1000, 1);
	assert_read("dram:warning:1M:70\n", CXL_MOCK_EVENT_DRAM, CXL_MOCK_LOG_WARN, 1 << 20, 70);
	assert_read("poison:failure:0", CXL_MOCK_EVENT_POISON, CXL_MOCK_LOG_FAIL, 0, 1);
	assert_read("memory_module:fatal", CXL_MOCK_EVENT_MEMORY_MODULE, CXL_MOCK_LOG_FATAL,
		    0, 1);
	assert_read("memory_module:info:", CXL_MOCK_EVENT_MEMORY_MODULE, CXL_MOCK_LOG_INFO, 0, 1);
	assert_read("memory_module:info::1000", CXL_MOCK_EVENT_MEMORY_MODULE,
		    CXL_MOCK_LOG_INFO, 0, 1000);
	assert_read("memory_module:info:lsa:3", CXL_MOCK_EVENT_MEMORY_MODULE,
		    CXL_MOCK_LOG_INFO, 0, 3);
}

static void a_memory_module_line_names_the_event(void **state)
{
	static const char *const words[] = {
		"", "media", "life_used", "temperature", "data_path", "lsa", "sideband_bus",
		"media_fru", "power",
	};
	struct cxl_mock_event event;
	char line[64];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		snprintf(line, sizeof(line), "memory_module:info:%s", words[i]);
		assert_int_equal(read_event(line, &event), 0);
		assert_int_equal(event.module, i);
	}
	assert_int_equal(read_event("memory_module:info:health", &event), 0);
	assert_int_equal(event.module, CXL_MOCK_MODULE_HEALTH);
}

static void refusals_name_what_can_be_said_in_one_line(void **state)
{
	char reason[CXL_MOCK_REASON_LEN], line[120];
	struct cxl_mock_event event;

	memset(line, 'x', sizeof(line));
	assert_int_equal(cxl_mock_read_event("inject_event", line, sizeof(line), &event, reason),
			 -EINVAL);
	assert_non_null(strstr(reason, "with info, warning, failure or fatal, n up to 1000"));
	memcpy(line, "memory_module:info:", 19);
	assert_int_equal(cxl_mock_read_event("inject_event", line, sizeof(line), &event, reason),
			 -EINVAL);
	assert_non_null(strstr(reason, "sideband_bus, media_fru or power, n up to 1000"));
}

static void all_other_lines_are_refused(void **state)
{
	static const char *const lines[] = {
		"", "dram", "dram:info", "dram:info:", "dram:info::2", "dram:info:x",
		"dram:info:0:0", "dram:info:0:1001", "dram:info:0:", "dram:info:0:1:1",
		"dram:log:0", "dram::0", "ram:info:0", ":info:0", "memory_module:info:0",
		"memory_module", "dram:info:0 ", "dram:info:-1", "dram:info:lsa",
		"memory_module:lsa", "memory_module:info:lsa:", "memory_module:info:lsa:0",
		"memory_module:info:lsa:1:1", "memory_module:info:LSA", "memory_module:log:lsa",
	};
	struct cxl_mock_event event = { .count = 77 };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(read_event(lines[i], &event), -EINVAL);
	assert_int_equal(event.count, 77);
}

static enum cxl_mbox_rc inject(enum cxl_mock_event_kind kind, enum cxl_mock_log log, u64 dpa,
			       unsigned int count)
{
	return cxl_mock_media_inject(device, &(struct cxl_mock_event) {
		.kind = kind, .log = log, .dpa = dpa, .count = count,
	});
}

/* The only record of a log, whose severity must be that of the log */
static const u8 *only_record(enum cxl_mock_log log)
{
	const struct cxl_mock_ring *ring = &device->events.log[log];
	const struct cxl_mock_record *record = &ring->records[ring->first];

	assert_int_equal(ring->nr, 1);
	assert_int_equal(device->signal, 1 << log);
	assert_int_equal(record->length, 128);
	assert_int_equal(record->flags[0], log);
	return (const u8 *)record;
}

static void a_media_record_has_its_dpa(void **state)
{
	const u8 *record;

	assert_int_equal(inject(CXL_MOCK_EVENT_GENERAL_MEDIA, CXL_MOCK_LOG_WARN, GIB, 1), 0);
	record = only_record(CXL_MOCK_LOG_WARN);
	assert_memory_equal(record, "\xfb\xcd\x0a\x77\xc2\x60\x41\x7f", 8);
	assert_int_equal(get_unaligned_le64(record + HEADER), GIB | 1);
	/* corrected, met by a host's read; channel and rank */
	assert_memory_equal(record + HEADER + 8, "\0\0\1\3\0\1\2\0", 8);
}

static void a_dram_record_has_its_place(void **state)
{
	const u8 *record;

	assert_int_equal(inject(CXL_MOCK_EVENT_DRAM, CXL_MOCK_LOG_FAIL, 64, 1), 0);
	record = only_record(CXL_MOCK_LOG_FAIL);
	assert_memory_equal(record, "\x60\x1d\xcb\xb3\x9c\x06\x4e\xab", 8);
	/* uncorrected; all but the nibble mask and the correction mask */
	assert_memory_equal(record + HEADER + 8, "\1\0\1\x7b\0\1\2\0\0\0\3\4\5\0\0\6\0\0", 18);
}

static void a_poison_record_says_that_a_host_has_injected_it(void **state)
{
	const u8 *record;

	assert_int_equal(inject(CXL_MOCK_EVENT_POISON, CXL_MOCK_LOG_INFO, 128, 1), 0);
	record = only_record(CXL_MOCK_LOG_INFO);
	assert_memory_equal(record, "\xfb\xcd\x0a\x77\xc2\x60\x41\x7f", 8);
	assert_memory_equal(record + HEADER + 8, "\1\0\4", 3);
}

static void a_memory_module_record_has_the_health(void **state)
{
	const u8 *record;

	assert_int_equal(inject(CXL_MOCK_EVENT_MEMORY_MODULE, CXL_MOCK_LOG_FATAL, 0, 1), 0);
	record = only_record(CXL_MOCK_LOG_FATAL);
	assert_memory_equal(record, "\xfe\x92\x74\x75\xdd\x59\x43\x39", 8);
	assert_memory_equal(record + HEADER, "\0\0\0\0\0\x19\0\0", 8);
}

static void a_memory_module_record_has_its_event(void **state)
{
	const u8 *record;

	assert_int_equal(cxl_mock_media_inject(device, &(struct cxl_mock_event) {
		.kind = CXL_MOCK_EVENT_MEMORY_MODULE,
		.log = CXL_MOCK_LOG_FAIL,
		.module = CXL_MOCK_MODULE_POWER,
		.count = 1,
	}), 0);
	record = only_record(CXL_MOCK_LOG_FAIL);
	assert_memory_equal(record + HEADER, "\10\0\0\0\0\x19\0\0", 8);
}

static void a_dpa_must_be_the_devices(void **state)
{
	assert_int_equal(inject(CXL_MOCK_EVENT_DRAM, CXL_MOCK_LOG_INFO, 2 * GIB - 64, 1), 0);
	assert_int_equal(inject(CXL_MOCK_EVENT_DRAM, CXL_MOCK_LOG_INFO, 2 * GIB, 1),
			 CXL_RC_INVALID_PA);
	assert_int_equal(inject(CXL_MOCK_EVENT_GENERAL_MEDIA, CXL_MOCK_LOG_INFO, 32, 1),
			 CXL_RC_INVALID_PA);
	assert_int_equal(device->events.log[CXL_MOCK_LOG_INFO].nr, 1);
}

static void what_has_no_room_is_counted(void **state)
{
	struct cxl_mock_ring *ring = &device->events.log[CXL_MOCK_LOG_INFO];

	assert_int_equal(inject(CXL_MOCK_EVENT_DRAM, CXL_MOCK_LOG_INFO, 0,
				CXL_MOCK_LOG_RECORDS + 36), 0);
	assert_int_equal(ring->nr, CXL_MOCK_LOG_RECORDS);
	assert_int_equal(ring->overflows, 36);
	assert_int_equal(device->events.log[CXL_MOCK_LOG_DC].nr, 0);
}

static struct CMUnitTest tests[] = {
	TEST(a_line_names_kind_log_dpa_and_count),
	TEST(a_memory_module_line_names_the_event),
	TEST(refusals_name_what_can_be_said_in_one_line),
	TEST(all_other_lines_are_refused),
	TEST(a_media_record_has_its_dpa),
	TEST(a_dram_record_has_its_place),
	TEST(a_poison_record_says_that_a_host_has_injected_it),
	TEST(a_memory_module_record_has_the_health),
	TEST(a_memory_module_record_has_its_event),
	TEST(a_dpa_must_be_the_devices),
	TEST(what_has_no_room_is_counted),
	{}
};

unit_suite(tests);
