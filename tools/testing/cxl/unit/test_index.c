// SPDX-License-Identifier: GPL-2.0-only
/* The index: ranges that come, are cut and go, beside a plain array of places. */
#include <linux/slab.h>

#include "unit.h"
#include "index_check.h"

#define PLACES	8192U
/* not 0, and far apart, so that ranges could be cut anywhere */
#define AT(place)	(0x10000ULL + (place) * 0x1000ULL)

static struct dc_index index_;
/* begin of the range that each place is in, PLACES: none */
static u32 range_at[PLACES];
static u32 nr_ranges;

static int setup(void **state)
{
	memset(&index_, 0, sizeof(index_));
	for (u32 i = 0; i < PLACES; i++)
		range_at[i] = PLACES;
	nr_ranges = 0;
	prng_seed(1);
	return 0;
}

/* Ranges may be left; what the index has must be freed all the same. */
static int teardown(void **state)
{
	for (u32 i = 0; i < PLACES; i++) {
		if (range_at[i] != i)
			continue;
		dc_index_remove(&index_, AT(i));
		dc_index_unreserve(&index_);
	}
	shim_slab.fail = 0;
	return shim_slab.objects ? -1 : 0;
}

/* Whose range it is: anything that is not NULL and differs. */
static void *owner(u32 place)
{
	return &range_at[place];
}

static bool is_free(u32 place, u32 len)
{
	for (u32 i = place; i < place + len; i++)
		if (range_at[i] != PLACES)
			return false;
	return true;
}

static void mark(u32 place, u32 len, u32 value)
{
	for (u32 i = place; i < place + len; i++)
		range_at[i] = value;
}

/* Enter what does not overlap; what does is refused. No memory is asked for. */
static void insert(u32 place, u32 len)
{
	bool is_new = is_free(place, len);
	unsigned long calls;

	assert_int_equal(dc_index_reserve(&index_), 0);
	calls = shim_slab.calls;
	assert_int_equal(dc_index_insert(&index_, AT(place), AT(place + len) - AT(place),
					 owner(place)), is_new);
	assert_int_equal(shim_slab.calls, calls);
	if (!is_new) {
		dc_index_unreserve(&index_);
		return;
	}
	mark(place, len, place);
	nr_ranges++;
}

static void remove_range(u32 place)
{
	u32 len = 0;

	dc_index_remove(&index_, AT(place));
	dc_index_unreserve(&index_);
	while (place + len < PLACES && range_at[place + len] == place)
		len++;
	mark(place, len, PLACES);
	nr_ranges--;
}

static void check_all(void)
{
	void *next = NULL;

	assert_string_equal(index_check(&index_, NULL) ?: "", "");
	assert_int_equal(index_.reserved, nr_ranges);
	assert_ptr_equal(dc_index_find(&index_, AT(PLACES)), NULL);
	for (u32 i = PLACES; i--; ) {
		if (range_at[i] != PLACES)
			next = owner(range_at[i]);
		assert_ptr_equal(dc_index_find(&index_, AT(i)), next);
		assert_ptr_equal(dc_index_find(&index_, AT(i) + 0xfff), next);
	}
	assert_ptr_equal(dc_index_find(&index_, 0), next);
}

/* The @i-th of @nr places, in one of several orders. */
static u32 place_in_order(unsigned int order, u32 i, u32 nr)
{
	switch (order) {
	case 0:
		return i;
	case 1:
		return nr - 1 - i;
	case 2:
		return (u64)i * 7919 % nr;
	default:
		/* from the middle, to both sides */
		return i % 2 ? nr / 2 + i / 2 : nr / 2 - 1 - i / 2;
	}
}

static void ranges_come_and_go_in_any_order(void **state)
{
	for (unsigned int way = 0; way < 16; way++) {
		for (u32 i = 0; i < PLACES / 2; i++) {
			insert(2 * place_in_order(way / 4, i, PLACES / 2), 1);
			if (i % 509 == 0)
				check_all();
		}
		assert_int_equal(nr_ranges, PLACES / 2);
		assert_true(index_.height >= 3);
		for (u32 i = 0; i < PLACES / 2; i++) {
			remove_range(2 * place_in_order(way % 4, i, PLACES / 2));
			if (i % 509 == 0)
				check_all();
		}
		assert_int_equal(index_.height, 0);
		assert_int_equal(shim_slab.objects, 0);
	}
}

