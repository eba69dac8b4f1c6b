// SPDX-License-Identifier: GPL-2.0-only
/*
 * Speaks QMP with the QEMU that runs this machine, over a port that leads to
 * QEMU's own monitor.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Exit status besides 0 */
#define EXIT_REFUSED	1
#define EXIT_TROUBLE	2

#define DEADLINE_S	10
/* far more than any answer of QEMU has */
#define LINE_MAX_BYTES	1000000

static const char usage[] =
	"usage: qmp PORT COMMAND\n"
	"\n"
	"Sends COMMAND, such as '{\"execute\": \"query-status\"}', over the serial device\n"
	"PORT and prints what QEMU returns as one line of JSON. Exits with 0, or with 1 if\n"
	"QEMU refuses; what is printed is its error then. Any trouble is 2, and so is no\n"
	"answer within 10 seconds.\n";

/**
 * struct port - the connection
 * @name: name of the device
 * @fd: file descriptor
 * @deadline: monotonic time by which all must be done, ms
 * @buffer: what was read
 * @filled: bytes of @buffer
 * @taken: bytes of @buffer that next_line() has returned
 */
struct port {
	const char *name;
	int fd;
	long long deadline;
	char *buffer;
	size_t filled;
	size_t taken;
};

/**
 * struct span - part of a text
 * @start: its first byte
 * @length: bytes
 */
struct span {
	const char *start;
	size_t length;
};

__attribute__((noreturn, format(printf, 1, 2)))
static void die(const char *format, ...)
{
	va_list args;

	fputs("qmp: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_TROUBLE);
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void wait_until(const struct port *port, short events)
{
	struct pollfd pollfd = { .fd = port->fd, .events = events };
	long long left = port->deadline - now_ms();
	int rc = poll(&pollfd, 1, left > 0 ? left : 0);

	if (rc < 0)
		die("%s: %s", port->name, strerror(errno));
	if (!rc)
		die("%s: no answer within %d s: does it lead to a QMP monitor?", port->name,
		    DEADLINE_S);
	if (!(pollfd.revents & events))
		die("%s: the other end is not open", port->name);
}

static void open_port(struct port *port, const char *name)
{
	struct termios termios;

	port->name = name;
	port->fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port->fd < 0)
		die("%s: %s", name, strerror(errno));
	/* a virtio port is no terminal */
	if (!tcgetattr(port->fd, &termios)) {
		cfmakeraw(&termios);
		termios.c_cflag |= CLOCAL;
		if (tcsetattr(port->fd, TCSANOW, &termios))
			die("%s: %s", name, strerror(errno));
	}
	port->deadline = now_ms() + DEADLINE_S * 1000;
	port->buffer = malloc(LINE_MAX_BYTES);
	if (!port->buffer)
		die("%s", strerror(errno));
}

static void send_text(const struct port *port, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t sent = write(port->fd, text, left);

		if (sent < 0 && errno != EAGAIN)
			die("%s: %s", port->name, strerror(errno));
		if (sent < 0) {
			wait_until(port, POLLOUT);
			continue;
		}
		text += sent;
		left -= sent;
	}
}

/* The next line, without its end. Valid until the next call. */
static const char *next_line(struct port *port)
{
	size_t searched = 0;

	memmove(port->buffer, port->buffer + port->taken, port->filled - port->taken);
	port->filled -= port->taken;
	port->taken = 0;

	for (;;) {
		char *end = memchr(port->buffer + searched, '\n', port->filled - searched);
		ssize_t got;

		if (end) {
			port->taken = end + 1 - port->buffer;
			*end = '\0';
			return port->buffer;
		}
		searched = port->filled;
		if (port->filled == LINE_MAX_BYTES)
			die("%s: a line of more than %d bytes", port->name, LINE_MAX_BYTES);

		wait_until(port, POLLIN);
		got = read(port->fd, port->buffer + port->filled,
			   LINE_MAX_BYTES - port->filled);
		if (got < 0 && errno != EAGAIN)
			die("%s: %s", port->name, strerror(errno));
		if (!got)
			die("%s: the other end is not open", port->name);
		if (got > 0)
			port->filled += got;
	}
}

