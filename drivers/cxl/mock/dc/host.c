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
		return dc_refuse(dc, CXL_RC_INVALID_INPUT, "there is no region %u",
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
	u32 start = le32_to_cpu(in->start);
	unsigned int nr;

	if (start > dc->nr_accepted)
		return dc_refuse(dc, CXL_RC_INVALID_INPUT,
				 "the list ends before extent %u", start);

	nr = min_t(size_t, le32_to_cpu(in->count),
		   (io->out_max - sizeof(*out)) / sizeof(out->extents[0]));
	nr = dc_list_page(dc, &dc->host_cursor, start, nr, out->extents);
	out->returned = cpu_to_le32(nr);
	out->total = cpu_to_le32(dc->nr_accepted);
	out->generation = cpu_to_le32(dc->generation);
	io->out_len = sizeof(*out) + nr * sizeof(out->extents[0]);
	return CXL_RC_SUCCESS;
}

/* Collect the extents of one command of a request. */
static enum cxl_mbox_rc collect(struct cxl_dc *dc, struct cxl_mbox_io *io,
				struct rb_root *ranges, u32 *nr)
{
	const struct cxl_dc_extents_in *in = io->in;
	enum cxl_mbox_rc rc;

	rc = dc_check_list(dc, io, sizeof(*in), sizeof(in->extents[0]), le32_to_cpu(in->count));
	for (u32 i = 0; !rc && i < le32_to_cpu(in->count); i++)
		rc = dc_collect(dc, ranges, nr, le64_to_cpu(in->extents[i].start_dpa),
				le64_to_cpu(in->extents[i].length));
	return rc;
}

static void discard(struct cxl_dc *dc, struct rb_root *ranges, u32 *nr)
{
	dc_ranges_free(dc, ranges);
	*nr = 0;
}

/* The offer that a response answers: the oldest, once all of it has been reported. */
static struct dc_chain *oldest_chain(struct cxl_dc *dc)
{
	struct dc_chain *chain = list_first_entry_or_null(&dc->chains, struct dc_chain, list);

	return chain && dc_chain_is_complete(dc, chain) ? chain : NULL;
}

/* The extent of an offer that a piece lies in, NULL: none. */
static struct dc_extent *offered(struct cxl_dc *dc, const struct dc_chain *chain,
				 const struct dc_extent *piece)
{
	struct dc_extent *extent = dc_store_find(dc, piece->start);

	if (!chain || !extent || extent->state != DC_OFFERED || extent->chain != chain ||
	    piece->start < extent->start ||
	    piece->start + piece->len > extent->start + extent->len)
		return NULL;
	return extent;
}

/* Whether an extent of an offer stays although the response rejects it. */
static bool is_kept(const struct cxl_dc *dc, const struct dc_extent *extent)
{
	struct dc_extent *piece;

	if (!dc_is_referenced(dc, extent))
		return false;
	piece = dc_ranges_find(&dc->response, extent->start);
	return !piece || piece->start >= extent->start + extent->len;
}

/*
 * The host does not wait for the end of an offer: it rejects what it has seen, and
 * drops what would still belong to it.
 */
static void reject_unfinished(struct cxl_dc *dc)
{
	struct dc_chain *chain = list_first_entry_or_null(&dc->chains, struct dc_chain, list);
	struct dc_extent *extent;

	if (!chain)
		return;
	list_for_each_entry(extent, &chain->extents, in_chain)
		dc->stats.rejected++;
	dc_chain_withdraw(dc, chain);
}

static enum cxl_mbox_rc refuse_piece(struct cxl_dc *dc, const struct dc_extent *piece)
{
	if (dc->open && !oldest_chain(dc))
		return dc_refuse(dc, CXL_RC_INVALID_PA,
				 "%#llx bytes at %#llx: the oldest offer is still open: answer it once its last extent, without More, has come",
				 (unsigned long long)piece->len,
				 (unsigned long long)piece->start);
	return dc_refuse(dc, CXL_RC_INVALID_PA,
			 "%#llx bytes at %#llx are not part of the oldest offer",
			 (unsigned long long)piece->len, (unsigned long long)piece->start);
}

static enum cxl_mbox_rc check_response(struct cxl_dc *dc, const struct dc_chain *chain)
{
	u32 nr = dc->nr_extents + dc->nr_response;
	struct dc_extent *piece, *extent;
	enum cxl_mbox_rc rc;

