"""The initiator's daemon is killed and started again: its new tunnel replaces the old one at the peer."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")
    lab.ping("alice", "bob")


def check(lab):
    lab.kill("moon")
    lab.clear_after_crash("moon")
    lab.start("moon")
    lab.up("moon", "nets")
    lab.expect_states("moon", 2)
    lab.expect_states("sun", 2)  # INITIAL_CONTACT made it forget the old one
    lab.ping("alice", "bob")
    lab.ping("bob", "alice")