static const char *skip_space(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* Past the string that begins at @p, or NULL if it does not end. */
static const char *skip_string(const char *p)
{
	for (p++; *p && *p != '"'; p++)
		if (*p == '\\' && p[1])
			p++;
	return *p ? p + 1 : NULL;
}

/* Past the value that begins at @p, or NULL if it does not end. */
static const char *skip_value(const char *p)
{
	unsigned int depth = 0;

	do {
		if (*p == '"') {
			p = skip_string(p);
			if (!p)
				return NULL;
			continue;
		}
		if (*p == '{' || *p == '[') {
			depth++;
		} else if (*p == '}' || *p == ']') {
			if (!depth)
				return p;
			depth--;
		} else if (!depth) {
			return p + strcspn(p, ",}] \t\r\n");
		}
		p++;
	} while (depth && *p);
	return depth ? NULL : p;
}

/* Find the value of a key of the object in @text, but not of those within it. */
static bool find_value(const char *text, const char *key, struct span *value)
{
	const char *p = skip_space(text), *name, *end;

	if (*p++ != '{')
		return false;
	for (;;) {
		p = skip_space(p);
		if (*p != '"')
			return false;
		name = p + 1;
		end = skip_string(p);
		if (!end)
			return false;
		p = skip_space(end);
		if (*p++ != ':')
			return false;
		value->start = skip_space(p);
		p = skip_value(value->start);
		if (!p)
			return false;
		value->length = p - value->start;
		if (strlen(key) == (size_t)(end - 1 - name) && !strncmp(name, key, strlen(key)))
			return true;
		p = skip_space(p);
		if (*p++ != ',')
			return false;
	}
}

/* What QEMU answers to the command with this id; events and other answers go by. */
static const char *answer(struct port *port, const char *id)
{
	struct span found;
	const char *line;

	do {
		line = next_line(port);
	} while (!find_value(line, "id", &found) || found.length != strlen(id) ||
		 strncmp(found.start, id, found.length));
	return line;
}

static int execute(struct port *port, const char *command)
{
	struct span value;
	const char *line;
	char id[64];
	char *text;

	snprintf(id, sizeof(id), "\"qmp-%d-1\"", getpid());
	if (asprintf(&text, "{\"id\":%s,%s\n", id, strchr(command, '{') + 1) < 0)
		die("%s", strerror(errno));
	send_text(port, text);
	free(text);

	line = answer(port, id);
	if (find_value(line, "return", &value)) {
		printf("%.*s\n", (int)value.length, value.start);
		return 0;
	}
	if (!find_value(line, "error", &value))
		die("%s: neither return nor error in '%s'", port->name, line);
	printf("%.*s\n", (int)value.length, value.start);
	return EXIT_REFUSED;
}

/* A monitor that has just been connected to takes nothing but this; any other refuses it. */
static void negotiate(struct port *port)
{
	char id[64], *text;

	snprintf(id, sizeof(id), "\"qmp-%d-0\"", getpid());
	if (asprintf(&text, "{\"execute\":\"qmp_capabilities\",\"id\":%s}\n", id) < 0)
		die("%s", strerror(errno));
	send_text(port, text);
	free(text);
	answer(port, id);
}

int main(int argc, char **argv)
{
	struct port port = {};
	struct span value;

	if (argc != 3) {
		fputs(usage, stderr);
		return EXIT_TROUBLE;
	}
	if (!find_value(argv[2], "execute", &value))
		die("'%s' is no command: must be such as '{\"execute\": \"query-status\"}'",
		    argv[2]);
	if (find_value(argv[2], "id", &value))
		die("'%s' has an id: qmp gives each command its own", argv[2]);

	open_port(&port, argv[1]);
	negotiate(&port);
	return execute(&port, argv[2]);
}
