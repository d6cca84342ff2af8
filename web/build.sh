#!/bin/sh
# Build what the program serves to browsers: build.sh OUT NPMDIR
# OUT gets static/, pages/, widget.js and openapi.json. The packages of package-lock.json are installed into NPMDIR (never
# beside the sources), and only when the lock changed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" "$2"
out=$(cd "$1" && pwd)
npm=$(cd "$2" && pwd)

major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
if [ "$major" -lt 18 ] || ! command -v npm >/dev/null; then
	echo "The pages need Node.js 18 or newer, with npm, to be built. On Debian:  apt-get install nodejs npm" >&2
	exit 1
fi

if ! cmp -s "$here/package-lock.json" "$npm/.installed"; then
	cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$npm/"
	if ! (cd "$npm" && npm ci >"$npm/log" 2>&1); then
		cat "$npm/log" >&2
		echo "Could not fetch the packages of web/package-lock.json. Is the npm registry within reach?" >&2
		exit 1
	fi
	cp "$here/package-lock.json" "$npm/.installed"
fi
exec node "$here/build.mjs" "$out" "$npm"
