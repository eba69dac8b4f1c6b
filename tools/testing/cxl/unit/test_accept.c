// SPDX-License-Identifier: GPL-2.0-only
/*
 * The acceptance rules that need nothing but the offer: each is shown broken
 * and kept.
 */
#include "unit.h"
#include "accept.h"

#define BASE0		0
#define BASE1		(1 * GIB)
#define LEN		(768 * MIB)
#define STEP		DCD_EXTENT_ALIGN
#define OFFERS		128

/* Not all of a region's DPA space has capacity; the second one is sharable. */
static const struct dcd_region regions[] = {
	{ .base = BASE0, .decode_len = GIB, .len = LEN, .block_size = 64 },
	{ .base = BASE1, .decode_len = GIB, .len = LEN, .block_size = 64, .sharable = true },
};

static struct dcd_offer offers[OFFERS];
static const struct dcd_offer *group[OFFERS];
static unsigned int nr;

static struct dcd_offer *offer(u64 start, u64 len, u8 tag, u16 seq)
{
	struct dcd_offer *offer = &offers[nr];

	*offer = (struct dcd_offer) { .start = start, .len = len, .seq = seq };
	memset(offer->tag, tag, sizeof(offer->tag));
	group[nr++] = offer;
	return offer;
}

static enum dcd_verdict judge(void)
{
	enum dcd_verdict verdict = dcd_judge_group(group, nr, regions, ARRAY_SIZE(regions));

	nr = 0;
	return verdict;
}

static enum dcd_verdict judge_one(u64 start, u64 len, u8 tag, u16 seq)
{
	nr = 0;
	offer(start, len, tag, seq);
	return judge();
}

static void an_extent_without_a_tag_is_accepted(void **state)
{
	assert_int_equal(judge_one(0, STEP, 0, 0), DCD_ACCEPTED);
	assert_int_equal(judge_one(0, LEN, 0, 0), DCD_ACCEPTED);
	assert_int_equal(judge_one(LEN - STEP, STEP, 0, 0), DCD_ACCEPTED);
}

static void start_and_length_are_multiples_of_2m(void **state)
{
	assert_int_equal(judge_one(STEP, 0, 0, 0), DCD_UNALIGNED);
	for (u64 bit = 1; bit < STEP; bit <<= 1) {
		assert_int_equal(judge_one(bit, STEP, 0, 0), DCD_UNALIGNED);
		assert_int_equal(judge_one(STEP, bit, 0, 0), DCD_UNALIGNED);
		assert_int_equal(judge_one(STEP, STEP + bit, 0, 0), DCD_UNALIGNED);
	}
	assert_int_equal(judge_one(STEP, STEP, 0, 0), DCD_ACCEPTED);
}

