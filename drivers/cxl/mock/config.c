// SPDX-License-Identifier: GPL-2.0-only
/* The rules of a mock device's configuration; builds in user space too. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "config.h"
#include "poison.h"

/**
 * cxl_mock_size() - a size as people write it
 * @bytes: the size
 *
 * Return: @bytes in the largest of the units K, M, G, T that divides it.
 */
struct cxl_mock_size cxl_mock_size(u64 bytes)
{
	static const char units[] = { 0, 'K', 'M', 'G', 'T' };
	struct cxl_mock_size size;
	unsigned int unit = 0;

	while (bytes && !(bytes & 1023) && unit < ARRAY_SIZE(units) - 1) {
		bytes >>= 10;
		unit++;
	}
	if (units[unit])
		snprintf(size.text, sizeof(size.text), "%llu%c", bytes, units[unit]);
	else
		snprintf(size.text, sizeof(size.text), "%llu", bytes);
	return size;
}

/**
 * cxl_mock_hex() - an address or bits as people write them
 * @value: the value
 *
 * Return: @value in hexadecimal with 0x, zero without.
 */
struct cxl_mock_size cxl_mock_hex(u64 value)
{
	struct cxl_mock_size hex = { "0" };

	if (value)
		snprintf(hex.text, sizeof(hex.text), "0x%llx", value);
	return hex;
}

/**
 * cxl_mock_config_most() - the most that a number can be
 * @name: its name
 *
 * What it can be along with the others is checked by cxl_mock_config_check().
 *
 * Return: that number, as it would be written.
 */
struct cxl_mock_size cxl_mock_config_most(const char *name)
{
	static const struct {
		const char *name;
		u64 most;
		enum { COUNT, HEX } form;
	} limits[] = {
		{ "num_dc_regions", CXL_MOCK_DC_REGIONS_MAX, COUNT },
		{ "serial", U64_MAX, HEX },
		{ "devices", CXL_MOCK_DEVICES_MAX, COUNT },
		{ "sharable", (1 << CXL_MOCK_DC_REGIONS_MAX) - 1, HEX },
		{ "readonly", (1 << CXL_MOCK_DC_REGIONS_MAX) - 1, HEX },
		{ "max_extents", CXL_MOCK_LIMIT_MAX, COUNT },
		{ "max_tags", CXL_MOCK_LIMIT_MAX, COUNT },
		{ "poison_limit", CXL_MOCK_POISON_MAX, COUNT },
		{ "alerts", 1, COUNT },
		{ "qos_class", CXL_MOCK_QOS_CLASS_MAX, COUNT },
		{ "window_base", -CXL_MOCK_CAPACITY_UNIT, HEX },
		{ "window_size", -CXL_MOCK_CAPACITY_UNIT, HEX },
	};
	struct cxl_mock_size most;

	for (unsigned int i = 0; i < ARRAY_SIZE(limits); i++) {
		if (strcmp(name, limits[i].name))
			continue;
		if (limits[i].form == HEX)
			return cxl_mock_hex(limits[i].most);
		snprintf(most.text, sizeof(most.text), "%llu", limits[i].most);
		return most;
	}
	/* all others are parts of the device's capacity */
	return cxl_mock_size(CXL_MOCK_DPA_END);
}

/**
 * cxl_mock_config_serial() - the serial number of a memory device
 * @config: the device
 * @index: which of those under the window, from 0
 *
 * Return: the number; it wraps.
 */
u64 cxl_mock_config_serial(const struct cxl_mock_config *config, unsigned int index)
{
	return config->serial + (u64)index * CXL_MOCK_SERIAL_STEP;
}

/**
 * cxl_mock_config_capacity() - all that the memory devices under a window have
 * @config: the device, checked
 *
 * Return: bytes, static and dynamic.
 */
u64 cxl_mock_config_capacity(const struct cxl_mock_config *config)
{
	return (config->ram_size + config->dc_total_size) * config->devices;
}

/**
 * cxl_mock_config_windows() - how many windows there are to be
 * @config: the device
 *
 * Return: 1, or 2 of equal size.
 */
u64 cxl_mock_config_windows(const struct cxl_mock_config *config)
{
	return config->qos_class ? 2 : 1;
}

/**
 * cxl_mock_config_window() - how much address space the windows are to have
 * @config: the device, checked
 *
 * Return: bytes.
 */
u64 cxl_mock_config_window(const struct cxl_mock_config *config)
{
	return (config->window_size ?: cxl_mock_config_capacity(config)) *
	       cxl_mock_config_windows(config);
}

/* The multiple of @unit closest to @value, from one @unit up to @max. */
static u64 nearest_multiple(u64 value, u64 unit, u64 max)
{
	u64 count = div64_u64(value, unit);

	if (value - count * unit >= unit - unit / 2)
		count++;
	return clamp(count, 1ULL, div64_u64(max, unit)) * unit;
}

