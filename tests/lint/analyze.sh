#!/bin/sh
# gcc -fanalyzer, a file at a time: what it says must be among what is explained in analyzer.txt. analyze.sh "COMPILER FLAGS" FILE...
set -u
flags=$1
shift
here=$(dirname "$0")
said=$(mktemp)
trap 'rm -f "$said"' EXIT
for file in "$@"; do
	# What cannot be compiled was not looked at.
	if ! $flags -O2 -fanalyzer -Wno-analyzer-too-complex -c -o /dev/null "$file" >"$said.one" 2>&1; then
		cat "$said.one"
		rm -f "$said.one"
		exit 1
	fi
	grep -E '\[-W' "$said.one" >>"$said"
done
rm -f "$said.one"
# file and kind; lines move.
sed -n 's/^\([^:]*\):[0-9:]* warning: .*\[\(-Wanalyzer[a-z-]*\)\]$/\1 \2/p' "$said" | sort -u | while read -r file kind; do
	grep -q -- "^$file $kind " "$here/analyzer.txt" || { grep "^$file:.*$kind" "$said"; echo x >>"$said.new"; }
done
if [ -e "$said.new" ]; then
	rm -f "$said.new"
	exit 1
fi
python3 -B "$here/proof.py" "make analyze" "gcc -fanalyzer, $# files: nothing but the $(sed -n 's/^\([^:]*\):[0-9:]* warning: .*\[\(-Wanalyzer[a-z-]*\)\]$/\1 \2/p' "$said" | sort -u | wc -l) places that tests/lint/analyzer.txt explains"
echo "gcc -fanalyzer: nothing in $# files but what tests/lint/analyzer.txt explains"
