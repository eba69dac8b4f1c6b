// SPDX-License-Identifier: GPL-2.0-only
/* Runs the unit tests in the kernel: each file is a suite of KUnit. */
#include <linux/module.h>
#include <linux/stdarg.h>

#include "unit.h"

static const struct unit_case *case_of(const struct kunit *test)
{
	return container_of((const void *)test->name, struct unit_case, name);
}

/**
 * unit_case_init() - do what comes before a test, for KUnit
 * @test: the test
 *
 * Return: 0, or what its setup returns.
 */
int unit_case_init(struct kunit *test)
{
	const struct unit_case *unit = case_of(test);

	return unit->setup ? unit->setup(NULL) : 0;
}

/**
 * unit_case_run() - run a test, for KUnit
 * @test: the test
 */
void unit_case_run(struct kunit *test)
{
	case_of(test)->func(NULL);
}

/**
 * unit_case_exit() - do what comes after a test, for KUnit
 * @test: the test, which may have ended in any place
 */
void unit_case_exit(struct kunit *test)
{
	const struct unit_case *unit = case_of(test);

	unit_fail_end();
	if (unit->teardown && unit->teardown(NULL))
		KUNIT_FAIL(test, "its teardown failed");
}

/**
 * unit_suite_exit() - do what comes after the tests of a file, for KUnit
 * @suite: the file
 */
void unit_suite_exit(struct kunit_suite *suite)
{
	unit_finish(NULL);
}

/**
 * unit_fail() - end the test that runs, as failed
 * @file: source that says so
 * @line: its line
 * @format: what is wrong, as of printk()
 */
void unit_fail(const char *file, int line, const char *format, ...)
{
	struct va_format message = { .fmt = format };
	va_list arguments;

	/* to say why takes memory */
	unit_fail_end();
	va_start(arguments, format);
	message.va = &arguments;
	KUNIT_FAIL(kunit_get_current_test(), "%s:%d: %pV", kbasename(file), line, &message);
	va_end(arguments);
	__kunit_abort(kunit_get_current_test());
}

MODULE_DESCRIPTION("Unit tests of the logic of cxl_dcd and cxl_mock_dcd");
MODULE_LICENSE("GPL");
