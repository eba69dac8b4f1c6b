// SPDX-License-Identifier: GPL-2.0-only
/* Offering capacity: what is refused, where it goes, what the host is told. */
#include "dc_unit.h"

static void an_offer_is_pending_and_not_in_the_hosts_list(void **state)
{
	assert_done(offer(R({ 4, 2 }), 0, false));
	assert_pending(R({ 4, 2 }));
	assert_host_has(NOTHING);
	assert_event(CXL_DC_EVENT_ADD, 4, 2, 0, false);
	assert_no_more_events();
	assert_int_equal(dc.stats.offered, 1);
	assert_int_equal(dc.generation, 0);
}

static void extents_of_one_offer_are_a_chain_by_more(void **state)
{
	assert_done(offer(R({ 9, 1 }, { 2, 3 }, { 5, 1 }), 3, false));
	assert_pending(R({ 9, 1 }, { 2, 3 }, { 5, 1 }));
	assert_event(CXL_DC_EVENT_ADD, 9, 1, 3, true);
	assert_event(CXL_DC_EVENT_ADD, 2, 3, 3, true);
	assert_event(CXL_DC_EVENT_ADD, 5, 1, 3, false);
	assert_no_more_events();
}

static void more_leaves_the_chain_open_for_the_next_offer(void **state)
{
	assert_done(offer(R({ 0, 1 }), 1, true));
	assert_non_null(dc.open);
	assert_done(offer(R({ 1, 1 }), 2, true));
	assert_done(offer(R({ 2, 1 }), 0, false));
	assert_null(dc.open);
	assert_true(list_is_singular(&dc.chains));
	assert_event(CXL_DC_EVENT_ADD, 0, 1, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 1, 1, 2, true);
	assert_event(CXL_DC_EVENT_ADD, 2, 1, 0, false);
	assert_no_more_events();

	assert_done(offer(R({ 3, 1 }), 0, false));
	assert_false(list_is_singular(&dc.chains));
}

static void an_event_counts_what_is_left(void **state)
{
	assert_done(offer(R({ 0, 1 }), 1, false));
	assert_done(offer(R({ 1, 1 }, { 2, 1 }), 2, false));
	assert_int_equal(le32_to_cpu(dc_events[0].data.extents_available), 63);
	assert_int_equal(le32_to_cpu(dc_events[0].data.tags_available), 7);
	assert_int_equal(le32_to_cpu(dc_events[2].data.extents_available), 61);
	assert_int_equal(le32_to_cpu(dc_events[2].data.tags_available), 6);
}

static void a_range_of_no_length_is_refused(void **state)
{
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, offer(R({ 4, 0 }), 0, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, offer(R({ 0, 1 }, { 4, 0 }), 0, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, offer(R({ 0, 1 }, { 4, 0 }), 5, true));
}

static void a_range_that_is_not_aligned_is_refused(void **state)
{
	static const u64 odd[] = { 1, 63, 64, 4096, MIB, BLOCK - 1, BLOCK + 1 };

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		assert_refused(CXL_RC_INVALID_EXTENT_LIST,
			       offer_seq(odd[i], BLOCK, 0, 0, false));
		assert_refused(CXL_RC_INVALID_EXTENT_LIST,
			       offer_seq(BLOCK, odd[i], 0, 0, false));
		assert_refused(CXL_RC_INVALID_EXTENT_LIST,
			       offer_seq(odd[i], odd[i], 1, 0, false));
	}
}

static void a_range_outside_one_region_is_an_invalid_address(void **state)
{
	static const struct blocks bytes_in_blocks[] = {
		{ 2 * REGION, 1 }, { 2 * REGION - 1, 2 }, { 3 * REGION, 4 },
		{ REGION - 1, 2 }, { 0, REGION + 1 }, { 0, 2 * REGION },
		{ REGION, REGION + 1 },
	};
	static const u64 far[][2] = {
		{ 2 * GIB, BLOCK }, { ~0ULL - BLOCK + 1, BLOCK }, { ~0ULL - BLOCK + 1, 2 * BLOCK },
		{ 1ULL << 63, BLOCK }, { 1ULL << 63, 1ULL << 63 }, { BLOCK, ~0ULL - BLOCK + 1 },
		{ 2 * BLOCK, ~0ULL - BLOCK + 1 }, { GIB, 1ULL << 63 }, { 0, ~0ULL - BLOCK + 1 },
		{ ~0ULL, 1 }, { ~0ULL, ~0ULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bytes_in_blocks); i++)
		assert_refused(CXL_RC_INVALID_PA, offer(R(bytes_in_blocks[i]), 1, false));
	for (size_t i = 0; i < ARRAY_SIZE(far); i++)
		assert_refused(CXL_RC_INVALID_PA, offer_seq(far[i][0], far[i][1], 1, 0, false));
	/* a good one before does not help */
	assert_refused(CXL_RC_INVALID_PA, offer(R({ 0, 1 }, { 2 * REGION, 1 }), 1, false));
}

