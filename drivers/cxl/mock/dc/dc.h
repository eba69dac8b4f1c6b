/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_DC_H__
#define __CXL_MOCK_DC_H__

/*
 * The Dynamic Capacity engine: a state machine over DC regions, extents, tags
 * and backends. Commands of the host and of the FM go in as bytes, return codes
 * and responses come out as bytes, events go to a sink. It touches no device
 * and takes no lock, so that the same files build in user space; its owner
 * serializes the calls. A refused command changes nothing.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/maple_tree.h>
#include <linux/minmax.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>
#include <cxl/dcd.h>

#include "../mbox.h"

#define CXL_DC_TAG_LEN		16
/* long enough for any reason for a refusal */
#define CXL_DC_REASON_LEN	160

/* The one host that there is. */
#define CXL_DC_HOST		0

/* What the mask of supported block sizes can say, CXL 3.1 7.6.7.6.1: bits 51:6 */
#define CXL_DC_BLOCK_MIN	BIT_ULL(6)
#define CXL_DC_BLOCK_MAX	BIT_ULL(51)

/**
 * cxl_dc_block_max() - the largest block that a DC region can have
 * @len: bytes of the region
 *
 * Return: the largest power of two that divides the region, up to CXL_DC_BLOCK_MAX.
 */
static inline u64 cxl_dc_block_max(u64 len)
{
	return min_t(u64, len & -len, CXL_DC_BLOCK_MAX);
}

/**
 * cxl_dc_block_is_valid() - whether a DC region can have blocks of a size
 * @block: bytes of a block
 * @len: bytes of the region
 *
 * Return: true for a power of two from CXL_DC_BLOCK_MIN to cxl_dc_block_max().
 */
static inline bool cxl_dc_block_is_valid(u64 block, u64 len)
{
	return is_power_of_2(block) && block >= CXL_DC_BLOCK_MIN &&
	       block <= cxl_dc_block_max(len);
}

/**
 * enum cxl_dc_backing - what is behind Dynamic Capacity
 * @CXL_DC_BACKING_NONE: nothing but the tagged backends that are attached
 * @CXL_DC_BACKING_PHANTOM: a promise of capacity, no memory: for all of it
 * @CXL_DC_BACKING_RESERVED: memory that the kernel was booted without
 */
enum cxl_dc_backing {
	CXL_DC_BACKING_NONE,
	CXL_DC_BACKING_PHANTOM,
	CXL_DC_BACKING_RESERVED,
};

/**
 * struct cxl_dc_config - what an engine is made of
 * @base: DPA of the first DC region, a multiple of 256 MiB and of @block_size
 * @total_size: bytes of all DC regions, a multiple of @nr_regions x 256 MiB
 * @nr_regions: DC regions of equal size, 1 to CXL_DC_REGIONS_MAX
 * @block_size: bytes per block of each region
 * @sharable: bit per region: its capacity can be shared
 * @readonly: bit per region: hosts may only read its capacity
 * @backing: what is behind all of the capacity
 * @memory: what the host maps is memory, and backends must be
 * @max_extents: extents that can live, pending ones included
 * @max_tags: tags that can live
 */
struct cxl_dc_config {
	u64 base;
	u64 total_size;
	unsigned int nr_regions;
	u64 block_size;
	u8 sharable;
	u8 readonly;
	enum cxl_dc_backing backing;
	bool memory;
	u32 max_extents;
	u32 max_tags;
};

/**
 * struct cxl_dc_region - one DC region
 * @base: DPA of its first byte
 * @len: bytes
 * @block_size: bytes per block
 * @nr_extents: extents in it
 * @next_free: where the search for free capacity begins
 * @sharable: its capacity can be shared: extents have tags and a sequence
 * @readonly: hosts may only read its capacity
 */
struct cxl_dc_region {
	u64 base;
	u64 len;
	u64 block_size;
	u32 nr_extents;
	u64 next_free;
	bool sharable;
	bool readonly;
};

