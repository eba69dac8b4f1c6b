// SPDX-License-Identifier: GPL-2.0-only
/* What is behind capacity: nothing, all of it, or a backend by its tag. */
#include "dc_unit.h"

static struct cxl_dc_backend backends[3];

static int attach(unsigned int i, unsigned int tag, u64 blocks)
{
	int status;

	dc_events_seen = dc_nr_events;
	status = cxl_dc_backend_attach(&dc, &backends[i], tag_id(tag), blocks * BLOCK,
				       CXL_DC_BACKING_PHANTOM);
	assert_null(dc_check(&dc));
	assert_no_more_events();
	return status;
}

static int detach(unsigned int i)
{
	int status = cxl_dc_backend_detach(&dc, &backends[i]);

	assert_null(dc_check(&dc));
	return status;
}

static int unbacked(void **state)
{
	dc_setup(state);
	dc_config.backing = CXL_DC_BACKING_NONE;
	dc_restart();
	memset(backends, 0xa5, sizeof(backends));
	return 0;
}

#define UNBACKED(f)	cmocka_unit_test_setup_teardown(f, unbacked, dc_teardown)

static void without_a_backend_all_is_unsupported(void **state)
{
	for (unsigned int tag = 0; tag < 3; tag++) {
		assert_refused(CXL_RC_UNSUPPORTED, offer(R({ 0, 1 }), tag, false));
		assert_refused(CXL_RC_UNSUPPORTED, offer(R({ 0, 1 }, { 2, 1 }), tag, true));
		assert_refused(CXL_RC_UNSUPPORTED, ask(0, 1, tag, false));
		assert_refused(CXL_RC_UNSUPPORTED, ask(0, 1, tag, true));
		for (u8 policy = 0; policy < 4; policy++) {
			assert_refused(CXL_RC_UNSUPPORTED,
				       fm_add(policy, 0, BLOCK, tag, R({ 0, 1 })));
			assert_refused(CXL_RC_UNSUPPORTED,
				       fm_add(policy, 1, BLOCK, tag, NOTHING));
		}
		for (u8 policy = 0; policy < 2; policy++) {
			assert_refused(CXL_RC_UNSUPPORTED, fm_release(policy, tag, R({ 0, 1 })));
			assert_refused(CXL_RC_UNSUPPORTED,
				       fm_release(policy | CXL_FM_RELEASE_FORCED, tag,
						  R({ 0, 1 })));
		}
	}
	assert_refused(CXL_RC_INVALID_PA, respond(R({ 0, 1 }), 0));
	assert_refused(CXL_RC_INVALID_PA, release(R({ 0, 1 }), 0));
	assert_done(respond(NOTHING, 0));
	assert_host_has(NOTHING);
}

static void attaching_is_checked(void **state)
{
	assert_int_equal(attach(0, 0, 4), -EINVAL);
	assert_int_equal(attach(0, 1, 0), -EINVAL);
	assert_int_equal(cxl_dc_backend_attach(&dc, &backends[0], tag_id(1), BLOCK,
					       CXL_DC_BACKING_NONE), -EINVAL);
	assert_true(list_empty(&dc.backends));
	assert_int_equal(attach(0, 1, 4), 0);
	assert_int_equal(attach(1, 1, 4), -EEXIST);
	assert_int_equal(attach(1, 1, 8), -EEXIST);
	assert_int_equal(attach(1, 2, 4), 0);
	assert_int_equal(detach(0), 0);
	assert_int_equal(attach(2, 1, 8), 0);
	assert_int_equal(attach(0, 2, 8), -EEXIST);
}

