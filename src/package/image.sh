#!/bin/sh
# An OCI image of the package in BUILD/deb by src/package/Containerfile: image.sh BUILD VERSION [try]
# Where no registry can be reached its base is made of Debian's packages instead, the same few that debian:12-slim has. "try" runs it afterwards:
# as its own user, on a read-only root, without capabilities, and asks whether it is ready. Images are kept in BUILD/image.
set -eu
build=$1 version=$2 try=${3:-}
store=$(pwd)/$build/image
base=docker.io/library/debian:12-slim
# Without a mount of its own kind and without a user's name space, so that it works where containers may not be nested.
buildah="buildah --root $store/store --runroot $store/run --storage-driver vfs"
mkdir -p "$store"

made_base() {
	test -e "$store/base.tar" || mmdebstrap --variant=minbase --mode=root --aptopt='Dpkg::Options "force-unsafe-io"' --quiet bookworm "$store/base.tar.new" \
		"deb http://deb.debian.org/debian bookworm main" "deb http://deb.debian.org/debian bookworm-updates main" \
		"deb http://deb.debian.org/debian-security bookworm-security main"
	test -e "$store/base.tar" || mv "$store/base.tar.new" "$store/base.tar"
	container=$($buildah from scratch)
	$buildah add --quiet "$container" "$store/base.tar" / >/dev/null
	$buildah commit --quiet --rm "$container" localhost/sportello-base:12 >/dev/null
}

if $buildah pull --quiet "$base" >/dev/null 2>&1; then
	what=$base
else
	what="a base made of Debian's packages, as no registry could be reached"
	$buildah inspect --type image localhost/sportello-base:12 >/dev/null 2>&1 || made_base
	base=localhost/sportello-base:12 # of the same packages
fi
$buildah build --isolation chroot --format docker --build-arg BASE="$base" --tag "sportello:$version" --file src/package/Containerfile "$build/deb"
$buildah push --quiet "sportello:$version" "oci-archive:$build/sportello-$version.oci.tar:sportello:$version"
echo "$build/sportello-$version.oci.tar"
test -n "$try" || exit 0
container=$($buildah from "sportello:$version")
trap '$buildah rm "$container" >/dev/null' EXIT
root=$($buildah mount "$container")
$buildah inspect --type image "sportello:$version" | python3 -c 'import json, sys; json.dump(json.load(sys.stdin)["Docker"]["config"], sys.stdout)' >"$store/config.json"
python3 -B tests/lint/try_image.py "$root" "$store/config.json" "$store/try" "$what"
