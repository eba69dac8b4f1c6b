// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fabric manager's character device, /dev/cxl/fmN: the ioctls that the core
 * has for memdevs (uapi/linux/cxl_mem.h), with the same refusals, in front of
 * the commands of the FM. A file may stay open longer than its device exists.
 */
#include <linux/bits.h>
#include <linux/cdev.h>
#include <linux/cleanup.h>
#include <linux/cxl_mem.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rwsem.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "mock.h"

/* As many as the core has memdevs. */
#define FM_MAX_DEVS	65536

#define VARIABLE	U32_MAX

/**
 * struct cxl_mock_fm - the FM's way to a mock device
 * @dev: the device in the class cxl_fm; keeps this struct
 * @cdev: its character device; an open file keeps @dev by it
 * @lock: guards @mock; held for reading while a command is executed
 * @mock: the mock device, NULL once it has gone
 * @wait: who polls for records in the FM's event log
 */
struct cxl_mock_fm {
	struct device dev;
	struct cdev cdev;
	struct rw_semaphore lock;	/* guards mock */
	struct cxl_mock *mock;
	wait_queue_head_t wait;
};

/**
 * struct fm_payloads - the payloads of one command
 * @in: request
 * @out: response
 */
struct fm_payloads {
	u8 in[CXL_MOCK_PAYLOAD_SIZE];
	u8 out[CXL_MOCK_PAYLOAD_SIZE];
};

static dev_t fm_devt;
static DEFINE_IDA(fm_ida);

/*
 * The commands that have a number in the ioctl's list, by that number. All
 * others of the FM go by CXL_MEM_COMMAND_ID_RAW.
 */
static const struct fm_command {
	u16 opcode;
	bool enabled;
	u32 size_in;
	u32 size_out;
} fm_commands[CXL_MEM_COMMAND_ID_MAX] = {
	[CXL_MEM_COMMAND_ID_RAW] = { 0, true, VARIABLE, VARIABLE },
	[CXL_MEM_COMMAND_ID_GET_SUPPORTED_LOGS] = {
		CXL_OP_GET_SUPPORTED_LOGS, true, 0, VARIABLE
	},
	[CXL_MEM_COMMAND_ID_GET_LOG] = { CXL_OP_GET_LOG, true, 0x18, VARIABLE },
	[CXL_MEM_COMMAND_ID_GET_TIMESTAMP] = { CXL_OP_GET_TIMESTAMP, true, 0, 8 },
};

static long fm_query(struct cxl_mem_query_commands __user *query)
{
	u32 nr;

	if (get_user(nr, &query->n_commands))
		return -EFAULT;
	if (!nr)
		return put_user((u32)ARRAY_SIZE(fm_commands), &query->n_commands);

	nr = min_t(u32, nr, ARRAY_SIZE(fm_commands));
	for (u32 id = 0; id < nr; id++) {
		struct cxl_command_info info = {
			.id = id,
			.flags = fm_commands[id].enabled ? CXL_MEM_COMMAND_FLAG_ENABLED : 0,
			.size_in = fm_commands[id].size_in,
			.size_out = fm_commands[id].size_out,
		};

		if (copy_to_user(&query->commands[id], &info, sizeof(info)))
			return -EFAULT;
	}
	return 0;
}

static int fm_check_raw(const struct cxl_send_command *send)
{
	if (send->raw.rsvd || send->out.size > CXL_MOCK_PAYLOAD_SIZE)
		return -EINVAL;
	return security_locked_down(LOCKDOWN_PCI_ACCESS) ? -EPERM : 0;
}

static int fm_check_listed(const struct cxl_send_command *send)
{
	const struct fm_command *command = &fm_commands[send->id];

	if ((send->flags & ~CXL_MEM_COMMAND_FLAG_MASK) || send->rsvd || send->in.rsvd ||
	    send->out.rsvd)
		return -EINVAL;
	if (!command->enabled)
		return -ENOTTY;
	if ((command->size_in != VARIABLE && command->size_in != send->in.size) ||
	    (command->size_out != VARIABLE && command->size_out > send->out.size))
		return -ENOMEM;
	return 0;
}

/* The errnos, and their order, are those of a memdev's ioctl. */
static int fm_check(const struct cxl_send_command *send)
{
	if (!send->id || send->id >= CXL_MEM_COMMAND_ID_MAX)
		return -ENOTTY;
	if (send->in.size > CXL_MOCK_PAYLOAD_SIZE)
		return -EINVAL;
	return send->id == CXL_MEM_COMMAND_ID_RAW ? fm_check_raw(send) : fm_check_listed(send);
}

