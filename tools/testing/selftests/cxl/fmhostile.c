// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must not hurt the fabric manager's device: every field of its ioctls
 * wrong, one by one with the errno that a memdev's has, and then all at random
 * from many threads.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/cxl_mem.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define PAYLOAD_MAX	4096
#define THREADS		8

static const char usage[] =
	"usage: fmhostile DEVICE refusals|listed\n"
	"       fmhostile DEVICE storm COMMANDS [SEED]\n"
	"\n"
	"refusals sends what must be refused and prints each line that was not, with the\n"
	"errno that should have been. listed sends what a memdev must refuse in the same\n"
	"way: commands that have a number in the ioctl's list. storm sends so many commands with random fields, sizes\n"
	"and pointers from each of 8 threads. Exits with 0 if all is as it should be.\n";

static const char *device;
static unsigned long commands;
static unsigned int seed;
static int failures;

static uint8_t in[PAYLOAD_MAX], out[PAYLOAD_MAX];
#define NOWHERE		0xdead000000000000ULL
#define UNMAPPED	0x10ULL

struct refusal {
	const char *name;
	struct cxl_send_command command;
	int error;
};

#define RAW(_opcode)	.id = CXL_MEM_COMMAND_ID_RAW, .raw.opcode = _opcode

static const struct refusal refusals[] = {
	{ "no command", { .id = 0 }, ENOTTY },
	{ "a command beyond the list", { .id = CXL_MEM_COMMAND_ID_MAX }, ENOTTY },
	{ "the last number", { .id = UINT32_MAX }, ENOTTY },
	{ "a command that the device does not have",
	  { .id = CXL_MEM_COMMAND_ID_IDENTIFY, .out.size = 0x43 }, ENOTTY },
	{ "raw: reserved", { RAW(0x5600), .raw.rsvd = 1 }, EINVAL },
	{ "raw: a request longer than a payload",
	  { RAW(0x5600), .in = { .size = PAYLOAD_MAX + 1, .payload = NOWHERE } }, EINVAL },
	{ "raw: the longest request", { RAW(0x5600), .in.size = UINT32_MAX }, EINVAL },
	{ "raw: a response longer than a payload",
	  { RAW(0x5600), .out.size = PAYLOAD_MAX + 1 }, EINVAL },
	{ "raw: the longest response", { RAW(0x5600), .out.size = UINT32_MAX }, EINVAL },
	{ "raw: a request from nowhere",
	  { RAW(0x5603), .in = { .size = 12, .payload = NOWHERE } }, EFAULT },
	{ "raw: a request from an address that is not mapped",
	  { RAW(0x5603), .in = { .size = 12, .payload = UNMAPPED } }, EFAULT },
	{ "raw: a request that runs past the end",
	  { RAW(0x5603), .in = { .size = 12, .payload = UINT64_MAX - 4 } }, EFAULT },
	{ "raw: a response to nowhere",
	  { RAW(0x5600), .out = { .size = 88, .payload = NOWHERE } }, EFAULT },
	{ "listed: a flag that there is not",
	  { .id = CXL_MEM_COMMAND_ID_GET_TIMESTAMP, .flags = 4, .out.size = 8 }, EINVAL },
	{ "listed: reserved",
	  { .id = CXL_MEM_COMMAND_ID_GET_TIMESTAMP, .rsvd = 1, .out.size = 8 }, EINVAL },
	{ "listed: reserved in the request",
	  { .id = CXL_MEM_COMMAND_ID_GET_TIMESTAMP, .in.rsvd = 1, .out.size = 8 }, EINVAL },
	{ "listed: reserved in the response",
	  { .id = CXL_MEM_COMMAND_ID_GET_TIMESTAMP, .out = { .size = 8, .rsvd = 1 } }, EINVAL },
	{ "listed: a request of another size",
	  { .id = CXL_MEM_COMMAND_ID_GET_TIMESTAMP, .in.size = 1, .out.size = 8 }, ENOMEM },
	{ "listed: a response that does not fit",
	  { .id = CXL_MEM_COMMAND_ID_GET_TIMESTAMP, .out.size = 7 }, ENOMEM },
};

