// SPDX-License-Identifier: GPL-2.0-only
/* Which DC regions of a device the host believes, by the values of each. */
#include "check_unit.h"

#define WRAP		((__uint128_t)1 << 64)

/* @region alone, as the first of a device, or behind a check_good(0) that ends at 1 GiB */
static int take_first(struct region region)
{
	return check_take(1, &region, 1, 0);
}

static int take_second(struct region region)
{
	return check_take(2, ((struct region[]) { check_good(0), region }), 2, 0);
}

static void refused_first(struct region region)
{
	assert_int_equal(take_first(region), -EPROTO);
	assert_memory_equal(check_reason, "DC region 0 at ", 15);
}

static void refused_second(struct region region)
{
	assert_int_equal(take_second(region), -EPROTO);
	assert_memory_equal(check_reason, "DC region 1 at ", 15);
}

static void the_longest_reason_is_not_cut(void **state)
{
	struct region region = { .base = -1, .units = -1, .len = -1, .block = -1 };

	refused_second(region);
	assert_string_equal(check_reason,
			    "DC region 1 at 0xffffffffffffffff is invalid: length 0xffffffffffffffff, decode length 0xfffffffff0000000, block size 0xffffffffffffffff; Dynamic Capacity not used");
}

static void a_base_is_a_multiple_of_256_mib(void **state)
{
	static const u64 odd[] = { 1, 64, 4 * KIB, 2 * MIB, UNIT / 2, UNIT - 1 };
	struct region region = check_good(0);

	for (u64 i = 0; i < 4; i++) {
		region.base = i * UNIT;
		assert_int_equal(take_first(region), 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		region.base = odd[i];
		refused_first(region);
		region.base = 5 * GIB + odd[i];
		refused_first(region);
		region.base = 5 * GIB - odd[i];
		refused_first(region);
	}
}

static void regions_ascend_and_do_not_overlap(void **state)
{
	struct region region = check_good(1);

	assert_int_equal(take_second(region), 2);
	/* a gap is no lie */
	region.base = GIB + UNIT;
	assert_int_equal(take_second(region), 2);
	region.base = 1024 * TIB;
	assert_int_equal(take_second(region), 2);

	for (region.base = 0; region.base < GIB; region.base += UNIT)
		refused_second(region);

	/* descending, and so far down that it does not even overlap */
	assert_int_equal(check_take(2, ((struct region[]) { check_good(5), check_good(2) }), 2, 0),
			 -EPROTO);
	assert_memory_equal(check_reason, "DC region 1 at 0x80000000 ", 26);
	assert_int_equal(check_take(2, ((struct region[]) { check_good(1), check_good(0) }), 2, 0),
			 -EPROTO);
}

static void a_region_ends_at_its_decode_length_not_at_its_length(void **state)
{
	struct region first = check_good(0), second = check_good(0);

	first.len = UNIT;
	second.base = UNIT;
	assert_int_equal(check_take(2, ((struct region[]) { first, second }), 2, 0), -EPROTO);
	second.base = GIB;
	assert_int_equal(check_take(2, ((struct region[]) { first, second }), 2, 0), 2);
}

static void a_region_has_dpa_space(void **state)
{
	struct region region = check_good(0);

	region.units = 0;
	refused_first(region);
	region.len = 0;
	refused_first(region);
}

static void a_decode_length_fits_64_bits(void **state)
{
	static const u64 large[] = {
		1ULL << 36, (1ULL << 36) + 4, 1ULL << 60, (1ULL << 60) + 4, 1ULL << 63,
		(1ULL << 63) + 4, -1ULL,
	};
	struct region region = check_good(0);

	/* each is a length that would do, had it not overflowed, or none */
	for (size_t i = 0; i < ARRAY_SIZE(large); i++) {
		region.units = large[i];
		refused_first(region);
	}
	region.units = (1ULL << 36) - 1;
	assert_int_equal(take_first(region), 1);
	assert_int_equal(check_regions[0].decode_len, -UNIT);
}

static void a_region_does_not_wrap_at_the_end_of_64_bits(void **state)
{
	struct region region = check_good(0);

	region.base = -GIB - UNIT;
	assert_int_equal(take_first(region), 1);
	/* nor does it end there: its end would be 0 */
	region.base = -GIB;
	refused_first(region);
	refused_second(region);
	region.base = -UNIT;
	refused_first(region);
	refused_second(region);
	region.base = 2 * UNIT;
	region.units = (1ULL << 36) - 1;
	refused_first(region);
	region.base = UNIT;
	refused_first(region);
}

static void capacity_fits_the_decode_length(void **state)
{
	struct region region = check_good(0);

	region.block = 64;
	for (u64 units = 1; units <= 4; units++) {
		region.units = units;
		region.len = units * UNIT;
		assert_int_equal(take_first(region), 1);
		region.len = units * UNIT - 64;
		assert_int_equal(take_first(region), 1);
		region.len = units * UNIT + 64;
		refused_first(region);
		region.len = 2 * units * UNIT;
		refused_first(region);
	}
	region.len = 64;
	assert_int_equal(take_first(region), 1);
	region.len = 0;
	refused_first(region);
	region.len = -64ULL;
	refused_first(region);
}

static void capacity_is_whole_blocks(void **state)
{
	struct region region = check_good(0);

	region.len = 6 * MIB;
	for (region.block = 64; region.block <= 2 * MIB; region.block *= 2)
		assert_int_equal(take_first(region), 1);
	for (; region.block <= GIB; region.block *= 2)
		refused_first(region);

	region.block = 2 * MIB;
	region.len = GIB - 1;
	refused_first(region);
	region.len = GIB - MIB;
	refused_first(region);
	region.len = MIB;
	refused_first(region);
	region.len = 1;
	refused_first(region);
}

static void a_base_is_a_multiple_of_the_block_size(void **state)
{
	struct region region = check_good(0);

	region.block = GIB;
	for (region.base = 0; region.base < 2 * GIB; region.base += UNIT) {
		if (region.base % GIB)
			refused_first(region);
		else
			assert_int_equal(take_first(region), 1);
	}
	region.block = UNIT;
	for (region.base = 0; region.base < 2 * GIB; region.base += UNIT)
		assert_int_equal(take_first(region), 1);
}

static void a_block_is_a_power_of_two_from_64_bytes_on(void **state)
{
	static const u64 odd[] = {
		3, 63, 65, 96, 192, 3 * MIB, 64 + 128, GIB - 64, GIB + 64, 3ULL << 62, -1ULL,
	};
	struct region region = check_good(0);

	for (unsigned int shift = 0; shift < 64; shift++) {
		region.block = 1ULL << shift;
		if (shift >= 6 && shift <= 30)
			assert_int_equal(take_first(region), 1);
		else
			refused_first(region);
	}
	region.block = 0;
	refused_first(region);
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		region.block = odd[i];
		/* a length that it divides, if there is one */
		region.len = GIB / odd[i] * odd[i];
		refused_first(region);
		region.len = GIB;
		refused_first(region);
	}
}