static void an_extent_is_inside_one_dc_region(void **state)
{
	static const struct {
		u64 start, len;
	} outside[] = {
		{ 0, LEN + STEP },
		{ LEN, STEP },
		{ LEN - STEP, 2 * STEP },
		{ GIB - STEP, 2 * STEP },
		{ BASE1 + LEN, STEP },
		{ 2 * GIB, STEP },
		{ STEP, -STEP },
		{ -STEP, STEP },
		{ -STEP, 2 * STEP },
		{ 0, -STEP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(outside); i++)
		assert_int_equal(judge_one(outside[i].start, outside[i].len, 0, 0),
				 DCD_OUTSIDE);
	assert_int_equal(judge_one(0, LEN, 0, 0), DCD_ACCEPTED);
}

static void a_tag_is_in_one_dc_region(void **state)
{
	offer(BASE0, STEP, 1, 0);
	offer(BASE1, STEP, 1, 1);
	assert_int_equal(judge(), DCD_TWO_DC_REGIONS);

	offer(BASE0, STEP, 1, 0);
	offer(BASE0 + STEP, STEP, 1, 0);
	assert_int_equal(judge(), DCD_ACCEPTED);
}

static void extents_of_a_tag_do_not_overlap(void **state)
{
	static const struct {
		u64 start, len;
		bool overlaps;
	} others[] = {
		{ 4 * STEP, 4 * STEP, true },
		{ 3 * STEP, 2 * STEP, true },
		{ 7 * STEP, 2 * STEP, true },
		{ 5 * STEP, STEP, true },
		{ 0, 16 * STEP, true },
		{ 3 * STEP, STEP, false },
		{ 8 * STEP, STEP, false },
		{ 0, 4 * STEP, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		for (int swapped = 0; swapped < 2; swapped++) {
			if (swapped)
				offer(others[i].start, others[i].len, 1, 0);
			offer(4 * STEP, 4 * STEP, 1, 0);
			if (!swapped)
				offer(others[i].start, others[i].len, 1, 0);
			offer(64 * STEP, STEP, 1, 0);
			assert_int_equal(judge() == DCD_SELF_OVERLAP, others[i].overlaps);
		}
	}
}

static void what_is_not_sharable_has_no_sequence_number(void **state)
{
	assert_int_equal(judge_one(0, STEP, 0, 1), DCD_NOT_SHARABLE);
	assert_int_equal(judge_one(0, STEP, 1, 0xffff), DCD_NOT_SHARABLE);

	offer(0, STEP, 1, 0);
	offer(STEP, STEP, 1, 1);
	assert_int_equal(judge(), DCD_NOT_SHARABLE);

	assert_int_equal(judge_one(0, STEP, 1, 0), DCD_ACCEPTED);
}

static void what_is_sharable_has_a_tag(void **state)
{
	assert_int_equal(judge_one(BASE1, STEP, 0, 0), DCD_UNTAGGED);
	assert_int_equal(judge_one(BASE1, STEP, 1, 0), DCD_ACCEPTED);
}

static void any_byte_makes_a_tag(void **state)
{
	for (unsigned int i = 0; i < 16; i++) {
		struct dcd_offer *one = (nr = 0, offer(BASE1, STEP, 0, 0));

		assert_false(dcd_is_tagged(one));
		one->tag[i] = 1;
		assert_true(dcd_is_tagged(one));
		assert_int_equal(judge(), DCD_ACCEPTED);
	}
}

static void sequence_numbers_are_0_to_n_less_1(void **state)
{
	static const struct {
		unsigned int nr;
		u16 seq[4];
		bool good;
	} tries[] = {
		{ 1, { 0 }, true },
		{ 1, { 1 }, false },
		{ 2, { 0, 1 }, true },
		{ 2, { 1, 0 }, true },
		{ 2, { 0, 0 }, false },
		{ 2, { 1, 1 }, false },
		{ 2, { 0, 2 }, false },
		{ 2, { 1, 2 }, false },
		{ 3, { 2, 0, 1 }, true },
		{ 3, { 0, 0xffff, 1 }, false },
		{ 4, { 3, 1, 0, 2 }, true },
		{ 4, { 3, 1, 0, 3 }, false },
		{ 4, { 0, 1, 2, 2 }, false },
		{ 4, { 0, 1, 2, 4 }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		enum dcd_verdict wanted = tries[i].good ? DCD_ACCEPTED : DCD_SEQUENCE;

		for (unsigned int j = 0; j < tries[i].nr; j++)
			offer(BASE1 + j * STEP, STEP, 7, tries[i].seq[j]);
		assert_int_equal(judge(), wanted);
	}
}

static void sharable_extents_come_in_order_of_their_numbers(void **state)
{
	static const u16 order[] = { 3, 0, 4, 1, 2 };

	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++)
		offer(BASE1 + i * STEP, STEP, 7, order[i]);
	assert_int_equal(judge(), DCD_ACCEPTED);
	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++)
		assert_int_equal(group[i]->seq, i);
}

static void others_come_in_the_order_of_their_arrival(void **state)
{
	static const u64 order[] = { 5, 2, 9, 0, 7 };

	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++)
		offer(BASE0 + order[i] * STEP, STEP, 7, 0);
	assert_int_equal(judge(), DCD_ACCEPTED);
	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++)
		assert_int_equal(group[i]->start, order[i] * STEP);
}

static void a_wrong_extent_anywhere_refuses_its_group(void **state)
{
	for (unsigned int wrong = 0; wrong < 5; wrong++) {
		for (unsigned int i = 0; i < 5; i++)
			offer(i * 2 * STEP + (i == wrong), STEP, 1, 0);
		assert_int_equal(judge(), DCD_UNALIGNED);
	}
}

static void a_tag_brings_its_extents_together(void **state)
{
	static const u8 tags[] = { 2, 0, 1, 2, 0, 1, 2 };
	static const struct {
		u8 tag;
		unsigned int first, len;
	} found[] = {
		{ 0, 1, 1 }, { 0, 4, 1 }, { 1, 2, 2 }, { 2, 0, 3 },
	};
	unsigned int at = 0;

	nr = 0;
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		offer(i * STEP, STEP, tags[i], 0);
	dcd_sort_offers(group, nr);
	for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
		assert_int_equal(dcd_first_group(&group[at], nr - at), found[i].len);
		assert_ptr_equal(group[at], &offers[found[i].first]);
		for (unsigned int j = 0; j < found[i].len; j++) {
			assert_int_equal(group[at + j]->tag[0], found[i].tag);
			if (j)
				assert_true(group[at + j] > group[at + j - 1]);
		}
		at += found[i].len;
	}
	assert_int_equal(at, nr);
}

