// SPDX-License-Identifier: GPL-2.0-only
/* dcdctl config, ref, raw: commands of the FM that change something else. */
#include <string.h>
#include <unistd.h>

#include "wait.h"

#define PAYLOAD		4096

static int config(struct dcdctl_device *device)
{
	unsigned int region = 0;
	uint64_t size = 0;
	int rc;

	rc = dcdctl_region_option(device, &region) ?: dcdctl_size_option("block-size", &size);
	if (rc)
		return rc;
	if (!device->ops->set_block_size)
		return dcdctl_unsupported(device, "--block-size");
	return device->ops->set_block_size(device, region, size);
}

static int run_config(const struct dcdctl_command *command, char **arguments)
{
	struct dcdctl_devices devices;
	int rc;

	if (!dcdctl_option_given("region") || !dcdctl_option_given("block-size"))
		return dcdctl_fail(DCDCTL_USAGE,
				   "config needs --region and --block-size: see dcdctl config --help");
	rc = dcdctl_find_one(arguments[0], &devices) ?: config(&devices.list[0]);
	dcdctl_forget(&devices);
	return rc;
}

static const struct dcdctl_option config_options[] = {
	{ .name = "region", .letter = 'r', .argument = "n", .help = "the DC region" },
	{ .name = "block-size", .letter = 'b', .argument = "size",
	  .help = "bytes per block, a power of two; the region must have no extents" },
	DCDCTL_DRY_RUN,
	{}
};

const struct dcdctl_command dcdctl_config = {
	.name = "config",
	.arguments = "<memdev>",
	.min = 1,
	.max = 1,
	.help = "Configure a DC region",
	.options = config_options,
	.run = run_config,
};

static int run_ref(const struct dcdctl_command *command, char **arguments)
{
	bool add = !strcmp(command->name, "add");
	struct dcdctl_devices devices = {};
	uint8_t tag[DCDCTL_TAG_LEN] = {};
	int rc;

	if (!dcdctl_option_given("tag") || !strcmp(dcdctl_option("tag"), "new"))
		return dcdctl_fail(DCDCTL_USAGE,
				   "--tag is missing: give the tag of sharable capacity");
	rc = dcdctl_tag_option(tag) ?: dcdctl_find_one(arguments[0], &devices);
	if (!rc && !devices.list[0].ops->reference)
		rc = dcdctl_unsupported(&devices.list[0], "references");
	if (!rc)
		rc = devices.list[0].ops->reference(&devices.list[0], tag, add);
	dcdctl_forget(&devices);
	return rc;
}

static const struct dcdctl_option ref_options[] = {
	{ .name = "tag", .letter = 't', .argument = "uuid", .help = "tag of sharable capacity" },
	DCDCTL_DRY_RUN,
	{}
};

static const struct dcdctl_command ref_commands[] = {
	{
		.name = "add",
		.arguments = "<memdev>",
		.min = 1,
		.max = 1,
		.help = "Keep the sharable capacity of a tag when hosts release it",
		.options = ref_options,
		.run = run_ref,
	}, {
		.name = "remove",
		.arguments = "<memdev>",
		.min = 1,
		.max = 1,
		.help = "Stop keeping it when hosts release it",
		.options = ref_options,
		.run = run_ref,
	},
	{}
};

const struct dcdctl_command dcdctl_ref = {
	.name = "ref",
	.help = "References to sharable capacity",
	.commands = ref_commands,
};

static int read_payload(uint8_t *payload, size_t *len)
{
	uint8_t more;
	size_t got;

	*len = 0;
	if (isatty(STDIN_FILENO))
		return DCDCTL_DONE;
	while ((got = fread(payload + *len, 1, PAYLOAD - *len, stdin)))
		*len += got;
	if (ferror(stdin) || fread(&more, 1, 1, stdin))
		return dcdctl_fail(DCDCTL_USAGE,
				   "the payload on standard input: must be readable and at most %d bytes",
				   PAYLOAD);
	return DCDCTL_DONE;
}

static int run_raw(const struct dcdctl_command *command, char **arguments)
{
	uint8_t in[PAYLOAD], out[PAYLOAD];
	struct dcdctl_devices devices = {};
	size_t in_len, out_len = 0;
	uint16_t opcode;
	const char *rule;
	int rc;

	rule = dcdctl_parse_opcode(arguments[1], &opcode);
	if (rule)
		return dcdctl_fail(DCDCTL_USAGE, "%s: %s", arguments[1], rule);
	rc = read_payload(in, &in_len) ?: dcdctl_find_one(arguments[0], &devices);
	if (!rc && !devices.list[0].ops->raw)
		rc = dcdctl_unsupported(&devices.list[0], "raw");
	if (!rc)
		rc = devices.list[0].ops->raw(&devices.list[0], opcode, in, in_len, out, &out_len);
	if (!rc) {
		fwrite(out, 1, out_len, stdout);
		rc = dcdctl_flush();
	}
	dcdctl_forget(&devices);
	return rc;
}

static const struct dcdctl_option raw_options[] = {
	DCDCTL_DRY_RUN,
	{}
};

const struct dcdctl_command dcdctl_raw = {
	.name = "raw",
	.arguments = "<memdev> <opcode>",
	.min = 2,
	.max = 2,
	.help = "Send a command of the FM, its payload from standard input, and print its response",
	.options = raw_options,
	.run = run_raw,
};
