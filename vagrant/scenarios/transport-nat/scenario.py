"""Transport mode from behind a NAT: the addresses of the selectors are those that each side sees."""

INITIATOR, RESPONDER = "dave", "sun"


def prepare(lab):
    lab.start("sun", "dave")
    lab.up("dave", "host")


def check(lab):
    for host in ("dave", "sun"):
        lab.expect_states(host, 2)
        lab.expect(all(sa.encapsulated for sa in lab.states(host)), f"{host}: states without UDP encapsulation")
        text = lab.run(host, "ip xfrm state")
        lab.expect(text.count("mode transport") == 2, f"{host}: states that are not in transport mode")
    policies = lab.run("sun", "ip xfrm policy")
    lab.expect("dst 192.168.0.200/32" in policies, "sun: no policy to the NAT's address")
    lab.ping("dave", "192.168.0.2", count=20, through="udp-esp")
