/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DCD_NAMES_H__
#define __CXL_DCD_NAMES_H__

/*
 * What user space sees by a name that upstream has not settled. A change there is a
 * change of this file, and of Documentation/native.rst.
 */

/*
 * The partition, and the mode of decoders and regions that use it: as the newest mails
 * of the series have it, and as version 11 of the series, from June 2026, had it.
 */
#define DCD_MODE		"dynamic_ram"
#define DCD_MODE_V11		"dynamic_ram_1"

/* Attributes of root decoders, by mode */
#define DCD_CAP_ATTR(mode)	"cap_" mode
#define DCD_CREATE_ATTR(mode)	"create_" mode "_region"

/* The number of the first extent of a DAX region: the Y in extentX.Y */
#define DCD_EXTENT_FIRST	1

#endif /* __CXL_DCD_NAMES_H__ */
