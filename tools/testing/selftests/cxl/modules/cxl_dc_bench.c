// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the engine's operations cost by how many extents there are. The module has
 * engines of its own, without a device and a host around them, and measures while it
 * loads. Each line in the log is one measurement: what, how many extents there are,
 * the value and its unit. Engines of all sizes take turns, and the least of several
 * rounds counts, of a list that of each page, since whatever else the machine does only
 * adds to it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dc/dc.h"

#define BLOCK		(2 * 1024 * 1024ULL)
#define LIVE_MAX	65536U
/* that of the device: what Free allocates depends on it */
#define LOG_SIZE	64
#define ROUNDS		9
#define CYCLES		300
#define PAGE_MAX	4096
/* the fewest entries that a page of a list has, but the last */
#define ENTRIES_MIN	32

/* What the extents of an engine are like. */
enum kind {
	UNTAGGED,
	TAGGED,		/* each has a tag of its own */
	ONE_TAG,	/* all have the same */
	BACKED,		/* each has a backend, and nothing else is behind them */
	SHARABLE,	/* each has a tag of its own, and can be shared */
	SHARED,		/* all have the same, and can be shared */
};

/**
 * struct engine - an engine with some number of extents
 * @dc: the engine
 * @live: how many extents it has
 * @backends: one for each of them, and one more
 * @least: the least time so far: of a round, or of each page of a list, ns
 */
struct engine {
	struct cxl_dc dc;
	u32 live;
	struct cxl_dc_backend *backends;
	u64 least[LIVE_MAX / ENTRIES_MIN];
};

/**
 * struct bench - an operation that is measured
 * @name: what the log calls it
 * @kind: what the extents are like
 * @run: a round of it, CYCLES times, the first of which has a number; returns 0 or -EIO
 * @list: instead of that, reads a page of a list and sets @start to the next one's
 */
struct bench {
	const char *name;
	enum kind kind;
	int (*run)(struct engine *engine, enum kind kind, u32 first);
	int (*list)(struct engine *engine, u32 *start);
};

static struct engine engines[] = { { .live = 64 }, { .live = 4096 }, { .live = LIVE_MAX } };
static struct rnd_state rnd;
static u64 offered_at;
static u8 *out;

static unsigned int sink_room(struct cxl_dc *dc)
{
	return LOG_SIZE;
}

static void sink_emit(struct cxl_dc *dc, bool to_fm, const struct cxl_dc_event_data *event)
{
	if (event->type == CXL_DC_EVENT_ADD)
		offered_at = le64_to_cpu(event->extent.start_dpa);
}

static const struct cxl_dc_sink sink = {
	.size = LOG_SIZE,
	.room = sink_room,
	.emit = sink_emit,
};

static int done(const struct cxl_dc *dc, enum cxl_mbox_rc rc)
{
	if (rc == CXL_RC_SUCCESS)
		return 0;
	pr_err("the engine refuses with %#x: %s\n", rc, dc->reason);
	return -EIO;
}

static int exec(struct cxl_dc *dc,
		enum cxl_mbox_rc (*command)(struct cxl_dc *dc, struct cxl_mbox_io *io),
		const void *in, size_t in_len)
{
	struct cxl_mbox_io io = {
		.in = in, .in_len = in_len, .out = out, .out_max = PAGE_MAX,
	};

	return done(dc, command(dc, &io));
}

/* UUIDs are spread as these are; 0 is no tag. */
static const u8 *tag_id(u32 tag)
{
	static u8 id[CXL_DC_TAG_LEN];
	u64 word = tag * 0x9e3779b97f4a7c15ULL;

	memcpy(id, &word, sizeof(word));
	return id;
}

static u32 tag_of(enum kind kind, u32 i)
{
	if (kind == UNTAGGED)
		return 0;
	return kind == ONE_TAG || kind == SHARED ? 1 : i + 1;
}

/* 4802h or 4803h of one extent. */
static int answer(struct cxl_dc *dc,
		  enum cxl_mbox_rc (*command)(struct cxl_dc *dc, struct cxl_mbox_io *io),
		  u64 start, u64 len)
{
	u8 in[sizeof(struct cxl_dc_extents_in) + sizeof(struct cxl_dc_updated_extent)] = {};
	struct cxl_dc_extents_in *list = (void *)in;

	list->count = cpu_to_le32(1);
	list->extents[0].start_dpa = cpu_to_le64(start);
	list->extents[0].length = cpu_to_le64(len);
	return exec(dc, command, in, sizeof(in));
}

