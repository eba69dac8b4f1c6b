// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a memory device with Dynamic Capacity lie. It sits where the host meets
 * the device, in the mailbox, and passes on what it has no lie for: other
 * commands, and event logs other than that of Dynamic Capacity. What it can lie
 * about is in cxl_dcd_lies.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/hex.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uuid.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>
#include <cxl/text.h>

#include "cxl_dcd_liar.h"

/* Get Event Records, Clear Event Records, CXL 3.1 8.2.9.2.2, 8.2.9.2.3 */
#define OP_GET_EVENT_RECORDS	0x0100
#define OP_CLEAR_EVENT_RECORDS	0x0101
#define LOG_DYNAMIC_CAPACITY	4

static char *memdev = "";
module_param(memdev, charp, 0444);
MODULE_PARM_DESC(memdev, "Name of the memdev that shall lie, such as mem0");

static struct liar liar;

/* What is behind the mailbox. */
static struct device *host;
static struct cxl_memdev_state *mds;
static int (*honest_send)(struct cxl_mailbox *mbox, struct cxl_mbox_cmd *cmd);
static atomic_t calls = ATOMIC_INIT(0);

/* Response to what was written to the file command; with it, under @host's lock. */
static u8 *response;
static size_t response_len;
static u16 response_code;

static const char * const about_names[NR_ABOUT] = {
	[ABOUT_GET] = "get",
	[ABOUT_CLEAR] = "clear",
	[ABOUT_LIST] = "list",
	[ABOUT_RESPONSE] = "response",
	[ABOUT_RELEASE] = "release",
};

/* What a command is about, NR_ABOUT for what is not lied about. */
static enum about command_about(const struct cxl_mbox_cmd *cmd)
{
	const u8 *log = cmd->payload_in;
	bool is_ours = cmd->size_in && *log == LOG_DYNAMIC_CAPACITY;

	switch (cmd->opcode) {
	case OP_GET_EVENT_RECORDS:
		return is_ours ? ABOUT_GET : NR_ABOUT;
	case OP_CLEAR_EVENT_RECORDS:
		return is_ours ? ABOUT_CLEAR : NR_ABOUT;
	case CXL_DC_OP_GET_EXTENT_LIST:
		return ABOUT_LIST;
	case CXL_DC_OP_ADD_RESPONSE:
		return ABOUT_RESPONSE;
	case CXL_DC_OP_RELEASE:
		return ABOUT_RELEASE;
	default:
		return NR_ABOUT;
	}
}

/* The device gets to know that its offer is not taken, the host that taking it failed. */
static int decline(struct cxl_mailbox *mbox, struct cxl_mbox_cmd *cmd)
{
	const struct cxl_dc_extents_in *in = cmd->payload_in;
	struct cxl_dc_extents_in none = {};
	struct cxl_mbox_cmd empty = *cmd;

	/* one response to one offer, however many commands the host makes of it */
	if (cmd->size_in < sizeof(*in) || in->flags & CXL_DC_EXTENTS_MORE)
		return 0;
	empty.payload_in = &none;
	empty.size_in = sizeof(none);
	return honest_send(mbox, &empty);
}

/* What the host accepts, in its order, whoever takes the response. */
static void note_response(const struct cxl_mbox_cmd *cmd)
{
	const struct cxl_dc_extents_in *in = cmd->payload_in;

	liar.nr_answer = 0;
	if (cmd->size_in < sizeof(*in))
		return;
	while (liar.nr_answer < min_t(u32, le32_to_cpu(in->count), ANSWER_MAX) &&
	       cmd->size_in >= struct_size(in, extents, liar.nr_answer + 1)) {
		liar.answer[liar.nr_answer] = le64_to_cpu(in->extents[liar.nr_answer].start_dpa);
		liar.nr_answer++;
	}
}

/* As long as "delay" says, and shorter if less is written to it meanwhile. */
static void take_time(void)
{
	unsigned long began = jiffies;

	while (time_before(jiffies, began + msecs_to_jiffies(READ_ONCE(liar.delay))))
		msleep(20);
}

static int lie_or_pass_on(struct cxl_mailbox *mbox, struct cxl_mbox_cmd *cmd)
{
	enum about about = command_about(cmd);
	const struct lie *lie;
	int rc;

	if (about == NR_ABOUT)
		return honest_send(mbox, cmd);
	take_time();

	scoped_guard(mutex, &liar.lock) {
		liar.seen[about]++;
		if (about == ABOUT_RESPONSE)
			note_response(cmd);
		lie = liar.lie;
		if (lie->answer && lie->answer(&liar, about, cmd, &rc)) {
			liar.lied++;
			return rc;
		}
	}

	if (lie->declines && about == ABOUT_RESPONSE)
		rc = decline(mbox, cmd);
	else
		rc = honest_send(mbox, cmd);
	if (rc || !lie->twist)
		return rc;

	guard(mutex)(&liar.lock);
	if (liar.lie == lie && lie->twist(&liar, about, cmd, &rc))
		liar.lied++;
	return rc;
}

