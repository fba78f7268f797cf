"""updown: both ends' scripts are told the same of one tunnel, each from its side."""

INITIATOR, RESPONDER = "moon", "sun"

RECORD = "/tmp/updown"
SCRIPT = f"""#!/bin/sh
env | grep ^PLUTO_ | sort >>{RECORD}
echo "end of call" >>{RECORD}
echo "told $PLUTO_VERB"
"""
# What is ours at one end is the peer's at the other.
MIRRORED = ("PLUTO_ME", "PLUTO_MY_ID", "PLUTO_MY_CLIENT", "PLUTO_MY_PORT", "PLUTO_MY_PROTOCOL")
# Numbers that each end gives for itself.
OWN = ("PLUTO_REQID", "PLUTO_UNIQUEID")


def calls(lab, host):
    text = lab.run(host, f"cat {RECORD} 2>/dev/null; true")
    return [dict(line.split("=", 1) for line in call.strip().split("\n"))
            for call in text.split("end of call\n") if call.strip()]


def from_the_other_end(call):
    swapped = dict(call)
    for ours in MIRRORED:
        theirs = ours.replace("_ME", "_PEER").replace("_MY_", "_PEER_")
        swapped[ours], swapped[theirs] = call[theirs], call[ours]
    return swapped


def expect_same(lab, count):
    lab.eventually(lambda: len(calls(lab, "moon")) == len(calls(lab, "sun")) == count,
                   lambda: f"{len(calls(lab, 'moon'))} and {len(calls(lab, 'sun'))} calls, not {count}")
    order = lambda call: (call["PLUTO_VERB"], call["PLUTO_MY_CLIENT"], call["PLUTO_PEER_CLIENT"])
    for one, other in zip(sorted(calls(lab, "moon"), key=order),
                          sorted(map(from_the_other_end, calls(lab, "sun")), key=order)):
        for name in sorted(one.keys() | other.keys()):
            same = name in OWN or one.get(name) == other.get(name)
            lab.expect(same, f"{name}: {one.get(name)} at moon, {other.get(name)} at sun")


def prepare(lab):
    for host in ("moon", "sun"):
        lab.write(host, "/root/updown.sh", SCRIPT)
        lab.run(host, "chmod +x /root/updown.sh")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    expect_same(lab, 2)  # one call for each pair of selectors
    lab.expect_reason("moon", charon="updown: told up-client", keyferry="updown: told up-client")
    lab.down("moon", child="nets")
    expect_same(lab, 4)
    lab.up("moon", "hosts")
    expect_same(lab, 5)
    lab.stop("moon")
    expect_same(lab, 6)  # the end of a daemon is told, too
