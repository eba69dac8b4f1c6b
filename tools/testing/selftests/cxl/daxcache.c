// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a cache over shared or pooled memory does with DAX devices: it finds them by their
 * tags, maps them, keeps objects with checksums there, and lives on when one is taken away.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DAX_DEVICES	"/sys/bus/dax/devices"
#define OBJECT_SIZE	(64 * 1024)
#define STORES_MAX	8

static const char usage[] =
	"usage: daxcache TAG...\n"
	"\n"
	"Maps the DAX devices that have these tags, fills them with objects, says 'ready', and\n"
	"reads stdin: at each line 'check' it reads all objects and says 'TAG: N good' for each\n"
	"device, or 'TAG: lost' of one whose memory is gone, which it unmaps; at 'fill' it\n"
	"writes them again. At the end of stdin it exits with 0, with 1 if a checksum was wrong.\n";

/**
 * struct object - the beginning of an object
 * @key: its number in its store
 * @generation: how often it was written
 * @checksum: of all that follows
 * @data: the rest of it
 */
struct object {
	uint64_t key;
	uint64_t generation;
	uint64_t checksum;
	uint8_t data[OBJECT_SIZE - 3 * sizeof(uint64_t)];
};

/**
 * struct store - a DAX device
 * @tag: its tag
 * @objects: its memory; NULL: it is lost
 * @nr: objects that it has room for
 */
struct store {
	const char *tag;
	struct object *objects;
	size_t nr;
};

static struct store stores[STORES_MAX];
static int nr_stores;
static bool wrong;

/* Where a SIGBUS ends up while objects are touched */
static sigjmp_buf gone;

__attribute__((noreturn, format(printf, 1, 2)))
static void die(const char *format, ...)
{
	va_list args;

	fputs("daxcache: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

static void on_sigbus(int signal)
{
	siglongjmp(gone, signal);
}

static bool read_attribute(const char *device, const char *name, char *text, size_t room)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), DAX_DEVICES "/%s/%s", device, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(text, room, file))
		*text = '\0';
	text[strcspn(text, "\n")] = '\0';
	fclose(file);
	return true;
}

static bool find_device(const char *tag, char *name, size_t room)
{
	DIR *devices = opendir(DAX_DEVICES);
	struct dirent *entry;
	bool found = false;
	char uuid[64];

	while (!found && devices && (entry = readdir(devices))) {
		found = *entry->d_name != '.' &&
			read_attribute(entry->d_name, "uuid", uuid, sizeof(uuid)) &&
			!strcasecmp(uuid, tag);
		if (found)
			snprintf(name, room, "%s", entry->d_name);
	}
	if (devices)
		closedir(devices);
	return found;
}

static void open_store(struct store *store)
{
	char name[256], path[300], text[64];
	uint64_t size;
	int fd;

	if (!find_device(store->tag, name, sizeof(name)))
		die("%s: no DAX device has this tag", store->tag);
	if (!read_attribute(name, "size", text, sizeof(text)))
		die("%s: has no size", name);
	size = strtoull(text, NULL, 0);
	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	store->objects = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (store->objects == MAP_FAILED)
		die("%s: cannot map %llu bytes: %s", path, (unsigned long long)size,
		    strerror(errno));
	store->nr = size / OBJECT_SIZE;
	/* the mapping keeps the device */
	close(fd);
}

/* FNV-1a, over 64 bits at a time */
static uint64_t checksum(const struct object *object)
{
	uint64_t sum = 0xcbf29ce484222325ULL ^ object->key ^ object->generation << 32, word;

	for (size_t i = 0; i < sizeof(object->data); i += sizeof(word)) {
		memcpy(&word, object->data + i, sizeof(word));
		sum = (sum ^ word) * 0x100000001b3ULL;
	}
	return sum;
}

static void fill(struct store *store)
{
	for (size_t i = 0; i < store->nr; i++) {
		struct object *object = &store->objects[i];

		object->key = i;
		object->generation++;
		for (size_t j = 0; j < sizeof(object->data); j++)
			object->data[j] = i * 31 + j * 7 + object->generation;
		object->checksum = checksum(object);
	}
}

static void check(struct store *store)
{
	size_t good = 0;

	for (size_t i = 0; i < store->nr; i++)
		good += store->objects[i].key == i &&
			store->objects[i].checksum == checksum(&store->objects[i]);
	printf("%s: %zu good\n", store->tag, good);
	wrong |= good != store->nr;
}

/* Whether its memory was there all the time */
static bool use(struct store *store, void (*work)(struct store *store))
{
	if (!store->objects || sigsetjmp(gone, 1))
		return false;
	work(store);
	return true;
}

/* What is lost stays lost: its mapping goes, the others are used on. */
static void for_each(void (*work)(struct store *store))
{
	for (int i = 0; i < nr_stores; i++) {
		if (use(&stores[i], work))
			continue;
		printf("%s: lost\n", stores[i].tag);
		if (stores[i].objects)
			munmap(stores[i].objects, stores[i].nr * OBJECT_SIZE);
		stores[i].objects = NULL;
	}
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_sigbus };
	char line[64];

	if (argc < 2 || argc > 1 + STORES_MAX) {
		fputs(usage, stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGBUS, &action, NULL);
	for (nr_stores = 0; nr_stores < argc - 1; nr_stores++) {
		stores[nr_stores].tag = argv[1 + nr_stores];
		open_store(&stores[nr_stores]);
	}
	for_each(fill);
	puts("ready");
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "check\n"))
			for_each(check);
		else if (!strcmp(line, "fill\n"))
			for_each(fill);
		puts("done");
	}
	return wrong;
}
