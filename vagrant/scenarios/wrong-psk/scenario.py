"""The two sides know different secrets: refused, with a reason on both sides, and nothing is left."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")


def check(lab):
    output = lab.up_fails("moon", "nets")
    lab.expect_reason("moon", output, charon="AUTHENTICATION_FAILED", keyferry="AUTHENTICATION_FAILED")
    lab.expect_reason(
        "sun",
        charon="tried 1 shared key.* but MAC mismatched",
        keyferry="moon.example.org.*(?i:pre-shared key|shared key|shared secret|psk)")
    lab.expect_empty("moon", "sun")
    lab.no_ping("alice", "bob")
