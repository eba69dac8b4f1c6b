/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DCD_H__
#define __CXL_DCD_H__

/* What the mock device and the host share besides the wire formats. */
#include <uapi/cxl/dcd.h>

/*
 * Property of the device behind a memory device that is no hardware: there is
 * memory behind its capacity, which can be mapped.
 */
#define CXL_DCD_PROPERTY_MEMORY		"cxl-dcd,capacity-is-memory"

#endif /* __CXL_DCD_H__ */
