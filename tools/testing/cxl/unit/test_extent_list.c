// SPDX-License-Identifier: GPL-2.0-only
/* Get Dynamic Capacity Extent List (4801h), page by page: CXL 3.1 8.2.9.9.9.2 */
#include "dc_unit.h"

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
	struct blocks ranges[20];

	for (u32 i = 0; i < 20; i++)
		ranges[i] = (struct blocks) { 4 * i, 1 };
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
	for (unsigned int i = 0; i < 2000 / UNIT_EVERY; i++) {
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

static struct CMUnitTest tests[] = {
	TEST(the_list_is_read_page_by_page),
	TEST(the_list_may_change_between_pages),
	{}
};

unit_suite(tests);
