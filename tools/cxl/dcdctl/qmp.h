/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __DCDCTL_QMP_H__
#define __DCDCTL_QMP_H__

#include <json-c/json.h>

struct dcdctl_qmp;

struct dcdctl_qmp *dcdctl_qmp_open(const char *name);
void dcdctl_qmp_close(struct dcdctl_qmp *qmp);
bool dcdctl_qmp_is_local(const struct dcdctl_qmp *qmp);
int dcdctl_qmp_execute(struct dcdctl_qmp *qmp, const char *command,
		       struct json_object *arguments, struct json_object **answer,
		       char *error, size_t room);

#endif /* __DCDCTL_QMP_H__ */
