/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_PARSE_UNIT_H__
#define __CXL_PARSE_UNIT_H__

/* What the tests of text from users share: texts of a length, and what a refusal says. */
#include "unit.h"
#include "parse.h"

#define TAG	"5be13bd1-c5c9-4b4b-a4a2-2dd2b6b9d0a1"

/* A text with its length, as it may have a NUL in it; on the heap for ASan. */
#define bytes(literal)	"" literal, sizeof(literal) - 1

/* what the last refusal said */
extern char parse_reason[CXL_MOCK_REASON_LEN];

char *parse_exact(const char *text, size_t len);
void assert_no_reason(void);
void assert_reason(const char *name);

#endif /* __CXL_PARSE_UNIT_H__ */
