/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DCD_HOST_H__
#define __CXL_DCD_HOST_H__

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/idr.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/range.h>
#include <linux/ratelimit.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/uuid.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <cxl/core/core.h>
#include <cxl/dcd.h>
#include <cxl/redirect.h>

#include "accept.h"
#include "check.h"
#include "limits.h"

/**
 * struct dcd_chain - records that the device has chained by More
 * @nr: entries of @records; 0: no chain is open
 * @type: what all of them are, CXL_DC_EVENT_ADD or CXL_DC_EVENT_RELEASE
 * @refused: DCD_ACCEPTED, or why all offers of it are refused when it ends
 * @deadline: when it is dropped if it has not ended, jiffies
 * @records: the records in the order in which they came
 */
struct dcd_chain {
	unsigned int nr;
	enum cxl_dc_event_type type;
	enum dcd_verdict refused;
	unsigned long deadline;
	struct dcd_offer records[DCD_CHAIN_MAX];
};

/**
 * struct dcd_lost - records that the device's event log had no room for
 * @seen: how many the log has told of since it was cleared last
 * @last: device time of the last of them
 * @untold: how many no line in the log tells of yet
 * @taken: extents of which the list of extents has told since that they are gone
 * @records: some are lost since that list was read, maybe the last of an open chain
 * @pending: that list has to be read
 * @ratelimit: of the lines
 */
struct dcd_lost {
	unsigned int seen;
	__le64 last;
	unsigned int untold;
	unsigned int taken;
	bool records;
	bool pending;
	struct ratelimit_state ratelimit;
};

/**
 * struct dcd_memdev - a memory device whose Dynamic Capacity is in use
 * @list: entry in the list of all of them
 * @users: DAX regions that use it, and the device's driver
 * @unused: there are none
 * @cxlds: the device
 * @regions: its DC regions in order of DPA
 * @nr_regions: entries of @regions in use
 * @range: DPA range of the partition over these regions
 * @worker: the device's worker, an ordered workqueue: it alone sends commands over
 *	    extents, and changes what follows
 * @work: reads the device's event log and does what is due, in the worker
 * @notifies: the device has told of an event by itself, and need not be polled
 * @ratelimit: of lines in the log that the device provokes
 * @left_out: lines that it has kept out of the log
 * @lock: held by the worker while it changes, and by others while they read:
 *	  @dax_regions with the groups of each and who has claimed them, @extents and
 *	  @nr_extents. Nothing that waits for a device, a driver or a user happens
 *	  under it
 * @dax_regions: DAX regions over this device
 * @extents: extents in use, by DPA
 * @nr_extents: how many there are
 * @due: groups whose release is requested, not looked at yet
 * @requested: groups whose release is requested and deferred, as they are in use
 * @chain: records whose chain has not ended
 * @unanswered: responses that the device has not taken since the last that it has
 * @lost: records that are lost
 * @failures: how often in a row the log could not be read to its end, up to a limit
 * @log_left: the log has not been seen empty since @last_record
 * @drained: the log has been seen empty: what it has now nobody has answered before
 * @last_record: the record that was handled last
 *
 * Set up when the core asks for the device's partitions, before there is a
 * memdev, and there until the device's driver is unbound, after the memdev has
 * gone, and no DAX region uses it. What lies between @unused and @work does not
 * change, but for the sharability of @regions, see dcd_read_sharable().
 */
struct dcd_memdev {
	struct list_head list;
	refcount_t users;
	struct completion unused;
	struct cxl_dev_state *cxlds;
	struct dcd_region regions[CXL_DC_REGIONS_MAX];
	unsigned int nr_regions;
	struct range range;
	struct workqueue_struct *worker;
	struct delayed_work work;
	bool notifies;
	struct ratelimit_state ratelimit;
	atomic_t left_out;
	struct mutex lock;	/* see above */
	struct list_head dax_regions;
	struct rb_root_cached extents;
	unsigned int nr_extents;
	struct list_head due;
	struct list_head requested;
	struct dcd_chain chain;
	unsigned int unanswered;
	struct dcd_lost lost;
	unsigned int failures;
	bool log_left;
	bool drained;
	struct dcd_record last_record;
};

