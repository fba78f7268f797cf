"""A gateway is killed and starts again: the other one hears it in one round trip, by the token of RFC 6290."""

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-keyferry"]  # charon 5.9.8 does not speak it
CHILD = """
      nets {
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }"""
OPTIONS = """charon {
  keyferry {
    state_dir = /root/keyferry
  }
}
"""


def prepare(lab):
    lab.gateways(CHILD, "dpd_delay = 30s", strongswan=OPTIONS)
    lab.start("sun", "moon")
    lab.up("moon", "nets")
    lab.ping("alice", "bob")


def check(lab):
    found(lab, "sun", "moon")
    lab.up("moon", "nets")
    lab.ping("alice", "bob")
    found(lab, "moon", "sun")
    lab.up("moon", "nets")
    lab.ping("bob", "alice")


def found(lab, killed, other):
    """Within one `dpd_delay`, the time between two looks at the kernel's counters, and a round trip; without the token it
    would be after 165 s of retransmissions more."""
    lab.kill(killed)
    lab.clear_after_crash(killed)
    lab.start(killed)
    mark = lab.wire.mark()
    lab.eventually(lambda: not lab.states(other), f"{other} still has the dead tunnel's states", 45)
    lab.expect_reason(other, keyferry="peer has lost its state")
    lab.expect_empty("moon", "sun")
    asked = [p for p in lab.wire.packets(mark) if p.source == lab.address(other)]
    lab.expect(len(asked) == 1, f"{other} sent {len(asked)} packets: {asked}")
