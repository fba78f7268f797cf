"""A tunnel between Keyferry and strongSwan, shown step by step."""

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-charon"]
PINGS = 20


def prepare(lab):
    lab.tell("""
alice 10.1.0.10 -- moon 192.168.0.1 ====== 192.168.0.2 sun -- bob 10.2.0.10
                   Keyferry          ESP   strongSwan
""")
    lab.start("sun", "moon")


def check(lab):
    lab.show("moon", "keyferry up nets")
    lab.show("moon", "keyferry status")
    lab.show("moon", "keyferry xfrm states")
    lab.tell(f"alice# ping -c {PINGS} 10.2.0.10")
    lab.ping("alice", "bob", count=PINGS)
    lab.tell(f"{PINGS} of {PINGS} answered; on the wire between moon and sun: ESP only, nothing in the clear\n")
    lab.show("moon", "keyferry xfrm states")
    lab.show("sun", "swanctl --list-sas")
    lab.show("moon", "keyferry down --ike gateways")
    lab.expect_empty("moon", "sun")
    lab.tell("both kernels are empty again")
