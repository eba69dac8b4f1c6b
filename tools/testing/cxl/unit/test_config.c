// SPDX-License-Identifier: GPL-2.0-only
/* The rules of a configuration, and what a refusal says. */
#include "unit.h"
#include "config.h"

#define UNIT	(256 * MIB)

/* The values that a refusal can be about, in the order of the checks. */
enum field {
	REGIONS, TOTAL, BLOCK, RAM, SHARABLE, READONLY, MAX_EXTENTS, MAX_TAGS, POISON, ALERTS,
	QOS, DEVICES, BASE, SIZE, PAST_END, REGION, NONE,
};

static const char *const names[] = {
	"num_dc_regions", "dc_total_size", "dc_block_size", "ram_size",
	"sharable", "readonly", "max_extents", "max_tags", "poison_limit", "alerts",
	"qos_class", "devices", "window_base", "window_size", "window_size", "region_size",
};

static char reason[CXL_MOCK_REASON_LEN];

static struct cxl_mock_config good(void)
{
	return (struct cxl_mock_config) {
		.dc_total_size = 4 * GIB,
		.num_dc_regions = 2,
		.dc_block_size = 2 * MIB,
		.max_extents = 4096,
		.max_tags = 1024,
		.devices = 1,
	};
}

static u64 *value(struct cxl_mock_config *config, enum field field)
{
	switch (field) {
	case REGIONS:
		return &config->num_dc_regions;
	case TOTAL:
		return &config->dc_total_size;
	case BLOCK:
		return &config->dc_block_size;
	case RAM:
		return &config->ram_size;
	case SHARABLE:
		return &config->sharable;
	case READONLY:
		return &config->readonly;
	case MAX_EXTENTS:
		return &config->max_extents;
	case MAX_TAGS:
		return &config->max_tags;
	case POISON:
		return &config->poison_limit;
	case ALERTS:
		return &config->alerts;
	case QOS:
		return &config->qos_class;
	case DEVICES:
		return &config->devices;
	case REGION:
		return &config->region_size;
	case BASE:
		return &config->window_base;
	default:
		return &config->window_size;
	}
}

/* The rules once more, in other words: the first that a config breaks. */
static enum field broken(const struct cxl_mock_config *c)
{
	u64 region;
	bool power = false;

	if (c->num_dc_regions == 0 || c->num_dc_regions > 8)
		return REGIONS;
	if (c->dc_total_size > 4096 * TIB || c->dc_total_size % (c->num_dc_regions * UNIT))
		return TOTAL;
	region = c->dc_total_size ? c->dc_total_size / c->num_dc_regions : UNIT;
	for (int shift = 6; shift < 52; shift++)
		power |= c->dc_block_size == 1ULL << shift;
	if (!power || region % c->dc_block_size)
		return BLOCK;
	if (c->ram_size > 4096 * TIB - c->dc_total_size || c->ram_size % UNIT ||
	    c->ram_size % c->dc_block_size)
		return RAM;
	if (c->sharable >> c->num_dc_regions)
		return SHARABLE;
	if (c->readonly >> c->num_dc_regions)
		return READONLY;
	if (c->max_extents == 0 || c->max_extents > 65536)
		return MAX_EXTENTS;
	if (c->max_tags == 0 || c->max_tags > 65536)
		return MAX_TAGS;
	if (c->poison_limit > 256)
		return POISON;
	if (c->alerts > 1)
		return ALERTS;
	if (c->qos_class > 65535)
		return QOS;
	if (c->devices == 0 || c->devices > 8)
		return DEVICES;
	if (c->window_base % UNIT)
		return BASE;
	if (c->window_size % UNIT)
		return SIZE;
	if ((__uint128_t)c->window_base +
	    (__uint128_t)c->window_size * (c->qos_class ? 2 : 1) > (__uint128_t)1 << 64)
		return PAST_END;
	if (c->region_size && (c->ram_size || c->devices > 1 || c->region_size % UNIT ||
			       c->region_size > c->dc_total_size ||
			       (c->window_size && c->region_size > c->window_size)))
		return REGION;
	return NONE;
}

