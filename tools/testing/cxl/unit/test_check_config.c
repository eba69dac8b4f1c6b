// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host believes of the DC regions that a device says it has. Responses
 * are written byte by byte, at the offsets of the specification.
 */
#include "unit.h"
#include "check.h"

#define UNIT		(256 * MIB)
#define WRAP		((__uint128_t)1 << 64)

/* Get Dynamic Capacity Configuration, response: CXL 3.1 8.2.9.9.9.1 */
#define HEADER		8
#define REGION		40
#define TAIL		16

/* A region as the device writes it. */
struct region {
	u64 base;
	u64 units;
	u64 len;
	u64 block;
	u32 handle;
	u8 flags;
};

static struct dcd_region regions[8];
static char reason[DCD_REASON_LEN];

/* One of 1 GiB, adjacent to the one before. */
static struct region good(unsigned int i)
{
	return (struct region) {
		.base = i * GIB,
		.units = 4,
		.len = GIB,
		.block = 2 * MIB,
		.handle = 0xabcd0000 + i,
		.flags = 0x80 + i,
	};
}

/* As if earlier responses had held good(0) to good(@nr - 1). */
static void have(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		regions[i] = (struct dcd_region) { .base = i * GIB, .decode_len = GIB };
}

/* A response that claims @available and @returned, with the @count regions of @list. */
static size_t put_config(u8 *bytes, u8 available, u8 returned,
			 const struct region *list, unsigned int count)
{
	memset(bytes, 0xff, HEADER + count * REGION + TAIL);
	bytes[0] = available;
	bytes[1] = returned;
	for (unsigned int i = 0; i < count; i++) {
		u8 *region = bytes + HEADER + i * REGION;

		put_le(region, 8, list[i].base);
		put_le(region + 8, 8, list[i].units);
		put_le(region + 16, 8, list[i].len);
		put_le(region + 24, 8, list[i].block);
		put_le(region + 32, 4, list[i].handle);
		region[36] = list[i].flags;
	}
	return HEADER + count * REGION;
}

/* Take over a response of which the first @len bytes came. */
static int take_bytes(const u8 *bytes, size_t len, unsigned int nr)
{
	struct dcd_region before[8];
	int rc;

	memcpy(before, regions, sizeof(before));
	memset(reason, '~', sizeof(reason));
	rc = dcd_take_regions(regions, nr, unit_response(bytes, len), len, reason);

	/* what was taken over before stays so */
	assert_memory_equal(regions, before, nr * sizeof(before[0]));
	if (rc < 0) {
		assert_int_equal(rc, -EPROTO);
		assert_non_null(memchr(reason, 0, sizeof(reason)));
		assert_null(strchr(reason, '\n'));
		return rc;
	}
	assert_in_range(rc, nr + 1, 8);
	for (size_t i = 0; i < sizeof(reason); i++)
		assert_int_equal(reason[i], '~');
	return rc;
}

static int take(u8 available, const struct region *list, unsigned int count, unsigned int nr)
{
	u8 bytes[HEADER + 8 * REGION + TAIL];

	return take_bytes(bytes, put_config(bytes, available, count, list, count), nr);
}

/* @region alone, as the first of a device, or behind a good(0) that ends at 1 GiB */
static int take_first(struct region region)
{
	return take(1, &region, 1, 0);
}

static int take_second(struct region region)
{
	return take(2, ((struct region[]) { good(0), region }), 2, 0);
}

static void refused_first(struct region region)
{
	assert_int_equal(take_first(region), -EPROTO);
	assert_memory_equal(reason, "DC region 0 at ", 15);
}

static void refused_second(struct region region)
{
	assert_int_equal(take_second(region), -EPROTO);
	assert_memory_equal(reason, "DC region 1 at ", 15);
}

static void assert_taken(const struct dcd_region *region, const struct region *config)
{
	assert_int_equal(region->base, config->base);
	assert_int_equal(region->decode_len, config->units * UNIT);
	assert_int_equal(region->len, config->len);
	assert_int_equal(region->block_size, config->block);
	assert_int_equal(region->dsmad_handle, config->handle);
	assert_int_equal(region->flags, config->flags);
}

static void one_to_eight_good_regions_are_taken_over(void **state)
{
	for (unsigned int nr = 1; nr <= 8; nr++) {
		struct region list[8];

		for (unsigned int i = 0; i < nr; i++)
			list[i] = good(i);
		memset(regions, 0xa5, sizeof(regions));
		assert_int_equal(take(nr, list, nr, 0), nr);
		for (unsigned int i = 0; i < nr; i++)
			assert_taken(&regions[i], &list[i]);
		for (unsigned int i = nr; i < 8; i++)
			assert_int_equal(regions[i].base, 0xa5a5a5a5a5a5a5a5);
	}
}

