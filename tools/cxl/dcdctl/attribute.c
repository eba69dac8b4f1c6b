// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of a mock's platform device, by which its user has it fail. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "wait.h"

#define PLATFORM	"/sys/bus/platform/devices"

/* The attribute says why it refuses in the kernel's log. */
static int refused(const struct dcdctl_device *device, const char *name, int log, int error)
{
	char start[64], reason[512];
	const char *const words[] = { start, NULL };

	snprintf(start, sizeof(start), "%s: ", name);
	if (error == ENOENT)
		return dcdctl_fail(DCDCTL_REFUSED,
				   "%s: no driver is bound, so no host reads its logs: bind cxl_mock_dcd",
				   dcdctl_shown_name(device));
	if (dcdctl_log_find(log, words, reason, sizeof(reason)))
		return dcdctl_fail(DCDCTL_REFUSED, "%s: %s", dcdctl_shown_name(device),
				   strstr(reason, start) + strlen(start));
	return dcdctl_fail(DCDCTL_REFUSED, "%s: %s: %s", dcdctl_shown_name(device), name,
			   strerror(error));
}

/**
 * dcdctl_attribute_write() - write an attribute of a mock's platform device
 * @device: the device
 * @name: the attribute, below the directory of the device
 * @line: what to write
 *
 * A dry run prints what can be typed instead.
 *
 * Return: a status.
 */
int dcdctl_attribute_write(const struct dcdctl_device *device, const char *name,
			   const char *line)
{
	char path[DCDCTL_NAME_LEN + 96];
	int log, fd, error = 0, rc = DCDCTL_DONE;

	snprintf(path, sizeof(path), PLATFORM "/%s/%s", device->host, name);
	if (dcdctl_is_dry()) {
		printf("echo %s > %s\n", line, path);
		return dcdctl_flush();
	}
	log = dcdctl_log_open();
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		error = errno;
	if (fd >= 0)
		close(fd);
	if (error)
		rc = refused(device, name, log, error);
	if (log >= 0)
		close(log);
	return rc;
}

/**
 * dcdctl_attribute_read() - read an attribute of a mock's platform device
 * @device: the device
 * @name: the attribute, below the directory of the device
 * @text: its value
 * @room: bytes of @text
 *
 * Return: a status.
 */
int dcdctl_attribute_read(const struct dcdctl_device *device, const char *name, char *text,
			  size_t room)
{
	if (dcdctl_read_text(text, room, PLATFORM "/%s/%s", device->host, name))
		return DCDCTL_DONE;
	return refused(device, name, -1, ENOENT);
}