/* Tags that differ in one byte only, wherever it is, are two. */
static void every_byte_of_a_tag_counts(void **state)
{
	for (unsigned int i = 0; i < 16; i++) {
		nr = 0;
		offer(0, STEP, 7, 0);
		offer(STEP, STEP, 7, 0)->tag[i] = 8;
		dcd_sort_offers(group, nr);
		assert_int_equal(dcd_first_group(group, nr), 1);
	}
}

static void a_range_is_in_a_dc_region_or_not(void **state)
{
	assert_true(dcd_in_dc_region(0, 1, regions, 2));
	assert_true(dcd_in_dc_region(BASE1, LEN, regions, 2));
	assert_false(dcd_in_dc_region(0, 0, regions, 2));
	assert_false(dcd_in_dc_region(LEN, 1, regions, 2));
	assert_false(dcd_in_dc_region(1, U64_MAX, regions, 2));
	assert_false(dcd_in_dc_region(BASE1, 1, regions, 1));
	assert_false(dcd_in_dc_region(0, 1, regions, 0));
}

static void a_release_has_the_tag_of_the_extent(void **state)
{
	struct dcd_offer extent = { .start = BASE0, .len = STEP }, record = extent;

	assert_int_equal(dcd_judge_release(&record, &extent, regions, 2), DCD_RELEASED);
	for (unsigned int i = 0; i < 16; i++) {
		record.tag[i] = 1;
		assert_int_equal(dcd_judge_release(&record, &extent, regions, 2),
				 DCD_RELEASE_OTHER_TAG);
		extent.tag[i] = 1;
		assert_int_equal(dcd_judge_release(&record, &extent, regions, 2), DCD_RELEASED);
	}
}

static void a_release_has_the_number_of_a_sharable_extent(void **state)
{
	struct dcd_offer extent = { .start = BASE1, .len = STEP, .seq = 7 }, record = extent;

	assert_int_equal(dcd_judge_release(&record, &extent, regions, 2), DCD_RELEASED);
	record.seq = 6;
	assert_int_equal(dcd_judge_release(&record, &extent, regions, 2),
			 DCD_RELEASE_OTHER_SEQUENCE);
	extent.start = BASE0;
	assert_int_equal(dcd_judge_release(&record, &extent, regions, 2), DCD_RELEASED);
	/* not in any */
	extent.start = 2 * GIB;
	assert_int_equal(dcd_judge_release(&record, &extent, regions, 2), DCD_RELEASED);
}

static void what_is_listed_is_the_same_in_all(void **state)
{
	struct dcd_offer list[4] = {};

	nr = 0;
	for (unsigned int i = 0; i < 3; i++)
		list[i] = *offer(i * STEP, STEP, i, 0);
	assert_int_equal(dcd_count_listed(list, 0, group, nr), 0);
	assert_int_equal(dcd_count_listed(list, 3, group, nr), 3);
	assert_int_equal(dcd_count_listed(list, 3, &group[1], 1), 1);
	list[0].start++;
	list[1].len++;
	list[2].tag[15]++;
	assert_int_equal(dcd_count_listed(list, 3, group, nr), 0);
}

/* A list of parts, in which some places are twice: each range, one after the other. */
static void what_a_list_covers_is_covered(void **state)
{
	static const struct {
		u64 start, len;
	} parts[] = { { 2, 2 }, { 4, 1 }, { 8, 8 }, { 8, 1 }, { 10, 2 }, { 16, 4 }, { 30, 1 } };
	static const struct {
		u64 start, last;
		bool covered;
	} ranges[] = {
		{ 0, 0, false }, { 1, 2, false }, { 2, 2, true }, { 2, 4, true }, { 2, 5, false },
		{ 4, 4, true }, { 5, 7, false }, { 8, 15, true }, { 9, 9, true }, { 11, 19, true },
		{ 12, 20, false }, { 15, 15, true }, { 19, 19, true }, { 20, 20, false },
		{ 30, 30, true }, { 31, 31, false }, { 40, 41, false },
	};
	unsigned int at = 0;

	nr = 0;
	for (size_t i = ARRAY_SIZE(parts); i; i--)
		offer(parts[i - 1].start, parts[i - 1].len, 0, 0);
	dcd_sort_by_start(group, nr);
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		assert_int_equal(dcd_is_covered(group, nr, &at, ranges[i].start, ranges[i].last),
				 ranges[i].covered);
	at = 0;
	assert_false(dcd_is_covered(group, 0, &at, 0, 0));
}

static void a_tag_has_100_extents_at_most(void **state)
{
	nr = 0;
	for (unsigned int n = 99; n <= 102; n++) {
		for (unsigned int i = 0; i < n; i++)
			offer(i * STEP, STEP, 1, 0);
		assert_int_equal(judge(), n <= 100 ? DCD_ACCEPTED : DCD_GROUP_TOO_LONG);
	}
}

