#!/bin/sh
# Build the Debian package from what "make install" puts below a folder: deb.sh BUILD ROOT VERSION EPOCH > name of the package on stdout.
# No debhelper: a package of one program needs dpkg-deb and dpkg-shlibdeps alone, and its bytes hang on nothing but the sources.
set -eu
build=$1 root=$2 version=$3 epoch=$4
here=$(dirname "$0")
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH="$epoch"
umask 022

# Of what make install has, a package for operators needs no library for programmers.
rm -rf "$root/usr/lib/libsportello.a" "$root/usr/include"
rmdir --ignore-fail-on-non-empty "$root/usr/lib" 2>/dev/null || true
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/sportello"
gzip -9n "$root/usr/share/man/man1/sportello.1"

doc=$root/usr/share/doc/sportello
install -d "$doc" "$root/lib/systemd/system" "$root/usr/lib/sysusers.d" "$root/etc/sportello" "$root/DEBIAN"
install -m 644 "$here/copyright" "$doc/copyright"
{
	printf 'sportello (%s) stable; urgency=medium\n\n  * Version %s.\n\n' "$version" "$version"
	printf ' -- Sportello <sportello@example.org>  %s\n' "$(LC_ALL=C date -u -R -d "@$epoch")"
} | gzip -9n > "$doc/changelog.gz"
install -m 644 "$here/sportello.service" "$root/lib/systemd/system/sportello.service"
install -m 644 "$here/sysusers.conf" "$root/usr/lib/sysusers.d/sportello.conf"
install -m 644 "$here/sportello.conf" "$root/etc/sportello/sportello.conf"
rm -rf "$root/usr/share/sportello/kb"
cp -R kb "$root/usr/share/sportello/kb"
chmod -R u=rwX,go=rX "$root/usr/share/sportello/kb"

# dpkg-shlibdeps wants a source tree's control file.
work=$build/deb/shlibs
mkdir -p "$work/debian"
printf 'Source: sportello\n\nPackage: sportello\nArchitecture: any\n' > "$work/debian/control"
program=$(realpath "$root/usr/bin/sportello")
depends=$(cd "$work" && dpkg-shlibdeps -O "$program" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { echo "deb.sh: dpkg-shlibdeps found no libraries" >&2; exit 1; }
size=$(find "$root" -path "$root/DEBIAN" -prune -o -type f -printf '%s\n' | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/; s/@DEPENDS@/$depends/" "$here/control" > "$root/DEBIAN/control"
echo /etc/sportello/sportello.conf > "$root/DEBIAN/conffiles"
install -m 644 "$here/templates" "$root/DEBIAN/templates"
for script in postinst prerm postrm; do
	install -m 755 "$here/$script" "$root/DEBIAN/$script"
done
(cd "$root" && find . \( -path ./DEBIAN -o -path ./etc \) -prune -o -type f -print | sed 's,^\./,,' | LC_ALL=C sort | xargs -d '\n' md5sum > DEBIAN/md5sums)
find "$root" -exec touch -h -d "@$epoch" {} +

package=$build/deb/sportello_${version}_$architecture.deb
# One thread: how many there are shows in the bytes. The model, most of it, does not shrink.
DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$package" >/dev/null
echo "$package"
