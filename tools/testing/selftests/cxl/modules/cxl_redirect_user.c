// SPDX-License-Identifier: GPL-2.0-only
/*
 * Redirects cxl_redirect_test_target(), and with "conflict" a function that the mock
 * answers: at load, or with "late" when 1 is written to "redirect".
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/string.h>
#include <cxl/core/core.h>
#include <cxl/redirect.h>
#include <cxl/text.h>

#include "cxl_redirect_test.h"

static struct cxl_redirect_table table;

static int replacement(int value)
{
	/* long enough to be in here when the module unloads */
	usleep_range(500, 1000);
	return cxl_redirect_test_target(value) + CXL_REDIRECT_TEST_REPLACED -
	       CXL_REDIRECT_TEST_ORIGINAL;
}

static void never_called(struct cxl_port *port)
{
}

DEFINE_CXL_REDIRECT(table, cxl_redirect_test_target, replacement, int, (int value), (value));
DEFINE_CXL_REDIRECT(table, read_cdat_data, never_called, void, (struct cxl_port *port), (port));

static const struct cxl_redirect *const redirects[] = {
	&redirect_cxl_redirect_test_target,
	&redirect_read_cdat_data,
};

static bool late, conflict;
static bool redirecting;

static int start(void)
{
	int rc = cxl_redirect_register(&table);

	redirecting = !rc;
	return rc;
}

static int redirect_set(const char *text, const struct kernel_param *kp)
{
	char line[CXL_TEXT_MAX + 1];
	bool on;

	if (cxl_text_line(line, text, strlen(text)) || cxl_text_bool(line, &on) || !on ||
	    redirecting)
		return -EINVAL;
	return start();
}

static const struct kernel_param_ops redirect_ops = {
	.set = redirect_set,
};

module_param(late, bool, 0444);
MODULE_PARM_DESC(late, "Redirect only when 1 is written to redirect");
module_param(conflict, bool, 0444);
MODULE_PARM_DESC(conflict, "Redirect read_cdat_data() too, as the mock does");
module_param_cb(redirect, &redirect_ops, NULL, 0200);
MODULE_PARM_DESC(redirect, "Write 1 to redirect");

static int __init cxl_redirect_user_init(void)
{
	table = (struct cxl_redirect_table) {
		.redirects = redirects,
		.nr = conflict ? 2 : 1,
		.owner = THIS_MODULE,
	};
	return late ? 0 : start();
}
module_init(cxl_redirect_user_init);

static void __exit cxl_redirect_user_exit(void)
{
	if (redirecting)
		cxl_redirect_unregister(&table);
}
module_exit(cxl_redirect_user_exit);

MODULE_DESCRIPTION("cxl_redirect selftest: a user");
MODULE_LICENSE("GPL");
CXL_CORE_IMPORT_NS("CXL");
