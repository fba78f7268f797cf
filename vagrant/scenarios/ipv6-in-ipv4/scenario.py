"""Two IPv6 networks over an IPv4 Internet."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    lab.ping6("alice", "bob", count=20)
    lab.ping6("bob", "alice", count=20)
