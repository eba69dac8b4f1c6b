// SPDX-License-Identifier: GPL-2.0-only
/* What dcdctl reads: numbers, sizes, tags, options, and the host's trace events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "args.h"
#include "device.h"
#include "hosttrace.h"

#define UNTOUCHED	0x5555555555555555ULL

static void assert_size(const char *text, uint64_t size)
{
	uint64_t is = UNTOUCHED;

	assert_null(dcdctl_parse_size(text, &is));
	assert_int_equal(is, size);
}

static void assert_no_size(const char *text)
{
	uint64_t is = UNTOUCHED;

	assert_non_null(dcdctl_parse_size(text, &is));
	assert_int_equal(is, UNTOUCHED);
}

static void sizes_have_units(void **state)
{
	assert_size("0", 0);
	assert_size("1", 1);
	assert_size("512M", 512ULL << 20);
	assert_size("512m", 512ULL << 20);
	assert_size("4G", 4ULL << 30);
	assert_size("16T", 16ULL << 40);
	assert_size("3K", 3072);
	assert_size("0x10000000", 0x10000000);
	assert_size("0XfK", 15 * 1024);
	assert_size("010", 10);
	assert_size("18446744073709551615", UINT64_MAX);
	assert_size("0xffffffffffffffff", UINT64_MAX);
	assert_size("16777215T", 16777215ULL << 40);
}

static void what_is_no_size_is_refused(void **state)
{
	static const char *const texts[] = {
		"", " ", "M", "x", "0x", "0xg", "-1", "+1", " 1", "1 ", "1Q", "1MB", "1.5G", "1MM",
		"1e3", "18446744073709551616", "16777216T", "0x10000000000000000", "1\n",
		"99999999999999999999999999999999999999",
	};

	for (size_t i = 0; i < DCDCTL_ARRAY_SIZE(texts); i++)
		assert_no_size(texts[i]);
}

static void numbers_have_a_limit(void **state)
{
	uint64_t number = UNTOUCHED;

	assert_null(dcdctl_parse_number("7", 7, &number));
	assert_int_equal(number, 7);
	assert_string_equal(dcdctl_parse_number("8", 7, &number), "must be a number from 0 to 7");
	assert_non_null(dcdctl_parse_number("1K", 7000, &number));
	assert_non_null(dcdctl_parse_number("", 7, &number));
	assert_non_null(dcdctl_parse_number("-1", 7, &number));
	assert_int_equal(number, 7);
}

static void a_size_is_shown_as_it_is_read(void **state)
{
	static const uint64_t sizes[] = {
		0, 1, 1023, 1024, 1025, 1536, 2ULL << 20, 3ULL << 29, 5ULL << 40, 1ULL << 63,
		UINT64_MAX,
	};

	for (size_t i = 0; i < DCDCTL_ARRAY_SIZE(sizes); i++)
		assert_size(dcdctl_size_text(sizes[i]).text, sizes[i]);
	assert_string_equal(dcdctl_size_text(768ULL << 20).text, "768M");
	assert_string_equal(dcdctl_size_text(4ULL << 30).text, "4G");
}

static void sizes_for_people_are_those_of_cxl(void **state)
{
	char text[64];

	dcdctl_size_human(1000, text, sizeof(text));
	assert_string_equal(text, "1000");
	dcdctl_size_human(2048, text, sizeof(text));
	assert_string_equal(text, "2.00 KiB (2.05 KB)");
	dcdctl_size_human(256ULL << 20, text, sizeof(text));
	assert_string_equal(text, "256.00 MiB (268.44 MB)");
	dcdctl_size_human(4ULL << 30, text, sizeof(text));
	assert_string_equal(text, "4.00 GiB (4.29 GB)");
	dcdctl_size_human(UINT64_MAX, text, sizeof(text));
	assert_string_equal(text, "16777216.00 TiB (18446744.07 TB)");
}

static void a_tag_is_a_uuid(void **state)
{
	static const char good[] = "11111111-2222-3333-4444-55555555abcd";
	static const char *const bad[] = {
		"", "0", "5", "NEW", "11111111-2222-3333-4444-55555555abc",
		"11111111-2222-3333-4444-55555555abcde", "111111112222333344445555555abcd0",
		"00000000-0000-0000-0000-000000000000", "g1111111-2222-3333-4444-55555555abcd",
	};
	uint8_t tag[DCDCTL_TAG_LEN], other[DCDCTL_TAG_LEN], untouched[DCDCTL_TAG_LEN];
	char text[DCDCTL_UUID_TEXT];

	assert_null(dcdctl_parse_tag(good, tag));
	assert_int_equal(tag[0], 0x11);
	assert_int_equal(tag[15], 0xcd);
	dcdctl_tag_text(tag, text);
	assert_string_equal(text, good);
	assert_null(dcdctl_parse_tag("11111111-2222-3333-4444-55555555ABCD", other));
	assert_memory_equal(tag, other, sizeof(tag));
	memset(untouched, 0x55, sizeof(untouched));
	memcpy(other, untouched, sizeof(other));
	for (size_t i = 0; i < DCDCTL_ARRAY_SIZE(bad); i++)
		assert_non_null(dcdctl_parse_tag(bad[i], other));
	assert_memory_equal(other, untouched, sizeof(other));
}

static void a_new_tag_is_new(void **state)
{
	uint8_t one[DCDCTL_TAG_LEN] = {}, two[DCDCTL_TAG_LEN] = {};

	assert_true(dcdctl_tag_is_null(one));
	assert_null(dcdctl_parse_tag("new", one));
	assert_null(dcdctl_parse_tag("new", two));
	assert_false(dcdctl_tag_is_null(one));
	assert_memory_not_equal(one, two, sizeof(one));
}

static void seconds_have_parts(void **state)
{
	static const char *const bad[] = {
		"", ".5", "1.", "-1", "1s", "1000000", "1.2345", "0x1",
	};
	uint64_t ms = UNTOUCHED;

	assert_null(dcdctl_parse_seconds("10", &ms));
	assert_int_equal(ms, 10000);
	assert_null(dcdctl_parse_seconds("0.5", &ms));
	assert_int_equal(ms, 500);
	assert_null(dcdctl_parse_seconds("0.025", &ms));
	assert_int_equal(ms, 25);
	assert_null(dcdctl_parse_seconds("0", &ms));
	assert_int_equal(ms, 0);
	for (size_t i = 0; i < DCDCTL_ARRAY_SIZE(bad); i++)
		assert_non_null(dcdctl_parse_seconds(bad[i], &ms));
	assert_int_equal(ms, 0);
}

static void opcodes_are_those_of_the_specification(void **state)
{
	static const char *const bad[] = {
		"", "0x", "h", "56001", "56g0", "5600hh", "-1", " 5600",
	};
	uint16_t opcode = 0x5555;

	assert_null(dcdctl_parse_opcode("5600", &opcode));
	assert_int_equal(opcode, 0x5600);
	assert_null(dcdctl_parse_opcode("0x0100", &opcode));
	assert_int_equal(opcode, 0x0100);
	assert_null(dcdctl_parse_opcode("0001h", &opcode));
	assert_int_equal(opcode, 1);
	assert_null(dcdctl_parse_opcode("FFFF", &opcode));
	assert_int_equal(opcode, 0xffff);
	for (size_t i = 0; i < DCDCTL_ARRAY_SIZE(bad); i++)
		assert_non_null(dcdctl_parse_opcode(bad[i], &opcode));
	assert_int_equal(opcode, 0xffff);
}

static void a_name_is_one_of_a_directory(void **state)
{
	static const char *const bad[] = {
		"", ".", "..", ".x", "a/b", "a b", "a\n", "\x7f",
		"12345678901234567890123456789012345678901",
	};

	assert_null(dcdctl_parse_name("dev0"));
	assert_null(dcdctl_parse_name("11111111-2222-3333-4444-555555555555"));
	for (size_t i = 0; i < DCDCTL_ARRAY_SIZE(bad); i++)
		assert_non_null(dcdctl_parse_name(bad[i]));
}

static const struct dcdctl_option options[] = {
	{ .name = "size", .letter = 's', .argument = "size" },
	{ .name = "wait", .letter = 'w', .argument = "seconds", .optional = true },
	{ .name = "extent", .argument = "extent", .several = true },
	{ .name = "force" },
	{}
};

static const struct dcdctl_command command = {
	.name = "test",
	.arguments = "<memdev>",
	.min = 1,
	.max = 1,
	.help = "Test",
	.options = options,
};

/* The options stay given from then on: so all of a process are in one test. */
static void options_and_arguments_may_be_mixed(void **state)
{
	char **arguments;
	unsigned int at = 0;
	bool help;

	assert_int_equal(dcdctl_options_parse(&command, "dcdctl test", 8, (char *[]) {
		"test", "-s", "1G", "mem0", "--extent=a", "--wait", "--extent", "b", NULL
	}, &arguments, &help), DCDCTL_DONE);
	assert_false(help);
	assert_string_equal(arguments[0], "mem0");
	assert_null(arguments[1]);
	free(arguments);
	assert_string_equal(dcdctl_option("size"), "1G");
	assert_string_equal(dcdctl_option("wait"), "");
	assert_string_equal(dcdctl_option_next("extent", &at), "a");
	assert_string_equal(dcdctl_option_next("extent", &at), "b");
	assert_null(dcdctl_option_next("extent", &at));
	assert_false(dcdctl_option_given("force"));
	assert_null(dcdctl_option("force"));
}

