"""Certificates by hash and URL: fetched from a web server; what is not there, or is another one, lets nobody in."""
import authority

INITIATOR, RESPONDER = "moon", "sun"
SERVER = "192.168.0.100"
NAMES = ("good", "gone", "swapped")
CA = f"""authorities {{
  root {{
    cacert = root-ca.pem
    cert_uri_base = http://{SERVER}/
  }}
}}
"""


def prepare(lab):
    ca = authority.Authority(lab, "carol", "root-ca")
    for name in NAMES:
        for host in ("moon", "sun"):
            identity = f"{host}-{name}.example.org"
            authority.give(lab, host, identity, *ca.issue(identity, "ecdsa"))
            if not (host == "sun" and name == "gone"):
                ca.publish_certificate(identity)
    lab.run("carol", "cd /root/root-ca; cp www/$(sha1sum <sun-good.example.org.der | cut -c1-40)"
            " www/$(sha1sum <sun-swapped.example.org.der | cut -c1-40)")
    ca.serve_http()
    # certificates of each other that would make fetching needless are nowhere loaded
    for host, text in zip(("moon", "sun"), authority.moon_and_sun(NAMES)):
        authority.trust(lab, host, ca)
        lab.write(host, "/etc/swanctl/swanctl.conf", text + CA)
    lab.start("sun", "moon")
    authority.load(lab, "sun", "moon")


def check(lab):
    mark = lab.run("carol", "cat /root/root-ca/http.log; true").count("GET ")
    lab.up("moon", "good")
    lab.ping("alice", "bob")
    lab.eventually(lambda: lab.run("carol", "cat /root/root-ca/http.log").count("GET ") == mark + 2,
                   "not both certificates were fetched")
    for host in ("moon", "sun"):
        lab.expect_reason(host, charon=f"fetching certificate from .http://{SERVER}/",
                          keyferry=f"fetching certificate from .http://{SERVER}/")
    lab.down("moon", ike="good")
    lab.expect_empty("moon", "sun")
    for name in ("gone", "swapped"):
        output = lab.up_fails("moon", name)
        lab.expect_reason("moon", output, charon=f"no trusted .*public key found for 'sun-{name}.example.org'",
                          keyferry=f"no trusted .*key found for .*sun-{name}.example.org")
        lab.expect_empty("moon", "sun")
