"""A host from anywhere reaches the network behind a gateway."""

INITIATOR, RESPONDER = "carol", "moon"


def prepare(lab):
    lab.start("moon", "carol")
    lab.up("carol", "network")


def check(lab):
    lab.expect_states("carol", 2)
    lab.expect_states("moon", 2)
    lab.ping("carol", "alice", count=20)
    lab.ping("alice", "carol", count=20)
    lab.down("carol", ike="home")
    lab.expect_empty("carol", "moon")
