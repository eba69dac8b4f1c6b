/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DCD_H__
#define __CXL_DCD_H__

/*
 * Wire formats of Dynamic Capacity: what a DC device and its host exchange.
 * Shared by the mock device, the host and user space.
 */
#include <linux/types.h>

/* Dynamic Capacity command set, CXL 3.1 8.2.9.9.9 */
#define CXL_DC_OP_GET_CONFIG		0x4800
#define CXL_DC_OP_GET_EXTENT_LIST	0x4801
#define CXL_DC_OP_ADD_RESPONSE		0x4802
#define CXL_DC_OP_RELEASE		0x4803

/* A device has up to 8 DC regions, CXL 3.1 9.13.3 */
#define CXL_DC_REGIONS_MAX		8
/* Unit of a region's decode length, CXL 3.1 8.2.9.9.9.1 */
#define CXL_DC_DECODE_UNIT		(256ULL << 20)

/**
 * struct cxl_dc_get_config_in - Get Dynamic Capacity Configuration, request
 * @region_count: the most regions to return
 * @start_region: index of the first of them
 *
 * CXL 3.1 8.2.9.9.9.1
 */
struct cxl_dc_get_config_in {
	__u8 region_count;
	__u8 start_region;
} __attribute__((packed));

/**
 * struct cxl_dc_region_config - one DC region
 * @base: DPA of its first byte, a multiple of 256 MiB
 * @decode_len: DPA space that a decoder assigns to it, in units of 256 MiB
 * @len: bytes of it that can have capacity, at most @decode_len
 * @block_size: bytes per block, a power of two and multiple of 64
 * @dsmad_handle: handle of its DSMAS structure in the CDAT
 * @flags: bit 0: sanitized on release
 * @rsvd: zero
 *
 * CXL 3.1 8.2.9.9.9.1
 */
struct cxl_dc_region_config {
	__le64 base;
	__le64 decode_len;
	__le64 len;
	__le64 block_size;
	__le32 dsmad_handle;
	__u8 flags;
	__u8 rsvd[3];
} __attribute__((packed));

/**
 * struct cxl_dc_get_config_out - Get Dynamic Capacity Configuration, response
 * @regions_available: regions that the device has
 * @regions_returned: entries of @regions
 * @rsvd: zero
 * @regions: the regions; struct cxl_dc_get_config_tail follows the last
 *
 * CXL 3.1 8.2.9.9.9.1
 */
struct cxl_dc_get_config_out {
	__u8 regions_available;
	__u8 regions_returned;
	__u8 rsvd[6];
	struct cxl_dc_region_config regions[];
} __attribute__((packed));

/**
 * struct cxl_dc_get_config_tail - end of the response
 * @extents_supported: extents that the device can hold
 * @extents_available: of these, extents not in use
 * @tags_supported: tags that the device can hold
 * @tags_available: of these, tags not in use
 *
 * CXL 3.1 8.2.9.9.9.1
 */
struct cxl_dc_get_config_tail {
	__le32 extents_supported;
	__le32 extents_available;
	__le32 tags_supported;
	__le32 tags_available;
} __attribute__((packed));

/**
 * struct cxl_dc_extent - one extent
 * @start_dpa: DPA of its first byte
 * @length: bytes
 * @tag: UUID of the allocation that it belongs to; all zero: none
 * @shared_seq: its place in a sharable allocation
 * @rsvd: zero
 *
 * CXL 3.1 8.2.9.2.1.6 (Dynamic Capacity Extent)
 */
struct cxl_dc_extent {
	__le64 start_dpa;
	__le64 length;
	__u8 tag[16];
	__le16 shared_seq;
	__u8 rsvd[6];
} __attribute__((packed));

/**
 * struct cxl_dc_get_extent_list_in - Get Dynamic Capacity Extent List, request
 * @count: the most extents to return
 * @start: index of the first of them
 *
 * CXL 3.1 8.2.9.9.9.2
 */
struct cxl_dc_get_extent_list_in {
	__le32 count;
	__le32 start;
} __attribute__((packed));

/**
 * struct cxl_dc_get_extent_list_out - Get Dynamic Capacity Extent List, response
 * @returned: entries of @extents
 * @total: extents that the host has accepted
 * @generation: changes whenever the list does
 * @rsvd: zero
 * @extents: the extents
 *
 * CXL 3.1 8.2.9.9.9.2
 */
struct cxl_dc_get_extent_list_out {
	__le32 returned;
	__le32 total;
	__le32 generation;
	__u8 rsvd[4];
	struct cxl_dc_extent extents[];
} __attribute__((packed));

/* Flag of struct cxl_dc_extents_in: more extents follow in another command */
#define CXL_DC_EXTENTS_MORE		0x01

/**
 * struct cxl_dc_extents_in - Add Dynamic Capacity Response, Release Dynamic
 * Capacity: request
 * @count: entries of @extents
 * @flags: CXL_DC_EXTENTS_MORE
 * @rsvd: zero
 * @extents: the extents
 *
 * CXL 3.1 8.2.9.9.9.3, 8.2.9.9.9.4
 */
struct cxl_dc_extents_in {
	__le32 count;
	__u8 flags;
	__u8 rsvd[3];
	struct cxl_dc_updated_extent {
		__le64 start_dpa;
		__le64 length;
		__u8 rsvd[8];
	} __attribute__((packed)) extents[];
} __attribute__((packed));

#endif /* __CXL_DCD_H__ */