static int add(struct cxl_dc *dc, u64 block, u32 tag, u16 seq)
{
	struct cxl_dc_range range = { .start = block * BLOCK, .len = BLOCK, .seq = seq };

	memcpy(range.tag, tag_id(tag), CXL_DC_TAG_LEN);
	return done(dc, cxl_dc_offer(dc, &range, 1, false)) ?:
	       answer(dc, cxl_dc_add_response, range.start, range.len);
}

/* Every other block has an extent. */
static u64 free_block(u32 i)
{
	return 2 * (u64)i + 1;
}

static int cycle(struct engine *engine, enum kind kind, u32 i)
{
	return add(&engine->dc, free_block(i), tag_of(kind, engine->live), 0) ?:
	       answer(&engine->dc, cxl_dc_release, free_block(i) * BLOCK, BLOCK);
}

static int in_order(struct engine *engine, enum kind kind, u32 first)
{
	int rc = 0;

	for (u32 i = 0; !rc && i < CYCLES; i++)
		rc = cycle(engine, kind, (first + i) % engine->live);
	return rc;
}

static int anywhere(struct engine *engine, enum kind kind, u32 first)
{
	int rc = 0;

	for (u32 i = 0; !rc && i < CYCLES; i++)
		rc = cycle(engine, kind, prandom_u32_state(&rnd) % engine->live);
	return rc;
}

/* The host is asked for an extent before it releases it. */
static int asked_for(struct engine *engine, enum kind kind, u32 first)
{
	struct cxl_dc *dc = &engine->dc;
	int rc = 0;

	for (u32 i = 0; !rc && i < CYCLES; i++) {
		u64 block = free_block(prandom_u32_state(&rnd) % engine->live);

		rc = add(dc, block, 0, 0) ?:
		     done(dc, cxl_dc_request_release(dc, block * BLOCK, BLOCK, tag_id(0),
						     false)) ?:
		     answer(dc, cxl_dc_release, block * BLOCK, BLOCK);
	}
	return rc;
}

static int forced(struct engine *engine, enum kind kind, u32 first)
{
	struct cxl_dc *dc = &engine->dc;
	int rc = 0;

	for (u32 i = 0; !rc && i < CYCLES; i++) {
		u64 block = free_block(prandom_u32_state(&rnd) % engine->live);

		rc = add(dc, block, 0, 0) ?:
		     done(dc, cxl_dc_request_release(dc, block * BLOCK, BLOCK, tag_id(0), true));
	}
	return rc;
}

/* 5604h: no gap between two extents is large enough. */
static int selected(struct cxl_dc *dc, u8 policy)
{
	struct cxl_fm_initiate_in in = {
		.flags = policy,
		.length = cpu_to_le64(2 * BLOCK),
	};
	int rc = 0;

	for (u32 i = 0; !rc && i < CYCLES; i++)
		rc = exec(dc, cxl_dc_fm_initiate_add, &in, sizeof(in)) ?:
		     answer(dc, cxl_dc_add_response, offered_at, 2 * BLOCK) ?:
		     answer(dc, cxl_dc_release, offered_at, 2 * BLOCK);
	return rc;
}

static int selected_free(struct engine *engine, enum kind kind, u32 first)
{
	return selected(&engine->dc, CXL_FM_SELECT_FREE);
}

static int selected_contiguous(struct engine *engine, enum kind kind, u32 first)
{
	return selected(&engine->dc, CXL_FM_SELECT_CONTIGUOUS);
}

/* 5605h of one block, by the tag that all extents have: that of its last extent. */
static int by_tag(struct engine *engine, enum kind kind, u32 first)
{
	struct cxl_fm_initiate_in in = {
		.flags = CXL_FM_REMOVE_TAG | CXL_FM_RELEASE_FORCED,
		.length = cpu_to_le64(BLOCK),
	};
	struct cxl_dc *dc = &engine->dc;
	int rc = 0;

	memcpy(in.tag, tag_id(1), CXL_DC_TAG_LEN);
	for (u32 i = 0; !rc && i < CYCLES; i++)
		rc = add(dc, free_block(prandom_u32_state(&rnd) % engine->live), 1, 0) ?:
		     exec(dc, cxl_dc_fm_initiate_release, &in, sizeof(in));
	return rc;
}

/* 5606h and 5607h */
static int reference(struct engine *engine, enum kind kind, u32 first)
{
	struct cxl_dc *dc = &engine->dc;
	int rc = 0;

	for (u32 i = 0; !rc && i < CYCLES; i++) {
		const u8 *id = tag_id(1 + prandom_u32_state(&rnd) % engine->live);

		rc = exec(dc, cxl_dc_fm_add_reference, id, CXL_DC_TAG_LEN) ?:
		     exec(dc, cxl_dc_fm_remove_reference, id, CXL_DC_TAG_LEN);
	}
	return rc;
}

