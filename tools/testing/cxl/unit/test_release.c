// SPDX-License-Identifier: GPL-2.0-only
/*
 * Release Dynamic Capacity (4803h), CXL 3.1 8.2.9.9.9.4, and what asks for it
 * or takes the capacity.
 */
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
	assert_int_equal(shim_slab.objects, 0);
}

static void a_part_leaves_the_rest(void **state)
{
	static const struct {
		struct range part, rest[2];
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
	static const struct range wrong[] = {
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
		assert_int_equal(dc_events[i].data.extents_available, 0);

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

static void the_host_is_asked_and_answers(void **state)
{
	struct dc_extent *extent;

	give(R({ 0, 4 }, { 4, 4 }, { 10, 2 }), 1);
	assert_done(ask(2, 4, 1, false));
	assert_event(CXL_DC_EVENT_RELEASE, 2, 2, 1, true);
	assert_event(CXL_DC_EVENT_RELEASE, 4, 2, 1, false);
	assert_no_more_events();
	assert_host_has(R({ 0, 4 }, { 4, 4 }, { 10, 2 }));
	assert_int_equal(dc.generation, 1);
	/* of both a part is not asked for */
	for_each_extent(extent, &dc)
		assert_int_equal(extent->state, DC_ACCEPTED);
	/* once more is no harm */
	assert_done(ask(2, 4, 0, false));
	assert_done(ask(0, 5, 0, false));
	for_each_extent(extent, &dc)
		assert_int_equal(extent->state, extent->start ? DC_ACCEPTED : DC_RELEASING);
	/* and what is left of it is still asked for */
	assert_done(release(R({ 0, 1 }), 0));
	for_each_extent(extent, &dc)
		assert_int_equal(extent->state,
				 extent->start == BLOCK ? DC_RELEASING : DC_ACCEPTED);
	forget_events();
	assert_done(release(R({ 1, 7 }), 0));
	assert_host_has(R({ 10, 2 }));
}

static void the_tag_of_a_request_must_be_that_of_the_extents(void **state)
{
	give(R({ 0, 4 }), 1);
	give(R({ 4, 4 }), 2);
	give(R({ 8, 4 }), 0);
	for (int forced = 0; forced < 2; forced++) {
		assert_refused(CXL_RC_INVALID_INPUT, ask(0, 4, 2, forced));
		assert_refused(CXL_RC_INVALID_INPUT, ask(0, 4, 3, forced));
		assert_refused(CXL_RC_INVALID_INPUT, ask(8, 4, 1, forced));
		assert_refused(CXL_RC_INVALID_INPUT, ask(0, 8, 1, forced));
		assert_refused(CXL_RC_INVALID_INPUT, ask(0, 8, 2, forced));
	}
	assert_done(ask(0, 4, 1, false));
	assert_done(ask(0, 12, 0, false));
	assert_done(ask(4, 4, 2, true));
	assert_done(ask(8, 4, 0, true));
	assert_host_has(R({ 0, 4 }));
}

static void a_request_waits_for_no_other_record(void **state)
{
	give(R({ 0, 4 }, { 4, 4 }), 1);
	fill_the_queue();
	assert_refused(CXL_RC_RETRY_REQUIRED, ask(0, 8, 0, false));
	host_clears(1);
	assert_done(ask(0, 8, 0, false));
	assert_int_equal(cxl_dc_waiting(&dc), 2);
	/* what is taken is gone, the host is told or not */
	assert_done(ask(0, 8, 0, true));
	assert_host_has(NOTHING);
}

static void taken_capacity_is_gone_at_once(void **state)
{
	give(R({ 0, 4 }, { 4, 4 }, { 10, 2 }), 1);
	assert_done(ask(4, 4, 0, false));
	forget_events();
	assert_done(ask(2, 4, 1, true));
	assert_event(CXL_DC_EVENT_FORCED_RELEASE, 2, 2, 1, true);
	assert_event(CXL_DC_EVENT_FORCED_RELEASE, 4, 2, 1, false);
	assert_no_more_events();
	assert_host_has(R({ 0, 2 }, { 6, 2 }, { 10, 2 }));
	assert_int_equal(dc.stats.forced, 2);
	assert_int_equal(dc.stats.released, 2);
	assert_int_equal(dc.generation, 2);
	assert_refused(CXL_RC_INVALID_PA, release(R({ 2, 4 }), 0));
	assert_done(offer(R({ 2, 4 }), 0, false));
}

static void assert_left(unsigned int event, u32 extents, u32 tags)
{
	assert_int_equal(le32_to_cpu(dc_events[event].data.extents_available), extents);
	assert_int_equal(le32_to_cpu(dc_events[event].data.tags_available), tags);
}

/* As many as there are once it is done, which is what 5601h says then. */
static void an_event_counts_what_is_left_after_it(void **state)
{
	for (unsigned int forced = 0; forced < 2; forced++) {
		dc_restart();
		give(R({ 0, 4 }, { 4, 4 }), 1);
		give(R({ 8, 4 }), 2);
		if (forced)
			assert_done(ask(0, 12, 0, true));
		else
			assert_done(release(R({ 0, 12 }), 0));
		assert_left(0, 62, 6);
		assert_left(1, 63, 7);
		assert_left(2, 64, 8);
	}
	/* two are left of one, and then three */
	give(R({ 0, 8 }), 1);
	assert_done(release(R({ 2, 1 }, { 5, 1 }), 0));
	assert_left(0, 62, 7);
	assert_left(1, 61, 7);
	/* a reference keeps it */
	give(R({ REGION, 4 }), 2);
	assert_done(fm_reference(true, 2));
	assert_done(release(R({ REGION, 4 }), 0));
	assert_left(0, 60, 6);
}

/* The capacity that a release has named goes before its last part comes. */
static void what_was_taken_meanwhile_is_an_invalid_address(void **state)
{
	give(R({ 0, 4 }, { 8, 4 }), 1);
	assert_done(release(R({ 0, 4 }), MORE));
	assert_done(ask(0, 4, 0, true));
	assert_refused(CXL_RC_INVALID_PA, release(R({ 8, 4 }), 0));
	assert_host_has(R({ 8, 4 }));
}

static void page(u32 start, u32 count, size_t out_max)
{
	u32 room = (out_max - 16) / 40;
	u8 in[8];

	put_le(in, 4, count);
	put_le(in + 4, 4, start);
	assert_done(unit_call(cxl_dc_get_extent_list, &dc, in, sizeof(in), out_max));
	assert_int_equal(answer(4, 4), dc.nr_accepted);
	assert_int_equal(answer(8, 4), dc.generation);
	assert_answer_is_zero(12, 4);
	assert_int_equal(unit_io.out_len, 16 + 40 * answer(0, 4));
	assert_null(dc_check_page(&dc, start, count < room ? count : room,
				  (const void *)(answer_bytes(0, 16) + 16), answer(0, 4)));
}

/* Among extents that are offered, and some that are asked for. */
static void many_extents(void)
{
	struct range ranges[20];

	for (u32 i = 0; i < 20; i++)
		ranges[i] = (struct range) { 4 * i, 1 };
	give((struct ranges) { ranges, 20 }, 1);
	for (u32 i = 0; i < 20; i++)
		ranges[i].start += 2;
	assert_done(offer((struct ranges) { ranges, 20 }, 2, false));
	assert_done(ask(8, 1, 0, false));
	assert_done(ask(76, 1, 0, false));
}

static void the_list_is_read_page_by_page(void **state)
{
	many_extents();
	for (u32 size = 1; size < 22; size++)
		for (u32 start = 0; start <= 20; start += size)
			page(start, size, 4096);
	for (u32 start = 0; start <= 20; start++) {
		page(start, 0, 256);
		page(start, 0xffffffff, 256);
		page(start, 0xffffffff, 256 + 39);
		page(start, 100, 4096);
	}
	for (u32 start = 21; start; start *= 2) {
		u8 in[8];

		put_le(in, 4, 1);
		put_le(in + 4, 4, start);
		assert_refused(CXL_RC_INVALID_INPUT,
			       unit_call(cxl_dc_get_extent_list, &dc, in, sizeof(in), 256));
	}
}

static void the_list_may_change_between_pages(void **state)
{
	many_extents();
	prng_seed(44);
	for (unsigned int i = 0; i < 2000; i++) {
		u32 block = prng() % 80;

		page(prng() % (dc.nr_accepted + 1), prng() % 6, 256);
		switch (prng() % 8) {
		case 0:
			release(R({ block, 1 }), 0);
			break;
		case 1:
			respond(R({ block, 1 }), 0);
			break;
		case 2:
			offer(R({ block, 1 + i % 3 }, { 100 + block, 1 }), i % 7, false);
			break;
		case 3:
			ask(block, 1, 0, i % 4 == 0);
			break;
		}
		forget_events();
	}
}

static const struct CMUnitTest tests[] = {
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
	TEST(the_host_is_asked_and_answers),
	TEST(the_tag_of_a_request_must_be_that_of_the_extents),
	TEST(a_request_waits_for_no_other_record),
	TEST(taken_capacity_is_gone_at_once),
	TEST(an_event_counts_what_is_left_after_it),
	TEST(what_was_taken_meanwhile_is_an_invalid_address),
	TEST(the_list_is_read_page_by_page),
	TEST(the_list_may_change_between_pages),
};

int main(void)
{
	return unit_run(tests);
}
