"""A responder that is being flooded asks for a cookie, and gets it."""

INITIATOR, RESPONDER = "moon", "sun"

COOKIE = 16390  # RFC 7296 §3.10.1


def prepare(lab):
    lab.start("sun", "moon")
    lab.half_open("carol", "sun")


def check(lab):
    mark = lab.wire.mark()
    lab.up("moon", "nets")
    cookies = [packet for packet in lab.wire.packets(mark) if packet.is_init_with_notify(COOKIE)]
    senders = [packet.source for packet in cookies]
    lab.expect(
        senders == ["192.168.0.2", "192.168.0.1"],
        f"IKE_SA_INIT messages with a cookie should come from sun, then moon, not {senders}")
    lab.ping("alice", "bob")
