// SPDX-License-Identifier: GPL-2.0-only
/* Attributes and links in sysfs and configfs. */
#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

static bool read_line(const char *path, char *text, size_t room)
{
	FILE *file = fopen(path, "re");
	bool read;

	if (!file)
		return false;
	read = fgets(text, room, file);
	fclose(file);
	if (!read)
		return false;
	text[strcspn(text, "\n")] = '\0';
	return true;
}

/**
 * dcdctl_read_text() - read an attribute
 * @text: its first line, without the end of the line
 * @room: bytes of @text
 * @format: its path
 *
 * Return: true if it could be read.
 */
bool dcdctl_read_text(char *text, size_t room, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return read_line(path, text, room);
}

/**
 * dcdctl_read_number() - read an attribute that is a number
 * @number: the number
 * @format: its path
 *
 * Return: true if it could be read.
 */
bool dcdctl_read_number(uint64_t *number, const char *format, ...)
{
	char path[PATH_MAX], text[64], *end;
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	if (!read_line(path, text, sizeof(text)))
		return false;
	*number = strtoull(text, &end, 0);
	return end != text;
}

/**
 * dcdctl_link_name() - the name of what a link leads to
 * @name: the name
 * @room: bytes of @name
 * @format: the link
 *
 * Return: true if it is there.
 */
bool dcdctl_link_name(char *name, size_t room, const char *format, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	if (!realpath(path, target))
		return false;
	snprintf(name, room, "%s", strrchr(target, '/') + 1);
	return true;
}

/**
 * dcdctl_find_entry() - the first entry of a directory that is a prefix and a number
 * @name: the entry
 * @room: bytes of @name
 * @dir: the directory
 * @prefix: the prefix
 *
 * Return: true if there is one.
 */
bool dcdctl_find_entry(char *name, size_t room, const char *dir, const char *prefix)
{
	DIR *entries = opendir(dir);
	size_t length = strlen(prefix);
	struct dirent *entry;
	bool found = false;

	if (!entries)
		return false;
	while (!found && (entry = readdir(entries))) {
		const char *number = entry->d_name + length;

		if (strncmp(entry->d_name, prefix, length) || !*number ||
		    number[strspn(number, "0123456789")])
			continue;
		snprintf(name, room, "%s", entry->d_name);
		found = true;
	}
	closedir(entries);
	return found;
}
