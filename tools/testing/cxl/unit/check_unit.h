/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_CHECK_UNIT_H__
#define __CXL_CHECK_UNIT_H__

/*
 * What the tests of the configuration of DC regions share, as a device reports it.
 * Responses are written byte by byte, at the offsets of the specification.
 */
#include "unit.h"
#include "check.h"

#define UNIT		(256 * MIB)

/* Get Dynamic Capacity Configuration, response: CXL 3.1 8.2.9.9.9.1 */
#define HEADER		8
#define REGION		40
#define TAIL		16

/* A region as the device writes it. */
struct region {
	u64 base;
	u64 units;
	u64 len;
	u64 block;
	u32 handle;
	u8 flags;
};

/* what the host has taken over, and why it refused the last response */
extern struct dcd_region check_regions[8];
extern char check_reason[DCD_REASON_LEN];

struct region check_good(unsigned int i);
size_t check_put_config(u8 *bytes, u8 available, u8 returned, const struct region *list,
			unsigned int count);
int check_take_bytes(const u8 *bytes, size_t len, unsigned int nr);
int check_take(u8 available, const struct region *list, unsigned int count, unsigned int nr);
void check_assert_taken(const struct dcd_region *region, const struct region *config);

#endif /* __CXL_CHECK_UNIT_H__ */
