// SPDX-License-Identifier: GPL-2.0-only
/*
 * cxl_mock_dcd: a CXL memory device with Dynamic Capacity and no memory.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <cxl/core/layout.h>

#include "mock.h"
#include "redirects.h"

/* The device of the module parameters; NULL: none was asked for. */
static struct cxl_mock *param_mock;

static int __init create_param_mock(void)
{
	const struct cxl_mock_config *config = cxl_mock_params_config();
	struct cxl_mock *mock;

	if (!config->dc_total_size)
		return 0;

	mock = cxl_mock_create(config, "cxl_mock_dcd");
	if (IS_ERR(mock))
		return PTR_ERR(mock);
	param_mock = mock;
	return 0;
}

static int __init cxl_mock_init(void)
{
	char reason[CXL_MOCK_REASON_LEN];
	int rc;

	rc = cxl_core_check_layout();
	if (rc)
		return rc;

	rc = cxl_mock_config_check(cxl_mock_params_config(), reason);
	if (rc) {
		pr_err("%s\n", reason);
		return rc;
	}

	/* the driver that attaches memdevs; not on the core's list of symbols everywhere */
	request_module("cxl_mem");

	rc = cxl_redirect_register(&cxl_mock_redirects);
	if (rc)
		return rc;

	rc = cxl_mock_provider_register();
	if (rc)
		goto err_redirects;

	rc = cxl_mock_fm_init();
	if (rc)
		goto err_provider;

	cxl_mock_aside_init();
	cxl_mock_debugfs_init();
	rc = platform_driver_register(&cxl_mock_root_driver);
	if (rc)
		goto err_debugfs;

	rc = platform_driver_register(&cxl_mock_mem_driver);
	if (rc)
		goto err_root_driver;

	rc = create_param_mock();
	if (rc)
		goto err_mem_driver;

	/* last: from here on there can be devices that hold the module */
	rc = cxl_mock_configfs_init();
	if (rc)
		goto err_param_mock;
	return 0;

err_param_mock:
	if (param_mock)
		cxl_mock_destroy(param_mock);
err_mem_driver:
	platform_driver_unregister(&cxl_mock_mem_driver);
err_root_driver:
	platform_driver_unregister(&cxl_mock_root_driver);
err_debugfs:
	cxl_mock_debugfs_exit();
	cxl_mock_aside_exit();
	cxl_mock_fm_exit();
err_provider:
	cxl_mock_provider_unregister();
err_redirects:
	cxl_redirect_unregister(&cxl_mock_redirects);
	return rc;
}
module_init(cxl_mock_init);

static void __exit cxl_mock_exit(void)
{
	cxl_mock_configfs_exit();
	if (param_mock)
		cxl_mock_destroy(param_mock);
	platform_driver_unregister(&cxl_mock_mem_driver);
	platform_driver_unregister(&cxl_mock_root_driver);
	cxl_mock_debugfs_exit();
	cxl_mock_aside_exit();
	cxl_mock_fm_exit();
	cxl_mock_provider_unregister();
	cxl_redirect_unregister(&cxl_mock_redirects);
}
module_exit(cxl_mock_exit);

MODULE_DESCRIPTION("CXL: a mock memory device with Dynamic Capacity");
MODULE_LICENSE("GPL");
/* Without the host nothing uses its capacity, and on 6.12 it must come before dax_cxl. */
MODULE_SOFTDEP("pre: cxl_dcd");
CXL_CORE_IMPORT_NS("CXL");
