/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_INDEX_CHECK_H__
#define __CXL_INDEX_CHECK_H__

/* What holds for an index at any time: for the unit tests and the fuzzer. */
#include "dc/index.h"

const char *index_check(const struct dc_index *index,
			const char *(*check)(const struct dc_entry *range));

#endif /* __CXL_INDEX_CHECK_H__ */
