/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_REDIRECT_H__
#define __CXL_REDIRECT_H__

#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/ftrace.h>
#include <linux/lockdep.h>

struct module;

/**
 * struct cxl_redirect - one function answered by another
 * @target: function of the kernel, or of a module that its user depends on
 * @replacement: function with its prototype, and with the guard of the table
 *
 * Define one with DEFINE_CXL_REDIRECT().
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
 */
struct cxl_redirect_table {
	const struct cxl_redirect *const *redirects;
	unsigned int nr;
	struct module *owner;
	struct ftrace_ops ops;
	int __percpu *calls;
	struct lockdep_map running;
};

/**
 * DEFINE_CXL_REDIRECT_TABLE() - define the redirects of this module
 * @_name: name of the struct cxl_redirect_table
 * @_redirects: array of pointers to struct cxl_redirect
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

/**
 * DEFINE_CXL_REDIRECT() - have a function answered by another
 * @_table: struct cxl_redirect_table that will have it
 * @_target: function of the kernel, or of a module that its user depends on
 * @_answer: function that answers, which may call @_target
 * @_ret: type that both return
 * @_proto: their parameters, in parentheses
 * @_args: the names of these, in parentheses
 *
 * Defines redirect_@_target, for the array of a table, and redirected_@_target(), which
 * the hook calls in the place of @_target. Its guard ends the call that the hook has
 * counted, so unregistering waits for it; as that runs last, it also keeps the compiler
 * from turning a call of @_target by @_answer into a jump, which would look like a call
 * from the core. The build fails if the prototype is not that of @_target.
 */
#define DEFINE_CXL_REDIRECT(_table, _target, _answer, _ret, _proto, _args)	\
	static __typeof__(_target) redirected_##_target;			\
	static _ret redirected_##_target _proto					\
	{									\
		guard(cxl_redirect)(&(_table));					\
										\
		return _answer _args;						\
	}									\
	static const struct cxl_redirect redirect_##_target = {			\
		.target = (_target),						\
		.replacement = redirected_##_target,				\
	}

#endif /* __CXL_REDIRECT_H__ */
