/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_REDIRECT_TEST_H__
#define __CXL_REDIRECT_TEST_H__

/* What the target adds to its argument, and what the replacement does. */
#define CXL_REDIRECT_TEST_ORIGINAL	1
#define CXL_REDIRECT_TEST_REPLACED	1001

int cxl_redirect_test_target(int value);

#endif /* __CXL_REDIRECT_TEST_H__ */
