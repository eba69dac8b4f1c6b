// SPDX-License-Identifier: GPL-2.0-only
/* The host releases capacity (4803h): CXL 3.1 8.2.9.9.9.4 */
#include "dc_unit.h"

static void a_whole_extent_goes(void **state)
{
	give(R({ 0, 4 }, { 8, 4 }), 1);
	assert_done(release(R({ 8, 4 }), 0));
	assert_host_has(R({ 0, 4 }));
	assert_event(CXL_DC_EVENT_RELEASED, 8, 4, 1, false);
	assert_no_more_events();
	assert_int_equal(dc.stats.released, 1);
	assert_int_equal(dc.generation, 2);
	assert_done(release(R({ 0, 4 }), 0));
	assert_int_equal(dc.nr_extents, 0);
	assert_int_equal(dc.nr_tags, 0);
	assert_int_equal(unit_objects(), 0);
}

static void a_part_leaves_the_rest(void **state)
{
	static const struct {
		struct blocks part, rest[2];
		unsigned int nr;
	} cases[] = {
		{ { 10, 1 }, { { 11, 7 } }, 1 },
		{ { 10, 7 }, { { 17, 1 } }, 1 },
		{ { 17, 1 }, { { 10, 7 } }, 1 },
		{ { 11, 7 }, { { 10, 1 } }, 1 },
		{ { 12, 3 }, { { 10, 2 }, { 15, 3 } }, 2 },
		{ { 11, 6 }, { { 10, 1 }, { 17, 1 } }, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		dc_restart();
		give(R({ 10, 8 }), 3);
		assert_done(release(R(cases[i].part), 0));
		assert_host_has((struct ranges) { cases[i].rest, cases[i].nr });
		for (unsigned int k = 0; k < cases[i].nr; k++)
			assert_memory_equal(answer_bytes(32 + 40 * k, 16), tag_id(3), 16);
		assert_event(CXL_DC_EVENT_RELEASED, cases[i].part.start, cases[i].part.len, 3,
			     false);
		/* what went can be offered again */
		assert_done(offer(R(cases[i].part), 0, false));
	}
}

static void what_is_left_keeps_its_sequence(void **state)
{
	give(R({ REGION, 1 }, { REGION + 8, 4 }), 5);
	assert_done(release(R({ REGION + 9, 1 }), 0));
	assert_host_has(R({ REGION, 1 }, { REGION + 8, 1 }, { REGION + 10, 2 }));
	assert_int_equal(answer(16 + 32, 2), 0);
	assert_int_equal(answer(56 + 32, 2), 1);
	assert_int_equal(answer(96 + 32, 2), 1);
}

static void a_range_may_span_adjacent_extents(void **state)
{
	give(R({ 10, 2 }, { 12, 2 }, { 14, 4 }), 1);
	assert_done(release(R({ 11, 5 }), 0));
	assert_host_has(R({ 10, 1 }, { 16, 2 }));
	assert_event(CXL_DC_EVENT_RELEASED, 11, 1, 1, false);
	assert_event(CXL_DC_EVENT_RELEASED, 12, 2, 1, false);
	assert_event(CXL_DC_EVENT_RELEASED, 14, 2, 1, false);
	assert_no_more_events();
	assert_int_equal(dc.generation, 2);
}

static void several_parts_of_one_extent_can_go(void **state)
{
	give(R({ 10, 10 }), 1);
	assert_done(release(R({ 18, 2 }, { 11, 1 }, { 15, 1 }, { 13, 1 }), 0));
	assert_host_has(R({ 10, 1 }, { 12, 1 }, { 14, 1 }, { 16, 2 }));
}

static void what_the_host_does_not_have_is_an_invalid_address(void **state)
{
	static const struct blocks wrong[] = {
		{ 9, 1 }, { 9, 2 }, { 14, 1 }, { 13, 2 }, { 9, 6 }, { 10, 6 }, { 12, 8 },
		{ 0, REGION }, { 30, 1 }, { REGION, 1 }, { 2 * REGION, 1 }, { REGION - 1, 2 },
		{ 20, 2 }, { 13, 7 },
	};

	/* a gap of two, and one that is only offered */
	give(R({ 10, 4 }, { 16, 4 }), 1);
	assert_done(offer(R({ 20, 2 }), 1, false));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_refused(CXL_RC_INVALID_PA, release(R(wrong[i]), 0));
		assert_refused(CXL_RC_INVALID_PA, ask(wrong[i].start, wrong[i].len, 0, false));
		/* what is offered can be taken */
		if (wrong[i].start != 20)
			assert_refused(CXL_RC_INVALID_PA,
				       ask(wrong[i].start, wrong[i].len, 1, true));
	}
	assert_refused(CXL_RC_INVALID_PA, release(R({ 10, 1 }, { 40, 1 }), 0));
	assert_int_equal(dc.nr_releases, 0);
}

