"""Policies without a tunnel beside one: what passes in the clear, what is dropped."""

INITIATOR, RESPONDER = "moon", "sun"
# with charon at the initiator it would be charon alone that is tested
CASTS = ["keyferry-charon", "keyferry-keyferry"]

CAROL, NAT = "192.168.0.100", "192.168.0.200"


def prepare(lab):
    for host in ("carol", "nat"):
        lab.run(host, "ip route add 10.1.0.0/16 via 192.168.0.1")
    lab.ping_clear("alice", NAT)  # as nothing forbids it yet
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    lab.ping("alice", "bob")
    # the tunnel covers carol, the shunt takes her out of it
    lab.ping_clear("alice", CAROL)
    lab.ping_clear("moon", CAROL)
    lab.no_ping("alice", NAT)
    lab.down("moon", ike="gateways")
    lab.ping_clear("alice", CAROL)
    lab.no_ping("alice", NAT)
    lab.stop("moon")
    lab.ping_clear("alice", NAT)
    lab.start("moon")
    lab.no_ping("alice", NAT)
