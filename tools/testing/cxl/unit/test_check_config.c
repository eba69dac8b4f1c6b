// SPDX-License-Identifier: GPL-2.0-only
/* What the host believes of responses that list DC regions: their counts and order. */
#include "check_unit.h"

/* As if earlier responses had held check_good(0) to check_good(@nr - 1). */
static void have(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		check_regions[i] = (struct dcd_region) { .base = i * GIB, .decode_len = GIB };
}

static void one_to_eight_good_regions_are_taken_over(void **state)
{
	for (unsigned int nr = 1; nr <= 8; nr++) {
		struct region list[8];

		for (unsigned int i = 0; i < nr; i++)
			list[i] = check_good(i);
		memset(check_regions, 0xa5, sizeof(check_regions));
		assert_int_equal(check_take(nr, list, nr, 0), nr);
		for (unsigned int i = 0; i < nr; i++)
			check_assert_taken(&check_regions[i], &list[i]);
		for (unsigned int i = nr; i < 8; i++)
			assert_int_equal(check_regions[i].base, 0xa5a5a5a5a5a5a5a5);
	}
}

/* What a response claims of its regions, against what may be. */
static void counts(unsigned int available, unsigned int returned, unsigned int nr)
{
	bool may_be = available >= 1 && available <= 8 && returned >= 1 &&
		      nr + returned <= available;
	static u8 bytes[HEADER + 255 * REGION + TAIL];
	static struct region list[255];
	char expected[DCD_REASON_LEN];
	size_t len;

	for (unsigned int i = 0; i < returned; i++)
		list[i] = check_good(nr + i);
	len = check_put_config(bytes, available, returned, list, returned);
	if (may_be) {
		assert_int_equal(check_take_bytes(bytes, len, nr), nr + returned);
		return;
	}
	assert_int_equal(check_take_bytes(bytes, len, nr), -EPROTO);
	snprintf(expected, sizeof(expected),
		 "Dynamic Capacity not used: invalid response, %u of %u DC regions in %zu bytes, from DC region %u on",
		 returned, available, len, nr);
	assert_string_equal(check_reason, expected);
}

static void counts_that_cannot_be_are_refused(void **state)
{
	static const u8 lies[] = { 9, 10, 16, 127, 128, 254, 255 };

	for (unsigned int nr = 0; nr < 8; nr++) {
		have(nr);
		for (unsigned int available = 0; available <= 8; available++) {
			for (unsigned int returned = 0; returned <= 8; returned++)
				counts(available, returned, nr);
			for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
				counts(available, lies[i], nr);
		}
		for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
			for (unsigned int returned = 0; returned <= 9; returned++)
				counts(lies[i], returned, nr);
			counts(lies[i], lies[i], nr);
		}
	}
}

static void refused_counts_are_told_with_the_length(void **state)
{
	u8 bytes[HEADER + TAIL];

	check_put_config(bytes, 8, 7, NULL, 0);
	have(1);
	assert_int_equal(check_take_bytes(bytes, sizeof(bytes), 1), -EPROTO);
	assert_string_equal(check_reason,
			    "Dynamic Capacity not used: invalid response, 7 of 8 DC regions in 24 bytes, from DC region 1 on");
}

static void a_response_holds_the_regions_that_it_counts(void **state)
{
	u8 bytes[HEADER + 8 * REGION + TAIL];
	struct region list[8];

	for (unsigned int i = 0; i < 8; i++)
		list[i] = check_good(i);
	for (unsigned int nr = 1; nr <= 8; nr++) {
		size_t full = check_put_config(bytes, 8, nr, list, nr);

		for (size_t len = HEADER; len < full; len++) {
			assert_int_equal(check_take_bytes(bytes, len, 0), -EPROTO);
			assert_memory_equal(check_reason, "Dynamic Capacity not used: ", 27);
		}
		/* what may follow is the tail, which a small mailbox may cut */
		for (size_t len = full; len <= full + TAIL; len++)
			assert_int_equal(check_take_bytes(bytes, len, 0), nr);
	}
}

static void regions_may_come_in_several_responses(void **state)
{
	for (unsigned int step = 1; step <= 8; step++) {
		struct region list[8];
		unsigned int nr = 0;

		for (unsigned int i = 0; i < 8; i++)
			list[i] = check_good(i);
		memset(check_regions, 0xa5, sizeof(check_regions));
		while (nr < 8) {
			unsigned int count = nr + step <= 8 ? step : 8 - nr;

			assert_int_equal(check_take(8, list + nr, count, nr), nr + count);
			nr += count;
		}
		for (unsigned int i = 0; i < 8; i++)
			check_assert_taken(&check_regions[i], &list[i]);
	}
}