static int parse(char **words, bool *help)
{
	char **arguments;
	int argc = 0, rc;

	while (words[argc])
		argc++;
	rc = dcdctl_options_parse(&command, "dcdctl test", argc, words, &arguments, help);
	free(arguments);
	return rc;
}

#define PARSE(...)	parse((char *[]) { "test", __VA_ARGS__, NULL }, &help)

static void options_that_cannot_be_are_usage(void **state)
{
	bool help;

	assert_int_equal(PARSE("mem0", "--foo"), DCDCTL_USAGE);
	assert_int_equal(PARSE("mem0", "--size"), DCDCTL_USAGE);
	assert_int_equal(PARSE("mem0", "--force", "--force"), DCDCTL_USAGE);
	assert_int_equal(PARSE("mem0", "--force=1"), DCDCTL_USAGE);
	assert_int_equal(PARSE("a", "b"), DCDCTL_USAGE);
	assert_int_equal(parse((char *[]) { "test", NULL }, &help), DCDCTL_USAGE);
	assert_false(help);
	assert_int_equal(PARSE("--help"), DCDCTL_DONE);
	assert_true(help);
}

static void help_shows_each_option(void **state)
{
	char text[4096] = "";
	FILE *to = fmemopen(text, sizeof(text), "w");

	assert_non_null(to);
	dcdctl_help(to, &command, "dcdctl test");
	fclose(to);
	assert_non_null(strstr(text, "usage: dcdctl test <memdev> [<options>]\n"));
	assert_non_null(strstr(text, "    -s, --size <size>"));
	assert_non_null(strstr(text, "    -w, --wait[=<seconds>]"));
	assert_non_null(strstr(text, "    --force"));
	assert_non_null(strstr(text, "    -h, --help"));
}

