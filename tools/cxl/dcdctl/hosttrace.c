// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's decisions: trace events of cxl_dcd, in a trace instance of our own, so
 * that nobody else's tracing is disturbed.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hosttrace.h"

#define INSTANCES	"/sys/kernel/tracing/instances"

/**
 * struct dcdctl_trace - a trace instance
 * @dir: its directory
 * @pipe: what is traced
 * @line: what has been read of a line
 * @filled: bytes of @line
 */
struct dcdctl_trace {
	char dir[64];
	int pipe;
	char line[1024];
	size_t filled;
};

static bool write_file(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];
	bool written;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	written = write(fd, text, strlen(text)) >= 0;
	close(fd);
	return written;
}

/**
 * dcdctl_trace_open() - begin to trace
 *
 * Return: the trace, NULL if there is nothing to trace with or nothing to trace.
 */
struct dcdctl_trace *dcdctl_trace_open(void)
{
	struct dcdctl_trace *trace = calloc(1, sizeof(*trace));
	char path[PATH_MAX];

	if (!trace)
		return NULL;
	snprintf(trace->dir, sizeof(trace->dir), INSTANCES "/dcdctl-%d", getpid());
	if (mkdir(trace->dir, 0700)) {
		free(trace);
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/trace_pipe", trace->dir);
	trace->pipe = -1;
	if (write_file(trace->dir, "events/cxl_dcd/enable", "1"))
		trace->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (trace->pipe >= 0)
		return trace;
	dcdctl_trace_close(trace);
	return NULL;
}

static void take_line(struct dcdctl_trace *trace,
		      void (*report)(const char *host, const struct dcdctl_event *event))
{
	char host[DCDCTL_NAME_LEN], type[DCDCTL_NAME_LEN];
	struct dcdctl_event event;

	trace->line[trace->filled] = '\0';
	trace->filled = 0;
	if (dcdctl_trace_parse(trace->line, host, sizeof(host), type, sizeof(type), &event))
		report(host, &event);
}

/**
 * dcdctl_trace_read() - report what the host has decided
 * @trace: the trace
 * @report: is called for each decision
 */
void dcdctl_trace_read(struct dcdctl_trace *trace,
		       void (*report)(const char *host, const struct dcdctl_event *event))
{
	char part[4096];
	ssize_t got;

	while ((got = read(trace->pipe, part, sizeof(part))) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			if (part[i] == '\n')
				take_line(trace, report);
			else if (trace->filled < sizeof(trace->line) - 1)
				trace->line[trace->filled++] = part[i];
		}
	}
}

/**
 * dcdctl_trace_close() - end the trace and leave nothing behind
 * @trace: the trace
 */
void dcdctl_trace_close(struct dcdctl_trace *trace)
{
	if (trace->pipe >= 0)
		close(trace->pipe);
	write_file(trace->dir, "events/enable", "0");
	rmdir(trace->dir);
	free(trace);
}
