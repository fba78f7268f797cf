"""FreeRADIUS lets road warriors in by EAP-MD5 and EAP-TLS, groups them, counts, and throws them out."""
import authority
import radius

INITIATOR, RESPONDER = "carol", "moon"
CASTS = ["charon-keyferry"]
DAE_SECRET = "a word from the harbour master"  # also in strongswan.conf

USERS = """
carol Cleartext-Password := "lantern"
      User-Name := "captain",
      Class = "research",
      Acct-Interim-Interval = 60
dave  Cleartext-Password := "rope"
      Class = "visitors"
carol-tls Auth-Type := EAP
      Class = "research"
erin  Cleartext-Password := "compass"
      Class = "inside",
      Framed-IP-Address = 10.9.0.7,
      MS-Primary-DNS-Server = 10.1.0.53
"""

MOON = """
connections {
  research {
    local_addrs = 192.168.0.1
    local {
      certs = moon.example.org.pem
      id = moon.example.org
    }
    remote {
      auth = eap-radius
      eap_id = %any
      groups = research
    }
    children {
      network {
        local_ts = 10.1.0.0/16
      }
    }
  }
  inside {
    local_addrs = 192.168.0.1
    pools = radius
    local {
      certs = moon.example.org.pem
      id = moon.example.org
    }
    remote {
      auth = eap-radius
      eap_id = %any
      groups = inside
    }
    children {
      inside {
        local_ts = 10.1.0.0/16
      }
    }
  }
}
"""


def carol_conf():
    conf = "connections {\n"
    for name, identity in (("md5", "carol"), ("wrong", "mallory"), ("visitor", "dave"), ("tls", "carol-tls"), ("inside", "erin")):
        certs = "certs = carol-tls.pem\n      aaa_id = radius.example.org" if name == "tls" else ""
        conf += f"""
  {name} {{
    remote_addrs = 192.168.0.1
    {"vips = 0.0.0.0" if name == "inside" else ""}
    local {{
      auth = eap{"-tls" if name == "tls" else ""}
      id = {identity}@example.org
      eap_id = {identity}
      {certs}
    }}
    remote {{
      auth = pubkey
      id = moon.example.org
    }}
    children {{
      {name} {{
        remote_ts = 10.1.0.0/16
      }}
    }}
  }}
"""
    return conf + """}
secrets {
  eap-carol { id = carol
    secret = lantern }
  eap-mallory { id = mallory
    secret = guess }
  eap-dave { id = dave
    secret = rope }
  eap-erin { id = erin
    secret = compass }
}
"""


def prepare(lab):
    ca = authority.Authority(lab, "alice", "root-ca")
    authority.give(lab, "moon", "moon.example.org", *ca.issue("moon.example.org", "ecdsa"))
    authority.give(lab, "carol", "carol-tls", *ca.issue("carol-tls", "ecdsa"))
    for host in ("moon", "carol"):
        authority.trust(lab, host, ca)
    lab.write("moon", "/etc/swanctl/swanctl.conf", MOON)
    lab.write("carol", "/etc/swanctl/swanctl.conf", carol_conf())
    radius.start(lab, "alice", USERS, ca)
    lab.start("moon", "carol")
    authority.load(lab, "moon", "carol")


def check(lab):
    lab.up("carol", "md5")
    lab.ping("carol", "alice", count=20)
    said = "authentication of 'carol@example.org' with EAP successful"
    lab.expect_reason("moon", charon=said, keyferry=said)
    counted(lab)
    refused(lab)
    by_tls(lab)
    with_address(lab)
    thrown_out(lab)


