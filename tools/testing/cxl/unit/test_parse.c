// SPDX-License-Identifier: GPL-2.0-only
/* Text that users write: used whole or refused, and printable in the log. */
#include "parse_unit.h"

static int read_size(const char *text, size_t len, u64 *size)
{
	char *copy = parse_exact(text, len);
	int rc = cxl_mock_read_size("dc_total_size", copy, len, size, parse_reason);

	free(copy);
	return rc;
}

static void a_size_is(const char *text, size_t len, u64 expected)
{
	u64 size = ~expected;

	assert_int_equal(read_size(text, len, &size), 0);
	assert_int_equal(size, expected);
	assert_no_reason();
}

static void no_size_is(const char *text, size_t len, int rc)
{
	u64 size = 12345;

	assert_int_equal(read_size(text, len, &size), rc);
	assert_int_equal(size, 12345);
	assert_reason("dc_total_size=");
}

static void a_size_is_a_number_with_a_suffix_or_without(void **state)
{
	a_size_is(bytes("0"), 0);
	a_size_is(bytes("0\n"), 0);
	a_size_is(bytes("4096"), 4096);
	a_size_is(bytes("0x10\n"), 16);
	a_size_is(bytes("0X1f"), 31);
	a_size_is(bytes("017"), 15);
	a_size_is(bytes("1K"), KIB);
	a_size_is(bytes("2m"), 2 * MIB);
	a_size_is(bytes("4G\n"), 4 * GIB);
	a_size_is(bytes("16T"), 16 * TIB);
	a_size_is(bytes("1P"), 1024 * TIB);
	a_size_is(bytes("0x2G"), 2 * GIB);
	a_size_is(bytes("15E"), 15ULL << 60);
	a_size_is(bytes("0x1E"), 30);
	a_size_is(bytes("18446744073709551615"), -1ULL);
	a_size_is(bytes("0xffffffffffffffff"), -1ULL);
}

static void anything_else_is_no_size(void **state)
{
	no_size_is(bytes(""), -EINVAL);
	no_size_is(bytes("\n"), -EINVAL);
	no_size_is(bytes("plenty"), -EINVAL);
	no_size_is(bytes("4GB"), -EINVAL);
	no_size_is(bytes("4Q"), -EINVAL);
	no_size_is(bytes("G"), -EINVAL);
	no_size_is(bytes("0x"), -EINVAL);
	no_size_is(bytes("0xG"), -EINVAL);
	no_size_is(bytes("08"), -EINVAL);
	no_size_is(bytes("019"), -EINVAL);
	no_size_is(bytes("12 "), -EINVAL);
	no_size_is(bytes(" 12"), -EINVAL);
	no_size_is(bytes("+5"), -EINVAL);
	no_size_is(bytes("-5"), -EINVAL);
	no_size_is(bytes("+4G"), -EINVAL);
	no_size_is(bytes("1.5G"), -EINVAL);
	no_size_is(bytes("4G\n\n"), -EINVAL);
	no_size_is(bytes("4G\n4G"), -EINVAL);
	no_size_is(bytes("4G\r\n"), -EINVAL);
	no_size_is(bytes("4G\0"), -EINVAL);
	no_size_is(bytes("4G\0phantom"), -EINVAL);
	no_size_is(bytes("\0004G"), -EINVAL);
	no_size_is(bytes("4\xc2\xa0G"), -EINVAL);
}

static void a_size_fits_64_bits(void **state)
{
	no_size_is(bytes("18446744073709551616"), -ERANGE);
	no_size_is(bytes("99999999999999999999"), -ERANGE);
	no_size_is(bytes("0x10000000000000000"), -ERANGE);
	no_size_is(bytes("16E"), -ERANGE);
	no_size_is(bytes("17179869185G"), -ERANGE);
	no_size_is(bytes("99999999999999999999G"), -ERANGE);
	no_size_is(bytes("99999999999999999999Q"), -ERANGE);
}

static void a_text_longer_than_any_value_is_refused(void **state)
{
	static char text[4096];
	u64 size = 1;

	memset(text, '0', sizeof(text));
	assert_int_equal(read_size(text, CXL_TEXT_MAX, &size), 0);
	assert_int_equal(size, 0);
	no_size_is(text, CXL_TEXT_MAX + 1, -EINVAL);
	/* what sysfs and configfs make of a longer write */
	no_size_is(text, sizeof(text) - 1, -EINVAL);
	no_size_is(text, sizeof(text), -EINVAL);
}