static void lengths_that_wrap_are_an_invalid_address(void **state)
{
	static const u64 wrong[][2] = {
		{ 10 * BLOCK, ~0ULL - BLOCK + 1 }, { 0, 1ULL << 63 }, { ~0ULL - BLOCK + 1, BLOCK },
		{ ~0ULL - BLOCK + 1, 16 * BLOCK }, { 1ULL << 63, 1ULL << 63 }, { 2 * GIB, BLOCK },
	};

	give(R({ 0, 20 }), 1);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_refused(CXL_RC_INVALID_PA, release_raw(wrong[i][0], wrong[i][1], 0));
		assert_refused(CXL_RC_INVALID_PA,
			       cxl_dc_request_release(&dc, wrong[i][0], wrong[i][1], tag_id(0),
						      true));
	}
}

static void an_empty_or_unaligned_range_is_refused(void **state)
{
	static const u64 odd[] = { 1, 64, 4096, MIB, BLOCK - 1 };

	give(R({ 0, 4 }), 1);
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(R({ 1, 0 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(R({ 1, 1 }, { 2, 0 }), MORE));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, ask(1, 0, 0, false));
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		assert_refused(CXL_RC_INVALID_EXTENT_LIST, release_raw(odd[i], BLOCK, 0));
		assert_refused(CXL_RC_INVALID_EXTENT_LIST, release_raw(BLOCK, odd[i], MORE));
		assert_refused(CXL_RC_INVALID_EXTENT_LIST,
			       cxl_dc_request_release(&dc, odd[i], BLOCK, tag_id(1), false));
	}
}

static void ranges_that_overlap_are_refused(void **state)
{
	give(R({ 0, 8 }, { 8, 8 }), 1);
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(R({ 0, 8 }, { 0, 8 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(R({ 4, 8 }, { 0, 2 }, { 11, 1 }), 0));
	assert_done(release(R({ 0, 8 }), MORE));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(R({ 7, 2 }), 0));
	assert_host_has(R({ 0, 8 }, { 8, 8 }));
}

static void an_empty_list_is_refused(void **state)
{
	assert_refused(CXL_RC_INVALID_INPUT, release(NOTHING, 0));
	give(R({ 0, 8 }), 1);
	assert_refused(CXL_RC_INVALID_INPUT, release(NOTHING, 0));
}

static void more_splits_a_release(void **state)
{
	give(R({ 0, 4 }, { 8, 4 }, { 16, 4 }), 1);
	assert_done(release(R({ 8, 2 }), MORE));
	assert_done(release(R({ 16, 4 }, { 10, 2 }), MORE));
	assert_host_has(R({ 0, 4 }, { 8, 4 }, { 16, 4 }));
	assert_no_more_events();
	assert_done(release(NOTHING, 0));
	assert_host_has(R({ 0, 4 }));
	assert_int_equal(dc.generation, 2);
	assert_refused(CXL_RC_INVALID_INPUT, release(NOTHING, 0));
}

static void an_error_discards_the_earlier_parts(void **state)
{
	give(R({ 0, 4 }, { 8, 4 }), 1);
	assert_done(release(R({ 0, 4 }), MORE));
	assert_refused(CXL_RC_INVALID_PA, release(R({ 20, 1 }), 0));
	assert_int_equal(dc.nr_releases, 0);
	assert_done(release(R({ 0, 4 }), MORE));
	assert_refused(CXL_RC_INVALID_PAYLOAD_LEN,
		       unit_call(cxl_dc_release, &dc, ((u8[9]) {}), 9, 256));
	assert_refused(CXL_RC_INVALID_INPUT, release(NOTHING, 0));
	assert_done(release(R({ 8, 4 }), 0));
	assert_host_has(R({ 0, 4 }));
}

static void a_count_that_is_not_the_length_is_refused(void **state)
{
	static const u32 counts[] = {
		0, 1, 2, 3, 0x100, 0x101, 0x10000, 0x10001, 0x0aaaaaab, 0x20000000, 0x20000001,
		0x80000000, 0x80000001, 0xe0000001, 0xffffffff,
	};
	u8 in[128] = {};

	give(R({ 0, 2 }), 1);
	put_le(in + 16, 8, 2 * BLOCK);
	for (size_t len = 8; len <= sizeof(in); len++) {
		for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
			if (len == 8 + 24ULL * counts[i])
				continue;
			put_le(in, 4, counts[i]);
			assert_refused(CXL_RC_INVALID_PAYLOAD_LEN,
				       unit_call(cxl_dc_release, &dc, in, len, 256));
		}
	}
}

