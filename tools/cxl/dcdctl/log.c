// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's log: why a request was refused, by the device in configfs or by the
 * host, is a line there. Only what comes after dcdctl_log_open() is looked at.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "device.h"

#define RECORD_MAX	8192

/**
 * dcdctl_log_open() - note where the log ends now
 *
 * Return: the log, to be closed; -1 if it cannot be read, which is no error.
 */
int dcdctl_log_open(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log >= 0)
		lseek(log, 0, SEEK_END);
	return log;
}

static bool has_words(const char *line, const char *const *words)
{
	for (; *words; words++)
		if (!strstr(line, *words))
			return false;
	return true;
}

/**
 * dcdctl_log_find() - find the last line that has all of some words
 * @log: what dcdctl_log_open() returned; what is read is not found again
 * @words: the words, NULL at the end
 * @line: the line, without what the kernel has before it
 * @room: bytes of @line
 *
 * Return: true if there is one.
 */
bool dcdctl_log_find(int log, const char *const *words, char *line, size_t room)
{
	char record[RECORD_MAX];
	bool found = false;
	ssize_t got;

	if (log < 0)
		return false;
	/* a record that was overwritten is an error once, and the next one follows */
	while ((got = read(log, record, sizeof(record) - 1)) > 0) {
		char *text;

		record[got] = '\0';
		text = strchr(record, ';');
		if (!text)
			continue;
		text[strcspn(text, "\n")] = '\0';
		if (!has_words(text, words))
			continue;
		snprintf(line, room, "%s", text + 1);
		found = true;
	}
	return found;
}
