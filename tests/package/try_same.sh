#!/bin/sh
# The same sources give the same bytes: two copies of them, in folders of other lengths, are built one after the other with another umask, language, time
# zone, user's name and number of jobs. try_same.sh BUILD EPOCH ENCODER; a row of tests/PROOF.md; exit status 1 when a byte differs.
set -eu
build=$1 epoch=$2 encoder=$3
version=$(sed -n 's/^.define SP_VERSION "\(.*\)"/\1/p' include/sportello/version.h)
package=sportello_${version}_$(dpkg --print-architecture).deb
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
one=$folder/a two=$folder/another-folder/whose/name-is-longer

copy() {
	mkdir -p "$1/build"
	git ls-files -z | xargs -0 cp --parents -t "$1" --no-dereference
	for kept in e5 npm; do
		test ! -e "$build/$kept" || cp -a "$build/$kept" "$1/build/"
	done
}

# CCACHE_DISABLE: what was compiled elsewhere is no proof.
build_it() {
	where=$1
	shift
	env CCACHE_DISABLE=1 "$@" make -s -C "$where" deb SOURCE_DATE_EPOCH="$epoch" ENCODER="$encoder" >"$where/said" 2>&1 || { tail -n 20 "$where/said"; exit 1; }
}

sources=$(git rev-parse --short HEAD)
copy "$one"
copy "$two"
( umask 022; build_it "$one" LC_ALL=C TZ=UTC USER=one HOSTNAME=here MAKEFLAGS=-j2 )
find "$two" -path "$two/build" -prune -o -type f -exec touch -d '2026-01-02 03:04:05' {} +
( umask 077; build_it "$two" LC_ALL=C.UTF-8 TZ=Pacific/Auckland USER=two HOSTNAME=there HOME="$folder" MAKEFLAGS=-j3 )

differ=
for made in build/sportello build/libsportello.a "build/deb/$package"; do
	cmp "$one/$made" "$two/$made" || differ="$differ $made"
done
if [ -n "$differ" ]; then
	echo "try_same: not the same:$differ" >&2
	exit 1
fi
sum=$(sha256sum "$one/build/deb/$package" | cut -c1-16)
said="$sources built twice without a cache, in folders of other names, with another umask, language, time zone, user and number of jobs: sportello, libsportello.a and $package ($sum, SHA-256) are the same, byte for byte"
echo "$said"
python3 -B tests/lint/proof.py "make try-same" "$said"