static void why_a_backend_is_refused_is_said(void **state)
{
	static const struct {
		unsigned int tag;
		u64 size;
		enum cxl_dc_backing kind;
		int status;
		const char *reason;
	} wrong[] = {
		{ 0, BLOCK, CXL_DC_BACKING_PHANTOM, -EINVAL, "needs a tag" },
		{ 1, 0, CXL_DC_BACKING_PHANTOM, -EINVAL, "needs a size" },
		{ 1, BLOCK, CXL_DC_BACKING_NONE, -EINVAL, "needs a kind" },
		{ 1, BLOCK + 1, CXL_DC_BACKING_PHANTOM, -ERANGE,
		  "size 0x200001: must be a multiple of the block size 0x200000" },
		{ 1, BLOCK, CXL_DC_BACKING_RESERVED, -EMEDIUMTYPE, "kind must be phantom" },
		{ 2, BLOCK, CXL_DC_BACKING_PHANTOM, -EEXIST, "the tag is used by" },
	};

	assert_int_equal(attach(1, 2, 4), 0);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		dc.reason[0] = 0;
		assert_int_equal(cxl_dc_backend_attach(&dc, &backends[0], tag_id(wrong[i].tag),
						       wrong[i].size, wrong[i].kind),
				 wrong[i].status);
		assert_non_null(strstr(dc.reason, wrong[i].reason));
	}
	assert_done(offer(R({ 8, 4 }), 2, false));
	assert_int_equal(detach(1), -EBUSY);
	assert_string_equal(dc.reason, "an extent uses it (offered): release the extent first");
	assert_done(respond(R({ 8, 4 }), 0));
	assert_int_equal(detach(1), -EBUSY);
	assert_string_equal(dc.reason, "an extent uses it (bound): release the extent first");
}

static void without_memory_no_backend_is_attached(void **state)
{
	unit_skip_in_kernel("the kernel's hash table has room for the first");
	unit_fail_from(1);
	assert_int_equal(attach(0, 1, 4), -ENOMEM);
	unit_fail_from(0);
	assert_true(list_empty(&dc.backends));
	assert_int_equal(attach(0, 1, 4), 0);
	assert_string_equal(cxl_dc_backend_state(&backends[0]), "free");
	assert_int_equal(detach(0), 0);
}

/* The host is told once for all of the device whether there is memory. */
static void all_backends_are_memory_if_the_window_is(void **state)
{
	for (int memory = 0; memory < 2; memory++) {
		dc_config.memory = memory;
		dc_restart();
		assert_int_equal(dc.memory, memory);
		assert_int_equal(cxl_dc_backend_attach(&dc, &backends[0], tag_id(1), BLOCK,
						       memory ? CXL_DC_BACKING_PHANTOM :
						       CXL_DC_BACKING_RESERVED), -EMEDIUMTYPE);
		assert_true(list_empty(&dc.backends));
		assert_int_equal(cxl_dc_backend_attach(&dc, &backends[0], tag_id(1), BLOCK,
						       memory ? CXL_DC_BACKING_RESERVED :
						       CXL_DC_BACKING_PHANTOM), 0);
		assert_done(offer(R({ 3, 1 }), 1, false));
		assert_done(respond(R({ 3, 1 }), 0));
		assert_true(backends[0].bound);
		assert_done(release(R({ 3, 1 }), 0));
		assert_int_equal(detach(0), 0);
	}
}

/* A size that no extent can have is not worth waiting for. */
static void a_backend_has_a_size_that_an_extent_can_have(void **state)
{
	static const u64 wrong[] = {
		1, BLOCK - 1, BLOCK + 64, 4 * BLOCK + 1, GIB + BLOCK, 2 * GIB, U64_MAX,
	};
	static const u64 right[] = { BLOCK, 3 * BLOCK, GIB };
	struct cxl_dc_backend *backend = &backends[0];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(cxl_dc_backend_attach(&dc, backend, tag_id(1), wrong[i],
						       CXL_DC_BACKING_PHANTOM), -ERANGE);
	assert_true(list_empty(&dc.backends));
	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		assert_int_equal(cxl_dc_backend_attach(&dc, backend, tag_id(1), right[i],
						       CXL_DC_BACKING_PHANTOM), 0);
		assert_int_equal(detach(0), 0);
	}
	/* the smallest block decides */
	dc.regions[1].block_size = 64;
	assert_int_equal(cxl_dc_backend_attach(&dc, backend, tag_id(1), 64,
					       CXL_DC_BACKING_PHANTOM), 0);
	assert_int_equal(cxl_dc_backend_attach(&dc, &backends[1], tag_id(2), 32,
					       CXL_DC_BACKING_PHANTOM), -ERANGE);
}

