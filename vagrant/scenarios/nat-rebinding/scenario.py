"""A NAT forgets its mappings under constant pings, then changes its address, then both ways again."""
import re

INITIATOR, RESPONDER = "dave", "sun"
INTERVAL_SECONDS = 0.2
PINGS = 50
MOST_LOST = 3  # answers on the way to the mapping that is gone


def forget(lab, old, new):
    """Losing an address makes the kernel forget what it masqueraded as that one."""
    lab.run("nat", f"ip addr del {old}/24 dev eth0 && ip addr add {new}/24 dev eth0"
                   " && ip route replace default via 192.168.0.254")


def ports(lab):
    return re.findall(r"encap type espinudp sport (\d+) dport (\d+)", lab.run("sun", "ip xfrm state"))


def pings_while(lab, what, old, new):
    before = ports(lab)
    lab.run("dave", f"ping -n -c {PINGS} -i {INTERVAL_SECONDS} -W 1 10.2.0.10 >/tmp/pings 2>&1 </dev/null &")
    lab.settle(3)
    forget(lab, old, new)
    lab.settle(PINGS * INTERVAL_SECONDS)
    answered = int(re.search(r"(\d+) received", lab.run("dave", "cat /tmp/pings"))[1])
    lab.note(f"{what}: {PINGS - answered} of {PINGS} pings lost, ports {before} to {ports(lab)}")
    lab.expect(ports(lab) != before, f"{what}: the ports are what they were: {before}")
    lab.expect(PINGS - answered <= MOST_LOST, f"{what}: {PINGS - answered} of {PINGS} pings lost")
    for host in ("dave", "sun"):
        lab.expect_states(host, 2)
    lab.ping("dave", "bob", count=10, through="udp-esp")
    lab.ping("bob", "dave", count=10, through="udp-esp")


def prepare(lab):
    lab.start("sun", "dave")
    lab.up("dave", "network")


def check(lab):
    lab.ping("dave", "bob", count=10, through="udp-esp")
    pings_while(lab, "new port", "192.168.0.200", "192.168.0.200")
    pings_while(lab, "new address", "192.168.0.200", "192.168.0.201")
    lab.down("sun", ike="office")
    lab.expect_empty("dave", "sun")
