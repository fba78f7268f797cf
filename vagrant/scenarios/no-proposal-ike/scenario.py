"""No common proposal for the IKE SA: the reason names the first transform that does not match."""

INITIATOR, RESPONDER = "moon", "sun"


def prepare(lab):
    lab.start("sun", "moon")


def check(lab):
    output = lab.up_fails("moon", "nets")
    lab.expect_reason("moon", output, charon="NO_PROPOSAL_CHOSEN", keyferry="NO_PROPOSAL_CHOSEN.*AES_CBC_128")
    # charon lists the proposals; Keyferry says which transform was offered and which wanted
    lab.expect_reason(
        "sun",
        charon="received proposals: IKE:AES_CBC_128",
        keyferry="(?i)encryption.*(AES_CBC_128.*AES_CBC_256|AES_CBC_256.*AES_CBC_128)")
    lab.expect_empty("moon", "sun")
