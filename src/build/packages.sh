#!/bin/sh
# Install the Debian packages that are missing, naming them first. packages.sh PACKAGE...
set -eu
missing=
for package in "$@"; do
	dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
	echo "These Debian packages are needed and this system has no apt-get:$missing" >&2
	echo "Install what they hold by your system's own means, then call make again." >&2
	exit 1
fi
echo "Installing Debian packages:$missing"
as_root=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "This needs root, and there is no sudo. As root:  apt-get install$missing" >&2
		exit 1
	fi
	as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
# Package lists may be old or absent on a new machine.
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
	echo "Could not install:$missing" >&2
	exit 1
}
