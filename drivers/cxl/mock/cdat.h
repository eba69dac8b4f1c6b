/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_CDAT_H__
#define __CXL_MOCK_CDAT_H__

#include <linux/types.h>

struct cxl_dc;

/* What the mock memory can do; the CDAT and the window's QoS class agree on it. */
#define CXL_MOCK_READ_LATENCY_NS	150
#define CXL_MOCK_WRITE_LATENCY_NS	250
#define CXL_MOCK_BANDWIDTH_MBPS		32000

size_t cxl_mock_cdat_size(const struct cxl_dc *dc);
void cxl_mock_cdat_fill(const struct cxl_dc *dc, void *table);

#endif /* __CXL_MOCK_CDAT_H__ */
