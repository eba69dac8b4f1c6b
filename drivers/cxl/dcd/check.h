/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DCD_CHECK_H__
#define __CXL_DCD_CHECK_H__

#include <linux/bits.h>
#include <linux/types.h>
#include <cxl/dcd.h>

/* long enough for any reason that dcd_take_regions() gives */
#define DCD_REASON_LEN		256

/* The four DC commands, as dcd_cel_commands() tells them */
#define DCD_COMMANDS		GENMASK(CXL_DC_OP_RELEASE - CXL_DC_OP_GET_CONFIG, 0)

/* Get Supported Logs, response, CXL 3.1 8.2.9.5.1 */
struct dcd_supported_logs {
	__le16 nr;
	u8 rsvd[6];
	struct dcd_supported_log {
		u8 id[16];
		__le32 size;
	} __packed logs[];
} __packed;

/* Command Effects Log, CXL 3.1 8.2.9.5.2.1: an entry per opcode at the most */
struct dcd_cel_entry {
	__le16 opcode;
	__le16 effect;
} __packed;

/**
 * struct dcd_region - a DC region as the device reports it, checked
 * @base: DPA of its first byte
 * @decode_len: bytes of DPA space that are its own
 * @len: bytes of it that can have capacity
 * @block_size: bytes per block
 * @dsmad_handle: handle of its DSMAS structure in the CDAT
 * @flags: of struct cxl_dc_region_config
 * @sharable: its DSMAS structure says that several hosts can share it; known
 *	      once there is an endpoint
 *
 * CXL 3.1 8.2.9.9.9.1
 */
struct dcd_region {
	u64 base;
	u64 decode_len;
	u64 len;
	u64 block_size;
	u32 dsmad_handle;
	u8 flags;
	bool sharable;
};

/**
 * struct dcd_record - an event record of Dynamic Capacity
 * @id: UUID of its kind
 * @length: bytes, 128
 * @flags: severity and others
 * @handle: name of the record in its log
 * @related: handle of another record
 * @timestamp: device time, ns
 * @maint_op_class: kind of maintenance that is asked for
 * @maint_op_sub_class: which of that kind
 * @ld_id: logical device
 * @head_id: head of a device of several
 * @rsvd: zero
 * @data: what it says
 *
 * CXL 3.1 8.2.9.2.1
 */
struct dcd_record {
	u8 id[16];
	u8 length;
	u8 flags[3];
	__le16 handle;
	__le16 related;
	__le64 timestamp;
	u8 maint_op_class;
	u8 maint_op_sub_class;
	__le16 ld_id;
	u8 head_id;
	u8 rsvd[11];
	struct cxl_dc_event_data data;
} __packed;

/* The number of the log of Dynamic Capacity, CXL 3.1 8.2.9.2.2 */
#define DCD_EVENT_LOG		4

/* Flags of struct dcd_records, CXL 3.1 8.2.9.2.2 */
#define DCD_RECORDS_OVERFLOW	0x01
#define DCD_RECORDS_MORE	0x02

/**
 * struct dcd_records - Get Event Records, response
 * @flags: DCD_RECORDS_OVERFLOW, DCD_RECORDS_MORE
 * @rsvd: zero
 * @overflows: records lost since the log was full
 * @first_overflow: device time of the first of them, ns
 * @last_overflow: device time of the last of them, ns
 * @nr: entries of @records
 * @rsvd2: zero
 * @records: the oldest records of the log
 *
 * CXL 3.1 8.2.9.2.2
 */
struct dcd_records {
	u8 flags;
	u8 rsvd;
	__le16 overflows;
	__le64 first_overflow;
	__le64 last_overflow;
	__le16 nr;
	u8 rsvd2[10];
	struct dcd_record records[];
} __packed;

extern const u8 dcd_cel_id[16];

size_t dcd_cel_size(const struct dcd_supported_logs *out, size_t len);
unsigned long dcd_cel_commands(const struct dcd_cel_entry *cel, size_t len);

int dcd_take_regions(struct dcd_region *regions, unsigned int nr,
		     const struct cxl_dc_get_config_out *out, size_t len,
		     char reason[DCD_REASON_LEN]);
bool dcd_is_dc_record(const struct dcd_record *record);
unsigned int dcd_records_held(const struct dcd_records *out, size_t len);
int dcd_extents_held(const struct cxl_dc_get_extent_list_out *out, size_t len, u32 start,
		     u32 wanted);
unsigned int dcd_adjacent_regions(const struct dcd_region *regions, unsigned int nr);

#endif /* __CXL_DCD_CHECK_H__ */