/**
 * enum dc_extent_state - where an extent is in its life
 * @DC_OFFERED: the host has not answered yet
 * @DC_ACCEPTED: the host has it
 * @DC_RELEASING: the host has it and was asked to release it
 * @DC_HELD: the host has released it, and the FM's reference keeps it
 */
enum dc_extent_state {
	DC_OFFERED,
	DC_ACCEPTED,
	DC_RELEASING,
	DC_HELD,
};

struct dc_chain;
struct dc_tag;
struct cxl_dc;

/**
 * struct dc_extent - an extent
 * @start: DPA of its first byte
 * @len: bytes
 * @in_chain: in dc_chain.extents while it is offered
 * @in_tag: in dc_tag.extents if it has a tag
 * @tag: its tag, NULL: none
 * @chain: the offer that it is part of while it is offered
 * @seq: its place in a shared allocation
 * @region: index of its DC region
 * @state: enum dc_extent_state
 * @answered: a part of it at least was accepted
 */
struct dc_extent {
	u64 start;
	u64 len;
	struct list_head in_chain;
	struct list_head in_tag;
	struct dc_tag *tag;
	struct dc_chain *chain;
	u16 seq;
	u8 region;
	u8 state;
	bool answered;
};

/**
 * struct dc_chain - extents that were offered together, by the More flag
 * @list: in cxl_dc.chains, in order of offer
 * @extents: its extents in order
 * @overlaps: struct dc_overlap: what was offered although the host has some of it
 */
struct dc_chain {
	struct list_head list;
	struct list_head extents;
	struct list_head overlaps;
};

/**
 * struct dc_overlap - an offer of what the host has, for the host to reject
 * @list: in dc_chain.overlaps
 * @region: index of its DC region
 * @extent: what the host was told
 *
 * It is no extent of the store, and never becomes one.
 */
struct dc_overlap {
	struct list_head list;
	u8 region;
	struct cxl_dc_extent extent;
};

/**
 * struct dc_shared - what a tag has for its sharable extents
 * @nr: how many they are
 * @sequences: how many of them have a sequence number, by number
 * @held: those that nothing but the reference keeps
 * @request: the request that was looked at last, as cxl_dc.request
 * @nr_named: how many of the tag's extents, sharable or not, that one names as a whole
 */
struct dc_shared {
	u32 nr;
	struct maple_tree sequences;
	struct list_head held;
	u64 request;
	u32 nr_named;
};

/**
 * struct dc_tag - a tag that extents have
 * @list: in cxl_dc.tags
 * @hash: in cxl_dc.tags_by_id
 * @id: the UUID
 * @serial: rises along cxl_dc.tags
 * @referenced: the FM holds a reference: sharable capacity is kept
 * @extents: the extents that have it
 * @shared: about those of them that are or were sharable, NULL: there was none
 * @nr_offered: how many of them are offered
 * @nr_accepted: how many of them the host has
 * @backend: the backend that it names, NULL if the capacity needs none
 */
struct dc_tag {
	struct list_head list;
	struct rhash_head hash;
	u8 id[CXL_DC_TAG_LEN];
	u64 serial;
	bool referenced;
	struct list_head extents;
	struct dc_shared *shared;
	u32 nr_offered;
	u32 nr_accepted;
	struct cxl_dc_backend *backend;
};

/**
 * struct cxl_dc_backend - something that can be behind one extent
 * @list: private: in cxl_dc.backends
 * @hash: private: in cxl_dc.backends_by_tag
 * @tag: private: the tag that names it
 * @size: private: bytes
 * @kind: private: what it is
 * @user: private: the tag whose extent is offered it or bound to it
 * @bound: private: the host has accepted that extent
 *
 * Owned by whoever attaches it; stays valid until it is detached.
 */
