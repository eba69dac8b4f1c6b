// SPDX-License-Identifier: GPL-2.0-only
/* Extents as users write them: offers, releases, and the list at load. */
#include "parse_unit.h"

typedef int read_line(const char *name, const char *text, size_t len,
		      struct cxl_mock_extent_line *line, char *reason);

static struct cxl_mock_extent_line line;

static void taken(read_line *read, const char *text, u64 start, u64 len, bool tag, bool more,
		  u16 seq)
{
	char *copy = parse_exact(text, strlen(text));
	static const u8 none[CXL_DC_TAG_LEN];

	assert_int_equal(read("name", copy, strlen(text), &line, parse_reason), 0);
	free(copy);
	assert_no_reason();
	assert_int_equal(line.range.start, start);
	assert_int_equal(line.range.len, len);
	assert_int_equal(line.range.seq, seq);
	assert_int_equal(line.more, more);
	assert_int_equal(!!memcmp(line.range.tag, none, sizeof(none)), tag);
}

static void not_taken(read_line *read, const char *text, size_t len)
{
	struct cxl_mock_extent_line before;
	char *copy = parse_exact(text, len);

	memset(&line, 0x55, sizeof(line));
	before = line;
	assert_int_equal(read("name", copy, len, &line, parse_reason), -EINVAL);
	free(copy);
	assert_reason("name: '");
	assert_memory_equal(&line, &before, sizeof(line));
}

static void an_offer_has_range_tag_more_and_perhaps_a_sequence(void **state)
{
	taken(cxl_mock_read_offer, "0x0:0x10000000::0", 0, 256 * MIB, false, false, 0);
	taken(cxl_mock_read_offer, "0x0:0x10000000::0\n", 0, 256 * MIB, false, false, 0);
	taken(cxl_mock_read_offer, "1G:256M:" TAG ":1", GIB, 256 * MIB, true, true, 0);
	taken(cxl_mock_read_offer, "4096:8192:0:0", 4096, 8192, false, false, 0);
	taken(cxl_mock_read_offer, "0:1:" TAG ":0:65535", 0, 1, true, false, 65535);
}

static void more_is_any_number_that_is_not_0(void **state)
{
	taken(cxl_mock_read_offer, "0:1::0x1", 0, 1, false, true, 0);
	taken(cxl_mock_read_offer, "0:1::00000001", 0, 1, false, true, 0);
	taken(cxl_mock_read_offer, "0:1::2", 0, 1, false, true, 0);
	taken(cxl_mock_read_offer, "0:1::0x100000000", 0, 1, false, true, 0);
	taken(cxl_mock_read_offer, "0:1::0x0", 0, 1, false, false, 0);
}

