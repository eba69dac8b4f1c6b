/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_MOCK_COMPONENT_H__
#define __CXL_MOCK_COMPONENT_H__

#include "mailbox.h"

enum cxl_mbox_rc cxl_mock_component_identify(struct cxl_mock_device *device,
					     struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_component_background(struct cxl_mock_device *device,
					       struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_component_get_limit(struct cxl_mock_device *device,
					      struct cxl_mbox_io *io);
enum cxl_mbox_rc cxl_mock_component_set_limit(struct cxl_mock_device *device,
					      struct cxl_mbox_io *io);
size_t cxl_mock_component_limit(const struct cxl_mock_device *device);

#endif /* __CXL_MOCK_COMPONENT_H__ */
