"""An IKE_SA that comes up without a CHILD_SA, which follows with a key exchange of its own (RFC 6023)."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.gateways("""
      nets {
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
        esp_proposals = aes128gcm16-x25519
      }""", "childless = force\n    proposals = aes128-sha256-x25519")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    lab.ping("alice", "bob")
    for host in ("moon", "sun"):
        listed = lab.run(host, "swanctl --list-sas --raw")
        lab.expect(listed.count("dh-group=CURVE_25519") == 2, f"{host}: the CHILD_SA has no key exchange of its own")
    lab.down("moon", ike="gateways")
    lab.up("sun", "nets")
    lab.ping("bob", "alice")
