// SPDX-License-Identifier: GPL-2.0-only
/* The FM adds capacity (5604h), by each selection policy: CXL 3.1 7.6.7.6.5 */
#include "dc_unit.h"

static void the_device_chooses_free_capacity(void **state)
{
	give(R({ 2, 2 }, { 6, 2 }, { 20, 2 }), 0);
	/* in one piece if there is one */
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, 6 * BLOCK, 1, NOTHING));
	assert_event(CXL_DC_EVENT_ADD, 8, 6, 1, false);
	assert_done(respond(NOTHING, 0));
	/* else in the largest ones: 490, 12, and 1 of 2 or 2 of 2 */
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, (REGION - 9) * BLOCK, 1, NOTHING));
	assert_event(CXL_DC_EVENT_ADD, 8, 12, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 22, REGION - 22, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 0, 1, 1, false);
	assert_done(respond(NOTHING, 0));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, (REGION - 7) * BLOCK, 1, NOTHING));
	assert_event(CXL_DC_EVENT_ADD, 8, 12, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 22, REGION - 22, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 0, 2, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 4, 1, 1, false);
	assert_no_more_events();
}

/* Many small gaps, which come first, do not get in the way of a large one. */
static void small_gaps_do_not_hide_a_large_one(void **state)
{
	dc_config.max_extents = 200;
	dc_restart();
	for (u32 i = 0; i < 100; i++) {
		assert_done(offer(R({ 2 * i + 1, 1 }), 0, false));
		assert_done(respond(R({ 2 * i + 1, 1 }), 0));
		forget_events();
	}
	/* 100 gaps of a block, and REGION - 200 blocks behind them */
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, 100 * BLOCK, 0, NOTHING));
	assert_pending(R({ 200, 100 }));
	forget_events();
	assert_done(respond(NOTHING, 0));
	for (u32 more = 1; more < 100; more += 49) {
		assert_done(fm_add(CXL_FM_SELECT_FREE, 0, (REGION - 200 + more) * BLOCK, 0,
				   NOTHING));
		assert_int_equal(dc.nr_extents, 101 + more);
		assert_event(CXL_DC_EVENT_ADD, 200, REGION - 200, 0, true);
		forget_events();
		assert_done(respond(NOTHING, 0));
	}
	/* as many as the limit leaves, and not one more */
	dc.max_extents = 150;
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_FREE, 0, (REGION - 200 + 50) * BLOCK, 0, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, (REGION - 200 + 49) * BLOCK, 0, NOTHING));
}

/* The fewest that there are: all gaps, of any size, by size. */
static u32 fewest(u64 len)
{
	const struct dc_extent *extent;
	u32 sizes[REGION] = {}, nr = 0, pos = 0;

	for_each_extent(extent, &dc) {
		sizes[nr++] = extent->start / BLOCK - pos;
		pos = (extent->start + extent->len) / BLOCK;
	}
	sizes[nr++] = REGION - pos;
	for (u32 pieces = 1; pieces <= nr; pieces++) {
		u32 best = 0;

		for (u32 i = 0; i < nr; i++)
			if (sizes[i] > sizes[best])
				best = i;
		if (sizes[best] >= len)
			return pieces;
		len -= sizes[best];
		sizes[best] = 0;
	}
	return U32_MAX;
}

static void free_capacity_comes_in_the_fewest_pieces(void **state)
{
	dc_config.max_extents = 60;
	dc_config.nr_regions = 1;
	dc_config.total_size = GIB;
	prng_seed(4);
	for (u32 step = 0; step < 300; step++) {
		u32 len = 1 + prng() % REGION, before, wanted;

		dc_restart();
		for (u32 i = 0; i < step % 40; i++)
			offer(R({ prng() % (REGION - 8), 1 + prng() % (i % 5 ? 3 : 60) }), 0,
			      false);
		forget_events();
		before = dc.nr_extents;
		/* the sink of the test has room for more than there are gaps */
		wanted = fewest(len);
		if (wanted > 60 - before) {
			assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
				       fm_add(CXL_FM_SELECT_FREE, 0, len * BLOCK, 0, NOTHING));
		} else {
			assert_done(fm_add(CXL_FM_SELECT_FREE, 0, len * BLOCK, 0, NOTHING));
			assert_int_equal(dc.nr_extents, before + wanted);
		}
	}
}

