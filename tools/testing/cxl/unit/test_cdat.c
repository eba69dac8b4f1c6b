// SPDX-License-Identifier: GPL-2.0-only
/* The CDAT, decoded by the byte offsets of the CDAT specification 1.03. */
#include "unit.h"
#include "cdat.h"
#include "dc/dc.h"

/* Each region has one DSMAS, four DSLBIS and one DSEMTS of 24 bytes each. */
#define HEADER		16
#define ENTRY		24
#define ENTRIES		6

static u8 *table;
static size_t size;

/* The table of a device; it starts as garbage, which must not show through. */
static void build_config(struct cxl_dc_config config)
{
	/* not on the stack: it has work that the kernel must know of */
	static struct cxl_dc dc;

	config.block_size = 2 * MIB;
	cxl_dc_init(&dc, &config, NULL);
	size = cxl_mock_cdat_size(&dc);
	free(table);
	table = malloc(size);
	assert_non_null(table);
	memset(table, 0xa5, size);
	cxl_mock_cdat_fill(&dc, table);
	cxl_dc_destroy(&dc);
}

static void build(u64 total, unsigned int nr)
{
	build_config((struct cxl_dc_config) { .total_size = total, .nr_regions = nr });
}

static const u8 *entry(unsigned int region, unsigned int i)
{
	size_t offset = HEADER + (region * ENTRIES + i) * ENTRY;

	assert_true(offset + ENTRY <= size);
	return table + offset;
}

static void for_one_to_eight_regions(void (*check)(unsigned int nr, u64 len))
{
	for (unsigned int nr = 1; nr <= 8; nr++) {
		build(nr * 256 * MIB, nr);
		check(nr, 256 * MIB);
		build(nr * 256 * TIB, nr);
		check(nr, 256 * TIB);
	}
}

static void check_header(unsigned int nr, u64 len)
{
	assert_int_equal(size, HEADER + nr * ENTRIES * ENTRY);
	assert_int_equal(get_le(table, 4), size);
	assert_int_equal(table[4], 1);
	assert_int_equal(get_le(table + 6, 6), 0);
	assert_int_equal(get_le(table + 12, 4), 0);
}

static void the_header_has_length_and_revision(void **state)
{
	for_one_to_eight_regions(check_header);
}

static void check_checksum(unsigned int nr, u64 len)
{
	u8 sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += table[i];
	assert_int_equal(sum, 0);
}

static void all_bytes_add_up_to_zero(void **state)
{
	for_one_to_eight_regions(check_checksum);
}

static void check_entries(unsigned int nr, u64 len)
{
	static const u8 types[ENTRIES] = { 0, 1, 1, 1, 1, 4 };

	for (unsigned int i = 0; i < nr * ENTRIES; i++) {
		const u8 *e = entry(0, i);

		assert_int_equal(e[0], types[i % ENTRIES]);
		assert_int_equal(e[1], 0);
		assert_int_equal(get_le(e + 2, 2), ENTRY);
		/* the handle that 4800h gives for the region */
		assert_int_equal(e[4], i / ENTRIES);
	}
}

static void each_region_has_its_entries_under_its_own_handle(void **state)
{
	for_one_to_eight_regions(check_entries);
}

static void check_dsmas(unsigned int nr, u64 len)
{
	for (unsigned int i = 0; i < nr; i++) {
		const u8 *e = entry(i, 0);

		assert_int_equal(get_le(e + 6, 2), 0);
		assert_int_equal(get_le(e + 8, 8), i * len);
		assert_int_equal(get_le(e + 16, 8), len);
	}
}

static void a_dsmas_has_the_range_of_its_region(void **state)
{
	for_one_to_eight_regions(check_dsmas);
}

static void check_flags(unsigned int nr, u64 len)
{
	/* bit 5: Dynamic Capacity; not bit 2: not non-volatile */
	for (unsigned int i = 0; i < nr; i++)
		assert_int_equal(entry(i, 0)[5], 0x20);
}

static void a_dsmas_says_that_its_capacity_is_dynamic(void **state)
{
	for_one_to_eight_regions(check_flags);
}

static void a_dsmas_says_whether_its_capacity_is_sharable(void **state)
{
	build_config((struct cxl_dc_config) {
		.total_size = 8 * 256 * MIB, .nr_regions = 8, .sharable = 0x92,
	});
	/* bit 3 */
	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(entry(i, 0)[5], 0x92 & 1 << i ? 0x28 : 0x20);
}

