"""inactivity: a tunnel without traffic is closed, one with traffic is not."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    for _ in range(4):
        lab.settle(20)
        lab.ping("alice", "bob", count=2)
    lab.settle(20)
    lab.expect_states("moon", 2)
    lab.eventually(lambda: not lab.states("moon"), "moon keeps a tunnel without traffic", 40)
    lab.expect_empty("moon", "sun")
