"""The same 24 hours with both ends rekeying at the same moment: requests cross again and again, no ping is lost."""
import day
from collisions import expect_collisions, make_requests_cross

INITIATOR, RESPONDER = "moon", "sun"
ONLY_BY_NAME = True


def prepare(lab):
    make_requests_cross(lab)
    day.configure(lab, ike_spread="0", child_spread="0")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    day.pass_by(lab)
    expect_collisions(lab, at_least=5)
