// SPDX-License-Identifier: GPL-2.0-only
/* Tagged backends: what is behind an extent of a device that has nothing else. */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/minmax.h>

#include "internal.h"

/**
 * dc_backend_find() - find a backend
 * @dc: the engine
 * @tag: the tag that names it
 *
 * Return: the backend, NULL if none is attached.
 */
struct cxl_dc_backend *dc_backend_find(struct cxl_dc *dc, const u8 *tag)
{
	struct cxl_dc_backend *backend;

	list_for_each_entry(backend, &dc->backends, list)
		if (!memcmp(backend->tag, tag, CXL_DC_TAG_LEN))
			return backend;
	return NULL;
}

/**
 * cxl_dc_backend_is_held() - whether only the FM's reference keeps a backend in use
 * @backend: attached backend
 *
 * Return: true if the host has given back the extent that uses it.
 */
bool cxl_dc_backend_is_held(const struct cxl_dc_backend *backend)
{
	const struct dc_tag *tag = backend->user;

	return tag && !tag->nr_offered && !tag->nr_accepted;
}

/**
 * dc_is_unbacked() - whether nothing is behind any of the capacity
 * @dc: the engine
 *
 * Return: true without a backing of its own and without backends.
 */
bool dc_is_unbacked(const struct cxl_dc *dc)
{
	return dc->backing == CXL_DC_BACKING_NONE && list_empty(&dc->backends);
}

/**
 * dc_refuse_unbacked() - refuse a command that needs something behind capacity
 * @dc: the engine
 *
 * Return: Unsupported.
 */
enum cxl_mbox_rc dc_refuse_unbacked(struct cxl_dc *dc)
{
	return dc_refuse(dc, CXL_RC_UNSUPPORTED,
			 "nothing is behind the capacity: attach a backend, or load with dc_backing=phantom");
}

/**
 * cxl_dc_block_min() - what the size of every extent is a multiple of
 * @dc: the engine
 *
 * Return: bytes of the smallest block that a DC region has.
 */
u64 cxl_dc_block_min(const struct cxl_dc *dc)
{
	u64 block = dc->regions[0].block_size;

	for (unsigned int i = 1; i < dc->nr_regions; i++)
		block = min(block, dc->regions[i].block_size);
	return block;
}

/**
 * cxl_dc_backend_attach() - attach a backend
 * @dc: the engine
 * @backend: the backend, which stays where it is until it is detached
 * @tag: the tag that names it
 * @size: bytes
 * @kind: what it is
 *
 * Return: 0; -EINVAL without a tag or a size; -ERANGE for a size that no extent
 * can have; -EMEDIUMTYPE if only one of the device's window and the backend is
 * memory; -EEXIST if a backend has the tag, or an extent that does not need one.
 */
int cxl_dc_backend_attach(struct cxl_dc *dc, struct cxl_dc_backend *backend,
			  const u8 *tag, u64 size, enum cxl_dc_backing kind)
{
	bool is_memory = kind == CXL_DC_BACKING_RESERVED;

	if (dc_tag_is_null(tag) || !size || kind == CXL_DC_BACKING_NONE)
		return -EINVAL;
	if (is_memory != dc->memory)
		return -EMEDIUMTYPE;
	if (!IS_ALIGNED(size, cxl_dc_block_min(dc)) || size > dc->regions[0].len)
		return -ERANGE;
	if (dc_backend_find(dc, tag) || dc_tag_find(dc, tag))
		return -EEXIST;

	*backend = (struct cxl_dc_backend) {
		.size = size,
		.kind = kind,
	};
	memcpy(backend->tag, tag, CXL_DC_TAG_LEN);
	list_add_tail(&backend->list, &dc->backends);
	return 0;
}

/**
 * cxl_dc_backend_detach() - detach a backend
 * @dc: the engine
 * @backend: attached backend
 *
 * Return: 0; -EBUSY if it is offered or bound to an extent.
 */
int cxl_dc_backend_detach(struct cxl_dc *dc, struct cxl_dc_backend *backend)
{
	if (backend->user)
		return -EBUSY;
	list_del_init(&backend->list);
	return 0;
}