struct cxl_dc_backend {
	struct list_head list;
	struct rhash_head hash;
	u8 tag[CXL_DC_TAG_LEN];
	u64 size;
	enum cxl_dc_backing kind;
	struct dc_tag *user;
	bool bound;
};

/**
 * struct cxl_dc_sink - where events go
 * @size: records that the host's log can hold
 * @room: records that the host's log has room for
 * @emit: add a record, to the host's log or to the FM's; what the log has no room
 *        for is lost, and counted
 */
struct cxl_dc_sink {
	unsigned int size;
	unsigned int (*room)(struct cxl_dc *dc);
	void (*emit)(struct cxl_dc *dc, bool to_fm, const struct cxl_dc_event_data *event);
};

/**
 * struct cxl_dc_stats - what happened so far
 * @offered: extents
 * @accepted: extents
 * @rejected: extents that the host did not accept
 * @released: extents
 * @forced: extents of these that were taken
 * @refused: commands
 */
struct cxl_dc_stats {
	u64 offered;
	u64 accepted;
	u64 rejected;
	u64 released;
	u64 forced;
	u64 refused;
};

/**
 * struct dc_cursor - where a reader of the host's list of extents is
 * @dpa: DPA that the next page begins at or behind
 * @index: how many extents of the list begin before @dpa
 */
struct dc_cursor {
	u64 dpa;
	u32 index;
};

/**
 * struct cxl_dc - a device's Dynamic Capacity
 * @regions: its DC regions, adjacent and in order of DPA
 * @nr_regions: entries of @regions in use
 * @backing: what is behind all of it
 * @memory: what the host maps is memory: no backend may be a mere promise, as
 *          the host cannot tell them apart; nor may one be memory otherwise
 * @max_extents: limit of @nr_extents
 * @max_tags: limit of @nr_tags
 * @sink: where events go
 * @extents: the store: all extents, by DPA
 * @nr_extents: how many
 * @nr_accepted: how many of them the host has
 * @generation: changes with the list of extents that the host has
 * @queue: records that wait for room in the host's event log, of one operation
 * @queue_first: index of the next of them
 * @nr_queued: how many @queue has, those that have gone included
 * @max_queued: how many it has room for
 * @chains: offers that the host has not answered, in order
 * @open: the chain of them that more extents will come to, NULL: none
 * @nr_overlaps: how many of their offers overlap what the host has; @max_extents is
 *               their limit as well
 * @response: ranges of an Add Response that more will come to, by DPA
 * @nr_response: how many
 * @releases: ranges of a Release that more will come to, by DPA
 * @nr_releases: how many
 * @request: number of the request whose ranges were checked last
 * @host_cursor: where the host reads its list of extents
 * @fm_cursor: where the FM reads it
 * @tags: all tags, in the order in which they came
 * @tags_by_id: the same, hashed by UUID
 * @nr_tags: how many
 * @tag_serial: of the next tag that comes
 * @tag_cursor: the tag that comes next in a list that is read page by page
 * @tag_cursor_index: how many tags are before it
 * @tag_generation: changes with what the FM reads in the list of tags
 * @backends: attached backends
 * @backends_by_tag: the same, hashed by tag
 * @stats: counters
 * @reason: why the last command was refused, in one line
 */
struct cxl_dc {
	struct cxl_dc_region regions[CXL_DC_REGIONS_MAX];
	unsigned int nr_regions;
	enum cxl_dc_backing backing;
	bool memory;
	u32 max_extents;
	u32 max_tags;
	const struct cxl_dc_sink *sink;

	struct maple_tree extents;
	u32 nr_extents;
	u32 nr_accepted;
	u32 generation;
	struct cxl_dc_event_data *queue;
	u32 queue_first;
	u32 nr_queued;
	u32 max_queued;
	struct list_head chains;
	struct dc_chain *open;
	u32 nr_overlaps;
	struct maple_tree response;
	u32 nr_response;
	struct maple_tree releases;
	u32 nr_releases;
	u64 request;
	struct dc_cursor host_cursor;
	struct dc_cursor fm_cursor;