static int open_device(void)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		fprintf(stderr, "fmhostile: %s: %s\n", device, strerror(errno));
		exit(2);
	}
	return fd;
}

/* Expect an errno; 0: success */
static void expect(const char *name, int rc, int error)
{
	int is = rc ? errno : 0;

	if (is == error)
		return;
	printf("%s: %s, should be: %s\n", name, strerror(is), strerror(error));
	failures++;
}

/* Which of them say nothing of the FM: not raw, and the memdev has Identify. */
static bool is_listed(const struct cxl_send_command *command)
{
	return command->id != CXL_MEM_COMMAND_ID_RAW &&
	       command->id != CXL_MEM_COMMAND_ID_IDENTIFY;
}

static void check_refusals(bool listed)
{
	int fd = open_device();

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct cxl_send_command command = refusals[i].command;
		struct cxl_send_command before = command;

		if (listed && !is_listed(&command))
			continue;
		expect(refusals[i].name, ioctl(fd, CXL_MEM_SEND_COMMAND, &command),
		       refusals[i].error);
		if (memcmp(&command, &before, sizeof(command))) {
			printf("%s: has changed the command\n", refusals[i].name);
			failures++;
		}
	}
	expect("a command from nowhere", ioctl(fd, CXL_MEM_SEND_COMMAND, UNMAPPED), EFAULT);
	expect("a query from nowhere", ioctl(fd, CXL_MEM_QUERY_COMMANDS, UNMAPPED), EFAULT);
	expect("another ioctl", ioctl(fd, _IO(0xCE, 3), 0), ENOTTY);
	expect("a read", read(fd, out, 1), EINVAL);
	expect("a write", write(fd, in, 1), EINVAL);
}

/* What there must be: as many commands as asked for, and those of the FM enabled. */
static void check_query(void)
{
	struct cxl_mem_query_commands *query;
	uint32_t all;
	int fd = open_device();

	query = calloc(1, sizeof(*query) + 100 * sizeof(query->commands[0]));
	if (!query)
		exit(2);
	expect("query: how many", ioctl(fd, CXL_MEM_QUERY_COMMANDS, query), 0);
	all = query->n_commands;
	if (all <= CXL_MEM_COMMAND_ID_GET_TIMESTAMP || all > 99) {
		printf("query: %u commands\n", all);
		failures++;
	}
	query->n_commands = 3;
	query->commands[3].id = 77;
	expect("query: three", ioctl(fd, CXL_MEM_QUERY_COMMANDS, query), 0);
	if (query->commands[CXL_MEM_COMMAND_ID_RAW].id != CXL_MEM_COMMAND_ID_RAW ||
	    !(query->commands[CXL_MEM_COMMAND_ID_RAW].flags & 1) ||
	    query->commands[CXL_MEM_COMMAND_ID_IDENTIFY].flags || query->commands[3].id != 77) {
		puts("query: not the three commands that were asked for");
		failures++;
	}
	query->n_commands = UINT32_MAX;
	query->commands[all].id = 77;
	expect("query: more than there are", ioctl(fd, CXL_MEM_QUERY_COMMANDS, query), 0);
	if (query->commands[all].id != 77) {
		puts("query: more than there are");
		failures++;
	}
	free(query);
}

/* The part of a response that fits, and not a byte more. */
static void check_short_response(void)
{
	struct cxl_send_command command = {
		RAW(0x5600), .out = { .size = 3, .payload = (uintptr_t)out },
	};
	int fd = open_device();

	memset(out, 0xee, sizeof(out));
	expect("a short response", ioctl(fd, CXL_MEM_SEND_COMMAND, &command), 0);
	if (command.retval || command.out.size != 3 || out[0] != 1 || out[3] != 0xee) {
		puts("a short response: is not the first three bytes");
		failures++;
	}
}

