/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM cxl_dcd

#if !defined(__CXL_DCD_TRACE_H__) || defined(TRACE_HEADER_MULTI_READ)
#define __CXL_DCD_TRACE_H__

#include <linux/device.h>
#include <linux/tracepoint.h>

#include "accept.h"

/* What is decided on an allocation: its first extent stands for all of them. */
TRACE_EVENT(cxl_dcd_verdict,
	    TP_PROTO(struct device *dev, const struct dcd_offer *first, unsigned int nr,
		     enum dcd_verdict verdict),
	    TP_ARGS(dev, first, nr, verdict),
	    TP_STRUCT__entry(__string(dev, dev_name(dev))
			     __field(u64, start)
			     __field(u64, len)
			     __array(u8, tag, 16)
			     __field(unsigned int, nr)
			     __string(verdict, dcd_verdict_name(verdict))),
	    TP_fast_assign(__assign_str(dev);
			   __entry->start = first->start;
			   __entry->len = first->len;
			   memcpy(__entry->tag, first->tag, 16);
			   __entry->nr = nr;
			   __assign_str(verdict);),
	    TP_printk("%s dpa=%#llx length=%#llx tag=%pUb extents=%u verdict=%s",
		      __get_str(dev), __entry->start, __entry->len, __entry->tag,
		      __entry->nr, __get_str(verdict))
);

/* The outcome of a release, extent by extent. */
TRACE_EVENT(cxl_dcd_release,
	    TP_PROTO(struct device *dev, u64 start, u64 len,
		     enum dcd_release_verdict verdict),
	    TP_ARGS(dev, start, len, verdict),
	    TP_STRUCT__entry(__string(dev, dev_name(dev))
			     __field(u64, start)
			     __field(u64, len)
			     __string(verdict, dcd_release_name(verdict))),
	    TP_fast_assign(__assign_str(dev);
			   __entry->start = start;
			   __entry->len = len;
			   __assign_str(verdict);),
	    TP_printk("%s dpa=%#llx length=%#llx verdict=%s", __get_str(dev),
		      __entry->start, __entry->len, __get_str(verdict))
);

#endif /* __CXL_DCD_TRACE_H__ */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
