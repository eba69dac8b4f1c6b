// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of text from users share. */
#include "parse_unit.h"

char parse_reason[CXL_MOCK_REASON_LEN];

char *parse_exact(const char *text, size_t len)
{
	char *copy = malloc(len ?: 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(parse_reason, '~', sizeof(parse_reason));
	return copy;
}

void assert_no_reason(void)
{
	for (size_t i = 0; i < sizeof(parse_reason); i++)
		assert_int_equal(parse_reason[i], '~');
}

/* A reason is one line that begins with the value's name and is printable. */
void assert_reason(const char *name)
{
	assert_non_null(memchr(parse_reason, '\0', sizeof(parse_reason)));
	assert_memory_equal(parse_reason, name, strlen(name));
	for (const char *c = parse_reason; *c; c++)
		assert_in_range((unsigned char)*c, ' ', '~');
}