static void ranges_of_any_length_do_not_overlap(void **state)
{
	for (u32 step = 0; step < 60000; step++) {
		u32 place = prng() % PLACES;
		u32 len = 1 + prng() % (prng() % 8 ? 3 : 200);

		/* mostly growing at first, mostly shrinking in the end */
		if (prng() % 60000 > step)
			insert(place, len < PLACES - place ? len : PLACES - place);
		else if (range_at[place] != PLACES)
			remove_range(range_at[place]);
		if (step % 1009 == 0)
			check_all();
	}
	check_all();
}

static void all_of_the_space_can_be_one_range(void **state)
{
	int a, b;

	assert_int_equal(dc_index_reserve(&index_), 0);
	assert_int_equal(dc_index_reserve(&index_), 0);
	assert_true(dc_index_insert(&index_, 0, 0xffffffffffffffff, &a));
	assert_false(dc_index_insert(&index_, 0, 1, &b));
	assert_false(dc_index_insert(&index_, 0xfffffffffffffffe, 1, &b));
	assert_true(dc_index_insert(&index_, 0xffffffffffffffff, 1, &b));
	assert_ptr_equal(dc_index_find(&index_, 0), &a);
	assert_ptr_equal(dc_index_find(&index_, 0xfffffffffffffffe), &a);
	assert_ptr_equal(dc_index_find(&index_, 0xffffffffffffffff), &b);
	dc_index_remove(&index_, 0);
	assert_ptr_equal(dc_index_find(&index_, 5), &b);
	dc_index_remove(&index_, 0xffffffffffffffff);
	dc_index_unreserve(&index_);
	dc_index_unreserve(&index_);
}

static void a_cut_range_is_found_where_it_is(void **state)
{
	static int owners[400];

	for (u32 i = 0; i < 400; i++) {
		assert_int_equal(dc_index_reserve(&index_), 0);
		assert_true(dc_index_insert(&index_, 10 * i, 10, &owners[i]));
	}
	for (u32 i = 0; i < 400; i++) {
		/* from the front, then from behind */
		dc_index_cut(&index_, 10 * i, 10 * i + 3, 7);
		assert_ptr_equal(dc_index_find(&index_, 10 * i), &owners[i]);
		dc_index_cut(&index_, 10 * i + 3, 10 * i + 3, 2);
		assert_ptr_equal(dc_index_find(&index_, 10 * i + 4), &owners[i]);
		assert_ptr_equal(dc_index_find(&index_, 10 * i + 5),
				 i < 399 ? &owners[i + 1] : NULL);
		assert_string_equal(index_check(&index_, NULL) ?: "", "");
	}
	for (u32 i = 0; i < 400; i++) {
		dc_index_remove(&index_, 10 * i + 3);
		dc_index_unreserve(&index_);
	}
}

static void room_needs_memory_and_gives_it_back(void **state)
{
	size_t bytes;

	shim_slab.fail = 1;
	assert_int_equal(dc_index_reserve(&index_), -ENOMEM);
	assert_int_equal(index_.reserved, 0);
	shim_slab.fail = 0;
	for (u32 i = 0; i < 10000; i++)
		assert_int_equal(dc_index_reserve(&index_), 0);
	/* at most a twentieth of a node for each, and one */
	assert_true(shim_slab.bytes <= (10000 / 20 + 1) * 1024);
	bytes = shim_slab.bytes;
	for (u32 i = 0; i < 5000; i++)
		dc_index_unreserve(&index_);
	assert_true(shim_slab.bytes <= bytes / 2 + 2 * 1024);
	for (u32 i = 0; i < 5000; i++)
		dc_index_unreserve(&index_);
	assert_int_equal(shim_slab.objects, 0);
}

static void what_comes_and_goes_takes_no_node_along(void **state)
{
	unsigned long calls;

	for (u32 i = 0; i < 100; i++) {
		assert_int_equal(dc_index_reserve(&index_), 0);
		calls = shim_slab.calls;
		for (u32 k = 0; k < 3; k++) {
			dc_index_unreserve(&index_);
			assert_int_equal(dc_index_reserve(&index_), 0);
		}
		assert_true(i < 1 || shim_slab.calls == calls);
	}
	for (u32 i = 0; i < 100; i++)
		dc_index_unreserve(&index_);
}

#define TEST(f)		cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ranges_come_and_go_in_any_order),
		TEST(ranges_of_any_length_do_not_overlap),
		TEST(all_of_the_space_can_be_one_range),
		TEST(a_cut_range_is_found_where_it_is),
		TEST(room_needs_memory_and_gives_it_back),
		TEST(what_comes_and_goes_takes_no_node_along),
	};

	return unit_run(tests);
}
