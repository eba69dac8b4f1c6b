/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __DCDCTL_HOSTTRACE_H__
#define __DCDCTL_HOSTTRACE_H__

#include "device.h"

struct dcdctl_trace;

struct dcdctl_trace *dcdctl_trace_open(void);
void dcdctl_trace_read(struct dcdctl_trace *trace,
		       void (*report)(const char *host, const struct dcdctl_event *event));
void dcdctl_trace_close(struct dcdctl_trace *trace);
bool dcdctl_trace_parse(const char *line, char *host, size_t room, char *type, size_t type_room,
			struct dcdctl_event *event);

#endif /* __DCDCTL_HOSTTRACE_H__ */
