"""The initiator's first group is not the responder's: INVALID_KE_PAYLOAD, and a second try."""

INITIATOR, RESPONDER = "moon", "sun"

INVALID_KE_PAYLOAD = 17  # RFC 7296 §3.10.1


def prepare(lab):
    lab.start("sun", "moon")


def check(lab):
    mark = lab.wire.mark()
    lab.up("moon", "nets")
    refusals = [packet for packet in lab.wire.packets(mark) if packet.is_init_with_notify(INVALID_KE_PAYLOAD)]
    lab.expect(len(refusals) == 1, f"{len(refusals)} INVALID_KE_PAYLOAD on the wire, should be 1")
    lab.ping("alice", "bob")
