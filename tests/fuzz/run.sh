#!/bin/sh
# Each harness for so many seconds, from its seeds and what earlier runs found. run.sh FOLDER SECONDS NAME...
# What it finds stays in FOLDER/found/<name>/ (crash-…, timeout-…); what it learned in FOLDER/corpus/<name>/. Exit status 1 after a finding.
set -u
folder=$1 seconds=$2
shift 2
here=$(dirname "$0")
status=0
for name in "$@"; do
	mkdir -p "$folder/corpus/$name" "$folder/found/$name"
	dict=
	[ -f "$here/dict/$name.dict" ] && dict=-dict=$here/dict/$name.dict
	UBSAN_OPTIONS=print_stacktrace=1 nice "$folder/fuzz_$name" $dict -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192 \
		-print_final_stats=1 -artifact_prefix="$folder/found/$name/" "$folder/corpus/$name" "$here/seeds/$name" >"$folder/$name.log" 2>&1
	ended=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/$name.log")
	covered=$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$folder/$name.log" | tail -1)
	if [ $ended = 0 ]; then
		echo "ok   $name: ${runs:-?} inputs in $seconds s, ${covered:-?} edges"
	else
		echo "FAIL $name: see $folder/$name.log and $folder/found/$name/"
		status=1
	fi
done
exit $status
