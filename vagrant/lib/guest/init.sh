#!/bin/sh
# The guest's first process: mounts what Python needs, then becomes main.py.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
ln -sfn /proc/self/fd /dev/fd
ln -sf /proc/self/fd/0 /dev/stdin
ln -sf /proc/self/fd/1 /dev/stdout
ln -sf /proc/self/fd/2 /dev/stderr
mount -t devpts -o ptmxmode=666 devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /run
if [ -n "${lab_preload:-}" ]; then # see yield.c
	cp "$lab_preload" /dev/shm/yield.so
	export LD_PRELOAD=/dev/shm/yield.so
fi
exec python3 -B -E -S "$(dirname "$0")/main.py"
