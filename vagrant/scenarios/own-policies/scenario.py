"""policies = no: only states are installed, and policies are the administrator's own."""

INITIATOR, RESPONDER = "moon", "sun"
POLICY = ("ip xfrm policy add src {source} dst {target} dir {dir} tmpl src {outer} dst {peer}"
          " proto esp mode tunnel reqid 9")


def prepare(lab):
    lab.gateways("""
      nets {
        policies = no
        reqid = 9
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
      }""")
    lab.start("sun", "moon")
    lab.up("moon", "nets")


def check(lab):
    for host, own, other, outer, peer in (("moon", "10.1.0.0/16", "10.2.0.0/16", "192.168.0.1", "192.168.0.2"),
                                          ("sun", "10.2.0.0/16", "10.1.0.0/16", "192.168.0.2", "192.168.0.1")):
        lab.expect_states(host, 2)
        text = lab.run(host, "ip xfrm policy")
        lab.expect("tmpl" not in text, f"{host}: policies although there should be none")
        lab.run(host, POLICY.format(source=own, target=other, dir="out", outer=outer, peer=peer))
        for direction in ("in", "fwd"):
            lab.run(host, POLICY.format(source=other, target=own, dir=direction, outer=peer, peer=outer))
    lab.ping("alice", "bob", count=20)
    lab.expect_mirrored(kinds=("state", "route"))
    for host in ("moon", "sun"):
        lab.run(host, "ip xfrm policy flush")
