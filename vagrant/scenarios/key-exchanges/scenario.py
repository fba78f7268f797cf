"""Additional key exchanges: X25519 and ML-KEM for both kinds of SA, set up and rekeyed (RFC 9370)."""

INITIATOR, RESPONDER = "moon", "sun"
CASTS = ["keyferry-keyferry"]  # Debian's charon 5.9.8 does not know them


def prepare(lab):
    lab.gateways("""
      nets {
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
        esp_proposals = aes256gcm16-x25519-ke1_mlkem768-ke2_ecp384
      }""", "proposals = aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke2_mlkem1024")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    lab.ping("alice", "bob")
    for host in ("moon", "sun"):
        listed = lab.run(host, "swanctl --list-sas --raw")
        for said in ("dh-group=CURVE_25519", "ake1=ML_KEM_768", "ake2=ML_KEM_1024"):
            lab.expect(said in listed, f"{host} does not list {said}")
    first = {sa.spi for sa in lab.states("moon")}
    lab.run("moon", "swanctl --rekey --child nets")
    lab.eventually(lambda: not first & {sa.spi for sa in lab.states("moon")}, "the CHILD_SA was not rekeyed")
    listed = lab.run("moon", "swanctl --list-sas --raw")
    lab.expect("ake1=ML_KEM_768 ake2=ECP_384" in listed, "the CHILD_SA has no additional keys")
    lab.ping("alice", "bob")
    lab.run("sun", "swanctl --rekey --ike gateways")
    lab.settle(5)
    lab.ping("bob", "alice")
