// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps a DAX device and works on its memory. A file does as well, with pages for
 * its alignment.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Exit status besides 0 */
#define EXIT_WRONG	1
#define EXIT_TROUBLE	2
#define EXIT_SIGBUS	3

/* as much as each DAX device has, and a multiple of its alignment */
#define REOPEN_LENGTH	(2 * 1024 * 1024)

static const char usage[] =
	"usage: daxmem DEVICE write OFFSET LENGTH SEED\n"
	"       daxmem DEVICE check OFFSET LENGTH SEED\n"
	"       daxmem DEVICE hold OFFSET LENGTH\n"
	"       daxmem DEVICE pin OFFSET LENGTH\n"
	"       daxmem DEVICE fault OFFSET LENGTH SECONDS\n"
	"       daxmem DEVICE reopen SECONDS\n"
	"\n"
	"write  fills the bytes from OFFSET on with a pattern of SEED and of where they are\n"
	"check  exits with 1 and names the first byte that is not what write wrote\n"
	"hold   maps, writes to each page, says 'holding', then reads stdin: at each line\n"
	"       'touch' it writes again and says 'touched', at the end it exits\n"
	"pin    maps, puts the first page into a pipe, unmaps, says 'holding', and keeps\n"
	"       the page until the end of stdin\n"
	"fault  maps, touches nothing of it, says 'holding', and until SECONDS have passed opens\n"
	"       and maps it again and again, writing to the first page each time; then it says\n"
	"       how often it has\n"
	"reopen opens it and maps 2M, again and again, whether or not it may, and says\n"
	"       how often it might\n"
	"\n"
	"Numbers may be hexadecimal (0x) or have a suffix K, M or G. When memory is gone\n"
	"daxmem says 'SIGBUS' and exits with 3; any other trouble is 2.\n";

/**
 * struct mapping - a part of a device, mapped
 * @base: where it is
 * @offset: offset in the device of the first byte that was asked for
 * @length: bytes that were asked for
 * @align: alignment of mappings, bytes
 * @start: where the mapping begins, aligned
 * @mapped: bytes of it
 */
struct mapping {
	unsigned char *base;
	uint64_t offset;
	uint64_t length;
	uint64_t align;
	void *start;
	uint64_t mapped;
};

static const char *device;

__attribute__((noreturn, format(printf, 1, 2)))
static void die(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "daxmem: %s: ", device);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_TROUBLE);
}

static uint64_t parse(const char *what, const char *text)
{
	static const char suffixes[] = "KMG";
	unsigned int shift = 0;
	const char *suffix;
	uint64_t value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (*end) {
		suffix = strchr(suffixes, *end);
		if (suffix && !end[1])
			shift = 10 * (suffix - suffixes + 1);
		else
			errno = EINVAL;
	}
	if (end == text || *text == '-')
		errno = EINVAL;
	if (!errno && value > UINT64_MAX >> shift)
		errno = ERANGE;
	if (errno)
		die("%s '%s': %s: must be such as 0x200000 or 2M", what, text,
		    strerror(errno));
	return value << shift;
}

/* What sysfs says of a DAX device, as a number. */
static uint64_t attribute(const struct stat *st, const char *name)
{
	char path[128], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/%s", major(st->st_rdev),
		 minor(st->st_rdev), name);
	file = fopen(path, "r");
	if (!file || !fgets(text, sizeof(text), file))
		die("%s: %s: is it a DAX device?", path, strerror(errno));
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return parse(path, text);
}