static void a_whole_region_can_be_offered(void **state)
{
	assert_done(offer(R({ 0, REGION }), 0, false));
	assert_done(offer(R({ REGION, REGION }), 1, false));
	assert_int_equal(dc.regions[0].nr_extents, 1);
	assert_int_equal(dc.regions[1].nr_extents, 1);
}

static void an_offer_may_have_ranges_of_two_regions(void **state)
{
	dc_config.sharable = 0;
	dc_restart();
	assert_done(offer(R({ REGION, 1 }, { 1, 1 }), 3, false));
	assert_pending(R({ REGION, 1 }, { 1, 1 }));
}

static void a_range_that_overlaps_a_live_extent_is_refused(void **state)
{
	static const struct blocks overlapping[] = {
		{ 10, 4 }, { 9, 2 }, { 13, 2 }, { 11, 1 }, { 8, 16 }, { 10, 1 }, { 13, 1 },
	};

	for (int accepted = 0; accepted < 2; accepted++) {
		dc_restart();
		assert_done(offer(R({ 10, 4 }), 1, false));
		if (accepted)
			assert_done(respond(R({ 10, 4 }), 0));
		for (size_t i = 0; i < ARRAY_SIZE(overlapping); i++) {
			for (unsigned int tag = 0; tag < 3; tag++)
				assert_refused(CXL_RC_INVALID_EXTENT_LIST,
					       offer(R(overlapping[i]), tag, false));
			assert_refused(CXL_RC_INVALID_EXTENT_LIST,
				       offer(R({ 30, 1 }, overlapping[i]), 2, true));
		}
		assert_done(offer(R({ 9, 1 }, { 14, 1 }), 1, false));
	}
}

static void ranges_of_an_offer_that_overlap_are_refused(void **state)
{
	for (unsigned int tag = 0; tag < 2; tag++) {
		assert_refused(CXL_RC_INVALID_EXTENT_LIST,
			       offer(R({ 4, 2 }, { 4, 2 }), tag, false));
		assert_refused(CXL_RC_INVALID_EXTENT_LIST,
			       offer(R({ 4, 2 }, { 8, 1 }, { 5, 2 }), tag, false));
		assert_refused(CXL_RC_INVALID_EXTENT_LIST,
			       offer(R({ 4, 2 }, { 0, 64 }), tag, true));
	}
	assert_done(offer(R({ 4, 2 }, { 6, 2 }, { 2, 2 }), 0, false));
}

static void a_refused_offer_leaves_an_open_chain_open(void **state)
{
	assert_done(offer(R({ 0, 1 }), 1, true));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, offer(R({ 0, 1 }), 1, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, offer(R({ 5, 1 }, { 5, 1 }), 2, false));
	assert_refused(CXL_RC_INVALID_PA, offer(R({ 2 * REGION, 1 }), 1, true));
	assert_non_null(dc.open);
	assert_done(offer(R({ 1, 1 }), 1, false));
	assert_pending(R({ 0, 1 }, { 1, 1 }));
}

static void sharable_capacity_needs_a_tag(void **state)
{
	assert_refused(CXL_RC_INVALID_INPUT, offer(R({ REGION, 1 }), 0, false));
	assert_done(offer(R({ REGION, 1 }, { REGION + 1, 1 }), 2, false));
	assert_int_equal(le16_to_cpu(dc_events[0].data.extent.shared_seq), 0);
	assert_int_equal(le16_to_cpu(dc_events[1].data.extent.shared_seq), 1);
	assert_done(offer_seq(GIB + 8 * BLOCK, BLOCK, 2, 0xffff, false));
	assert_int_equal(le16_to_cpu(dc_events[2].data.extent.shared_seq), 0xffff);
}

static void capacity_that_is_not_sharable_has_no_sequence(void **state)
{
	static const u16 sequences[] = { 1, 2, 255, 256, 0x8000, 0xffff };

	for (size_t i = 0; i < ARRAY_SIZE(sequences); i++) {
		assert_refused(CXL_RC_INVALID_INPUT, offer_seq(0, BLOCK, 0, sequences[i], false));
		assert_refused(CXL_RC_INVALID_INPUT, offer_seq(0, BLOCK, 1, sequences[i], true));
	}
}

static void the_limit_of_extents_holds(void **state)
{
	dc_config.max_extents = 5;
	dc_restart();
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       offer(R({ 0, 1 }, { 2, 1 }, { 4, 1 }, { 6, 1 }, { 8, 1 }, { 10, 1 }), 0,
			     false));
	give(R({ 0, 1 }, { 2, 1 }), 0);
	/* pending ones count as well */
	assert_done(offer(R({ 4, 1 }, { 6, 1 }), 1, false));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, offer(R({ 8, 1 }, { 10, 1 }), 1, false));
	assert_done(offer(R({ 8, 1 }), 1, false));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, offer(R({ 10, 1 }), 0, true));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, fm_add(0, 0, BLOCK, 0, NOTHING));
	assert_done(release(R({ 0, 1 }), 0));
	assert_done(offer(R({ 10, 1 }), 0, false));
}

