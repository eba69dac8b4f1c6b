// SPDX-License-Identifier: GPL-2.0-only
/* The hash of tags: many, in any order, with and without memory for it. */
#include "dc_unit.h"
#include "dc/internal.h"

#define NR		5000U
/* enough for a node of the index, and for so many slots */
#define MAX_OBJECT	1024
#define MOST_SLOTS	64U

static int setup(void **state)
{
	int rc = dc_setup(state);

	dc_config.total_size = 64 * GIB;
	dc_config.nr_regions = 1;
	dc_config.sharable = 0;
	dc_config.max_extents = NR;
	dc_config.max_tags = NR;
	dc_restart();
	prng_seed(9);
	return rc;
}

static const u8 *many_id(u32 tag)
{
	static u8 id[CXL_DC_TAG_LEN];

	memset(id, 0, sizeof(id));
	put_le(id + 6, 4, tag + 1);
	return id;
}

static enum cxl_mbox_rc offer_one(u32 i)
{
	const struct cxl_dc_range range = { i * BLOCK, BLOCK, 0 };

	return cxl_dc_offer(&dc, &range, 1, many_id(i), false);
}

static void assert_tags(const bool *has)
{
	assert_string_equal(dc_check(&dc) ?: "", "");
	for (u32 i = 0; i < NR; i++) {
		struct dc_tag *tag = dc_tag_find(&dc, many_id(i));

		assert_int_equal(!!tag, has[i]);
		if (tag)
			assert_memory_equal(tag->id, many_id(i), CXL_DC_TAG_LEN);
	}
}

/* Take the extent of a tag from whoever has it. */
static void drop(u32 i)
{
	dc_store_del(&dc, dc_store_find(&dc, i * BLOCK));
}

static void many_tags_come_and_go(void **state)
{
	bool has[NR] = {};

	for (u32 step = 0; step < 8 * NR; step++) {
		u32 i = prng() % NR;

		if (!has[i] && prng() % (8 * NR) > step) {
			/* its offer is not what is tested: one each, accepted */
			assert_int_equal(offer_one(i), CXL_RC_SUCCESS);
			assert_int_equal(respond(R({ i, 1 }), 0), CXL_RC_SUCCESS);
			has[i] = true;
		} else if (has[i]) {
			drop(i);
			has[i] = false;
		}
		forget_events();
		if (step % 1999 == 0)
			assert_tags(has);
	}
	assert_tags(has);
	assert_true(dc.nr_tags > 0);
	for (u32 i = 0; i < NR; i++) {
		if (has[i])
			drop(i);
		has[i] = false;
	}
	/* nothing is left of those that were there when there were few before */
	assert_tags(has);
	assert_int_equal(dc.nr_slots, CXL_DC_FEW_SLOTS);
	assert_int_equal(shim_slab.objects, 0);
}

static void slots_cost_little(void **state)
{
	for (u32 i = 0; i < NR; i++) {
		assert_non_null(dc_tag_get(&dc, many_id(i)));
		assert_true(dc.nr_slots <= CXL_DC_FEW_SLOTS || dc.nr_slots < 3 * dc.nr_tags);
	}
	dc.max_tags = NR;
	for (u32 i = 0; i < NR; i++)
		dc_tag_put(&dc, dc_tag_find(&dc, many_id(i)));
	assert_int_equal(shim_slab.objects, 0);
}

/* Tags fit as long as there is an empty slot; what is more is refused. */
static void without_memory_for_slots_there_are_fewer_tags(void **state)
{
	shim_slab.max = MAX_OBJECT;
	for (u32 i = 0; i + 1 < MOST_SLOTS; i++)
		assert_done(offer_one(i));
	assert_int_equal(dc.nr_slots, MOST_SLOTS);
	assert_refused(CXL_RC_INTERNAL, offer_one(MOST_SLOTS));
	shim_slab.max = 0;
	assert_done(offer_one(MOST_SLOTS));
	assert_true(dc.nr_slots > MOST_SLOTS);
}

static void without_memory_for_fewer_slots_they_stay(void **state)
{
	u32 nr;

	for (u32 i = 0; i < 1000; i++)
		assert_non_null(dc_tag_get(&dc, many_id(i)));
	nr = dc.nr_slots;
	shim_slab.max = MAX_OBJECT;
	for (u32 i = 0; i < 1000; i++)
		dc_tag_put(&dc, dc_tag_find(&dc, many_id(i)));
	assert_int_equal(dc.nr_slots, nr);
	assert_int_equal(dc.nr_tags, 0);
	assert_done(offer_one(3));
}

#define TAGS_TEST(f)	cmocka_unit_test_setup_teardown(f, setup, dc_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TAGS_TEST(many_tags_come_and_go),
		TAGS_TEST(slots_cost_little),
		TAGS_TEST(without_memory_for_slots_there_are_fewer_tags),
		TAGS_TEST(without_memory_for_fewer_slots_they_stay),
	};

	return unit_run(tests);
}
