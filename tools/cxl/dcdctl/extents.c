// SPDX-License-Identifier: GPL-2.0-only
/* Lists of extents, and what an addition has added to one. */
#include <stdlib.h>
#include <string.h>

#include "device.h"

/**
 * dcdctl_extents_add() - one extent more
 * @extents: the extents
 * @extent: the extent, behind the others
 *
 * Return: a status.
 */
int dcdctl_extents_add(struct dcdctl_extents *extents, const struct dcdctl_extent *extent)
{
	/* a power of two more each time that it is one */
	if (!(extents->nr & (extents->nr - 1))) {
		size_t room = extents->nr ? 2 * extents->nr : 1;
		struct dcdctl_extent *list = realloc(extents->list, room * sizeof(*list));

		if (!list)
			return dcdctl_no_memory();
		extents->list = list;
	}
	extents->list[extents->nr++] = *extent;
	return DCDCTL_DONE;
}

/**
 * dcdctl_extents_free() - free extents
 * @extents: the extents
 */
void dcdctl_extents_free(struct dcdctl_extents *extents)
{
	free(extents->list);
	*extents = (struct dcdctl_extents) {};
}

static bool is_offered(const struct dcdctl_extent *extent)
{
	return extent->state == DCDCTL_PENDING || extent->state == DCDCTL_ACCEPTED ||
	       extent->state == DCDCTL_RELEASING;
}

/* What an offered extent was before, NULL if it was none */
static const struct dcdctl_extent *find_before(const struct dcdctl_extents *before,
					       const struct dcdctl_extent *extent)
{
	for (size_t i = 0; i < before->nr; i++) {
		const struct dcdctl_extent *was = &before->list[i];

		/* an extent goes from pending to accepted to releasing, and never back */
		if (was->dpa == extent->dpa && was->len == extent->len && is_offered(was) &&
		    was->state <= extent->state)
			return was;
	}
	return NULL;
}

/**
 * dcdctl_extents_added() - find what an addition has added, whose DPA the device has chosen
 * @before: the extents before it
 * @after: the extents after it
 * @request: the addition; its extents are filled in
 *
 * The host goes on meanwhile with what other additions have offered. If it has refused
 * that, the device may have chosen the same DPA again: then an extent that looks like
 * one of before is the addition's, as far as something is missing without it.
 *
 * Return: a status.
 */
int dcdctl_extents_added(const struct dcdctl_extents *before, const struct dcdctl_extents *after,
			 struct dcdctl_request *request)
{
	uint64_t missing = request->len;
	int rc = DCDCTL_DONE;

	for (size_t i = 0; i < after->nr; i++) {
		const struct dcdctl_extent *extent = &after->list[i];

		if (is_offered(extent) && !memcmp(extent->tag, request->tag, DCDCTL_TAG_LEN) &&
		    !find_before(before, extent))
			missing -= extent->len < missing ? extent->len : missing;
	}
	for (size_t i = 0; !rc && i < after->nr; i++) {
		const struct dcdctl_extent *extent = &after->list[i], *was;

		if (!is_offered(extent) || memcmp(extent->tag, request->tag, DCDCTL_TAG_LEN))
			continue;
		was = find_before(before, extent);
		if (was) {
			if (was->state != DCDCTL_PENDING || extent->len > missing)
				continue;
			missing -= extent->len;
		}
		rc = dcdctl_extents_add(&request->extents, extent);
	}
	return rc;
}
