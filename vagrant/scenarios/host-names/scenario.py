"""A peer by name: each try asks for its address again, so that a change of it needs nobody's help."""

INITIATOR, RESPONDER = "moon", "sun"

NAME = "sun.vpn.example.org"


def prepare(lab):
    lab.names("moon", {NAME: "192.168.0.99"})  # where nobody is
    lab.start("sun", "moon")


def check(lab):
    lab.settle(60)
    lab.expect(not lab.states("moon"), "moon has found a peer where none is")
    lab.names("moon", {NAME: "192.168.0.2"})
    lab.eventually(lambda: len(lab.states("moon")) == 2, "moon does not find the peer's new address", 400)
    lab.ping("alice", "bob")
