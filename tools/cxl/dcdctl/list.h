/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __DCDCTL_LIST_H__
#define __DCDCTL_LIST_H__

#include "device.h"

struct json_object *dcdctl_extents_json(struct dcdctl_device *device,
					const struct dcdctl_extents *extents);
struct json_object *dcdctl_device_json(struct dcdctl_device *device);
void dcdctl_name_json(const struct dcdctl_device *device, struct json_object *to);

#endif /* __DCDCTL_LIST_H__ */
