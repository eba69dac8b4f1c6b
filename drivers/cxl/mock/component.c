// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands that any component answers, which a library begins with: what
 * it is, whether it is busy, and how long its responses may be. CXL 3.1
 * 8.2.9.1. Builds in user space too.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/log2.h>

#include "component.h"

/* Identify: a Type 3 device */
#define COMPONENT_TYPE3		0x03

/* The least limit of a response that can be set, as log2 of bytes */
#define LIMIT_MIN		8
#define LIMIT_MAX		ilog2(CXL_MOCK_PAYLOAD_SIZE)

struct identify_out {
	__le16 vendor_id;
	__le16 device_id;
	__le16 subsys_vendor_id;
	__le16 subsys_id;
	__le64 serial;
	u8 max_message;
	u8 type;
} __packed;

struct background_out {
	u8 status;
	u8 rsvd;
	__le16 opcode;
	__le16 rc;
	__le16 vendor_status;
} __packed;

/**
 * cxl_mock_component_identify() - Identify (0001h)
 * @device: the device
 * @io: the command
 *
 * CXL 3.1 8.2.9.1.1. A device that is not on PCI has no PCI IDs.
 *
 * Return: Success.
 */
enum cxl_mbox_rc cxl_mock_component_identify(struct cxl_mock_device *device,
					     struct cxl_mbox_io *io)
{
	struct identify_out *out = io->out;

	out->serial = cpu_to_le64(device->serial);
	out->max_message = LIMIT_MAX;
	out->type = COMPONENT_TYPE3;
	io->out_len = sizeof(*out);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_mock_component_background() - Background Operation Status (0002h)
 * @device: the device
 * @io: the command
 *
 * CXL 3.1 8.2.9.1.2. No command runs in the background: there never was one.
 *
 * Return: Success.
 */
enum cxl_mbox_rc cxl_mock_component_background(struct cxl_mock_device *device,
					       struct cxl_mbox_io *io)
{
	io->out_len = sizeof(struct background_out);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_mock_component_limit() - the longest response to the FM
 * @device: the device
 *
 * Return: bytes.
 */
size_t cxl_mock_component_limit(const struct cxl_mock_device *device)
{
	return device->response_limit ? BIT(device->response_limit) : CXL_MOCK_PAYLOAD_SIZE;
}

/**
 * cxl_mock_component_get_limit() - Get Response Message Limit (0003h)
 * @device: the device
 * @io: the command
 *
 * CXL 3.1 8.2.9.1.3
 *
 * Return: Success.
 */
enum cxl_mbox_rc cxl_mock_component_get_limit(struct cxl_mock_device *device,
					      struct cxl_mbox_io *io)
{
	*(u8 *)io->out = device->response_limit ?: LIMIT_MAX;
	io->out_len = sizeof(u8);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_mock_component_set_limit() - Set Response Message Limit (0004h)
 * @device: the device
 * @io: the command
 *
 * CXL 3.1 8.2.9.1.4. Commands that list things return fewer of them at a time.
 *
 * Return: Success; Invalid Input for less than 256 bytes or more than the
 * payload size.
 */
enum cxl_mbox_rc cxl_mock_component_set_limit(struct cxl_mock_device *device,
					      struct cxl_mbox_io *io)
{
	u8 limit = *(const u8 *)io->in;

	if (limit < LIMIT_MIN || limit > LIMIT_MAX)
		return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_INPUT,
				     "response limit of 2^%u bytes: must be 2^%u to 2^%u",
				     limit, LIMIT_MIN, LIMIT_MAX);
	device->response_limit = limit;
	return cxl_mock_component_get_limit(device, io);
}
