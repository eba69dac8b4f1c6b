/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_MEDIA_H__
#define __CXL_MOCK_MEDIA_H__

#include "config.h"
#include "mailbox.h"

/* The most records that one request adds: enough for the log to overflow many times. */
#define CXL_MOCK_EVENTS_MAX	1000

/**
 * enum cxl_mock_event_kind - what a record that a user injects is about
 * @CXL_MOCK_EVENT_GENERAL_MEDIA: an error of the media, CXL 3.1 8.2.9.2.1.1
 * @CXL_MOCK_EVENT_DRAM: the same with its place in a DRAM, CXL 3.1 8.2.9.2.1.2
 * @CXL_MOCK_EVENT_MEMORY_MODULE: the device's health, CXL 3.1 8.2.9.2.1.3
 * @CXL_MOCK_EVENT_POISON: poison that a host has injected, as a general media record
 */
enum cxl_mock_event_kind {
	CXL_MOCK_EVENT_GENERAL_MEDIA,
	CXL_MOCK_EVENT_DRAM,
	CXL_MOCK_EVENT_MEMORY_MODULE,
	CXL_MOCK_EVENT_POISON,
};

/**
 * enum cxl_mock_module_event - what a memory module record is about
 * @CXL_MOCK_MODULE_HEALTH: health status, or corrected errors
 * @CXL_MOCK_MODULE_MEDIA: media status
 * @CXL_MOCK_MODULE_LIFE_USED: life used
 * @CXL_MOCK_MODULE_TEMPERATURE: temperature
 * @CXL_MOCK_MODULE_DATA_PATH: error of a data path
 * @CXL_MOCK_MODULE_LSA: error of the label storage area
 * @CXL_MOCK_MODULE_SIDEBAND_BUS: unrecoverable error of an internal sideband bus
 * @CXL_MOCK_MODULE_MEDIA_FRU: error of a replaceable unit of media
 * @CXL_MOCK_MODULE_POWER: fault of the power management
 *
 * Device Event Type, CXL 3.1 8.2.9.2.1.3
 */
enum cxl_mock_module_event {
	CXL_MOCK_MODULE_HEALTH,
	CXL_MOCK_MODULE_MEDIA,
	CXL_MOCK_MODULE_LIFE_USED,
	CXL_MOCK_MODULE_TEMPERATURE,
	CXL_MOCK_MODULE_DATA_PATH,
	CXL_MOCK_MODULE_LSA,
	CXL_MOCK_MODULE_SIDEBAND_BUS,
	CXL_MOCK_MODULE_MEDIA_FRU,
	CXL_MOCK_MODULE_POWER,
};

/**
 * struct cxl_mock_event - records that a user injects
 * @kind: what they are about
 * @log: the log that they are added to, one of the first four
 * @dpa: where the error is, 64 bytes aligned; not of a memory module record
 * @module: what a memory module record is about
 * @count: how many, 1 to CXL_MOCK_EVENTS_MAX
 */
struct cxl_mock_event {
	enum cxl_mock_event_kind kind;
	enum cxl_mock_log log;
	u64 dpa;
	enum cxl_mock_module_event module;
	unsigned int count;
};

int cxl_mock_read_event(const char *name, const char *text, size_t len,
			struct cxl_mock_event *event, char reason[CXL_MOCK_REASON_LEN]);
void cxl_mock_media_module(struct cxl_mock_device *device, enum cxl_mock_module_event event,
			   enum cxl_mock_log log);
enum cxl_mbox_rc cxl_mock_media_inject(struct cxl_mock_device *device,
				       const struct cxl_mock_event *event);

#endif /* __CXL_MOCK_MEDIA_H__ */