/* What a response claims of its regions, against what may be. */
static void counts(unsigned int available, unsigned int returned, unsigned int nr)
{
	bool may_be = available >= 1 && available <= 8 && returned >= 1 &&
		      nr + returned <= available;
	u8 bytes[HEADER + 255 * REGION + TAIL];
	struct region list[255] = {};
	char expected[DCD_REASON_LEN];
	size_t len;

	for (unsigned int i = 0; i < returned; i++)
		list[i] = good(nr + i);
	len = put_config(bytes, available, returned, list, returned);
	if (may_be) {
		assert_int_equal(take_bytes(bytes, len, nr), nr + returned);
		return;
	}
	assert_int_equal(take_bytes(bytes, len, nr), -EPROTO);
	snprintf(expected, sizeof(expected),
		 "Dynamic Capacity not used: invalid response, %u of %u DC regions in %zu bytes, from DC region %u on",
		 returned, available, len, nr);
	assert_string_equal(reason, expected);
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

	put_config(bytes, 8, 7, NULL, 0);
	have(1);
	assert_int_equal(take_bytes(bytes, sizeof(bytes), 1), -EPROTO);
	assert_string_equal(reason,
			    "Dynamic Capacity not used: invalid response, 7 of 8 DC regions in 24 bytes, from DC region 1 on");
}

static void a_response_holds_the_regions_that_it_counts(void **state)
{
	u8 bytes[HEADER + 8 * REGION + TAIL];
	struct region list[8];

	for (unsigned int i = 0; i < 8; i++)
		list[i] = good(i);
	for (unsigned int nr = 1; nr <= 8; nr++) {
		size_t full = put_config(bytes, 8, nr, list, nr);

		for (size_t len = HEADER; len < full; len++) {
			assert_int_equal(take_bytes(bytes, len, 0), -EPROTO);
			assert_memory_equal(reason, "Dynamic Capacity not used: ", 27);
		}
		/* what may follow is the tail, which a small mailbox may cut */
		for (size_t len = full; len <= full + TAIL; len++)
			assert_int_equal(take_bytes(bytes, len, 0), nr);
	}
}

static void regions_may_come_in_several_responses(void **state)
{
	for (unsigned int step = 1; step <= 8; step++) {
		struct region list[8];
		unsigned int nr = 0;

		for (unsigned int i = 0; i < 8; i++)
			list[i] = good(i);
		memset(regions, 0xa5, sizeof(regions));
		while (nr < 8) {
			unsigned int count = nr + step <= 8 ? step : 8 - nr;

			assert_int_equal(take(8, list + nr, count, nr), nr + count);
			nr += count;
		}
		for (unsigned int i = 0; i < 8; i++)
			assert_taken(&regions[i], &list[i]);
	}
}

static void a_response_goes_on_behind_the_one_before(void **state)
{
	struct region region = good(0);

	assert_int_equal(take(3, &region, 1, 0), 1);
	assert_int_equal(take(3, &region, 1, 1), -EPROTO);
	assert_memory_equal(reason, "DC region 1 at ", 15);
	region.base = GIB - UNIT;
	assert_int_equal(take(3, &region, 1, 1), -EPROTO);
	region.base = GIB;
	assert_int_equal(take(3, &region, 1, 1), 2);
	assert_int_equal(take(3, &region, 1, 2), -EPROTO);
	assert_memory_equal(reason, "DC region 2 at ", 15);
}

static void the_number_of_regions_may_change_between_responses(void **state)
{
	struct region list[8];

	for (unsigned int i = 0; i < 8; i++)
		list[i] = good(i);

	/* up */
	assert_int_equal(take(2, list, 1, 0), 1);
	assert_int_equal(take(8, list + 1, 7, 1), 8);
	/* down, to no fewer than there are */
	assert_int_equal(take(8, list, 4, 0), 4);
	assert_int_equal(take(5, list + 4, 1, 4), 5);
	/* to as many as were taken over, or fewer: then none can be returned */
	for (unsigned int available = 0; available <= 4; available++) {
		for (unsigned int count = 0; count <= 4; count++)
			assert_int_equal(take(available, list + 4, count, 4), -EPROTO);
	}
	assert_int_equal(take(9, list + 4, 1, 4), -EPROTO);
}

static void the_first_bad_region_is_named(void **state)
{
	for (unsigned int bad = 0; bad < 8; bad++) {
		struct region list[8];
		char expected[DCD_REASON_LEN];

		for (unsigned int i = 0; i < 8; i++) {
			list[i] = good(i + 1);
			if (i >= bad)
				list[i].len = 3 * MIB;
		}
		assert_int_equal(take(8, list, 8, 0), -EPROTO);
		snprintf(expected, sizeof(expected),
			 "DC region %u at %#llx is invalid: length 0x300000, decode length 0x40000000, block size 0x200000; Dynamic Capacity not used",
			 bad, (bad + 1) * GIB);
		assert_string_equal(reason, expected);
	}
}

