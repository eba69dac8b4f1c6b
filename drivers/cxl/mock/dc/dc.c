// SPDX-License-Identifier: GPL-2.0-only
/* DC regions and the host's commands over them. */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "dc.h"

/**
 * cxl_dc_init() - set up DC regions of equal size
 * @dc: the engine to set up
 * @total_size: bytes of all regions, a multiple of @nr_regions x 256 MiB
 * @nr_regions: number of regions, 1 to CXL_DC_REGIONS_MAX
 * @block_size: bytes per block of each region
 */
void cxl_dc_init(struct cxl_dc *dc, u64 total_size, unsigned int nr_regions,
		 u64 block_size)
{
	u64 len = div64_u64(total_size, nr_regions);

	*dc = (struct cxl_dc) { .nr_regions = nr_regions };
	for (unsigned int i = 0; i < nr_regions; i++)
		dc->regions[i] = (struct cxl_dc_region) {
			.base = i * len,
			.len = len,
			.block_size = block_size,
		};
}

/**
 * cxl_dc_end() - end of the DPA space of all DC regions
 * @dc: the engine
 *
 * Return: the first DPA behind the last region.
 */
u64 cxl_dc_end(const struct cxl_dc *dc)
{
	const struct cxl_dc_region *last = &dc->regions[dc->nr_regions - 1];

	return last->base + last->len;
}

/**
 * cxl_dc_get_config() - Get Dynamic Capacity Configuration (4800h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.9.1
 *
 * Without a backend the device can hold neither extents nor tags, and says so.
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
		return CXL_RC_INVALID_INPUT;

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
 * Without a backend the list is empty.
 *
 * Return: Success; Invalid Input for a start beyond the list.
 */
enum cxl_mbox_rc cxl_dc_get_extent_list(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_dc_get_extent_list_in *in = io->in;

	if (le32_to_cpu(in->start) > 0)
		return CXL_RC_INVALID_INPUT;

	io->out_len = sizeof(struct cxl_dc_get_extent_list_out);
	return CXL_RC_SUCCESS;
}

/* Return whether a list's length is the one that its count promises. */
static bool extents_fit(const struct cxl_mbox_io *io)
{
	const struct cxl_dc_extents_in *in = io->in;
	size_t room = io->in_len - sizeof(*in);

	return room % sizeof(in->extents[0]) == 0 &&
	       room / sizeof(in->extents[0]) == le32_to_cpu(in->count);
}

/**
 * cxl_dc_add_response() - Add Dynamic Capacity Response (4802h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.9.3
 *
 * Without a backend nothing was ever offered, so any extent is unknown.
 *
 * Return: Success for an empty list; Invalid Payload Length; Invalid Physical
 * Address for an extent that was not offered.
 */
enum cxl_mbox_rc cxl_dc_add_response(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_dc_extents_in *in = io->in;

	if (!extents_fit(io))
		return CXL_RC_INVALID_PAYLOAD_LEN;
	return in->count ? CXL_RC_INVALID_PA : CXL_RC_SUCCESS;
}

/**
 * cxl_dc_release() - Release Dynamic Capacity (4803h)
 * @dc: the engine
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.9.4
 *
 * Return: Invalid Input for an empty list; Invalid Payload Length; Invalid
 * Physical Address for an extent that the host does not hold, which without a
 * backend is every one.
 */
enum cxl_mbox_rc cxl_dc_release(struct cxl_dc *dc, struct cxl_mbox_io *io)
{
	const struct cxl_dc_extents_in *in = io->in;

	if (!extents_fit(io))
		return CXL_RC_INVALID_PAYLOAD_LEN;
	return in->count ? CXL_RC_INVALID_PA : CXL_RC_INVALID_INPUT;
}
