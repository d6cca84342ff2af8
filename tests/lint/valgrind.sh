#!/bin/sh
# Unit tests under one of valgrind's tools: valgrind.sh TOOL PROGRAM... A row of tests/PROOF.md says what was run; fails after a finding.
set -u
tool=$1
shift
here=$(dirname "$0")
log=$(mktemp)
trap 'rm -f "$log"' EXIT
case $tool in
memcheck) how="--leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite" ;;
helgrind) how="--history-level=approx" ;;
esac
clean=0 found=
for program in "$@"; do
	name=$(basename "$program")
	# Times mean nothing here, so that what a test checks of them does not count; children of a test are looked at by the sanitizers.
	SPORTELLO_SLOW=1 nice valgrind --tool="$tool" --quiet --error-exitcode=99 --child-silent-after-fork=yes \
		--suppressions="$here/valgrind.supp" $how "$program" >"$log" 2>&1
	ended=$?
	# It ran to its end: it has told its plan, which valgrind does not when it cannot begin.
	if [ $ended -lt 99 ] && grep -qE '^1\.\.[0-9]+$' "$log"; then
		clean=$((clean + 1))
		echo "ok   $tool $name$(grep -c '^not ok' "$log" | sed 's/^0$//; s/^\([0-9]\)/, \1 checks of time aside/')"
	else
		found="$found $name"
		echo "FAIL $tool $name"
		grep -vE '^ok ' "$log" | tail -60
	fi
done
python3 -B "$here/proof.py" "make valgrind: $tool" "$clean of $# unit test programs without a finding${found:+; with:$found}"
test -z "$found"
