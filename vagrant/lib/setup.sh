#!/bin/sh -e
# Prepares this machine for the lab: Debian's packages, and the guest's kernel in the cache.
# usage: setup.sh [--kernel FILE]
here=$(dirname "$(readlink -f "$0")")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/keyferry/lab
given=
[ "${1:-}" != --kernel ] || given=$(readlink -e "${2:?--kernel wants a file}")
[ "$(id -u)" = 0 ] || { echo "lab setup: has to run as root" >&2; exit 1; }

"$here/packages.sh" python3 iproute2 iputils-ping tcpdump nftables freeradius freeradius-utils hostapd isc-dhcp-server \
	softhsm2 opensc charon-systemd strongswan-swanctl strongswan-libcharon libcharon-extra-plugins \
	libstrongswan-standard-plugins libstrongswan-extra-plugins \
	linux-source-6.12 gcc libc6-dev make flex bison bc perl libelf-dev libssl-dev xz-utils cpio

# The kernel is rebuilt when its configuration or Debian's source changes.
version=$(dpkg-query -W -f '${Version}' linux-source-6.12)
key=$({ cat "$here/kernel.config"; echo "$version"; } | sha256sum | cut -c1-16)
kernel=$cache/linux-$key
mkdir -p "$cache"
if [ -n "$given" ]; then
	install -m 755 "$given" "$kernel.new"
	mv "$kernel.new" "$kernel"
elif [ ! -x "$kernel" ]; then
	echo "lab setup: building the guest's kernel (linux-source-6.12 $version), some 4 minutes with 2 cores"
	src=$(mktemp -d /var/tmp/keyferry-kernel-XXXXXX)
	trap 'rm -rf "$src"' EXIT
	tar -xf /usr/src/linux-source-6.12.tar.xz -C "$src" --strip-components=1
	{
		make -C "$src" ARCH=um x86_64_defconfig &&
			cat "$here/kernel.config" >>"$src/.config" &&
			make -C "$src" ARCH=um olddefconfig &&
			make -C "$src" ARCH=um -j"$(nproc)" linux
	} >"$cache/build.log" 2>&1 || {
		tail -20 "$cache/build.log" >&2
		echo "lab setup: the kernel did not build, see $cache/build.log" >&2
		exit 1
	}
	install -s -m 755 "$src/linux" "$kernel.new"
	mv "$kernel.new" "$kernel"
fi
ln -sfn "$kernel" "$cache/linux"
gcc -O2 -Wall -Werror -shared -fPIC -o "$cache/yield.so.new" "$here/guest/yield.c"
mv "$cache/yield.so.new" "$cache/yield.so"
echo "lab setup: ready (kernel $kernel)"
