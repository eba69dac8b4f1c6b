/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __DCDCTL_WAIT_H__
#define __DCDCTL_WAIT_H__

#include "device.h"

/* What --wait waits for without a number */
#define DCDCTL_WAIT_MS		10000
/* between two looks */
#define DCDCTL_LOOK_MS		50

int dcdctl_wait_option(uint64_t *ms);
int dcdctl_parse_option(const char *name, const char *text, uint64_t *size);
int dcdctl_size_option(const char *name, uint64_t *size);
int dcdctl_sizes_option(uint64_t *size);
int dcdctl_tag_option(uint8_t *tag);
int dcdctl_region_option(const struct dcdctl_device *device, unsigned int *region);
int dcdctl_check_blocks(const struct dcdctl_device *device, unsigned int region,
			const char *name, uint64_t size);
int dcdctl_place(struct dcdctl_device *device, struct dcdctl_request *request);
void dcdctl_host_reason(int log, const struct dcdctl_extents *extents, const char *words,
			char *reason, size_t room);

#endif /* __DCDCTL_WAIT_H__ */
