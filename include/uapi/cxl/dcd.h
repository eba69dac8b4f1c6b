/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef _UAPI_CXL_DCD_H
#define _UAPI_CXL_DCD_H

/*
 * Wire formats of Dynamic Capacity: what a DC device exchanges with its host, and
 * with its fabric manager by raw commands to /dev/cxl/fmN (linux/cxl_mem.h). All
 * numbers are little endian.
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

/* UUID of the record below: ca95afa7-f183-4018-8c2f-95268e101a2a */
#define CXL_DC_EVENT_UUID						\
	{ 0xca, 0x95, 0xaf, 0xa7, 0xf1, 0x83, 0x40, 0x18,		\
	  0x8c, 0x2f, 0x95, 0x26, 0x8e, 0x10, 0x1a, 0x2a }

/**
 * enum cxl_dc_event_type - what a Dynamic Capacity event record reports
 * @CXL_DC_EVENT_ADD: capacity is offered
 * @CXL_DC_EVENT_RELEASE: the release of capacity is requested
 * @CXL_DC_EVENT_FORCED_RELEASE: capacity is gone
 * @CXL_DC_EVENT_CONFIG_UPDATED: a region has another configuration
 * @CXL_DC_EVENT_ADD_RESPONSE: to the FM: the host has answered an offer
 * @CXL_DC_EVENT_RELEASED: to the FM: the host has released capacity
 *
 * CXL 3.1 8.2.9.2.1.6
 */
enum cxl_dc_event_type {
	CXL_DC_EVENT_ADD		= 0,
	CXL_DC_EVENT_RELEASE		= 1,
	CXL_DC_EVENT_FORCED_RELEASE	= 2,
	CXL_DC_EVENT_CONFIG_UPDATED	= 3,
	CXL_DC_EVENT_ADD_RESPONSE	= 4,
	CXL_DC_EVENT_RELEASED		= 5,
};

/* Flag of struct cxl_dc_event_data: the next record belongs to this one */
#define CXL_DC_EVENT_MORE		0x01

/**
 * struct cxl_dc_event_data - Dynamic Capacity event record, past the header
 * @type: enum cxl_dc_event_type
 * @validity: zero: neither @extents_available nor @tags_available; bits 0, 1
 * @host: id of the host
 * @region: index of the DC region
 * @flags: CXL_DC_EVENT_MORE
 * @rsvd: zero
 * @extent: what it is about
 * @rsvd2: zero
 * @extents_available: extents that the device has left
 * @tags_available: tags that the device has left
 *
 * CXL 3.1 8.2.9.2.1.6
 */
struct cxl_dc_event_data {
	__u8 type;
	__u8 validity;
	__le16 host;
	__u8 region;
	__u8 flags;
	__u8 rsvd[2];
	struct cxl_dc_extent extent;
	__u8 rsvd2[24];
	__le32 extents_available;
	__le32 tags_available;
} __attribute__((packed));

/* DCD Management command set of the FM, CXL 3.1 7.6.7.6 */
#define CXL_FM_OP_GET_INFO		0x5600
#define CXL_FM_OP_GET_REGION_CONFIG	0x5601
#define CXL_FM_OP_SET_REGION_CONFIG	0x5602
#define CXL_FM_OP_GET_EXTENT_LISTS	0x5603
#define CXL_FM_OP_INITIATE_ADD		0x5604
#define CXL_FM_OP_INITIATE_RELEASE	0x5605
#define CXL_FM_OP_ADD_REFERENCE		0x5606
#define CXL_FM_OP_REMOVE_REFERENCE	0x5607
#define CXL_FM_OP_LIST_TAGS		0x5608

/**
 * struct cxl_fm_get_info_out - Get DCD Info, response
 * @hosts: hosts that the device supports
 * @regions: DC regions per host
 * @rsvd: zero
 * @add_policies: bit per selection policy; that of CXL_FM_SELECT_SHARED is zero
 * @rsvd2: zero
 * @release_policies: bit per removal policy
 * @sanitize_mask: bit per region whose sanitizing can be configured
 * @rsvd3: zero
 * @total_capacity: in units of 256 MiB
 * @block_sizes: per region, bit n: blocks of 2^n bytes are supported; only bits
 *               51:6 can be set
 *
 * CXL 3.1 7.6.7.6.1
 */
