# SPDX-License-Identifier: GPL-2.0-only
#
# cxl-dcd: `make help` lists what there is to make.

KDIR ?= /lib/modules/$(shell uname -r)/build
RELEASE = $(or $(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null),unknown)
OUT = $(CURDIR)/build/modules/$(RELEASE)
KBUILD = $(MAKE) -C $(KDIR) M=$(OUT)

export UNTRIED

.PHONY: help modules modules_install clean

# Objects stay out of the source tree: kbuild works on a copy made of links.
modules: ## build the modules: KDIR=directory of a kernel's headers
	@mkdir -p $(OUT)
	@cp -rsf $(CURDIR)/Kbuild $(CURDIR)/drivers $(CURDIR)/include $(OUT)/
	@include/cxl/core/btf2h $(KDIR) $(OUT)/include/cxl/core/generated.h
	$(KBUILD) modules

modules_install: ## as root: install the modules that make has built, for modprobe
	$(KBUILD) modules_install

help: ## list the targets
	@sed -n 's/^\([a-z_-]*\):.* ## /\1\t/p' $(MAKEFILE_LIST) | \
		awk -F '\t' '{ printf "make %-16s %s\n", $$1, $$2 }'

clean: ## remove what was built
	rm -rf build
