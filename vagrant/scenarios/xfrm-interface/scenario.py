"""XFRM interfaces: the route into the interface decides what is encrypted, policies cover everything."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.gateways("""
      all {
        if_id_in = 42
        if_id_out = 42
        local_ts = 0.0.0.0/0
        remote_ts = 0.0.0.0/0
      }""")
    for host, behind in (("moon", "10.2.0.0/16"), ("sun", "10.1.0.0/16")):
        lab.run(host, "ip link add ipsec0 type xfrm dev eth0 if_id 42 && ip link set ipsec0 up &&"
                      f" ip route add {behind} dev ipsec0")
    lab.start("sun", "moon")
    lab.up("moon", "all")


def check(lab):
    lab.ping("alice", "bob", count=20)
    lab.ping("bob", "alice", count=20)
    lab.expect_mirrored()
    lab.expect(not lab.run("moon", "ip route show table 220 2>/dev/null; true").strip(),
               "routes although policies belong to an interface")
