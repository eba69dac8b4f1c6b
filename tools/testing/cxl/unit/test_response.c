// SPDX-License-Identifier: GPL-2.0-only
/* Add Dynamic Capacity Response (4802h): CXL 3.1 8.2.9.9.9.3 */
#include "dc_unit.h"

static void accepting_all_gives_the_host_all(void **state)
{
	assert_done(offer(R({ 8, 4 }, { 2, 1 }), 1, false));
	forget_events();
	assert_done(respond(R({ 8, 4 }, { 2, 1 }), 0));
	assert_host_has(R({ 2, 1 }, { 8, 4 }));
	assert_pending(NOTHING);
	assert_int_equal(unit_io.out_len, 16 + 2 * 40);
	assert_memory_equal(answer_bytes(32, 16), tag_id(1), 16);
	assert_event(CXL_DC_EVENT_ADD_RESPONSE, 2, 1, 1, true);
	assert_event(CXL_DC_EVENT_ADD_RESPONSE, 8, 4, 1, false);
	assert_no_more_events();
	assert_int_equal(dc.stats.accepted, 2);
	assert_int_equal(dc.stats.rejected, 0);
}

static void accepting_some_frees_the_others(void **state)
{
	assert_done(offer(R({ 0, 2 }, { 4, 2 }, { 8, 2 }), 1, false));
	forget_events();
	assert_done(respond(R({ 4, 2 }), 0));
	assert_host_has(R({ 4, 2 }));
	assert_pending(NOTHING);
	assert_event(CXL_DC_EVENT_ADD_RESPONSE, 4, 2, 1, false);
	assert_no_more_events();
	assert_int_equal(dc.nr_extents, 1);
	assert_int_equal(dc.stats.rejected, 2);
	/* they can be offered again */
	assert_done(offer(R({ 0, 4 }, { 6, 4 }), 2, false));
}

static void accepting_none_frees_all(void **state)
{
	assert_done(offer(R({ 0, 2 }, { 4, 2 }), 1, false));
	forget_events();
	assert_done(respond(NOTHING, 0));
	assert_host_has(NOTHING);
	assert_int_equal(dc.nr_extents, 0);
	assert_int_equal(dc.nr_tags, 0);
	assert_int_equal(dc.generation, 0);
	assert_int_equal(dc.stats.rejected, 2);
	assert_int_equal(dc_nr_events, 0);
	assert_int_equal(unit_objects(), 0);
}

static void parts_of_an_extent_can_be_accepted(void **state)
{
	give(R({ 100, 1 }, { 102, 1 }), 0);
	assert_done(offer(R({ 200, 1 }), 0, false));
	assert_done(respond(NOTHING, 0));
	assert_int_equal(dc.stats.rejected, 1);

	assert_done(offer(R({ 10, 10 }), 3, false));
	assert_done(respond(R({ 18, 2 }, { 10, 1 }, { 12, 2 }), 0));
	assert_host_has(R({ 10, 1 }, { 12, 2 }, { 18, 2 }, { 100, 1 }, { 102, 1 }));
	assert_done(offer(R({ 11, 1 }, { 14, 4 }), 0, false));
	/* it was accepted, in whatever pieces */
	assert_int_equal(dc.stats.rejected, 1);
}

static void adjacent_pieces_stay_apart(void **state)
{
	assert_done(offer(R({ 10, 4 }), 0, false));
	assert_done(respond(R({ 12, 2 }, { 10, 2 }), 0));
	assert_host_has(R({ 10, 2 }, { 12, 2 }));
}

static void pieces_keep_tag_and_sequence(void **state)
{
	assert_done(offer(R({ REGION, 4 }, { REGION + 8, 4 }), 5, false));
	assert_done(respond(R({ REGION + 9, 2 }, { REGION, 1 }, { REGION + 3, 1 }), 0));
	assert_host_has(R({ REGION, 1 }, { REGION + 3, 1 }, { REGION + 9, 2 }));
	for (unsigned int i = 0; i < 3; i++) {
		assert_memory_equal(answer_bytes(16 + 40 * i + 16, 16), tag_id(5), 16);
		assert_int_equal(answer(16 + 40 * i + 32, 2), i == 2);
		assert_answer_is_zero(16 + 40 * i + 34, 6);
	}
}

