/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __DCDCTL_FM_H__
#define __DCDCTL_FM_H__

/* Inside the back end of the FM's character device. */
#include <cxl/dcd.h>

#include "device.h"

#define FM_DEBUGFS	"/sys/kernel/debug/cxl_mock_dcd"
/* bytes that a command or a response has at the most */
#define FM_PAYLOAD	4096

/**
 * struct fm_device - the back end's part of a device
 * @fd: the character device, -1: not open
 * @last_handle: of the last event that was reported
 */
struct fm_device {
	int fd;
	uint16_t last_handle;
};

/* fm.c: commands. All print an error and return a status. */
extern const struct dcdctl_backend_ops dcdctl_fm_ops;

int dcdctl_fm_command(struct dcdctl_device *device, uint16_t opcode, const void *in,
		      size_t in_len, void *out, size_t *out_len);

/* fm_load.c: what the device has */
int dcdctl_fm_load(struct dcdctl_device *device);
int dcdctl_fm_load_extents(struct dcdctl_device *device);

#endif /* __DCDCTL_FM_H__ */
