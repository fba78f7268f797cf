"""AH instead of ESP, in tunnel mode between networks."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.gateways("""
      nets {
        ah_proposals = sha256
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }""")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    mark = lab.wire.mark()
    output = lab.run("alice", "ping -n -c 20 -i 0.2 -W 2 10.2.0.10")
    lab.expect("20 received" in output, f"pings were lost: {output[-200:]}")
    kinds = [packet.kind for packet in lab.wire.packets(mark)]
    lab.expect(kinds.count("ah") == 40, f"the wire shows {kinds.count('ah')} packets of AH")
    lab.expect_states("moon", 2)
    lab.expect(all(sa.packet_count == 20 for sa in lab.states("moon")), "AH states that counted other packets")
    lab.expect_mirrored()
    lab.down("moon", child="nets")
    lab.expect_empty("moon", "sun")
