// SPDX-License-Identifier: GPL-2.0-only
/*
 * QMP: a line of JSON for a command, and lines of JSON back. The other end is a Unix
 * socket of QEMU's, or in the machine that it runs a port that leads there.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "dcdctl.h"
#include "qmp.h"

#define DEADLINE_MS	10000
/* between two tries at a port that another has */
#define BUSY_MS		20
/* far more than any answer has */
#define ANSWER_MAX	1000000

/**
 * struct dcdctl_qmp - a connection
 * @name: where it leads
 * @fd: it
 * @local: it is a port of this machine, which is the one that QEMU runs
 * @tokener: what has been read of a line
 * @serial: number of the last command
 * @buffer: what has been read
 * @at: of @buffer, what has been parsed
 * @filled: bytes of @buffer
 */
struct dcdctl_qmp {
	const char *name;
	int fd;
	bool local;
	struct json_tokener *tokener;
	unsigned int serial;
	char buffer[4096];
	size_t at;
	size_t filled;
};

static int connect_socket(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(name) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, name, strlen(name));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* A virtio port can be open only once: who else has it has it for a command. */
static int open_port(const char *name)
{
	uint64_t deadline = dcdctl_now() + DEADLINE_MS;
	struct termios termios;
	int fd;

	while ((fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) < 0 &&
	       errno == EBUSY && dcdctl_now() < deadline)
		dcdctl_pause(BUSY_MS);

	/* a virtio port is no terminal, a serial line is */
	if (fd >= 0 && !tcgetattr(fd, &termios)) {
		cfmakeraw(&termios);
		termios.c_cflag |= CLOCAL;
		tcsetattr(fd, TCSANOW, &termios);
	}
	return fd;
}

/* Wait until the other end has something, or takes something. */
static int wait_for(struct dcdctl_qmp *qmp, short events, uint64_t deadline)
{
	struct pollfd pollfd = { .fd = qmp->fd, .events = events };
	uint64_t now = dcdctl_now();
	int rc = poll(&pollfd, 1, deadline > now ? deadline - now : 0);

	if (!rc)
		return dcdctl_fail(DCDCTL_TIMEOUT,
				   "%s: no answer within %d s: is it a QMP monitor without another client?",
				   qmp->name, DEADLINE_MS / 1000);
	if (rc < 0 || !(pollfd.revents & events))
		return dcdctl_fail(DCDCTL_REFUSED, "%s: the other end is not open", qmp->name);
	return DCDCTL_DONE;
}

static int send_all(struct dcdctl_qmp *qmp, const char *text, uint64_t deadline)
{
	size_t left = strlen(text);
	int rc;

	while (left) {
		ssize_t sent = write(qmp->fd, text, left);

		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return dcdctl_fail(DCDCTL_REFUSED, "%s: %s", qmp->name, strerror(errno));
		if (sent < 0) {
			rc = wait_for(qmp, POLLOUT, deadline);
			if (rc)
				return rc;
			continue;
		}
		text += sent;
		left -= sent;
	}
	return DCDCTL_DONE;
}

static int fill_buffer(struct dcdctl_qmp *qmp, uint64_t deadline)
{
	ssize_t got;
	int rc = wait_for(qmp, POLLIN, deadline);

	if (rc)
		return rc;
	got = read(qmp->fd, qmp->buffer, sizeof(qmp->buffer));
	if (got <= 0 && !(got < 0 && (errno == EAGAIN || errno == EINTR)))
		return dcdctl_fail(DCDCTL_REFUSED, "%s: the other end closed the connection",
				   qmp->name);
	qmp->at = 0;
	qmp->filled = got > 0 ? got : 0;
	return DCDCTL_DONE;
}

/* The next object that comes. */
static int next_object(struct dcdctl_qmp *qmp, uint64_t deadline, struct json_object **object)
{
	size_t taken = 0;
	int rc;

	json_tokener_reset(qmp->tokener);
	for (;;) {
		if (qmp->at == qmp->filled) {
			rc = fill_buffer(qmp, deadline);
			if (rc)
				return rc;
			continue;
		}
		*object = json_tokener_parse_ex(qmp->tokener, qmp->buffer + qmp->at,
						qmp->filled - qmp->at);
		taken += json_tokener_get_parse_end(qmp->tokener);
		qmp->at += json_tokener_get_parse_end(qmp->tokener);
		if (*object)
			return DCDCTL_DONE;
		if (json_tokener_get_error(qmp->tokener) != json_tokener_continue ||
		    taken > ANSWER_MAX)
			return dcdctl_fail(DCDCTL_REFUSED, "%s: invalid QMP", qmp->name);
	}
}

