#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Health and alerts: what a user has the device say of itself, what cxl list shows of it,
# what cxl set-alert-config can set, and the records and trace events of what changes.
set -eu
cd "$(dirname "$0")"
. ./lib.sh
. ./lib-dcdctl.sh

tracing=/sys/kernel/tracing

begin 18
need_dcdctl
load_base
need_no_mock
[ -d $tracing/events/cxl/cxl_memory_module ] ||
	skip_all "this kernel has no trace event cxl:cxl_memory_module (CONFIG_TRACING)"
mkdir $tracing/instances/health
trace=$tracing/instances/health
echo 1 >$trace/events/cxl/cxl_memory_module/enable

# traced PATTERN...: one record since the last time, that has each of them; none: no record
traced()
{
	traced_event cxl_memory_module: "$@"
}
# health FIELD: as cxl list shows it
health()
{
	cxl list -M -H -m "$mem" | jq -r ".[0].health.$1"
}
# alert FIELD: the same of the alert configuration
alert()
{
	cxl list -M -A -m "$mem" | jq -r ".[0].alert_config.$1"
}
# set_health OPTION...: with dcdctl; it returns when the host has read the logs
set_health()
{
	dcdctl health "$mem" "$@" >/tmp/health
}

load_mock dc_total_size=1G dc_backing=phantom
mem=$(mock_memdev)
dir=$(realpath "$devices/$mem/..")/health

healthy()
{
	equal "$(dcdctl health "$mem" | jq -c .)" \
		'{"status":"normal","media_status":"normal","life_used":0,"temperature":25,"dirty_shutdowns":0,"corrected_errors":0}'
}
ok "the health is normal at first" healthy
no_alerts()
{
	equal "$(alert life_used_prog_warn_threshold_writable)" false &&
		fails cxl set-alert-config "$mem" --life-used-threshold=50 --life-used-alert=on
}
ok "by default no alert can be set" no_alerts
status()
{
	set_health --status maintenance,degraded &&
		traced "memdev=$mem " log=Warning "event_type='Health Status Change'" \
			"health_status='MAINTENANCE_NEEDED|PERFORMANCE_DEGRADED'" &&
		equal "$(health maintenance_needed)" true &&
		equal "$(health performance_degraded)" true &&
		equal "$(health hw_replacement_needed)" false
}
ok "a health status: cxl list shows it, and a warning tells of it" status
replacement()
{
	set_health --status replacement && traced log=Failure "health_status='REPLACEMENT_NEEDED'" &&
		equal "$(health hw_replacement_needed)" true && set_health --status normal &&
		traced log=Informational
}
ok "a device to be replaced is a failure, a repaired one is information" replacement
media()
{
	set_health --media-status data_lost &&
		traced log=Failure "event_type='Media Status Change'" "media_status='All Data Lost'" &&
		equal "$(health media_normal)" false && equal "$(health media_data_lost)" true &&
		set_health --media-status data_loss_imminent && traced log=Warning &&
		equal "$(health media_data_loss_imminent)" true &&
		set_health --media-status normal && traced log=Informational
}
ok "a media status: cxl list shows it, and a record reports it" media
numbers()
{
	set_health --life-used 99 --temperature -40 --dirty-shutdowns 3 --corrected-errors 70000 &&
		traced && equal "$(health life_used_percent)" 99 &&
		equal "$(health dirty_shutdowns)" 3 && equal "$(health volatile_errors)" 70000 &&
		equal "$(jq -c '[.life_used, .temperature]' /tmp/health)" "[99,-40]" &&
		equal "$(health ext_life_used)" normal
}
ok "numbers are shown, and without alerts there is no record" numbers
module_record()
{
	dcdctl event "$mem" --type memory_module --log fatal &&
		traced log=Fatal "life_used=99 " "device_temp=-40 " "dirty_shutdown_cnt=3 " \
			"cor_vol_err_cnt=70000 "
}
ok "a memory module record has the numbers" module_record
attributes()
{
	echo -17 >"$dir/temperature" && equal "$(cat "$dir/temperature")" -17 &&
		echo degraded,replacement >"$dir/status" &&
		equal "$(cat "$dir/status")" degraded,replacement && traced log=Failure || return 1
	while read -r attribute text; do
		if { printf %s "$text" >"$dir/$attribute"; } 2>/dev/null; then
			echo "$attribute: $text was taken"
			return 1
		fi
	done <<-EOL
		status normal,degraded
		media_status lost
		life_used 101
		temperature -274
		dirty_shutdowns 4294967296
		corrected_errors -1
	EOL
	traced && log | tail -n 1 | grep -q "health/corrected_errors: '-1': must be 0 to 4294967295" &&
		equal "$(cat "$dir/temperature" "$dir/status" "$dir/life_used" | xargs)" \
			"-17 degraded,replacement 99"
}
ok "the attributes of health refuse invalid values" attributes
usage()
{
	while IFS='|' read -r words text; do
		# shellcheck disable=SC2086 # words
		ends 2 "$text" dcdctl health "$mem" $words || return 1
	done <<-EOL
		--status bad|--status bad: must be one of normal, maintenance
		--status normal,degraded|must be one of
		--media-status not_ready,data_lost|must be one of normal, not_ready, persistence_lost
		--life-used 101|--life-used 101: must be a number from 0 to 100
		--temperature -5 --life-used x|--life-used x: must be
		--temperature 1001|must be a number from -273 to 1000
		--qmp=x|--qmp: not supported
	EOL
	equal "$(cat "$dir/temperature")" -17 && traced
}
ok "invalid arguments: 2, one line, and nothing is set" usage
ok "--dry-run prints a shell command" eval "equal \"\$(dcdctl health $mem --life-used 7 -n)\" \
	\"echo 7 > /sys/bus/platform/devices/\$(basename \$(dirname $dir))/health/life_used\""
