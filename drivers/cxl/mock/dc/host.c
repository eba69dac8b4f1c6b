// SPDX-License-Identifier: GPL-2.0-only
/* The host's commands: Dynamic Capacity, CXL 3.1 8.2.9.9.9 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * cxl_dc_get_config() - Get Dynamic Capacity Configuration (4800h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.9.1
 *
 * Return: Success; Invalid Input for a start region that does not exist.
 */
enum cxl_mbox_rc cxl_dc_get_config(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_dc_get_config_in *in = io->in;
	struct cxl_dc_get_config_out *out = io->out;
	struct cxl_dc_get_config_tail *tail;
	unsigned int nr, fit;

	if (in->start_region >= dc->nr_regions)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT, "no DC region %u",
				 in->start_region);

	fit = (io->out_max - sizeof(*out) - sizeof(*tail)) / sizeof(out->regions[0]);
	nr = min(dc->nr_regions - in->start_region, fit);
	nr = min_t(unsigned int, nr, in->region_count);

	out->regions_available = dc->nr_regions;
	out->regions_returned = nr;
	for (unsigned int i = 0; i < nr; i++) {
		const struct cxl_dc_region *region = &dc->regions[in->start_region + i];

		out->regions[i] = (struct cxl_dc_region_config) {
			.base = cpu_to_le64(region->base),
			.decode_len = cpu_to_le64(div64_u64(region->len,
							    CXL_DC_DECODE_UNIT)),
			.len = cpu_to_le64(region->len),
			.block_size = cpu_to_le64(region->block_size),
			.dsmad_handle = cpu_to_le32(in->start_region + i),
		};
	}

	tail = (void *)&out->regions[nr];
	dc_fill_tail(dc, tail);
	io->out_len = sizeof(*out) + nr * sizeof(out->regions[0]) + sizeof(*tail);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_dc_get_extent_list() - Get Dynamic Capacity Extent List (4801h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.9.2
 *
 * Return: Success; Invalid Input for a start beyond the list.
 */
enum cxl_mbox_rc cxl_dc_get_extent_list(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_dc_get_extent_list_in *in = io->in;
	struct cxl_dc_get_extent_list_out *out = io->out;
	enum cxl_mbox_rc rc;
	u32 nr = le32_to_cpu(in->count);

	rc = dc_list_page(dc, &dc->host_cursor, le32_to_cpu(in->start), &nr, io, out->extents);
	if (rc)
		return rc;
	out->returned = cpu_to_le32(nr);
	out->total = cpu_to_le32(dc->nr_accepted);
	out->generation = cpu_to_le32(dc->generation);
	return CXL_RC_SUCCESS;
}

/* Collect the extents of one command of a request. */
static enum cxl_mbox_rc collect(struct cxl_dc *dc, struct cxl_mbox_io *io,
				struct maple_tree *ranges, u32 *nr)
{
	const struct cxl_dc_extents_in *in = io->in;
	enum cxl_mbox_rc rc;

	rc = dc_check_list(dc, io, sizeof(*in), sizeof(in->extents[0]), le32_to_cpu(in->count));
	for (u32 i = 0; !rc && i < le32_to_cpu(in->count); i++)
		rc = dc_collect(dc, ranges, nr, le64_to_cpu(in->extents[i].start_dpa),
				le64_to_cpu(in->extents[i].length));
	return rc;
}

static void discard(struct maple_tree *ranges, u32 *nr)
{
	mtree_destroy(ranges);
	*nr = 0;
}

/* The extent of an offer that a piece lies in, NULL: none. */
static struct dc_extent *offered(struct cxl_dc *dc, const struct dc_chain *chain,
				 u64 start, u64 end)
{
	struct dc_extent *extent = dc_store_find(dc, start);

	if (!extent || extent->state != DC_OFFERED || extent->chain != chain ||
	    start < extent->start || end > extent->start + extent->len)
		return NULL;
	return extent;
}

/* Pieces can only be of an offer that is complete. */
static enum cxl_mbox_rc check_response(struct cxl_dc *dc, const struct dc_chain *chain,
				       bool complete)
{
	u32 nr = dc->nr_extents;
	struct dc_extent *extent;
	unsigned long end = 0;
	enum cxl_mbox_rc rc;
	void *piece;

	mt_for_each(&dc->response, piece, end, ULONG_MAX) {
		u64 start = dc_range_start(piece);

		extent = complete ? offered(dc, chain, start, end) : NULL;
		if (!extent)
			return dc_refuse(dc, CXL_RC_INVALID_PA,
					 "%#llx bytes at %#llx are not part of the oldest offer%s",
					 end - start, start, chain && !complete ?
					 ", which is open until its last extent is added" : "");
		/* blocks may have another size than when an earlier command named it */
		rc = dc_check_range(dc, start, end - start);
		if (rc)
			return rc;
		if (end - start != extent->len && dc_is_whole(dc, extent))
			return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST,
					 "the extent at %#llx must be accepted as a whole",
					 extent->start);
		nr += !dc_is_referenced(dc, extent);
	}

	if (chain)
		list_for_each_entry(extent, &chain->extents, in_chain)
			nr -= !dc_is_referenced(dc, extent);
	if (nr > dc->max_extents)
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "so many pieces would exceed the limit of %u extents",
				 dc->max_extents);
	return CXL_RC_SUCCESS;
}

