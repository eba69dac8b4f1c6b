/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_PARSE_H__
#define __CXL_MOCK_PARSE_H__

#include <linux/uuid.h>
#include <cxl/text.h>

#include "config.h"

/* All extents that a device can have from the start, as text: 100 bytes each. */
#define CXL_MOCK_PRESENT_LEN	(CXL_MOCK_PRESENT_MAX * 100)

/**
 * struct cxl_mock_extent_line - what a line about an extent says
 * @range: the extent
 * @more: the next one belongs to the same offer
 */
struct cxl_mock_extent_line {
	struct cxl_dc_range range;
	bool more;
};

int cxl_mock_read_size(const char *name, const char *text, size_t len, u64 *size,
		       char reason[CXL_MOCK_REASON_LEN]);
int cxl_mock_read_bool(const char *name, const char *text, size_t len, bool *on,
		       char reason[CXL_MOCK_REASON_LEN]);
int cxl_mock_read_backing(const char *name, const char *text, size_t len,
			  enum cxl_dc_backing *backing, char reason[CXL_MOCK_REASON_LEN]);
const char *cxl_mock_backing_name(enum cxl_dc_backing backing);
int cxl_mock_read_tag(const char *name, const char *text, size_t len, uuid_t *tag,
		      char reason[CXL_MOCK_REASON_LEN]);
int cxl_mock_read_offer(const char *name, const char *text, size_t len,
			struct cxl_mock_extent_line *line, char reason[CXL_MOCK_REASON_LEN]);
int cxl_mock_read_release(const char *name, const char *text, size_t len,
			  struct cxl_mock_extent_line *line, char reason[CXL_MOCK_REASON_LEN]);

int cxl_mock_read_present(const char *name, const char *text, size_t len,
			  struct cxl_mock_config *config, char reason[CXL_MOCK_REASON_LEN]);

void cxl_mock_show_present(const struct cxl_mock_config *config, char *text, size_t size);

#endif /* __CXL_MOCK_PARSE_H__ */
