// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts one string in the place of another of the same length, wherever a file has it. What
 * is a module afterwards claims something else than the one that was built.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] =
	"usage: swapstr FILE OLD NEW\n"
	"\n"
	"Replaces OLD by NEW, which is as long, wherever FILE has it, and prints how often.\n"
	"Fails if FILE has it nowhere.\n";

static int fail(const char *file, const char *what)
{
	fprintf(stderr, "swapstr: %s: %s: %s\n", file, what, strerror(errno));
	return 2;
}

int main(int argc, char **argv)
{
	struct stat info;
	int found = 0;
	size_t length;
	char *bytes;
	int file;

	if (argc != 4 || !*argv[2] || strlen(argv[2]) != strlen(argv[3])) {
		fputs(usage, stderr);
		return 2;
	}
	length = strlen(argv[2]);

	file = open(argv[1], O_RDWR);
	if (file < 0 || fstat(file, &info))
		return fail(argv[1], "cannot open it");
	bytes = mmap(NULL, info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (bytes == MAP_FAILED)
		return fail(argv[1], "cannot map it");

	for (char *at = bytes;; at += length) {
		at = memmem(at, bytes + info.st_size - at, argv[2], length);
		if (!at)
			break;
		memcpy(at, argv[3], length);
		found++;
	}
	printf("%d\n", found);
	return found ? 0 : 1;
}
