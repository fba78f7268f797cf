"""Two networks, a gateway in front of each: IPv6 in IPv6."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    lab.expect_states("moon", 2)
    lab.expect_states("sun", 2)
    lab.ping6("alice", "bob", count=20)
    lab.ping6("bob", "alice", count=20)
