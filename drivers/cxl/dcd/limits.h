/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DCD_LIMITS_H__
#define __CXL_DCD_LIMITS_H__

/*
 * The limits and times that a user meets. Each is a plain number, from which its messages
 * are made by DCD_TEXT(); tools/testing/cxl/lint/limits.sh compares them with the table in
 * Documentation/dcd.rst.
 */
#define DCD_TEXT_OF(value)	#value
#define DCD_TEXT(limit)		DCD_TEXT_OF(limit)

/* Records that one chain can have, and how long it may take to end */
#define DCD_CHAIN_MAX		100
#define DCD_CHAIN_SECONDS	20
/*
 * Chains that may wait for a response which the device has not had, as far as that
 * matters, and how long it is sent empty ones for them
 */
#define DCD_UNANSWERED_MAX	1024
#define DCD_UNANSWERED_SECONDS	10
/* Extents in use that one device can have */
#define DCD_EXTENTS_MAX		65536
/* What a DAX device maps at once: the start and length of an extent divide by it */
#define DCD_ALIGN_MIB		2
/* How long commands may take a device that is told, for one reason, what is released */
#define DCD_RELEASE_SECONDS	20
/* How often the extent list may change while it is read, and how long that may take */
#define DCD_LIST_TRIES		8
#define DCD_LIST_SECONDS	20
/* Records that are read at once, and how long: a log that never ends is a device gone mad */
#define DCD_RECORDS_MAX		4096
#define DCD_RECORDS_SECONDS	10
/* When a log that could not be read to its end is tried again: twice as long each time */
#define DCD_RETRY_SECONDS	2
#define DCD_RETRY_SECONDS_MAX	64
/* How often a deferred release is tried again, ms */
#define DCD_DEFERRED_MS		250
/* How long whoever puts memory offline has to return from that before it is removed, ms */
#define DCD_OFFLINE_MS		250
/* What a device can write into the log: so many lines in so long */
#define DCD_LINES		5
#define DCD_LINES_SECONDS	10

#endif /* __CXL_DCD_LIMITS_H__ */