static int fm_exec(struct cxl_mock_fm *fm, u16 opcode, struct cxl_mbox_io *io, u32 *retval)
{
	guard(rwsem_read)(&fm->lock);
	if (!fm->mock)
		return -ENXIO;

	guard(mutex)(&fm->mock->lock);
	*retval = cxl_mock_fm_exec(&fm->mock->device, opcode, io);
	cxl_mock_signal(fm->mock);
	return 0;
}

static long fm_send(struct cxl_mock_fm *fm, struct cxl_send_command __user *arg)
{
	struct fm_payloads *payloads __free(kvfree) = NULL;
	struct cxl_send_command send;
	struct cxl_mbox_io io;
	u16 opcode;
	int rc;

	if (copy_from_user(&send, arg, sizeof(send)))
		return -EFAULT;
	rc = fm_check(&send);
	if (rc)
		return rc;

	payloads = kvzalloc(sizeof(*payloads), GFP_KERNEL);
	if (!payloads)
		return -ENOMEM;
	if (copy_from_user(payloads->in, u64_to_user_ptr(send.in.payload), send.in.size))
		return -EFAULT;

	io = (struct cxl_mbox_io) {
		.in = payloads->in,
		.in_len = send.in.size,
		.out = payloads->out,
		.out_max = sizeof(payloads->out),
	};
	opcode = send.id == CXL_MEM_COMMAND_ID_RAW ? send.raw.opcode : fm_commands[send.id].opcode;
	rc = fm_exec(fm, opcode, &io, &send.retval);
	if (rc)
		return rc;

	/* like hardware: what does not fit the reader's buffer is not read */
	send.out.size = min_t(size_t, send.out.size, io.out_len);
	if (copy_to_user(u64_to_user_ptr(send.out.payload), payloads->out, send.out.size) ||
	    copy_to_user(arg, &send, sizeof(send)))
		return -EFAULT;
	return 0;
}

static bool fm_is_gone(struct cxl_mock_fm *fm)
{
	guard(rwsem_read)(&fm->lock);
	return !fm->mock;
}