struct cxl_fm_get_info_out {
	__u8 hosts;
	__u8 regions;
	__u8 rsvd[2];
	__le16 add_policies;
	__u8 rsvd2[2];
	__le16 release_policies;
	__u8 sanitize_mask;
	__u8 rsvd3;
	__le64 total_capacity;
	__le64 block_sizes[CXL_DC_REGIONS_MAX];
} __attribute__((packed));

/**
 * struct cxl_fm_get_region_config_in - Get Host DC Region Configuration, request
 * @host: id of the host
 * @region_count: the most regions to return
 * @start_region: index of the first of them
 *
 * CXL 3.1 7.6.7.6.2
 */
struct cxl_fm_get_region_config_in {
	__le16 host;
	__u8 region_count;
	__u8 start_region;
} __attribute__((packed));

/**
 * struct cxl_fm_region_config - one DC region, as the FM sees it
 * @base: DPA of its first byte
 * @decode_len: in units of 256 MiB
 * @len: bytes
 * @block_size: bytes per block
 * @flags: flags of its DSMAS structure, CXL_FM_REGION_SHARABLE,
 *         CXL_FM_REGION_DYNAMIC and CXL_FM_REGION_READ_ONLY
 * @rsvd: zero
 * @sanitize: bit 0: sanitized on release
 * @rsvd2: zero
 *
 * CXL 3.1 7.6.7.6.2
 */
struct cxl_fm_region_config {
	__le64 base;
	__le64 decode_len;
	__le64 len;
	__le64 block_size;
	__u8 flags;
	__u8 rsvd[3];
	__u8 sanitize;
	__u8 rsvd2[3];
} __attribute__((packed));

/* @flags and @sanitize of struct cxl_fm_region_config */
#define CXL_FM_REGION_SHARABLE		0x08
#define CXL_FM_REGION_DYNAMIC		0x20
#define CXL_FM_REGION_READ_ONLY		0x40
#define CXL_FM_REGION_SANITIZE		0x01

/**
 * struct cxl_fm_get_region_config_out - Get Host DC Region Configuration,
 * response
 * @host: id of the host
 * @regions_available: regions that the device has
 * @regions_returned: entries of @regions
 * @regions: the regions; struct cxl_dc_get_config_tail follows the last
 *
 * CXL 3.1 7.6.7.6.2
 */
struct cxl_fm_get_region_config_out {
	__le16 host;
	__u8 regions_available;
	__u8 regions_returned;
	struct cxl_fm_region_config regions[];
} __attribute__((packed));

/**
 * struct cxl_fm_set_region_config_in - Set DC Region Configuration, request
 * @region: index of the region
 * @rsvd: zero
 * @block_size: bytes per block
 * @sanitize: bit 0: sanitize on release
 * @rsvd2: zero
 *
 * CXL 3.1 7.6.7.6.3
 */
struct cxl_fm_set_region_config_in {
	__u8 region;
	__u8 rsvd[3];
	__le64 block_size;
	__u8 sanitize;
	__u8 rsvd2[3];
} __attribute__((packed));

/**
 * struct cxl_fm_get_extent_lists_in - Get DC Region Extent Lists, request
 * @host: id of the host
 * @rsvd: zero
 * @count: the most extents to return
 * @start: index of the first of them
 *
 * CXL 3.1 7.6.7.6.4
 */
struct cxl_fm_get_extent_lists_in {
	__le16 host;
	__u8 rsvd[2];
	__le32 count;
	__le32 start;
} __attribute__((packed));

/**
 * struct cxl_fm_get_extent_lists_out - Get DC Region Extent Lists, response
 * @host: id of the host
 * @rsvd: zero
 * @start: index of the first extent
 * @returned: entries of @extents
 * @total: extents that the host has accepted
 * @generation: changes whenever the list does
 * @rsvd2: zero
 * @extents: the extents
 *
 * CXL 3.1 7.6.7.6.4
 */
