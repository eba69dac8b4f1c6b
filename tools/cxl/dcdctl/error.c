// SPDX-License-Identifier: GPL-2.0-only
/* What goes out: one line for an error, JSON for an answer; and time. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "dcdctl.h"
#include "args.h"

/**
 * dcdctl_fail() - say what went wrong, in one line
 * @status: the status that is to be returned
 * @format: the value, the rule and the way out
 *
 * Return: @status.
 */
int dcdctl_fail(enum dcdctl_status status, const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	/* what came from elsewhere may have lines of its own */
	for (char *p = line; *p; p++)
		if (*p == '\n')
			*p = ' ';
	fflush(stdout);
	fprintf(stderr, "dcdctl: %s\n", line);
	return status;
}

/**
 * dcdctl_no_memory() - say that there is none
 *
 * Return: the status that is to be returned.
 */
int dcdctl_no_memory(void)
{
	return dcdctl_fail(DCDCTL_REFUSED, "out of memory");
}

/**
 * dcdctl_flush() - see that what was printed has arrived
 *
 * Return: the status that is to be returned.
 */
int dcdctl_flush(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return DCDCTL_DONE;
	return dcdctl_fail(DCDCTL_REFUSED,
			   "standard output: %s: the command was carried out, only its output is lost",
			   strerror(errno));
}

/**
 * dcdctl_print_json() - print an answer
 * @json: the answer, which is freed
 *
 * Return: the status that is to be returned.
 */
int dcdctl_print_json(struct json_object *json)
{
	if (!json)
		return dcdctl_no_memory();
	puts(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
	return dcdctl_flush();
}

/**
 * dcdctl_json_add_size() - add a size: a number, or text for people with -u
 * @to: where
 * @name: its name
 * @size: bytes
 */
void dcdctl_json_add_size(struct json_object *to, const char *name, uint64_t size)
{
	char text[64];

	if (!dcdctl_option_given("human")) {
		json_object_object_add(to, name, json_object_new_uint64(size));
		return;
	}
	dcdctl_size_human(size, text, sizeof(text));
	dcdctl_json_add_text(to, name, text);
}

/**
 * dcdctl_json_add_hex() - add an address: a number, or hexadecimal with -u
 * @to: where
 * @name: its name
 * @number: the address
 */
void dcdctl_json_add_hex(struct json_object *to, const char *name, uint64_t number)
{
	char text[24];

	if (!dcdctl_option_given("human")) {
		json_object_object_add(to, name, json_object_new_uint64(number));
		return;
	}
	snprintf(text, sizeof(text), "%#llx", (unsigned long long)number);
	dcdctl_json_add_text(to, name, text);
}

/**
 * dcdctl_json_add_text() - add a text
 * @to: where
 * @name: its name
 * @text: the text; NULL or empty: none
 */
void dcdctl_json_add_text(struct json_object *to, const char *name, const char *text)
{
	if (text && *text)
		json_object_object_add(to, name, json_object_new_string(text));
}

/**
 * dcdctl_now() - the time
 *
 * Return: ms of the monotonic clock.
 */
uint64_t dcdctl_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

/**
 * dcdctl_pause() - wait a little, between two looks at what nobody reports
 * @ms: how long
 */
void dcdctl_pause(unsigned int ms)
{
	nanosleep(&(struct timespec) { ms / 1000, ms % 1000 * 1000000L }, NULL);
}
