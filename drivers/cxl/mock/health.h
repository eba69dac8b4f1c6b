/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_HEALTH_H__
#define __CXL_MOCK_HEALTH_H__

#include "mailbox.h"

/**
 * struct cxl_mock_health_info - Get Health Info response, CXL 3.1 8.2.9.9.3.1
 * @health_status: 0: nothing needs maintenance or replacement
 * @media_status: 0: normal
 * @additional_status: of life used, temperature and corrected errors; 0: normal
 * @life_used: percent
 * @temperature: degrees Celsius
 * @dirty_shutdowns: how many
 * @corrected_volatile: corrected errors of volatile capacity
 * @corrected_persistent: corrected errors of persistent capacity
 */
struct cxl_mock_health_info {
	u8 health_status;
	u8 media_status;
	u8 additional_status;
	u8 life_used;
	__le16 temperature;
	__le32 dirty_shutdowns;
	__le32 corrected_volatile;
	__le32 corrected_persistent;
} __packed;

void cxl_mock_health_fill(const struct cxl_mock_device *device,
			  struct cxl_mock_health_info *info);
enum cxl_mbox_rc cxl_mock_health_get_info(struct cxl_mock_device *device,
					  struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_health_get_alerts(struct cxl_mock_device *device,
					    struct cxl_mbox_io *io);

#endif /* __CXL_MOCK_HEALTH_H__ */