/* As many as there are once the rest is free, which is what 5601h says then. */
static void an_event_counts_what_is_left_after_it(void **state)
{
	assert_done(offer(R({ 0, 2 }, { 4, 2 }, { 8, 6 }, { 20, 2 }), 1, false));
	forget_events();
	assert_done(respond(R({ 0, 2 }, { 8, 1 }, { 12, 2 }), 0));
	assert_event(CXL_DC_EVENT_ADD_RESPONSE, 0, 2, 1, true);
	assert_event(CXL_DC_EVENT_ADD_RESPONSE, 8, 1, 1, true);
	assert_event(CXL_DC_EVENT_ADD_RESPONSE, 12, 2, 1, false);
	assert_no_more_events();
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(le32_to_cpu(dc_events[i].data.extents_available), 61);
		assert_int_equal(le32_to_cpu(dc_events[i].data.tags_available), 7);
	}
}

static void more_splits_a_response(void **state)
{
	assert_done(offer(R({ 0, 2 }, { 4, 2 }, { 8, 2 }, { 12, 2 }), 1, false));
	forget_events();
	assert_done(respond(R({ 8, 2 }), MORE));
	assert_done(respond(NOTHING, MORE));
	assert_done(respond(R({ 0, 1 }, { 4, 2 }), MORE));
	assert_host_has(NOTHING);
	assert_pending(R({ 0, 2 }, { 4, 2 }, { 8, 2 }, { 12, 2 }));
	assert_no_more_events();
	assert_done(respond(R({ 1, 1 }), 0));
	assert_host_has(R({ 0, 1 }, { 1, 1 }, { 4, 2 }, { 8, 2 }));
	assert_pending(NOTHING);
	assert_int_equal(dc.generation, 1);
}

static void the_last_part_may_be_empty(void **state)
{
	assert_done(offer(R({ 0, 2 }, { 4, 2 }), 1, false));
	assert_done(respond(R({ 4, 2 }), MORE));
	assert_done(respond(NOTHING, 0));
	assert_host_has(R({ 4, 2 }));
}

static void the_oldest_offer_is_answered_first(void **state)
{
	assert_done(offer(R({ 0, 2 }), 1, false));
	assert_done(offer(R({ 4, 2 }), 2, false));
	assert_done(offer(R({ 8, 2 }), 1, false));
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 4, 2 }), 0));
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 0, 2 }, { 4, 2 }), 0));
	assert_done(respond(R({ 0, 2 }), 0));
	assert_pending(R({ 4, 2 }, { 8, 2 }));
	assert_done(respond(NOTHING, 0));
	assert_pending(R({ 8, 2 }));
	assert_done(respond(R({ 8, 2 }), 0));
	assert_host_has(R({ 0, 2 }, { 8, 2 }));
}

static void an_open_chain_cannot_be_answered_yet(void **state)
{
	assert_done(offer(R({ 0, 2 }), 1, true));
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 0, 2 }), 0));
	assert_non_null(strstr(dc.reason, "which is open until its last extent"));
	assert_done(offer(R({ 2, 2 }), 1, false));
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 8, 2 }), 0));
	assert_non_null(strstr(dc.reason, "not part of the oldest offer"));
	assert_done(respond(R({ 0, 2 }, { 2, 2 }), 0));
	assert_host_has(R({ 0, 2 }, { 2, 2 }));

	/* an older one can be */
	assert_done(offer(R({ 10, 2 }), 0, false));
	assert_done(offer(R({ 20, 2 }), 0, true));
	assert_done(respond(R({ 10, 2 }), 0));
	assert_pending(R({ 20, 2 }));
	assert_non_null(dc.open);
}

/* The host has waited long enough: what comes next is another offer. */
static void an_open_chain_can_be_rejected(void **state)
{
	assert_done(offer(R({ 0, 2 }), 1, true));
	assert_done(respond(NOTHING, 0));
	assert_pending(NOTHING);
	assert_int_equal(dc.stats.rejected, 1);
	assert_done(offer(R({ 2, 2 }), 1, false));
	assert_done(respond(R({ 2, 2 }), 0));
	assert_host_has(R({ 2, 2 }));
}

static void with_nothing_offered_only_an_empty_list_is_right(void **state)
{
	assert_done(respond(NOTHING, 0));
	assert_done(respond(NOTHING, MORE));
	assert_done(respond(NOTHING, 0));
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 0, 1 }), 0));
	give(R({ 0, 1 }), 0);
	/* what it has was not offered now */
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 0, 1 }), 0));
	assert_host_has(R({ 0, 1 }));
}

