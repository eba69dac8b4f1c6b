// SPDX-License-Identifier: GPL-2.0-only
/* Tags, the FM's references to them, and its lists: CXL 3.1 7.6.7.6.4, .7-.9 */
#include "dc_unit.h"

static void what_is_referenced_is_kept(void **state)
{
	give(R({ REGION, 4 }, { REGION + 8, 4 }), 1);
	assert_done(fm_reference(true, 1));
	assert_done(release(R({ REGION, 4 }, { REGION + 8, 4 }), 0));
	assert_host_has(NOTHING);
	assert_int_equal(dc.nr_extents, 2);
	assert_event(CXL_DC_EVENT_RELEASED, REGION, 4, 1, false);
	forget_events();
	/* nobody can have it otherwise */
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, offer(R({ REGION + 9, 1 }), 1, false));
	assert_refused(CXL_RC_INVALID_PA, release(R({ REGION, 4 }), 0));
	assert_refused(CXL_RC_INVALID_PA, ask(REGION, 4, 0, true));
	assert_refused(CXL_RC_INVALID_PA, fm_release(CXL_FM_REMOVE_TAG, 1, NOTHING));

	assert_done(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
	dc_events_seen = 2;
	assert_int_equal(dc_nr_events, 2);
	assert_int_equal(dc_events[0].data.flags, CXL_DC_EVENT_MORE);
	assert_int_equal(dc_events[1].data.flags, 0);
	for (u16 i = 0; i < 2; i++) {
		assert_int_equal(dc_events[i].data.type, CXL_DC_EVENT_ADD);
		assert_int_equal(le16_to_cpu(dc_events[i].data.extent.shared_seq), i);
	}
	assert_done(respond(R({ REGION, 4 }, { REGION + 8, 4 }), 0));
	assert_host_has(R({ REGION, 4 }, { REGION + 8, 4 }));
	/* the reference goes first, then the capacity with the host */
	assert_done(fm_reference(false, 1));
	assert_host_has(R({ REGION, 4 }, { REGION + 8, 4 }));
	assert_done(release(R({ REGION, 4 }, { REGION + 8, 4 }), 0));
	assert_int_equal(dc.nr_extents, 0);
	assert_int_equal(dc.nr_tags, 0);
}

static void without_the_reference_nothing_is_kept(void **state)
{
	give(R({ REGION, 4 }, { REGION + 8, 4 }), 1);
	assert_done(fm_reference(true, 1));
	assert_done(release(R({ REGION, 4 }), 0));
	assert_int_equal(dc.nr_extents, 2);
	assert_done(fm_reference(false, 1));
	assert_int_equal(dc.nr_extents, 1);
	assert_host_has(R({ REGION + 8, 4 }));
	assert_refused(CXL_RC_INVALID_INPUT, fm_reference(false, 1));
}

/* To add it again has no effect, so it goes the first time it is removed. */
static void the_fm_has_one_reference_or_none(void **state)
{
	give(R({ REGION, 4 }), 1);
	for (int i = 0; i < 3; i++)
		assert_done(fm_reference(true, 1));
	assert_done(fm_reference(false, 1));
	assert_refused(CXL_RC_INVALID_INPUT, fm_reference(false, 1));
	assert_done(release(R({ REGION, 4 }), 0));
	assert_int_equal(dc.nr_tags, 0);
}

static void forced_capacity_is_kept_as_well(void **state)
{
	give(R({ REGION, 4 }), 1);
	assert_done(fm_reference(true, 1));
	assert_done(ask(REGION, 4, 1, true));
	assert_host_has(NOTHING);
	assert_int_equal(dc.nr_extents, 1);
	assert_done(fm_reference(false, 1));
	assert_int_equal(dc.nr_extents, 0);
}

