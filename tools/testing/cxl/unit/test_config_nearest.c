// SPDX-License-Identifier: GPL-2.0-only
/* Any configuration: which rule it breaks first, and where the nearest values lead. */
#include "config_unit.h"

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
	u64 v = *config_value(c, field);

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
	u64 given = *config_value(&config, field);

	*config_value(&config, field) = other;
	if (other && broken(&config) > field)
		assert_true(distance(given, other) >= distance(given, nearest));
}

static void putting_in_the_nearest_values_ends_in_an_accepted_config(void **state)
{
	prng_seed(1);
	for (int i = 0; i < 200000 / UNIT_EVERY; i++) {
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
			u64 nearest = config_refused(&config, field,
						     expected_errno(&config, field));
			bool counted = field == REGIONS || field == MAX_EXTENTS ||
				       field == MAX_TAGS || field == DEVICES;
			u64 step = counted ? 1 : field == BLOCK ? 0 : UNIT;

			if (field == TOTAL)
				step *= config.num_dc_regions;
			if (field == RAM && config.dc_block_size > step)
				step = config.dc_block_size;
			if (field == SHARABLE || field == READONLY) {
				/* the bits of regions that there are */
				assert_int_equal(nearest, *config_value(&config, field) &
						 ((1 << config.num_dc_regions) - 1));
			} else {
				assert_none_is_nearer(config, field, nearest,
						      step ? nearest + step : 2 * nearest);
				assert_none_is_nearer(config, field, nearest,
						      step ? nearest - step : nearest / 2);
			}

			*config_value(&config, field) = nearest;
			last = field;
			field = broken(&config);
			/* what was repaired stays so */
			assert_true(field > last);
		}
		config_accepted(&config);
	}
}

static struct CMUnitTest tests[] = {
	cmocka_unit_test(putting_in_the_nearest_values_ends_in_an_accepted_config),
	{}
};

unit_suite(tests);
