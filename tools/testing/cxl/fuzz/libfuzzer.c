// SPDX-License-Identifier: GPL-2.0-only
/* libFuzzer keeps the input that fails by itself. */
#include "fuzz.h"

void fuzz_failed(void)
{
}
