"""close_action: what the peer closes comes back at once, or when traffic needs it."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")
    lab.up("moon", "host")
    lab.ping("alice", "bob")


def check(lab):
    before = {state.spi for state in lab.states("moon")}
    lab.settle(30)
    lab.down("sun", child="nets")
    lab.eventually(
        lambda: len({state.spi for state in lab.states("moon")} - before) == 2,
        "moon has no new states in place of those that sun closed")
    lab.expect_states("sun", 4)
    lab.ping("alice", "bob")
    lab.down("sun", child="host")
    lab.expect_states("moon", 2)
    lab.run("moon", "ping -n -c 5 -i 0.2 -W 1 -I 192.168.0.1 192.168.0.2; true")
    lab.expect_states("moon", 4)
    lab.down("moon", child="nets")  # what this end closes stays closed
    lab.settle(30)
    lab.expect_states("moon", 2)