static void the_longest_reason_is_not_cut(void **state)
{
	struct region region = { .base = -1, .units = -1, .len = -1, .block = -1 };

	refused_second(region);
	assert_string_equal(reason,
			    "DC region 1 at 0xffffffffffffffff is invalid: length 0xffffffffffffffff, decode length 0xfffffffff0000000, block size 0xffffffffffffffff; Dynamic Capacity not used");
}

static void a_base_is_a_multiple_of_256_mib(void **state)
{
	static const u64 odd[] = { 1, 64, 4 * KIB, 2 * MIB, UNIT / 2, UNIT - 1 };
	struct region region = good(0);

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
	struct region region = good(1);

	assert_int_equal(take_second(region), 2);
	/* a gap is no lie */
	region.base = GIB + UNIT;
	assert_int_equal(take_second(region), 2);
	region.base = 1024 * TIB;
	assert_int_equal(take_second(region), 2);

	for (region.base = 0; region.base < GIB; region.base += UNIT)
		refused_second(region);

	/* descending, and so far down that it does not even overlap */
	assert_int_equal(take(2, ((struct region[]) { good(5), good(2) }), 2, 0), -EPROTO);
	assert_memory_equal(reason, "DC region 1 at 0x80000000 ", 26);
	assert_int_equal(take(2, ((struct region[]) { good(1), good(0) }), 2, 0), -EPROTO);
}

static void a_region_ends_at_its_decode_length_not_at_its_length(void **state)
{
	struct region first = good(0), second = good(0);

	first.len = UNIT;
	second.base = UNIT;
	assert_int_equal(take(2, ((struct region[]) { first, second }), 2, 0), -EPROTO);
	second.base = GIB;
	assert_int_equal(take(2, ((struct region[]) { first, second }), 2, 0), 2);
}

static void a_region_has_dpa_space(void **state)
{
	struct region region = good(0);

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
	struct region region = good(0);

	/* each is a length that would do, had it not overflowed, or none */
	for (size_t i = 0; i < ARRAY_SIZE(large); i++) {
		region.units = large[i];
		refused_first(region);
	}
	region.units = (1ULL << 36) - 1;
	assert_int_equal(take_first(region), 1);
	assert_int_equal(regions[0].decode_len, -UNIT);
}

static void a_region_does_not_wrap_at_the_end_of_64_bits(void **state)
{
	struct region region = good(0);

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
	struct region region = good(0);

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
	struct region region = good(0);

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
	struct region region = good(0);

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
	struct region region = good(0);

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
	unsigned int taken = 0;

	prng_seed(2);
	for (int i = 0; i < 100000; i++) {
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
			assert_int_equal(take(count, list, count, 0), count);
			taken++;
		} else {
			assert_int_equal(take(count, list, count, 0), -EPROTO);
			snprintf(start, sizeof(start), "DC region %u at ", sensible);
			assert_memory_equal(reason, start, strlen(start));
		}
		for (unsigned int j = 0; j < sensible; j++)
			assert_taken(&regions[j], &list[j]);
	}
	/* neither verdict was rare */
	assert_in_range(taken, 20000, 80000);
}

/* Regions of 1, 2, ... GiB without a gap */
static void put_adjacent(void)
{
	u64 base = 3 * GIB;

	for (unsigned int i = 0; i < 8; i++) {
		/* the capacity may be less than the space for it */
		regions[i] = (struct dcd_region) {
			.base = base,
			.decode_len = (i + 1) * GIB,
			.len = GIB,
		};
		base += regions[i].decode_len;
	}
}

static void regions_without_a_gap_are_used(void **state)
{
	put_adjacent();
	for (unsigned int nr = 1; nr <= 8; nr++)
		assert_int_equal(dcd_adjacent_regions(regions, nr), nr);
}

static void the_regions_behind_the_first_gap_are_not_used(void **state)
{
	for (unsigned int first = 1; first < 8; first++) {
		for (unsigned int second = first; second < 8; second++) {
			put_adjacent();
			for (unsigned int i = 1; i < 8; i++)
				regions[i].base += (i >= first) * UNIT + (i > second) * UNIT;
			for (unsigned int nr = 1; nr <= 8; nr++)
				assert_int_equal(dcd_adjacent_regions(regions, nr),
						 nr < first ? nr : first);
		}
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(one_to_eight_good_regions_are_taken_over),
	cmocka_unit_test(counts_that_cannot_be_are_refused),
	cmocka_unit_test(refused_counts_are_told_with_the_length),
	cmocka_unit_test(a_response_holds_the_regions_that_it_counts),
	cmocka_unit_test(regions_may_come_in_several_responses),
	cmocka_unit_test(a_response_goes_on_behind_the_one_before),
	cmocka_unit_test(the_number_of_regions_may_change_between_responses),
	cmocka_unit_test(the_first_bad_region_is_named),
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
	cmocka_unit_test(regions_without_a_gap_are_used),
	cmocka_unit_test(the_regions_behind_the_first_gap_are_not_used),
};

int main(void)
{
	return unit_run(tests);
}
