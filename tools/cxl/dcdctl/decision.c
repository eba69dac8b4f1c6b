// SPDX-License-Identifier: GPL-2.0-only
/* A decision of the host, from the text of a trace event. */
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "hosttrace.h"

static const char blank[] = { ' ', '\n', '\0' };

/* The value of "name=" in a line */
static bool find_value(const char *line, const char *name, char *value, size_t room)
{
	char wanted[32];
	const char *at;
	size_t length;

	snprintf(wanted, sizeof(wanted), " %s=", name);
	at = strstr(line, wanted);
	if (!at)
		return false;
	at += strlen(wanted);
	length = strcspn(at, blank);
	snprintf(value, room, "%.*s", (int)length, at);
	return true;
}

/**
 * dcdctl_trace_parse() - read a line of the trace
 * @line: the line
 * @host: the device that the host has decided about
 * @room: bytes of @host
 * @type: what it has decided
 * @type_room: bytes of @type
 * @event: the same and what it is about
 *
 * Return: true if it is a decision: a verdict on an offer, or on a release.
 */
bool dcdctl_trace_parse(const char *line, char *host, size_t room, char *type, size_t type_room,
			struct dcdctl_event *event)
{
	static const char *const events[] = { "cxl_dcd_verdict: ", "cxl_dcd_release: " };
	const char *at = NULL;
	char value[64];

	for (size_t i = 0; !at && i < DCDCTL_ARRAY_SIZE(events); i++) {
		at = strstr(line, events[i]);
		if (at)
			at += strlen(events[i]);
	}
	if (!at || !find_value(at, "verdict", type, type_room))
		return false;
	*event = (struct dcdctl_event) { .type = type };
	snprintf(host, room, "%.*s", (int)strcspn(at, blank), at);
	if (find_value(at, "dpa", value, sizeof(value)))
		event->extent.dpa = strtoull(value, NULL, 0);
	if (find_value(at, "length", value, sizeof(value)))
		event->extent.len = strtoull(value, NULL, 0);
	if (find_value(at, "tag", value, sizeof(value)))
		uuid_parse(value, event->extent.tag);
	return true;
}
