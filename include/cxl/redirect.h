/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_REDIRECT_H__
#define __CXL_REDIRECT_H__

#include <linux/cleanup.h>
#include <linux/ftrace.h>
#include <linux/lockdep.h>

struct module;

/**
 * struct cxl_redirect - one function answered by another
 * @target: function of the kernel, or of a module that its user depends on
 * @replacement: function of the user's module with the prototype of @target
 */
struct cxl_redirect {
	void *target;
	void *replacement;
};

/**
 * struct cxl_redirect_table - the redirects of one module
 * @redirects: the redirects
 * @nr: number of @redirects
 * @owner: the module whose calls of a target reach the target itself
 * @ops: private: the ftrace hook
 * @calls: private: replacements running now. Each CPU counts the calls that began on it
 *	   up and those that ended on it down, so that a call writes nothing that CPUs share
 * @running: private: what lockdep knows of the wait for @calls
 *
 * Define one with DEFINE_CXL_REDIRECT_TABLE().
 *
 * Each replacement begins with guard(cxl_redirect)(&table). The guard ends the
 * call that the hook has counted, so unregistering waits for it; as it runs
 * last, it also keeps the compiler from turning a replacement's call of its
 * target into a jump, which would look like a call from the core.
 */
struct cxl_redirect_table {
	const struct cxl_redirect *redirects;
	unsigned int nr;
	struct module *owner;
	struct ftrace_ops ops;
	int __percpu *calls;
	struct lockdep_map running;
};

/**
 * DEFINE_CXL_REDIRECT_TABLE() - define the redirects of this module
 * @_name: name of the struct cxl_redirect_table
 * @_redirects: array of struct cxl_redirect
 */
#define DEFINE_CXL_REDIRECT_TABLE(_name, _redirects)		\
	struct cxl_redirect_table _name = {			\
		.redirects = _redirects,			\
		.nr = ARRAY_SIZE(_redirects),			\
		.owner = THIS_MODULE,				\
	}

int cxl_redirect_register(struct cxl_redirect_table *table);
void cxl_redirect_unregister(struct cxl_redirect_table *table);
void cxl_redirect_end(struct cxl_redirect_table *table);

/* The hook has counted the call already. */
static inline void cxl_redirect_begin(struct cxl_redirect_table *table)
{
	lock_map_acquire_read(&table->running);
}

DEFINE_GUARD(cxl_redirect, struct cxl_redirect_table *, cxl_redirect_begin(_T),
	     cxl_redirect_end(_T))

#endif /* __CXL_REDIRECT_H__ */
