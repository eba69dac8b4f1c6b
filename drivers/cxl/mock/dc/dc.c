// SPDX-License-Identifier: GPL-2.0-only
/* The engine as a whole: its regions, its beginning and its end. */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * cxl_dc_init() - set up an engine
 * @dc: the engine
 * @config: what it is made of, checked
 * @sink: where its events go
 */
void cxl_dc_init(struct cxl_dc *dc, const struct cxl_dc_config *config,
		 const struct cxl_dc_sink *sink)
{
	u64 len = div64_u64(config->total_size, config->nr_regions);

	*dc = (struct cxl_dc) {
		.nr_regions = config->nr_regions,
		.backing = config->backing,
		.memory = config->memory,
		.max_extents = config->max_extents,
		.max_tags = config->max_tags,
		.sink = sink,
	};
	mt_init_flags(&dc->extents, MT_FLAGS_ALLOC_RANGE);
	mt_init(&dc->response);
	mt_init(&dc->releases);
	dc_tags_init(dc);
	INIT_LIST_HEAD(&dc->chains);
	dc_backends_init(dc);

	for (unsigned int i = 0; i < dc->nr_regions; i++)
		dc->regions[i] = (struct cxl_dc_region) {
			.base = config->base + i * len,
			.len = len,
			.block_size = config->block_size,
			.next_free = config->base + i * len,
			.sharable = config->sharable & (1 << i),
			.readonly = config->readonly & (1 << i),
		};
}

/**
 * cxl_dc_destroy() - free all that an engine has
 * @dc: the engine, which cxl_dc_init() may set up again
 *
 * Backends are detached, without regard to who uses them.
 */
void cxl_dc_destroy(struct cxl_dc *dc)
{
	struct dc_extent *extent;

	while (!list_empty(&dc->chains))
		dc_chain_free(dc, list_first_entry(&dc->chains, struct dc_chain, list));
	while ((extent = dc_store_find(dc, 0)))
		dc_store_del(dc, extent);
	mtree_destroy(&dc->extents);
	dc_tags_destroy(dc);
	mtree_destroy(&dc->response);
	mtree_destroy(&dc->releases);
	dc_records_drop(dc);
	dc_backends_destroy(dc);
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
 * dc_fill_tail() - what a configuration ends with
 * @dc: the engine
 * @tail: what to fill
 */
void dc_fill_tail(const struct cxl_dc *dc, struct cxl_dc_get_config_tail *tail)
{
	*tail = (struct cxl_dc_get_config_tail) {
		.extents_supported = cpu_to_le32(dc->max_extents),
		.extents_available = cpu_to_le32(dc->max_extents - dc->nr_extents),
		.tags_supported = cpu_to_le32(dc->max_tags),
		.tags_available = cpu_to_le32(dc->max_tags - dc->nr_tags),
	};
}
