#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bench-run.sh: runs make run twice in a copy of this checkout, with an empty cache and
# with what the first has left, and prints as figures what each takes, and what for.
set -eu -o pipefail
# shellcheck source=tools/testing/cxl/vm/lib.sh
. "$(dirname "$0")/lib.sh"

work=$(mktemp -d "$BUILD/bench-run.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/checkout"
cd "$TOP"
git ls-files -z | xargs -0 cp --parents -t "$work/checkout"

# phases HOW: of the progress that make run has shown, what took how long
phases() {
	awk -v how="$1" '
		function figure(what, seconds) {
			printf "figure\tmake run, %s%s\t%d\ts\t\t\n", how, what, seconds
		}
		function begins(next_phase) {
			if (phase != "") {
				if (!(phase in took))
					order[++phases] = phase
				took[phase] += $2 - since
			}
			phase = next_phase
			since = $2
		}
		!/^\[ *[0-9]+ s\] / { next }
		{ sub(/^\[ */, "[ ") }
		/ making the Debian tree/ { begins("the Debian tree") }
		/ building the modules/ { begins("the modules and programs") }
		/ booting / { begins("the guest, and what it shows") }
		/ trying KVM/ { begins("whether KVM works") }
		/ guests of .* use / { begins("the guest, and what it shows") }
		/ done$/ { begins(""); figure("", $2); done = 1 }
		END {
			for (i = 1; i <= phases; i++)
				figure(": " order[i], took[order[i]])
			exit !done
		}'
}

for how in cold warm; do
	progress "make run, $how"
	log=$BUILD/log/bench-run-$how
	env -u CXL_DCD_START -u CXL_DCD_TREE XDG_CACHE_HOME="$work/cache" \
		make -C "$work/checkout" --no-print-directory run > "$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "make run has failed, see build/log/bench-run-$how"
	}
	phases "$how" < "$log"
done
