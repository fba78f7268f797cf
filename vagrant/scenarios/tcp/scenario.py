"""IKE and ESP over TCP where UDP and ESP are blocked: fallback, rekeying, broken and dead connections, MOBIKE, and back."""
import re
import time

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-keyferry"]  # charon does not speak it

PORT = 4500
CHILD = """
  nets {
    local_ts = 10.1.0.0/16
    remote_ts = 10.2.0.0/16
    rekey_time = 0
  }"""
BULK_BYTES = 3_000_000
LONGEST_TRANSFER_SECONDS = 3
TAKE = f"""
import socket
listener = socket.create_server(("10.2.0.10", 9000))
connection, _ = listener.accept()
received = 0
while received < {BULK_BYTES}:
    received += len(connection.recv(1 << 16)) or exit("only %d bytes" % received)
connection.sendall(b"thanks")
"""
GIVE = f"""
import socket
connection = socket.create_connection(("10.2.0.10", 9000), 10)
connection.settimeout(10)
connection.sendall(bytes({BULK_BYTES}))
print(connection.recv(100).decode())
"""
# a probe after 10 s, two transmissions in 11 s, and the next try of a connection
SECONDS_UNTIL_NOTICED = 60
SECONDS_UNTIL_BACK = 200


def block(lab):
    """Nothing but TCP leaves or reaches either gateway."""
    for host in ("moon", "sun"):
        lab.run(host, "nft add table inet block; for hook in input output; do"
                      " nft \"add chain inet block $hook { type filter hook $hook priority 0; }\";"
                      " nft add rule inet block $hook udp dport { 500, 4500 } drop;"
                      " nft add rule inet block $hook meta l4proto esp drop; done")


def unblock(lab):
    for host in ("moon", "sun"):
        lab.run(host, "nft delete table inet block")


def connections(lab, host):
    """(own port, peer's port) of the connections that are up."""
    text = lab.run(host, "ss -Htn state established")
    return re.findall(r"\]?:(\d+)\s+\S+?\]?:(\d+)\s*$", text, re.M)


def expect_over_tcp(lab, mark, what):
    """Both kernels have ESP in the one connection, and on the wire was nothing but TCP."""
    own = {}
    for host in ("moon", "sun"):
        lab.eventually(lambda: len(connections(lab, host)) == 1,
                       lambda: f"{what}: {host} has connections {connections(lab, host)}", 30)
        own[host], peers = connections(lab, host)[0]
        found = re.findall(r"encap type (\S+) sport (\d+) dport (\d+)", lab.run(host, "ip xfrm state"))
        wanted = {("espintcp", own[host], peers), ("espintcp", peers, own[host])}
        lab.expect(set(found) == wanted, f"{what}: {host} has ESP in {found}, the connection is {wanted}")
    kinds = {packet.kind for packet in lab.wire.packets(mark)} - {"other"}
    lab.expect(kinds == {"tcp"}, f"{what}: the wire shows {kinds}")
    return own["moon"]


def pings(lab):
    lab.ping("alice", "bob", count=10, through="tcp")
    lab.ping("bob", "alice", count=10, through="tcp")


def transfer(lab):
    """TCP inside the tunnel fills the connection, so that ESP packets end anywhere in its segments."""
    lab.write("bob", "/tmp/take.py", TAKE)
    lab.write("alice", "/tmp/give.py", GIVE)
    lab.run("bob", "python3 /tmp/take.py >/tmp/taken 2>&1 </dev/null &")
    lab.settle(1)
    begin = time.monotonic()
    lab.expect("thanks" in lab.run("alice", "python3 /tmp/give.py"), "bob did not get everything")
    seconds = time.monotonic() - begin
    lab.note(f"{BULK_BYTES} bytes by TCP took {seconds:.1f} s")
    lab.expect(seconds < LONGEST_TRANSFER_SECONDS, f"{BULK_BYTES} bytes took {seconds:.1f} s")


