"""The responder takes the child down, then the IKE SA; both sides forget, and it comes up again."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    lab.ping("alice", "bob")
    lab.down("sun", child="nets")
    lab.expect_empty("moon", "sun")
    lab.no_ping("alice", "bob")

    lab.up("moon", "nets")
    lab.expect_states("moon", 2)
    lab.expect_states("sun", 2)
    lab.ping("alice", "bob")

    lab.down("sun", ike="gateways")
    lab.expect_empty("moon", "sun")
    lab.up("moon", "nets")
    lab.ping("bob", "alice")
