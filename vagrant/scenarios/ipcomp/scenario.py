"""IPComp below ESP: long packets cross the wire compressed."""
import re

INITIATOR, RESPONDER = "moon", "sun"
PINGS, BYTES = 20, 1000


def prepare(lab):
    lab.gateways("""
      nets {
        ipcomp = yes
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }""")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    for host in ("moon", "sun"):
        text = lab.run(host, "ip xfrm state")
        lab.expect(text.count("proto comp") == 2, f"{host}: no states for compression")
    before = sum(sa.byte_count for sa in lab.states("moon"))
    output = lab.run("alice", f"ping -n -c {PINGS} -i 0.2 -W 2 -s {BYTES} 10.2.0.10")
    lab.expect(re.search(rf"{PINGS} received", output), f"long pings were lost: {output[-200:]}")
    carried = sum(sa.byte_count for sa in lab.states("moon")) - before
    lab.expect(0 < carried < PINGS * BYTES, f"{2 * PINGS} packets of {BYTES} bytes took {carried} bytes of ESP")
    lab.ping("alice", "bob", count=20)  # too short to be compressed
    lab.expect_mirrored()
    lab.down("moon", ike="gateways")
    lab.expect_empty("moon", "sun")
