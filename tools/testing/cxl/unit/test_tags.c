// SPDX-License-Identifier: GPL-2.0-only
/* The tags: many, in any order, with and without memory, and read page by page. */
#include "dc_unit.h"
#include "dc/internal.h"

#define NR		5000U
#define STEPS		(8 * NR / UNIT_EVERY)

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
	struct cxl_dc_range range = { .start = i * BLOCK, .len = BLOCK };

	memcpy(range.tag, many_id(i), CXL_DC_TAG_LEN);
	return cxl_dc_offer(&dc, &range, 1, false);
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
	static bool has[NR];

	for (u32 step = 0; step < STEPS; step++) {
		u32 i = prng() % NR;

		if (!has[i] && prng() % STEPS > step) {
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
	assert_int_equal(unit_objects(), 0);
}

/* 5608h of one page; the tags come in the order of @expected. */
static void assert_page(u32 start, const u32 *expected, u32 nr)
{
	u8 in[8] = {};

	put_le(in, 4, start);
	put_le(in + 4, 4, nr);
	assert_int_equal(fm(CXL_FM_OP_LIST_TAGS, in, sizeof(in), 2048), CXL_RC_SUCCESS);
	assert_int_equal(answer(8, 4), nr);
	for (u32 i = 0; i < nr; i++)
		assert_memory_equal(answer_bytes(16 + 84 * i, CXL_DC_TAG_LEN),
				    many_id(expected[i]), CXL_DC_TAG_LEN);
	assert_null(dc_check(&dc));
}

static void pages_go_on_where_the_last_one_ended(void **state)
{
	static u32 order[NR];
	u32 nr = 1000;

	for (u32 i = 0; i < nr; i++) {
		order[i] = i;
		assert_int_equal(offer_one(i), CXL_RC_SUCCESS);
		assert_int_equal(respond(R({ i, 1 }), 0), CXL_RC_SUCCESS);
		forget_events();
	}
	for (u32 start = 0; start < nr; start += 20) {
		assert_page(start, order + start, 20);
		/* the next page begins at the cursor, and passes over nothing */
		assert_int_equal(dc.tag_cursor_index, start + 20 < nr ? start + 20 : nr);
	}
	/* wherever tags go, new ones are the last */
	for (u32 step = 0; step < 500 / UNIT_EVERY; step++) {
		u32 gone = prng() % nr, start = prng() % (nr - 20);

		drop(order[gone]);
		memmove(order + gone, order + gone + 1, (nr - gone - 1) * sizeof(*order));
		nr--;
		if (step % 3) {
			order[nr] = 1000 + step;
			assert_int_equal(offer_one(order[nr]), CXL_RC_SUCCESS);
			assert_int_equal(respond(R({ order[nr], 1 }), 0), CXL_RC_SUCCESS);
			forget_events();
			nr++;
		}
		assert_page(start, order + start, 20);
	}
}

#define TAGS_TEST(f)	cmocka_unit_test_setup_teardown(f, setup, dc_teardown)

static struct CMUnitTest tests[] = {
	TAGS_TEST(many_tags_come_and_go),
	TAGS_TEST(pages_go_on_where_the_last_one_ended),
	{}
};

unit_suite(tests);
