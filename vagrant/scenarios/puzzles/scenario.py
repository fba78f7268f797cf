"""A responder under load gives puzzles (RFC 8019): Keyferry solves them, charon returns the cookie alone."""

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-keyferry", "charon-keyferry"]  # charon gives none

COOKIE = 16390  # RFC 7296 §3.10.1
SECURITY_ASSOCIATION, NOTIFY, PUZZLE_SOLUTION = 33, 41, 54
BEHIND_COOKIE = 28  # where the first payload of an IKE message says what follows it


def prepare(lab):
    lab.start("sun", "moon")
    lab.half_open("carol", "sun")


def check(lab):
    solves = lab.kind("moon") == "keyferry"
    mark = lab.wire.mark()
    lab.up("moon", "nets")
    cookies = [packet for packet in lab.wire.packets(mark) if packet.is_init_with_notify(COOKIE)]
    seen = [(packet.source, packet.ike[BEHIND_COOKIE]) for packet in cookies]
    wanted = [("192.168.0.2", NOTIFY),
              ("192.168.0.1", PUZZLE_SOLUTION if solves else SECURITY_ASSOCIATION)]
    lab.expect(seen == wanted, f"IKE_SA_INIT messages with a cookie, and what follows it: {seen}, not {wanted}")
    lab.expect_count("sun", r"asking 192\.168\.0\.1\S* to solve a puzzle of 16 bits", 1)
    if solves:
        lab.expect_count("moon", "solving a puzzle of 16 bits", 1)
    lab.ping("alice", "bob")
