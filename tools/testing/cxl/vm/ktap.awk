#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
# Judges one lane's KTAP. Prints a line for each failure, with the names of the
# tests above it, below that the diagnostics, and at the end "PASSED FAILED SKIPPED".
#
#   awk -v lane=NAME -v status=EXIT_STATUS -f ktap.awk FILE
#
# A test with subtests is not counted, they are; but a parent that fails without
# a failed subtest is a failure. A skip is never a pass, "not ok" is never
# anything but a failure, and so are a plan that is missing or does not fit, a
# number out of order, "Bail out!", and a lane that ends badly or says nothing.

function fail(what) {
	failures[++failed] = what
}

# Of the diagnostics around a failed result: programs say why before it, the last
# being what matters, and the selftests after it.
BEGIN {
	most_before = 15
	most_after = 30
	deepest = 0
}

function diagnostic(line) {
	if (room > 0) {
		details[failed] = details[failed] "  " line "\n"
		room--
	} else {
		said[++lines] = line
	}
}

# the last failure is that of the result just read
function explain(	i) {
	for (i = lines > most_before ? lines - most_before + 1 : 1; i <= lines; i++)
		details[failed] = details[failed] "  " said[i] "\n"
	room = most_after
}

# the document at this depth begins
function open_document(d) {
	open[d] = 1
	planned[d] = -1
	seen[d] = 0
	bailed[d] = 0
	before[d] = failed
}

# It ends, with all below it. Returns how many tests it had.
function close_document(d,	i) {
	for (i = deepest; i >= d; i--) {
		if (!open[i])
			continue
		open[i] = 0
		if (bailed[i])
			continue
		if (planned[i] < 0)
			fail("no plan after " seen[i] " results at depth " i)
		else if (planned[i] != seen[i])
			fail("planned " planned[i] ", saw " seen[i] " at depth " i)
	}
	deepest = d
	return seen[d]
}

function result(d, line,	ok, skip, name, children, title, i) {
	ok = line ~ /^ok/
	skip = ok && toupper(line) ~ /# *SKIP/
	name = line
	sub(/^(not )?ok */, "", name)

	children = 0
	if (open[d + 1])
		children = close_document(d + 1) || bailed[d + 1]
	if (!open[d])
		open_document(d)
	seen[d]++
	if (match(name, /^[0-9]+/) && substr(name, 1, RLENGTH) + 0 != seen[d])
		fail("number " substr(name, 1, RLENGTH) " where " seen[d] " is due: " line)

	room = 0
	if (children) {
		title = name
		sub(/^[0-9]+ *(- *)?/, "", title)
		sub(/ *#.*/, "", title)
		for (i = before[d + 1] + 1; i <= failed; i++)
			failures[i] = title ": " failures[i]
		if (!ok && before[d + 1] == failed) {
			fail(line)
			explain()
		}
	} else if (!ok) {
		fail(line)
		explain()
	} else if (skip) {
		skipped++
	} else {
		passed++
	}
	lines = 0
}

{
	sub(/\r$/, "")
	line = $0
	sub(/^ +/, "", line)
	depth = int((length($0) - length(line)) / 2)
	if (line ~ /^#/) {
		diagnostic(line)
		next
	}
	if (line !~ /^(K?TAP version [0-9]+|[0-9]+\.\.[0-9]+( |$)|(not )?ok( |$)|Bail out!)/)
		next
	if (depth > deepest)
		deepest = depth
}

line ~ /^K?TAP version/ {
	if (open[depth])
		close_document(depth)
	open_document(depth)
	next
}

line ~ /^[0-9]+\.\./ {
	# cmocka's groups follow one another without a version line
	if (open[depth] && planned[depth] >= 0)
		close_document(depth)
	if (!open[depth])
		open_document(depth)
	planned[depth] = substr(line, index(line, "..") + 2) + 0
	documents++
	if (depth == 0 && planned[0] == 0) {
		if (toupper(line) ~ /# *SKIP/)
			skipped++
		else
			fail("a plan of no tests")
	}
	next
}

line ~ /^Bail out!/ {
	if (!open[depth])
		open_document(depth)
	bailed[depth] = 1
	fail(line)
	next
}

{ result(depth, line) }

END {
	close_document(0)
	if (!documents && !failed)
		fail("no results")
	if (status != 0 && !failed)
		fail("exit status " status)
	for (i = 1; i <= failed; i++)
		printf "FAILED %s: %s\n%s", lane, failures[i], details[i]
	print passed + 0, failed + 0, skipped + 0
}
