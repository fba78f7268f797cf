"""24 hours with 10-minute CHILD_SAs and 1-hour IKE_SAs, a ping each second: none is lost, counted at both ends."""
import day

INITIATOR, RESPONDER = "moon", "sun"
ONLY_BY_NAME = True


def prepare(lab):
    day.configure(lab, ike_spread="6m", child_spread="1m")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    day.pass_by(lab)