static void splitting_needs_room_for_an_extent(void **state)
{
	dc_config.max_extents = 3;
	dc_restart();
	give(R({ 0, 8 }, { 10, 8 }), 1);
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, release(R({ 2, 1 }, { 12, 1 }), 0));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, release(R({ 2, 1 }, { 4, 1 }), 0));
	assert_done(release(R({ 2, 1 }), 0));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, release(R({ 12, 1 }), 0));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, ask(12, 1, 0, true));
	assert_done(release(R({ 10, 1 }, { 17, 1 }, { 0, 1 }), 0));
	assert_host_has(R({ 1, 1 }, { 3, 5 }, { 11, 6 }));
	/* asking for a part splits nothing yet */
	assert_done(ask(12, 1, 0, false));
}

/* What counts is how many are left, not how many there would be on the way. */
static void ranges_are_cut_out_as_a_whole(void **state)
{
	dc_config.max_extents = 1;
	dc_restart();
	give(R({ 0, 8 }), 1);
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, release(R({ 1, 1 }), 0));
	assert_done(release(R({ 5, 1 }, { 6, 2 }), 0));
	assert_host_has(R({ 0, 5 }));
	forget_events();
	assert_done(release(R({ 0, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 }), 0));
	assert_host_has(R({ 1, 1 }));
	for (unsigned int i = 0; i < dc_nr_events; i++)
		assert_int_equal(le32_to_cpu(dc_events[i].data.extents_available), 0);

	/* one goes, another becomes two; what a reference keeps does not go */
	dc_config.max_extents = 2;
	dc_restart();
	give(R({ REGION, 2 }), 1);
	give(R({ 0, 8 }), 2);
	assert_done(fm_reference(true, 1));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, release(R({ 2, 1 }, { REGION, 2 }), 0));
	assert_done(fm_reference(false, 1));
	assert_done(release(R({ 2, 1 }, { REGION, 2 }), 0));
	assert_host_has(R({ 0, 2 }, { 3, 5 }));
}

static void ranges_are_collected_up_to_a_limit(void **state)
{
	dc_config.max_extents = 3;
	dc_restart();
	assert_done(offer(R({ 0, REGION }), 1, false));
	for (u32 i = 0; i < 2 * 3 + 256; i++) {
		assert_done(respond(R({ i, 1 }), MORE));
		assert_done(release(R({ i, 1 }), MORE));
	}
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, respond(R({ 300, 1 }), MORE));
	assert_int_equal(dc.nr_response, 0);
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, release(R({ 300, 1 }), MORE));
	assert_int_equal(dc.nr_releases, 0);
}

static void a_host_that_begins_anew_has_said_nothing(void **state)
{
	give(R({ 0, 4 }), 1);
	assert_done(offer(R({ 8, 4 }), 1, false));
	assert_done(release(R({ 0, 4 }), MORE));
	assert_done(respond(R({ 8, 2 }), MORE));
	cxl_dc_forget_requests(&dc);
	assert_done(respond(R({ 8, 4 }), 0));
	assert_refused(CXL_RC_INVALID_INPUT, release(NOTHING, 0));
	assert_host_has(R({ 0, 4 }, { 8, 4 }));
}

static void without_memory_nothing_is_released(void **state)
{
	give(R({ 0, 8 }, { 8, 8 }), 1);
	assert_done_with_memory_only(release(R({ 2, 1 }, { 9, 1 }), 0));
	assert_host_has(R({ 0, 2 }, { 3, 5 }, { 8, 1 }, { 10, 6 }));
	assert_done_with_memory_only(release(R({ 0, 2 }), MORE));
	assert_done(release(NOTHING, 0));
	assert_done_with_memory_only(ask(4, 1, 1, false));
	assert_done_with_memory_only(ask(4, 1, 1, true));
}

static struct CMUnitTest tests[] = {
	TEST(a_whole_extent_goes),
	TEST(a_part_leaves_the_rest),
	TEST(what_is_left_keeps_its_sequence),
	TEST(a_range_may_span_adjacent_extents),
	TEST(several_parts_of_one_extent_can_go),
	TEST(what_the_host_does_not_have_is_an_invalid_address),
	TEST(lengths_that_wrap_are_an_invalid_address),
	TEST(an_empty_or_unaligned_range_is_refused),
	TEST(ranges_that_overlap_are_refused),
	TEST(an_empty_list_is_refused),
	TEST(more_splits_a_release),
	TEST(an_error_discards_the_earlier_parts),
	TEST(a_count_that_is_not_the_length_is_refused),
	TEST(splitting_needs_room_for_an_extent),
	TEST(ranges_are_cut_out_as_a_whole),
	TEST(ranges_are_collected_up_to_a_limit),
	TEST(a_host_that_begins_anew_has_said_nothing),
	TEST(without_memory_nothing_is_released),
	{}
};

unit_suite(tests);
