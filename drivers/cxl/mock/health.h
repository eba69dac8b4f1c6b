/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_HEALTH_H__
#define __CXL_MOCK_HEALTH_H__

#include <linux/types.h>

#include "config.h"
#include "mbox.h"

struct cxl_mock_device;

/**
 * struct cxl_mock_health_info - Get Health Info response, CXL 3.1 8.2.9.9.3.1
 * @health_status: bit per need of maintenance, degradation, need of replacement
 * @media_status: 0: normal
 * @additional_status: of life used, temperature and corrected errors; 0: normal
 * @life_used: percent
 * @temperature: degrees Celsius, two's complement
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

/* Set Alert Configuration request, CXL 3.1 8.2.9.9.3.3 */
struct cxl_mock_set_alerts_in {
	u8 valid_actions;
	u8 enable_actions;
	u8 life_used_warning;
	u8 rsvd;
	__le16 over_temperature_warning;
	__le16 under_temperature_warning;
	__le16 corrected_volatile_warning;
	__le16 corrected_persistent_warning;
} __packed;

/**
 * enum cxl_mock_health_field - what a user can say about a device
 * @CXL_MOCK_HEALTH_STATUS: what it needs: words
 * @CXL_MOCK_HEALTH_MEDIA: the state of its media: a word
 * @CXL_MOCK_HEALTH_LIFE_USED: percent, 0 to 100
 * @CXL_MOCK_HEALTH_TEMPERATURE: degrees Celsius, -273 to 1000
 * @CXL_MOCK_HEALTH_DIRTY_SHUTDOWNS: how many, 32 bits
 * @CXL_MOCK_HEALTH_CORRECTED_ERRORS: how many in volatile capacity, 32 bits
 * @CXL_MOCK_HEALTH_FIELDS: number of fields
 */
enum cxl_mock_health_field {
	CXL_MOCK_HEALTH_STATUS,
	CXL_MOCK_HEALTH_MEDIA,
	CXL_MOCK_HEALTH_LIFE_USED,
	CXL_MOCK_HEALTH_TEMPERATURE,
	CXL_MOCK_HEALTH_DIRTY_SHUTDOWNS,
	CXL_MOCK_HEALTH_CORRECTED_ERRORS,
	CXL_MOCK_HEALTH_FIELDS,
};

/**
 * struct cxl_mock_alerts - which warnings the host wants, and from when on
 * @has: the device has Set Alert Configuration, and thresholds; the owner sets it
 * @enabled: bit per warning that is on
 * @life_used: percent
 * @over_temperature: degrees Celsius
 * @under_temperature: degrees Celsius
 * @corrected_errors: how many in volatile capacity
 */
struct cxl_mock_alerts {
	bool has;
	u8 enabled;
	u8 life_used;
	s16 over_temperature;
	s16 under_temperature;
	u16 corrected_errors;
};

/**
 * struct cxl_mock_health - how a device is
 * @field: by enum cxl_mock_health_field; of a temperature the lower 32 bits
 * @alerts: what the host is warned of
 */
struct cxl_mock_health {
	u32 field[CXL_MOCK_HEALTH_FIELDS];
	struct cxl_mock_alerts alerts;
};

/* Temperature of a device that nobody has heated */
#define CXL_MOCK_TEMPERATURE_DEFAULT	25

bool cxl_mock_health_has_alerts(const struct cxl_mock_device *device);
void cxl_mock_health_fill(const struct cxl_mock_device *device,
			  struct cxl_mock_health_info *info);
enum cxl_mbox_rc cxl_mock_health_get_info(struct cxl_mock_device *device,
					  struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_health_get_alerts(struct cxl_mock_device *device,
					    struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_health_set_alerts(struct cxl_mock_device *device,
					    struct cxl_mbox_io *io);

int cxl_mock_read_health(enum cxl_mock_health_field field, const char *text, size_t len,
			 u32 *value, char reason[CXL_MOCK_REASON_LEN]);
void cxl_mock_show_health(enum cxl_mock_health_field field, u32 value, char *text, size_t size);
void cxl_mock_health_set(struct cxl_mock_device *device, enum cxl_mock_health_field field,
			 u32 value);

#endif /* __CXL_MOCK_HEALTH_H__ */