static bool decision(const char *line, struct dcdctl_event *event, char *host)
{
	static char type[32];

	return dcdctl_trace_parse(line, host, 32, type, sizeof(type), event);
}

static void decisions_are_verdicts_and_releases(void **state)
{
	struct dcdctl_event event;
	char host[32];

	assert_true(decision("   kworker/0:1-10  [000] ..... 12.5: cxl_dcd_verdict: cxl_mock_dcd.4.auto dpa=0x1000 length=0x8000000 tag=11111111-2222-3333-4444-555555555555 extents=1 verdict=no-region",
			     &event, host));
	assert_string_equal(event.type, "no-region");
	assert_string_equal(host, "cxl_mock_dcd.4.auto");
	assert_int_equal(event.extent.dpa, 0x1000);
	assert_int_equal(event.extent.len, 0x8000000);
	assert_int_equal(event.extent.tag[0], 0x11);

	assert_true(decision("x: cxl_dcd_release: 0000:0d:00.0 dpa=0x0 length=0x200000 verdict=released\n",
			     &event, host));
	assert_string_equal(event.type, "released");
	assert_string_equal(host, "0000:0d:00.0");
	assert_true(dcdctl_tag_is_null(event.extent.tag));

	assert_false(decision("x: cxl_dcd_record: a handle=1 type=add dpa=0x0", &event, host));
	assert_false(decision("x: cxl_dcd_verdict: a dpa=0x0", &event, host));
	assert_false(decision("", &event, host));
}

