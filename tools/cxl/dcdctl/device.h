/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __DCDCTL_DEVICE_H__
#define __DCDCTL_DEVICE_H__

/*
 * A device with Dynamic Capacity, as its fabric manager sees it. Behind it is a
 * back end: the FM's character device, or QEMU by QMP. Nobody above knows which.
 */
#include "args.h"

#define DCDCTL_REGIONS_MAX	8
#define DCDCTL_NAME_LEN		64

/**
 * struct dcdctl_region - a DC region
 * @base: DPA of its first byte
 * @len: bytes
 * @block_size: bytes per block
 * @free: bytes that no extent has
 * @sharable: its capacity can be shared
 * @read_only: its capacity is read-only to hosts
 */
struct dcdctl_region {
	uint64_t base;
	uint64_t len;
	uint64_t block_size;
	uint64_t free;
	bool sharable;
	bool read_only;
};

/**
 * enum dcdctl_state - what capacity is
 * @DCDCTL_FREE: no extent
 * @DCDCTL_PENDING: offered, and the host has not answered
 * @DCDCTL_ACCEPTED: the host has it
 * @DCDCTL_RELEASING: the host has it, and was asked to release it
 * @DCDCTL_HELD: released, and a reference of the FM keeps it
 */
enum dcdctl_state {
	DCDCTL_FREE,
	DCDCTL_PENDING,
	DCDCTL_ACCEPTED,
	DCDCTL_RELEASING,
	DCDCTL_HELD,
};

extern const char *const dcdctl_states[];

/**
 * struct dcdctl_extent - an extent
 * @dpa: its first byte
 * @len: bytes
 * @tag: its tag, all zero: none
 * @seq: its place in a sharable allocation
 * @state: enum dcdctl_state
 */
struct dcdctl_extent {
	uint64_t dpa;
	uint64_t len;
	uint8_t tag[DCDCTL_TAG_LEN];
	uint16_t seq;
	uint8_t state;
};

/**
 * struct dcdctl_extents - extents in order of DPA
 * @list: the extents
 * @nr: how many
 */
struct dcdctl_extents {
	struct dcdctl_extent *list;
	size_t nr;
};

/**
 * struct dcdctl_tag - a tag
 * @tag: the tag
 * @referenced: the FM has a reference to it
 * @accepted: the host has capacity of it
 * @pending: the host is offered capacity of it
 */
struct dcdctl_tag {
	uint8_t tag[DCDCTL_TAG_LEN];
	bool referenced;
	bool accepted;
	bool pending;
};

/**
 * struct dcdctl_tagged - a tagged backend
 * @tag: tag of the backend
 * @size: bytes
 * @kind: what it is
 * @state: free, offered or bound
 */
struct dcdctl_tagged {
	uint8_t tag[DCDCTL_TAG_LEN];
	uint64_t size;
	char kind[16];
	char state[16];
};

/**
 * enum dcdctl_policy - how extents are chosen, in the order of the FM's command
 * @DCDCTL_POLICY_FREE: by the device
 * @DCDCTL_POLICY_CONTIGUOUS: by the device, as one
 * @DCDCTL_POLICY_PRESCRIPTIVE: by the user
 * @DCDCTL_POLICY_SHARED: those that the tag has
 */
enum dcdctl_policy {
	DCDCTL_POLICY_FREE,
	DCDCTL_POLICY_CONTIGUOUS,
	DCDCTL_POLICY_PRESCRIPTIVE,
	DCDCTL_POLICY_SHARED,
};

/**
 * struct dcdctl_request - capacity to add or to release
 * @policy: of an addition
 * @region: index of the DC region
 * @len: bytes
 * @places: where, all in @region; to be freed; none: the device chooses, or by @tag
 * @tag: the tag, all zero: none
 * @forced: of a release: do not ask
 * @extents: what an addition has made of it; to be freed
 */
struct dcdctl_request {
	enum dcdctl_policy policy;
	unsigned int region;
	uint64_t len;
	struct dcdctl_extents places;
	uint8_t tag[DCDCTL_TAG_LEN];
	bool forced;
	struct dcdctl_extents extents;
};

/**
 * struct dcdctl_event - something that the FM is told
 * @type: its name
 * @extent: what it is about
 * @time: of the device, ns since 1970; 0: none
 * @more: the next event belongs to it
 */
struct dcdctl_event {
	const char *type;
	struct dcdctl_extent extent;
	uint64_t time;
	bool more;
};

struct dcdctl_device;

/**
 * struct dcdctl_backend_ops - a back end
 * @load: read regions, extents, tags and backends
 * @load_extents: read the extents alone, again
 * @add: offer capacity to the host, and fill in @request->extents
 * @release: ask the host for capacity
 * @set_block_size: configure a region
 * @reference: add a reference to a tag, or remove it
 * @raw: execute a command; @out has room for 4096 bytes
 * @events: wait until there are events, @ms at the most, and report each
 * @close: free what the back end has
 *
 * All print an error and return a status. NULL: the back end cannot do it.
 */
