// SPDX-License-Identifier: GPL-2.0-only
/* The health of a mock device and its alerts. Builds in user space too. */
#include <linux/kernel.h>

#include "health.h"

#define TEMPERATURE_C		25

/* Get Alert Configuration, CXL 3.1 8.2.9.9.3.2 */
struct alert_config_out {
	u8 valid_alerts;
	u8 programmable_alerts;
	u8 life_used_critical;
	u8 life_used_warning;
	__le16 over_temperature_critical;
	__le16 under_temperature_critical;
	__le16 over_temperature_warning;
	__le16 under_temperature_warning;
	__le16 corrected_volatile_warning;
	__le16 corrected_persistent_warning;
} __packed;

/**
 * cxl_mock_health_fill() - say how a device is
 * @device: the device
 * @info: how it is
 */
void cxl_mock_health_fill(const struct cxl_mock_device *device,
			  struct cxl_mock_health_info *info)
{
	*info = (struct cxl_mock_health_info) {
		.temperature = cpu_to_le16(TEMPERATURE_C),
	};
}

/**
 * cxl_mock_health_get_info() - Get Health Info (4200h)
 * @device: the device
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.3.1
 *
 * Return: Success.
 */
enum cxl_mbox_rc cxl_mock_health_get_info(struct cxl_mock_device *device,
					  struct cxl_mbox_io *io)
{
	cxl_mock_health_fill(device, io->out);
	io->out_len = sizeof(struct cxl_mock_health_info);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_mock_health_get_alerts() - Get Alert Configuration (4201h)
 * @device: the device, which raises no alerts: none valid, none programmable
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.3.2
 *
 * Return: Success.
 */
enum cxl_mbox_rc cxl_mock_health_get_alerts(struct cxl_mock_device *device,
					    struct cxl_mbox_io *io)
{
	io->out_len = sizeof(struct alert_config_out);
	return CXL_RC_SUCCESS;
}
