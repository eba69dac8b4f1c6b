/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_UNIT_H__
#define __CXL_UNIT_H__

#ifdef __KERNEL__
#include "kunit.h"
#else
/* cmocka.h wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#endif
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/types.h>

#include "mbox.h"

#define KIB		1024ULL
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)
#define TIB		(1024 * GIB)

/* The command under way; its payloads live until the next one. */
extern struct cxl_mbox_io unit_io;

void unit_begin(const void *in, size_t in_len, size_t out_max);
enum cxl_mbox_rc unit_end(enum cxl_mbox_rc rc);

/* Run a command through @exec(..., io), which stands between the two. */
#define unit_call(exec, target, in, in_len, out_max)	\
	(unit_begin(in, in_len, out_max), unit_end(exec(target, &unit_io)))

const void *unit_response(const u8 *bytes, size_t len);

u64 answer(size_t offset, size_t size);
const u8 *answer_bytes(size_t offset, size_t size);
void assert_answer_is_zero(size_t offset, size_t size);

u64 get_le(const u8 *bytes, size_t size);
void put_le(u8 *bytes, size_t size, u64 value);
u64 prng(void);
void prng_seed(u64 seed);

int unit_finish(void **state);

#ifndef __KERNEL__
/* Of cases without number that are alike, a test tries every so many. */
#define UNIT_EVERY	1

/* What holds with the user-space shim alone; in the kernel the test is skipped here. */
#define unit_skip_in_kernel(why)	((void)(why))

/* The tests of a file: a line at a time, so that a crash leaves the results before it. */
#define unit_suite(tests)							\
	int main(void)								\
	{									\
		setvbuf(stdout, NULL, _IOLBF, 0);				\
		exit(cmocka_run_group_tests(tests, NULL, unit_finish));		\
	}

/* What is tested has no memory from its allocation @nth on, 0: it has enough. */
static inline void unit_fail_from(unsigned long nth)
{
	shim_slab.fail = nth;
}

/* What it has allocated and not freed. */
static inline size_t unit_objects(void)
{
	return shim_slab.objects;
}
#endif

#endif /* __CXL_UNIT_H__ */
