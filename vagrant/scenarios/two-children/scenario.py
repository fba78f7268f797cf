"""Two children over one IKE_SA, brought up and taken down from both ends."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")
    lab.up("moon", "hosts")


def check(lab):
    for host in ("moon", "sun"):
        lab.expect_states(host, 4)
    lab.ping("alice", "bob", count=10)
    lab.down("sun", child="hosts")
    for host in ("moon", "sun"):
        lab.eventually(lambda: len(lab.states(host)) == 2, f"{host} still has both children")
    lab.ping("bob", "alice", count=10)
    lab.up("sun", "hosts")
    for host in ("moon", "sun"):
        lab.expect_states(host, 4)
    lab.down("moon", child="nets")
    for host in ("moon", "sun"):
        lab.eventually(lambda: len(lab.states(host)) == 2, f"{host} still has both children")
    lab.no_ping("alice", "bob")
    lab.up("moon", "nets")
    lab.ping("alice", "bob", count=10)