static long fm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cxl_mock_fm *fm = file->private_data;

	if (fm_is_gone(fm))
		return -ENXIO;

	switch (cmd) {
	case CXL_MEM_QUERY_COMMANDS:
		return fm_query((void __user *)arg);
	case CXL_MEM_SEND_COMMAND:
		return fm_send(fm, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static __poll_t fm_poll(struct file *file, poll_table *wait)
{
	struct cxl_mock_fm *fm = file->private_data;

	poll_wait(file, &fm->wait, wait);

	guard(rwsem_read)(&fm->lock);
	if (!fm->mock)
		return EPOLLHUP | EPOLLERR;
	guard(mutex)(&fm->mock->lock);
	return cxl_mock_fm_has_records(&fm->mock->device) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int fm_open(struct inode *inode, struct file *file)
{
	/* the open file keeps the cdev, and that the device */
	file->private_data = container_of(inode->i_cdev, struct cxl_mock_fm, cdev);
	return 0;
}

static const struct file_operations fm_fops = {
	.owner = THIS_MODULE,
	.open = fm_open,
	.unlocked_ioctl = fm_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.poll = fm_poll,
	.llseek = noop_llseek,
};

static char *fm_devnode(const struct device *dev, umode_t *mode)
{
	return kasprintf(GFP_KERNEL, "cxl/%s", dev_name(dev));
}

static void fm_release(struct device *dev)
{
	struct cxl_mock_fm *fm = container_of(dev, struct cxl_mock_fm, dev);

	ida_free(&fm_ida, MINOR(dev->devt) - MINOR(fm_devt));
	kfree(fm);
}

static const struct class fm_class = {
	.name = "cxl_fm",
	.devnode = fm_devnode,
	.dev_release = fm_release,
};

static struct cxl_mock_fm *fm_alloc(struct device *parent)
{
	struct cxl_mock_fm *fm;
	int id;

	fm = kzalloc(sizeof(*fm), GFP_KERNEL);
	if (!fm)
		return ERR_PTR(-ENOMEM);
	id = ida_alloc_max(&fm_ida, FM_MAX_DEVS - 1, GFP_KERNEL);
	if (id < 0) {
		kfree(fm);
		return ERR_PTR(id);
	}

	init_rwsem(&fm->lock);
	init_waitqueue_head(&fm->wait);
	device_initialize(&fm->dev);
	fm->dev.class = &fm_class;
	fm->dev.parent = parent;
	fm->dev.devt = MKDEV(MAJOR(fm_devt), MINOR(fm_devt) + id);
	cdev_init(&fm->cdev, &fm_fops);
	fm->cdev.owner = THIS_MODULE;
	return fm;
}

/**
 * cxl_mock_fm_create() - give the FM of a mock device its character device
 * @mock: the device, whose commands can be executed from here on
 *
 * It is below the root port, which outlives the memory device.
 *
 * Return: 0, or an errno.
 */
int cxl_mock_fm_create(struct cxl_mock *mock)
{
	struct cxl_mock_fm *fm = fm_alloc(&mock->port->dev);
	int rc;

	if (IS_ERR(fm))
		return PTR_ERR(fm);

	rc = dev_set_name(&fm->dev, "fm%u", MINOR(fm->dev.devt) - MINOR(fm_devt));
	if (rc)
		goto err;
	fm->mock = mock;
	rc = cdev_device_add(&fm->cdev, &fm->dev);
	if (rc)
		goto err_gone;
	scoped_guard(mutex, &mock->lock)
		mock->fm = fm;
	return 0;

err_gone:
	/* the device may have been visible for a moment */
	scoped_guard(rwsem_write, &fm->lock)
		fm->mock = NULL;
err:
	put_device(&fm->dev);
	return rc;
}

/**
 * cxl_mock_fm_destroy() - take the character device away
 * @mock: the device
 *
 * Waits for the commands that are under way. What is done with files that are
 * open still is refused with ENXIO.
 */
void cxl_mock_fm_destroy(struct cxl_mock *mock)
{
	struct cxl_mock_fm *fm = mock->fm;

	if (!fm)
		return;
	cdev_device_del(&fm->cdev, &fm->dev);
	scoped_guard(rwsem_write, &fm->lock)
		fm->mock = NULL;
	scoped_guard(mutex, &mock->lock)
		mock->fm = NULL;
	wake_up_poll(&fm->wait, EPOLLHUP | EPOLLERR);
	put_device(&fm->dev);
}

/**
 * cxl_mock_fm_notify() - tell who polls of new records in the FM's event log
 * @mock: the device
 *
 * Context: @mock->lock is held.
 */
void cxl_mock_fm_notify(struct cxl_mock *mock)
{
	lockdep_assert_held(&mock->lock);
	if (mock->fm)
		wake_up_poll(&mock->fm->wait, EPOLLIN | EPOLLRDNORM);
}

/**
 * cxl_mock_fm_link() - make the link "fm" to the character device
 * @mock: the device
 * @dev: where the link is
 *
 * It goes with the directory of @dev, or by cxl_mock_fm_unlink().
 *
 * Return: 0, or an errno.
 */
int cxl_mock_fm_link(struct cxl_mock *mock, struct device *dev)
{
	return sysfs_create_link(&dev->kobj, &mock->fm->dev.kobj, "fm");
}

/**
 * cxl_mock_fm_unlink() - remove the link that cxl_mock_fm_link() has made
 * @dev: where the link is
 */
void cxl_mock_fm_unlink(struct device *dev)
{
	sysfs_remove_link(&dev->kobj, "fm");
}

/**
 * cxl_mock_fm_init() - let mock devices have character devices
 *
 * Return: 0, or an errno.
 */
int __init cxl_mock_fm_init(void)
{
	int rc;

	rc = alloc_chrdev_region(&fm_devt, 0, FM_MAX_DEVS, fm_class.name);
	if (rc)
		return rc;
	rc = class_register(&fm_class);
	if (rc)
		unregister_chrdev_region(fm_devt, FM_MAX_DEVS);
	return rc;
}

/**
 * cxl_mock_fm_exit() - undo cxl_mock_fm_init()
 *
 * Context: no mock device exists, and no file of one is open.
 */
void cxl_mock_fm_exit(void)
{
	class_unregister(&fm_class);
	unregister_chrdev_region(fm_devt, FM_MAX_DEVS);
	ida_destroy(&fm_ida);
}
