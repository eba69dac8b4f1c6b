/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_FUZZ_H__
#define __CXL_FUZZ_H__

#include <linux/types.h>

/* What is fuzzed: libFuzzer or main.c calls it. */
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size);

/* The input under way fails; the caller has said why. */
void fuzz_failed(void);

#endif /* __CXL_FUZZ_H__ */
