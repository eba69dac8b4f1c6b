// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends commands to a fabric manager's device, and knows nothing but
 * linux/cxl_mem.h: what any program can do that has the kernel's header.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/cxl_mem.h>

#define EXIT_ERRNO	1
#define EXIT_TROUBLE	2
#define PAYLOAD_MAX	4096

static const char usage[] =
	"usage: fmcmd DEVICE OPCODE [HEX]...\n"
	"       fmcmd DEVICE poll SECONDS\n"
	"       fmcmd DEVICE hold\n"
	"\n"
	"Sends a raw command, such as 5600, with the bytes of HEX as its request, and prints\n"
	"the return code and the response in hexadecimal. poll waits until the FM's event log\n"
	"has a record, and prints in, hup, or nothing after that time. hold keeps the device\n"
	"open: each line that it reads is an opcode, which it sends as above, or poll.\n"
	"Exits with 0, with 1 if the kernel refuses (what is printed is the error), else with\n"
	"2.\n";

static int parse_hex(int argc, char **argv, uint8_t *bytes)
{
	int nr = 0;

	for (int i = 0; i < argc; i++) {
		for (const char *p = argv[i]; *p; p++) {
			char two[3] = { p[0], p[1] };

			if (isspace((unsigned char)*p))
				continue;
			if (!isxdigit((unsigned char)p[0]) || !isxdigit((unsigned char)p[1]) ||
			    nr == PAYLOAD_MAX)
				return -1;
			bytes[nr++] = strtoul(two, NULL, 16);
			p++;
		}
	}
	return nr;
}

static int send_raw(int fd, unsigned int opcode, const uint8_t *in, uint32_t in_size)
{
	static uint8_t out[PAYLOAD_MAX];
	struct cxl_send_command command = {
		.id = CXL_MEM_COMMAND_ID_RAW,
		.raw.opcode = opcode,
		.in = { .size = in_size, .payload = (uintptr_t)in },
		.out = { .size = sizeof(out), .payload = (uintptr_t)out },
	};

	if (ioctl(fd, CXL_MEM_SEND_COMMAND, &command)) {
		printf("%s\n", strerror(errno));
		return EXIT_ERRNO;
	}
	printf("%02x", command.retval);
	for (uint32_t i = 0; i < command.out.size; i++)
		printf(" %02x", out[i]);
	putchar('\n');
	return 0;
}

static int wait_for_events(int fd, int seconds)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	if (poll(&pollfd, 1, seconds * 1000) < 0) {
		printf("%s\n", strerror(errno));
		return EXIT_ERRNO;
	}
	if (pollfd.revents & POLLHUP)
		puts("hup");
	else if (pollfd.revents & POLLIN)
		puts("in");
	return 0;
}

static int hold(int fd)
{
	char line[64];

	puts("open");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "poll\n"))
			wait_for_events(fd, 0);
		else
			send_raw(fd, strtoul(line, NULL, 16), NULL, 0);
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static uint8_t in[PAYLOAD_MAX];
	int fd, in_size;
	char *end;
	unsigned long opcode;

	if (argc < 3) {
		fputs(usage, stderr);
		return EXIT_TROUBLE;
	}
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "fmcmd: %s: %s\n", argv[1], strerror(errno));
		return EXIT_TROUBLE;
	}
	if (!strcmp(argv[2], "poll") && argc == 4)
		return wait_for_events(fd, atoi(argv[3]));
	if (!strcmp(argv[2], "hold") && argc == 3)
		return hold(fd);

	opcode = strtoul(argv[2], &end, 16);
	in_size = parse_hex(argc - 3, argv + 3, in);
	if (*end || opcode > UINT16_MAX || in_size < 0) {
		fputs(usage, stderr);
		return EXIT_TROUBLE;
	}
	return send_raw(fd, opcode, in, in_size);
}