/**
 * struct dcd_dax_region - a DAX region over Dynamic Capacity
 * @list: entry in @dax_regions of its device
 * @dcd: the device
 * @dev: the DAX region's device, parent of extents and DAX devices
 * @dax_region: the DAX bus's side of it
 * @range: DPAs that its endpoint decoder maps
 * @hpa: host physical address of the first of them
 * @backed: there is memory behind the capacity
 * @leaving: its driver is being unbound: the worker leaves its groups alone
 * @groups: its groups, oldest first
 * @untagged: those that have no tag and that no DAX device has, oldest first
 * @unclaimed: bytes of the groups that no DAX device has
 * @daxes: its DAX devices, by number
 * @seeds: those that users have created and not claimed anything with, oldest first
 * @first: the one that it has had from the start, NULL if there is none
 * @youngest: the one that a user has created last, NULL if it has been deleted
 * @extent_ids: numbers of its extents
 */
struct dcd_dax_region {
	struct list_head list;
	struct dcd_memdev *dcd;
	struct device *dev;
	struct dax_region *dax_region;
	struct range range;
	u64 hpa;
	bool backed;
	bool leaving;
	struct list_head groups;
	struct list_head untagged;
	u64 unclaimed;
	struct xarray daxes;
	struct list_head seeds;
	struct dcd_devdax *first;
	struct dcd_devdax *youngest;
	struct ida extent_ids;
};

/**
 * struct dcd_extent - an extent in use
 * @dev: extentX.Y, child of the DAX region
 * @node: entry in the device's tree of extents
 * @start: first DPA
 * @last: last DPA
 * @subtree_last: last DPA of all that is below @node
 * @group: the group that it belongs to
 * @offset: where it begins in the region, bytes
 * @tag: the group's tag
 * @id: the Y in its name
 *
 * But for @node and @subtree_last nothing changes: attributes use no lock.
 */
struct dcd_extent {
	struct device dev;
	struct rb_node node;
	u64 start;
	u64 last;
	u64 subtree_last;
	struct dcd_group *group;
	u64 offset;
	uuid_t tag;
	int id;
};

/**
 * struct dcd_devdax - a DAX device
 * @kref: the region has a reference, and so has who waits for the worker
 * @region: its DAX region, NULL once the device has gone
 * @dev_dax: what the DAX bus has of it
 * @id: the Y in its name
 * @devres: all of @dev_dax but its ranges
 * @ranges: these, NULL if it has none
 * @group: whose capacity it has, NULL if it has none
 * @claimed: a user has claimed @group, and has not given up the claim
 * @seed: entry in @seeds of its region
 * @uuid_attr: attribute that shows the tag of @group, and claims
 * @size_attr: attribute that shows the size of @group, and gives up the claim
 *
 * The worker of the device changes it, or who unbinds the driver of a region that leaves;
 * @group under the device's lock.
 */
struct dcd_devdax {
	struct kref kref;
	struct dcd_dax_region *region;
	struct dev_dax *dev_dax;
	int id;
	void *devres;
	void *ranges;
	struct dcd_group *group;
	bool claimed;
	struct list_head seed;
	struct device_attribute uuid_attr;
	struct device_attribute size_attr;
};

/**
 * struct dcd_group - extents that were offered together: one allocation
 * @list: entry in @groups of its region
 * @untagged: entry in @untagged of its region
 * @requested: entry in @due or @requested of its device, empty if no release is requested
 * @deferred: the device wants its capacity back, and the log says why it has to wait
 * @lost: its capacity is gone, or a part of it, by a forced release
 * @left: its region goes without its pinned pages, so its capacity is not released
 * @region: its DAX region
 * @tag_node: entry among the tags of this host, if it has a tag
 * @tag: its tag, null if it has none
 * @size: bytes of all of it
 * @dax: the DAX device that has it, NULL if none has
 * @nr: entries of @extents
 * @extents: its extents in the order in which the DAX device has them
 */
struct dcd_group {
	struct list_head list;
	struct list_head untagged;
	struct list_head requested;
	bool deferred;
	bool lost;
	bool left;
	struct dcd_dax_region *region;
	struct rb_node tag_node;
	uuid_t tag;
	u64 size;
	struct dcd_devdax *dax;
	unsigned int nr;
	struct dcd_extent *extents[] __counted_by(nr);
};