static void an_offer_must_be_the_one_extent_of_its_backend(void **state)
{
	assert_int_equal(attach(0, 1, 4), 0);
	assert_refused(CXL_RC_INVALID_INPUT, offer(R({ 0, 3 }), 1, false));
	assert_refused(CXL_RC_INVALID_INPUT, offer(R({ 0, 5 }), 1, false));
	assert_refused(CXL_RC_INVALID_INPUT, offer(R({ 0, 2 }, { 2, 2 }), 1, false));
	assert_refused(CXL_RC_INVALID_INPUT, offer(R({ 0, 4 }, { 8, 4 }), 1, false));
	assert_refused(CXL_RC_UNSUPPORTED, offer(R({ 0, 4 }), 2, false));
	assert_refused(CXL_RC_UNSUPPORTED, offer(R({ 0, 4 }), 0, false));
	assert_refused(CXL_RC_INVALID_PA, offer(R({ 2 * REGION, 4 }), 1, false));
	assert_done(offer(R({ 0, 4 }), 1, false));
}

static void a_backend_is_bound_when_the_host_accepts(void **state)
{
	assert_int_equal(attach(0, 1, 4), 0);
	assert_null(backends[0].user);
	assert_done(offer(R({ 8, 4 }), 1, false));
	assert_ptr_equal(backends[0].user->backend, &backends[0]);
	assert_false(backends[0].bound);
	assert_int_equal(detach(0), -EBUSY);
	assert_done(respond(R({ 8, 4 }), 0));
	assert_true(backends[0].bound);
	assert_int_equal(detach(0), -EBUSY);
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, offer(R({ 20, 4 }), 1, false));
	assert_done(ask(8, 4, 1, false));
	assert_true(backends[0].bound);
	assert_int_equal(detach(0), -EBUSY);
	assert_done(release(R({ 8, 4 }), 0));
	assert_null(backends[0].user);
	assert_false(backends[0].bound);
	/* and serves again */
	assert_done(offer(R({ 20, 4 }), 1, false));
	assert_done(respond(R({ 20, 4 }), 0));
	assert_done(ask(20, 4, 0, true));
	assert_int_equal(detach(0), 0);
	assert_refused(CXL_RC_UNSUPPORTED, offer(R({ 20, 4 }), 1, false));
}

static void rejecting_frees_a_backend(void **state)
{
	assert_int_equal(attach(0, 1, 4), 0);
	assert_int_equal(attach(1, 2, 2), 0);
	assert_done(offer(R({ 8, 4 }), 1, true));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, offer(R({ 20, 4 }), 1, true));
	assert_done(offer(R({ 12, 2 }), 2, false));
	assert_int_equal(detach(0), -EBUSY);
	assert_done(respond(R({ 12, 2 }), 0));
	assert_null(backends[0].user);
	assert_true(backends[1].bound);
	assert_int_equal(detach(0), 0);
	assert_int_equal(detach(1), -EBUSY);
}