struct cxl_fm_get_extent_lists_out {
	__le16 host;
	__u8 rsvd[2];
	__le32 start;
	__le32 returned;
	__le32 total;
	__le32 generation;
	__u8 rsvd2[4];
	struct cxl_dc_extent extents[];
} __attribute__((packed));

/**
 * enum cxl_fm_selection - how the extents of an addition are chosen
 * @CXL_FM_SELECT_FREE: by the device, as it likes
 * @CXL_FM_SELECT_CONTIGUOUS: by the device, as one extent
 * @CXL_FM_SELECT_PRESCRIPTIVE: by the FM
 * @CXL_FM_SELECT_SHARED: those that the tag has already
 *
 * CXL 3.1 7.6.7.6.5
 */
enum cxl_fm_selection {
	CXL_FM_SELECT_FREE		= 0,
	CXL_FM_SELECT_CONTIGUOUS	= 1,
	CXL_FM_SELECT_PRESCRIPTIVE	= 2,
	CXL_FM_SELECT_SHARED		= 3,
};

/**
 * enum cxl_fm_removal - how the extents of a release are chosen
 * @CXL_FM_REMOVE_TAG: those that the tag has
 * @CXL_FM_REMOVE_PRESCRIPTIVE: by the FM
 *
 * CXL 3.1 7.6.7.6.6
 */
enum cxl_fm_removal {
	CXL_FM_REMOVE_TAG		= 0,
	CXL_FM_REMOVE_PRESCRIPTIVE	= 1,
};

/* @flags of struct cxl_fm_initiate_in for an addition, CXL 3.1 7.6.7.6.5 */
#define CXL_FM_SELECT_POLICY_MASK	0x0f

/* @flags of struct cxl_fm_initiate_in for a release, CXL 3.1 7.6.7.6.6 */
#define CXL_FM_RELEASE_POLICY_MASK	0x0f
#define CXL_FM_RELEASE_FORCED		0x10
#define CXL_FM_RELEASE_SANITIZE		0x20

/**
 * struct cxl_fm_initiate_in - Initiate Dynamic Capacity Add, Release: request
 * @host: id of the host
 * @flags: add: enum cxl_fm_selection in CXL_FM_SELECT_POLICY_MASK; release: enum
 *         cxl_fm_removal in CXL_FM_RELEASE_POLICY_MASK and flags
 * @region: add: index of the region for the policies that need it; release: zero
 * @length: bytes for the policies that need it
 * @tag: UUID of the allocation; all zero: none; reserved for the prescriptive
 *       policies
 * @count: entries of @extents
 * @extents: the extents of the prescriptive policies; add: each has the tag
 *
 * CXL 3.1 7.6.7.6.5, 7.6.7.6.6
 */
struct cxl_fm_initiate_in {
	__le16 host;
	__u8 flags;
	__u8 region;
	__le64 length;
	__u8 tag[16];
	__le32 count;
	struct cxl_dc_extent extents[];
} __attribute__((packed));

/**
 * struct cxl_fm_list_tags_in - Dynamic Capacity List Tags, request
 * @start: index of the first tag
 * @count: the most tags to return
 *
 * CXL 3.1 7.6.7.6.9
 */
struct cxl_fm_list_tags_in {
	__le32 start;
	__le32 count;
} __attribute__((packed));

/**
 * struct cxl_fm_list_tags_out - Dynamic Capacity List Tags, response
 * @generation: changes whenever anything else of a response would
 * @total: tags that the device has
 * @returned: entries of @tags
 * @validity: bits 0, 1: the bitmaps of @tags are valid
 * @rsvd: zero
 * @tags: the tags, and a bit for each host that has or is offered the capacity
 *
 * CXL 3.1 7.6.7.6.9
 */
struct cxl_fm_list_tags_out {
	__le32 generation;
	__le32 total;
	__le32 returned;
	__u8 validity;
	__u8 rsvd[3];
	struct cxl_fm_tag {
		__u8 tag[16];
		__u8 flags;
		__u8 rsvd[3];
		__u8 hosts[32];
		__u8 pending_hosts[32];
	} __attribute__((packed)) tags[];
} __attribute__((packed));