	struct list_head tags;
	struct rhashtable tags_by_id;
	u32 nr_tags;
	u64 tag_serial;
	struct dc_tag *tag_cursor;
	u32 tag_cursor_index;
	u32 tag_generation;
	struct list_head backends;
	struct rhashtable backends_by_tag;
	struct cxl_dc_stats stats;
	char reason[CXL_DC_REASON_LEN];
};

/**
 * struct cxl_dc_range - capacity that is to be offered
 * @start: DPA of its first byte
 * @len: bytes
 * @seq: its place in a shared allocation
 * @tag: its tag; all zero: none
 */
struct cxl_dc_range {
	u64 start;
	u64 len;
	u16 seq;
	u8 tag[CXL_DC_TAG_LEN];
};

/**
 * cxl_dc_refuse() - refuse a command
 * @_dc: the engine
 * @_rc: return code
 * @_fmt: why, as for printf()
 *
 * Return: @_rc.
 */
#define cxl_dc_refuse(_dc, _rc, _fmt, ...) ({					\
	snprintf((_dc)->reason, CXL_DC_REASON_LEN, _fmt, ##__VA_ARGS__);	\
	(_dc)->stats.refused++;							\
	(_rc);									\
})

/* The engine as a whole. */
void cxl_dc_init(struct cxl_dc *dc, const struct cxl_dc_config *config,
		 const struct cxl_dc_sink *sink);
void cxl_dc_destroy(struct cxl_dc *dc);
u64 cxl_dc_end(const struct cxl_dc *dc);
void cxl_dc_flush(struct cxl_dc *dc);
u32 cxl_dc_waiting(const struct cxl_dc *dc);

/* Commands of the host. */
enum cxl_mbox_rc cxl_dc_get_config(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_get_extent_list(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_add_response(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_release(struct cxl_dc *dc, struct cxl_mbox_io *io);
void cxl_dc_forget_requests(struct cxl_dc *dc);

/*
 * Commands of the FM: DCD Management, CXL 3.1 7.6.7.6. Whoever calls them, and those
 * of the host, has checked that the request is as long as its fixed part.
 */
enum cxl_mbox_rc cxl_dc_fm_get_info(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_fm_get_region_config(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_fm_set_region_config(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_fm_get_extent_lists(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_fm_initiate_add(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_fm_initiate_release(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_fm_add_reference(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_fm_remove_reference(struct cxl_dc *dc, struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_dc_fm_list_tags(struct cxl_dc *dc, struct cxl_mbox_io *io);

/* What the FM's commands and other front ends do. */
enum cxl_mbox_rc cxl_dc_offer(struct cxl_dc *dc, const struct cxl_dc_range *ranges,
			      unsigned int nr, bool more);
enum cxl_mbox_rc cxl_dc_request_release(struct cxl_dc *dc, u64 start, u64 len,
					const u8 *tag, bool forced);

/* The same, but what the host should judge is left to it. */
enum cxl_mbox_rc cxl_dc_inject(struct cxl_dc *dc, const struct cxl_dc_range *range,
			       bool shared, bool more);
enum cxl_mbox_rc cxl_dc_delete(struct cxl_dc *dc, u64 start, u64 len, const u8 *tag,
			       bool forced);

/* Backends: each names one tag, and is behind one extent at the most. */
int cxl_dc_backend_attach(struct cxl_dc *dc, struct cxl_dc_backend *backend,
			  const u8 *tag, u64 size, enum cxl_dc_backing kind);
int cxl_dc_backend_detach(struct cxl_dc *dc, struct cxl_dc_backend *backend);
bool cxl_dc_backend_is_held(const struct cxl_dc_backend *backend);
const char *cxl_dc_backend_state(const struct cxl_dc_backend *backend);

#endif /* __CXL_MOCK_DC_H__ */