/* Accept a part of a pending extent; the rest behind it stays pending. */
static void accept_piece(struct cxl_dc *dc, u64 start, u64 end)
{
	struct dc_extent *extent = dc_store_find(dc, start);

	if (end < extent->start + extent->len)
		dc_store_split(dc, extent, end)->answered = true;
	if (start > extent->start)
		dc_store_cut(dc, extent, start, end);
	dc_chain_leave(dc, extent, DC_ACCEPTED);
	if (extent->tag && extent->tag->backend)
		extent->tag->backend->bound = true;
}

/*
 * Accept the pieces of a response, and free the rest of the offer or leave it to a
 * reference. Events follow after that, with the final counts.
 */
static void accept(struct cxl_dc *dc, struct dc_chain *chain)
{
	struct dc_extent *extent;
	unsigned long end = 0;
	void *piece;

	mt_for_each(&dc->response, piece, end, ULONG_MAX)
		accept_piece(dc, dc_range_start(piece), end);
	list_for_each_entry(extent, &chain->extents, in_chain)
		dc->stats.rejected += !extent->answered;
	dc_chain_withdraw(dc, chain);

	if (dc->nr_response)
		dc->generation++;
	dc->stats.accepted += dc->nr_response;
	end = 0;
	mt_for_each(&dc->response, piece, end, ULONG_MAX)
		dc_emit_part(dc, CXL_DC_EVENT_ADD_RESPONSE, dc_store_find(dc, end - 1),
			     dc_range_start(piece), end, --dc->nr_response);
}

/**
 * cxl_dc_forget_requests() - forget what the host has not finished to say
 * @dc: the engine
 *
 * For a host that begins anew: the rest of a response or of a release that went over
 * several commands will not come.
 */
void cxl_dc_forget_requests(struct cxl_dc *dc)
{
	discard(&dc->response, &dc->nr_response);
	discard(&dc->releases, &dc->nr_releases);
}

/**
 * cxl_dc_add_response() - Add Dynamic Capacity Response (4802h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.9.3
 *
 * Answers the oldest offer. The host accepts what it names, extents of the
 * offer or parts of them, and rejects the rest. An offer that is still open can only
 * be rejected, and ends with that. An error discards what earlier commands of the
 * same response named; the offer stays.
 *
 * Return: Success; Invalid Payload Length; Invalid Physical Address for what is
 * not part of the offer; Invalid Extent List for what is empty, unaligned, named
 * twice or cannot be accepted in part; Resources Exhausted; Internal Error.
 */
enum cxl_mbox_rc cxl_dc_add_response(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	struct dc_chain *chain = list_first_entry_or_null(&dc->chains, struct dc_chain, list);
	const struct cxl_dc_extents_in *in = io->in;
	enum cxl_mbox_rc rc;

	rc = collect(dc, io, &dc->response, &dc->nr_response);
	if (!rc && (in->flags & CXL_DC_EXTENTS_MORE))
		return rc;
	if (!rc)
		rc = check_response(dc, chain, chain && dc_chain_is_complete(dc, chain));
	if (!rc && chain)
		accept(dc, chain);
	discard(&dc->response, &dc->nr_response);
	return rc;
}

/**
 * cxl_dc_release() - Release Dynamic Capacity (4803h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.9.4
 *
 * An error discards what earlier commands of the same release named.
 *
 * Return: Success; Invalid Payload Length; Invalid Input for an empty list;
 * Invalid Physical Address for what the host does not have; Invalid Extent List
 * for what is empty, unaligned, named twice or cannot be released in part;
 * Resources Exhausted; Internal Error.
 */
enum cxl_mbox_rc cxl_dc_release(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_dc_extents_in *in = io->in;
	enum cxl_mbox_rc rc;

	rc = collect(dc, io, &dc->releases, &dc->nr_releases);
	if (!rc && (in->flags & CXL_DC_EXTENTS_MORE))
		return rc;
	if (!rc && !dc->nr_releases)
		rc = dc_refuse(dc, CXL_RC_INVALID_INPUT, "nothing to release");
	if (!rc)
		rc = dc_check_release(dc, &dc->releases);
	if (!rc)
		dc_free_ranges(dc, &dc->releases, CXL_DC_EVENT_RELEASED, 0);
	discard(&dc->releases, &dc->nr_releases);
	return rc;
}
