"""A host behind a NAT reaches a network: ESP in UDP, from a port that is not 4500."""

INITIATOR, RESPONDER = "dave", "sun"


def prepare(lab):
    lab.start("sun", "dave")
    lab.up("dave", "network")


def check(lab):
    for host in ("dave", "sun"):
        lab.expect_states(host, 2)
        lab.expect(all(sa.encapsulated for sa in lab.states(host)), f"{host}: states without UDP encapsulation")
    lab.ping("dave", "bob", count=20, through="udp-esp")
    lab.ping("bob", "dave", count=20, through="udp-esp")
