"""Two IPv4 networks over an IPv6 Internet."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    lab.ping("alice", "bob", count=20)
    lab.ping("bob", "alice", count=20)
