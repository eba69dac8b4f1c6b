// SPDX-License-Identifier: GPL-2.0-only
/* dcdctl add: offer capacity to the host, and see what it makes of it. */
#include <string.h>
#include <unistd.h>

#include "list.h"
#include "wait.h"

static const char *const policies[] = {
	[DCDCTL_POLICY_FREE] = "free",
	[DCDCTL_POLICY_CONTIGUOUS] = "contiguous",
	[DCDCTL_POLICY_PRESCRIPTIVE] = "prescriptive",
};

static int policy_option(struct dcdctl_request *request)
{
	const char *text = dcdctl_option("policy");
	bool at = dcdctl_option_given("at");

	request->policy = at ? DCDCTL_POLICY_PRESCRIPTIVE : DCDCTL_POLICY_FREE;
	if (dcdctl_option_given("shared")) {
		if (text || at || !dcdctl_option_given("tag"))
			return dcdctl_fail(DCDCTL_USAGE,
					   "--shared: offers the extents that a tag has: needs --tag, and neither --policy nor --at");
		request->policy = DCDCTL_POLICY_SHARED;
		return DCDCTL_DONE;
	}
	if (!text)
		return DCDCTL_DONE;
	for (unsigned int i = 0; i < DCDCTL_ARRAY_SIZE(policies); i++) {
		bool chosen = i == DCDCTL_POLICY_PRESCRIPTIVE;

		if (strcmp(text, policies[i]))
			continue;
		if (at != chosen)
			return dcdctl_fail(DCDCTL_USAGE, at ?
					   "--policy %s: the device chooses the DPA: omit --at" :
					   "--policy %s: needs --at", text);
		request->policy = i;
		return DCDCTL_DONE;
	}
	return dcdctl_fail(DCDCTL_USAGE, "--policy %s: must be free, contiguous or prescriptive",
			   text);
}

static int read_request(struct dcdctl_request *request, uint64_t *ms)
{
	if (!dcdctl_option_given("size") && !dcdctl_option_given("shared"))
		return dcdctl_fail(DCDCTL_USAGE, "--size is missing: give an amount, such as --size 512M");
	return policy_option(request) ?: dcdctl_wait_option(ms) ?:
	       dcdctl_sizes_option(&request->len) ?: dcdctl_tag_option(request->tag);
}

/* What of the request is in a state; each extent is looked at byte by byte, as it were */
static uint64_t in_state(const struct dcdctl_device *device, const struct dcdctl_request *request,
			 enum dcdctl_state state)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < request->extents.nr; i++) {
		const struct dcdctl_extent *asked = &request->extents.list[i];

		for (size_t j = 0; j < device->extents.nr; j++) {
			const struct dcdctl_extent *is = &device->extents.list[j];
			uint64_t from = is->dpa > asked->dpa ? is->dpa : asked->dpa;
			uint64_t to = is->dpa + is->len, end = asked->dpa + asked->len;

			if (to > end)
				to = end;
			if (is->state == state && from < to)
				bytes += to - from;
		}
	}
	return bytes;
}

static uint64_t asked_for(const struct dcdctl_request *request)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < request->extents.nr; i++)
		bytes += request->extents.list[i].len;
	return bytes;
}

static void update_states(const struct dcdctl_device *device, struct dcdctl_request *request)
{
	for (size_t i = 0; i < request->extents.nr; i++) {
		struct dcdctl_extent *extent = &request->extents.list[i];

		extent->state = dcdctl_state_of(&device->extents, extent->dpa, extent->len);
	}
}

static int judge(const struct dcdctl_device *device, const struct dcdctl_request *request, int log)
{
	uint64_t accepted = in_state(device, request, DCDCTL_ACCEPTED) +
			    in_state(device, request, DCDCTL_RELEASING);
	uint64_t asked = asked_for(request);
	char reason[512];

	if (asked && accepted == asked)
		return DCDCTL_DONE;
	dcdctl_host_reason(log, &request->extents, "refused: ", reason, sizeof(reason));
	if (accepted)
		return dcdctl_fail(DCDCTL_REFUSED, "%s: the host has accepted %s of %s%s%s",
				   dcdctl_shown_name(device), dcdctl_size_text(accepted).text,
				   dcdctl_size_text(asked).text, *reason ? ": " : "", reason);
	return dcdctl_fail(DCDCTL_REFUSED, "%s: the host has not accepted it: %s",
			   dcdctl_shown_name(device),
			   *reason ? reason : "see its kernel log");
}