/* One of what is shared goes, all but the FM's reference to it, and comes again. */
static int shared_again(struct engine *engine, enum kind kind, u32 first)
{
	u8 in[sizeof(struct cxl_fm_initiate_in) + sizeof(struct cxl_dc_extent)] = {};
	struct cxl_fm_initiate_in *again = (void *)in;
	struct cxl_dc *dc = &engine->dc;
	const u8 *id = tag_id(1);
	int rc = 0;

	again->flags = CXL_FM_SELECT_PRESCRIPTIVE;
	again->count = cpu_to_le32(1);
	again->extents[0].length = cpu_to_le64(BLOCK);
	memcpy(again->extents[0].tag, id, CXL_DC_TAG_LEN);
	for (u32 i = 0; !rc && i < CYCLES; i++) {
		u32 which = prandom_u32_state(&rnd) % engine->live;
		u64 start = 2 * (u64)which * BLOCK;

		again->extents[0].start_dpa = cpu_to_le64(start);
		again->extents[0].shared_seq = cpu_to_le16(which);
		rc = exec(dc, cxl_dc_fm_add_reference, id, CXL_DC_TAG_LEN) ?:
		     answer(dc, cxl_dc_release, start, BLOCK) ?:
		     exec(dc, cxl_dc_fm_remove_reference, id, CXL_DC_TAG_LEN) ?:
		     exec(dc, cxl_dc_fm_initiate_add, in, sizeof(in)) ?:
		     answer(dc, cxl_dc_add_response, start, BLOCK);
	}
	return rc;
}

/* No page is empty before the end. */
static int page_done(u32 *start, u32 returned)
{
	*start += returned;
	return returned ? 0 : -EIO;
}

static int extent_list(struct engine *engine, u32 *start)
{
	const struct cxl_dc_get_extent_list_out *page = (void *)out;
	const struct cxl_dc_get_extent_list_in in = {
		.count = cpu_to_le32(U32_MAX),
		.start = cpu_to_le32(*start),
	};

	return exec(&engine->dc, cxl_dc_get_extent_list, &in, sizeof(in)) ?:
	       page_done(start, le32_to_cpu(page->returned));
}

static int fm_extent_lists(struct engine *engine, u32 *start)
{
	const struct cxl_fm_get_extent_lists_out *page = (void *)out;
	const struct cxl_fm_get_extent_lists_in in = {
		.count = cpu_to_le32(U32_MAX),
		.start = cpu_to_le32(*start),
	};

	return exec(&engine->dc, cxl_dc_fm_get_extent_lists, &in, sizeof(in)) ?:
	       page_done(start, le32_to_cpu(page->returned));
}

static int tag_list(struct engine *engine, u32 *start)
{
	const struct cxl_fm_list_tags_out *page = (void *)out;
	const struct cxl_fm_list_tags_in in = {
		.count = cpu_to_le32(U32_MAX),
		.start = cpu_to_le32(*start),
	};

	return exec(&engine->dc, cxl_dc_fm_list_tags, &in, sizeof(in)) ?:
	       page_done(start, le32_to_cpu(page->returned));
}

/* Those of a kind follow each other: they are measured with the same extents. */
static const struct bench benches[] = {
	{ "extent, untagged, in order", UNTAGGED, in_order },
	{ "extent, untagged, anywhere", UNTAGGED, anywhere },
	{ "extent, asked for, anywhere", UNTAGGED, asked_for },
	{ "extent, forced, anywhere", UNTAGGED, forced },
	{ "extent, by Free", UNTAGGED, selected_free },
	{ "extent, by Contiguous", UNTAGGED, selected_contiguous },
	{ "extent in all of 4801h", UNTAGGED, .list = extent_list },
	{ "extent in all of 5603h", UNTAGGED, .list = fm_extent_lists },
	{ "extent, tagged, in order", TAGGED, in_order },
	{ "extent, tagged, anywhere", TAGGED, anywhere },
	{ "tag in all of 5608h", TAGGED, .list = tag_list },
	{ "extent of one tag, by tag", ONE_TAG, by_tag },
	{ "extent of a backend, anywhere", BACKED, anywhere },
	{ "reference to a tag, anywhere", SHARABLE, reference },
	{ "extent of a shared tag, anywhere", SHARED, shared_again },
};

