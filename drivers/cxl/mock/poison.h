/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_POISON_H__
#define __CXL_MOCK_POISON_H__

#include <linux/types.h>

#include "mbox.h"

/* Addresses that can have poison at once: more than one response has room for */
#define CXL_MOCK_POISON_MAX	256

/**
 * struct cxl_mock_poison - the media errors of a device
 * @limit: addresses that hosts may inject, 1 to CXL_MOCK_POISON_MAX; 0: the device has
 *         neither Inject Poison nor Clear Poison
 * @nr: entries of @dpas in use
 * @dpas: the addresses, each of 64 bytes, in order
 * @list_dpa: where the list begins that a host reads page by page
 * @list_units: its length in units of 64 bytes
 * @list_next: DPA that its next page begins at; 0: nobody is in the middle of a list
 */
struct cxl_mock_poison {
	u32 limit;
	u32 nr;
	u64 dpas[CXL_MOCK_POISON_MAX];
	u64 list_dpa;
	u64 list_units;
	u64 list_next;
};

struct cxl_mock_device;

bool cxl_mock_poison_is_on(const struct cxl_mock_device *device);
void cxl_mock_poison_follow(struct cxl_mock_device *device);
enum cxl_mbox_rc cxl_mock_poison_list(struct cxl_mock_device *device, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_poison_inject(struct cxl_mock_device *device,
					struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_poison_clear(struct cxl_mock_device *device, struct cxl_mbox_io *io);

/* Requests: Get Poison List, Inject Poison, Clear Poison, CXL 3.1 8.2.9.9.4.1 to 4.3 */
struct cxl_mock_get_poison_in {
	__le64 dpa;
	__le64 length;
} __packed;

struct cxl_mock_clear_poison_in {
	__le64 dpa;
	u8 data[64];
} __packed;

#endif /* __CXL_MOCK_POISON_H__ */