/* Until the host has answered, and made a DAX device of what it accepts */
static int wait_for_host(struct dcdctl_device *device, struct dcdctl_request *request,
			 uint64_t ms, int log)
{
	uint64_t deadline = dcdctl_now() + ms;
	bool pending;
	int rc;

	for (;;) {
		rc = device->ops->load_extents(device);
		if (rc)
			return rc;
		pending = in_state(device, request, DCDCTL_PENDING);
		if (!pending) {
			rc = judge(device, request, log);
			if (rc || dcdctl_host_is_done(device, &request->extents))
				return rc;
		}
		if (dcdctl_now() >= deadline)
			return dcdctl_fail(DCDCTL_TIMEOUT, "%s: no %s within %g s: %s",
					   dcdctl_shown_name(device),
					   pending ? "response from the host" : "DAX device",
					   ms / 1000.0, pending ? "the offer is still pending" :
					   "the host has accepted, see its kernel log");
		dcdctl_pause(DCDCTL_LOOK_MS);
	}
}

static int print(struct dcdctl_device *device, const struct dcdctl_request *request)
{
	struct json_object *json = json_object_new_object();
	char text[DCDCTL_UUID_TEXT];

	dcdctl_name_json(device, json);
	if (!dcdctl_tag_is_null(request->tag)) {
		dcdctl_tag_text(request->tag, text);
		dcdctl_json_add_text(json, "tag", text);
	}
	json_object_object_add(json, "extents", dcdctl_extents_json(device, &request->extents));
	return dcdctl_print_json(json);
}

static int add(struct dcdctl_device *device, struct dcdctl_request *request, uint64_t ms)
{
	int log = dcdctl_log_open(), rc, verdict = DCDCTL_DONE;

	rc = dcdctl_place(device, request) ?: device->ops->add(device, request);
	if (!rc && !dcdctl_is_dry()) {
		if (ms)
			verdict = wait_for_host(device, request, ms, log);
		else
			verdict = device->ops->load_extents(device);
		update_states(device, request);
		rc = print(device, request);
	}
	if (log >= 0)
		close(log);
	return verdict ?: rc;
}

static int run(const struct dcdctl_command *command, char **arguments)
{
	struct dcdctl_request request = {};
	struct dcdctl_devices devices = {};
	uint64_t ms;
	int rc = read_request(&request, &ms);

	if (!rc)
		rc = dcdctl_find_one(arguments[0], &devices) ?:
		     add(&devices.list[0], &request, ms);
	dcdctl_extents_free(&request.places);
	dcdctl_extents_free(&request.extents);
	dcdctl_forget(&devices);
	return rc;
}

static const struct dcdctl_option options[] = {
	{ .name = "size", .letter = 's', .argument = "size", .several = true,
	  .help = "amount of capacity, such as 512M" },
	{ .name = "tag", .letter = 't', .argument = "uuid|new",
	  .help = "tag of the allocation; new makes one" },
	{ .name = "region", .letter = 'r', .argument = "n",
	  .help = "DC region to allocate from (0)" },
	{ .name = "policy", .letter = 'p', .argument = "policy",
	  .help = "free or contiguous: the device chooses; prescriptive: --at" },
	{ .name = "at", .argument = "dpa", .several = true,
	  .help = "DPA of an extent, of the --size beside it; can be repeated" },
	{ .name = "shared", .help = "offer the extents that the tag already has to this host too" },
	{ .name = "wait", .letter = 'w', .argument = "seconds", .optional = true,
	  .help = "wait for the host (10 s), and fail if it refuses" },
	DCDCTL_DRY_RUN,
	{ .name = "human", .letter = 'u', .help = "use human friendly number formats" },
	{}
};

const struct dcdctl_command dcdctl_add = {
	.name = "add",
	.arguments = "<memdev>",
	.min = 1,
	.max = 1,
	.help = "Offer capacity to the host",
	.options = options,
	.run = run,
};
