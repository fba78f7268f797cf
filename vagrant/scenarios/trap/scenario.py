"""A trap: the first packets bring the tunnel up, several of them make one SA, and it catches again later."""

INITIATOR, RESPONDER = "moon", "sun"
# with charon at the initiator it would be charon alone that is tested
CASTS = ["keyferry-charon", "keyferry-keyferry"]

POLICIES = 3  # out, in, fwd


def prepare(lab):
    lab.start("sun", "moon")
    lab.expect(not lab.states("moon"), "moon has states before any packet was sent")
    lab.expect_policies("moon", POLICIES)
    # from several addresses to several, all at once
    lab.run("alice", "ip addr add 10.1.0.11/16 dev eth0")
    lab.run("alice", "for own in 10.1.0.10 10.1.0.11; do for to in 10.2.0.10 10.2.0.1; do"
            " ping -n -c 3 -i 0.2 -W 1 -I $own $to & done; done; wait; true")


def check(lab):
    lab.expect_states("moon", 2)
    lab.expect_states("sun", 2)
    lab.expect_policies("moon", POLICIES)
    lab.ping("alice", "bob")
    lab.expect_count("moon", r"IKE_SA gateways\[\d+\] established between", 1)
    for _ in range(2):
        lab.down("sun", ike="gateways")
        lab.eventually(lambda: not lab.states("moon"), "moon keeps the states of a closed tunnel")
        lab.expect_policies("moon", POLICIES)
        mark = lab.wire.mark()
        lab.run("alice", "ping -n -c 5 -i 0.2 -W 1 10.2.0.10; true")
        clear = [packet for packet in lab.wire.packets(mark) if packet.kind == "clear"]
        lab.expect(not clear, f"{len(clear)} packets passed the trap in the clear")
        lab.expect_states("moon", 2)
        lab.ping("bob", "alice")
