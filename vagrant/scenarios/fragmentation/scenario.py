"""IKE_AUTH with 240 traffic selectors over links of 1,280 bytes: in IKE fragments, none of IP."""

INITIATOR, RESPONDER = "moon", "sun"
MTU = 1280
SKF = 53  # type of the payload that holds a fragment
FIRST_PAYLOAD_AT = 16
NETWORKS = 120


def networks(second):
    return ", ".join(f"10.{second}.{third}.0/24" for third in range(NETWORKS))


def prepare(lab):
    for host in ("moon", "sun"):
        lab.run(host, f"ip link set eth0 mtu {MTU}; iptables -A INPUT -f -j DROP; iptables -A OUTPUT -f -j DROP")
    lab.gateways(f"many {{ local_ts = {networks(1)}\nremote_ts = {networks(2)} }}", "fragmentation = yes")
    lab.start("sun", "moon")
    lab.up("moon", "many")


def check(lab):
    for host in ("moon", "sun"):
        lab.expect_reason(host, charon="splitting IKE message", keyferry="splitting IKE message")
        lab.expect_reason(host, charon="reassembled fragmented IKE message",
                          keyferry="reassembled fragmented IKE message")
    messages = [p for p in lab.wire.packets() if p.kind == "ike"]
    fragments = [p for p in messages if p.ike[FIRST_PAYLOAD_AT] == SKF]
    lab.note(f"{len(messages)} IKE packets, {len(fragments)} of them fragments, "
             f"the longest {max(p.length_bytes for p in messages)} bytes")
    lab.expect(len(fragments) >= 6, f"{len(fragments)} fragments")
    lab.expect(all(p.length_bytes <= MTU for p in messages), "a packet longer than the MTU")
    lab.ping("alice", "bob", count=10)