static void a_response_goes_on_behind_the_one_before(void **state)
{
	struct region region = check_good(0);

	assert_int_equal(check_take(3, &region, 1, 0), 1);
	assert_int_equal(check_take(3, &region, 1, 1), -EPROTO);
	assert_memory_equal(check_reason, "DC region 1 at ", 15);
	region.base = GIB - UNIT;
	assert_int_equal(check_take(3, &region, 1, 1), -EPROTO);
	region.base = GIB;
	assert_int_equal(check_take(3, &region, 1, 1), 2);
	assert_int_equal(check_take(3, &region, 1, 2), -EPROTO);
	assert_memory_equal(check_reason, "DC region 2 at ", 15);
}

static void the_number_of_regions_may_change_between_responses(void **state)
{
	struct region list[8];

	for (unsigned int i = 0; i < 8; i++)
		list[i] = check_good(i);

	/* up */
	assert_int_equal(check_take(2, list, 1, 0), 1);
	assert_int_equal(check_take(8, list + 1, 7, 1), 8);
	/* down, to no fewer than there are */
	assert_int_equal(check_take(8, list, 4, 0), 4);
	assert_int_equal(check_take(5, list + 4, 1, 4), 5);
	/* to as many as were taken over, or fewer: then none can be returned */
	for (unsigned int available = 0; available <= 4; available++) {
		for (unsigned int count = 0; count <= 4; count++)
			assert_int_equal(check_take(available, list + 4, count, 4), -EPROTO);
	}
	assert_int_equal(check_take(9, list + 4, 1, 4), -EPROTO);
}

static void the_first_bad_region_is_named(void **state)
{
	for (unsigned int bad = 0; bad < 8; bad++) {
		struct region list[8];
		char expected[DCD_REASON_LEN];

		for (unsigned int i = 0; i < 8; i++) {
			list[i] = check_good(i + 1);
			if (i >= bad)
				list[i].len = 3 * MIB;
		}
		assert_int_equal(check_take(8, list, 8, 0), -EPROTO);
		snprintf(expected, sizeof(expected),
			 "DC region %u at %#llx is invalid: length 0x300000, decode length 0x40000000, block size 0x200000; Dynamic Capacity not used",
			 bad, (bad + 1) * GIB);
		assert_string_equal(check_reason, expected);
	}
}

/* Regions of 1, 2, ... GiB without a gap */
static void put_adjacent(void)
{
	u64 base = 3 * GIB;

	for (unsigned int i = 0; i < 8; i++) {
		/* the capacity may be less than the space for it */
		check_regions[i] = (struct dcd_region) {
			.base = base,
			.decode_len = (i + 1) * GIB,
			.len = GIB,
		};
		base += check_regions[i].decode_len;
	}
}

static void regions_without_a_gap_are_used(void **state)
{
	put_adjacent();
	for (unsigned int nr = 1; nr <= 8; nr++)
		assert_int_equal(dcd_adjacent_regions(check_regions, nr), nr);
}

static void the_regions_behind_the_first_gap_are_not_used(void **state)
{
	for (unsigned int first = 1; first < 8; first++) {
		for (unsigned int second = first; second < 8; second++) {
			put_adjacent();
			for (unsigned int i = 1; i < 8; i++)
				check_regions[i].base += (i >= first) * UNIT + (i > second) * UNIT;
			for (unsigned int nr = 1; nr <= 8; nr++)
				assert_int_equal(dcd_adjacent_regions(check_regions, nr),
						 nr < first ? nr : first);
		}
	}
}

static struct CMUnitTest tests[] = {
	cmocka_unit_test(one_to_eight_good_regions_are_taken_over),
	cmocka_unit_test(counts_that_cannot_be_are_refused),
	cmocka_unit_test(refused_counts_are_told_with_the_length),
	cmocka_unit_test(a_response_holds_the_regions_that_it_counts),
	cmocka_unit_test(regions_may_come_in_several_responses),
	cmocka_unit_test(a_response_goes_on_behind_the_one_before),
	cmocka_unit_test(the_number_of_regions_may_change_between_responses),
	cmocka_unit_test(the_first_bad_region_is_named),
	cmocka_unit_test(regions_without_a_gap_are_used),
	cmocka_unit_test(the_regions_behind_the_first_gap_are_not_used),
	{}
};

unit_suite(tests);
