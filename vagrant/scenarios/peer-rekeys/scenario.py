"""charon rekeys the CHILD_SA each half minute while pings go on: none is lost."""

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["charon-keyferry", "keyferry-charon"]

PINGS = 500  # over 100 seconds


def prepare(lab):
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def spis(lab):
    return {sa.spi for sa in lab.states("moon")}


def check(lab):
    first = spis(lab)
    lab.ping_through_rekeyings("alice", "bob", PINGS)
    lab.expect(not first & spis(lab), "the CHILD_SA was not rekeyed")
    lab.expect_states("moon", 2)
    lab.expect_states("sun", 2)
    lab.ping_through_rekeyings("bob", "alice", 10)
