#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# smoke.sh NAME RELEASE COMMAND [OPTION]...: builds for RELEASE of the tree CXL_DCD_TREE, and
# runs COMMAND in a guest NAME of it, which gets the options of guest.sh. Prints KTAP.
set -eu
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

name=$1
release=$2
command=$3
shift 3
prepare "$release" >&2
exec "$VM/guest.sh" -n "$name" -t 900 "$@" "$release" "$command"
