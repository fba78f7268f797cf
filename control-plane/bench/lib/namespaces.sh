# Sourced by the programs beside it, which set $top: runs a class of the benchmark with root's rights in
# network, mount and process namespaces of its own, so nothing of this machine's IPsec is touched and no process
# is left behind, however it ends.
in_namespaces() {
    [ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 1; }
    [ -x "$top/target/keyferry/bin/keyferryd" ] || { echo "build first: mvn package" >&2; exit 1; }
    JAVA_HOME=$("$top/vagrant/lib/jdk.sh")
    export JAVA_HOME top
    unshare --net --mount --pid --fork --kill-child --mount-proc sh -euc '
        ip link set lo up
        sysctl -qw net.core.rmem_max=16777216 net.core.wmem_max=16777216 2>/dev/null || true
        mount -t tmpfs tmpfs /run
        class=$1
        shift
        exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
            --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Xmx2g \
            -cp "$top/control-plane/bench/target/bench.jar:$top/target/keyferry/lib/*" \
            "org.keyferry.bench.$class" "$@"
    ' sh "$@"
}