static void the_device_chooses_contiguous_capacity(void **state)
{
	give(R({ 2, 2 }, { 6, 2 }, { 20, 2 }), 0);
	assert_done(fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, 6 * BLOCK, 1, NOTHING));
	assert_pending(R({ 8, 6 }));
	assert_done(respond(NOTHING, 0));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, (REGION - 21) * BLOCK, 1, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, (REGION - 22) * BLOCK, 1, NOTHING));
	assert_pending(R({ 22, REGION - 22 }));
}

static void all_that_is_free_can_be_had(void **state)
{
	static const u32 taken[] = { 1, 3, 100, 511 };
	struct dc_extent *extent;
	u32 sum;

	for (int policy = 0; policy < 2; policy++) {
		for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
			dc_restart();
			/* the search begins anywhere */
			assert_done(fm_add(policy, 0, taken[i] * BLOCK, 0, NOTHING));
			assert_done(respond(NOTHING, 0));
			assert_done(fm_add(policy, 0, GIB, 0, NOTHING));
			sum = 0;
			for_each_extent(extent, &dc)
				sum += extent->len / BLOCK;
			assert_int_equal(sum, REGION);
			assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
				       fm_add(policy, 0, BLOCK, 0, NOTHING));
		}
	}
}

static void shared_capacity_is_numbered(void **state)
{
	give(R({ REGION + 1, 1 }, { REGION + 3, 1 }), 2);
	assert_refused(CXL_RC_INVALID_INPUT,
		       fm_add(CXL_FM_SELECT_FREE, 1, 3 * BLOCK, 0, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 1, (REGION - 2) * BLOCK, 1, NOTHING));
	assert_pending(R({ REGION + 4, REGION - 4 }, { REGION, 1 }, { REGION + 2, 1 }));
	for (u16 i = 0; i < 3; i++)
		assert_int_equal(le16_to_cpu(dc_events[i].data.extent.shared_seq), i);
}

static void a_length_that_does_not_fit_is_refused(void **state)
{
	static const u64 odd[] = { 0, 1, 64, MIB, BLOCK - 1, BLOCK + 64, ~0ULL };
	static const u64 large[] = {
		GIB + BLOCK, 2 * GIB, 1ULL << 62, 1ULL << 63, ~0ULL - BLOCK + 1,
	};

	for (u8 policy = 0; policy < 2; policy++) {
		for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
			assert_refused(CXL_RC_INVALID_INPUT,
				       fm_add(policy, 0, odd[i], 0, NOTHING));
		for (size_t i = 0; i < ARRAY_SIZE(large); i++)
			assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
				       fm_add(policy, 0, large[i], 0, NOTHING));
		for (unsigned int region = 2; region < 256; region++)
			assert_refused(CXL_RC_INVALID_INPUT,
				       fm_add(policy, region, BLOCK, 0, NOTHING));
	}
}

static void a_fragmented_region_is_used_up_to_the_limit(void **state)
{
	dc_config.max_extents = 6;
	dc_restart();
	give(R({ 1, 1 }, { 3, 1 }, { 5, 1 }), 0);
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_FREE, 0, GIB - 3 * BLOCK, 0, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, GIB - 4 * BLOCK, 0, NOTHING));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, BLOCK, 0, NOTHING));
}

static void the_fm_names_the_extents(void **state)
{
	assert_done(fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 3, R({ 7, 1 }, { 3, 2 })));
	assert_pending(R({ 7, 1 }, { 3, 2 }));
	/* the fields of other policies do not matter */
	assert_done(fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 77, 1, 1, R({ REGION, 1 })));
	assert_event(CXL_DC_EVENT_ADD, 7, 1, 3, true);
	assert_event(CXL_DC_EVENT_ADD, 3, 2, 3, false);
	assert_event(CXL_DC_EVENT_ADD, REGION, 1, 1, false);
	assert_refused(CXL_RC_INVALID_EXTENT_LIST,
		       fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 3, NOTHING));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST,
		       fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 3, R({ 20, 1 }, { 7, 1 })));
	assert_refused(CXL_RC_INVALID_PA,
		       fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 3, R({ 2 * REGION, 1 })));
}

