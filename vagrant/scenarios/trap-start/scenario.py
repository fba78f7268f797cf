"""start_action = trap|start: up at once, and what is taken down comes back with the first packet."""

INITIATOR, RESPONDER = "moon", "sun"
# with charon at the initiator it would be charon alone that is tested
CASTS = ["keyferry-charon", "keyferry-keyferry"]

POLICIES = 3  # out, in, fwd


def prepare(lab):
    lab.gateways("""
      nets {
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
        start_action = trap|start
      }""")
    text = lab.run("sun", "sed '/start_action/d' /etc/swanctl/swanctl.conf")
    lab.write("sun", "/etc/swanctl/swanctl.conf", text)
    lab.start("sun", "moon")


def check(lab):
    lab.eventually(lambda: len(lab.states("moon")) == 2, "moon does not start its tunnel")
    lab.expect_policies("moon", POLICIES)
    lab.ping("alice", "bob")
    lab.ping("bob", "alice")
    for closes in (lambda: lab.down("sun", ike="gateways"), lambda: lab.down("moon", child="nets"),
                   lambda: lab.down("sun", child="nets")):
        closes()
        lab.eventually(lambda: not lab.states("moon"), "moon keeps the states of a closed tunnel")
        lab.expect_policies("moon", POLICIES)
        mark = lab.wire.mark()
        lab.run("alice", "ping -n -c 5 -i 0.2 -W 1 10.2.0.10; true")
        clear = [packet for packet in lab.wire.packets(mark) if packet.kind == "clear"]
        lab.expect(not clear, f"{len(clear)} packets passed the trap in the clear")
        lab.expect_states("moon", 2)
        lab.ping("bob", "alice")
