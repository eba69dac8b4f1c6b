// SPDX-License-Identifier: GPL-2.0-only
/* Release requests to the host, forced releases, and the records of both. */
#include "dc_unit.h"

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

static struct CMUnitTest tests[] = {
	TEST(the_host_is_asked_and_answers),
	TEST(the_tag_of_a_request_must_be_that_of_the_extents),
	TEST(a_request_waits_for_no_other_record),
	TEST(taken_capacity_is_gone_at_once),
	TEST(an_event_counts_what_is_left_after_it),
	TEST(what_was_taken_meanwhile_is_an_invalid_address),
	{}
};

unit_suite(tests);