/* @flags of struct cxl_fm_tag: the FM holds a reference */
#define CXL_FM_TAG_REFERENCED		0x01

/*
 * Generic commands that the FM's device answers, CXL 3.1 8.2.9.1, 8.2.9.2; more
 * are in its Command Effects Log
 */
#define CXL_FM_OP_IDENTIFY		0x0001
#define CXL_FM_OP_BACKGROUND_STATUS	0x0002
#define CXL_FM_OP_GET_RESPONSE_LIMIT	0x0003
#define CXL_FM_OP_SET_RESPONSE_LIMIT	0x0004
#define CXL_FM_OP_GET_EVENT_RECORDS	0x0100
#define CXL_FM_OP_CLEAR_EVENT_RECORDS	0x0101

/* The log of Dynamic Capacity, which Get and Clear Event Records name */
#define CXL_FM_LOG_DC			0x04

/**
 * struct cxl_fm_identify_out - Identify, response
 * @vendor_id: PCI vendor ID, zero without PCI
 * @device_id: PCI device ID, zero without PCI
 * @subsys_vendor_id: PCI subsystem vendor ID, zero without PCI
 * @subsys_id: PCI subsystem ID, zero without PCI
 * @serial: serial number of the device
 * @max_message: log2 of the bytes that a payload can have
 * @type: 3: a Type 3 device
 *
 * CXL 3.1 8.2.9.1.1
 */
struct cxl_fm_identify_out {
	__le16 vendor_id;
	__le16 device_id;
	__le16 subsys_vendor_id;
	__le16 subsys_id;
	__le64 serial;
	__u8 max_message;
	__u8 type;
} __attribute__((packed));

/**
 * struct cxl_fm_event_record - an event record of Dynamic Capacity
 * @id: CXL_DC_EVENT_UUID
 * @length: bytes, 128
 * @flags: severity and others, 24 bits
 * @handle: never zero; names the record to Clear Event Records
 * @related_handle: handle of a related record or zero
 * @timestamp: time of the device, ns; zero if nobody has set it
 * @maint: zero
 * @rsvd: zero
 * @data: what has happened
 *
 * CXL 3.1 8.2.9.2.1
 */
struct cxl_fm_event_record {
	__u8 id[16];
	__u8 length;
	__u8 flags[3];
	__le16 handle;
	__le16 related_handle;
	__le64 timestamp;
	__u8 maint;
	__u8 rsvd[15];
	struct cxl_dc_event_data data;
} __attribute__((packed));

/* @flags of struct cxl_fm_get_events_out */
#define CXL_FM_EVENTS_OVERFLOW		0x01
#define CXL_FM_EVENTS_MORE		0x02

/**
 * struct cxl_fm_get_events_out - Get Event Records, response; the request is the
 * number of the log, a byte
 * @flags: CXL_FM_EVENTS_OVERFLOW: records were lost; CXL_FM_EVENTS_MORE
 * @rsvd: zero
 * @overflow_count: records that were lost, saturating
 * @overflow_first: time of the device when the first of them was, ns
 * @overflow_last: time of the device when the last of them was, ns
 * @count: entries of @records
 * @rsvd2: zero
 * @records: the oldest records
 *
 * CXL 3.1 8.2.9.2.2
 */
struct cxl_fm_get_events_out {
	__u8 flags;
	__u8 rsvd;
	__le16 overflow_count;
	__le64 overflow_first;
	__le64 overflow_last;
	__le16 count;
	__u8 rsvd2[10];
	struct cxl_fm_event_record records[];
} __attribute__((packed));

/**
 * struct cxl_fm_clear_events_in - Clear Event Records, request
 * @log: number of the log
 * @flags: bit 0: clear all, for a log that has overflowed
 * @count: entries of @handles
 * @rsvd: zero
 * @handles: of the oldest records, in order
 *
 * CXL 3.1 8.2.9.2.3
 */
struct cxl_fm_clear_events_in {
	__u8 log;
	__u8 flags;
	__u8 count;
	__u8 rsvd[3];
	__le16 handles[];
} __attribute__((packed));

#endif /* _UAPI_CXL_DCD_H */