static void what_was_not_offered_is_an_invalid_address(void **state)
{
	static const struct blocks wrong[] = {
		{ 9, 1 }, { 14, 1 }, { 9, 2 }, { 13, 2 }, { 9, 6 }, { 0, REGION }, { 15, 1 },
		{ 20, 3 }, { REGION, 1 }, { REGION - 1, 2 }, { 2 * REGION, 1 }, { 100, 4 },
	};

	/* the second begins where the first ends: a range lies in one of them */
	assert_done(offer(R({ 10, 4 }, { 20, 2 }, { 22, 2 }), 1, false));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_refused(CXL_RC_INVALID_PA, respond(R(wrong[i]), 0));
		assert_refused(CXL_RC_INVALID_PA, respond(R({ 10, 1 }, { 100, 1 }), 0));
		assert_int_equal(dc.nr_response, 0);
	}
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 21, 2 }), 0));
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 20, 4 }), 0));
	assert_pending(R({ 10, 4 }, { 20, 2 }, { 22, 2 }));
}

static void lengths_that_wrap_are_an_invalid_address(void **state)
{
	static const u64 wrong[][2] = {
		{ 10 * BLOCK, ~0ULL - BLOCK + 1 }, { 0, 1ULL << 63 }, { ~0ULL - BLOCK + 1, BLOCK },
		{ ~0ULL - BLOCK + 1, 16 * BLOCK }, { 1ULL << 63, 1ULL << 63 }, { 2 * GIB, BLOCK },
	};

	assert_done(offer(R({ 10, 4 }), 1, false));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_refused(CXL_RC_INVALID_PA, respond_raw(wrong[i][0], wrong[i][1], 0));
}

static void an_empty_or_unaligned_range_is_refused(void **state)
{
	static const u64 odd[] = { 1, 64, 4096, MIB, BLOCK - 1 };

	assert_done(offer(R({ 0, 4 }), 1, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ 1, 0 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ 1, 1 }, { 2, 0 }), 0));
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond_raw(odd[i], BLOCK, 0));
		assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond_raw(BLOCK, odd[i], 0));
		assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond_raw(odd[i], odd[i], MORE));
	}
}

static void ranges_that_overlap_are_refused(void **state)
{
	assert_done(offer(R({ 0, 8 }, { 8, 8 }), 1, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ 0, 8 }, { 0, 8 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ 0, 2 }, { 4, 2 }, { 1, 1 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ 2, 2 }, { 0, 8 }), 0));
	/* over the parts of a response as well */
	assert_done(respond(R({ 0, 8 }), MORE));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ 7, 1 }), 0));
}

static void an_error_discards_the_earlier_parts(void **state)
{
	assert_done(offer(R({ 0, 2 }, { 4, 2 }), 1, false));
	assert_done(respond(R({ 0, 2 }), MORE));
	assert_int_equal(dc.nr_response, 1);
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 20, 2 }), 0));
	assert_int_equal(dc.nr_response, 0);
	assert_done(respond(R({ 0, 2 }), MORE));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ 4, 0 }), MORE));
	assert_int_equal(dc.nr_response, 0);
	/* so these are not there twice */
	assert_done(respond(R({ 0, 2 }), 0));
	assert_host_has(R({ 0, 2 }));
}

static void a_count_that_is_not_the_length_is_refused(void **state)
{
	static const u32 counts[] = {
		0, 1, 2, 3, 0x100, 0x101, 0x10000, 0x10001, 0x0aaaaaab, 0x20000000, 0x20000001,
		0x80000000, 0x80000001, 0xe0000001, 0xffffffff,
	};
	u8 in[128] = {};

	assert_done(offer(R({ 0, 2 }), 1, false));
	put_le(in + 16, 8, 2 * BLOCK);
	for (size_t len = 8; len <= sizeof(in); len++) {
		for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
			if (len == 8 + 24ULL * counts[i])
				continue;
			put_le(in, 4, counts[i]);
			assert_refused(CXL_RC_INVALID_PAYLOAD_LEN,
				       unit_call(cxl_dc_add_response, &dc, in, len, 256));
		}
	}
}

static void flags_and_fields_that_are_reserved_do_not_matter(void **state)
{
	u8 in[32];

	assert_done(offer(R({ 0, 2 }), 1, false));
	memset(in, 0xff, sizeof(in));
	put_le(in, 4, 1);
	in[4] = 0xfe;
	put_le(in + 8, 8, 0);
	put_le(in + 16, 8, 2 * BLOCK);
	assert_done(unit_call(cxl_dc_add_response, &dc, in, sizeof(in), 256));
	assert_host_has(R({ 0, 2 }));
}

