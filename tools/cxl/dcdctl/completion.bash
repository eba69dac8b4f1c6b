# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2207 # names have no spaces
# Completion for dcdctl: what its own --help lists.

_dcdctl_words()
{
	"$1" "${@:2}" --help 2> /dev/null | awk '
		/^    -/ { for (i = 1; i <= NF && i <= 2; i++) if ($i ~ /^--/) {
				sub(/\[.*/, "", $i); print $i } }
		/^    [a-z]/ { print $1 }'
}

_dcdctl_devices()
{
	local dir
	for dir in /sys/bus/cxl/devices/mem*/fm; do
		[ ! -e "$dir" ] || basename "${dir%/fm}"
	done
	ls /sys/kernel/config/cxl_mock_dcd 2> /dev/null
}

_dcdctl()
{
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local words=() word next
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in
		list | map | add | release | config | ref | create | destroy | backend | event | health | \
			monitor | raw | remove | attach | detach) words+=("$word") ;;
		esac
	done
	case $previous in
	--qmp) COMPREPLY=($(compgen -f -- "$current")) ;;
	--policy | -p) COMPREPLY=($(compgen -W "free contiguous prescriptive" -- "$current")) ;;
	--backing) COMPREPLY=($(compgen -W "none phantom reserved" -- "$current")) ;;
	--kind) COMPREPLY=($(compgen -W "phantom reserved" -- "$current")) ;;
	--type) COMPREPLY=($(compgen -W "general_media dram memory_module poison" -- "$current")) ;;
	--device-event) COMPREPLY=($(compgen -W "health media life_used temperature data_path lsa \
		sideband_bus media_fru power" -- "$current")) ;;
	--log | -l) COMPREPLY=($(compgen -W "info warning failure fatal" -- "$current")) ;;
	--status) COMPREPLY=($(compgen -W "normal maintenance degraded replacement" -- "$current")) ;;
	--tag | -t) COMPREPLY=($(compgen -W new -- "$current")) ;;
	*)
		next=$(_dcdctl_words "$1" "${words[@]}")
		# commands, if there are any; else devices, and options for who asks for them
		[[ $next != -* || $current = -* ]] || next=$(_dcdctl_devices)
		COMPREPLY=($(compgen -W "$next" -- "$current"))
		;;
	esac
}
complete -F _dcdctl dcdctl