static int lying_send(struct cxl_mailbox *mbox, struct cxl_mbox_cmd *cmd)
{
	int rc;

	atomic_inc(&calls);
	rc = lie_or_pass_on(mbox, cmd);
	if (atomic_dec_and_test(&calls))
		wake_up_var(&calls);
	return rc;
}

/* Tells the host as the device's interrupt would. */
static void notify_host(struct work_struct *work)
{
	cxl_mem_get_event_records(mds, BIT(LOG_DYNAMIC_CAPACITY));
}

static DECLARE_WORK(notify, notify_host);

static void become_honest(void *data)
{
	struct cxl_mailbox *mbox = liar.mbox;

	scoped_guard(mutex, &liar.lock)
		liar.mbox = NULL;
	cancel_work_sync(&notify);

	scoped_guard(mutex, &mbox->mbox_mutex)
		WRITE_ONCE(mbox->mbox_send, honest_send);
	/*
	 * A task that has read the pointer but not called it yet is not in
	 * calls, and one that has left calls still returns through this
	 * module's code. Neither sleeps there.
	 */
	synchronize_rcu_tasks();
	wait_var_event(&calls, !atomic_read(&calls));
	synchronize_rcu_tasks();
}

/* The files, in debugfs */

static int lie_show(struct seq_file *m, void *unused)
{
	guard(mutex)(&liar.lock);
	for (const struct lie *lie = liar_lies; lie->name; lie++) {
		if (lie == liar.lie)
			seq_printf(m, "[%s:0x%llx]\n", lie->name, liar.n);
		else
			seq_printf(m, "%s\n", lie->name);
	}
	return 0;
}

static const struct lie *find_lie(const char *name)
{
	for (const struct lie *lie = liar_lies; lie->name; lie++)
		if (!strcmp(lie->name, name))
			return lie;
	return NULL;
}

/* Write text into @line, see cxl_text_line(). */
static int get_text(char line[CXL_TEXT_MAX + 1], const char __user *buf, size_t count)
{
	char text[CXL_TEXT_MAX + 1];

	if (count > sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	return cxl_text_line(line, text, count);
}

static ssize_t lie_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char text[CXL_TEXT_MAX + 1], *rest = text;
	const struct lie *lie;
	u64 n;
	int rc;

	rc = get_text(text, buf, count);
	if (rc)
		return rc;
	lie = find_lie(strsep(&rest, ":"));
	if (!lie || (rest && cxl_text_number(rest, &n)))
		return -EINVAL;

	guard(mutex)(&liar.lock);
	liar_set(&liar, lie, rest ? n : lie->n);
	return count;
}

static int lie_open(struct inode *inode, struct file *file)
{
	return single_open(file, lie_show, NULL);
}

static const struct file_operations lie_fops = {
	.owner = THIS_MODULE,
	.open = lie_open,
	.read = seq_read,
	.write = lie_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/* "<dpa>:<length>:<tag>", as in the mock's attributes */
static ssize_t extent_write(struct file *file, const char __user *buf, size_t count,
			    loff_t *pos)
{
	char text[CXL_TEXT_MAX + 1], *rest = text;
	const char *dpa, *length;
	uuid_t tag = {};
	u64 start, len;
	int rc;

	rc = get_text(text, buf, count);
	if (rc)
		return rc;
	dpa = strsep(&rest, ":");
	length = strsep(&rest, ":");
	if (!length || !rest || cxl_text_number(dpa, &start) || cxl_text_number(length, &len) ||
	    (*rest && cxl_text_uuid(rest, &tag)))
		return -EINVAL;

	guard(mutex)(&liar.lock);
	liar.start = start;
	liar.len = len;
	export_uuid(liar.tag, &tag);
	return count;
}

static const struct file_operations extent_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.write = extent_write,
};

static ssize_t kick_write(struct file *file, const char __user *buf, size_t count,
			  loff_t *pos)
{
	guard(mutex)(&liar.lock);
	if (!liar.mbox)
		return -ENODEV;
	schedule_work(&notify);
	return count;
}

static const struct file_operations kick_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.write = kick_write,
};

