/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_CONFIG_UNIT_H__
#define __CXL_CONFIG_UNIT_H__

/* What the tests of configurations share: one that is accepted, and verdicts. */
#include "unit.h"
#include "config.h"

#define UNIT	(256 * MIB)

/* The values that a refusal can be about, in the order of the checks. */
enum field {
	REGIONS, TOTAL, BLOCK, RAM, SHARABLE, READONLY, MAX_EXTENTS, MAX_TAGS, POISON, ALERTS,
	QOS, DEVICES, BASE, SIZE, PAST_END, REGION, NONE,
};

/* what the last refusal said */
extern char config_reason[CXL_MOCK_REASON_LEN];

struct cxl_mock_config config_good(void);
u64 *config_value(struct cxl_mock_config *config, enum field field);
void config_accepted(const struct cxl_mock_config *config);
u64 config_refused(struct cxl_mock_config *config, enum field field, int rc);
void config_refused_nearest(struct cxl_mock_config config, enum field field, u64 v, int rc,
			    u64 nearest);

#endif /* __CXL_CONFIG_UNIT_H__ */
