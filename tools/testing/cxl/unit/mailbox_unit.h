/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MAILBOX_UNIT_H__
#define __CXL_MAILBOX_UNIT_H__

/* What the tests of the mailbox share: a device of two DC regions of 1 GiB. */
#include "unit.h"
#include "mailbox.h"

#define PAYLOAD		4096
#define LSA		16384

extern struct cxl_mock_device *device;
/* what its clock says, ns */
extern u64 now;

int mailbox_setup(void **state);
int mailbox_teardown(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, mailbox_setup, mailbox_teardown)

/* A command of the host. */
enum cxl_mbox_rc exec(u16 opcode, const void *in, size_t in_len, size_t out_max);
enum cxl_mbox_rc clear_oldest(u8 nr);

#endif /* __CXL_MAILBOX_UNIT_H__ */