static void a_device_has_65536_extents_at_most(void **state)
{
	assert_int_equal(dcd_judge_number(1, 0), DCD_ACCEPTED);
	assert_int_equal(dcd_judge_number(65536, 0), DCD_ACCEPTED);
	assert_int_equal(dcd_judge_number(65537, 0), DCD_TOO_MANY);
	assert_int_equal(dcd_judge_number(1, 65535), DCD_ACCEPTED);
	assert_int_equal(dcd_judge_number(2, 65535), DCD_TOO_MANY);
	assert_int_equal(dcd_judge_number(1, 65536), DCD_TOO_MANY);
	assert_int_equal(dcd_judge_number(U32_MAX, 1), DCD_TOO_MANY);
}

static void every_verdict_has_a_name_and_a_reason_of_its_own(void **state)
{
	for (int i = DCD_ACCEPTED; i <= DCD_NO_MEMORY; i++) {
		assert_true(strlen(dcd_verdict_name(i)) > 0);
		assert_true(strlen(dcd_verdict_reason(i)) > 0);
		for (int j = DCD_ACCEPTED; j < i; j++) {
			assert_string_not_equal(dcd_verdict_name(i), dcd_verdict_name(j));
			assert_string_not_equal(dcd_verdict_reason(i), dcd_verdict_reason(j));
		}
	}
	for (int i = DCD_RELEASED; i <= DCD_RELEASE_DROPPED; i++) {
		assert_true(strlen(dcd_release_name(i)) > 0);
		assert_true(strlen(dcd_release_reason(i)) > 0);
		for (int j = DCD_RELEASED; j < i; j++)
			assert_string_not_equal(dcd_release_name(i), dcd_release_name(j));
	}
}

/* Whatever is offered, what is accepted keeps every rule. */
static void what_is_accepted_keeps_the_rules(void **state)
{
	unsigned int accepted = 0;

	prng_seed(1);
	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int n = 1 + prng() % 4;
		bool sharable = prng() % 2;
		u64 base = sharable ? BASE1 : BASE0;

		for (unsigned int j = 0; j < n; j++)
			offer(base + prng() % 400 * STEP, (1 + prng() % 8) * STEP, prng() % 3,
			      prng() % (sharable ? n : 2));
		for (unsigned int j = 1; j < n; j++)
			memcpy(offers[j].tag, offers[0].tag, 16);
		if (judge())
			continue;
		accepted++;
		for (unsigned int j = 0; j < n; j++) {
			assert_true(group[j]->start >= base &&
				    group[j]->start + group[j]->len <= base + LEN);
			assert_int_equal(group[j]->seq, sharable ? j : 0);
			for (unsigned int k = 0; k < j; k++)
				assert_true(group[j]->start + group[j]->len <=
					    group[k]->start ||
					    group[k]->start + group[k]->len <=
					    group[j]->start);
		}
	}
	assert_in_range(accepted, 1000, 19000);
}

static struct CMUnitTest tests[] = {
	cmocka_unit_test(an_extent_without_a_tag_is_accepted),
	cmocka_unit_test(start_and_length_are_multiples_of_2m),
	cmocka_unit_test(an_extent_is_inside_one_dc_region),
	cmocka_unit_test(a_tag_is_in_one_dc_region),
	cmocka_unit_test(extents_of_a_tag_do_not_overlap),
	cmocka_unit_test(what_is_not_sharable_has_no_sequence_number),
	cmocka_unit_test(what_is_sharable_has_a_tag),
	cmocka_unit_test(any_byte_makes_a_tag),
	cmocka_unit_test(sequence_numbers_are_0_to_n_less_1),
	cmocka_unit_test(sharable_extents_come_in_order_of_their_numbers),
	cmocka_unit_test(others_come_in_the_order_of_their_arrival),
	cmocka_unit_test(a_wrong_extent_anywhere_refuses_its_group),
	cmocka_unit_test(a_tag_brings_its_extents_together),
	cmocka_unit_test(every_byte_of_a_tag_counts),
	cmocka_unit_test(a_range_is_in_a_dc_region_or_not),
	cmocka_unit_test(a_release_has_the_tag_of_the_extent),
	cmocka_unit_test(a_release_has_the_number_of_a_sharable_extent),
	cmocka_unit_test(what_is_listed_is_the_same_in_all),
	cmocka_unit_test(what_a_list_covers_is_covered),
	cmocka_unit_test(a_tag_has_100_extents_at_most),
	cmocka_unit_test(a_device_has_65536_extents_at_most),
	cmocka_unit_test(every_verdict_has_a_name_and_a_reason_of_its_own),
	cmocka_unit_test(what_is_accepted_keeps_the_rules),
	{}
};

unit_suite(tests);
