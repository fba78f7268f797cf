"""No common ESP proposal: the reason names the first transform that does not match; no child."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")


def check(lab):
    output = lab.up_fails("moon", "nets")
    lab.expect_reason("moon", output, charon="NO_PROPOSAL_CHOSEN", keyferry="NO_PROPOSAL_CHOSEN.*HMAC_SHA2_256")
    lab.expect_reason(
        "sun",
        charon="received proposals: ESP:AES_CBC_128/HMAC_SHA2_256",
        keyferry="(?i)integrity.*(HMAC_SHA2_256.*HMAC_SHA2_512|HMAC_SHA2_512.*HMAC_SHA2_256)")
    lab.expect_empty("moon", "sun")
