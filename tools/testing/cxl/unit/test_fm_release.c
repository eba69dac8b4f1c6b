// SPDX-License-Identifier: GPL-2.0-only
/* The FM releases capacity (5605h), also by force: CXL 3.1 7.6.7.6.6 */
#include "dc_unit.h"

static void the_fm_releases_by_tag(void **state)
{
	give(R({ 0, 4 }, { 8, 4 }), 1);
	give(R({ 4, 4 }), 2);
	assert_done(offer(R({ 20, 1 }), 1, false));
	forget_events();
	assert_done(fm_release(CXL_FM_REMOVE_TAG, 1, NOTHING));
	assert_event(CXL_DC_EVENT_RELEASE, 0, 4, 1, true);
	assert_event(CXL_DC_EVENT_RELEASE, 8, 4, 1, false);
	assert_no_more_events();
	assert_done(fm_release(CXL_FM_REMOVE_TAG | CXL_FM_RELEASE_FORCED, 1, NOTHING));
	assert_event(CXL_DC_EVENT_FORCED_RELEASE, 0, 4, 1, true);
	assert_event(CXL_DC_EVENT_FORCED_RELEASE, 8, 4, 1, false);
	assert_no_more_events();
	assert_host_has(R({ 4, 4 }));
	/* what it was only offered went too */
	assert_pending(NOTHING);
	assert_done(offer(R({ 20, 1 }), 1, false));
	/* only offered; no such tag; no tag */
	assert_refused(CXL_RC_INVALID_PA, fm_release(CXL_FM_REMOVE_TAG, 1, NOTHING));
	assert_refused(CXL_RC_INVALID_INPUT, fm_release(CXL_FM_REMOVE_TAG, 3, NOTHING));
	assert_refused(CXL_RC_INVALID_INPUT, fm_release(CXL_FM_REMOVE_TAG, 0, NOTHING));
}

/* From the end of the tag. */
static void so_much_of_a_tag_is_released_as_the_fm_says(void **state)
{
	give(R({ 8, 4 }, { 0, 4 }), 1);
	assert_refused(CXL_RC_INVALID_INPUT, fm_release_len(0, 1, 0));
	assert_refused(CXL_RC_INVALID_INPUT, fm_release_len(0, 1, BLOCK + 1));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, fm_release_len(0, 1, 9 * BLOCK));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, fm_release_len(0, 1, -BLOCK));
	assert_done_with_memory_only(fm_release_len(0, 1, BLOCK));
	assert_event(CXL_DC_EVENT_RELEASE, 3, 1, 1, false);
	assert_no_more_events();
	assert_done(fm_release_len(0, 1, 5 * BLOCK));
	assert_event(CXL_DC_EVENT_RELEASE, 0, 4, 1, true);
	assert_event(CXL_DC_EVENT_RELEASE, 11, 1, 1, false);
	assert_no_more_events();
	assert_done(fm_release_len(CXL_FM_RELEASE_FORCED, 1, 6 * BLOCK));
	assert_host_has(R({ 8, 2 }));
}

/* A device with room for one extent would be lost to an offer that nobody answers. */
static void what_is_only_offered_can_be_taken(void **state)
{
	static const bool by_tag[] = { true, false };

	for (unsigned int i = 0; i < ARRAY_SIZE(by_tag); i++) {
		assert_done(offer(R({ 0, 2 }, { 4, 2 }), 1, false));
		assert_refused(CXL_RC_INVALID_PA, fm_release(CXL_FM_REMOVE_TAG, 1, NOTHING));
		assert_refused(CXL_RC_INVALID_PA,
			       fm_release(CXL_FM_REMOVE_PRESCRIPTIVE, 1, R({ 4, 1 })));
		forget_events();
		if (by_tag[i])
			assert_done_with_memory_only(fm_release(0x10, 1, NOTHING));
		else
			/* a part is enough: the rest could not be answered */
			assert_done_with_memory_only(fm_release(0x11, 1, R({ 4, 1 })));
		assert_pending(NOTHING);
		assert_no_more_events();
		assert_int_equal(dc.nr_extents, 0);
		assert_refused(CXL_RC_INVALID_PA, respond(R({ 0, 2 }, { 4, 2 }), 0));
	}
	/* together with what the host has */
	give(R({ 8, 2 }), 1);
	assert_done(offer(R({ 0, 2 }, { 4, 2 }), 1, false));
	forget_events();
	assert_done(ask(8, 2, 0, true));
	assert_pending(R({ 0, 2 }, { 4, 2 }));
	assert_done(ask(0, 2, 0, true));
	assert_pending(NOTHING);
	assert_event(CXL_DC_EVENT_FORCED_RELEASE, 8, 2, 1, false);
	assert_no_more_events();
}

