/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_H__
#define __CXL_MOCK_H__

#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/wait.h>
#include <cxl/core/core.h>

#include "config.h"
#include "mailbox.h"

/* HDM decoders of bridge and endpoint: two regions in each of 8 DC regions */
#define CXL_MOCK_DECODERS	16

/* Windows leave the space that 32-bit devices and legacy holes are in alone. */
#define CXL_MOCK_WINDOW_MIN_BASE	(4ULL << 30)

/*
 * How long a write of a control file waits for the host, ms: long enough for DAX devices
 * to come and go on a slow machine, short enough for a host that has stopped reading.
 */
#define CXL_MOCK_EVENT_WAIT_MS	5000

/**
 * struct cxl_mock - a mock device and the topology above it
 * @config: what it was built from; the serial number is its own
 * @first: the first under the window, which may be itself
 * @index: which of them it is, and the number of its root port
 * @devices: of the first only: all of them, by @index
 * @window: of the first only, as all up to @bridge: host physical address space of its
 *          root decoders
 * @other_window: the part of @window, at its end, of the one with another QoS class;
 *                without a parent if there is none
 * @region_left: decoders are committed from the start, and no host has reset them
 * @windows: in the list of those that have a window
 * @root: root of the topology, owner of the CXL root port
 * @bridge: host bridge
 * @memory: @window is memory that the kernel was booted without
 * @port: root port of the bridge
 * @mem: the memory device below @port
 * @lock: guards @device and @payload; taken last, below the mailbox's mutex
 * @device: what answers the mailbox
 * @cleared: records of Dynamic Capacity that the host has cleared; read without @lock
 * @clears: woken when @cleared or @mds changes
 * @event_wait_ms: how long a control file waits for the host
 * @payload: response of the command being executed
 * @no_phantom: the host takes all that it is offered for memory; under @lock
 * @mds: the core's state of @mem while its driver is bound, NULL otherwise
 * @notify: tells the host of new event records
 * @fm: the character device of the FM, NULL: none yet, or no longer
 * @debugfs: its directory
 *
 * Several devices under one window are a struct each. The first owns what they share.
 */
struct cxl_mock {
	struct cxl_mock_config config;
	struct cxl_mock *first;
	unsigned int index;
	struct cxl_mock *devices[CXL_MOCK_DEVICES_MAX];
	struct resource window;
	struct resource other_window;
	bool region_left;
	struct list_head windows;
	struct platform_device *root;
	struct platform_device *bridge;
	bool memory;
	struct platform_device *port;
	struct platform_device *mem;
	struct mutex lock;	/* guards device and payload */
	bool no_phantom;
	struct cxl_memdev_state *mds;
	struct work_struct notify;
	struct cxl_mock_fm *fm;
	struct dentry *debugfs;
	struct cxl_mock_device device;
	u64 cleared;
	wait_queue_head_t clears;
	unsigned int event_wait_ms;
	u8 payload[CXL_MOCK_PAYLOAD_SIZE];
};

struct cxl_mock_fm;

extern struct platform_driver cxl_mock_root_driver;
extern struct platform_driver cxl_mock_mem_driver;

const struct cxl_mock_config *cxl_mock_params_config(void);

int cxl_mock_configfs_init(void);
void cxl_mock_configfs_exit(void);

struct cxl_mock *cxl_mock_create(const struct cxl_mock_config *config, const char *name);
void cxl_mock_unplug(struct cxl_mock *first);
void cxl_mock_free(struct cxl_mock *first);
void cxl_mock_destroy(struct cxl_mock *first);
struct cxl_mock *to_cxl_mock(struct device *dev);
struct cxl_mock *cxl_mock_of_driver(struct platform_device *pdev);

int cxl_mock_window_claim(struct cxl_mock *mock);
void cxl_mock_window_release(struct cxl_mock *mock);
bool cxl_mock_has_serial(u64 serial);
bool cxl_mock_owns_window(const struct resource *window);
bool cxl_mock_owns_range(u64 start, u64 len);

void cxl_mock_aside_init(void);
void cxl_mock_aside_exit(void);

/* A parameter of the kernel, for a log line. */
struct cxl_mock_boot_text {
	char text[48];
};

struct cxl_mock_boot_text cxl_mock_keep_aside(u64 base, u64 size);

void cxl_mock_debugfs_init(void);
void cxl_mock_debugfs_exit(void);
void cxl_mock_debugfs_add(struct cxl_mock *mock);

int cxl_mock_fm_init(void);
void cxl_mock_fm_exit(void);
int cxl_mock_fm_create(struct cxl_mock *mock);
void cxl_mock_fm_destroy(struct cxl_mock *mock);
void cxl_mock_fm_notify(struct cxl_mock *mock);
int cxl_mock_fm_link(struct cxl_mock *mock, struct device *dev);
void cxl_mock_fm_unlink(struct device *dev);

int cxl_mock_errno(enum cxl_mbox_rc rc);
void cxl_mock_signal(struct cxl_mock *mock);
extern const struct attribute_group *cxl_mock_mem_groups[];
extern const struct attribute_group cxl_mock_fault_group;
extern const struct attribute_group cxl_mock_health_group;

int cxl_mock_hdm_setup(struct cxl_port *port);

#endif /* __CXL_MOCK_H__ */
