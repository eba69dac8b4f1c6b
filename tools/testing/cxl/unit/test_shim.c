// SPDX-License-Identifier: GPL-2.0-only
/* The shim's memory, which tests count and let run out. */
#include <linux/slab.h>

#include "unit.h"

static void memory_is_counted_and_runs_out_when_told(void **state)
{
	void *a = kzalloc(100, GFP_KERNEL), *b;

	assert_int_equal(shim_slab.objects, 1);
	assert_int_equal(shim_slab.bytes, 100);
	shim_slab.fail = 2;
	b = kcalloc(4, 5, GFP_KERNEL);
	assert_non_null(b);
	assert_int_equal(shim_slab.bytes, 120);
	assert_null(kzalloc(1, GFP_KERNEL));
	assert_null(kzalloc(1, GFP_KERNEL));
	shim_slab.fail = 0;
	shim_slab.max = 8;
	assert_null(kzalloc(9, GFP_KERNEL));
	kfree(kzalloc(8, GFP_KERNEL));
	shim_slab.max = 0;
	assert_null(kcalloc(SIZE_MAX / 2, 4, GFP_KERNEL));
	kfree(a);
	kfree(b);
	kfree(NULL);
	assert_int_equal(shim_slab.objects, 0);
	assert_int_equal(shim_slab.bytes, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(memory_is_counted_and_runs_out_when_told),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