/* The rules of a region once more, in other words. */
static bool makes_sense(const struct region *region, __uint128_t end)
{
	__uint128_t decode_len = (__uint128_t)region->units * UNIT;

	return region->base % UNIT == 0 && region->base >= end && decode_len > 0 &&
	       region->base + decode_len < WRAP && region->len > 0 &&
	       region->len <= decode_len && region->block >= 64 &&
	       __builtin_popcountll(region->block) == 1 &&
	       region->base % region->block == 0 && region->len % region->block == 0;
}

/* Near what would do more often than chance would have it. */
static struct region random_region(u64 end)
{
	struct region region = { .block = 64ULL << prng() % 23 };

	region.base = end + prng() % 3 * UNIT;
	region.units = 1 + prng() % 8;
	region.len = region.units * UNIT - prng() % 2 * region.block;
	region.handle = prng();
	region.flags = prng();
	switch (prng() % 32) {
	case 0:
		region.base = prng();
		break;
	case 1:
		region.base = end - prng() % 3 * UNIT;
		break;
	case 2:
		region.base = -(prng() % 8 * UNIT);
		break;
	case 3:
		region.base += prng() % 3 - 1;
		break;
	case 4:
		region.units = prng() >> prng() % 64;
		break;
	case 5:
		region.units = (1ULL << 36) - prng() % 16;
		break;
	case 6:
		region.len = prng() >> prng() % 64;
		break;
	case 7:
		region.len += region.block;
		break;
	case 8:
		region.block = 1ULL << prng() % 64;
		break;
	case 9:
		region.block = prng() >> prng() % 64;
		break;
	default:
		break;
	}
	return region;
}

static void any_regions_are_judged_by_the_same_rules(void **state)
{
	const unsigned int rounds = 100000 / UNIT_EVERY;
	unsigned int taken = 0;

	prng_seed(2);
	for (unsigned int i = 0; i < rounds; i++) {
		unsigned int count = 1 + prng() % 8, sensible = 0;
		struct region list[8];
		char start[32];
		u64 end = 0;

		for (unsigned int j = 0; j < count; j++) {
			list[j] = random_region(end);
			if (sensible == j && makes_sense(&list[j], end))
				sensible++;
			end = list[j].base + list[j].units * UNIT;
		}
		if (sensible == count) {
			assert_int_equal(check_take(count, list, count, 0), count);
			taken++;
		} else {
			assert_int_equal(check_take(count, list, count, 0), -EPROTO);
			snprintf(start, sizeof(start), "DC region %u at ", sensible);
			assert_memory_equal(check_reason, start, strlen(start));
		}
		for (unsigned int j = 0; j < sensible; j++)
			check_assert_taken(&check_regions[j], &list[j]);
	}
	/* neither verdict was rare */
	assert_in_range(taken, rounds / 5, rounds / 5 * 4);
}

static struct CMUnitTest tests[] = {
	cmocka_unit_test(the_longest_reason_is_not_cut),
	cmocka_unit_test(a_base_is_a_multiple_of_256_mib),
	cmocka_unit_test(regions_ascend_and_do_not_overlap),
	cmocka_unit_test(a_region_ends_at_its_decode_length_not_at_its_length),
	cmocka_unit_test(a_region_has_dpa_space),
	cmocka_unit_test(a_decode_length_fits_64_bits),
	cmocka_unit_test(a_region_does_not_wrap_at_the_end_of_64_bits),
	cmocka_unit_test(capacity_fits_the_decode_length),
	cmocka_unit_test(capacity_is_whole_blocks),
	cmocka_unit_test(a_base_is_a_multiple_of_the_block_size),
	cmocka_unit_test(a_block_is_a_power_of_two_from_64_bytes_on),
	cmocka_unit_test(any_regions_are_judged_by_the_same_rules),
	{}
};

unit_suite(tests);
