/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_DC_INTERNAL_H__
#define __CXL_MOCK_DC_INTERNAL_H__

/* What the files of the engine share. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "dc.h"

#define dc_refuse	cxl_dc_refuse

/* The store: extents, tags. */
struct dc_extent *dc_extent_alloc(struct cxl_dc *dc, u64 start, u64 len);
void dc_extent_free(struct cxl_dc *dc, struct dc_extent *extent);
bool dc_host_has(const struct dc_extent *extent);
bool dc_is_referenced(const struct cxl_dc *dc, const struct dc_extent *extent);

struct dc_extent *dc_store_first(struct cxl_dc *dc);
struct dc_extent *dc_store_next(struct cxl_dc *dc, const struct dc_extent *extent);
struct dc_extent *dc_store_find(struct cxl_dc *dc, u64 dpa);
int dc_store_add(struct cxl_dc *dc, struct dc_extent *extent);
void dc_store_put(struct cxl_dc *dc, struct dc_extent *extent);
void dc_store_cut(struct cxl_dc *dc, struct dc_extent *extent, u64 start, u64 len);
void dc_store_del(struct cxl_dc *dc, struct dc_extent *extent);
void dc_extent_set_state(struct cxl_dc *dc, struct dc_extent *extent,
			 enum dc_extent_state state);
void dc_list_changed(struct cxl_dc *dc);
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

const struct cxl_dc_region *dc_region_of(const struct cxl_dc *dc, u64 start, u64 len);
enum cxl_mbox_rc dc_check_blocks(struct cxl_dc *dc, const struct cxl_dc_region *region,
				 u64 start, u64 len);
bool dc_chain_is_complete(const struct cxl_dc *dc, const struct dc_chain *chain);
void dc_chain_free(struct cxl_dc *dc, struct dc_chain *chain);
void dc_chain_withdraw(struct cxl_dc *dc, struct dc_chain *chain);

unsigned int dc_list_page(struct cxl_dc *dc, struct dc_cursor *cursor, u32 start, u32 count,
			  struct cxl_dc_extent *extents);
enum cxl_mbox_rc dc_check_list(struct cxl_dc *dc, const struct cxl_mbox_io *io, size_t head,
			       size_t entry, u32 count);
void dc_extent_to_wire(const struct dc_extent *extent, struct cxl_dc_extent *wire);

/* Ranges of a request, that may become extents. */
bool dc_ranges_add(struct rb_root *ranges, struct dc_extent *range);
struct dc_extent *dc_ranges_first(const struct rb_root *ranges);
struct dc_extent *dc_ranges_next(const struct dc_extent *range);
struct dc_extent *dc_ranges_find(const struct rb_root *ranges, u64 dpa);
struct dc_extent *dc_ranges_take(struct rb_root *ranges);
void dc_ranges_free(struct cxl_dc *dc, struct rb_root *ranges);

/* Events. */
struct cxl_dc_event_data dc_event_of(enum cxl_dc_event_type type,
				     const struct dc_extent *extent, u64 start, u64 len);
void dc_emit_event(struct cxl_dc *dc, struct cxl_dc_event_data *event);
void dc_emit(struct cxl_dc *dc, enum cxl_dc_event_type type,
	     const struct dc_extent *extent, u64 start, u64 len, bool more);
bool dc_records_wait(const struct cxl_dc *dc);
void dc_records_drop(struct cxl_dc *dc);
enum cxl_mbox_rc dc_records_reserve(struct cxl_dc *dc, u32 nr);
void dc_emit_config(struct cxl_dc *dc, u8 region);

/* Releasing, by the host and by the FM. */
enum cxl_mbox_rc dc_collect(struct cxl_dc *dc, struct rb_root *ranges, u32 *nr,
			    u64 start, u64 len);
enum cxl_mbox_rc dc_check_release(struct cxl_dc *dc, const struct rb_root *ranges);
void dc_free_ranges(struct cxl_dc *dc, struct rb_root *ranges,
		    enum cxl_dc_event_type type, u32 chained);
enum cxl_mbox_rc dc_request_release(struct cxl_dc *dc, struct rb_root *ranges,
				    const u8 *tag, bool forced);

/* Offering. */
enum cxl_mbox_rc dc_check_offer(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
				unsigned int nr, const u8 *tag);
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
bool dc_is_unbacked(const struct cxl_dc *dc);
enum cxl_mbox_rc dc_refuse_unbacked(struct cxl_dc *dc);

#endif /* __CXL_MOCK_DC_INTERNAL_H__ */
