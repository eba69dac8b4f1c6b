// SPDX-License-Identifier: GPL-2.0-only
/* dcdctl event: records of errors and of health in the logs of the mock's host. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wait.h"

/* as many as the mock takes at once */
#define COUNT_MAX	1000

static const char *const types[] = { "general_media", "dram", "memory_module", "poison" };
static const char *const logs[] = { "info", "warning", "failure", "fatal" };
/* Device Event Types of a memory module record, CXL 3.1 8.2.9.2.1.3 */
static const char *const device_events[] = {
	"health", "media", "life_used", "temperature", "data_path", "lsa", "sideband_bus",
	"media_fru", "power",
};

#define DEVICE_EVENTS \
	"health, media, life_used, temperature, data_path, lsa, sideband_bus, media_fru or power"

static bool is_one_of(const char *word, const char *const *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(word, list[i]))
			return true;
	return false;
}

/* Only a memory module record has a device event, and only the others have a DPA. */
static int check_where(const char *type)
{
	const char *event = dcdctl_option("device-event");
	bool module = !strcmp(type, "memory_module");

	if (event && !module)
		return dcdctl_fail(DCDCTL_USAGE,
				   "--device-event: only a memory_module record has it: leave it out");
	if (event && !is_one_of(event, device_events, DCDCTL_ARRAY_SIZE(device_events)))
		return dcdctl_fail(DCDCTL_USAGE,
				   "--device-event %s: must be " DEVICE_EVENTS, event);
	if (dcdctl_option_given("at") == module)
		return dcdctl_fail(DCDCTL_USAGE, module ?
				   "--at: a memory_module record has no address: omit --at" :
				   "--at is missing: give the DPA of the error");
	return DCDCTL_DONE;
}

/* What the attribute takes: TYPE:LOG:DPA:COUNT, with its event for a memory module's DPA */
static int read_options(char *line, size_t room)
{
	const char *type = dcdctl_option("type"), *log = dcdctl_option("log") ?: "info";
	const char *count = dcdctl_option("count") ?: "1", *rule;
	uint64_t dpa = 0, number;
	char at[24] = "";
	int rc;

	if (!type)
		return dcdctl_fail(DCDCTL_USAGE,
				   "--type is missing: general_media, dram, memory_module or poison");
	if (!is_one_of(type, types, DCDCTL_ARRAY_SIZE(types)))
		return dcdctl_fail(DCDCTL_USAGE,
				   "--type %s: must be general_media, dram, memory_module or poison",
				   type);
	if (!is_one_of(log, logs, DCDCTL_ARRAY_SIZE(logs)))
		return dcdctl_fail(DCDCTL_USAGE,
				   "--log %s: must be info, warning, failure or fatal", log);
	rc = check_where(type);
	if (rc)
		return rc;
	rule = dcdctl_parse_number(count, COUNT_MAX, &number);
	if (rule || !number)
		return dcdctl_fail(DCDCTL_USAGE, "--count %s: must be a number from 1 to %d", count,
				   COUNT_MAX);
	rc = dcdctl_size_option("at", &dpa);
	if (dcdctl_option_given("at"))
		snprintf(at, sizeof(at), "%#" PRIx64, dpa);
	snprintf(line, room, "%s:%s:%s:%" PRIu64, type, log,
		 dcdctl_option("device-event") ?: at, number);
	return rc;
}

static int run(const struct dcdctl_command *command, char **arguments)
{
	struct dcdctl_devices devices = {};
	char line[128];
	int rc = read_options(line, sizeof(line));

	if (!rc && dcdctl_option_given("qmp"))
		return dcdctl_fail(DCDCTL_USAGE,
				   "--qmp: not supported: use QEMU's own QMP commands, such as cxl-inject-general-media-event");
	if (!rc)
		rc = dcdctl_find_one(arguments[0], &devices) ?:
		     dcdctl_attribute_write(&devices.list[0], "inject_event", line);
	dcdctl_forget(&devices);
	return rc;
}

static const struct dcdctl_option options[] = {
	{ .name = "type", .letter = 't', .argument = "type",
	  .help = "general_media, dram, memory_module or poison" },
	{ .name = "log", .letter = 'l', .argument = "log",
	  .help = "info (default), warning, failure or fatal" },
	{ .name = "at", .argument = "dpa", .help = "DPA of the error, a multiple of 64" },
	{ .name = "device-event", .argument = "event",
	  .help = "of a memory_module record (health): " DEVICE_EVENTS },
	{ .name = "count", .letter = 'c', .argument = "n",
	  .help = "number of records (1); the log holds 64 until the host reads it" },
	DCDCTL_DRY_RUN,
	{}
};

const struct dcdctl_command dcdctl_event = {
	.name = "event",
	.arguments = "<memdev>",
	.min = 1,
	.max = 1,
	.help = "Report a media error or the device's health to the host",
	.options = options,
	.run = run,
};
