# SPDX-License-Identifier: GPL-2.0-only
#
# cxl-dcd: `make help` lists what there is to make.

VM := tools/testing/cxl/vm

KDIR ?= /lib/modules/$(shell uname -r)/build
RELEASE = $(or $(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null),unknown)
OUT = $(CURDIR)/build/modules/$(RELEASE)
KBUILD = $(MAKE) -C $(KDIR) M=$(OUT)

# what the scripts take from the command line
export KERNEL KERNELS MIRROR REFRESH UNTRIED STRESS_SECONDS FUZZ_SECONDS
# kbuild takes an empty one for an architecture
ifdef ARCH
export ARCH
endif

.PHONY: help modules modules_install headers_install dcdctl deb docs sparse lint unit fuzz \
	prepare run run-shared quick check check-debug stress shell bench clean clean-cache

# With KERNEL= the modules are built in the tree, for that kernel.
ifdef KERNEL
modules: ## build the modules: KDIR=directory of a kernel's headers, or KERNEL=7.3 or 6.12
	@$(VM)/tree.sh
	@$(VM)/each-kernel.sh modules
else
modules: kbuild-dir
	$(KBUILD) modules
endif

# Objects stay out of the source tree: kbuild works on a copy made of links.
# The package of the modules has no selftests.
SOURCES := Kbuild drivers include \
	$(wildcard tools/testing/selftests/cxl/modules tools/testing/cxl/unit)

.PHONY: kbuild-dir
kbuild-dir: generated
	@cp -rsf $(SOURCES:%=$(CURDIR)/%) $(OUT)/
	@find $(OUT) -xtype l -delete

# By content, not by date: packages keep the dates that their files were given.
FENCE := include/cxl/core
FENCE_TABLES := kernels requirements types functions forms/*
.PHONY: generated
generated:
	@mkdir -p $(OUT)/$(FENCE)
	@sum=$$(echo "$(UNTRIED)" | cat - $(addprefix $(FENCE)/,btf2h $(FENCE_TABLES)) \
			$(wildcard $(addprefix $(KDIR)/,.config Module.symvers \
				include/config/kernel.release)) \
			$$($(FENCE)/btf2h --btf $(KDIR) 2>/dev/null) | sha256sum); \
	[ "$$sum" = "$$(cat $(OUT)/.generated 2>/dev/null)" ] && \
			[ -e $(OUT)/$(FENCE)/generated.h ] || { \
		$(FENCE)/btf2h $(KDIR) $(OUT)/$(FENCE)/generated.h && \
		echo "$$sum" >$(OUT)/.generated; }

modules_install: ## as root: install the modules that make has built, for modprobe
	$(KBUILD) modules_install CONFIG_MODULE_SIG_ALL=
	$(if $(INSTALL_MOD_PATH),,depmod $(RELEASE))

# What does not run in a guest, or tests all that there is, is for this machine.
ifdef ARCH
.PHONY: native
native:
	@[ "$(ARCH)" = "$$(dpkg --print-architecture)" ] || { \
		echo "ARCH=$(ARCH): must be used with run, shell, prepare, modules or sparse; make the others without it" >&2; \
		exit 1; }
dcdctl deb docs lint unit fuzz quick bench: native
endif

dcdctl: ## build the command for a fabric manager
	@$(VM)/tree.sh
	@$(VM)/in-tree.sh $(MAKE) --no-print-directory -C tools/cxl/dcdctl

headers_install: ## as root: install the header for FM software: INSTALL_HDR_PATH=/usr
	install -D -m 644 -t $(or $(INSTALL_HDR_PATH),/usr)/include/cxl include/uapi/cxl/dcd.h

help: ## list the targets
	@sed -n 's/^\([a-z_-]*\):.* ## /\1\t/p' $(MAKEFILE_LIST) | \
		awk -F '\t' '{ printf "make %-16s %s\n", $$1, $$2 }'

run: ## boot Debian's kernel in a VM and show all that there is: KERNEL=7.3 or 6.12
	@$(VM)/run.sh

run-shared: ## boot two hosts that share one memory, and show what that is good for
	@$(VM)/shared.sh

quick: ## run what a change needs before it is committed: KERNEL=, FUZZ_SECONDS=10
	@$(VM)/quick.sh

check: ## run all tests, on every supported kernel that Debian has; KERNEL=, KERNELS=all
	@$(VM)/check.sh

check-debug: ## run the selftests and a short stress on a kernel that watches itself
	@$(VM)/check-debug.sh

stress: ## only the stress, for 2 x STRESS_SECONDS=900, and 1000 loads, on that kernel
	@STRESS_SECONDS=$(or $(STRESS_SECONDS),900) $(VM)/check-debug.sh stress loads

shell: ## boot the same VM to a shell, the modules in /root
	@$(VM)/shell.sh

deb: ## build the Debian packages, into build/deb, and check them with lintian
	@$(VM)/deb.sh

docs: ## build the documentation as HTML, into build/docs
	@$(VM)/tree.sh
	@$(VM)/sphinx.sh
	@$(VM)/in-tree.sh tools/testing/cxl/lint/docs.sh html build/docs

prepare: ## download and unpack what run and shell need, and nothing else
	@$(VM)/tree.sh small

# These run in the tree, which has the tools; KDIR= names one of its kernels.
ifeq ($(origin KDIR),command line)
sparse: ## check types and endianness in every file
	@tools/testing/cxl/lint/sparse.sh $(KDIR)
else
sparse:
	@$(VM)/tree.sh
	@$(VM)/each-kernel.sh sparse
endif

lint: ## check the style of C, shell and text
	@$(VM)/tree.sh
	@$(VM)/checkpatch.sh
	@$(VM)/sphinx.sh || :
	@$(VM)/in-tree.sh tools/testing/cxl/lint/lint.sh

unit: ## run the unit tests of what builds in user space
	@$(VM)/tree.sh
	@$(VM)/in-tree.sh $(MAKE) --no-print-directory -C tools/testing/cxl/unit

fuzz: ## feed the engine random commands: FUZZ_SECONDS=60, FUZZ_SEED=1
	@$(VM)/tree.sh
	@$(VM)/in-tree.sh $(MAKE) --no-print-directory -C tools/testing/cxl/fuzz \
		FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) FUZZ_SEED=$(or $(FUZZ_SEED),1)

bench: ## measure what a device costs, as ratios
	@$(VM)/bench.sh

clean: ## remove what was built
	rm -rf build

clean-cache: ## remove what was downloaded, for all checkouts
	rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/cxl-dcd"