def counted(lab):
    """One session, whatever is rekeyed in it; its octets are those of the kernel."""
    lab.eventually(lambda: len(radius.records(lab, "alice")) == 1, "no Start was recorded")
    start = radius.records(lab, "alice")[0]
    lab.expect(start["Acct-Status-Type"] == "Start" and start["User-Name"] == "carol", f"Start: {start}")
    lab.run("carol", "swanctl --rekey --child md5")
    lab.settle(2)
    lab.ping("carol", "alice", count=10)
    lab.run("carol", "swanctl --rekey --ike md5")
    lab.settle(2)
    lab.ping("carol", "alice", count=10)
    lab.eventually(lambda: len(radius.records(lab, "alice")) > 1, "no interim record", seconds=90)
    interim = radius.records(lab, "alice")[1]
    lab.expect(interim["Acct-Status-Type"] == "Interim-Update", f"interim: {interim}")
    lab.expect(int(interim["Acct-Input-Packets"]) == 40, f"interim packets: {interim}")
    lab.down("carol", ike="md5")
    lab.eventually(lambda: radius.records(lab, "alice")[-1]["Acct-Status-Type"] == "Stop", "no Stop was recorded")
    stop = radius.records(lab, "alice")[-1]
    lab.expect(stop["Acct-Session-Id"] == start["Acct-Session-Id"], f"another session: {stop}")
    # 40 pings of 84 bytes each way, over three CHILD_SAs and two IKE_SAs
    for name in ("Acct-Input-Octets", "Acct-Output-Octets"):
        lab.expect(stop[name] == str(40 * 84), f"{name}: {stop.get(name)}, not {40 * 84}")
    lab.expect(stop["Acct-Terminate-Cause"] == "User-Request", f"cause: {stop}")
    lab.expect_empty("carol", "moon")


def refused(lab):
    output = lab.up_fails("carol", "wrong")
    lab.expect_reason("moon", charon="RADIUS authentication of 'mallory' failed",
                      keyferry="RADIUS authentication of 'mallory' failed")
    lab.expect("EAP_FAILURE" in output or "AUTHENTICATION_FAILED" in output or "EAP" in output, output)
    lab.up_fails("carol", "visitor")
    lab.expect_reason("moon", charon="group membership", keyferry="group membership to .*research.* required")
    lab.expect_empty("carol", "moon")


def by_tls(lab):
    lab.up("carol", "tls")
    lab.ping("carol", "alice")
    lab.down("carol", ike="tls")
    lab.expect_empty("carol", "moon")


def with_address(lab):
    """The server chooses the client's address, and which connection it gets by its group."""
    lab.up("carol", "inside")
    lab.ping("carol", "alice", source="10.9.0.7")
    start = radius.records(lab, "alice")[-1]
    lab.expect(start.get("Framed-IP-Address") == "10.9.0.7", f"Start: {start}")
    lab.down("carol", ike="inside")
    lab.expect_empty("carol", "moon")


def thrown_out(lab):
    lab.up("carol", "md5")
    radius.client(lab, "10.1.0.1:3799", "User-Name = nobody\\n", DAE_SECRET, "disconnect", "Disconnect-NAK")
    radius.client(lab, "10.1.0.1:3799", "User-Name = carol\\n", DAE_SECRET, "disconnect", "Disconnect-ACK")
    lab.expect_empty("carol", "moon")
    last = lambda: radius.records(lab, "alice")[-1]
    lab.eventually(lambda: last()["Acct-Status-Type"] == "Stop", "no Stop was recorded")
    limited(lab)


def limited(lab):
    """A change of authorization says when to log in again; what cannot be changed is refused by name."""
    lab.up("carol", "md5")
    radius.client(lab, "10.1.0.1:3799", "User-Name = nobody\\nSession-Timeout = 60\\n", DAE_SECRET, "coa", "CoA-NAK")
    # charon ignores what it does not know
    radius.client(lab, "10.1.0.1:3799", "User-Name = carol\\nFilter-Id = other\\nSession-Timeout = 60\\n", DAE_SECRET, "coa",
                  "Unsupported-Attribute" if lab.kind("moon") == "keyferry" else "CoA-ACK")
    radius.client(lab, "10.1.0.1:3799", "User-Name = carol\\nSession-Timeout = 60\\n", "not the secret", "coa", "No reply")
    said = "authentication of 'carol@example.org' with EAP successful"
    logins = lab.log("moon").count(said)
    radius.client(lab, "10.1.0.1:3799", "User-Name = carol\\nSession-Timeout = 60\\n", DAE_SECRET, "coa", "CoA-ACK")
    lab.expect_reason("carol", charon="received AUTH_LIFETIME of 60s", keyferry="received AUTH_LIFETIME of 60s")
    lab.eventually(lambda: lab.log("moon").count(said) > logins, "carol does not log in again in time", 65)
    lab.settle(2)
    lab.ping("carol", "alice")
    lab.down("carol", ike="md5")
    lab.expect_empty("carol", "moon")