	for (piece = dc_ranges_first(&dc->response); piece; piece = dc_ranges_next(piece)) {
		extent = offered(dc, chain, piece);
		if (!extent)
			return refuse_piece(dc, piece);
		/* blocks may have another size than when an earlier command named it */
		rc = dc_check_blocks(dc, &dc->regions[extent->region], piece->start, piece->len);
		if (rc)
			return rc;
		if (piece->len != extent->len &&
		    ((extent->tag && extent->tag->backend) || dc_is_referenced(dc, extent)))
			return dc_refuse(dc, CXL_RC_INVALID_EXTENT_LIST,
					 "the extent at %#llx can only be accepted as a whole",
					 (unsigned long long)extent->start);
	}

	if (chain)
		list_for_each_entry(extent, &chain->extents, in_chain)
			nr -= !is_kept(dc, extent);
	if (nr > dc->max_extents)
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "so many pieces would be more extents than the limit of %u",
				 dc->max_extents);
	return CXL_RC_SUCCESS;
}

/* What the host does not want, and a reference of the FM keeps. */
static void keep_referenced(struct cxl_dc *dc, struct dc_chain *chain)
{
	struct dc_extent *extent, *next;

	list_for_each_entry_safe(extent, next, &chain->extents, in_chain) {
		if (!is_kept(dc, extent))
			continue;
		list_del_init(&extent->in_chain);
		extent->chain = NULL;
		dc_extent_set_state(dc, extent, DC_HELD);
		dc->stats.rejected++;
	}
}

static void report_accepted(struct cxl_dc *dc, const struct dc_extent *extent, bool more)
{
	dc->stats.accepted++;
	dc_emit(dc, CXL_DC_EVENT_ADD_RESPONSE, extent, extent->start, extent->len, more);
}

/* An extent that is accepted as a whole stays what it is. */
static bool accept_whole(struct cxl_dc *dc, struct dc_extent *extent,
			 const struct dc_extent *piece)
{
	if (piece->len != extent->len)
		return false;
	list_del_init(&extent->in_chain);
	extent->chain = NULL;
	dc_extent_set_state(dc, extent, DC_ACCEPTED);
	if (extent->tag && extent->tag->backend)
		extent->tag->backend->bound = true;
	return true;
}

/*
 * Make the pieces of a response the host's, and the rest of the offer free. What is
 * reported comes after that, with the counts that are left then.
 */
static void accept(struct cxl_dc *dc, struct dc_chain *chain)
{
	struct dc_extent *piece, *extent;

	keep_referenced(dc, chain);
	for (piece = dc_ranges_first(&dc->response); piece; piece = dc_ranges_next(piece)) {
		extent = offered(dc, chain, piece);
		if (accept_whole(dc, extent, piece))
			continue;
		/* joins the tag, which must not go with the offer, and waits for room */
		extent->answered = true;
		piece->seq = extent->seq;
		piece->state = DC_ACCEPTED;
		dc_tag_join(dc, extent->tag, piece);
	}

	list_for_each_entry(extent, &chain->extents, in_chain)
		dc->stats.rejected += !extent->answered;
	dc_chain_free(dc, chain);
	for (piece = dc_ranges_first(&dc->response); piece; piece = dc_ranges_next(piece))
		if (piece->state == DC_ACCEPTED)
			dc_store_put(dc, piece);

	while ((piece = dc_ranges_take(&dc->response))) {
		extent = dc_store_find(dc, piece->start);
		report_accepted(dc, extent, --dc->nr_response);
		if (extent != piece)
			dc_extent_free(dc, piece);
	}
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
	discard(dc, &dc->response, &dc->nr_response);
	discard(dc, &dc->releases, &dc->nr_releases);
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
	const struct cxl_dc_extents_in *in = io->in;
	struct dc_chain *chain = oldest_chain(dc);
	enum cxl_mbox_rc rc;

	rc = collect(dc, io, &dc->response, &dc->nr_response);
	if (!rc && (in->flags & CXL_DC_EXTENTS_MORE))
		return rc;
	if (!rc)
		rc = check_response(dc, chain);
	if (rc) {
		discard(dc, &dc->response, &dc->nr_response);
	} else if (chain) {
		if (dc->nr_response)
			dc_list_changed(dc);
		accept(dc, chain);
	} else {
		/* check_response() lets nothing else pass without a chain */
		reject_unfinished(dc);
	}
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
	discard(dc, &dc->releases, &dc->nr_releases);
	return rc;
}
