"""Requests to rekey that cross on the way, as both ends have the same lifetimes."""
import re

# The end that answered last has its new SA one transit earlier than the other, and its next request takes
# one transit: only where these differ by chance do requests cross. With a rate, nothing overtakes.
TRANSIT = "delay 100ms 60ms rate 100mbit"

CROSSED = {
    "charon": r"detected (CHILD|IKE)_REKEY collision with \1_REKEY",
    "keyferry": r"(CHILD|IKE)_SA rekey collision (?:lost|won)",
}


def make_requests_cross(lab, hosts=("moon", "sun")):
    """Before the daemons start: takes moon's and sun's packets a varying time to arrive."""
    for host in hosts:
        lab.run(host, f"tc qdisc add dev eth0 root netem {TRANSIT}")


def expect_collisions(lab, at_least, hosts=("moon", "sun")):
    """The log of one end tells of so many of each kind; neither daemon tells of all."""
    told = {"CHILD": 0, "IKE": 0}
    for host in hosts:
        found = re.findall(CROSSED[lab.kind(host)], lab.log(host))
        lab.note(f"{host}: {found.count('CHILD')} rekeyings of CHILD_SAs crossed, {found.count('IKE')} of IKE_SAs")
        told = {kind: max(count, found.count(kind)) for kind, count in told.items()}
    for kind, count in told.items():
        lab.expect(count >= at_least, f"only {count} rekeyings of {kind}_SAs crossed")