static void map(struct mapping *m)
{
	uint64_t size, start, end;
	struct stat st;
	int fd;

	fd = open(device, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		die("%s", strerror(errno));
	if (S_ISCHR(st.st_mode)) {
		m->align = attribute(&st, "align");
		size = attribute(&st, "size");
	} else {
		m->align = sysconf(_SC_PAGESIZE);
		size = st.st_size;
	}
	if (!m->length || m->length > size || m->offset > size - m->length)
		die("0x%llx bytes at 0x%llx are not in it: it has 0x%llx bytes",
		    (unsigned long long)m->length, (unsigned long long)m->offset,
		    (unsigned long long)size);

	start = m->offset & ~(m->align - 1);
	end = (m->offset + m->length + m->align - 1) & ~(m->align - 1);
	m->mapped = end - start;
	m->start = mmap(NULL, m->mapped, PROT_READ | PROT_WRITE, MAP_SHARED, fd, start);
	if (m->start == MAP_FAILED)
		die("no mmap of 0x%llx bytes at 0x%llx: %s",
		    (unsigned long long)(end - start), (unsigned long long)start,
		    strerror(errno));
	m->base = (unsigned char *)m->start + (m->offset - start);
	close(fd);
}

/* The 8 bytes of the pattern at word @index of the device: no two are alike. */
static uint64_t pattern(uint64_t seed, uint64_t index)
{
	uint64_t x = (seed << 40) ^ index;

	x = (x + 1) * 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93;
	return x ^ (x >> 32);
}

static unsigned char pattern_byte(uint64_t seed, uint64_t offset)
{
	return pattern(seed, offset / 8) >> (offset % 8 * 8);
}

/* Whether byte @i begins a whole word: an emulated device is slow by access, not by byte. */
static bool is_word(const struct mapping *m, uint64_t i)
{
	return (m->offset + i) % 8 == 0 && m->length - i >= 8;
}

static int write_pattern(const struct mapping *m, uint64_t seed)
{
	uint64_t i = 0;

	while (i < m->length) {
		if (is_word(m, i)) {
			*(uint64_t *)(m->base + i) = pattern(seed, (m->offset + i) / 8);
			i += 8;
		} else {
			m->base[i] = pattern_byte(seed, m->offset + i);
			i++;
		}
	}
	return 0;
}

static int check_pattern(const struct mapping *m, uint64_t seed)
{
	uint64_t i = 0;

	while (i < m->length) {
		unsigned char expected, found;

		if (is_word(m, i) &&
		    *(uint64_t *)(m->base + i) == pattern(seed, (m->offset + i) / 8)) {
			i += 8;
			continue;
		}
		expected = pattern_byte(seed, m->offset + i);
		found = m->base[i];
		if (found != expected) {
			fprintf(stderr, "daxmem: %s: byte 0x%llx is 0x%02x, should be 0x%02x\n",
				device, (unsigned long long)(m->offset + i), found, expected);
			return EXIT_WRONG;
		}
		i++;
	}
	return 0;
}

static void touch_byte(unsigned char *byte)
{
	__atomic_store_n(byte, __atomic_load_n(byte, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
}

/* Writes what is there, so that each page must be writable and nothing changes. */
static void touch(const struct mapping *m)
{
	for (uint64_t i = 0; i < m->length; i += m->align)
		touch_byte(m->base + i);
	touch_byte(m->base + m->length - 1);
}

/* The page has one more reference then, like one that is pinned for I/O. */
static int pin(const struct mapping *m)
{
	struct iovec page = { .iov_base = m->base, .iov_len = 1 };
	int ends[2];

	touch(m);
	if (pipe(ends) || vmsplice(ends[1], &page, 1, 0) != 1)
		die("no page into a pipe: %s", strerror(errno));
	if (munmap(m->start, m->mapped))
		die("no munmap: %s", strerror(errno));
	puts("holding");
	while (getchar() != EOF)
		;
	return 0;
}

static int hold(const struct mapping *m)
{
	char line[16];

	touch(m);
	puts("holding");
	while (fgets(line, sizeof(line), stdin)) {
		if (strcmp(line, "touch\n"))
			die("'%s' on stdin: the only command is touch", line);
		touch(m);
		puts("touched");
	}
	return 0;
}

/* The first fault of a mapping is the one that finds out whether the device is there. */
static int fault(const struct mapping *m, uint64_t seconds)
{
	time_t end = time(NULL) + seconds;
	unsigned long faults = 0;

	puts("holding");
	while (time(NULL) < end) {
		struct mapping again = { .offset = m->offset, .length = m->length };

		map(&again);
		touch_byte(again.base);
		if (munmap(again.start, again.mapped))
			die("no munmap: %s", strerror(errno));
		faults++;
	}
	printf("%lu faults\n", faults);
	return 0;
}

static int reopen(uint64_t seconds)
{
	unsigned long mapped = 0, refused = 0;
	time_t end = time(NULL) + seconds;

	while (time(NULL) < end) {
		int fd = open(device, O_RDWR | O_CLOEXEC);
		void *base = MAP_FAILED;

		if (fd >= 0) {
			base = mmap(NULL, REOPEN_LENGTH, PROT_READ, MAP_SHARED, fd, 0);
			close(fd);
		}
		if (base == MAP_FAILED) {
			refused++;
		} else {
			mapped++;
			munmap(base, REOPEN_LENGTH);
		}
	}
	printf("%lu mapped, %lu refused\n", mapped, refused);
	return 0;
}

static void on_sigbus(int signal)
{
	static const char text[] = "SIGBUS\n";
	ssize_t ignored = write(STDOUT_FILENO, text, sizeof(text) - 1);

	(void)signal;
	(void)ignored;
	_exit(EXIT_SIGBUS);
}

int main(int argc, char **argv)
{
	struct mapping m = {};
	const char *command;
	bool seeded, pinned, faults;

	if (argc == 4 && !strcmp(argv[2], "reopen")) {
		device = argv[1];
		return reopen(parse("seconds", argv[3]));
	}
	if (argc < 5) {
		fputs(usage, stderr);
		return EXIT_TROUBLE;
	}
	device = argv[1];
	command = argv[2];
	seeded = !strcmp(command, "write") || !strcmp(command, "check");
	pinned = !strcmp(command, "pin");
	faults = !strcmp(command, "fault");
	if ((!seeded && !pinned && !faults && strcmp(command, "hold")) ||
	    argc != (seeded || faults ? 6 : 5)) {
		fputs(usage, stderr);
		return EXIT_TROUBLE;
	}

	m.offset = parse("offset", argv[3]);
	m.length = parse("length", argv[4]);
	map(&m);

	setlinebuf(stdout);
	signal(SIGBUS, on_sigbus);
	if (!strcmp(command, "write"))
		return write_pattern(&m, parse("seed", argv[5]));
	if (!strcmp(command, "check"))
		return check_pattern(&m, parse("seed", argv[5]));
	if (faults)
		return fault(&m, parse("seconds", argv[5]));
	return pinned ? pin(&m) : hold(&m);
}