static int check_regions(const struct cxl_mock_config *config, char *reason)
{
	u64 nr = config->num_dc_regions;

	if (nr >= 1 && nr <= CXL_MOCK_DC_REGIONS_MAX)
		return 0;

	snprintf(reason, CXL_MOCK_REASON_LEN,
		 "num_dc_regions=%llu: must be 1 to %d, nearest is %d",
		 nr, CXL_MOCK_DC_REGIONS_MAX, nr ? CXL_MOCK_DC_REGIONS_MAX : 1);
	return -ERANGE;
}

static int check_total(const struct cxl_mock_config *config, char *reason)
{
	u64 unit = config->num_dc_regions * CXL_MOCK_CAPACITY_UNIT;
	u64 total = config->dc_total_size;
	u64 count = div64_u64(total, unit);

	if (total <= CXL_MOCK_DPA_END && count * unit == total)
		return 0;

	snprintf(reason, CXL_MOCK_REASON_LEN,
		 "dc_total_size=%s: must be a multiple of num_dc_regions (%llu) x 256M = %s and at most %s, nearest is %s",
		 cxl_mock_size(total).text, config->num_dc_regions,
		 cxl_mock_size(unit).text, cxl_mock_size(CXL_MOCK_DPA_END).text,
		 cxl_mock_size(nearest_multiple(total, unit, CXL_MOCK_DPA_END)).text);
	return total > CXL_MOCK_DPA_END ? -ERANGE : -EINVAL;
}

/* The power of two closest to @value within [@min, @max], both powers of two. */
static u64 nearest_power(u64 value, u64 min, u64 max)
{
	u64 down;

	if (value <= min)
		return min;
	if (value >= max)
		return max;
	down = 1ULL << ilog2(value);
	return value - down < 2 * down - value ? down : 2 * down;
}

static int check_block(const struct cxl_mock_config *config, char *reason)
{
	u64 block = config->dc_block_size;
	u64 region = CXL_MOCK_CAPACITY_UNIT;
	u64 max;

	if (config->dc_total_size)
		region = div64_u64(config->dc_total_size, config->num_dc_regions);
	if (cxl_dc_block_is_valid(block, region))
		return 0;

	max = cxl_dc_block_max(region);
	snprintf(reason, CXL_MOCK_REASON_LEN,
		 "dc_block_size=%s: must be a power of two from %llu to %s (it divides a DC region), nearest is %s",
		 cxl_mock_size(block).text, CXL_DC_BLOCK_MIN, cxl_mock_size(max).text,
		 cxl_mock_size(nearest_power(block, CXL_DC_BLOCK_MIN, max)).text);
	return is_power_of_2(block) ? -ERANGE : -EINVAL;
}

static int check_window(const char *name, u64 value, char *reason)
{
	u64 max = -CXL_MOCK_CAPACITY_UNIT;

	if (!(value & (CXL_MOCK_CAPACITY_UNIT - 1)))
		return 0;

	snprintf(reason, CXL_MOCK_REASON_LEN,
		 "%s=%s: must be a multiple of 256M, nearest is %s", name,
		 cxl_mock_hex(value).text,
		 cxl_mock_hex(nearest_multiple(value, CXL_MOCK_CAPACITY_UNIT, max)).text);
	return -EINVAL;
}

static int check_bits(const struct cxl_mock_config *config, const char *name, u64 value,
		      char *reason)
{
	u64 all = (1ULL << config->num_dc_regions) - 1;

	if (!(value & ~all))
		return 0;

	snprintf(reason, CXL_MOCK_REASON_LEN,
		 "%s=%s: must have no bit beyond the %llu DC regions, nearest is %s", name,
		 cxl_mock_hex(value).text, config->num_dc_regions,
		 cxl_mock_hex(value & all).text);
	return -ERANGE;
}

/* The DC regions follow the static capacity, and begin with a whole block. */
static int check_ram(const struct cxl_mock_config *config, char *reason)
{
	u64 unit = max(CXL_MOCK_CAPACITY_UNIT, config->dc_block_size);
	u64 max = CXL_MOCK_DPA_END - config->dc_total_size;
	u64 ram = config->ram_size;

	if (ram <= max && !(ram & (unit - 1)))
		return 0;

	snprintf(reason, CXL_MOCK_REASON_LEN,
		 "ram_size=%s: must be a multiple of 256M and of dc_block_size (%s) and at most %s, which dc_total_size leaves of %s, nearest is %s",
		 cxl_mock_size(ram).text, cxl_mock_size(unit).text, cxl_mock_size(max).text,
		 cxl_mock_size(CXL_MOCK_DPA_END).text,
		 cxl_mock_size(max < unit ? 0 : nearest_multiple(ram, unit, max)).text);
	return ram > max ? -ERANGE : -EINVAL;
}

