/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_CONFIG_H__
#define __CXL_MOCK_CONFIG_H__

#include <linux/types.h>

#include "dc/dc.h"

/* Static and dynamic capacity come in units of 256 MiB, CXL 3.1 8.2.9.9.1.1 */
#define CXL_MOCK_CAPACITY_UNIT		(256ULL << 20)
/* A DPA has 52 bits, CXL 3.1 8.2.9.9.4.1 */
#define CXL_MOCK_DPA_END		(4096ULL << 40)
/* CXL 3.1 9.13.3: a device has up to 8 DC regions */
#define CXL_MOCK_DC_REGIONS_MAX		CXL_DC_REGIONS_MAX
#define CXL_MOCK_DC_BLOCK_DEFAULT	(2ULL << 20)
/* Limits that a device has unless it is told others */
#define CXL_MOCK_EXTENTS_DEFAULT	4096
#define CXL_MOCK_TAGS_DEFAULT		1024
/* The most that it can be told */
#define CXL_MOCK_LIMIT_MAX		65536

/* Memory devices under one window: one interleave set, CXL 3.1 8.2.4.20.7 */
#define CXL_MOCK_DEVICES_MAX		8
/* The serial number of each is so much more than that of the one before */
#define CXL_MOCK_SERIAL_STEP		0x10000

/* Extents that a device can have from the start */
#define CXL_MOCK_PRESENT_MAX		8

/* QoS class of memory and of the first window, CXL 3.1 9.17.3.1 */
#define CXL_MOCK_QOS_CLASS		1
/* It has 16 bits */
#define CXL_MOCK_QOS_CLASS_MAX		65535

/* long enough for any reason that cxl_mock_config_check() gives */
#define CXL_MOCK_REASON_LEN		256

/**
 * struct cxl_mock_config - everything that a mock device can be told
 * @dc_total_size: bytes of Dynamic Capacity; 0: no device
 * @num_dc_regions: DC regions of equal size, 1 to 8
 * @dc_block_size: bytes per block of every DC region, a power of two from 64
 * @serial: serial number of the device
 * @devices: memory devices like it under the window, 1 to CXL_MOCK_DEVICES_MAX
 * @window_base: host physical address of the window, 0: chosen at load
 * @window_size: bytes of a window, 0: that of all capacity or what fits
 * @qos_class: QoS class of a second window, behind the first; 0: there is none
 * @sharable: bit per DC region: its capacity can be shared
 * @max_extents: extents that can live, 1 to CXL_MOCK_LIMIT_MAX
 * @max_tags: tags that can live, 1 to CXL_MOCK_LIMIT_MAX
 * @readonly: bit per DC region: hosts may only read its capacity
 * @poison_limit: addresses that hosts may poison, 0: none, to CXL_MOCK_POISON_MAX
 * @alerts: 1: the host may set when it is warned of the device's health; 0: it may not
 * @ram_size: bytes of static volatile capacity, below the DC regions
 * @region_size: bytes of the region that is there from the start, from the first DPA
 *               on; 0: none
 * @dc_backing: what is behind all of the capacity
 * @present: extents that the host has from the start
 * @nr_present: how many
 *
 * Front ends (module parameters) only fill this struct and have it checked by
 * cxl_mock_config_check(); the device is built from it and knows no front end.
 */
struct cxl_mock_config {
	u64 dc_total_size;
	u64 num_dc_regions;
	u64 dc_block_size;
	u64 serial;
	u64 devices;
	u64 window_base;
	u64 window_size;
	u64 qos_class;
	u64 sharable;
	u64 max_extents;
	u64 max_tags;
	u64 readonly;
	u64 poison_limit;
	u64 alerts;
	u64 ram_size;
	u64 region_size;
	enum cxl_dc_backing dc_backing;
	struct cxl_dc_range present[CXL_MOCK_PRESENT_MAX];
	unsigned int nr_present;
};

/* What a front end starts from; dc_total_size makes a device of it. */
#define CXL_MOCK_CONFIG_DEFAULT {				\
	.num_dc_regions = 1,					\
	.dc_block_size = CXL_MOCK_DC_BLOCK_DEFAULT,		\
	.serial = 0xdcd0,					\
	.devices = 1,						\
	.max_extents = CXL_MOCK_EXTENTS_DEFAULT,		\
	.max_tags = CXL_MOCK_TAGS_DEFAULT,			\
}

/**
 * struct cxl_mock_size - a size as text, see cxl_mock_size()
 * @text: the size in the largest unit that divides it, such as 768M
 */
struct cxl_mock_size {
	char text[24];
};

struct cxl_mock_size cxl_mock_size(u64 bytes);
struct cxl_mock_size cxl_mock_hex(u64 value);
u64 cxl_mock_config_serial(const struct cxl_mock_config *config, unsigned int index);
u64 cxl_mock_config_capacity(const struct cxl_mock_config *config);
u64 cxl_mock_config_windows(const struct cxl_mock_config *config);
u64 cxl_mock_config_window(const struct cxl_mock_config *config);
struct cxl_mock_size cxl_mock_config_most(const char *name);
int cxl_mock_config_check(const struct cxl_mock_config *config,
			  char reason[CXL_MOCK_REASON_LEN]);

#endif /* __CXL_MOCK_CONFIG_H__ */
