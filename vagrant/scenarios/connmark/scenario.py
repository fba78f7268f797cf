"""Two clients in transport mode behind one NAT: each gets its own answers, by marks of connections."""

INITIATOR, RESPONDER = "dave", "sun"
CASTS = ["charon-keyferry", "keyferry-keyferry"]  # Debian's charon has connmark for iptables, which is not here

PORT = 7777
SERVER = f"""
import socket, threading
def serve(connection):
    with connection, connection.makefile("rw") as lines:
        for line in lines:
            lines.write("you said " + line)
            lines.flush()
with socket.create_server(("", {PORT})) as server:
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
"""
CLIENT = f"""
import socket, sys, time
with socket.create_connection(("192.168.0.2", {PORT})) as connection, connection.makefile("rw") as lines:
    with open("/tmp/answers", "w", buffering=1) as answers:
        while True:
            lines.write(sys.argv[1] + chr(10))
            lines.flush()
            print(lines.readline().strip(), file=answers)
            time.sleep(0.1)
"""
CLIENTS = ("dave", "erin")


def prepare(lab):
    lab.start("sun", *CLIENTS)
    for host in CLIENTS:
        lab.up(host, "host")
    lab.write("sun", "/tmp/server.py", SERVER)
    lab.run("sun", "python3 /tmp/server.py >/tmp/server.out 2>&1 & echo $! >/tmp/server.pid")
    for host in CLIENTS:
        lab.write(host, "/tmp/client.py", CLIENT)


def answers(lab, host):
    return lab.run(host, "cat /tmp/answers 2>/dev/null || true").splitlines()


def gets_answers(lab, host):
    """Ten more of its own, and none of somebody else's."""
    before = len(answers(lab, host))
    lab.eventually(lambda: len(answers(lab, host)) >= before + 10, f"{host} gets no answers")
    lab.expect(set(answers(lab, host)) == {f"you said {host}"}, f"{host} hears {set(answers(lab, host))}")


def check(lab):
    for host in CLIENTS:
        # the kernel's counters of the other one's SAs do not grow
        lab.ping(host, "192.168.0.2", count=10, through="udp-esp")
    lab.eventually(lambda: lab.run("sun", "ss -Hltn sport = :7777"), "no server")
    for host in CLIENTS:
        lab.run(host, f"python3 /tmp/client.py {host} >/tmp/client.out 2>&1 & echo $! >/tmp/client.pid")
    for host in CLIENTS:
        gets_answers(lab, host)

    # a connection goes on by the new CHILD_SA
    lab.run("dave", "swanctl --rekey --child host")
    lab.settle(40)
    for host in CLIENTS:
        gets_answers(lab, host)

    lab.run("dave", "kill $(cat /tmp/client.pid)")
    lab.down("dave", ike="office")
    gets_answers(lab, "erin")
    lab.run("erin", "kill $(cat /tmp/client.pid)")
    lab.down("erin", ike="office")
    lab.run("sun", "kill $(cat /tmp/server.pid)")
    lab.eventually(lambda: "keyferry" not in lab.run("sun", "nft list tables"), "sun: the table stays")
