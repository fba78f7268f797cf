"""EAP-TLS and EAP-TTLS with TLS 1.3 prove both ends; charon 5.9.8 makes another key of it than RFC 9190."""
import authority

INITIATOR, RESPONDER = "moon", "sun"
METHODS = ("tls", "ttls")


def connection(method, own, peer, ends):
    (address, network), (peer_address, peer_network) = ends
    certs = f"certs = {own}.pem" if own.startswith("sun") or method == "tls" else ""
    return f"""
  {method} {{
    local_addrs = {address}
    remote_addrs = {peer_address}
    local {{
      auth = eap-{method}
      id = {own}
      {certs}
    }}
    remote {{
      auth = eap-{method}
      id = {peer}
    }}
    children {{
      {method} {{
        local_ts = {network}
        remote_ts = {peer_network}
      }}
    }}
  }}"""


def prepare(lab):
    ca = authority.Authority(lab, "moon", "root-ca")
    ends = ("192.168.0.1", "10.1.0.0/16"), ("192.168.0.2", "10.2.0.0/16")
    for host, peer, where in (("moon", "sun", ends), ("sun", "moon", ends[::-1])):
        conf = "connections {"
        for method in METHODS:
            name = f"{host}-{method}.example.org"
            authority.give(lab, host, name, *ca.issue(name, "ecdsa"))
            conf += connection(method, name, f"{peer}-{method}.example.org", where)
        authority.trust(lab, host, ca)
        lab.write(host, "/etc/swanctl/swanctl.conf", conf + """
}
secrets {
  eap-moon {
    id = moon-ttls.example.org
    secret = lantern
  }
}
""")
    lab.start("sun", "moon")
    authority.load(lab, "sun", "moon")


def check(lab):
    for method in METHODS:
        lab.up("moon", method)
        lab.ping("alice", "bob")
        for host in ("moon", "sun"):
            said = f"EAP method EAP_{method.upper()} succeeded, MSK established"
            lab.expect_reason(host, charon=said, keyferry=said)
        lab.down("moon", ike=method)
        lab.expect_empty("moon", "sun")
    said = "taking the key of TLS 1.3 from before RFC 9190"
    if lab.kind("moon") == "keyferry":
        lab.expect_reason("moon", charon="", keyferry=said)