/**
 * enum dcd_use - how a DAX device is in use
 * @DCD_IDLE: not at all
 * @DCD_OPEN: processes have it open, and may map it at any time
 * @DCD_MAPPED: processes map it
 * @DCD_PINNED: nobody can map it, but pages of it are with I/O or in a pipe
 * @DCD_CHANGING: a driver is being bound to it or unbound
 * @DCD_DRIVER: a driver that is not known has it
 * @DCD_ONLINE: the kernel has it as memory of its own
 * @DCD_CLAIMED: a user has claimed it
 */
enum dcd_use {
	DCD_IDLE,
	DCD_OPEN,
	DCD_MAPPED,
	DCD_PINNED,
	DCD_CHANGING,
	DCD_DRIVER,
	DCD_ONLINE,
	DCD_CLAIMED,
};

/*
 * A line in the log that the device provokes: a few, however often it does. How many were
 * left out is said when there may be lines again.
 */
#define dcd_complain(dcd, fmt, ...)						\
do {										\
	struct dcd_memdev *_dcd = (dcd);					\
										\
	if (__ratelimit(&_dcd->ratelimit))					\
		dev_warn(_dcd->cxlds->dev, fmt, ##__VA_ARGS__);			\
	else									\
		atomic_inc(&_dcd->left_out);					\
} while (0)

static inline u64 dcd_extent_len(const struct dcd_extent *extent)
{
	return extent->last - extent->start + 1;
}

/* Defined by the one redirects-v*.c that fits the kernel. */
extern struct cxl_redirect_table dcd_redirects;

extern const struct attribute_group *dcd_memdev_groups[];
extern struct cxl_driver dcd_dax_region_driver;

/* partition.c */
bool dcd_steps_aside(const struct cxl_memdev_state *mds);
int dcd_partition(struct cxl_memdev_state *mds, struct range *range);
void dcd_partition_unused(struct cxl_memdev_state *mds);
void dcd_partition_drop(struct cxl_memdev_state *mds);
struct dcd_memdev *dcd_memdev_find(const struct cxl_dev_state *cxlds);
struct dcd_memdev *dcd_memdev_get(const struct device *memdev);
void dcd_memdev_put(struct dcd_memdev *dcd);
DEFINE_FREE(dcd_memdev_put, struct dcd_memdev *, dcd_memdev_put(_T))
void dcd_memdev_for_each(void (*fn)(struct dcd_memdev *dcd));
void dcd_tell_left_out(struct dcd_memdev *dcd);
void dcd_worker_run(struct dcd_memdev *dcd, void (*fn)(void *data), void *data);

/* modes.c */
void dcd_modes_event(struct device *dev, unsigned long action);
void dcd_modes_init(void);
void dcd_modes_exit(void);

/* commands.c */
int dcd_lists_commands(struct cxl_mailbox *mbox);
int dcd_read_regions(struct cxl_mailbox *mbox, struct dcd_region *regions);
int dcd_get_records(struct dcd_memdev *dcd, struct dcd_records *out, size_t size);
int dcd_get_overflow(struct dcd_memdev *dcd, struct dcd_records *out);
int dcd_clear_records(struct dcd_memdev *dcd, const struct dcd_record *records,
		      unsigned int nr);
int dcd_get_extents(struct dcd_memdev *dcd, struct dcd_offer **offers);
unsigned int dcd_extents_per_command(const struct dcd_memdev *dcd);
int dcd_send_extents(struct dcd_memdev *dcd, u16 opcode, const struct range *ranges,
		     unsigned int nr);

/* events.c */
void dcd_events_prepare(struct dcd_memdev *dcd);
void dcd_events_start(struct dcd_memdev *dcd);
void dcd_events_stop(struct dcd_memdev *dcd);
void dcd_mem_get_event_records(struct cxl_memdev_state *mds, u32 status);

/* chains.c */
void dcd_chain_add(struct dcd_memdev *dcd, enum cxl_dc_event_type type,
		   const struct dcd_offer *record, bool more);
void dcd_chain_break(struct dcd_memdev *dcd);
unsigned long dcd_chain_expire(struct dcd_memdev *dcd);

/* offers.c */
void dcd_offers_answer(struct dcd_memdev *dcd, const struct dcd_offer *offers,
		       unsigned int nr, enum dcd_verdict refused);
void dcd_offers_lost(struct dcd_memdev *dcd, unsigned int nr);
void dcd_recover(struct dcd_dax_region *region);
void dcd_recover_listed(struct dcd_dax_region *region, const struct dcd_offer **offers,
			unsigned int nr);

/* resync.c */
void dcd_resync_prepare(struct dcd_memdev *dcd);
void dcd_resync_note(struct dcd_memdev *dcd, const struct dcd_records *out);
void dcd_resync_suspect(struct dcd_memdev *dcd);
void dcd_resync_cleared(struct dcd_memdev *dcd);
int dcd_resync(struct dcd_memdev *dcd);
unsigned long dcd_resync_tell(struct dcd_memdev *dcd);

/* release.c */
void dcd_release(struct dcd_memdev *dcd, u64 start, u64 len, bool forced);
void dcd_release_due(struct dcd_memdev *dcd);
void dcd_release_deferred(struct dcd_memdev *dcd);
struct dcd_release *dcd_release_begin(struct dcd_memdev *dcd);
void dcd_release_unused(struct dcd_release *release, const struct range *range);
void dcd_release_end(struct dcd_release *release);
DEFINE_FREE(dcd_release_end, struct dcd_release *, dcd_release_end(_T))
void dcd_release_group(struct dcd_group *group);
void dcd_release_region(struct dcd_dax_region *region);

/* regions.c */
void dcd_region_attach(struct dcd_dax_region *region);
void dcd_region_detach(struct dcd_dax_region *region);

/* kept.c */
void dcd_kept_add(const struct dcd_memdev *dcd, const struct range *range, u64 hpa,
		  bool pinned);
void dcd_kept_unpin(const struct range *hpa);
bool dcd_kept_first(const struct dcd_memdev *dcd, u64 start, u64 end, struct range *range,
		    bool *pinned);

/* groups.c */
struct dcd_extent *dcd_extent_find(struct dcd_memdev *dcd, u64 start, u64 last);
struct dcd_dax_region *dcd_region_find(struct dcd_memdev *dcd, u64 start, u64 last);
struct dcd_group *dcd_group_create(struct dcd_dax_region *region,
				   const struct dcd_offer **offers, unsigned int nr);
int dcd_group_show(struct dcd_group *group);
void dcd_group_hide(struct dcd_group *group);
void dcd_group_free(struct dcd_group *group);

/* tags.c */
bool dcd_tag_in_use(const u8 tag[16]);
struct dcd_group *dcd_tag_find(const struct dcd_dax_region *region, const uuid_t *tag);
bool dcd_tag_claim(struct dcd_group *group);
void dcd_tag_drop(struct dcd_group *group);

/* claim.c */
int dcd_claim_add_files(struct dcd_devdax *dax);
void dcd_claim_remove_files(struct dcd_devdax *dax);
void dcd_claim_region(struct dcd_dax_region *region);
int dcd_claim_region_show(struct dcd_dax_region *region);
void dcd_claim_region_hide(struct dcd_dax_region *region);
int dcd_claim_show(struct dcd_group *group);
void dcd_claim_hide(struct dcd_group *group);

/* devdax.c */
struct dcd_devdax *dcd_devdax_create(struct dcd_dax_region *region);
int dcd_devdax_fill(struct dcd_devdax *dax, struct dcd_group *group);
void dcd_devdax_empty(struct dcd_devdax *dax);
void dcd_devdax_remove(struct dcd_devdax *dax);
void dcd_devdax_put(struct dcd_devdax *dax);
enum dcd_use dcd_devdax_let_go(struct dcd_group *group);
enum dcd_use dcd_devdax_retire(struct dcd_group *group, bool force);
int dcd_devdax_wait_unused(struct dcd_group *group);
bool dcd_devdax_pages_pinned(const struct range *range, u64 align);
bool dcd_devdax_is_memory(const struct dcd_group *group);
bool dcd_is_memory(u64 hpa, u64 len);
void *dcd_dax_get_private(struct dax_device *dax);

/* decoders.c */
extern struct device_attribute dcd_decoder_dpa_size;

/* offline.c */
bool dcd_offline_is_settled(void);
int dcd_offline_init(void);
void dcd_offline_exit(void);

/* pinned.c */
void dcd_pinned_leave(struct dcd_group *group);

/* dax.c */
bool dcd_has_memory(const struct device *dev);
struct dcd_dax_region *dcd_dax_to_region(struct device *dev);
void dcd_read_sharable(struct cxl_port *endpoint);
bool dcd_dax_is_first(void);
int dcd_dax_order_check(void);

#endif /* __CXL_DCD_HOST_H__ */
