/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_FUZZ_CHECK_H__
#define __CXL_FUZZ_CHECK_H__

/* The device that is fuzzed, and what must hold after each step. */
#include "dc/internal.h"
#include "mailbox.h"

#define MIB		(1024 * 1024ULL)
#define REGION		(256 * MIB)
#define REGIONS		3
/* what of the capacity is looked at one by one */
#define UNIT		(4 * MIB)
#define UNITS		(REGION / UNIT)
/* all states of an extent, and none */
#define FREE		(DC_HELD + 1)

extern struct cxl_mock_device fuzz_device;
#define dc		(fuzz_device.dc)

void fuzz_watch(void);
void fuzz_fail(const char *what);

/* The step @name begins; it may move capacity between these states, MAY() ored. */
#define MAY(from, to)	(1ULL << ((from) << 3 | (to)))
void fuzz_begin(const char *name, u64 may_do);
void fuzz_end(bool refused);

void fuzz_check_unchanged(void);
void fuzz_check_asked(u64 len);
void fuzz_check_sequences(void);
bool fuzz_has_room(unsigned int region, u64 len, const u8 *tag);
void fuzz_check_memory(void);

#endif /* __CXL_FUZZ_CHECK_H__ */
