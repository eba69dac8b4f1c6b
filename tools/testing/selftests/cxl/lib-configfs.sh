# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the selftests of configfs share. Sourced by a test, after load_base.

modprobe configfs 2>/dev/null || :
root=/sys/kernel/config
[ -d $root ] || skip_all "this kernel has no configfs (CONFIG_CONFIGFS_FS)"
grep -q " $root configfs" /proc/mounts || mount -t configfs config $root
root=$root/cxl_mock_dcd

# put_input FILE: what comes on stdin as one write, with dd, which says the errno
put_input()
{
	dd of="$root/$1" bs=4096 2>/tmp/put.error || {
		cat /tmp/put.error
		return 1
	}
}

# put VALUE FILE
put()
{
	printf '%s' "$1" | put_input "$2"
}

# put_bytes FORMAT FILE: with the escapes of printf, such as \000
put_bytes()
{
	# shellcheck disable=SC2059 # a format
	env printf "$1" | put_input "$2"
}

# refused ERRNO TEXT COMMAND...: COMMAND fails so, with TEXT as the log's one line
refused()
{
	error=$1
	text=$2
	shift 2
	before=$(log | grep -c 'cxl_mock_dcd' || :)
	if output=$("$@" 2>&1); then
		echo "was accepted"
		return 1
	fi
	case $output in
	*"$error"*) ;;
	*)	echo "error is '$output', should be '$error'"
		return 1 ;;
	esac
	lines=$(log | grep 'cxl_mock_dcd' | tail -n +$((before + 1)) | sed 's/^\[[^]]*\] //')
	equal "$lines" "$text"
}

# not ERRNO TEXT VALUE FILE: as refused, of a value in configfs
not()
{
	refused "$1" "cxl_mock_dcd: $2" put "$3" "$4"
}

# not_bytes ERRNO TEXT FORMAT FILE
not_bytes()
{
	refused "$1" "cxl_mock_dcd: $2" put_bytes "$3" "$4"
}

value()
{
	equal "$(cat "$root/$2")" "$1"
}

# shellcheck disable=SC2034 # for the test
{
	EINVAL="Invalid argument"
	ERANGE="Numerical result out of range"
	EBUSY="Device or resource busy"
	ENODEV="No such device"
	EEXIST="File exists"
	EOPNOTSUPP="Operation not supported"
	ENOTEMPTY="Directory not empty"
	EMEDIUM="Wrong medium type"
}
