# Sourced by the programs beside it, which set $top: runs a class of the benchmark with root's rights in
# network and mount namespaces of its own, so nothing of this machine's IPsec is touched.
in_namespaces() {
    [ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 1; }
    [ -x "$top/target/keyferry/bin/keyferryd" ] || { echo "build first: mvn package" >&2; exit 1; }
    JAVA_HOME=$("$top/vagrant/lib/jdk.sh")
    export JAVA_HOME top
    unshare --net --mount sh -euc '
        ip link set lo up
        # charon routes into its tunnels from an address of its own, on a device other than lo
        ip link add behind type veth peer name behind-peer
        ip addr add 192.168.77.1/24 dev behind
        ip link set behind up
        ip link set behind-peer up
        ip route add default via 192.168.77.2
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