def prepare(lab):
    # The kernel forgets that what it takes out of several segments which came as one (GRO, or a sender's GSO
    # over veth) is none itself, and drops it when it is to be forwarded.
    for host in ("moon", "sun"):
        lab.run(host, "ip link set eth0 gso_max_segs 1")
    lab.gateways(CHILD, f"tcp = fallback\ntcp_port = {PORT}\ndpd_delay = 10s",
                 strongswan=f"charon {{ keyferry {{ tcp_port = {PORT} }} }}\n")
    block(lab)
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    mark = lab.wire.mark()
    pings(lab)
    first = expect_over_tcp(lab, 0, "fallback")
    lab.run("alice", "ping -n -q -c 20 -i 0.2 -s 1400 -W 2 10.2.0.10 | grep ' 0% packet loss'")
    transfer(lab)

    for what in ("--child nets", "--ike gateways"):
        lab.run("moon", f"swanctl --rekey {what}")
        lab.run("sun", f"swanctl --rekey {what}")
        lab.settle(10)
        pings(lab)
    lab.expect(expect_over_tcp(lab, mark, "rekeyed") == first, "rekeying opened another connection")

    # somebody on the way resets it
    lab.run("alice", "ping -n -q -c 100 -i 0.2 -W 1 10.2.0.10 >/tmp/pings 2>&1 </dev/null &")
    lab.settle(5)
    lab.run("moon", f"nft insert rule inet block output tcp dport {PORT} reject with tcp reset")
    lab.settle(2)
    lab.run("moon", "nft flush chain inet block output;"
                    " nft add rule inet block output udp dport { 500, 4500 } drop;"
                    " nft add rule inet block output meta l4proto esp drop")
    lab.settle(30)
    lost = 100 - int(re.search(r"(\d+) received", lab.run("alice", "cat /tmp/pings"))[1])
    lab.note(f"connection reset for 2 s: {lost} of 100 pings, one every 0.2 s, lost")
    lab.expect(0 < lost < 40, f"{lost} of 100 pings lost")
    second = expect_over_tcp(lab, mark, "reset")
    lab.expect(second != first, "still the connection that was reset")
    pings(lab)

    # and then forgets it: nothing arrives, and nobody is told
    lab.run("sun", f"nft add rule inet block input tcp sport {second} drop")
    lab.eventually(lambda: second not in [own for own, _ in connections(lab, "moon")],
                   "the dead connection goes unnoticed", SECONDS_UNTIL_NOTICED)
    lab.settle(5)
    lab.expect(expect_over_tcp(lab, mark, "dead") != second, "still the dead connection")
    pings(lab)

    lab.down("moon", ike="gateways")
    lab.expect_empty("moon", "sun")
    for host in ("moon", "sun"):
        lab.eventually(lambda: not connections(lab, host), f"{host} keeps its connection", 40)

    # where UDP passes it is used, and left for TCP when it does not pass any more
    unblock(lab)
    lab.up("moon", "nets")
    lab.ping("alice", "bob")
    lab.expect(not connections(lab, "moon"), "TCP although UDP passes")
    block(lab)
    lab.eventually(lambda: connections(lab, "moon"), "TCP is not tried", SECONDS_UNTIL_NOTICED)
    lab.settle(5)
    mark = lab.wire.mark()
    pings(lab)
    expect_over_tcp(lab, mark, "moved by MOBIKE")

    # and back, a minute or two after it passes again, without losing more than what is under way
    unblock(lab)
    lab.run("alice", "ping -n -q -c 900 -i 0.2 -W 1 10.2.0.10 >/tmp/pings 2>&1 </dev/null &")
    lab.eventually(lambda: not connections(lab, "moon") and not connections(lab, "sun"),
                   "TCP is not left for UDP", SECONDS_UNTIL_BACK)
    lab.eventually(lambda: "received" in lab.run("alice", "cat /tmp/pings"), "alice still pings", SECONDS_UNTIL_BACK)
    lost = 900 - int(re.search(r"(\d+) received", lab.run("alice", "cat /tmp/pings"))[1])
    lab.note(f"back to UDP: {lost} of 900 pings, one every 0.2 s, lost")
    lab.expect(lost <= 2, f"{lost} of 900 pings lost on the way back to UDP")
    lab.ping("alice", "bob", count=10, through="udp-esp")
    lab.ping("bob", "alice", count=10, through="udp-esp")
    lab.down("sun", ike="gateways")
    lab.expect_empty("moon", "sun")
