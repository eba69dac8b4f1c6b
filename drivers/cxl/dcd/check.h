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
};

extern const u8 dcd_cel_id[16];

size_t dcd_cel_size(const struct dcd_supported_logs *out, size_t len);
unsigned long dcd_cel_commands(const struct dcd_cel_entry *cel, size_t len);

int dcd_take_regions(struct dcd_region *regions, unsigned int nr,
		     const struct cxl_dc_get_config_out *out, size_t len,
		     char reason[DCD_REASON_LEN]);
unsigned int dcd_adjacent_regions(const struct dcd_region *regions, unsigned int nr);

#endif /* __CXL_DCD_CHECK_H__ */