static void every_number_is_told_its_own_limit(void **state)
{
	static const struct {
		const char *name, *most;
	} numbers[] = {
		{ "dc_total_size", "4096T" }, { "num_dc_regions", "8" },
		{ "dc_block_size", "4096T" }, { "serial", "0xffffffffffffffff" },
		{ "sharable", "0xff" }, { "max_extents", "65536" }, { "max_tags", "65536" },
		{ "window_base", "0xfffffffff0000000" },
		{ "window_size", "0xfffffffff0000000" }, { "size", "4096T" },
		{ "readonly", "0xff" }, { "qos_class", "65535" }, { "devices", "8" },
		{ "alerts", "1" }, { "ram_size", "4096T" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		char expected[CXL_MOCK_REASON_LEN];
		u64 size;

		snprintf(expected, sizeof(expected),
			 "%s=16E: does not fit in 64 bits, the maximum is %s",
			 numbers[i].name, numbers[i].most);
		assert_int_equal(cxl_mock_read_size(numbers[i].name, bytes("16E\n"), &size,
						    parse_reason), -ERANGE);
		assert_string_equal(parse_reason, expected);
	}
}

static int read_bool(const char *text, size_t len, bool *on)
{
	char *copy = parse_exact(text, len);
	int rc = cxl_mock_read_bool("live", copy, len, on, parse_reason);

	free(copy);
	return rc;
}

static void a_switch_is_0_or_1_and_nothing_else(void **state)
{
	static const char *const others[] = {
		"", "\n", "2", "00", "01", "10", "0x0", "0x1", "1 ", " 1", "-1", "+1", "10abc",
		"y", "Y", "yes", "yesnomaybe", "n", "on", "off", "offline", "true", "t", "maybe",
		"1\n\n", "1\n0",
	};
	bool on = false;
	static char ones[4095];

	assert_int_equal(read_bool(bytes("1"), &on), 0);
	assert_true(on);
	assert_int_equal(read_bool(bytes("0"), &on), 0);
	assert_false(on);
	assert_int_equal(read_bool(bytes("1\n"), &on), 0);
	assert_true(on);
	assert_no_reason();
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		assert_int_equal(read_bool(others[i], strlen(others[i]), &on), -EINVAL);
		assert_true(on);
		assert_reason("live=");
	}
	assert_int_equal(read_bool(bytes("0\0"), &on), -EINVAL);
	assert_int_equal(read_bool(bytes("0\0001"), &on), -EINVAL);
	memset(ones, '1', sizeof(ones));
	on = false;
	assert_int_equal(read_bool(ones, sizeof(ones), &on), -EINVAL);
	assert_false(on);
	read_bool(bytes("0x1\n"), &on);
	assert_string_equal(parse_reason, "live=0x1: must be 0 or 1");
}

static void a_backing_has_one_of_three_names(void **state)
{
	static const char *const names[] = { "none", "phantom", "reserved" };
	enum cxl_dc_backing backing;

	memset(parse_reason, '~', sizeof(parse_reason));
	for (int i = 0; i < 3; i++) {
		char line[16];
		int len = snprintf(line, sizeof(line), "%s\n", names[i]);

		assert_int_equal(cxl_mock_read_backing("dc_backing", line, len, &backing,
						       parse_reason), 0);
		assert_int_equal(backing, i);
		assert_int_equal(cxl_mock_read_backing("dc_backing", line, len - 1, &backing,
						       parse_reason), 0);
		assert_string_equal(cxl_mock_backing_name(backing), names[i]);
	}
	assert_no_reason();
	backing = CXL_DC_BACKING_RESERVED;
	assert_int_equal(cxl_mock_read_backing("kind", bytes("phantom\0garbage"), &backing,
					       parse_reason), -EINVAL);
	assert_int_equal(backing, CXL_DC_BACKING_RESERVED);
	assert_string_equal(parse_reason, "kind=phantom\\x00garbage: must be none, phantom or reserved");
	assert_int_equal(cxl_mock_read_backing("kind", bytes("phanto"), &backing, parse_reason),
			 -EINVAL);
	assert_int_equal(cxl_mock_read_backing("kind", bytes("Phantom"), &backing, parse_reason),
			 -EINVAL);
	assert_int_equal(cxl_mock_read_backing("kind", bytes(""), &backing, parse_reason), -EINVAL);
}

static int read_tag(const char *text, size_t len, uuid_t *tag)
{
	char *copy = parse_exact(text, len);
	int rc = cxl_mock_read_tag("tag", copy, len, tag, parse_reason);

	free(copy);
	return rc;
}