static int expected_errno(struct cxl_mock_config *c, enum field field)
{
	u64 v = *value(c, field);

	switch (field) {
	case REGIONS:
	case SHARABLE:
	case READONLY:
	case MAX_EXTENTS:
	case MAX_TAGS:
	case POISON:
	case ALERTS:
	case QOS:
	case DEVICES:
	case PAST_END:
		return -ERANGE;
	case RAM:
		return v > 4096 * TIB - c->dc_total_size ? -ERANGE : -EINVAL;
	case REGION:
		return !c->ram_size && c->devices == 1 && (v > c->dc_total_size ||
					(c->window_size && v > c->window_size)) ?
			-ERANGE : -EINVAL;
	case TOTAL:
		return v > 4096 * TIB ? -ERANGE : -EINVAL;
	case BLOCK:
		return v && !(v & (v - 1)) ? -ERANGE : -EINVAL;
	default:
		return -EINVAL;
	}
}

/* Read a size as a user would write it; @end is where it stops. */
static u64 parse_size(const char *text, char **end)
{
	static const char units[] = "KMGT";
	u64 size = strtoull(text, end, 0);
	const char *unit = **end ? strchr(units, **end) : NULL;

	assert_ptr_not_equal(text, *end);
	if (unit) {
		size <<= 10 * (unit - units + 1);
		++*end;
	}
	return size;
}

static void accepted(const struct cxl_mock_config *config)
{
	memset(reason, '~', sizeof(reason));
	assert_int_equal(cxl_mock_config_check(config, reason), 0);
	for (size_t i = 0; i < sizeof(reason); i++)
		assert_int_equal(reason[i], '~');
}

/*
 * A refusal names the value that was given, a rule, and as its last word the
 * nearest value that would do, which is returned.
 */
static u64 refused(struct cxl_mock_config *config, enum field field, int rc)
{
	char *name, *rule, *nearest, *end;
	u64 size;

	memset(reason, 0, sizeof(reason));
	assert_int_equal(cxl_mock_config_check(config, reason), rc);
	assert_null(strchr(reason, '\n'));

	name = strstr(reason, names[field]);
	assert_ptr_equal(name, reason);
	assert_int_equal(reason[strlen(names[field])], '=');
	assert_int_equal(parse_size(reason + strlen(names[field]) + 1, &rule),
			 *value(config, field));
	assert_memory_equal(rule, ": ", 2);

	nearest = strstr(rule, ", nearest is ");
	assert_non_null(nearest);
	assert_true(nearest - rule > 10);
	size = parse_size(nearest + strlen(", nearest is "), &end);
	assert_string_equal(end, "");
	return size;
}

static void refused_nearest(struct cxl_mock_config config, enum field field, u64 v,
			    int rc, u64 nearest)
{
	*value(&config, field) = v;
	assert_int_equal(refused(&config, field, rc), nearest);
	*value(&config, field) = nearest;
	accepted(&config);
}