static int attach_all(struct engine *engine)
{
	for (u32 i = 0; i <= engine->live; i++)
		if (cxl_dc_backend_attach(&engine->dc, &engine->backends[i], tag_id(i + 1), BLOCK,
					  CXL_DC_BACKING_PHANTOM))
			return done(&engine->dc, CXL_RC_INTERNAL);
	return 0;
}

static int fill(struct engine *engine, enum kind kind)
{
	const struct cxl_dc_config config = {
		.total_size = 4 * LIVE_MAX * BLOCK,
		.nr_regions = 1,
		.block_size = BLOCK,
		.sharable = kind == SHARABLE || kind == SHARED,
		.backing = kind == BACKED ? CXL_DC_BACKING_NONE : CXL_DC_BACKING_PHANTOM,
		.max_extents = LIVE_MAX + LOG_SIZE,
		.max_tags = LIVE_MAX + 1,
	};
	int rc = 0;

	cxl_dc_init(&engine->dc, &config, &sink);
	if (kind == BACKED)
		rc = attach_all(engine);
	for (u32 i = 0; !rc && i < engine->live; i++) {
		rc = add(&engine->dc, 2 * (u64)i, tag_of(kind, i), kind == SHARED ? i : 0);
		cond_resched();
	}
	return rc;
}

static unsigned long free_bytes(void)
{
	struct sysinfo info;

	si_meminfo(&info);
	return info.freeram << PAGE_SHIFT;
}

static int fill_all(enum kind kind)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < ARRAY_SIZE(engines); i++) {
		unsigned long before = free_bytes();

		rc = fill(&engines[i], kind);
		/* of fewer, what else comes and goes hides it */
		if (!rc && engines[i].live == LIVE_MAX && kind <= TAGGED)
			pr_info("memory of an extent, %s\t%u\t%lu\tB\n",
				kind == TAGGED ? "tagged" : "untagged", LIVE_MAX,
				(before - min(before, free_bytes())) / LIVE_MAX);
	}
	return rc;
}

static void destroy_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		/* one that was set up */
		if (engines[i].dc.sink)
			cxl_dc_destroy(&engines[i].dc);
		engines[i].dc.sink = NULL;
	}
}

static void note(u64 *least, u64 begun)
{
	*least = min(*least, ktime_get_ns() - begun);
}

static int run_round(const struct bench *bench, struct engine *engine, unsigned int round)
{
	u64 *least = engine->least, begun = ktime_get_ns();
	int rc = 0;

	if (!bench->list) {
		rc = bench->run(engine, bench->kind, round * CYCLES);
		note(least, begun);
		return rc;
	}
	for (u32 start = 0; !rc && start < engine->live;) {
		begun = ktime_get_ns();
		rc = bench->list(engine, &start);
		note(least++, begun);
		/* each has ENTRIES_MIN at least */
		if (least == engine->least + ARRAY_SIZE(engine->least))
			break;
	}
	return rc;
}

static void report(const struct bench *bench, const struct engine *engine)
{
	u64 sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(engine->least) && engine->least[i] != U64_MAX; i++)
		sum += engine->least[i];
	pr_info("%s\t%u\t%llu\tns\n", bench->name, engine->live,
		div_u64(sum, bench->list ? engine->live : CYCLES));
}

static int measure(const struct bench *bench)
{
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++)
		memset(engines[i].least, 0xff, sizeof(engines[i].least));
	for (unsigned int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
			int rc = run_round(bench, &engines[i], round);

			if (rc)
				return rc;
			cond_resched();
		}
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++)
		report(bench, &engines[i]);
	return 0;
}

static int run_all(void)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < ARRAY_SIZE(benches); i++) {
		if (!i || benches[i].kind != benches[i - 1].kind) {
			destroy_all();
			rc = fill_all(benches[i].kind);
		}
		if (!rc)
			rc = measure(&benches[i]);
	}
	destroy_all();
	return rc;
}

static int __init cxl_dc_bench_init(void)
{
	int rc = 0;

	prandom_seed_state(&rnd, 1);
	out = kzalloc(PAGE_MAX, GFP_KERNEL);
	if (!out)
		rc = -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		engines[i].backends = kvcalloc(engines[i].live + 1,
					       sizeof(*engines[i].backends), GFP_KERNEL);
		if (!engines[i].backends)
			rc = -ENOMEM;
	}
	if (!rc)
		rc = run_all();
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++)
		kvfree(engines[i].backends);
	kfree(out);
	return rc;
}

static void __exit cxl_dc_bench_exit(void)
{
}

module_init(cxl_dc_bench_init);
module_exit(cxl_dc_bench_exit);

MODULE_DESCRIPTION("Measures the engine of cxl_mock_dcd");
MODULE_LICENSE("GPL");