static void more_pieces_than_extents_can_live_are_refused(void **state)
{
	dc_config.max_extents = 4;
	dc_restart();
	give(R({ 100, 1 }, { 102, 1 }), 0);
	assert_done(offer(R({ 0, 8 }), 1, false));
	assert_done(offer(R({ 200, 1 }), 1, false));
	/* two that it has, one pending behind: one is left */
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, respond(R({ 0, 1 }, { 2, 1 }), 0));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       respond(R({ 0, 1 }, { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 }), 0));
	assert_done(respond(R({ 6, 1 }), 0));
	assert_done(respond(NOTHING, 0));
	assert_host_has(R({ 6, 1 }, { 100, 1 }, { 102, 1 }));
}

static void without_memory_nothing_is_accepted(void **state)
{
	assert_done(offer(R({ 0, 8 }, { 10, 2 }), 1, false));
	assert_done_with_memory_only(respond(R({ 0, 1 }, { 2, 1 }, { 10, 2 }), 0));
	assert_host_has(R({ 0, 1 }, { 2, 1 }, { 10, 2 }));
	assert_done(offer(R({ 20, 1 }), 0, false));
	assert_done_with_memory_only(respond(R({ 20, 1 }), MORE));
	assert_done(respond(NOTHING, 0));
}

static void rejecting_needs_no_memory(void **state)
{
	assert_done(offer(R({ 0, 8 }), 1, false));
	unit_fail_from(1);
	assert_done(respond(NOTHING, 0));
	unit_fail_from(0);
	assert_int_equal(dc.nr_extents, 0);
}

/* Of capacity that is referenced; see test_fm_tags.c for how it comes to that. */
static void what_is_referenced_is_not_freed_by_rejecting_it(void **state)
{
	assert_done(offer(R({ REGION, 4 }, { REGION + 8, 4 }), 1, false));
	assert_done(fm_reference(true, 1));
	assert_done(respond(R({ REGION + 8, 4 }), 0));
	assert_host_has(R({ REGION + 8, 4 }));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, offer(R({ REGION, 1 }), 2, false));
	assert_done(fm_reference(false, 1));
	assert_done(offer(R({ REGION, 1 }), 2, false));
}

static void what_is_kept_counts_against_the_limit(void **state)
{
	dc_config.max_extents = 4;
	dc_restart();
	give(R({ 100, 1 }, { 102, 1 }), 0);
	assert_done(offer(R({ 0, 8 }), 0, true));
	assert_done(offer(R({ REGION, 1 }), 1, false));
	assert_done(fm_reference(true, 1));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, respond(R({ 0, 1 }, { 2, 1 }), 0));
	assert_done(respond(R({ 0, 1 }), 0));
	assert_int_equal(dc.nr_extents, 4);
}

static void what_is_referenced_is_accepted_as_a_whole(void **state)
{
	assert_done(offer(R({ REGION, 4 }, { REGION + 8, 4 }), 1, false));
	assert_done(fm_reference(true, 1));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ REGION, 2 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST,
		       respond(R({ REGION, 4 }, { REGION + 9, 3 }), 0));
	assert_done(respond(R({ REGION, 4 }, { REGION + 8, 4 }), 0));
}

static struct CMUnitTest tests[] = {
	TEST(accepting_all_gives_the_host_all),
	TEST(accepting_some_frees_the_others),
	TEST(accepting_none_frees_all),
	TEST(parts_of_an_extent_can_be_accepted),
	TEST(adjacent_pieces_stay_apart),
	TEST(pieces_keep_tag_and_sequence),
	TEST(an_event_counts_what_is_left_after_it),
	TEST(more_splits_a_response),
	TEST(the_last_part_may_be_empty),
	TEST(the_oldest_offer_is_answered_first),
	TEST(an_open_chain_cannot_be_answered_yet),
	TEST(an_open_chain_can_be_rejected),
	TEST(with_nothing_offered_only_an_empty_list_is_right),
	TEST(what_was_not_offered_is_an_invalid_address),
	TEST(lengths_that_wrap_are_an_invalid_address),
	TEST(an_empty_or_unaligned_range_is_refused),
	TEST(ranges_that_overlap_are_refused),
	TEST(an_error_discards_the_earlier_parts),
	TEST(a_count_that_is_not_the_length_is_refused),
	TEST(flags_and_fields_that_are_reserved_do_not_matter),
	TEST(more_pieces_than_extents_can_live_are_refused),
	TEST(without_memory_nothing_is_accepted),
	TEST(rejecting_needs_no_memory),
	TEST(what_is_referenced_is_not_freed_by_rejecting_it),
	TEST(what_is_referenced_is_accepted_as_a_whole),
	TEST(what_is_kept_counts_against_the_limit),
	{}
};

unit_suite(tests);