struct dcdctl_backend_ops {
	int (*load)(struct dcdctl_device *device);
	int (*load_extents)(struct dcdctl_device *device);
	int (*add)(struct dcdctl_device *device, struct dcdctl_request *request);
	int (*release)(struct dcdctl_device *device, const struct dcdctl_request *request);
	int (*set_block_size)(struct dcdctl_device *device, unsigned int region, uint64_t size);
	int (*reference)(struct dcdctl_device *device, const uint8_t *tag, bool add);
	int (*raw)(struct dcdctl_device *device, uint16_t opcode, const void *in, size_t in_len,
		   void *out, size_t *out_len);
	int (*events)(struct dcdctl_device *device, int ms,
		      void (*report)(struct dcdctl_device *device,
				     const struct dcdctl_event *event));
	void (*close)(struct dcdctl_device *device);
};

/**
 * struct dcdctl_device - a device
 * @ops: its back end
 * @private: the back end's
 * @name: what the back end calls it
 * @memdev: its memdev on this machine, empty: none
 * @host: the device that the memdev belongs to, empty: none
 * @directory: its directory in configfs, empty: none
 * @bridge: the platform device that it shares with others under the same window, empty:
 *          none
 * @serial: serial number
 * @has_serial: @serial is known
 * @sees_pending: the back end tells what is offered
 * @regions: its DC regions
 * @nr_regions: how many
 * @extents: its extents
 * @tags: its tags
 * @nr_tags: how many
 * @tagged: its tagged backends
 * @nr_tagged: how many
 */
struct dcdctl_device {
	const struct dcdctl_backend_ops *ops;
	void *private;
	char name[DCDCTL_NAME_LEN];
	char memdev[DCDCTL_NAME_LEN];
	char host[DCDCTL_NAME_LEN];
	char directory[DCDCTL_NAME_LEN];
	char bridge[DCDCTL_NAME_LEN];
	uint64_t serial;
	bool has_serial;
	struct dcdctl_region regions[DCDCTL_REGIONS_MAX];
	unsigned int nr_regions;
	struct dcdctl_extents extents;
	struct dcdctl_tag *tags;
	size_t nr_tags;
	struct dcdctl_tagged *tagged;
	size_t nr_tagged;
};

/**
 * struct dcdctl_devices - the devices that a back end has found
 * @list: the devices
 * @nr: how many
 */
struct dcdctl_devices {
	struct dcdctl_device *list;
	size_t nr;
};

/* device.c: for all that is above */
int dcdctl_find(const char *mem, struct dcdctl_devices *devices);
int dcdctl_find_one(const char *mem, struct dcdctl_devices *devices);
void dcdctl_forget(struct dcdctl_devices *devices);
const char *dcdctl_shown_name(const struct dcdctl_device *device);
int dcdctl_unsupported(const struct dcdctl_device *device, const char *what);
struct dcdctl_region *dcdctl_region_of(struct dcdctl_device *device, uint64_t dpa);
enum dcdctl_state dcdctl_state_of(const struct dcdctl_extents *extents, uint64_t dpa, uint64_t len);

/* for back ends */
struct dcdctl_device *dcdctl_devices_add(struct dcdctl_devices *devices);
int dcdctl_extents_add(struct dcdctl_extents *extents, const struct dcdctl_extent *extent);
void dcdctl_extents_free(struct dcdctl_extents *extents);
int dcdctl_extents_added(const struct dcdctl_extents *before, const struct dcdctl_extents *after,
			 struct dcdctl_request *request);
void dcdctl_count_free(struct dcdctl_device *device);
int dcdctl_fm_find(struct dcdctl_devices *devices);
int dcdctl_qemu_find(const char *socket, struct dcdctl_devices *devices);

/* sysfs.c: attributes of devices */
bool dcdctl_read_text(char *text, size_t room, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool dcdctl_read_number(uint64_t *number, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool dcdctl_link_name(char *name, size_t room, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool dcdctl_find_entry(char *name, size_t room, const char *dir, const char *prefix);

/* host.c: what the host on this machine makes of a device */
struct dcdctl_use {
	char region[DCDCTL_NAME_LEN];
	char dax[DCDCTL_NAME_LEN];
	char mode[DCDCTL_NAME_LEN];
};

bool dcdctl_host_use(const struct dcdctl_device *device, const struct dcdctl_extent *extent,
		     struct dcdctl_use *use);
bool dcdctl_host_is_done(const struct dcdctl_device *device,
			 const struct dcdctl_extents *extents);

/* attribute.c: attributes by which a mock device is made to fail */
int dcdctl_attribute_write(const struct dcdctl_device *device, const char *name,
			   const char *line);
int dcdctl_attribute_read(const struct dcdctl_device *device, const char *name, char *text,
			  size_t room);

/* log.c: what the kernel's log says meanwhile */
int dcdctl_log_open(void);
bool dcdctl_log_find(int log, const char *const *words, char *line, size_t room);

#endif /* __DCDCTL_DEVICE_H__ */
