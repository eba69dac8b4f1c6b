// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory device's driver: what cxl_pci is for hardware, in its order, with
 * a mailbox that ends in cxl_mock_mailbox_exec() instead of in registers.
 */
#include <linux/cleanup.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "mock.h"

static int mbox_send(struct cxl_mailbox *mbox, struct cxl_mbox_cmd *cmd)
{
	struct cxl_mock *mock = to_cxl_mock(mbox->host);
	struct cxl_mbox_io io = {
		.in = cmd->payload_in,
		.in_len = cmd->size_in,
		.out = mock->payload,
		.out_max = sizeof(mock->payload),
	};

	if (cmd->size_in > mbox->payload_size || (cmd->size_in && !cmd->payload_in))
		return -EINVAL;

	guard(mutex)(&mbox->mbox_mutex);
	guard(mutex)(&mock->lock);
	memset(mock->payload, 0, sizeof(mock->payload));
	cmd->return_code = cxl_mock_mailbox_exec(&mock->device, cmd->opcode, &io);
	/* clearing the log makes room for records that waited, and lets writers go on */
	cxl_mock_signal(mock);
	WRITE_ONCE(mock->cleared, cxl_mock_device_cleared(&mock->device));
	wake_up_all(&mock->clears);

	/* like hardware: what does not fit the reader's buffer is not read */
	cmd->size_out = cmd->payload_out ? min(cmd->size_out, io.out_len) : 0;
	memcpy(cmd->payload_out, mock->payload, cmd->size_out);
	cxl_mock_signal(mock);
	return 0;
}

/* Tells the host as hardware's interrupt would: which logs to look at. */
static void notify_host(struct work_struct *work)
{
	struct cxl_mock *mock = container_of(work, struct cxl_mock, notify);
	struct cxl_memdev_state *mds;
	u32 status;

	scoped_guard(mutex, &mock->lock) {
		mds = mock->mds;
		status = mock->device.signal;
		mock->device.signal = 0;
	}
	/* stop_signals() waits for this before @mds is freed */
	if (mds && status)
		cxl_mem_get_event_records(mds, status);
}

/**
 * cxl_mock_signal() - tell the host and the FM if there are new event records
 * @mock: the device
 *
 * Context: @mock->lock is held.
 */
void cxl_mock_signal(struct cxl_mock *mock)
{
	lockdep_assert_held(&mock->lock);
	if (mock->device.signal && mock->mds)
		schedule_work(&mock->notify);
	if (mock->device.fm_signal)
		cxl_mock_fm_notify(mock);
	mock->device.fm_signal = false;
}

static void stop_signals(void *data)
{
	struct cxl_mock *mock = data;

	scoped_guard(mutex, &mock->lock)
		WRITE_ONCE(mock->mds, NULL);
	wake_up_all(&mock->clears);
	cancel_work_sync(&mock->notify);
}

static int start_signals(struct cxl_mock *mock, struct cxl_memdev_state *mds)
{
	INIT_WORK(&mock->notify, notify_host);
	scoped_guard(mutex, &mock->lock) {
		mock->mds = mds;
		/* events that came after the logs were read */
		cxl_mock_signal(mock);
	}
	return devm_add_action_or_reset(mds->cxlds.dev, stop_signals, mock);
}

static void unlink_fm(void *dev)
{
	cxl_mock_fm_unlink(dev);
}

static int link_fm(struct cxl_mock *mock, struct device *host, struct cxl_memdev *cxlmd)
{
	int rc = cxl_mock_fm_link(mock, &cxlmd->dev);

	return rc ?: devm_add_action_or_reset(host, unlink_fm, &cxlmd->dev);
}

static int alloc_event_buf(struct cxl_memdev_state *mds)
{
	mds->event.buf = devm_kzalloc(mds->cxlds.dev, mds->cxlds.cxl_mbox.payload_size,
				      GFP_KERNEL);
	return mds->event.buf ? 0 : -ENOMEM;
}

/*
 * cxl_dcd keeps drivers that expect memory off capacity without any. A core that handles
 * Dynamic Capacity does not: it would online an extent without memory and crash.
 */
static int refuse_phantom(struct cxl_mock *mock, const struct cxl_memdev_state *mds)
{
	scoped_guard(mutex, &mock->lock)
		mock->no_phantom = cxl_core_handles_dcd(mds);
	if (!mock->no_phantom || mock->config.dc_backing != CXL_DC_BACKING_PHANTOM)
		return 0;
	dev_err(mds->cxlds.dev, "dc_backing=phantom: must be none or reserved, as this kernel's CXL core handles Dynamic Capacity and treats it as memory\n");
	return -EOPNOTSUPP;
}

static int cxl_mock_mem_probe(struct platform_device *pdev)
{
	struct cxl_mock *mock = cxl_mock_of_driver(pdev);
	struct cxl_memdev_state *mds;
	struct cxl_dev_state *cxlds;
	struct cxl_memdev *cxlmd;
	int rc;

	if (!mock)
		return -ENODEV;

	/* a former host may have left in the middle of a command */
	scoped_guard(mutex, &mock->lock)
		cxl_mock_device_new_host(&mock->device);

	mds = cxl_core_memdev_state_create(&pdev->dev, mock->config.serial);
	if (IS_ERR(mds))
		return PTR_ERR(mds);
	cxlds = &mds->cxlds;
	platform_set_drvdata(pdev, cxlds);

	rc = cxl_mailbox_init(&cxlds->cxl_mbox, &pdev->dev);
	if (rc)
		return rc;
	cxlds->cxl_mbox.payload_size = CXL_MOCK_PAYLOAD_SIZE;
	cxlds->cxl_mbox.mbox_send = mbox_send;
	cxlds->media_ready = true;

	rc = cxl_enumerate_cmds(mds);
	if (rc)
		return rc;

	rc = cxl_set_timestamp(mds);
	if (rc)
		return rc;

	rc = cxl_poison_state_init(mds);
	if (rc)
		return rc;

	rc = cxl_dev_state_identify(mds);
	if (rc)
		return rc;

	rc = refuse_phantom(mock, mds);
	if (rc)
		return rc;

	rc = cxl_core_dpa_setup(mds);
	if (rc)
		return rc;

	rc = alloc_event_buf(mds);
	if (rc)
		return rc;

	cxlmd = cxl_core_add_memdev(cxlds);
	if (IS_ERR(cxlmd))
		return PTR_ERR(cxlmd);

	rc = link_fm(mock, &pdev->dev, cxlmd);
	if (rc)
		return rc;

	if (!resource_size(&cxlds->dpa_res))
		dev_info(&pdev->dev, "Dynamic Capacity not used: this kernel's CXL core does not support it: load cxl_dcd, then create this device again\n");

	cxl_mem_get_event_records(mds, CXLDEV_EVENT_STATUS_ALL);
	return start_signals(mock, mds);
}

struct platform_driver cxl_mock_mem_driver = {
	.probe = cxl_mock_mem_probe,
	.driver = {
		.name = "cxl_mock_dcd",
		.dev_groups = cxl_mock_mem_groups,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};
