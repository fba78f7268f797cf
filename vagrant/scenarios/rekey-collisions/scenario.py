"""Both ends rekey at the same moment, the CHILD_SA each minute and the IKE_SA each two: no ping is lost."""
from collisions import expect_collisions, make_requests_cross

INITIATOR, RESPONDER = "moon", "sun"

PINGS = 3000  # over half an hour and more


def prepare(lab):
    make_requests_cross(lab)
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def spis(lab):
    return {sa.spi for sa in lab.states("moon")}


def check(lab):
    first = spis(lab)
    lab.ping_through_rekeyings("alice", "bob", PINGS, seconds=0.7)
    lab.expect(not first & spis(lab), "the CHILD_SA was not rekeyed")
    for host in ("moon", "sun"):
        lab.eventually(lambda: len(lab.states(host)) == 2, f"{host} has more than one CHILD_SA", 30)
    expect_collisions(lab, at_least=3)
    lab.ping_through_rekeyings("bob", "alice", 10)
