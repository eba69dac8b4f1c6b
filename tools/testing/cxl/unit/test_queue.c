// SPDX-License-Identifier: GPL-2.0-only
/* Records that the host's event log has no room for: they wait, in order. */
#include "dc_unit.h"

#define NR	100U

/* One tag has so many extents of a block, every second one; sharable or not. */
static void give_many(u32 first)
{
	static struct cxl_dc_range ranges[NR];
	static struct blocks named[NR];

	for (u32 i = 0; i < NR; i++) {
		named[i] = (struct blocks) { first + 2 * i, 1 };
		ranges[i] = (struct cxl_dc_range) {
			.start = named[i].start * BLOCK,
			.len = BLOCK,
			.seq = first ? i : 0,
		};
		memcpy(ranges[i].tag, tag_id(1), CXL_DC_TAG_LEN);
	}
	assert_done(cxl_dc_offer(&dc, ranges, NR, false));
	host_clears(NR);
	assert_done(respond((struct ranges) { named, NR }, 0));
	forget_events();
}

/* All extents of give_many(), of which the host has cleared so many at a time. */
static void assert_chain(enum cxl_dc_event_type type, u32 first, unsigned int at_a_time)
{
	for (u32 i = 0; i < NR; i++) {
		if (dc_events_seen == dc_nr_events)
			host_clears(at_a_time);
		assert_int_equal(le16_to_cpu(dc_events[dc_events_seen].data.extent.shared_seq),
				 first ? i : 0);
		assert_event(type, first + 2 * i, 1, 1, i < NR - 1);
	}
	assert_no_more_events();
	assert_int_equal(cxl_dc_waiting(&dc), 0);
}

static int many_setup(void **state)
{
	dc_setup(state);
	dc_config.max_extents = 256;
	dc_sink.size = 64;
	dc_restart();
	return 0;
}

static void a_tag_of_more_extents_than_the_log_holds_is_released(void **state)
{
	for (unsigned int at_a_time = 1; at_a_time <= 64; at_a_time *= 8) {
		dc_restart();
		give_many(REGION);
		assert_done_with_memory_only(fm_release(CXL_FM_REMOVE_TAG, 1, NOTHING));
		assert_int_equal(dc_nr_events, 64);
		assert_int_equal(cxl_dc_waiting(&dc), NR - 64);
		assert_chain(CXL_DC_EVENT_RELEASE, REGION, at_a_time);
	}
}

static void so_is_one_that_is_taken(void **state)
{
	give_many(0);
	assert_done_with_memory_only(fm_release(CXL_FM_REMOVE_TAG | CXL_FM_RELEASE_FORCED, 1,
						NOTHING));
	assert_host_has(NOTHING);
	assert_chain(CXL_DC_EVENT_FORCED_RELEASE, 0, 3);
}

/* What is taken meanwhile is lost, as the log says, and nothing waits for it. */
static void what_waits_keeps_its_place(void **state)
{
	give_many(0);
	assert_done(offer(R({ REGION, 1 }), 2, false));
	assert_done(respond(R({ REGION, 1 }), 0));
	forget_events();
	assert_done(fm_release(CXL_FM_REMOVE_TAG, 1, NOTHING));
	assert_refused(CXL_RC_RETRY_REQUIRED, ask(REGION, 1, 2, false));
	assert_int_equal(cxl_dc_waiting(&dc), NR - 64);
	/* the host answers before it has seen all */
	assert_done(release(R({ 0, 1 }, { 2 * NR - 2, 1 }), 0));
	forget_events();
	dc_room = 0;
	host_clears(100);
	for (u32 i = 64; i < NR; i++)
		assert_event(CXL_DC_EVENT_RELEASE, 2 * i, 1, 1, i < NR - 1);
	assert_no_more_events();
	assert_done(ask(REGION, 1, 2, false));
}

/* The host cannot answer an offer of which it has not seen the end. */
static void an_offer_is_answered_once_all_of_it_is_reported(void **state)
{
	dc_room = 1;
	assert_done_with_memory_only(offer(R({ 0, 1 }, { 4, 1 }, { 8, 1 }), 1, false));
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 0, 1 }), 0));
	host_clears(1);
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 0, 1 }, { 4, 1 }), 0));
	host_clears(1);
	assert_event(CXL_DC_EVENT_ADD, 0, 1, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 4, 1, 1, true);
	assert_event(CXL_DC_EVENT_ADD, 8, 1, 1, false);
	assert_no_more_events();
	assert_done(respond(R({ 0, 1 }, { 4, 1 }), 0));
	assert_host_has(R({ 0, 1 }, { 4, 1 }));
}

/* Another offer may be answered while records of the newest wait. */
static void an_older_offer_is_answered_meanwhile(void **state)
{
	assert_done(offer(R({ 0, 1 }), 1, false));
	dc_room = 1;
	assert_done(offer(R({ 4, 1 }, { 8, 1 }), 2, false));
	assert_done(respond(R({ 0, 1 }), 0));
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 4, 1 }, { 8, 1 }), 0));
	host_clears(1);
	assert_done(respond(R({ 4, 1 }, { 8, 1 }), 0));
}

static void what_waits_goes_with_the_engine(void **state)
{
	dc_room = 0;
	assert_done(offer(R({ 0, 1 }, { 4, 1 }), 1, false));
	dc_restart();
	host_clears(5);
	assert_no_more_events();
}

#define MANY(f)		cmocka_unit_test_setup_teardown(f, many_setup, dc_teardown)

static struct CMUnitTest tests[] = {
	MANY(a_tag_of_more_extents_than_the_log_holds_is_released),
	MANY(so_is_one_that_is_taken),
	MANY(what_waits_keeps_its_place),
	MANY(an_offer_is_answered_once_all_of_it_is_reported),
	MANY(an_older_offer_is_answered_meanwhile),
	MANY(what_waits_goes_with_the_engine),
	{}
};

unit_suite(tests);
