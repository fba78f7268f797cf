"""Three hours with 10-minute CHILD_SAs and 1-hour IKE_SAs, both ends rekeying as they like: no ping is lost."""

INITIATOR, RESPONDER = "moon", "sun"

HOURS = 3
PINGS = HOURS * 3600 // 2  # one every two seconds


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def spis(lab):
    return {sa.spi for sa in lab.states("moon")}


def check(lab):
    first = spis(lab)
    lab.ping_through_rekeyings("alice", "bob", PINGS, seconds=2)
    lab.expect(not first & spis(lab), "the CHILD_SA was not rekeyed")
    for host in ("moon", "sun"):
        lab.eventually(lambda: len(lab.states(host)) == 2, f"{host} has more than one CHILD_SA")
    lab.ping_through_rekeyings("bob", "alice", 10)