#define MB(n)		((uint64_t)(n) << 20)
#define LIST(...)	{ (struct dcdctl_extent []) { __VA_ARGS__ },			\
			  sizeof((struct dcdctl_extent []) { __VA_ARGS__ }) /		\
			  sizeof(struct dcdctl_extent) }

/* Of so many MB, one extent was added, at this MB; 0: none */
static void assert_added(const struct dcdctl_extents *before, const struct dcdctl_extents *after,
			 unsigned int size, unsigned int at)
{
	struct dcdctl_request request = { .len = MB(size) };

	assert_int_equal(dcdctl_extents_added(before, after, &request), DCDCTL_DONE);
	assert_int_equal(request.extents.nr, !!at);
	if (at)
		assert_int_equal(request.extents.list[0].dpa, MB(at));
	dcdctl_extents_free(&request.extents);
}

static void what_is_new_has_been_added(void **state)
{
	struct dcdctl_extents before = LIST({ MB(16), MB(16), .state = DCDCTL_ACCEPTED },
					    { MB(64), MB(16), .state = DCDCTL_HELD });
	struct dcdctl_extents one = LIST({ MB(16), MB(16), .state = DCDCTL_ACCEPTED },
					 { MB(32), MB(16), .state = DCDCTL_PENDING },
					 { MB(64), MB(16), .state = DCDCTL_HELD });
	struct dcdctl_extents held = LIST({ MB(16), MB(16), .state = DCDCTL_ACCEPTED },
					  { MB(64), MB(16), .state = DCDCTL_PENDING });
	struct dcdctl_extents tagged = LIST({ MB(32), MB(16), { 1 }, .state = DCDCTL_PENDING });

	assert_added(&before, &one, 16, 32);
	assert_added(&before, &held, 0, 64);
	assert_added(&before, &before, 16, 0);
	assert_added(&before, &tagged, 16, 0);
}

static void what_the_host_has_answered_meanwhile_is_not_new(void **state)
{
	struct dcdctl_extents before = LIST({ MB(16), MB(16), .state = DCDCTL_PENDING },
					    { MB(48), MB(16), .state = DCDCTL_ACCEPTED });
	struct dcdctl_extents after = LIST({ MB(16), MB(16), .state = DCDCTL_ACCEPTED },
					   { MB(32), MB(16), .state = DCDCTL_PENDING },
					   { MB(48), MB(16), .state = DCDCTL_RELEASING });

	assert_added(&before, &after, 16, 32);
}

static void what_has_gone_and_is_chosen_again_is_new(void **state)
{
	struct dcdctl_extents accepted = LIST({ MB(16), MB(16), .state = DCDCTL_ACCEPTED });
	struct dcdctl_extents pending = LIST({ MB(16), MB(16), .state = DCDCTL_PENDING });

	assert_added(&accepted, &pending, 16, 16);
	assert_added(&pending, &pending, 16, 16);
	assert_added(&pending, &accepted, 16, 16);
	/* not all of it: something else was offered before */
	assert_added(&pending, &pending, 8, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(sizes_have_units),
	cmocka_unit_test(what_is_no_size_is_refused),
	cmocka_unit_test(numbers_have_a_limit),
	cmocka_unit_test(a_size_is_shown_as_it_is_read),
	cmocka_unit_test(sizes_for_people_are_those_of_cxl),
	cmocka_unit_test(a_tag_is_a_uuid),
	cmocka_unit_test(a_new_tag_is_new),
	cmocka_unit_test(seconds_have_parts),
	cmocka_unit_test(opcodes_are_those_of_the_specification),
	cmocka_unit_test(a_name_is_one_of_a_directory),
	cmocka_unit_test(options_and_arguments_may_be_mixed),
	cmocka_unit_test(options_that_cannot_be_are_usage),
	cmocka_unit_test(help_shows_each_option),
	cmocka_unit_test(decisions_are_verdicts_and_releases),
	cmocka_unit_test(what_is_new_has_been_added),
	cmocka_unit_test(what_the_host_has_answered_meanwhile_is_not_new),
	cmocka_unit_test(what_has_gone_and_is_chosen_again_is_new),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