static uint32_t random_size(unsigned int *state)
{
	static const uint32_t sizes[] = {
		0, 1, 4, 12, 16, 32, 72, 255, 256, 4095, 4096, 4097, 65536, 1U << 31, UINT32_MAX,
	};

	if (rand_r(state) % 2)
		return sizes[rand_r(state) % ARRAY_SIZE(sizes)];
	return rand_r(state) % PAYLOAD_MAX;
}

/* Memory of the thread, its last bytes and what is behind them, or nothing at all */
static uint64_t random_pointer(unsigned int *state, const uint8_t *memory)
{
	switch (rand_r(state) % 6) {
	case 0:
		return (uintptr_t)memory + PAYLOAD_MAX - rand_r(state) % 64;
	case 1:
		return NOWHERE | rand_r(state);
	case 2:
		return rand_r(state) % 2 ? 0 : UINT64_MAX - rand_r(state) % 64;
	default:
		return (uintptr_t)memory;
	}
}

static void random_command(unsigned int *state, struct cxl_send_command *command,
			   const uint8_t *memory)
{
	static const uint16_t opcodes[] = {
		0x0001, 0x0002, 0x0003, 0x0004, 0x0100, 0x0101, 0x0102, 0x0103, 0x0300, 0x0301,
		0x0400, 0x0401, 0x5600, 0x5601, 0x5602, 0x5603, 0x5604, 0x5605, 0x5606, 0x5607,
		0x5608,
	};

	*command = (struct cxl_send_command) {
		.id = CXL_MEM_COMMAND_ID_RAW,
		.raw.opcode = opcodes[rand_r(state) % ARRAY_SIZE(opcodes)],
		.in = { .size = random_size(state), .payload = random_pointer(state, memory) },
		.out = { .size = random_size(state), .payload = random_pointer(state, memory) },
	};
	if (rand_r(state) % 8 == 0)
		command->raw.opcode = rand_r(state);
	if (rand_r(state) % 8 == 0)
		command->id = rand_r(state) % (CXL_MEM_COMMAND_ID_MAX + 2);
	if (rand_r(state) % 16 == 0)
		command->flags = rand_r(state);
	if (rand_r(state) % 16 == 0)
		command->raw.rsvd = rand_r(state);
}

static void *storm(void *number)
{
	unsigned int state = seed * THREADS + (uintptr_t)number;
	struct cxl_send_command command;
	uint8_t *memory;
	int fd = open_device();

	/* a page that can be used, and one behind it that cannot */
	memory = mmap(NULL, 2 * PAYLOAD_MAX, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || mprotect(memory + PAYLOAD_MAX, PAYLOAD_MAX, PROT_NONE))
		exit(2);

	for (unsigned long i = 0; i < commands; i++) {
		for (int byte = 0; byte < 40; byte++)
			memory[byte] = rand_r(&state) % 4 ? 0 : rand_r(&state);
		random_command(&state, &command, memory);
		ioctl(fd, CXL_MEM_SEND_COMMAND, &command);
		if (rand_r(&state) % 64 == 0)
			ioctl(fd, CXL_MEM_QUERY_COMMANDS, random_pointer(&state, memory));
		if (rand_r(&state) % 64 == 0)
			poll(&(struct pollfd) { .fd = fd, .events = POLLIN }, 1, 0);
		if (rand_r(&state) % 64 == 0) {
			close(fd);
			fd = open_device();
		}
	}
	close(fd);
	return NULL;
}

static void run_storm(void)
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, storm, (void *)i))
			exit(2);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[2], "refusals")) {
		device = argv[1];
		check_refusals(false);
		check_query();
		check_short_response();
	} else if (argc == 3 && !strcmp(argv[2], "listed")) {
		device = argv[1];
		check_refusals(true);
	} else if ((argc == 4 || argc == 5) && !strcmp(argv[2], "storm")) {
		device = argv[1];
		commands = strtoul(argv[3], NULL, 0);
		seed = argc == 5 ? strtoul(argv[4], NULL, 0) : 1;
		run_storm();
	} else {
		fputs(usage, stderr);
		return 2;
	}
	return failures ? 1 : 0;
}
