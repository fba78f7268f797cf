"""Marks: only packets that the firewall marked take the tunnel, and inner packets carry a mark."""

INITIATOR, RESPONDER = "moon", "sun"

# ESP gets the mark of inbound policies, what comes from the network behind the gateway that of outbound ones.
# What `set_mark_in` did to decrypted packets is counted.
FIREWALL = """
table inet marks {
    counter decrypted { }
    chain incoming {
        type filter hook prerouting priority mangle;
        ip protocol esp meta mark set 0x11
        iifname "eth1" meta mark set 0x12
        iifname "eth0" meta mark 0x71 ip protocol icmp counter name decrypted meta mark set 0x11
    }
}
"""


def prepare(lab):
    lab.gateways("""
      nets {
        mark_in = 0x11/0xff
        mark_out = 0x12/0xff
        set_mark_in = 0x71/0xff
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }
      unique {
        mark_in = %unique
        mark_out = %unique
        local_ts = 10.1.64.0/24
        remote_ts = 10.2.64.0/24
      }""")
    lab.start("sun", "moon")
    lab.up("moon", "nets")
    lab.up("moon", "unique")


def check(lab):
    mark = lab.wire.mark()
    lab.run("alice", "ping -n -c 3 -i 0.2 -W 2 10.2.0.10; true")
    kinds = {packet.kind for packet in lab.wire.packets(mark)}
    lab.expect("clear" in kinds and "esp" not in kinds, f"policies apply to packets without a mark: {kinds}")
    for host in ("moon", "sun"):
        lab.run(host, f"nft -f - <<'END'{FIREWALL}END")
    output = lab.run("alice", "ping -n -c 20 -i 0.2 -W 2 10.2.0.10")
    lab.expect("20 received" in output, f"marked pings were lost: {output[-200:]}")
    for host in ("moon", "sun"):
        counter = lab.run(host, "nft list counter inet marks decrypted")
        lab.expect("packets 20 " in counter, f"{host}: set_mark_in: {counter}")
        text = lab.run(host, "ip xfrm policy")
        lab.expect(text.count("mark 0x1/0xffffffff") == 3, f"{host}: no policies with a mark of their own")
    lab.expect_mirrored()
