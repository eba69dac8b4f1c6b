// SPDX-License-Identifier: GPL-2.0-only
/* Add 256 MiB at DPA 0 of a device to its host, and ask for them back. */
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cxl/dcd.h>
#include <linux/cxl_mem.h>

/* One command: the device's return code, or -1 after a line about the ioctl. */
static int fm_send(int fd, uint16_t opcode, const void *in, size_t size)
{
	struct cxl_send_command command = {
		.id = CXL_MEM_COMMAND_ID_RAW,
		.raw.opcode = opcode,
		.in = { .size = size, .payload = (uintptr_t)in },
	};

	if (ioctl(fd, CXL_MEM_SEND_COMMAND, &command)) {
		perror("CXL_MEM_SEND_COMMAND");
		return -1;
	}
	return command.retval;
}

/* Initiate Dynamic Capacity Add or Release, of one extent that we choose. */
static int fm_initiate(int fd, uint16_t opcode, uint8_t policy)
{
	struct {
		struct cxl_fm_initiate_in in;
		struct cxl_dc_extent extent;
	} __attribute__((packed)) request = {
		.in = { .flags = policy, .count = htole32(1) },
		.extent = {
			.start_dpa = htole64(0),
			.length = htole64(256 << 20),
			.tag = { 0x11, 0x22, 0x33 },
		},
	};

	return fm_send(fd, opcode, &request, sizeof(request));
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
	int rc;

	if (fd < 0) {
		fprintf(stderr, "usage: fm_extent /dev/cxl/fm0\n");
		return 2;
	}
	rc = fm_initiate(fd, CXL_FM_OP_INITIATE_ADD, CXL_FM_SELECT_PRESCRIPTIVE);
	printf("add: return code %#x; Enter when the host has answered\n", rc);
	if (!rc && getchar() != EOF) {
		rc = fm_initiate(fd, CXL_FM_OP_INITIATE_RELEASE, CXL_FM_REMOVE_PRESCRIPTIVE);
		printf("release: return code %#x\n", rc);
	}
	return rc ? 1 : 0;
}
