"""Multicasts and broadcasts of one network reach the other, through CHILD_SAs with marks of their own."""

INITIATOR, RESPONDER = "moon", "sun"

GROUP, EVERYBODY, ELSEWHERE = "224.0.0.251", "255.255.255.255", "224.0.0.252"
PORT = 5353
LISTEN = f"""
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", {PORT}))
for group in ("{GROUP}", "{ELSEWHERE}"):
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton(sys.argv[1]))
with open("/tmp/heard", "w", buffering=1) as heard:
    while True:
        data, sender = s.recvfrom(2000)
        print(data.decode(), sender[0], file=heard)
"""
SAY = f"""
import socket, sys
SO_NO_CHECK = 11
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(sys.argv[1]))
if sys.argv[4] == "charon":  # does not complete checksums that are left to a device
    s.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
s.bind((sys.argv[1], 0))
s.sendto(sys.argv[3].encode(), (sys.argv[2], {PORT}))
"""
GATEWAY = {"alice": "moon", "bob": "sun", "moon": "moon"}
ADDRESS = {"alice": "10.1.0.10", "bob": "10.2.0.10", "moon": "10.1.0.1", "sun": "10.2.0.1"}


def prepare(lab):
    for host in ("moon", "sun"):
        lab.write(host, "/etc/default/keyferry", "KEYFERRY_CAPABILITIES=+net_raw\n")
    for host in ("alice", "bob"):
        lab.write(host, "/tmp/listen.py", LISTEN)
        lab.run(host, f"python3 /tmp/listen.py {ADDRESS[host]} >/tmp/listen.out 2>&1 & echo $! >/tmp/listen.pid")
        lab.eventually(lambda: lab.run(host, "ls /tmp/heard || true").strip(), f"{host} does not listen")
    for host in ADDRESS:
        lab.write(host, "/tmp/say.py", SAY)
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def say(lab, host, destination, words):
    lab.run(host, f"python3 /tmp/say.py {ADDRESS[host]} {destination} {words} {lab.kind(GATEWAY[host])}")


def heard(lab, host, words, by):
    return f"{words} {ADDRESS[by]}" in lab.run(host, "cat /tmp/heard").splitlines()


def reaches(lab, by, destination, host, words):
    say(lab, by, destination, words)
    lab.eventually(lambda: heard(lab, host, words, by), f"{host} does not hear what {by} says to {destination}")
    lab.settle(1)
    count = lab.run(host, "cat /tmp/heard").count(words)
    lab.expect(count == 1, f"{host} hears {count} times what {by} says to {destination}")


def check(lab):
    lab.ping("alice", "bob", count=5)
    lab.ping("bob", "alice", count=5)
    for round, group in enumerate((GROUP, EVERYBODY)):
        reaches(lab, "alice", group, "bob", f"one-{round}")
        reaches(lab, "bob", group, "alice", f"two-{round}")

    # a gateway's own words stay in its network, and so does a group that nobody named
    say(lab, "moon", GROUP, "own")
    lab.eventually(lambda: heard(lab, "alice", "own", "moon"), "alice does not hear moon")
    say(lab, "alice", ELSEWHERE, "elsewhere")
    lab.settle(2)
    lab.expect("own" not in lab.run("bob", "cat /tmp/heard"), "bob hears moon's own multicast")
    lab.expect("elsewhere" not in lab.run("bob", "cat /tmp/heard"), "bob hears a group that nobody named")

    # rekeyed, other SPIs
    lab.run("moon", "swanctl --rekey --child nets")
    lab.settle(2)
    reaches(lab, "alice", GROUP, "bob", "three")
    reaches(lab, "bob", GROUP, "alice", "four")
    lab.settle(40)
    reaches(lab, "bob", GROUP, "alice", "five")
    lab.ping("alice", "bob", count=5)

    lab.down("moon", ike="gateways")
    say(lab, "alice", GROUP, "six")
    lab.settle(2)
    lab.expect(not heard(lab, "bob", "six", "alice"), "bob hears alice without a tunnel")
    for host in ("alice", "bob"):
        lab.run(host, "kill $(cat /tmp/listen.pid)")
    for host in ("moon", "sun"):
        if lab.kind(host) == "keyferry":
            left = lab.run(host, "nft list tables")
            lab.expect("forecast" not in left, f"{host} still has a table: {left}")