static bool has_id(struct json_object *object, const char *id)
{
	struct json_object *value;

	return json_object_object_get_ex(object, "id", &value) &&
	       !strcmp(json_object_get_string(value), id);
}

/* Events, greetings and answers to others go by. */
static int next_answer(struct dcdctl_qmp *qmp, const char *id, uint64_t deadline,
		       struct json_object **object)
{
	int rc;

	for (;;) {
		rc = next_object(qmp, deadline, object);
		if (rc || has_id(*object, id))
			return rc;
		json_object_put(*object);
	}
}

/**
 * dcdctl_qmp_execute() - execute a command
 * @qmp: the connection
 * @command: the command
 * @arguments: its arguments, which are freed; NULL: none
 * @answer: what it returns, to be freed; NULL: does not matter
 * @error: what QEMU says if it refuses
 * @room: bytes of @error
 *
 * Return: a status; DCDCTL_REFUSED with an empty @error after an error of the
 * connection, which has been printed.
 */
int dcdctl_qmp_execute(struct dcdctl_qmp *qmp, const char *command,
		       struct json_object *arguments, struct json_object **answer,
		       char *error, size_t room)
{
	struct json_object *request = json_object_new_object();
	uint64_t deadline = dcdctl_now() + DEADLINE_MS;
	struct json_object *object, *value;
	char id[32];
	int rc;

	*error = '\0';
	snprintf(id, sizeof(id), "dcdctl-%d-%u", getpid(), ++qmp->serial);
	json_object_object_add(request, "execute", json_object_new_string(command));
	if (arguments)
		json_object_object_add(request, "arguments", arguments);
	json_object_object_add(request, "id", json_object_new_string(id));
	rc = send_all(qmp, json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN),
		      deadline) ?: send_all(qmp, "\n", deadline);
	json_object_put(request);
	if (rc)
		return rc;

	rc = next_answer(qmp, id, deadline, &object);
	if (rc)
		return rc;
	if (json_object_object_get_ex(object, "error", &value)) {
		struct json_object *text = value;

		json_object_object_get_ex(value, "desc", &text);
		snprintf(error, room, "%s", json_object_get_string(text));
		rc = DCDCTL_REFUSED;
	} else if (answer && json_object_object_get_ex(object, "return", &value)) {
		*answer = json_object_get(value);
	}
	json_object_put(object);
	return rc;
}

/* A monitor that has just been connected to takes nothing but this. */
static int negotiate(struct dcdctl_qmp *qmp)
{
	char error[256];
	int rc = dcdctl_qmp_execute(qmp, "qmp_capabilities", NULL, NULL, error, sizeof(error));

	/* refused by a monitor whose negotiation another has done */
	return rc && !*error ? rc : DCDCTL_DONE;
}

/**
 * dcdctl_qmp_open() - connect to QEMU
 * @name: a Unix socket, or a serial or virtio port; it stays valid
 *
 * Return: the connection, or NULL after an error.
 */
struct dcdctl_qmp *dcdctl_qmp_open(const char *name)
{
	struct dcdctl_qmp *qmp = calloc(1, sizeof(*qmp));
	struct stat stat_buf;

	if (!qmp) {
		dcdctl_no_memory();
		return NULL;
	}
	qmp->name = name;
	qmp->fd = -1;
	if (!stat(name, &stat_buf)) {
		qmp->local = S_ISCHR(stat_buf.st_mode);
		qmp->fd = qmp->local ? open_port(name) : connect_socket(name);
	}
	if (qmp->fd < 0) {
		dcdctl_fail(DCDCTL_REFUSED, "%s: %s: must be a QMP socket of QEMU, as made by -qmp unix:%s,server=on,wait=off",
			    name, strerror(errno), name);
		free(qmp);
		return NULL;
	}
	qmp->tokener = json_tokener_new();
	/* two at once on a port would read each other's answers */
	if (!qmp->tokener || (qmp->local && flock(qmp->fd, LOCK_EX)) || negotiate(qmp)) {
		dcdctl_qmp_close(qmp);
		return NULL;
	}
	return qmp;
}

/**
 * dcdctl_qmp_close() - end a connection
 * @qmp: the connection
 */
void dcdctl_qmp_close(struct dcdctl_qmp *qmp)
{
	if (qmp->tokener)
		json_tokener_free(qmp->tokener);
	close(qmp->fd);
	free(qmp);
}

/**
 * dcdctl_qmp_is_local() - whether QEMU runs this machine
 * @qmp: the connection
 *
 * Return: true if it does: the connection is a port.
 */
bool dcdctl_qmp_is_local(const struct dcdctl_qmp *qmp)
{
	return qmp->local;
}