static void a_size_is_written_in_the_largest_unit_that_divides_it(void **state)
{
	static const struct {
		u64 size;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 1, "1" }, { 1023, "1023" }, { 1024, "1K" }, { 1025, "1025" },
		{ 1536, "1536" }, { 3 * KIB, "3K" }, { MIB, "1M" }, { MIB + KIB, "1025K" },
		{ 768 * MIB, "768M" }, { GIB, "1G" }, { GIB + 1, "1073741825" },
		{ TIB, "1T" }, { 1024 * TIB, "1024T" }, { 4096 * TIB, "4096T" },
		{ 1ULL << 63, "8388608T" }, { -1ULL, "18446744073709551615" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(cxl_mock_size(cases[i].size).text, cases[i].text);
}

static void a_good_config_is_accepted_and_gets_no_reason(void **state)
{
	struct cxl_mock_config config = good();

	accepted(&config);
	config.serial = -1ULL;
	accepted(&config);
}

static void no_capacity_at_all_is_accepted_with_any_number_of_regions(void **state)
{
	struct cxl_mock_config config = good();

	config.dc_total_size = 0;
	for (config.num_dc_regions = 1; config.num_dc_regions <= 8; config.num_dc_regions++)
		accepted(&config);
}

static void a_device_has_one_to_eight_regions(void **state)
{
	struct cxl_mock_config config = good();

	for (config.num_dc_regions = 1; config.num_dc_regions <= 8; config.num_dc_regions++) {
		config.dc_total_size = config.num_dc_regions * UNIT;
		accepted(&config);
	}
	config = good();
	refused_nearest(config, REGIONS, 0, -ERANGE, 1);
	refused_nearest(config, REGIONS, 9, -ERANGE, 8);
	refused_nearest(config, REGIONS, 1ULL << 32, -ERANGE, 8);
	refused_nearest(config, REGIONS, -1ULL, -ERANGE, 8);
}

static void a_refused_number_of_regions_is_told_the_limits(void **state)
{
	struct cxl_mock_config config = good();

	config.num_dc_regions = 9;
	refused(&config, REGIONS, -ERANGE);
	assert_string_equal(reason, "num_dc_regions=9: must be 1 to 8, nearest is 8");
}

static void the_total_is_a_multiple_of_256_mib_per_region(void **state)
{
	for (u64 nr = 1; nr <= 8; nr++) {
		struct cxl_mock_config config = good();
		u64 unit = nr * UNIT;

		config.num_dc_regions = nr;
		config.dc_total_size = unit;
		accepted(&config);
		config.dc_total_size = 5 * unit;
		accepted(&config);
		refused_nearest(config, TOTAL, unit - 1, -EINVAL, unit);
		refused_nearest(config, TOTAL, unit + 1, -EINVAL, unit);
		refused_nearest(config, TOTAL, 3 * unit - 1, -EINVAL, 3 * unit);
		refused_nearest(config, TOTAL, 3 * unit + 1, -EINVAL, 3 * unit);
	}
}

static void the_nearest_total_rounds_half_a_unit_up(void **state)
{
	struct cxl_mock_config config = good();

	config.num_dc_regions = 3;
	refused_nearest(config, TOTAL, 4 * UNIT + UNIT / 2, -EINVAL, 6 * UNIT);
	refused_nearest(config, TOTAL, 4 * UNIT + UNIT / 2 - 1, -EINVAL, 3 * UNIT);
}

static void the_nearest_total_is_never_nothing(void **state)
{
	refused_nearest(good(), TOTAL, 1, -EINVAL, 512 * MIB);
}

static void the_total_fits_the_52_bits_of_a_dpa(void **state)
{
	for (u64 nr = 1; nr <= 8; nr++) {
		struct cxl_mock_config config = good();
		u64 last = 4096 * TIB / (nr * UNIT) * (nr * UNIT);

		config.num_dc_regions = nr;
		config.dc_total_size = last;
		accepted(&config);
		if (last < 4096 * TIB)
			refused_nearest(config, TOTAL, 4096 * TIB, -EINVAL, last);
		refused_nearest(config, TOTAL, 4096 * TIB + 1, -ERANGE, last);
		refused_nearest(config, TOTAL, last + nr * UNIT, -ERANGE, last);
		refused_nearest(config, TOTAL, 1ULL << 63, -ERANGE, last);
		refused_nearest(config, TOTAL, -1ULL, -ERANGE, last);
	}
}

static void a_refused_total_is_told_unit_and_limit(void **state)
{
	struct cxl_mock_config config = good();

	config.num_dc_regions = 3;
	config.dc_total_size = GIB;
	refused(&config, TOTAL, -EINVAL);
	assert_string_equal(reason,
			    "dc_total_size=1G: must be a multiple of num_dc_regions (3) x 256M = 768M and at most 4096T, nearest is 768M");
}

static void a_block_is_a_power_of_two_from_64_bytes_to_the_region(void **state)
{
	struct cxl_mock_config config = good();

	for (config.dc_block_size = 64; config.dc_block_size <= 2 * GIB; config.dc_block_size *= 2)
		accepted(&config);
	config = good();
	refused_nearest(config, BLOCK, 0, -EINVAL, 64);
	refused_nearest(config, BLOCK, 1, -ERANGE, 64);
	refused_nearest(config, BLOCK, 32, -ERANGE, 64);
	refused_nearest(config, BLOCK, 63, -EINVAL, 64);
	refused_nearest(config, BLOCK, 65, -EINVAL, 64);
	refused_nearest(config, BLOCK, 95, -EINVAL, 64);
	refused_nearest(config, BLOCK, 96, -EINVAL, 128);
	refused_nearest(config, BLOCK, 127, -EINVAL, 128);
	refused_nearest(config, BLOCK, 3 * MIB - 1, -EINVAL, 2 * MIB);
	refused_nearest(config, BLOCK, 3 * MIB, -EINVAL, 4 * MIB);
	refused_nearest(config, BLOCK, 2 * GIB - 1, -EINVAL, 2 * GIB);
	refused_nearest(config, BLOCK, 2 * GIB + 1, -EINVAL, 2 * GIB);
	refused_nearest(config, BLOCK, 4 * GIB, -ERANGE, 2 * GIB);
	refused_nearest(config, BLOCK, 1ULL << 63, -ERANGE, 2 * GIB);
	refused_nearest(config, BLOCK, -1ULL, -EINVAL, 2 * GIB);
}

static void a_block_divides_a_region_that_is_no_power_of_two(void **state)
{
	struct cxl_mock_config config = good();

	config.num_dc_regions = 2;
	config.dc_total_size = 2 * 768 * MIB;
	config.dc_block_size = 256 * MIB;
	accepted(&config);
	refused_nearest(config, BLOCK, 512 * MIB, -ERANGE, 256 * MIB);
	refused_nearest(config, BLOCK, 768 * MIB, -EINVAL, 256 * MIB);
}

static void a_block_is_at_most_what_the_fm_can_be_told(void **state)
{
	struct cxl_mock_config config = good();

	config.num_dc_regions = 1;
	config.dc_total_size = 2048 * TIB;
	config.dc_block_size = 2048 * TIB;
	accepted(&config);
	/* the FM is told block sizes by a mask that ends there */
	config.dc_total_size = 4096 * TIB;
	accepted(&config);
	refused_nearest(config, BLOCK, 4096 * TIB, -ERANGE, 2048 * TIB);
}

static void without_capacity_a_block_divides_the_smallest_region(void **state)
{
	struct cxl_mock_config config = good();

	config.dc_total_size = 0;
	config.dc_block_size = 256 * MIB;
	accepted(&config);
	refused_nearest(config, BLOCK, 512 * MIB, -ERANGE, 256 * MIB);
}

static void a_refused_block_is_told_the_limits(void **state)
{
	struct cxl_mock_config config = good();

	config.dc_block_size = 3 * KIB;
	refused(&config, BLOCK, -EINVAL);
	assert_string_equal(reason,
			    "dc_block_size=3K: must be a power of two from 64 to 2G (it divides a DC region), nearest is 4K");
}

static void static_capacity_is_a_multiple_of_256_mib_and_of_the_block(void **state)
{
	struct cxl_mock_config config = good();

	for (config.ram_size = 0; config.ram_size <= 4 * GIB; config.ram_size += UNIT)
		accepted(&config);
	config.ram_size = 4092 * TIB + 1020 * GIB;
	accepted(&config);
	refused_nearest(good(), RAM, 1, -EINVAL, UNIT);
	refused_nearest(good(), RAM, GIB + 1, -EINVAL, GIB);
	refused_nearest(good(), RAM, 4096 * TIB, -ERANGE, 4096 * TIB - 4 * GIB);
	refused_nearest(good(), RAM, -1ULL, -ERANGE, 4096 * TIB - 4 * GIB);
	config = good();
	config.dc_block_size = GIB;
	refused_nearest(config, RAM, UNIT, -EINVAL, GIB);
	config.dc_total_size = 4096 * TIB;
	refused_nearest(config, RAM, GIB, -ERANGE, 0);
}

static void a_device_has_static_and_dynamic_capacity(void **state)
{
	struct cxl_mock_config config = good();

	config.ram_size = GIB;
	assert_int_equal(cxl_mock_config_capacity(&config), 5 * GIB);
	assert_int_equal(cxl_mock_config_window(&config), 5 * GIB);
	config.window_size = UNIT;
	assert_int_equal(cxl_mock_config_window(&config), UNIT);
}

static void a_bit_for_a_region_that_there_is_not_is_refused(void **state)
{
	for (enum field field = SHARABLE; field <= READONLY; field += READONLY - SHARABLE) {
		refused_nearest(good(), field, 4, -ERANGE, 0);
		refused_nearest(good(), field, 0x107, -ERANGE, 3);
	}
}

static void the_window_is_in_units_of_256_mib(void **state)
{
	for (enum field field = BASE; field <= SIZE; field++) {
		struct cxl_mock_config config = good();

		for (u64 i = 0; i < 5; i++) {
			*value(&config, field) = i * UNIT;
			accepted(&config);
		}
		refused_nearest(config, field, 1, -EINVAL, UNIT);
		refused_nearest(config, field, UNIT - 1, -EINVAL, UNIT);
		refused_nearest(config, field, UNIT + 1, -EINVAL, UNIT);
		refused_nearest(config, field, 2 * UNIT - UNIT / 2 - 1, -EINVAL, UNIT);
		refused_nearest(config, field, 2 * UNIT - UNIT / 2, -EINVAL, 2 * UNIT);
		refused_nearest(config, field, -1ULL, -EINVAL, -UNIT);
	}
}

static void a_refused_window_is_told_the_unit_in_hex(void **state)
{
	struct cxl_mock_config config = good();

	config.window_base = 0x100000001;
	refused(&config, BASE, -EINVAL);
	assert_string_equal(reason,
			    "window_base=0x100000001: must be a multiple of 256M, nearest is 0x100000000");
}

static void a_region_from_the_start_is_in_capacity_and_window(void **state)
{
	struct cxl_mock_config config = good();

	config.dc_total_size = 4 * UNIT;
	for (u64 i = 0; i <= 4; i++) {
		config.region_size = i * UNIT;
		accepted(&config);
	}
	refused_nearest(config, REGION, 1, -EINVAL, UNIT);
	refused_nearest(config, REGION, UNIT + 1, -EINVAL, UNIT);
	refused_nearest(config, REGION, 5 * UNIT, -ERANGE, 4 * UNIT);
	refused_nearest(config, REGION, -1ULL, -ERANGE, 4 * UNIT);
	config.window_size = 3 * UNIT;
	refused_nearest(config, REGION, 4 * UNIT, -ERANGE, 3 * UNIT);
	config.ram_size = UNIT;
	refused_nearest(config, REGION, UNIT, -EINVAL, 0);
}

static void the_window_can_end_where_the_address_space_ends(void **state)
{
	struct cxl_mock_config config = good();

	config.window_base = -UNIT;
	accepted(&config);
	config.window_size = UNIT;
	accepted(&config);
	config.window_base = 1ULL << 63;
	config.window_size = 1ULL << 63;
	accepted(&config);
}

static void the_window_does_not_run_past_the_address_space(void **state)
{
	struct cxl_mock_config config = good();

	config.window_base = -3 * UNIT;
	refused_nearest(config, PAST_END, 4 * UNIT, -ERANGE, 3 * UNIT);
	refused_nearest(config, PAST_END, -UNIT, -ERANGE, 3 * UNIT);
	config.window_base = UNIT;
	config.window_size = -UNIT - UNIT;
	accepted(&config);
}

static void a_qos_class_asks_for_a_second_window_of_the_same_size(void **state)
{
	struct cxl_mock_config config = good();

	config.qos_class = 1;
	accepted(&config);
	assert_int_equal(cxl_mock_config_windows(&config), 2);
	assert_int_equal(cxl_mock_config_window(&config), 8 * GIB);
	config.window_size = UNIT;
	assert_int_equal(cxl_mock_config_window(&config), 2 * UNIT);
	config.window_base = -4 * UNIT;
	refused_nearest(config, PAST_END, 3 * UNIT, -ERANGE, 2 * UNIT);
	config.window_base = -3 * UNIT;
	refused_nearest(config, PAST_END, 2 * UNIT, -ERANGE, UNIT);
	config.window_base = 0;
	refused_nearest(config, PAST_END, -UNIT, -ERANGE, 1ULL << 63);
	refused_nearest(good(), QOS, 65536, -ERANGE, 65535);
}

static void several_devices_have_a_window_for_all_of_them(void **state)
{
	struct cxl_mock_config config = good();

	refused_nearest(config, DEVICES, 0, -ERANGE, 1);
	refused_nearest(config, DEVICES, 9, -ERANGE, 8);
	config.devices = 8;
	config.serial = 0xdcd0;
	accepted(&config);
	assert_int_equal(cxl_mock_config_window(&config), 32 * GIB);
	assert_int_equal(cxl_mock_config_serial(&config, 0), 0xdcd0);
	assert_int_equal(cxl_mock_config_serial(&config, 7), 0x7dcd0);
	config.serial = -1ULL;
	assert_int_equal(cxl_mock_config_serial(&config, 1), 0xffff);
	refused_nearest(config, REGION, UNIT, -EINVAL, 0);
}

static void a_window_past_the_end_is_told_where_it_starts(void **state)
{
	struct cxl_mock_config config = good();

	config.window_base = -3 * UNIT;
	config.window_size = GIB + UNIT;
	refused(&config, PAST_END, -ERANGE);
	assert_string_equal(reason,
			    "window_size=1280M: exceeds the address space from window_base=0xffffffffd0000000 on, nearest is 768M");
}

static void of_several_wrong_values_the_first_is_named(void **state)
{
	struct cxl_mock_config config = {
		.num_dc_regions = 9, .dc_total_size = 1, .dc_block_size = 3,
		.ram_size = 9, .sharable = 2, .readonly = 2, .max_extents = 0, .max_tags = 65537,
		.devices = 1, .window_base = 5, .window_size = 7,
	};

	refused(&config, REGIONS, -ERANGE);
	config.num_dc_regions = 1;
	refused(&config, TOTAL, -EINVAL);
	config.dc_total_size = UNIT;
	refused(&config, BLOCK, -EINVAL);
	config.dc_block_size = 64;
	refused(&config, RAM, -EINVAL);
	config.ram_size = UNIT;
	refused(&config, SHARABLE, -ERANGE);
	config.sharable = 1;
	refused(&config, READONLY, -ERANGE);
	config.readonly = 1;
	refused(&config, MAX_EXTENTS, -ERANGE);
	config.max_extents = 65536;
	refused(&config, MAX_TAGS, -ERANGE);
	config.max_tags = 1;
	refused(&config, BASE, -EINVAL);
	config.window_base = -UNIT;
	refused(&config, SIZE, -EINVAL);
	config.window_size = 2 * UNIT;
	refused(&config, PAST_END, -ERANGE);
	config.window_size = UNIT;
	config.ram_size = 0;
	config.region_size = 3;
	refused(&config, REGION, -EINVAL);
}

/* Near the edges more often than chance would have it. */
static u64 random_value(void)
{
	u64 size = 1ULL << prng() % 64;

	switch (prng() % 6) {
	case 0:
		return size;
	case 1:
		return size + prng() % 3 - 1;
	case 2:
		return prng() % 16 * UNIT;
	case 3:
		return -(prng() % 16 * UNIT);
	case 4:
		return prng() % (4096 * TIB / UNIT + 8) * UNIT;
	default:
		return prng() >> prng() % 64;
	}
}

static u64 distance(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

static void assert_none_is_nearer(struct cxl_mock_config config, enum field field,
				  u64 nearest, u64 other)
{
	u64 given = *value(&config, field);

	*value(&config, field) = other;
	if (other && broken(&config) > field)
		assert_true(distance(given, other) >= distance(given, nearest));
}

static void putting_in_the_nearest_values_ends_in_an_accepted_config(void **state)
{
	prng_seed(1);
	for (int i = 0; i < 200000; i++) {
		struct cxl_mock_config config = {
			.num_dc_regions = prng() % 8 ? prng() % 10 : random_value(),
			.dc_total_size = random_value(),
			.dc_block_size = prng() % 2 ? 1ULL << prng() % 64 : random_value(),
			.serial = prng(),
			.ram_size = prng() % 2 ? 0 : random_value(),
			.sharable = prng() % 2 ? prng() % 300 : random_value(),
			.readonly = prng() % 2 ? prng() % 300 : random_value(),
			.max_extents = prng() % 2 ? prng() % 70000 : random_value(),
			.max_tags = prng() % 2 ? prng() % 70000 : random_value(),
			.poison_limit = prng() % 2 ? prng() % 300 : random_value(),
			.alerts = prng() % 2 ? prng() % 3 : random_value(),
			.qos_class = prng() % 2 ? 0 : random_value(),
			.devices = prng() % 4 ? 1 : prng() % 10,
			.region_size = prng() % 2 ? 0 : random_value(),
			.window_base = random_value(),
			.window_size = random_value(),
		};
		enum field field = broken(&config), last;

		while (field != NONE) {
			u64 nearest = refused(&config, field, expected_errno(&config, field));
			bool counted = field == REGIONS || field == MAX_EXTENTS ||
				       field == MAX_TAGS || field == DEVICES;
			u64 step = counted ? 1 : field == BLOCK ? 0 : UNIT;

			if (field == TOTAL)
				step *= config.num_dc_regions;
			if (field == RAM && config.dc_block_size > step)
				step = config.dc_block_size;
			if (field == SHARABLE || field == READONLY) {
				/* the bits of regions that there are */
				assert_int_equal(nearest, *value(&config, field) &
						 ((1 << config.num_dc_regions) - 1));
			} else {
				assert_none_is_nearer(config, field, nearest,
						      step ? nearest + step : 2 * nearest);
				assert_none_is_nearer(config, field, nearest,
						      step ? nearest - step : nearest / 2);
			}

			*value(&config, field) = nearest;
			last = field;
			field = broken(&config);
			/* what was repaired stays so */
			assert_true(field > last);
		}
		accepted(&config);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_size_is_written_in_the_largest_unit_that_divides_it),
	cmocka_unit_test(a_good_config_is_accepted_and_gets_no_reason),
	cmocka_unit_test(no_capacity_at_all_is_accepted_with_any_number_of_regions),
	cmocka_unit_test(a_device_has_one_to_eight_regions),
	cmocka_unit_test(a_refused_number_of_regions_is_told_the_limits),
	cmocka_unit_test(the_total_is_a_multiple_of_256_mib_per_region),
	cmocka_unit_test(the_nearest_total_rounds_half_a_unit_up),
	cmocka_unit_test(the_nearest_total_is_never_nothing),
	cmocka_unit_test(the_total_fits_the_52_bits_of_a_dpa),
	cmocka_unit_test(a_refused_total_is_told_unit_and_limit),
	cmocka_unit_test(a_block_is_a_power_of_two_from_64_bytes_to_the_region),
	cmocka_unit_test(a_block_divides_a_region_that_is_no_power_of_two),
	cmocka_unit_test(a_block_is_at_most_what_the_fm_can_be_told),
	cmocka_unit_test(without_capacity_a_block_divides_the_smallest_region),
	cmocka_unit_test(a_refused_block_is_told_the_limits),
	cmocka_unit_test(static_capacity_is_a_multiple_of_256_mib_and_of_the_block),
	cmocka_unit_test(a_device_has_static_and_dynamic_capacity),
	cmocka_unit_test(a_bit_for_a_region_that_there_is_not_is_refused),
	cmocka_unit_test(the_window_is_in_units_of_256_mib),
	cmocka_unit_test(a_refused_window_is_told_the_unit_in_hex),
	cmocka_unit_test(a_region_from_the_start_is_in_capacity_and_window),
	cmocka_unit_test(the_window_can_end_where_the_address_space_ends),
	cmocka_unit_test(the_window_does_not_run_past_the_address_space),
	cmocka_unit_test(a_qos_class_asks_for_a_second_window_of_the_same_size),
	cmocka_unit_test(several_devices_have_a_window_for_all_of_them),
	cmocka_unit_test(a_window_past_the_end_is_told_where_it_starts),
	cmocka_unit_test(of_several_wrong_values_the_first_is_named),
	cmocka_unit_test(putting_in_the_nearest_values_ends_in_an_accepted_config),
};

int main(void)
{
	return unit_run(tests);
}