static void what_is_rejected_again_is_kept_again(void **state)
{
	give(R({ REGION, 4 }, { REGION + 8, 4 }), 1);
	assert_done(fm_reference(true, 1));
	assert_done(release(R({ REGION, 4 }), 0));
	/* the rest of the tag is the host's */
	assert_refused(CXL_RC_INVALID_INPUT, fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
	assert_done(release(R({ REGION + 8, 4 }), 0));
	for (int i = 0; i < 4; i++) {
		assert_done(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
		assert_pending(R({ REGION, 4 }, { REGION + 8, 4 }));
		assert_refused(CXL_RC_INVALID_INPUT,
			       fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
		/* taken back, it is kept as well */
		if (i % 2)
			assert_done(respond(NOTHING, 0));
		else
			assert_done(ask(REGION, 1, 1, true));
		assert_host_has(NOTHING);
		assert_pending(NOTHING);
		assert_int_equal(dc.nr_extents, 2);
	}
	assert_done(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
	assert_done(fm_reference(false, 1));
	assert_done(respond(NOTHING, 0));
	assert_int_equal(dc.nr_extents, 0);
}

static void a_tag_that_is_not_only_shared_is_not_offered_again(void **state)
{
	give(R({ REGION, 4 }), 1);
	give(R({ 0, 4 }), 1);
	assert_done(fm_reference(true, 1));
	assert_done(release(R({ REGION, 4 }), 0));
	assert_refused(CXL_RC_INVALID_INPUT, fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
	assert_done(release(R({ 0, 4 }), 0));
	assert_done(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
}

static void a_reference_holds_parts_together(void **state)
{
	give(R({ REGION, 4 }), 1);
	assert_done(fm_reference(true, 1));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(R({ REGION, 2 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, ask(REGION + 1, 1, 1, true));
	assert_done(release(R({ REGION, 4 }), 0));
}

static void unknown_tags_have_no_references(void **state)
{
	give(R({ REGION, 4 }), 1);
	for (unsigned int tag = 0; tag < 5; tag++) {
		if (tag != 1)
			assert_refused(CXL_RC_INVALID_INPUT, fm_reference(true, tag));
		assert_refused(CXL_RC_INVALID_INPUT, fm_reference(false, tag));
		assert_refused(CXL_RC_INVALID_INPUT,
			       fm_add(CXL_FM_SELECT_SHARED, 1, 0, tag, NOTHING));
	}
}

static void tags_of_what_cannot_be_shared_have_no_references(void **state)
{
	give(R({ 0, 4 }), 1);
	assert_refused(CXL_RC_INVALID_INPUT, fm_reference(true, 1));
	assert_refused(CXL_RC_INVALID_INPUT, fm_reference(false, 1));
	/* and what a tag has of it besides is not kept */
	give(R({ REGION, 4 }), 1);
	assert_done(fm_reference(true, 1));
	assert_done(release(R({ 0, 2 }), 0));
	assert_done(release(R({ 2, 2 }, { REGION, 4 }), 0));
	assert_int_equal(dc.nr_extents, 1);
	assert_done(offer(R({ 0, 4 }), 1, false));
	assert_done(respond(R({ 1, 1 }), 0));
	assert_host_has(R({ 1, 1 }));
	assert_int_equal(dc.nr_extents, 2);
	assert_done(fm_reference(false, 1));
	assert_host_has(R({ 1, 1 }));
	assert_int_equal(dc.nr_extents, 1);
}

static void what_is_offered_again_is_of_the_region_named(void **state)
{
	dc_config.nr_regions = 4;
	dc_config.total_size = 4 * GIB;
	dc_config.sharable = 0x06;
	dc_restart();
	give(R({ REGION, 4 }), 1);
	give(R({ 2 * REGION, 2 }), 1);
	assert_done(fm_reference(true, 1));
	assert_done(release(R({ REGION, 4 }), 0));
	/* not sharable, not of the tag, not there */
	assert_refused(CXL_RC_INVALID_INPUT, fm_add(CXL_FM_SELECT_SHARED, 0, 0, 1, NOTHING));
	assert_string_equal(dc.reason, "DC region 0 is not sharable");
	assert_refused(CXL_RC_INVALID_INPUT, fm_add(CXL_FM_SELECT_SHARED, 2, 0, 1, NOTHING));
	assert_refused(CXL_RC_INVALID_INPUT, fm_add(CXL_FM_SELECT_SHARED, 3, 0, 1, NOTHING));
	for (unsigned int region = 4; region < 256; region++)
		assert_refused(CXL_RC_INVALID_INPUT,
			       fm_add(CXL_FM_SELECT_SHARED, region, 0, 1, NOTHING));
	assert_done(release(R({ 2 * REGION, 2 }), 0));
	assert_done(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
	assert_pending(R({ REGION, 4 }));
	assert_done(fm_add(CXL_FM_SELECT_SHARED, 2, 0, 1, NOTHING));
	assert_pending(R({ REGION, 4 }, { 2 * REGION, 2 }));
}

static void offering_again_waits_for_no_other_record(void **state)
{
	give(R({ REGION, 4 }, { REGION + 8, 4 }), 1);
	assert_done(fm_reference(true, 1));
	assert_done(release(R({ REGION, 4 }, { REGION + 8, 4 }), 0));
	dc_room = 0;
	assert_done(offer(R({ 0, 1 }), 0, false));
	assert_refused(CXL_RC_RETRY_REQUIRED, fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
	host_clears(2);
	forget_events();
	dc_room = 1;
	assert_done_with_memory_only(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
	assert_int_equal(cxl_dc_waiting(&dc), 1);
}

static enum cxl_mbox_rc list_tags(u32 start, u32 count, size_t out_max)
{
	u8 in[8];

	put_le(in, 4, start);
	put_le(in + 4, 4, count);
	return fm(0x5608, in, sizeof(in), out_max);
}

/* Tag @i of the list: referenced, the host's, offered to it. */
static void assert_tag(unsigned int i, unsigned int tag, u8 flags, u8 host, u8 pending)
{
	const u8 *bytes = answer_bytes(16 + 84 * i, 84);

	assert_memory_equal(bytes, tag_id(tag), CXL_DC_TAG_LEN);
	assert_int_equal(get_le(bytes + 16, 4), flags);
	assert_int_equal(bytes[20], host);
	assert_int_equal(bytes[52], pending);
	for (unsigned int k = 1; k < 32; k++)
		assert_int_equal(bytes[20 + k] | bytes[52 + k], 0);
}

static void without_tags_the_list_is_empty(void **state)
{
	assert_done(list_tags(0, 8, 256));
	assert_int_equal(unit_io.out_len, 16);
	assert_int_equal(answer(0, 4), 0);
	assert_int_equal(answer(4, 8), 0);
}

static void tags_say_who_has_them(void **state)
{
	give(R({ 0, 1 }), 1);
	give(R({ 1, 1 }), 0);
	give(R({ REGION, 1 }), 2);
	give(R({ REGION + 10, 1 }, { REGION + 12, 1 }), 5);
	assert_done(fm_reference(true, 5));
	assert_done(release(R({ REGION + 10, 1 }, { REGION + 12, 1 }), 0));
	assert_done(offer(R({ 2, 1 }), 3, false));
	assert_done(offer(R({ 4, 1 }), 1, false));
	assert_done(list_tags(0, 8, 4096));
	assert_int_equal(unit_io.out_len, 16 + 4 * 84);
	assert_int_equal(answer(0, 4), dc.tag_generation);
	assert_int_equal(answer(4, 4), 4);
	assert_int_equal(answer(8, 4), 4);
	assert_int_equal(answer(12, 1), 0x03);
	assert_answer_is_zero(13, 3);
	/* as they came */
	assert_tag(0, 1, 0, 1, 1);
	assert_tag(1, 2, 0, 1, 0);
	assert_tag(2, 5, 1, 0, 0);
	assert_tag(3, 3, 0, 0, 1);
}

/* Whether the command gave the list of tags another generation. */
#define changed(command) ({			\
	u32 _generation = dc.tag_generation;	\
						\
	assert_done(command);			\
	dc.tag_generation != _generation;	\
})

/* The tag, whether the FM has a reference, and whether the host has or is offered it. */
static void the_generation_of_tags_goes_with_the_list(void **state)
{
	assert_true(changed(offer(R({ REGION, 4 }, { REGION + 4, 1 }), 1, false)));
	assert_false(changed(offer(R({ REGION + 8, 1 }), 1, false)));
	assert_true(changed(respond(R({ REGION, 2 }, { REGION + 2, 1 }), 0)));
	assert_true(changed(respond(R({ REGION + 8, 1 }), 0)));
	assert_true(changed(fm_reference(true, 1)));
	assert_false(changed(fm_reference(true, 1)));
	assert_false(changed(ask(REGION, 3, 1, false)));
	assert_false(changed(release(R({ REGION, 2 }), 0)));
	assert_true(changed(release(R({ REGION + 2, 1 }, { REGION + 8, 1 }), 0)));
	assert_true(changed(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING)));
	assert_true(changed(respond(NOTHING, 0)));
	assert_true(changed(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING)));
	assert_true(changed(fm_reference(false, 1)));
	assert_true(changed(respond(R({ REGION, 2 }), 0)));
	assert_true(changed(ask(REGION, 2, 1, true)));
	assert_int_equal(dc.nr_tags, 0);
	/* without a tag nothing does */
	assert_false(changed(offer(R({ 0, 4 }), 0, false)));
	assert_false(changed(respond(R({ 0, 2 }), 0)));
	assert_false(changed(release(R({ 0, 1 }), 0)));
}

static void tags_are_listed_page_by_page(void **state)
{
	static const unsigned int order[] = { 8, 7, 6, 5, 4, 3, 2, 1 };

	for (unsigned int i = 8; i; i--)
		assert_done(offer(R({ i, 1 }), i, false));
	for (u32 start = 0; start <= 8; start++) {
		for (u32 count = 0; count < 20; count++) {
			for (u32 room = 0; room <= 8; room++) {
				u32 nr = 8 - start;

				nr = nr < count ? nr : count;
				nr = nr < room ? nr : room;
				assert_done(list_tags(start, count, 16 + 84 * room + count));
				assert_int_equal(unit_io.out_len, 16 + 84 * nr);
				assert_int_equal(answer(4, 4), 8);
				assert_int_equal(answer(8, 4), nr);
				for (u32 i = 0; i < nr; i++)
					assert_tag(i, order[start + i], 0, 0, 1);
			}
		}
		assert_done(list_tags(start, 0xffffffff, 256));
	}
	assert_refused(CXL_RC_INVALID_INPUT, list_tags(9, 1, 256));
	assert_refused(CXL_RC_INVALID_INPUT, list_tags(0xffffffff, 1, 256));
	assert_refused(CXL_RC_INVALID_INPUT, list_tags(0x80000000, 0, 256));
}

static enum cxl_mbox_rc list_extents(u32 start, u32 count, size_t out_max)
{
	u8 in[12] = {};

	put_le(in + 4, 4, count);
	put_le(in + 8, 4, start);
	return fm(0x5603, in, sizeof(in), out_max);
}

static void the_fm_sees_the_hosts_list(void **state)
{
	give(R({ 0, 1 }, { 2, 1 }, { 4, 1 }, { 6, 1 }, { 8, 1 }), 1);
	assert_done(ask(4, 1, 0, false));
	assert_done(offer(R({ 3, 1 }), 2, false));
	for (u32 start = 0; start <= 5; start++) {
		for (u32 count = 0; count < 8; count++) {
			for (u32 room = 0; room < 8; room++) {
				assert_done(list_extents(start, count, 24 + 40 * room + 39));
				assert_answer_is_zero(0, 4);
				assert_int_equal(answer(4, 4), start);
				assert_int_equal(unit_io.out_len, 24 + 40 * answer(8, 4));
				assert_int_equal(answer(12, 4), 5);
				assert_int_equal(answer(16, 4), dc.generation);
				assert_answer_is_zero(20, 4);
				assert_null(dc_check_page(&dc, start, count < room ? count : room,
							  (const void *)(answer_bytes(0, 24) + 24),
							  answer(8, 4)));
			}
		}
	}
	assert_refused(CXL_RC_INVALID_INPUT, list_extents(6, 1, 256));
	assert_refused(CXL_RC_INVALID_INPUT, list_extents(0xffffffff, 0, 256));
	assert_done(list_extents(0, 0xffffffff, 256));
	assert_int_equal(answer(8, 4), 5);
}

/* Neither begins again because the other reads, or because the list changes. */
static void the_host_and_the_fm_page_on_their_own(void **state)
{
	u8 in[8] = {};

	give(R({ 0, 1 }, { 2, 1 }, { 4, 1 }, { 6, 1 }, { 8, 1 }), 1);
	assert_done(list_extents(0, 2, 256));
	put_le(in, 4, 4);
	assert_done(unit_call(cxl_dc_get_extent_list, &dc, in, sizeof(in), 256));
	assert_int_equal(dc.fm_cursor.index, 2);
	assert_int_equal(dc.host_cursor.index, 4);
	assert_done(release(R({ 0, 1 }), 0));
	give(R({ 3, 1 }), 1);
	assert_int_equal(dc.fm_cursor.index, 1);
	assert_int_equal(dc.host_cursor.index, 4);
	assert_null(dc_check(&dc));
	assert_done(list_extents(1, 2, 256));
	assert_int_equal(dc.fm_cursor.index, 3);
	assert_null(dc_check_page(&dc, 1, 2, (const void *)(answer_bytes(0, 24) + 24), 2));
}

static struct CMUnitTest tests[] = {
	TEST(what_is_referenced_is_kept),
	TEST(without_the_reference_nothing_is_kept),
	TEST(the_fm_has_one_reference_or_none),
	TEST(forced_capacity_is_kept_as_well),
	TEST(what_is_rejected_again_is_kept_again),
	TEST(a_tag_that_is_not_only_shared_is_not_offered_again),
	TEST(a_reference_holds_parts_together),
	TEST(unknown_tags_have_no_references),
	TEST(tags_of_what_cannot_be_shared_have_no_references),
	TEST(what_is_offered_again_is_of_the_region_named),
	TEST(offering_again_waits_for_no_other_record),
	TEST(without_tags_the_list_is_empty),
	TEST(tags_say_who_has_them),
	TEST(the_generation_of_tags_goes_with_the_list),
	TEST(tags_are_listed_page_by_page),
	TEST(the_fm_sees_the_hosts_list),
	TEST(the_host_and_the_fm_page_on_their_own),
	{}
};

unit_suite(tests);
