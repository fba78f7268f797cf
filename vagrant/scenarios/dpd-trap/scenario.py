"""dpd_action = trap: the peer's daemon is killed, and traffic brings the tunnel back when the peer is there."""

INITIATOR, RESPONDER = "moon", "sun"
# with charon at the initiator it would be charon alone that is tested
CASTS = ["keyferry-charon", "keyferry-keyferry"]

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
    lab.expect_policies("moon", 3)
    lab.settle(60)
    lab.expect(not lab.states("moon"), "moon did not wait for traffic")
    lab.start("sun")
    lab.run("alice", "ping -n -c 5 -i 0.2 -W 1 10.2.0.10; true")
    lab.expect_states("moon", 2)
    lab.ping("alice", "bob")