unload_mock

load_mock dc_total_size=1G dc_backing=phantom alerts=1
mem=$(mock_memdev)
programmable()
{
	cxl list -M -A -m "$mem" | jq -e '.[0].alert_config |
		.life_used_prog_warn_threshold_writable and
		.dev_over_temperature_prog_warn_threshold_writable and
		.dev_under_temperature_prog_warn_threshold_writable and
		.corrected_volatile_mem_err_prog_warn_threshold_writable and
		(.corrected_pmem_err_prog_warn_threshold_writable | not) and
		(.life_used_prog_warn_threshold_valid | not) and
		.life_used_crit_alert_threshold == 90 and
		.dev_over_temperature_crit_alert_threshold == 85'
}
ok "with alerts cxl list shows which can be set" programmable
configured()
{
	cxl set-alert-config "$mem" --life-used-threshold=50 --life-used-alert=on \
		--over-temperature-threshold=60 --over-temperature-alert=on \
		--under-temperature-threshold=-5 --under-temperature-alert=on \
		--volatile-mem-err-threshold=10 --volatile-mem-err-alert=on &&
		cxl list -M -A -m "$mem" | jq -e '.[0].alert_config |
			.life_used_prog_warn_threshold_valid and
			.life_used_prog_warn_threshold == 50 and
			.dev_over_temperature_prog_warn_threshold == 60 and
			.corrected_volatile_mem_err_prog_warn_threshold == 10' && traced
}
ok "cxl set-alert-config sets them, and cxl list shows it" configured
refused()
{
	fails cxl set-alert-config "$mem" --pmem-err-threshold=1 --pmem-err-alert=on &&
		fails cxl set-alert-config "$mem" --life-used-threshold=90 --life-used-alert=on &&
		equal "$(alert life_used_prog_warn_threshold)" 50
}
ok "alerts of persistent capacity or beyond critical thresholds are refused" refused
life()
{
	set_health --life-used 49 && traced && set_health --life-used 50 &&
		traced log=Warning "event_type='Life Used Change'" "life_used=50 " &&
		equal "$(health ext_life_used)" warning && set_health --life-used 90 &&
		traced log=Failure && equal "$(health ext_life_used)" critical &&
		set_health --life-used 0 && traced log=Informational &&
		equal "$(health ext_life_used)" normal
}
ok "life used passes its thresholds: warning, critical, and normal again" life
temperature()
{
	set_health --temperature 60 &&
		traced log=Warning "event_type='Temperature Change'" "device_temp=60 " &&
		equal "$(health ext_temperature)" warning && set_health --temperature 85 &&
		traced log=Failure && equal "$(health ext_temperature)" critical &&
		set_health --temperature -5 && traced log=Informational "device_temp=-5 " &&
		equal "$(health ext_temperature)" warning && set_health --temperature 25 &&
		traced log=Informational
}
ok "so does the temperature, in both directions" temperature
errors()
{
	set_health --corrected-errors 10 && traced log=Warning "cor_vol_err_cnt=10 " &&
		equal "$(health ext_corrected_volatile)" warning &&
		set_health --corrected-errors 0 && traced log=Informational
}
ok "so do the corrected errors" errors
off()
{
	cxl set-alert-config "$mem" --life-used-alert=off &&
		equal "$(alert life_used_prog_warn_threshold_valid)" false &&
		set_health --life-used 60 && traced && equal "$(health ext_life_used)" normal
}
ok "a disabled alert adds no record" off
rmdir $trace
ok "all modules unload" unload_mock

finish