static void a_refused_offer_does_not_reserve_a_backend(void **state)
{
	assert_int_equal(attach(0, 1, 4), 0);
	assert_int_equal(attach(1, 2, 4), 0);
	assert_done(offer(R({ 0, 4 }), 1, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, offer(R({ 2, 4 }), 2, false));
	assert_null(backends[1].user);
	fill_the_queue();
	assert_refused(CXL_RC_RETRY_REQUIRED, offer(R({ 8, 4 }), 2, false));
	assert_null(backends[1].user);
	host_clears(2);
	assert_int_equal(detach(1), 0);
	assert_int_equal(attach(1, 2, 4), 0);
	assert_done_with_memory_only(offer(R({ 8, 4 }), 2, false));
	assert_done_with_memory_only(respond(R({ 0, 4 }), 0));
	assert_true(backends[0].bound);
}

static void a_backend_has_no_parts(void **state)
{
	assert_int_equal(attach(0, 1, 4), 0);
	assert_done(offer(R({ 8, 4 }), 1, false));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ 8, 2 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ 9, 3 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, respond(R({ 8, 2 }, { 10, 2 }), 0));
	assert_false(backends[0].bound);
	assert_done(respond(R({ 8, 4 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(R({ 8, 2 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(R({ 9, 1 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(R({ 10, 2 }), 0));
	for (int forced = 0; forced < 2; forced++) {
		assert_refused(CXL_RC_INVALID_EXTENT_LIST, ask(8, 2, 0, forced));
		assert_refused(CXL_RC_INVALID_EXTENT_LIST, ask(11, 1, 1, forced));
		assert_refused(CXL_RC_INVALID_EXTENT_LIST,
			       fm_release(CXL_FM_REMOVE_PRESCRIPTIVE |
					  (forced ? CXL_FM_RELEASE_FORCED : 0), 1, R({ 9, 2 })));
	}
	assert_host_has(R({ 8, 4 }));
	/* one range over two backends is */
	assert_int_equal(attach(1, 2, 2), 0);
	assert_done(offer(R({ 12, 2 }), 2, false));
	assert_done(respond(R({ 12, 2 }), 0));
	assert_refused(CXL_RC_INVALID_EXTENT_LIST, release(R({ 8, 5 }), 0));
	assert_done(release(R({ 8, 6 }), 0));
	assert_int_equal(detach(0) ?: detach(1), 0);
}

static void the_fm_adds_and_releases_by_the_tag_of_a_backend(void **state)
{
	assert_int_equal(attach(0, 1, 4), 0);
	assert_refused(CXL_RC_UNSUPPORTED, fm_add(CXL_FM_SELECT_FREE, 0, 4 * BLOCK, 2, NOTHING));
	assert_refused(CXL_RC_INVALID_INPUT,
		       fm_add(CXL_FM_SELECT_FREE, 0, 8 * BLOCK, 1, NOTHING));
	assert_done(fm_add(CXL_FM_SELECT_CONTIGUOUS, 0, 4 * BLOCK, 1, NOTHING));
	assert_done(respond(R({ 0, 4 }), 0));
	assert_true(backends[0].bound);
	assert_done(fm_release(CXL_FM_REMOVE_TAG, 1, NOTHING));
	assert_done(release(R({ 0, 4 }), 0));
	assert_done(fm_add(CXL_FM_SELECT_PRESCRIPTIVE, 0, 0, 1, R({ 40, 4 })));
	assert_done(respond(R({ 40, 4 }), 0));
	assert_done(fm_release(CXL_FM_REMOVE_TAG | CXL_FM_RELEASE_FORCED, 1, NOTHING));
	assert_int_equal(detach(0), 0);
}

/* Where the search for free capacity goes on there may be too little of it. */
static void the_device_chooses_one_extent_for_a_backend(void **state)
{
	dc_config.nr_regions = 1;
	dc_config.total_size = 4 * GIB;
	dc_restart();
	assert_int_equal(attach(0, 1, 3 * REGION), 0);
	assert_int_equal(attach(1, 2, 2 * REGION), 0);
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, 3 * GIB, 1, NOTHING));
	assert_done(respond(R({ 0, 3 * REGION }), 0));
	assert_done(release(R({ 0, 3 * REGION }), 0));
	assert_done(fm_add(CXL_FM_SELECT_FREE, 0, 2 * GIB, 2, NOTHING));
	assert_done(respond(R({ 0, 2 * REGION }), 0));
	assert_true(backends[1].bound);
	/* two gaps of 1 GiB are none of 2 */
	assert_done(release(R({ 0, 2 * REGION }), 0));
	assert_int_equal(attach(2, 3, 2 * REGION), 0);
	assert_done(offer(R({ REGION, 2 * REGION }), 3, false));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED,
		       fm_add(CXL_FM_SELECT_FREE, 0, 2 * GIB, 2, NOTHING));
}

static void a_reference_keeps_a_backend_in_use(void **state)
{
	assert_int_equal(attach(0, 1, 4), 0);
	assert_done(offer(R({ REGION + 8, 4 }), 1, false));
	assert_done(respond(R({ REGION + 8, 4 }), 0));
	assert_done(fm_reference(true, 1));
	assert_false(cxl_dc_backend_is_held(&backends[0]));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, offer(R({ REGION + 20, 4 }), 1, false));
	assert_non_null(strstr(dc.reason, "release its extent first"));
	assert_done(release(R({ REGION + 8, 4 }), 0));
	assert_host_has(NOTHING);
	assert_false(backends[0].bound);
	assert_true(cxl_dc_backend_is_held(&backends[0]));
	assert_int_equal(detach(0), -EBUSY);
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, offer(R({ REGION + 20, 4 }), 1, false));
	assert_non_null(strstr(dc.reason, "a reference to this tag keeps"));
	assert_done(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
	assert_false(cxl_dc_backend_is_held(&backends[0]));
	assert_false(backends[0].bound);
	assert_done(respond(R({ REGION + 8, 4 }), 0));
	assert_true(backends[0].bound);
	assert_done(ask(REGION + 8, 4, 1, true));
	assert_false(backends[0].bound);
	assert_true(cxl_dc_backend_is_held(&backends[0]));
	assert_done(fm_reference(false, 1));
	assert_false(cxl_dc_backend_is_held(&backends[0]));
	assert_int_equal(detach(0), 0);
}

static void the_fm_frees_what_is_kept_of_a_backend_while_it_is_offered(void **state)
{
	assert_int_equal(attach(0, 1, 4), 0);
	assert_done(offer(R({ REGION + 8, 4 }), 1, false));
	assert_done(fm_reference(true, 1));
	assert_done(respond(NOTHING, 0));
	assert_int_equal(detach(0), -EBUSY);
	assert_done(fm_add(CXL_FM_SELECT_SHARED, 1, 0, 1, NOTHING));
	assert_done(fm_reference(false, 1));
	assert_int_equal(detach(0), -EBUSY);
	assert_done(respond(NOTHING, 0));
	assert_int_equal(detach(0), 0);
}

static void backed_capacity_needs_no_backend(void **state)
{
	dc_config.backing = CXL_DC_BACKING_RESERVED;
	dc_restart();
	assert_done(offer(R({ 0, 4 }), 1, false));
	assert_done(offer(R({ 4, 4 }), 0, false));
	/* but a tag that has one is that of its one extent */
	assert_int_equal(attach(0, 2, 4), 0);
	assert_refused(CXL_RC_INVALID_INPUT, offer(R({ 8, 8 }), 2, false));
	assert_done(offer(R({ 8, 4 }), 2, false));
	assert_refused(CXL_RC_RESOURCES_EXHAUSTED, offer(R({ 12, 4 }), 2, false));
	/* and one that extents have without a backend gets none */
	assert_int_equal(attach(1, 1, 4), -EEXIST);
}

static void an_engine_ends_with_backends_attached(void **state)
{
	assert_int_equal(attach(0, 1, 4), 0);
	assert_int_equal(attach(1, 2, 4), 0);
	assert_done(offer(R({ 8, 4 }), 1, false));
	assert_done(respond(R({ 8, 4 }), 0));
	cxl_dc_destroy(&dc);
	assert_null(backends[0].user);
	assert_true(list_empty(&backends[0].list));
	assert_true(list_empty(&backends[1].list));
	cxl_dc_init(&dc, &dc_config, &dc_sink);
}

static struct CMUnitTest tests[] = {
	UNBACKED(without_a_backend_all_is_unsupported),
	UNBACKED(attaching_is_checked),
	UNBACKED(why_a_backend_is_refused_is_said),
	UNBACKED(without_memory_no_backend_is_attached),
	UNBACKED(all_backends_are_memory_if_the_window_is),
	UNBACKED(a_backend_has_a_size_that_an_extent_can_have),
	UNBACKED(an_offer_must_be_the_one_extent_of_its_backend),
	UNBACKED(a_backend_is_bound_when_the_host_accepts),
	UNBACKED(rejecting_frees_a_backend),
	UNBACKED(a_refused_offer_does_not_reserve_a_backend),
	UNBACKED(a_backend_has_no_parts),
	UNBACKED(the_fm_adds_and_releases_by_the_tag_of_a_backend),
	UNBACKED(the_device_chooses_one_extent_for_a_backend),
	UNBACKED(a_reference_keeps_a_backend_in_use),
	UNBACKED(the_fm_frees_what_is_kept_of_a_backend_while_it_is_offered),
	UNBACKED(backed_capacity_needs_no_backend),
	UNBACKED(an_engine_ends_with_backends_attached),
	{}
};

unit_suite(tests);
