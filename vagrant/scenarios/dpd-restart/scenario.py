"""dpd_action = restart: the peer's daemon is killed, and the tunnel comes back when the peer does."""

INITIATOR, RESPONDER = "moon", "sun"

# a probe within 10 s, then retransmissions for 165 s
SECONDS_UNTIL_FOUND = 200


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")
    lab.ping("alice", "bob")


def check(lab):
    lab.kill("sun")
    lab.clear_after_crash("sun")
    lab.eventually(
        lambda: not lab.states("moon"), "moon still has the dead tunnel's states", SECONDS_UNTIL_FOUND)
    lab.settle(300)  # long enough that a first new try fails as well
    lab.start("sun")
    lab.eventually(lambda: len(lab.states("sun")) == 2, "the tunnel did not come back", 200)
    lab.expect_states("moon", 2)
    lab.ping("alice", "bob")
