"""The peer's daemon is killed and started again: found out by liveness probes, then up again."""

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
    lab.start("sun")
    lab.eventually(
        lambda: not lab.states("moon"), "moon still has the dead tunnel's states", SECONDS_UNTIL_FOUND)
    lab.expect_empty("moon", "sun")
    lab.up("moon", "nets")
    lab.expect_states("moon", 2)
    lab.expect_states("sun", 2)
    lab.ping("alice", "bob")
