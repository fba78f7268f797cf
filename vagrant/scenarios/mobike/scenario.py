"""MOBIKE: a tunnel follows a host that loses an interface, all of IPv4, and a gateway that gets another address."""
import re

INITIATOR, RESPONDER = "carol", "moon"
INNER = "10.4.0.1"
PHONE = "192.168.0.101"
INTERVAL_SECONDS = 0.02
PINGS = 150
# 100 ms until the kernel's events are acted on, a round trip, and what was under way
MOST_LOST = 10


def endpoints(lab, host):
    return {(sa.source, sa.destination) for sa in lab.states(host)}


def spis(lab, host):
    return sorted(sa.spi for sa in lab.states(host))


def route_sources(lab):
    return set(re.findall(r"src (\S+)", lab.run("carol", "ip route show table 220")))


def moves(lab, what, host, command, carol, moon, most_lost=MOST_LOST):
    """`command` on `host` takes the tunnel to these addresses, under constant pings."""
    kept = spis(lab, "carol")
    lab.run("carol", f"ping -n -c {PINGS} -i {INTERVAL_SECONDS} -W 1 -I {INNER} 10.1.0.10 >/tmp/pings 2>&1"
                     " </dev/null &")
    lab.settle(1)
    lab.run(host, command)
    lab.settle(PINGS * INTERVAL_SECONDS + 1)
    answered = int(re.search(r"(\d+) received", lab.run("carol", "cat /tmp/pings"))[1])
    lab.note(f"{what}: {PINGS - answered} of {PINGS} pings, one every {INTERVAL_SECONDS * 1000:.0f} ms, lost")
    for end in ("carol", "moon"):
        lab.expect(endpoints(lab, end) == {(carol, moon), (moon, carol)},
                   f"{what}: states of {end} are between {endpoints(lab, end)}")
    lab.expect(spis(lab, "carol") == kept, f"{what}: other CHILD_SAs than before")
    lab.expect(route_sources(lab) == {INNER}, f"{what}: routes from {route_sources(lab)}")
    lab.expect(PINGS - answered <= most_lost, f"{what}: {PINGS - answered} of {PINGS} pings lost")
    lab.ping("carol", "alice", count=10, source=INNER)


def prepare(lab):
    lab.run("carol", f"ip link add inner type dummy && ip addr add {INNER}/32 dev inner && ip link set inner up")
    lab.run("carol", "ip link add phone link eth0 type macvlan mode bridge && ip link set phone up"
                     f" && ip addr add {PHONE}/24 dev phone"
                     f" && ip route add 192.168.0.1 dev phone src {PHONE}"
                     " && ip -6 addr del fd00::100/64 dev eth0")
    lab.start("moon", "carol")
    lab.up("carol", "network")


def check(lab):
    lab.expect(endpoints(lab, "carol") == {(PHONE, "192.168.0.1"), ("192.168.0.1", PHONE)},
               f"carol's states are between {endpoints(lab, 'carol')}")
    lab.ping("carol", "alice", count=10, source=INNER)
    moves(lab, "interface lost", "carol", "ip link del phone", "192.168.0.100", "192.168.0.1")
    moves(lab, "IPv4 to IPv6", "carol",
          "ip -6 addr add fd00::100/64 dev eth0 nodad && ip addr del 192.168.0.100/24 dev eth0",
          "fd00::100", "fd00::1")
    moves(lab, "IPv6 to IPv4", "carol",
          "ip addr add 192.168.0.100/24 dev eth0 && ip -6 addr del fd00::100/64 dev eth0",
          "192.168.0.100", "192.168.0.1")
    moves(lab, "gateway elsewhere", "moon",
          "ip addr del 192.168.0.1/24 dev eth0 && ip addr add 192.168.0.3/24 dev eth0"
          " && ip route replace default via 192.168.0.254",
          "192.168.0.100", "192.168.0.3")
    lab.down("carol", ike="home")
    lab.expect_empty("carol", "moon")
