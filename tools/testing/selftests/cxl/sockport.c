// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a Unix socket of a port: who connects to the socket speaks with whatever the
 * port leads to, one after the other. So a program that takes QEMU's socket can be
 * tried inside the machine that QEMU runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char usage[] =
	"usage: sockport PORT SOCKET\n"
	"\n"
	"Listens at the Unix socket SOCKET and connects whoever comes with the device PORT,\n"
	"until it is killed.\n";

static int copy(int from, int to)
{
	char buffer[4096];
	ssize_t got = read(from, buffer, sizeof(buffer));

	return got > 0 && write(to, buffer, got) == got ? 0 : -1;
}

static void serve(int port, int client)
{
	struct pollfd ends[] = {
		{ .fd = port, .events = POLLIN },
		{ .fd = client, .events = POLLIN },
	};

	while (poll(ends, 2, -1) > 0) {
		if (ends[1].revents && copy(client, port))
			return;
		if (ends[0].revents && copy(port, client))
			return;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int port, listener, client;

	if (argc != 3 || strlen(argv[2]) >= sizeof(address.sun_path)) {
		fputs(usage, stderr);
		return 2;
	}
	memcpy(address.sun_path, argv[2], strlen(argv[2]));
	port = open(argv[1], O_RDWR | O_CLOEXEC);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (port < 0 || listener < 0 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 8)) {
		fprintf(stderr, "sockport: %s, %s: %s\n", argv[1], argv[2], strerror(errno));
		return 2;
	}
	while ((client = accept(listener, NULL, NULL)) >= 0) {
		serve(port, client);
		close(client);
	}
	return 0;
}
