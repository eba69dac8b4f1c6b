/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_DC_INTERNAL_H__
#define __CXL_MOCK_DC_INTERNAL_H__

/* What the files of the engine share. */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "dc.h"

#define dc_refuse	cxl_dc_refuse

/* What a command has begun it must finish: the little memory for that is waited for. */
#define DC_MUST	(GFP_KERNEL | __GFP_NOFAIL)

/* The store: extents, tags. */
bool dc_host_has(const struct dc_extent *extent);
bool dc_can_go(const struct dc_extent *extent, bool forced);
bool dc_has_tag(const struct dc_extent *extent, const u8 *id);
bool dc_is_referenced(const struct cxl_dc *dc, const struct dc_extent *extent);
bool dc_is_whole(const struct cxl_dc *dc, const struct dc_extent *extent);

struct dc_extent *dc_store_find(struct cxl_dc *dc, u64 dpa);
int dc_store_add(struct cxl_dc *dc, struct dc_extent *extent);
struct dc_extent *dc_store_split(struct cxl_dc *dc, struct dc_extent *extent, u64 at);
void dc_store_cut(struct cxl_dc *dc, struct dc_extent *extent, u64 start, u64 end);
void dc_store_del(struct cxl_dc *dc, struct dc_extent *extent);
void dc_extent_set_state(struct cxl_dc *dc, struct dc_extent *extent,
			 enum dc_extent_state state);
void dc_fill_tail(const struct cxl_dc *dc, struct cxl_dc_get_config_tail *tail);

void dc_tags_init(struct cxl_dc *dc);
void dc_tags_destroy(struct cxl_dc *dc);
bool dc_tag_is_null(const u8 *id);
struct dc_tag *dc_tag_find(struct cxl_dc *dc, const u8 *id);
struct dc_tag *dc_tag_get(struct cxl_dc *dc, const u8 *id);
void dc_tag_put(struct cxl_dc *dc, struct dc_tag *tag);
struct dc_tag *dc_tags_seek(struct cxl_dc *dc, u32 index);
void dc_tag_join(struct cxl_dc *dc, struct dc_tag *tag, struct dc_extent *extent);
void dc_tag_leave(struct cxl_dc *dc, struct dc_extent *extent);
void dc_tag_count(struct cxl_dc *dc, struct dc_tag *tag, enum dc_extent_state state,
		  int change);
u32 dc_tag_free_sequence(const struct dc_tag *tag, u32 from);

const struct cxl_dc_region *dc_region_of(const struct cxl_dc *dc, u64 start, u64 len);
enum cxl_mbox_rc dc_check_range(struct cxl_dc *dc, u64 start, u64 len);
bool dc_chain_is_complete(const struct cxl_dc *dc, const struct dc_chain *chain);
void dc_chain_leave(struct cxl_dc *dc, struct dc_extent *extent, enum dc_extent_state state);
void dc_chain_free(struct cxl_dc *dc, struct dc_chain *chain);
void dc_chain_withdraw(struct cxl_dc *dc, struct dc_chain *chain);

enum cxl_mbox_rc dc_list_page(struct cxl_dc *dc, struct dc_cursor *cursor, u32 start, u32 *nr,
			      struct cxl_mbox_io *io, struct cxl_dc_extent *extents);
enum cxl_mbox_rc dc_check_list(struct cxl_dc *dc, const struct cxl_mbox_io *io, size_t head,
			       size_t entry, u32 count);
struct cxl_dc_extent dc_to_wire(u64 start, u64 len, const u8 *tag, u16 seq);
struct cxl_dc_extent dc_part_to_wire(const struct dc_extent *extent, u64 start, u64 end);

/*
 * The ranges of a request: a tree of what the request names, by DPA. An entry says
 * where its range begins; with mt_for_each() the index is where it ends.
 */
static inline u64 dc_range_start(const void *entry)
{
	return xa_to_value(entry);
}

/* Events. */
void dc_emit(struct cxl_dc *dc, enum cxl_dc_event_type type, u8 region,
	     const struct cxl_dc_extent *extent, bool more);
void dc_emit_part(struct cxl_dc *dc, enum cxl_dc_event_type type,
		  const struct dc_extent *extent, u64 start, u64 end, bool more);
bool dc_records_wait(const struct cxl_dc *dc);
void dc_records_drop(struct cxl_dc *dc);
enum cxl_mbox_rc dc_records_reserve(struct cxl_dc *dc, u32 nr);

/* Releasing, by the host and by the FM. */
enum cxl_mbox_rc dc_collect(struct cxl_dc *dc, struct maple_tree *ranges, u32 *nr,
			    u64 start, u64 len);
enum cxl_mbox_rc dc_check_release(struct cxl_dc *dc, struct maple_tree *ranges);
void dc_free_ranges(struct cxl_dc *dc, struct maple_tree *ranges,
		    enum cxl_dc_event_type type, u32 chained);
enum cxl_mbox_rc dc_request_release(struct cxl_dc *dc, struct maple_tree *ranges,
				    const u8 *tag, bool forced, bool shared);

/* Offering. */
enum cxl_mbox_rc dc_check_offer(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
				unsigned int nr);
struct dc_chain *dc_chain_get(struct cxl_dc *dc);

/* Offering what the FM does not name. */
unsigned int dc_select(struct cxl_dc *dc, const struct cxl_dc_region *region, u64 len,
		       struct cxl_dc_range *gaps, unsigned int max);
enum cxl_mbox_rc dc_offer_free(struct cxl_dc *dc, u8 region, u64 len, const u8 *tag,
			       bool contiguous);
enum cxl_mbox_rc dc_check_sequences(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
				    unsigned int nr);
enum cxl_mbox_rc dc_offer_shared(struct cxl_dc *dc, u8 region, const u8 *tag);

/* Backends. */
void dc_backends_init(struct cxl_dc *dc);
void dc_backends_destroy(struct cxl_dc *dc);
struct cxl_dc_backend *dc_backend_find(struct cxl_dc *dc, const u8 *tag);
enum cxl_mbox_rc dc_check_backed(struct cxl_dc *dc);

#endif /* __CXL_MOCK_DC_INTERNAL_H__ */