static void a_dsmas_says_whether_its_capacity_is_read_only(void **state)
{
	build_config((struct cxl_dc_config) {
		.total_size = 8 * 256 * MIB, .nr_regions = 8, .sharable = 0x03, .readonly = 0x06,
	});
	/* bit 6 */
	assert_int_equal(entry(0, 0)[5], 0x28);
	assert_int_equal(entry(1, 0)[5], 0x68);
	assert_int_equal(entry(2, 0)[5], 0x60);
	for (unsigned int i = 3; i < 8; i++)
		assert_int_equal(entry(i, 0)[5], 0x20);
}

static void static_capacity_is_volatile_and_has_the_handle_after_those_of_the_regions(void **state)
{
	static const u8 types[ENTRIES] = { 0, 1, 1, 1, 1, 4 };

	build_config((struct cxl_dc_config) {
		.base = 2 * GIB, .total_size = GIB, .nr_regions = 2,
	});
	check_header(3, 0);
	check_checksum(3, 0);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(entry(i, 0)[5], 0x20);
		assert_int_equal(get_le(entry(i, 0) + 8, 8), 2 * GIB + i * 512 * MIB);
	}
	for (unsigned int i = 0; i < ENTRIES; i++) {
		assert_int_equal(entry(2, i)[0], types[i]);
		assert_int_equal(entry(2, i)[4], 2);
	}
	assert_int_equal(entry(2, 0)[5], 0);
	assert_int_equal(get_le(entry(2, 0) + 8, 8), 0);
	assert_int_equal(get_le(entry(2, 0) + 16, 8), 2 * GIB);
	assert_int_equal(get_le(entry(2, 5) + 16, 8), 2 * GIB);
}

static void check_dslbis(unsigned int nr, u64 len)
{
	/* type, base unit in ps or MB/s, value: in all 150 ns, 250 ns, 32 GB/s */
	static const u64 expected[4][3] = {
		{ 1, 1000, 150 }, { 2, 1000, 250 }, { 4, 1000, 32 }, { 5, 1000, 32 },
	};

	for (unsigned int i = 0; i < nr; i++) {
		for (unsigned int j = 0; j < 4; j++) {
			const u8 *e = entry(i, 1 + j);

			/* flags: memory, not a cache of it */
			assert_int_equal(e[5], 0);
			assert_int_equal(e[6], expected[j][0]);
			assert_int_equal(e[7], 0);
			assert_int_equal(get_le(e + 8, 8), expected[j][1]);
			assert_int_equal(get_le(e + 16, 2), expected[j][2]);
			assert_int_equal(get_le(e + 18, 6), 0);
		}
	}
}

static void the_dslbis_tell_latency_and_bandwidth_of_reads_and_writes(void **state)
{
	for_one_to_eight_regions(check_dslbis);
}

static void check_dsemts(unsigned int nr, u64 len)
{
	for (unsigned int i = 0; i < nr; i++) {
		const u8 *e = entry(i, 5);

		/* EfiConventionalMemory with EFI_MEMORY_SP */
		assert_int_equal(e[5], 1);
		assert_int_equal(get_le(e + 6, 2), 0);
		/* from the start of the DSMAS range, not of the device */
		assert_int_equal(get_le(e + 8, 8), 0);
		assert_int_equal(get_le(e + 16, 8), len);
	}
}

static void a_dsemts_gives_the_whole_region_a_specific_purpose(void **state)
{
	for_one_to_eight_regions(check_dsemts);
}

static int teardown(void **state)
{
	free(table);
	table = NULL;
	return 0;
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

static struct CMUnitTest tests[] = {
	TEST(the_header_has_length_and_revision),
	TEST(all_bytes_add_up_to_zero),
	TEST(each_region_has_its_entries_under_its_own_handle),
	TEST(a_dsmas_has_the_range_of_its_region),
	TEST(a_dsmas_says_that_its_capacity_is_dynamic),
	TEST(a_dsmas_says_whether_its_capacity_is_sharable),
	TEST(a_dsmas_says_whether_its_capacity_is_read_only),
	TEST(static_capacity_is_volatile_and_has_the_handle_after_those_of_the_regions),
	TEST(the_dslbis_tell_latency_and_bandwidth_of_reads_and_writes),
	TEST(a_dsemts_gives_the_whole_region_a_specific_purpose),
	{}
};

unit_suite(tests);
