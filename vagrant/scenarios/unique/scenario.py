"""unique: what a responder does with a second IKE SA of the same peer, by each of its policies."""
from lab import SWANCTL_CONF
import mirror

INITIATOR, RESPONDER = "moon", "sun"

CHILD = "nets {\n local_ts = 10.1.0.0/16\n remote_ts = 10.2.0.0/16\n}"
# Each `initiate` makes an IKE SA of its own.
NO_REUSE = "charon {\n reuse_ikesa = no\n}\ncharon-systemd {\n reuse_ikesa = no\n}\n"


ELSEWHERE = "192.168.0.11"


def text(policy):
    return mirror.configuration(CHILD, f"    unique = {policy}")


def from_elsewhere():
    """The same peer at another address: with the same one its new IKE SA would be a reauthentication."""
    here = text("never").replace("nets {", "other {").replace("gateways {", "elsewhere {")
    return here.replace("local_addrs = 192.168.0.1", "local_addrs = " + ELSEWHERE).split("secrets {")[0]


def responder_is(lab, policy):
    own = mirror.mirrored(text(policy))
    lab.write("sun", SWANCTL_CONF, own.replace("remote_addrs = 192.168.0.1", "remote_addrs = 192.168.0.1," + ELSEWHERE))
    lab.run("sun", ["swanctl", "--load-conns"])


def prepare(lab):
    lab.gateways(CHILD, strongswan=NO_REUSE)
    lab.write("moon", SWANCTL_CONF, text("never") + from_elsewhere())
    lab.run("moon", f"ip addr add {ELSEWHERE}/24 dev eth0")
    lab.start("sun", "moon")


def check(lab):
    # an initiator with `never` announces no first contact, so that the responder's policy alone decides
    for policy in ("never", "no"):
        responder_is(lab, policy)
        twice(lab)
        for host in ("moon", "sun"):
            lab.expect_states(host, 4)
        down(lab)

    responder_is(lab, "replace")
    twice(lab)
    for host in ("moon", "sun"):
        lab.eventually(lambda: len(lab.states(host)) == 2, f"{host} keeps the replaced SA")
    lab.ping("alice", "bob")
    lab.ping("bob", "alice")
    down(lab)

    responder_is(lab, "keep")
    lab.up("moon", "nets")
    refusal = lab.up_fails("moon", "other")
    lab.expect("AUTHENTICATION_FAILED" in refusal, f"moon does not say how it was refused: {refusal}")
    for host in ("moon", "sun"):
        lab.expect_states(host, 2)
    lab.ping("alice", "bob")
    down(lab)
    after_a_crash(lab)


def twice(lab):
    lab.up("moon", "nets")
    lab.up("moon", "nets")


def down(lab):
    lab.down("moon", ike="gateways")
    for host in ("moon", "sun"):
        lab.eventually(lambda: not lab.states(host), f"{host} keeps states of closed SAs")


def after_a_crash(lab):
    """INITIAL_CONTACT of an initiator that knows of no other SA: heeded by all policies but `never`."""
    lab.write("moon", SWANCTL_CONF, text("no"))
    for policy, left in (("never", 4), ("no", 2), ("keep", 2), ("replace", 2)):
        responder_is(lab, policy)
        lab.run("moon", ["swanctl", "--load-conns"])
        lab.up("moon", "nets")
        lab.kill("moon")
        lab.clear_after_crash("moon")
        lab.start("moon")
        lab.up("moon", "nets")
        lab.expect_states("moon", 2)
        lab.eventually(lambda: len(lab.states("sun")) == left, f"unique = {policy}: sun should have {left} states")
        lab.ping("alice", "bob")
        lab.down("moon", ike="gateways")
        if left > 2:  # the forgotten one is sun's alone
            lab.run("sun", ["swanctl", "--terminate", "--ike", "gateways", "--force"])
        lab.eventually(lambda: not lab.states("sun"), "sun keeps states of closed SAs")