static void a_tag_that_lives_needs_no_room_for_another(void **state)
{
	dc_config.max_tags = 2;
	dc_restart();
	assert_done(offer(R({ 0, 1 }), 1, false));
	assert_done(offer(R({ 1, 1 }), 2, false));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, offer(R({ 2, 1 }), 3, false));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, offer(R({ 2, 1 }), 4, true));
	assert_done(offer(R({ 2, 1 }), 2, false));
	assert_done(offer(R({ 3, 1 }), 0, false));
	/* rejected, the first tag is gone */
	assert_done(respond(NOTHING, 0));
	assert_done(offer(R({ 4, 1 }), 3, false));
}

static void without_tags_only_untagged_extents_are_possible(void **state)
{
	dc_config.max_tags = 0;
	dc_restart();
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, offer(R({ 0, 1 }), 1, false));
	assert_done(offer(R({ 0, 1 }), 0, false));
}

static void an_offer_waits_for_no_other_record(void **state)
{
	fill_the_queue();
	assert_refused(CXL_RC_RETRY_REQUIRED, offer(R({ 4, 1 }), 2, true));
	assert_non_null(strstr(dc.reason, "1 records of an earlier request wait"));
	host_clears(1);
	assert_done(offer(R({ 4, 1 }), 2, true));
}

static void without_memory_nothing_is_offered(void **state)
{
	for (unsigned int tag = 0; tag < 2; tag++) {
		dc_restart();
		assert_done_with_memory_only(offer(R({ 0, 1 }, { 2, 1 }, { 4, 1 }), tag, true));
		assert_done_with_memory_only(offer(R({ 6, 1 }, { 8, 1 }), tag, true));
		assert_done_with_memory_only(offer(R({ 10, 1 }), 2 + tag, false));
		assert_pending(R({ 0, 1 }, { 2, 1 }, { 4, 1 }, { 6, 1 }, { 8, 1 }, { 10, 1 }));
	}
}

static void tags_are_kept_apart_by_every_byte(void **state)
{
	u8 ids[CXL_DC_TAG_LEN][CXL_DC_TAG_LEN] = {};
	struct cxl_dc_range range = { .len = BLOCK };

	dc_config.max_tags = CXL_DC_TAG_LEN;
	dc_restart();
	for (unsigned int i = 0; i < CXL_DC_TAG_LEN; i++) {
		ids[i][i] = 0x80;
		range.start = i * BLOCK;
		memcpy(range.tag, ids[i], CXL_DC_TAG_LEN);
		assert_done(cxl_dc_offer(&dc, &range, 1, false));
		assert_int_equal(dc.nr_tags, i + 1);
		assert_memory_equal(dc_events[i].data.extent.tag, ids[i], CXL_DC_TAG_LEN);
	}
}

static void an_engine_ends_with_whatever_it_has(void **state)
{
	give(R({ REGION, 4 }, { REGION + 8, 4 }), 1);
	assert_done(fm_reference(true, 1));
	assert_done(release(R({ REGION, 4 }), 0));
	assert_done(offer(R({ 20, 1 }), 2, false));
	assert_done(offer(R({ 22, 1 }), 2, true));
	assert_done(respond(R({ 20, 1 }), MORE));
	assert_done(release(R({ REGION + 8, 4 }), MORE));
	/* which leaves no object behind */
	dc_restart();
}

static struct CMUnitTest tests[] = {
	TEST(an_offer_is_pending_and_not_in_the_hosts_list),
	TEST(extents_of_one_offer_are_a_chain_by_more),
	TEST(more_leaves_the_chain_open_for_the_next_offer),
	TEST(an_event_counts_what_is_left),
	TEST(a_range_of_no_length_is_refused),
	TEST(a_range_that_is_not_aligned_is_refused),
	TEST(a_range_outside_one_region_is_an_invalid_address),
	TEST(a_whole_region_can_be_offered),
	TEST(an_offer_may_have_ranges_of_two_regions),
	TEST(a_range_that_overlaps_a_live_extent_is_refused),
	TEST(ranges_of_an_offer_that_overlap_are_refused),
	TEST(a_refused_offer_leaves_an_open_chain_open),
	TEST(sharable_capacity_needs_a_tag),
	TEST(capacity_that_is_not_sharable_has_no_sequence),
	TEST(the_limit_of_extents_holds),
	TEST(a_tag_that_lives_needs_no_room_for_another),
	TEST(without_tags_only_untagged_extents_are_possible),
	TEST(an_offer_waits_for_no_other_record),
	TEST(without_memory_nothing_is_offered),
	TEST(tags_are_kept_apart_by_every_byte),
	TEST(an_engine_ends_with_whatever_it_has),
	{}
};

unit_suite(tests);