/* A value of 0 to a limit, where 0 switches the feature off. */
static int check_most(const char *name, u64 value, u64 most, char *reason)
{
	if (value <= most)
		return 0;

	snprintf(reason, CXL_MOCK_REASON_LEN, "%s=%llu: must be 0 to %llu, nearest is %llu", name,
		 value, most, most);
	return -ERANGE;
}

static int check_limit(const char *name, u64 value, u64 most, char *reason)
{
	if (value >= 1 && value <= most)
		return 0;

	snprintf(reason, CXL_MOCK_REASON_LEN, "%s=%llu: must be 1 to %llu, nearest is %llu", name,
		 value, most, value ? most : 1);
	return -ERANGE;
}

static int check_window_end(const struct cxl_mock_config *config, char *reason)
{
	/* the largest end of a window that begins at window_base */
	u64 last = div64_u64(U64_MAX - config->window_base, cxl_mock_config_windows(config));

	if (!config->window_size || config->window_size - 1 <= last)
		return 0;

	snprintf(reason, CXL_MOCK_REASON_LEN,
		 "window_size=%s: exceeds the address space from window_base=%s on, nearest is %s",
		 cxl_mock_size(config->window_size).text,
		 cxl_mock_hex(config->window_base).text,
		 cxl_mock_size((last + 1) & -CXL_MOCK_CAPACITY_UNIT).text);
	return -ERANGE;
}

/* The region begins at DPA 0, and must end within the dynamic capacity and the window. */
static int check_left_region(const struct cxl_mock_config *config, char *reason)
{
	u64 unit = CXL_MOCK_CAPACITY_UNIT, size = config->region_size;
	u64 max = config->dc_total_size;

	if (config->window_size)
		max = min(max, config->window_size);
	if (!size || (!config->ram_size && config->devices == 1 && size <= max &&
		      !(size & (unit - 1))))
		return 0;

	if (config->devices > 1) {
		snprintf(reason, CXL_MOCK_REASON_LEN,
			 "region_size=%s: must be 0 with devices=%llu, as that region has one device, nearest is 0",
			 cxl_mock_size(size).text, config->devices);
		return -EINVAL;
	}
	if (config->ram_size) {
		snprintf(reason, CXL_MOCK_REASON_LEN,
			 "region_size=%s: must be 0 with ram_size, which occupies the first DPAs, nearest is 0",
			 cxl_mock_size(size).text);
		return -EINVAL;
	}
	snprintf(reason, CXL_MOCK_REASON_LEN,
		 "region_size=%s: must be a multiple of 256M and at most %s, the smaller of dc_total_size and the window, nearest is %s",
		 cxl_mock_size(size).text, cxl_mock_size(max).text,
		 cxl_mock_size(max < unit ? 0 : nearest_multiple(size, unit, max)).text);
	return size > max ? -ERANGE : -EINVAL;
}

/**
 * cxl_mock_config_check() - check a configuration
 * @config: what the user asked for
 * @reason: why it was refused: the value, the rule and the nearest value that
 *          would do, in one line without a newline; untouched if it was not
 *
 * Whether the window is free is found out when the device is built.
 *
 * Return: 0; -EINVAL for a value that breaks a rule, -ERANGE for one that is
 * too small or too large.
 */
int cxl_mock_config_check(const struct cxl_mock_config *config,
			  char reason[CXL_MOCK_REASON_LEN])
{
	int rc;

	rc = check_regions(config, reason);
	if (!rc)
		rc = check_total(config, reason);
	if (!rc)
		rc = check_block(config, reason);
	if (!rc)
		rc = check_ram(config, reason);
	if (!rc)
		rc = check_bits(config, "sharable", config->sharable, reason);
	if (!rc)
		rc = check_bits(config, "readonly", config->readonly, reason);
	if (!rc)
		rc = check_limit("max_extents", config->max_extents, CXL_MOCK_LIMIT_MAX, reason);
	if (!rc)
		rc = check_limit("max_tags", config->max_tags, CXL_MOCK_LIMIT_MAX, reason);
	if (!rc)
		rc = check_most("poison_limit", config->poison_limit, CXL_MOCK_POISON_MAX, reason);
	if (!rc)
		rc = check_most("alerts", config->alerts, 1, reason);
	if (!rc)
		rc = check_most("qos_class", config->qos_class, CXL_MOCK_QOS_CLASS_MAX, reason);
	if (!rc)
		rc = check_limit("devices", config->devices, CXL_MOCK_DEVICES_MAX, reason);
	if (!rc)
		rc = check_window("window_base", config->window_base, reason);
	if (!rc)
		rc = check_window("window_size", config->window_size, reason);
	if (!rc)
		rc = check_window_end(config, reason);
	if (!rc)
		rc = check_left_region(config, reason);
	return rc;
}