static void an_offer_that_is_still_open_can_be_taken(void **state)
{
	dc_config.max_extents = 1;
	dc_restart();
	assert_done(offer(R({ 0, 2 }), 1, true));
	assert_done(ask(0, 2, 1, true));
	assert_null(dc.open);
	assert_done(offer(R({ 4, 2 }), 1, false));
	assert_done(respond(R({ 4, 2 }), 0));
	assert_host_has(R({ 4, 2 }));
}

static void what_waits_of_an_offer_goes_with_it(void **state)
{
	dc_room = 1;
	assert_done(offer(R({ 0, 2 }, { 4, 2 }), 1, false));
	assert_done(ask(4, 2, 0, true));
	host_clears(3);
	assert_event(CXL_DC_EVENT_ADD, 0, 2, 1, true);
	assert_no_more_events();
	/* an older one leaves what waits of the newer */
	assert_done(offer(R({ 8, 2 }), 2, false));
	dc_room = 0;
	assert_done(offer(R({ 0, 2 }), 1, false));
	assert_done(ask(8, 2, 0, true));
	assert_int_equal(cxl_dc_waiting(&dc), 1);
}

static void shared_capacity_goes_as_a_whole(void **state)
{
	give(R({ REGION, 2 }, { REGION + 4, 2 }), 1);
	assert_refused(CXL_RC_INVALID_INPUT, fm_release(1, 1, R({ REGION, 2 })));
	assert_refused(CXL_RC_INVALID_INPUT, fm_release(1, 1, R({ REGION, 2 }, { REGION + 4, 1 })));
	assert_refused(CXL_RC_INVALID_INPUT, fm_release(0x11, 1, R({ REGION + 4, 2 })));
	assert_done(fm_release(1, 1, R({ REGION, 1 }, { REGION + 1, 1 }, { REGION + 4, 2 })));
	/* with a reference it is kept, extent by extent */
	assert_done(fm_reference(true, 1));
	assert_done(fm_release(0x11, 1, R({ REGION + 4, 2 })));
	assert_host_has(R({ REGION, 2 }));
	/* what is not sharable goes in parts, also of such a tag */
	give(R({ 0, 4 }), 2);
	assert_done(fm_release(1, 2, R({ 1, 1 })));
}

static void the_fm_names_what_to_release(void **state)
{
	give(R({ 0, 4 }, { 4, 4 }), 1);
	assert_done(fm_release(CXL_FM_REMOVE_PRESCRIPTIVE, 1, R({ 6, 1 }, { 0, 2 })));
	assert_event(CXL_DC_EVENT_RELEASE, 0, 2, 1, true);
	assert_event(CXL_DC_EVENT_RELEASE, 6, 1, 1, false);
	assert_no_more_events();
	assert_done(fm_release(CXL_FM_REMOVE_PRESCRIPTIVE | CXL_FM_RELEASE_FORCED, 0,
			       R({ 2, 4 })));
	assert_host_has(R({ 0, 2 }, { 6, 2 }));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, fm_release(1, 1, NOTHING));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, fm_release(0x11, 1, NOTHING));
	/* where they are says which, whatever tag they have */
	assert_done(fm_release(1, 2, R({ 0, 2 })));
	assert_refused(CXL_RC_INVALID_PA, fm_release(1, 0, R({ 0, 2 }, { 2, 1 })));
	assert_refused(CXL_RC_INVALID_PA, fm_release(1, 0, R({ 2 * REGION, 2 })));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, fm_release(1, 0, R({ 0, 2 }, { 1, 1 })));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, fm_release(0x11, 0, R({ 0, 0 })));
}

static void a_release_of_the_fm_waits_for_no_other_record(void **state)
{
	give(R({ 0, 4 }, { 4, 4 }), 1);
	fill_the_queue();
	assert_refused(CXL_RC_RETRY_REQUIRED, fm_release(0, 1, NOTHING));
	assert_refused(CXL_RC_RETRY_REQUIRED, fm_release(1, 1, R({ 3, 2 })));
	/* what is taken is gone, although the log loses the records */
	assert_done(fm_release(CXL_FM_RELEASE_FORCED, 1, NOTHING));
	assert_host_has(NOTHING);
}

static struct CMUnitTest tests[] = {
	TEST(so_much_of_a_tag_is_released_as_the_fm_says),
	TEST(what_is_only_offered_can_be_taken),
	TEST(an_offer_that_is_still_open_can_be_taken),
	TEST(what_waits_of_an_offer_goes_with_it),
	TEST(shared_capacity_goes_as_a_whole),
	TEST(the_fm_releases_by_tag),
	TEST(the_fm_names_what_to_release),
	TEST(a_release_of_the_fm_waits_for_no_other_record),
	{}
};

unit_suite(tests);
