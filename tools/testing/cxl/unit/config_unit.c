// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of configurations share. */
#include <linux/string.h>

#include "config_unit.h"

static const char *const names[] = {
	"num_dc_regions", "dc_total_size", "dc_block_size", "ram_size",
	"sharable", "readonly", "max_extents", "max_tags", "poison_limit", "alerts",
	"qos_class", "devices", "window_base", "window_size", "window_size", "region_size",
};

char config_reason[CXL_MOCK_REASON_LEN];

struct cxl_mock_config config_good(void)
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

u64 *config_value(struct cxl_mock_config *config, enum field field)
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

/* Read a size as a user would write it; @end is where it stops. */
static u64 parse_size(const char *text, char **end)
{
	u64 size = memparse(text, end);

	assert_ptr_not_equal(text, *end);
	return size;
}

void config_accepted(const struct cxl_mock_config *config)
{
	memset(config_reason, '~', sizeof(config_reason));
	assert_int_equal(cxl_mock_config_check(config, config_reason), 0);
	for (size_t i = 0; i < sizeof(config_reason); i++)
		assert_int_equal(config_reason[i], '~');
}

/*
 * A refusal names the value that was given, a rule, and as its last word the
 * nearest value that would do, which is returned.
 */
u64 config_refused(struct cxl_mock_config *config, enum field field, int rc)
{
	char *name, *rule, *nearest, *end;
	u64 size;

	memset(config_reason, 0, sizeof(config_reason));
	assert_int_equal(cxl_mock_config_check(config, config_reason), rc);
	assert_null(strchr(config_reason, '\n'));

	name = strstr(config_reason, names[field]);
	assert_ptr_equal(name, config_reason);
	assert_int_equal(config_reason[strlen(names[field])], '=');
	assert_int_equal(parse_size(config_reason + strlen(names[field]) + 1, &rule),
			 *config_value(config, field));
	assert_memory_equal(rule, ": ", 2);

	nearest = strstr(rule, ", nearest is ");
	assert_non_null(nearest);
	assert_true(nearest - rule > 10);
	size = parse_size(nearest + strlen(", nearest is "), &end);
	assert_string_equal(end, "");
	return size;
}

void config_refused_nearest(struct cxl_mock_config config, enum field field, u64 v, int rc,
			    u64 nearest)
{
	*config_value(&config, field) = v;
	assert_int_equal(config_refused(&config, field, rc), nearest);
	*config_value(&config, field) = nearest;
	config_accepted(&config);
}
