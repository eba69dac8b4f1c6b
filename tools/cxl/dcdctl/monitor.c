// SPDX-License-Identifier: GPL-2.0-only
/* dcdctl monitor: what the FM is told and what the host decides, as it comes. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "hosttrace.h"

/* between two looks at the host's decisions */
#define TURN_MS		200

/* 1: by a signal; 2: as nobody reads */
static int stop_reason;

static void stop(int number)
{
	__atomic_store_n(&stop_reason, 1, __ATOMIC_RELAXED);
}

static int stopped(void)
{
	return __atomic_load_n(&stop_reason, __ATOMIC_RELAXED);
}

static void stamp(char *text, size_t room)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(text, room, "%H:%M:%S", &tm);
	snprintf(text + strlen(text), room - strlen(text), ".%03ld", now.tv_nsec / 1000000);
}

static void print_line(const char *from, const char *name, const struct dcdctl_event *event)
{
	char time[32], tag[DCDCTL_UUID_TEXT];

	stamp(time, sizeof(time));
	dcdctl_tag_text(event->extent.tag, tag);
	if (!dcdctl_option_given("json")) {
		printf("%s %-4s %-5s %-15s 0x%" PRIx64 " %s %s%s\n", time, from, name, event->type,
		       event->extent.dpa, dcdctl_size_text(event->extent.len).text,
		       dcdctl_tag_is_null(event->extent.tag) ? "-" : tag,
		       event->more ? " more" : "");
	} else {
		struct json_object *json = json_object_new_object();

		dcdctl_json_add_text(json, "time", time);
		dcdctl_json_add_text(json, "from", from);
		dcdctl_json_add_text(json, "device", name);
		dcdctl_json_add_text(json, "event", event->type);
		json_object_object_add(json, "dpa", json_object_new_uint64(event->extent.dpa));
		json_object_object_add(json, "size", json_object_new_uint64(event->extent.len));
		if (!dcdctl_tag_is_null(event->extent.tag))
			dcdctl_json_add_text(json, "tag", tag);
		json_object_object_add(json, "more", json_object_new_boolean(event->more));
		puts(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN));
		json_object_put(json);
	}
	/* a reader wants each line when it comes; who has gone away ends this */
	if (dcdctl_flush())
		__atomic_store_n(&stop_reason, 2, __ATOMIC_RELAXED);
}

static void report(struct dcdctl_device *device, const struct dcdctl_event *event)
{
	print_line("fm", dcdctl_shown_name(device), event);
}

static void report_host(const char *host, const struct dcdctl_event *event)
{
	print_line("host", host, event);
}

static int watch(struct dcdctl_devices *devices)
{
	struct dcdctl_trace *trace = dcdctl_trace_open();
	int rc = DCDCTL_DONE;

	if (!trace)
		fputs("dcdctl: decisions of the host are not shown: cxl_dcd or tracefs is missing\n",
		      stderr);
	while (!rc && !stopped()) {
		for (size_t i = 0; !rc && !stopped() && i < devices->nr; i++)
			rc = devices->list[i].ops->events(&devices->list[i],
							  TURN_MS / devices->nr, report);
		if (trace)
			dcdctl_trace_read(trace, report_host);
	}
	if (trace)
		dcdctl_trace_close(trace);
	return stopped() == 2 ? DCDCTL_REFUSED : rc;
}

static int run(const struct dcdctl_command *command, char **arguments)
{
	struct sigaction action = { .sa_handler = stop };
	struct dcdctl_devices devices;
	int rc;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	rc = dcdctl_find(arguments[0], &devices);
	if (!rc && !devices.nr)
		rc = dcdctl_fail(DCDCTL_REFUSED,
				 "%s%sno device to monitor: see 'dcdctl list'",
				 arguments[0] ?: "", arguments[0] ? ": " : "");
	for (size_t i = 0; !rc && i < devices.nr; i++)
		rc = devices.list[i].ops->load(&devices.list[i]);
	if (!rc)
		rc = watch(&devices);
	dcdctl_forget(&devices);
	return rc;
}

static const struct dcdctl_option options[] = {
	{ .name = "json", .letter = 'j', .help = "print a JSON object per line" },
	{}
};

const struct dcdctl_command dcdctl_monitor = {
	.name = "monitor",
	.arguments = "[<memdev>]",
	.max = 1,
	.help = "Show events of the FM and decisions of the host as they happen",
	.options = options,
	.run = run,
};