static void put_listed(u8 *in, unsigned int i, u64 block, unsigned int tag, u16 seq)
{
	in += 32 + 40 * i;
	put_le(in, 8, block * BLOCK);
	put_le(in + 8, 8, BLOCK);
	memcpy(in + 16, tag_id(tag), CXL_DC_TAG_LEN);
	put_le(in + 32, 2, seq);
}

/* One offer of several groups; the tag of the request does not matter. */
static void a_list_may_have_several_tags_and_regions(void **state)
{
	u8 in[32 + 4 * 40] = { 0, 0, 0xf0 | CXL_FM_SELECT_PRESCRIPTIVE };

	memcpy(in + 12, tag_id(5), CXL_DC_TAG_LEN);
	put_le(in + 28, 4, 4);
	put_listed(in, 0, 4, 1, 0);
	put_listed(in, 1, REGION, 2, 1);
	put_listed(in, 2, 0, 0, 0);
	put_listed(in, 3, REGION + 8, 2, 0);
	assert_done_with_memory_only(fm(0x5604, in, sizeof(in), 256));
	assert_event(CXL_DC_EVENT_ADD, 4, 1, 1, true);
	assert_event(CXL_DC_EVENT_ADD, REGION, 1, 2, true);
	assert_event(CXL_DC_EVENT_ADD, 0, 1, 0, true);
	assert_event(CXL_DC_EVENT_ADD, REGION + 8, 1, 2, false);
	assert_no_more_events();
	assert_int_equal(dc.nr_tags, 2);
	assert_done(respond(R({ 4, 1 }, { REGION, 1 }, { REGION + 8, 1 }), 0));
	assert_host_has(R({ 4, 1 }, { REGION, 1 }, { REGION + 8, 1 }));

	/* all of them or none: the last one overlaps */
	put_listed(in, 0, 20, 3, 0);
	put_listed(in, 1, 21, 4, 0);
	put_listed(in, 2, 22, 3, 0);
	put_listed(in, 3, 4, 1, 0);
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, fm(0x5604, in, sizeof(in), 256));
	dc.max_tags = 3;
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, fm(0x5604, in, sizeof(in), 256));
}

/* Over all of a tag they are 0 to n-1, each once. */
static void sequence_numbers_have_no_gap_and_no_repeat(void **state)
{
	u8 in[32 + 2 * 40] = { 0, 0, CXL_FM_SELECT_PRESCRIPTIVE };

	put_le(in + 28, 4, 2);
	for (u16 first = 0; first < 3; first++)
		for (u16 second = 0; second < 3; second++) {
			if (first + second == 1)
				continue;
			put_listed(in, 0, REGION, 1, first);
			put_listed(in, 1, REGION + 2, 1, second);
			assert_refused(CXL_RC_INVALID_INPUT, fm(0x5604, in, sizeof(in), 256));
			assert_non_null(strstr(dc.reason, first == second ?
					       ", as has another of its tag" : " is missing"));
		}
	put_listed(in, 0, REGION, 1, 1);
	put_listed(in, 1, REGION + 2, 1, 0);
	assert_done_with_memory_only(fm(0x5604, in, sizeof(in), 256));
	/* those that the tag has count */
	put_listed(in, 0, REGION + 4, 1, 0);
	put_listed(in, 1, REGION + 6, 1, 1);
	assert_refused(CXL_RC_INVALID_INPUT, fm(0x5604, in, sizeof(in), 256));
	put_listed(in, 0, REGION + 4, 1, 3);
	put_listed(in, 1, REGION + 6, 2, 0);
	assert_refused(CXL_RC_INVALID_INPUT, fm(0x5604, in, sizeof(in), 256));
	put_listed(in, 0, REGION + 4, 1, 2);
	assert_done(fm(0x5604, in, sizeof(in), 256));
	/* also if the tag comes first where nothing is shared */
	put_listed(in, 0, 0, 3, 0);
	put_listed(in, 1, REGION + 8, 3, 1);
	assert_refused(CXL_RC_INVALID_INPUT, fm(0x5604, in, sizeof(in), 256));
}

