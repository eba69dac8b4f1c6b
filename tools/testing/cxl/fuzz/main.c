// SPDX-License-Identifier: GPL-2.0-only
/*
 * main SECONDS SEED FAILED [FILE...]: runs the files, then inputs made of random
 * bytes and of files with a few bytes changed, for as long as SECONDS says.
 * Prints KTAP. The input that fails goes to the file FAILED. For machines
 * without libFuzzer, and for every `make check`.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sanitizer/common_interface_defs.h>

#include "fuzz.h"

#define LENGTH	512
/* the most that a file grows by */
#define GROWTH	64

static const char *failed;
static u8 input[65536];
static size_t input_len;
/* the files, read once */
static struct file {
	u8 *bytes;
	size_t len;
} *files;
static u64 prng_state;

/*
 * What else the sanitizer would do per allocation takes most of the time; the input
 * that fails can be run again with all of it.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return
	"malloc_context_size=0:max_malloc_fill_size=0:allocator_release_to_os_interval_ms=-1";
}

void fuzz_failed(void)
{
	FILE *file = fopen(failed, "w");

	if (!file || fwrite(input, 1, input_len, file) != input_len || fclose(file))
		fprintf(stderr, "%s: %s\n", failed, strerror(errno));
	else
		fprintf(stderr, "the input is in %s\n", failed);
}

/* splitmix64 */
static u64 prng(void)
{
	u64 z = prng_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

/* From memory of an exact length, for the sanitizer. */
static void run(void)
{
	u8 *copy = malloc(input_len);

	if (!copy && input_len)
		abort();
	memcpy(copy, input, input_len);
	LLVMFuzzerTestOneInput(copy, input_len);
	free(copy);
}

static void read_file(struct file *to, const char *name)
{
	FILE *file = fopen(name, "r");

	if (!file) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(1);
	}
	to->len = fread(input, 1, sizeof(input) - GROWTH, file);
	fclose(file);
	to->bytes = malloc(to->len);
	if (!to->bytes && to->len)
		abort();
	memcpy(to->bytes, input, to->len);
}

static void take_file(const struct file *file)
{
	memcpy(input, file->bytes, file->len);
	input_len = file->len;
}

static void random_bytes(size_t from)
{
	for (size_t i = from; i < input_len; i++)
		input[i] = prng();
}

/* The file goes on in another way, and is changed in places. */
static void change_file(const struct file *file)
{
	take_file(file);
	input_len += prng() % 2 ? 0 : prng() % GROWTH;
	random_bytes(file->len);
	for (u64 changes = prng() % 8; changes && input_len; changes--)
		input[prng() % input_len] = prng();
}

int main(int argc, char **argv)
{
	unsigned long nr_files = argc - 4, runs = 0;
	u64 end;

	if (argc < 4)
		return 2;
	end = now() + 1000 * strtoull(argv[1], NULL, 0);
	prng_state = strtoull(argv[2], NULL, 0);
	failed = argv[3];
	__sanitizer_set_death_callback(fuzz_failed);

	printf("KTAP version 1\n1..1\n");
	fflush(stdout);
	files = calloc(nr_files + 1, sizeof(*files));
	if (!files)
		abort();
	for (unsigned long i = 0; i < nr_files; i++) {
		read_file(&files[i], argv[4 + i]);
		take_file(&files[i]);
		run();
	}
	for (; runs % 64 || now() < end; runs++) {
		if (nr_files && runs % 4) {
			change_file(&files[prng() % nr_files]);
		} else {
			input_len = prng() % LENGTH;
			random_bytes(0);
		}
		run();
	}
	printf("# %lu files, %lu random inputs, seed %s\n", nr_files, runs, argv[2]);
	printf("ok 1 fuzz_dc\n");
	return 0;
}
