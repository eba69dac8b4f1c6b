/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_MBOX_H__
#define __CXL_MOCK_MBOX_H__

#include <linux/types.h>

/* Commands of a memory device, CXL 3.1 8.2.9, tables 8-37, 8-38 and 8-126 */
enum cxl_mbox_op {
	CXL_OP_COMPONENT_IDENTIFY	= 0x0001,
	CXL_OP_BACKGROUND_STATUS	= 0x0002,
	CXL_OP_GET_RESPONSE_LIMIT	= 0x0003,
	CXL_OP_SET_RESPONSE_LIMIT	= 0x0004,
	CXL_OP_GET_EVENT_RECORDS	= 0x0100,
	CXL_OP_CLEAR_EVENT_RECORDS	= 0x0101,
	CXL_OP_GET_EVENT_POLICY		= 0x0102,
	CXL_OP_SET_EVENT_POLICY		= 0x0103,
	CXL_OP_GET_TIMESTAMP		= 0x0300,
	CXL_OP_SET_TIMESTAMP		= 0x0301,
	CXL_OP_GET_SUPPORTED_LOGS	= 0x0400,
	CXL_OP_GET_LOG			= 0x0401,
	CXL_OP_IDENTIFY			= 0x4000,
	CXL_OP_GET_PARTITION_INFO	= 0x4100,
	CXL_OP_GET_LSA			= 0x4102,
	CXL_OP_SET_LSA			= 0x4103,
	CXL_OP_GET_HEALTH_INFO		= 0x4200,
	CXL_OP_GET_ALERT_CONFIG		= 0x4201,
	CXL_OP_SET_ALERT_CONFIG		= 0x4202,
	CXL_OP_GET_POISON_LIST		= 0x4300,
	CXL_OP_INJECT_POISON		= 0x4301,
	CXL_OP_CLEAR_POISON		= 0x4302,
};

/* Command return codes, CXL 3.1 8.2.8.4.5.1 */
enum cxl_mbox_rc {
	CXL_RC_SUCCESS			= 0x00,
	CXL_RC_INVALID_INPUT		= 0x02,
	CXL_RC_UNSUPPORTED		= 0x03,
	CXL_RC_INTERNAL			= 0x04,
	CXL_RC_RETRY_REQUIRED		= 0x05,
	CXL_RC_INVALID_HANDLE		= 0x0e,
	CXL_RC_INVALID_PA		= 0x0f,
	CXL_RC_INJECT_LIMIT		= 0x10,
	CXL_RC_INVALID_PAYLOAD_LEN	= 0x16,
	CXL_RC_INVALID_LOG		= 0x17,
	CXL_RC_RESOURCES_EXHAUSTED	= 0x1d,
	CXL_RC_INVALID_EXTENT_LIST	= 0x1e,
};

/**
 * struct cxl_mbox_io - one mailbox command on its way through the device
 * @in: request payload
 * @in_len: bytes of @in
 * @out: room for the response payload, zeroed
 * @out_max: bytes of @out: the mailbox's payload size, 256 or more,
 *           CXL 3.1 8.2.8.4.3
 * @out_len: bytes of @out that the command filled, 0 before
 */
struct cxl_mbox_io {
	const void *in;
	size_t in_len;
	void *out;
	size_t out_max;
	size_t out_len;
};

#endif /* __CXL_MOCK_MBOX_H__ */