static int status_show(struct seq_file *m, void *unused)
{
	guard(mutex)(&liar.lock);
	for (unsigned int i = 0; i < NR_ABOUT; i++)
		seq_printf(m, "%s %u\n", about_names[i], liar.seen[i]);
	seq_puts(m, "answer");
	for (u32 i = 0; i < liar.nr_answer; i++)
		seq_printf(m, " %#llx", liar.answer[i]);
	seq_printf(m, "\nlied %u\naccepted %u\nbusy %d\n", liar.lied, liar.accepted,
		   !!work_busy(&notify));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

/* Send "<opcode> <payload>", both in hex, to the device as the host would. */
static ssize_t command_write(struct file *file, const char __user *buf, size_t count,
			     loff_t *pos)
{
	struct cxl_mbox_cmd cmd = {};
	u8 bytes[256];
	size_t nr = 0;
	int rc;

	if (count > 2 * sizeof(bytes))
		return -EINVAL;

	char *text __free(kfree) = memdup_user_nul(buf, count);

	if (IS_ERR(text))
		return PTR_ERR(no_free_ptr(text));
	for (const char *p = skip_spaces(text); *p; p = skip_spaces(p + 2))
		if (hex2bin(&bytes[nr++], p, 1))
			return -EINVAL;
	if (nr < 2)
		return -EINVAL;

	guard(device)(host);
	if (!liar.mbox)
		return -ENODEV;
	cmd.opcode = bytes[0] << 8 | bytes[1];
	cmd.payload_in = bytes + 2;
	cmd.size_in = nr - 2;
	cmd.payload_out = response;
	cmd.size_out = liar.mbox->payload_size;
	response_len = 0;
	rc = liar.mbox->mbox_send(liar.mbox, &cmd);
	if (rc)
		return rc;
	response_len = cmd.size_out;
	response_code = cmd.return_code;
	return count;
}

static int command_show(struct seq_file *m, void *unused)
{
	guard(device)(host);
	seq_printf(m, "%#x\n", response_code);
	for (size_t i = 0; i < response_len; i++)
		seq_printf(m, "%02x", response[i]);
	seq_putc(m, '\n');
	return 0;
}

static int command_open(struct inode *inode, struct file *file)
{
	return single_open(file, command_show, NULL);
}

static const struct file_operations command_fops = {
	.owner = THIS_MODULE,
	.open = command_open,
	.read = seq_read,
	.write = command_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static struct dentry *dir;

static void make_files(void)
{
	dir = debugfs_create_dir("cxl_dcd_liar", NULL);
	debugfs_create_file("lie", 0600, dir, NULL, &lie_fops);
	debugfs_create_file("extent", 0200, dir, NULL, &extent_fops);
	debugfs_create_u32("delay", 0600, dir, &liar.delay);
	debugfs_create_file("kick", 0200, dir, NULL, &kick_fops);
	debugfs_create_file("status", 0400, dir, NULL, &status_fops);
	debugfs_create_file("command", 0600, dir, NULL, &command_fops);
}

/* Context: @host is locked. */
static int become_liar(struct cxl_dev_state *cxlds)
{
	struct cxl_mailbox *mbox;
	int rc;

	if (!cxlds || !to_cxl_memdev_state(cxlds))
		return -ENODEV;
	mbox = &cxlds->cxl_mbox;

	liar.room = mbox->payload_size;
	liar.buffer = kvzalloc(liar.room, GFP_KERNEL);
	response = kvzalloc(liar.room, GFP_KERNEL);
	if (!liar.buffer || !response)
		return -ENOMEM;

	liar_set(&liar, liar_lies, 0);
	liar.mbox = mbox;
	mds = to_cxl_memdev_state(cxlds);
	honest_send = mbox->mbox_send;
	/* after this the driver of @host cannot go without making the device honest */
	rc = devm_add_action(host, become_honest, NULL);
	if (rc)
		return rc;
	guard(mutex)(&mbox->mbox_mutex);
	WRITE_ONCE(mbox->mbox_send, lying_send);
	return 0;
}

static void put_all(void)
{
	kvfree(liar.buffer);
	kvfree(response);
	put_device(host);
}

static int __init cxl_dcd_liar_init(void)
{
	struct device *dev = bus_find_device_by_name(&cxl_bus_type, NULL, memdev);
	int rc = -ENODEV;

	mutex_init(&liar.lock);
	if (dev && is_cxl_memdev(dev)) {
		host = get_device(dev->parent);
		scoped_guard(device, host)
			rc = become_liar(to_cxl_memdev(dev)->cxlds);
	}
	put_device(dev);
	if (rc) {
		pr_err("memdev='%s': must be the name of a memdev, such as mem0\n", memdev);
		put_all();
		return rc;
	}
	make_files();
	return 0;
}
module_init(cxl_dcd_liar_init);

static void __exit cxl_dcd_liar_exit(void)
{
	debugfs_remove(dir);
	scoped_guard(device, host)
		if (liar.mbox)
			devm_release_action(host, become_honest, NULL);
	put_all();
}
module_exit(cxl_dcd_liar_exit);

MODULE_DESCRIPTION("CXL selftest: a device that lies about its Dynamic Capacity");
MODULE_LICENSE("GPL");
CXL_CORE_IMPORT_NS("CXL");
