// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an extent costs by how many live already: the time to offer, accept and
 * release one, and the memory of each. Times are those of this machine; the
 * ratios are what counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "dc/dc.h"

#define BLOCK		(2 * 1024 * 1024ULL)
#define EXTENTS_MAX	65536ULL
#define ROUNDS		15
#define CYCLES		20000
/* the most that an extent may take */
#define BYTES_MAX	256

static const u32 counts[] = { 64, 4096, EXTENTS_MAX };

#define SIZES		ARRAY_SIZE(counts)

/* One engine per size, so that their rounds alternate. */
static struct {
	struct cxl_dc dc;
	double ns;
	double bytes;
} engines[SIZES];

static u64 prng_state;

#define LOG_SIZE	1000

static unsigned int sink_room(struct cxl_dc *dc)
{
	return LOG_SIZE;
}

static void sink_emit(struct cxl_dc *dc, bool to_fm, const struct cxl_dc_event_data *event)
{
}

static const struct cxl_dc_sink sink = {
	.size = LOG_SIZE,
	.room = sink_room,
	.emit = sink_emit,
};

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
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void must(enum cxl_mbox_rc rc, const struct cxl_dc *dc)
{
	if (rc == CXL_RC_SUCCESS)
		return;
	fprintf(stderr, "engine: %#x: %s\n", rc, dc->reason);
	exit(1);
}

static void add(struct cxl_dc *dc, u64 block, u32 tag)
{
	u8 in[32] = { 1 };
	u8 id[CXL_DC_TAG_LEN] = {};
	struct cxl_mbox_io io = { .in = in, .in_len = sizeof(in) };
	struct cxl_dc_range range = { .start = block * BLOCK, .len = BLOCK };

	memcpy(id, &tag, sizeof(tag));
	must(cxl_dc_offer(dc, &range, 1, id, false), dc);
	memcpy(in + 8, &range.start, 8);
	memcpy(in + 16, &range.len, 8);
	must(cxl_dc_add_response(dc, &io), dc);
}

static void release(struct cxl_dc *dc, u64 block)
{
	u8 in[32] = { 1 };
	u64 start = block * BLOCK, len = BLOCK;
	struct cxl_mbox_io io = { .in = in, .in_len = sizeof(in) };

	memcpy(in + 8, &start, 8);
	memcpy(in + 16, &len, 8);
	must(cxl_dc_release(dc, &io), dc);
}

/* Every other block has an extent, and if @tags each has a tag of its own. */
static void fill(unsigned int size, bool tags)
{
	const struct cxl_dc_config config = {
		.total_size = 2 * EXTENTS_MAX * BLOCK,
		.nr_regions = 1,
		.block_size = BLOCK,
		.backing = CXL_DC_BACKING_PHANTOM,
		.max_extents = EXTENTS_MAX + 1,
		.max_tags = EXTENTS_MAX + 1,
	};
	struct cxl_dc *dc = &engines[size].dc;
	size_t before = shim_slab.bytes;

	cxl_dc_init(dc, &config, &sink);
	for (u32 i = 0; i < counts[size]; i++)
		add(dc, 2 * i, tags ? 1 + prng() % 0xffffffff : 0);
	engines[size].bytes = (double)(shim_slab.bytes - before) / counts[size];
	engines[size].ns = 0;
}

/* Free blocks one after the other, or anywhere. */
static void measure(unsigned int size, bool tags, bool anywhere)
{
	struct cxl_dc *dc = &engines[size].dc;
	double ns;
	u64 start = now();

	for (unsigned int i = 0; i < CYCLES; i++) {
		u64 block = 2 * ((anywhere ? prng() : i) % counts[size]) + 1;

		add(dc, block, tags ? 1 + prng() % 0xffffffff : 0);
		release(dc, block);
	}
	ns = (double)(now() - start) / CYCLES;
	/* what the machine does besides only ever adds */
	if (!engines[size].ns || ns < engines[size].ns)
		engines[size].ns = ns;
}

static void bench(const char *name, bool tags, bool anywhere)
{
	for (unsigned int size = 0; size < SIZES; size++)
		fill(size, tags);
	for (unsigned int round = 0; round < ROUNDS; round++)
		for (unsigned int size = 0; size < SIZES; size++)
			measure(size, tags, anywhere);
	for (unsigned int size = 0; size < SIZES; size++) {
		printf("%-20s %8u %10.0f %8.2f %10.0f %8.2f\n", name, counts[size],
		       engines[size].ns, engines[size].ns / engines[0].ns,
		       engines[size].bytes, engines[size].bytes / engines[0].bytes);
		/* for the table of make bench */
		printf("figure\textent in the engine, %s, of %u\t%.0f\tns\t%.0f\t\n", name,
		       counts[size], engines[size].ns, engines[0].ns);
		if (!anywhere)
			printf("figure\tmemory of an extent, %s, of %u\t%.0f\tB\t%.0f\t\n",
			       tags ? "tagged" : "untagged", counts[size],
			       engines[size].bytes, engines[0].bytes);
		cxl_dc_destroy(&engines[size].dc);
	}
}

/*
 * What no way to find an extent can do without: a load from memory that nobody
 * has looked at for a while, in as much of it as the extents may take.
 */
static void bench_load(void)
{
	for (unsigned int size = 0; size < SIZES; size++) {
		size_t nr = counts[size];
		void **memory = calloc(nr, BYTES_MAX), **at = memory;
		size_t step = BYTES_MAX / sizeof(*memory);
		size_t *order = malloc(nr * sizeof(*order));
		double least = 0;

		if (!memory || !order)
			exit(1);
		for (size_t i = 0; i < nr; i++) {
			size_t k = prng() % (i + 1);

			order[i] = order[k];
			order[k] = i;
		}
		/* each place says where the next one is */
		for (size_t i = 0; i < nr; i++)
			memory[order[i] * step] = &memory[order[(i + 1) % nr] * step];
		for (unsigned int round = 0; round < ROUNDS; round++) {
			u64 start = now();
			double ns;

			for (unsigned int i = 0; i < CYCLES; i++)
				at = *at;
			ns = (double)(now() - start) / CYCLES;
			/* never so; without a use of it nothing would be loaded */
			if (!at)
				exit(1);
			if (!least || ns < least)
				least = ns;
		}
		printf("%-20s %8u %10.0f\n", "one load, anywhere", counts[size], least);
		free(order);
		free(memory);
	}
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%-20s %8s %10s %8s %10s %8s\n", "extents", "live", "ns/cycle", "ratio",
	       "bytes each", "ratio");
	bench("untagged, in order", false, false);
	bench("untagged, anywhere", false, true);
	bench("tagged, in order", true, false);
	bench("tagged, anywhere", true, true);
	bench_load();
	return 0;
}