static void anything_else_is_no_offer(void **state)
{
	static const char *const wrong[] = {
		"", "\n", ":", "::", ":::", "0:1:", "0:1:0", ":1::0", "0:::0", "0:1::", "0:1::y",
		"0:1::on", "0:1::-1", "0:1::+1", "0:1::0:", "0:1::0:65536", "0:1::0:0:",
		"0:1::0:0:0",
		" 0:1::0", "0:1::0 ", "0:1::0\n\n", "0:1::0\n0:1::0", "0: 1::0", "0:1:x:0",
		"0:1:00:0", "0:1:" TAG "0:0", "-1:1::0", "0x:1::0", "0:99999999999999999999::0",
		"0:1:5be13bd1-c5c9-4b4b-a4a2-2dd2b6b9d0a:0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		not_taken(cxl_mock_read_offer, wrong[i], strlen(wrong[i]));
	not_taken(cxl_mock_read_offer, bytes("0:1::0\0"));
	not_taken(cxl_mock_read_offer, bytes("0:1::0\0:1"));
	not_taken(cxl_mock_read_offer, bytes("0:1:\0:0"));
}

static void a_release_has_range_and_tag(void **state)
{
	taken(cxl_mock_read_release, "0x0:0x10000000:\n", 0, 256 * MIB, false, false, 0);
	taken(cxl_mock_read_release, "1:2:0", 1, 2, false, false, 0);
	taken(cxl_mock_read_release, "1:2:" TAG, 1, 2, true, false, 0);
	not_taken(cxl_mock_read_release, bytes("1:2"));
	not_taken(cxl_mock_read_release, bytes("1:2::0"));
	not_taken(cxl_mock_read_release, bytes("1:2:\0"));
	not_taken(cxl_mock_read_release, bytes("1:2:" TAG "\0"));
	not_taken(cxl_mock_read_release, bytes("1:2: "));
}

static struct cxl_mock_config config;

static void present(const char *text, const char *shown, unsigned int nr)
{
	char *copy = parse_exact(text, strlen(text)), again[CXL_MOCK_PRESENT_LEN];

	assert_int_equal(cxl_mock_read_present("dc_extents", copy, strlen(text), &config,
					       parse_reason), 0);
	free(copy);
	assert_no_reason();
	assert_int_equal(config.nr_present, nr);
	cxl_mock_show_present(&config, again, sizeof(again));
	assert_string_equal(again, shown);
}

static void extents_from_the_start_are_a_list(void **state)
{
	const char *null = "00000000-0000-0000-0000-000000000000";
	char two[200];

	config.nr_present = 5;
	present("", "", 0);
	present("\n", "", 0);
	snprintf(two, sizeof(two), "0x0:0x8000000:%s:0,0x10000000:0x8000000:" TAG ":7", null);
	present("0:128M:,256M:128M:" TAG ":7\n", two, 2);
	present("0:128M:0,0x10000000:0x8000000:" TAG ":0x7", two, 2);
	/* what is shown can be written */
	present(two, two, 2);
}

static void not_present(const char *text, size_t len, int rc)
{
	struct cxl_mock_config before = config;
	char *copy = parse_exact(text, len);

	assert_int_equal(cxl_mock_read_present("dc_extents", copy, len, &config, parse_reason), rc);
	free(copy);
	assert_reason("dc_extents=");
	assert_memory_equal(&config, &before, sizeof(config));
}

static void anything_else_is_no_list_of_extents(void **state)
{
	char many[40 * (CXL_MOCK_PRESENT_MAX + 1)] = "";

	present("0:1:", "0x0:0x1:00000000-0000-0000-0000-000000000000:0", 1);
	not_present(bytes("0"), -EINVAL);
	not_present(bytes(","), -EINVAL);
	not_present(bytes("0:1:,"), -EINVAL);
	not_present(bytes(",0:1:"), -EINVAL);
	not_present(bytes("0:1:,,2:1:"), -EINVAL);
	not_present(bytes("0:1:\n,2:1:"), -EINVAL);
	not_present(bytes("0:1:\n\n"), -EINVAL);
	not_present(bytes("0:1:, 2:1:"), -EINVAL);
	not_present(bytes("0:1:,2:1"), -EINVAL);
	not_present(bytes("0:1:,2:1::0:0"), -EINVAL);
	not_present(bytes("0:1::65536"), -EINVAL);
	not_present(bytes("0:1:\0"), -EINVAL);
	not_present(bytes("0:1:x"), -EINVAL);
	for (int i = 0; i <= CXL_MOCK_PRESENT_MAX; i++)
		strcat(many, i ? ",0:1:" : "0:1:");
	not_present(many, strlen(many), -ERANGE);
}

static void the_longest_list_is_shown_whole(void **state)
{
	char text[CXL_MOCK_PRESENT_LEN];

	config.nr_present = CXL_MOCK_PRESENT_MAX;
	for (int i = 0; i < CXL_MOCK_PRESENT_MAX; i++) {
		config.present[i] = (struct cxl_dc_range) {
			.start = -1ULL,
			.len = -1ULL,
			.seq = 65535,
		};
		memset(config.present[i].tag, 0xff, CXL_DC_TAG_LEN);
	}
	cxl_mock_show_present(&config, text, sizeof(text));
	assert_in_range(strlen(text), 600, sizeof(text) - 2);
	assert_string_equal(text + strlen(text) - 6, ":65535");
}

static struct CMUnitTest tests[] = {
	cmocka_unit_test(an_offer_has_range_tag_more_and_perhaps_a_sequence),
	cmocka_unit_test(more_is_any_number_that_is_not_0),
	cmocka_unit_test(anything_else_is_no_offer),
	cmocka_unit_test(a_release_has_range_and_tag),
	cmocka_unit_test(extents_from_the_start_are_a_list),
	cmocka_unit_test(anything_else_is_no_list_of_extents),
	cmocka_unit_test(the_longest_list_is_shown_whole),
	{}
};

unit_suite(tests);
