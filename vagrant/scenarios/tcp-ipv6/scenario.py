"""IKE and ESP over TCP from the first message, over IPv6, and the daemon's options for it."""

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-keyferry"]  # charon does not speak it

PORT = 7443
NETWORKS = [f"10.128.{third}.0/24" for third in range(40)]


def prepare(lab):
    lab.gateways("""
      nets {
        local_ts = fd00:1::/64, 10.1.0.0/16
        remote_ts = fd00:2::/64, 10.2.0.0/16
      }
      many {
        local_ts = %s
        remote_ts = %s
      }""" % (", ".join(NETWORKS), ", ".join(NETWORKS)), f"tcp = yes\ntcp_port = {PORT}\nmobike = no", v6=True,
                 strongswan=f"charon {{ keyferry {{ tcp_port = {PORT} }} }}\n")
    lab.start("moon")
    output = lab.up_fails("moon", "nets")
    lab.expect_reason("moon", output, keyferry=r"no TCP connection to fd00::2\[7443/tcp\]: .*refused")
    lab.start("sun")
    lab.up("moon", "nets")


def check(lab):
    lab.ping6("alice", "bob", count=10, through="tcp")
    lab.ping("bob", "alice", count=10, through="tcp")
    kinds = {packet.kind for packet in lab.wire.packets()} - {"other"}
    lab.expect(kinds == {"tcp"}, f"the wire shows {kinds}")

    # messages of more than 1,280 bytes, which nobody splits
    lab.up("moon", "many")
    lab.expect_count("moon", "splitting IKE message", 0)
    lab.down("moon", child="many")

    # a protocol of somebody else
    answer = lab.run("carol", f"printf 'GET / HTTP/1.1\\r\\n\\r\\n' | timeout 5 bash -c"
                              f" 'exec 3<>/dev/tcp/fd00::2/{PORT}; cat >&3; cat <&3'; echo ended $?")
    lab.expect("ended 0" in answer or "ended 1" in answer, f"the connection stays open: {answer}")
    # somebody who says nothing is not waited for without end
    lab.run("carol", f"timeout 120 bash -c 'exec 3<>/dev/tcp/fd00::2/{PORT}; cat <&3'")
    lab.ping6("bob", "alice", count=10, through="tcp")
    lab.down("sun", ike="gateways")
    lab.expect_empty("moon", "sun")
