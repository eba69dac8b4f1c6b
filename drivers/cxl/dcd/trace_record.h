/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace event of records. cxl monitor shows what is in the system cxl, which is the
 * core's. A core that knows Dynamic Capacity may have an event of that name there.
 */
#include <cxl/core/core.h>

#undef TRACE_SYSTEM
#if CXL_CORE_KNOWS_DCD
#define TRACE_SYSTEM cxl_dcd
#else
#define TRACE_SYSTEM cxl
#endif

#if !defined(__CXL_DCD_TRACE_RECORD_H__) || defined(TRACE_HEADER_MULTI_READ)
#define __CXL_DCD_TRACE_RECORD_H__

#include <linux/bits.h>
#include <linux/device.h>
#include <linux/tracepoint.h>
#include <linux/unaligned.h>
#include <linux/uuid.h>

#include "check.h"

/* Flags in the header of any event record, CXL 3.1 8.2.9.2.1 */
#define dcd_show_flags(_flags)							\
	__print_flags(_flags, " | ",						\
		      { BIT(2), "PERMANENT_CONDITION" },			\
		      { BIT(3), "MAINTENANCE_NEEDED" },				\
		      { BIT(4), "PERFORMANCE_DEGRADED" },			\
		      { BIT(5), "HARDWARE_REPLACEMENT_NEEDED" },		\
		      { BIT(6), "MAINT_OP_SUB_CLASS_VALID" },			\
		      { BIT(7), "LD_ID_VALID" },				\
		      { BIT(8), "HEAD_ID_VALID" })

#define dcd_show_type(_type)							\
	__print_symbolic(_type,							\
			 { CXL_DC_EVENT_ADD, "Add capacity" },			\
			 { CXL_DC_EVENT_RELEASE, "Release capacity" },		\
			 { CXL_DC_EVENT_FORCED_RELEASE, "Forced capacity release" }, \
			 { CXL_DC_EVENT_CONFIG_UPDATED, "Region Configuration Updated" })

/*
 * A record of the device's log, as it came. Fields and text are those of the event that
 * the kernel's own series has. Its log has no name there; here it does.
 */
TRACE_EVENT(cxl_dynamic_capacity,
	    TP_PROTO(const struct cxl_dev_state *cxlds, const struct dcd_record *record),
	    TP_ARGS(cxlds, record),
	    TP_STRUCT__entry(__string(memdev, dev_name(&cxlds->cxlmd->dev))
			     __string(host, dev_name(cxlds->dev))
			     __field(int, log)
			     __field_struct(uuid_t, hdr_uuid)
			     __field(u64, serial)
			     __field(u32, hdr_flags)
			     __field(u16, hdr_handle)
			     __field(u16, hdr_related_handle)
			     __field(u64, hdr_timestamp)
			     __field(u8, hdr_length)
			     __field(u8, hdr_maint_op_class)
			     __field(u8, hdr_maint_op_sub_class)
			     __field(u16, hdr_ld_id)
			     __field(u8, hdr_head_id)
			     __field(u8, event_type)
			     __field(u16, hostid)
			     __field(u8, updated_region_index)
			     __field(u64, dpa_start)
			     __field(u64, length)
			     __array(u8, uuid, UUID_SIZE)
			     __field(u16, sh_extent_seq)),
	    TP_fast_assign(__assign_str(memdev);
			   __assign_str(host);
			   __entry->log = DCD_EVENT_LOG;
			   import_uuid(&__entry->hdr_uuid, record->id);
			   __entry->serial = cxlds->serial;
			   __entry->hdr_flags = get_unaligned_le24(record->flags);
			   __entry->hdr_handle = le16_to_cpu(record->handle);
			   __entry->hdr_related_handle = le16_to_cpu(record->related);
			   __entry->hdr_timestamp = le64_to_cpu(record->timestamp);
			   __entry->hdr_length = record->length;
			   __entry->hdr_maint_op_class = record->maint_op_class;
			   __entry->hdr_maint_op_sub_class = record->maint_op_sub_class;
			   __entry->hdr_ld_id = le16_to_cpu(record->ld_id);
			   __entry->hdr_head_id = record->head_id;
			   __entry->event_type = record->data.type;
			   __entry->hostid = le16_to_cpu(record->data.host);
			   /* of other events the field is reserved */
			   __entry->updated_region_index =
				record->data.type == CXL_DC_EVENT_CONFIG_UPDATED ?
				record->data.region : U8_MAX;
			   __entry->dpa_start = le64_to_cpu(record->data.extent.start_dpa);
			   __entry->length = le64_to_cpu(record->data.extent.length);
			   memcpy(__entry->uuid, record->data.extent.tag, UUID_SIZE);
			   __entry->sh_extent_seq =
				le16_to_cpu(record->data.extent.shared_seq);),
	    TP_printk("memdev=%s host=%s serial=%llu log=%s : time=%llu uuid=%pUb len=%d flags='%s' handle=%x related_handle=%x maint_op_class=%u maint_op_sub_class=%u ld_id=%x head_id=%x : event_type='%s' host_id='%d' updated_region_index='%d' starting_dpa=%llx length=%llx tag=%pU shared_extent_sequence=%d",
		      __get_str(memdev), __get_str(host), __entry->serial,
		      __print_symbolic(__entry->log, { DCD_EVENT_LOG, "Dynamic Capacity" }),
		      __entry->hdr_timestamp, &__entry->hdr_uuid, __entry->hdr_length,
		      dcd_show_flags(__entry->hdr_flags), __entry->hdr_handle,
		      __entry->hdr_related_handle, __entry->hdr_maint_op_class,
		      __entry->hdr_maint_op_sub_class, __entry->hdr_ld_id,
		      __entry->hdr_head_id, dcd_show_type(__entry->event_type),
		      __entry->hostid, __entry->updated_region_index, __entry->dpa_start,
		      __entry->length, __entry->uuid, __entry->sh_extent_seq)
);

#endif /* __CXL_DCD_TRACE_RECORD_H__ */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_record
#include <trace/define_trace.h>
