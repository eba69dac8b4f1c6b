/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_UNIT_KUNIT_H__
#define __CXL_UNIT_KUNIT_H__

/* What the unit tests use of cmocka and of the C library, in the kernel: by KUnit. */
#include <kunit/test.h>
#include <kunit/test-bug.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * struct unit_case - what KUnit has no place for in a case
 * @func: the test
 * @setup: what comes before it, may be NULL
 * @teardown: what comes after it, may be NULL
 * @name: of the test; that of a kunit_case points here, which is how it is found
 */
struct unit_case {
	void (*func)(void **state);
	int (*setup)(void **state);
	int (*teardown)(void **state);
	char name[112];
};

int unit_case_init(struct kunit *test);
void unit_case_run(struct kunit *test);
void unit_case_exit(struct kunit *test);
void unit_suite_exit(struct kunit_suite *suite);

#define CMUnitTest	kunit_case

#define cmocka_unit_test_setup_teardown(test, before, after)	\
	{							\
		.run_case = unit_case_run,			\
		.name = ((struct unit_case) {			\
			.func = test,				\
			.setup = before,			\
			.teardown = after,			\
			.name = #test,				\
		}).name,					\
		.module_name = KBUILD_MODNAME,			\
	}
#define cmocka_unit_test_teardown(test, after) \
	cmocka_unit_test_setup_teardown(test, NULL, after)
#define cmocka_unit_test(test)	cmocka_unit_test_setup_teardown(test, NULL, NULL)

/* The tests of a file are a suite, with the name of the file. */
#define unit_suite(tests)				\
	static struct kunit_suite unit_suite = {	\
		.name = KBUILD_BASENAME,		\
		.init = unit_case_init,			\
		.exit = unit_case_exit,			\
		.suite_exit = unit_suite_exit,		\
		.test_cases = tests,			\
	};						\
	kunit_test_suite(unit_suite)

/*
 * KUnit's own assertions have an object on the stack each, around which KASAN puts a
 * red zone: a test of many would need more stack than there is.
 */
__printf(3, 4) void unit_fail(const char *file, int line, const char *format, ...);

#define unit_assert(condition, ...)					\
	do {								\
		if (!(condition))					\
			unit_fail(__FILE__, __LINE__, __VA_ARGS__);	\
	} while (0)

#define unit_compare(left, op, right)					\
	do {								\
		u64 _left = (u64)(left), _right = (u64)(right);		\
									\
		unit_assert(_left op _right, "not %s " #op " %s: %#llx, %#llx", #left, \
			    #right, _left, _right);			\
	} while (0)

#define assert_int_equal(left, right)		unit_compare(left, ==, right)
#define assert_int_not_equal(left, right)	unit_compare(left, !=, right)
#define assert_ptr_equal(left, right) \
	unit_compare((uintptr_t)(left), ==, (uintptr_t)(right))
#define assert_ptr_not_equal(left, right) \
	unit_compare((uintptr_t)(left), !=, (uintptr_t)(right))
#define assert_true(condition)		unit_assert(condition, "not %s", #condition)
#define assert_false(condition)		unit_assert(!(condition), "%s", #condition)
#define assert_null(pointer)		unit_assert(!(pointer), "%s is not NULL", #pointer)
#define assert_non_null(pointer)	unit_assert(pointer, "%s is NULL", #pointer)

#define assert_in_range(value, least, most)				\
	do {								\
		u64 _value = (u64)(value);				\
									\
		unit_assert(_value >= (u64)(least) && _value <= (u64)(most), \
			    "%s is %#llx, not from %s to %s", #value, _value, #least, #most); \
	} while (0)

#define assert_memory_equal(left, right, size) \
	unit_assert(!memcmp(left, right, size), "%s is not that of %s", #left, #right)
#define assert_memory_not_equal(left, right, size) \
	unit_assert(memcmp(left, right, size), "%s is that of %s", #left, #right)

#define assert_string_equal(left, right)				\
	do {								\
		const char *_left = left, *_right = right;		\
									\
		unit_assert(!strcmp(_left, _right), "%s is \"%s\", not \"%s\"", #left, _left, \
			    _right);					\
	} while (0)
#define assert_string_not_equal(left, right) \
	unit_assert(strcmp(left, right), "%s is %s", #left, #right)

/* A kernel that watches itself is slow, and user space tries all. */
#define UNIT_EVERY	17

#define unit_skip_in_kernel(why)	kunit_skip(kunit_get_current_test(), "%s", why)

/* Memory of the tests, which never fails, and is not counted. */
void *malloc(size_t size);
void *calloc(size_t nr, size_t size);
void *realloc(void *old, size_t size);
void free(void *object);
#define abort()		unit_fail(__FILE__, __LINE__, "abort()")

void unit_fail_from(unsigned long nth);
bool unit_fail_end(void);
size_t unit_objects(void);

#endif /* __CXL_UNIT_KUNIT_H__ */