static void the_device_goes_on_with_the_sequence_of_a_tag(void **state)
{
	assert_done_with_memory_only(fm_add(CXL_FM_SELECT_FREE, 1, 2 * BLOCK, 1, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_CONTIGUOUS, 1, BLOCK, 1, NOTHING));
	assert_int_equal(le16_to_cpu(dc_events[0].data.extent.shared_seq), 0);
	assert_int_equal(le16_to_cpu(dc_events[1].data.extent.shared_seq), 1);
	/* what the tag has besides has no place in the sequence */
	assert_done(offer(R({ 0, 1 }), 1, false));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 1, BLOCK, 1, NOTHING));
	assert_int_equal(le16_to_cpu(dc_events[3].data.extent.shared_seq), 2);
	assert_done(fm_add(CXL_FM_SELECT_FREE, 1, BLOCK, 2, NOTHING));
	assert_int_equal(le16_to_cpu(dc_events[4].data.extent.shared_seq), 0);
}

static void an_open_chain_makes_the_fm_wait(void **state)
{
	assert_done(offer(R({ 0, 1 }), 1, true));
	for (u8 policy = 0; policy < 3; policy++)
		assert_refused(CXL_RC_RETRY_REQUIRED, fm_add(policy, 0, BLOCK, 2, R({ 9, 1 })));
	assert_done(offer(R({ 1, 1 }), 1, false));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, BLOCK, 2, NOTHING));
}

static void an_addition_of_the_fm_waits_for_no_other_record(void **state)
{
	fill_the_queue();
	assert_refused(CXL_RC_RETRY_REQUIRED,
		       fm_add(CXL_FM_SELECT_FREE, 0, 3 * BLOCK, 1, NOTHING));
	assert_refused(CXL_RC_RETRY_REQUIRED,
		       fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, BLOCK, 1, NOTHING));
	assert_refused(CXL_RC_RETRY_REQUIRED,
		       fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 1, R({ 0, 1 }, { 2, 1 })));
	/* how much is free does not depend on what the host has read */
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_FREE, 0, GIB + BLOCK, 1, NOTHING));
	host_clears(1);
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, 3 * BLOCK, 1, NOTHING));
}

/* What would take more records than the log has is not free in so few extents. */
static void the_device_chooses_no_more_extents_than_the_event_log_holds(void **state)
{
	give(R({ 1, 1 }, { 3, 1 }), 0);
	dc_sink.size = 2;
	dc_room = 2;
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_FREE, 0, GIB - 2 * BLOCK, 1, NOTHING));
	assert_non_null(strstr(dc.reason, "in 2 extents or fewer"));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, GIB - 3 * BLOCK, 1, NOTHING));
	assert_pending(R({ 4, REGION - 4 }, { 0, 1 }));
}

static struct CMUnitTest tests[] = {
	TEST(the_device_chooses_free_capacity),
	TEST(small_gaps_do_not_hide_a_large_one),
	TEST(free_capacity_comes_in_the_fewest_pieces),
	TEST(the_device_chooses_contiguous_capacity),
	TEST(all_that_is_free_can_be_had),
	TEST(shared_capacity_is_numbered),
	TEST(a_length_that_does_not_fit_is_refused),
	TEST(a_fragmented_region_is_used_up_to_the_limit),
	TEST(the_fm_names_the_extents),
	TEST(a_list_may_have_several_tags_and_regions),
	TEST(sequence_numbers_have_no_gap_and_no_repeat),
	TEST(the_device_goes_on_with_the_sequence_of_a_tag),
	TEST(an_open_chain_makes_the_fm_wait),
	TEST(an_addition_of_the_fm_waits_for_no_other_record),
	TEST(the_device_chooses_no_more_extents_than_the_event_log_holds),
	{}
};

unit_suite(tests);
