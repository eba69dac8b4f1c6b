// SPDX-License-Identifier: GPL-2.0-only
/* The control files' way in: the host judges. */
#include "dc_unit.h"

static enum cxl_mbox_rc inject(u64 start, u64 len, unsigned int tag, bool shared, bool more)
{
	struct cxl_dc_range range = { .start = start * BLOCK, .len = len * BLOCK };

	memcpy(range.tag, tag_id(tag), CXL_DC_TAG_LEN);
	return cxl_dc_inject(&dc, &range, shared, more);
}

static enum cxl_mbox_rc delete(u64 start, u64 len, unsigned int tag, bool forced)
{
	return cxl_dc_delete(&dc, start * BLOCK, len * BLOCK, tag_id(tag), forced);
}

static void an_overlap_is_for_the_host_to_reject(void **state)
{
	give(R({ 4, 4 }), 1);
	assert_done_with_memory_only(inject(2, 4, 2, false, false));
	assert_event(CXL_DC_EVENT_ADD, 2, 4, 2, false);
	assert_no_more_events();
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 2, 4 }), 0));
	assert_done(respond(NOTHING, 0));
	assert_int_equal(dc.nr_overlaps, 0);
	assert_host_has(R({ 4, 4 }));
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 2, 2 }), 0));
}

static void a_chain_may_have_overlaps(void **state)
{
	give(R({ 4, 4 }), 1);
	assert_done(inject(4, 4, 2, false, true));
	assert_non_null(dc.open);
	assert_done(inject(10, 1, 2, false, true));
	assert_done(inject(7, 2, 2, false, false));
	assert_event(CXL_DC_EVENT_ADD, 4, 4, 2, true);
	assert_event(CXL_DC_EVENT_ADD, 10, 1, 2, true);
	assert_event(CXL_DC_EVENT_ADD, 7, 2, 2, false);
	assert_done(respond(R({ 10, 1 }), 0));
	assert_host_has(R({ 4, 4 }, { 10, 1 }));

	/* what fails leaves the open chain as it is */
	assert_done(inject(4, 1, 2, false, true));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, offer(R({ 20, 1 }, { 20, 1 }), 2, false));
	assert_non_null(dc.open);
	assert_int_equal(dc.nr_overlaps, 1);
}

static void the_device_refuses_what_it_cannot_do(void **state)
{
	const struct cxl_dc_range odd = { .start = 4 * BLOCK, .len = BLOCK + 1 };

	dc_config.max_extents = 2;
	dc_restart();
	give(R({ 4, 4 }), 1);
	assert_refused(CXL_RC_INVALID_PA, inject(REGION - 1, 2, 0, false, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, inject(4, 0, 0, false, false));
	assert_refused(CXL_RC_INVALID_INPUT, inject(REGION, 1, 0, false, false));
	assert_refused(CXL_RC_INVALID_PA, delete(REGION - 1, 2, 0, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, delete(4, 0, 0, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, cxl_dc_inject(&dc, &odd, false, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST,
		       cxl_dc_delete(&dc, 4 * BLOCK + 1, BLOCK, tag_id(0), false));
	/* pending is pending: the host has not judged that either */
	assert_done(inject(10, 1, 0, false, false));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, inject(12, 1, 0, false, false));
	for (int i = 0; i < 2; i++)
		assert_done(inject(4, 1, 0, false, false));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, inject(4, 1, 0, false, false));
	assert_done(respond(NOTHING, 0));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, inject(4, 1, 0, false, false));
	assert_done(respond(NOTHING, 0));
	fill_the_queue();
	assert_refused(CXL_RC_RETRY_REQUIRED, inject(4, 1, 0, false, false));
	assert_refused(CXL_RC_RETRY_REQUIRED, delete(20, 1, 0, false));
}

static void shared_means_sharable(void **state)
{
	assert_refused(CXL_RC_INVALID_INPUT, inject(0, 1, 1, true, false));
	assert_non_null(strstr(dc.reason, "DC region 0 is not sharable"));
	assert_done(inject(REGION, 1, 1, true, false));
	assert_done(inject(REGION + 4, 1, 1, false, false));
}

static void a_release_of_what_the_host_lacks_is_for_it_to_judge(void **state)
{
	give(R({ 4, 4 }), 1);
	assert_done(offer(R({ 12, 1 }), 2, false));
	forget_events();
	assert_done(delete(20, 2, 3, false));
	assert_event(CXL_DC_EVENT_RELEASE, 20, 2, 3, false);
	assert_done(delete(6, 4, 0, false));
	assert_event(CXL_DC_EVENT_RELEASE, 6, 4, 0, false);
	assert_done(delete(4, 4, 2, false));
	assert_event(CXL_DC_EVENT_RELEASE, 4, 4, 2, false);
	assert_done(delete(12, 1, 2, false));
	assert_event(CXL_DC_EVENT_RELEASE, 12, 1, 2, false);
	assert_host_has(R({ 4, 4 }));
	/* what it has is asked for with its tag */
	assert_done(delete(4, 4, 0, false));
	assert_event(CXL_DC_EVENT_RELEASE, 4, 4, 1, false);
	assert_no_more_events();
}

static void nothing_is_taken_that_is_not_there(void **state)
{
	give(R({ 4, 4 }), 1);
	assert_done(offer(R({ 12, 1 }), 2, false));
	forget_events();
	assert_done(delete(20, 2, 3, true));
	assert_event(CXL_DC_EVENT_FORCED_RELEASE, 20, 2, 3, false);
	assert_refused(CXL_RC_INVALID_PA, delete(6, 4, 0, true));
	assert_refused(CXL_RC_INVALID_INPUT, delete(4, 4, 2, true));
	assert_done(delete(12, 1, 0, true));
	assert_pending(NOTHING);
	assert_no_more_events();
	assert_done(delete(5, 1, 1, true));
	assert_event(CXL_DC_EVENT_FORCED_RELEASE, 5, 1, 1, false);
	assert_host_has(R({ 4, 1 }, { 6, 2 }));
}

static void without_backing_all_is_refused(void **state)
{
	dc_config.backing = CXL_DC_BACKING_NONE;
	dc_restart();
	assert_refused(CXL_RC_UNSUPPORTED, inject(0, 1, 1, false, false));
	assert_refused(CXL_RC_UNSUPPORTED, delete(0, 1, 1, false));
	assert_refused(CXL_RC_UNSUPPORTED, delete(0, 1, 1, true));
}

static struct CMUnitTest tests[] = {
	TEST(an_overlap_is_for_the_host_to_reject),
	TEST(a_chain_may_have_overlaps),
	TEST(the_device_refuses_what_it_cannot_do),
	TEST(shared_means_sharable),
	TEST(a_release_of_what_the_host_lacks_is_for_it_to_judge),
	TEST(nothing_is_taken_that_is_not_there),
	TEST(without_backing_all_is_refused),
	{}
};

unit_suite(tests);