static void a_tag_is_a_uuid_and_nothing_more(void **state)
{
	uuid_t tag = {}, before;

	assert_int_equal(read_tag(bytes(TAG), &tag), 0);
	assert_int_equal(tag.b[0], 0x5b);
	assert_int_equal(tag.b[15], 0xa1);
	assert_int_equal(read_tag(bytes(TAG "\n"), &tag), 0);
	assert_no_reason();
	before = tag;
	assert_int_equal(read_tag(bytes(TAG "\n\n"), &tag), -EINVAL);
	assert_int_equal(read_tag(bytes(TAG "\nmore"), &tag), -EINVAL);
	assert_int_equal(read_tag(bytes(TAG "\0more"), &tag), -EINVAL);
	assert_int_equal(read_tag(bytes(TAG "0"), &tag), -EINVAL);
	assert_int_equal(read_tag(bytes("0"), &tag), -EINVAL);
	assert_int_equal(read_tag(bytes(""), &tag), -EINVAL);
	assert_int_equal(read_tag(bytes("5be13bd1-c5c9-4b4b-a4a2-2dd2b6b9d0a"), &tag), -EINVAL);
	assert_int_equal(read_tag(bytes("5be13bd1xc5c9-4b4b-a4a2-2dd2b6b9d0a1"), &tag), -EINVAL);
	assert_int_equal(read_tag(bytes("00000000-0000-0000-0000-000000000000"), &tag), -EINVAL);
	assert_reason("tag=00000000-0000-0000-0000-000000000000: must be a UUID");
	assert_memory_equal(&tag, &before, sizeof(tag));
}

static void what_is_shown_is_printable(void **state)
{
	struct cxl_text text;
	char all[255], long_text[300];

	for (int i = 0; i < 255; i++)
		all[i] = i + 1;
	for (int i = 0; i < 255; i++) {
		text = cxl_text_shown(all + i, 1);
		for (const char *c = text.shown; *c; c++)
			assert_in_range((unsigned char)*c, ' ', '~');
	}
	text = cxl_text_shown(bytes("4G\n"));
	assert_string_equal(text.shown, "4G");
	text = cxl_text_shown(bytes("a\nb\tc\x1b[2J\n\n"));
	assert_string_equal(text.shown, "a\\x0ab\\x09c\\x1b[2J\\x0a");
	text = cxl_text_shown(bytes("\xff\0"));
	assert_string_equal(text.shown, "\\xff\\x00");
	text = cxl_text_shown(bytes(""));
	assert_string_equal(text.shown, "");

	/* all of the longest line that dc_inject_extent takes, and not more than there is */
	memset(long_text, 'x', sizeof(long_text));
	text = cxl_text_shown(long_text, CXL_TEXT_SHOWN);
	assert_int_equal(strlen(text.shown), CXL_TEXT_SHOWN);
	assert_int_equal(text.shown[CXL_TEXT_SHOWN - 1], 'x');
	text = cxl_text_shown(long_text, CXL_TEXT_SHOWN + 1);
	assert_int_equal(strlen(text.shown), CXL_TEXT_SHOWN);
	assert_string_equal(text.shown + CXL_TEXT_SHOWN - 4, "x...");
	memset(long_text, 0xee, sizeof(long_text));
	text = cxl_text_shown(long_text, sizeof(long_text));
	assert_int_equal(strlen(text.shown), CXL_TEXT_SHOWN);
	assert_string_equal(text.shown + CXL_TEXT_SHOWN - 3, "...");
}

/* Whatever is written: all of it is in what is read, or it is refused. */
static void random_text_is_used_whole_or_refused(void **state)
{
	static const char alphabet[] = "0123456789abcdefxKMGT:-+\n \t\0\xa0yn";

	prng_seed(20);
	for (int i = 0; i < 200000 / UNIT_EVERY; i++) {
		size_t len = prng() % 12;
		char text[12], again[40];
		u64 size;

		for (size_t j = 0; j < len; j++)
			text[j] = alphabet[prng() % (sizeof(alphabet) - 1)];
		if (read_size(text, len, &size)) {
			assert_reason("dc_total_size=");
			continue;
		}
		/* one digit less or more is another number */
		assert_true(text[0] >= '0' && text[0] <= '9');
		snprintf(again, sizeof(again), "%.*s", (int)cxl_text_len(text, len), text);
		assert_int_equal(strlen(again), cxl_text_len(text, len));
		assert_int_equal(strspn(again, "0123456789abcdefxABCDEFKMGTPkmgtp"), strlen(again));
		a_size_is(again, strlen(again), size);
		again[strlen(again) + 1] = '\0';
		again[strlen(again)] = '!';
		no_size_is(again, strlen(again), -EINVAL);
	}
}

static struct CMUnitTest tests[] = {
	cmocka_unit_test(a_size_is_a_number_with_a_suffix_or_without),
	cmocka_unit_test(anything_else_is_no_size),
	cmocka_unit_test(a_size_fits_64_bits),
	cmocka_unit_test(a_text_longer_than_any_value_is_refused),
	cmocka_unit_test(every_number_is_told_its_own_limit),
	cmocka_unit_test(a_switch_is_0_or_1_and_nothing_else),
	cmocka_unit_test(a_backing_has_one_of_three_names),
	cmocka_unit_test(a_tag_is_a_uuid_and_nothing_more),
	cmocka_unit_test(what_is_shown_is_printable),
	cmocka_unit_test(random_text_is_used_whole_or_refused),
	{}
};

unit_suite(tests);
