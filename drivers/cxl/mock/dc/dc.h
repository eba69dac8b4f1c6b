/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_DC_H__
#define __CXL_MOCK_DC_H__

/*
 * The Dynamic Capacity engine: command bytes in, return code and response
 * bytes out. It touches no kernel object and takes no lock, so that the same
 * files build in user space; its owner serializes the calls.
 */
#include <linux/types.h>
#include <cxl/dcd.h>

#include "../mbox.h"

/**
 * struct cxl_dc_region - one DC region
 * @base: DPA of its first byte
 * @len: bytes
 * @block_size: bytes per block
 */
struct cxl_dc_region {
	u64 base;
	u64 len;
	u64 block_size;
};

/**
 * struct cxl_dc - a device's Dynamic Capacity
 * @regions: its DC regions, adjacent and in order of DPA
 * @nr_regions: entries of @regions in use
 */
struct cxl_dc {
	struct cxl_dc_region regions[CXL_DC_REGIONS_MAX];
	unsigned int nr_regions;
};

void cxl_dc_init(struct cxl_dc *dc, u64 total_size, unsigned int nr_regions,
		 u64 block_size);
u64 cxl_dc_end(const struct cxl_dc *dc);

enum cxl_mbox_rc cxl_dc_get_config(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_get_extent_list(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_add_response(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_release(struct cxl_dc *dc, struct cxl_mbox_io *io);

#endif /* __CXL_MOCK_DC_H__ */
