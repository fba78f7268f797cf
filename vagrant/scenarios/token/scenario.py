"""Keyferry's keys and certificates are on a PKCS#11 token, the peer's in files; loaded by Debian's swanctl."""
import authority

INITIATOR, RESPONDER = "moon", "sun"
# kind of key, `auth`, and what the peer then says about the signature (charon tells the salt's length)
KINDS = {
    "rsa": ("rsa", "pubkey", "RSA_EMSA_PKCS1_SHA2_256"),
    "rsa-pss": ("rsa", "rsa/pss-sha384", r"RSA_EMSA_PSS_SHA2_384(_SALT_\d+)?"),
    "ecdsa": ("ecdsa", "pubkey", "ECDSA_WITH_SHA256_DER"),
    "ecdsa384": ("ecdsa384", "pubkey", "ECDSA_WITH_SHA384_DER"),
    "ed25519": ("ed25519", "pubkey", "ED25519"),
}
PIN = "246810"
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
OPTIONS = f"charon-systemd {{ plugins {{ pkcs11 {{ modules {{ softhsm {{ path = {MODULE} }} }} }} }} }}"


def make_token(lab, host):
    lab.write(host, "/etc/softhsm/softhsm2.conf", "directories.tokendir = /run/softhsm\nlog.level = ERROR\n")
    lab.run(host, f"mkdir -m 700 /run/softhsm && softhsm2-util --init-token --free --label {host} --pin {PIN}"
                  " --so-pin 12345678")
    lab.options(host, OPTIONS)


def store(lab, host, handle, certificate, key=""):
    """Onto the token, and nowhere else."""
    lab.write(host, "/tmp/certificate.pem", certificate)
    lab.run(host, "openssl x509 -in /tmp/certificate.pem -outform der -out /tmp/certificate.der && pkcs11-tool"
                  f" --module {MODULE} --token-label {host} --login --pin {PIN} --type cert --id {handle}"
                  " --write-object /tmp/certificate.der 2>&1")
    if key:
        lab.write(host, "/tmp/key.pem", key)
        lab.run(host, f"softhsm2-util --import /tmp/key.pem --token {host} --label {handle} --id {handle} --pin {PIN}"
                      " && rm /tmp/key.pem")


def prepare(lab):
    ca = authority.Authority(lab, "moon", "root-ca")
    for host in ("moon", "sun"):
        if lab.kind(host) == "keyferry":
            make_token(lab, host)
            store(lab, host, "ca", ca.certificate)
        else:
            authority.trust(lab, host, ca)
        for handle, (name, (kind, _, _)) in enumerate(KINDS.items(), 16):
            identity = f"{host}-{name}.example.org"
            issued = ca.issue(identity, kind)
            if lab.kind(host) == "keyferry":
                store(lab, host, f"{handle:x}", *issued)
            else:
                authority.give(lab, host, identity, *issued)
    auth = {name: auth for name, (_, auth, _) in KINDS.items()}
    for host, text in zip(("moon", "sun"), authority.moon_and_sun(KINDS, auth=auth)):
        if lab.kind(host) == "keyferry":
            text += "secrets {\n"
            for handle, name in enumerate(KINDS, 16):
                own = f"certs = {host}-{name}.example.org.pem"
                text = text.replace(own, f"cert-token {{ handle = {handle:x}\n module = softhsm }}")
                text += f"token-{name} {{ handle = {handle:x}\n module = softhsm\n pin = {PIN} }}\n"
            text += "}\nauthorities { root { handle = ca\n module = softhsm } }\n"
        lab.write(host, "/etc/swanctl/swanctl.conf", text)
    lab.start("sun", "moon")
    authority.load(lab, "sun", "moon")


def check(lab):
    for host in ("moon", "sun"):
        if lab.kind(host) == "keyferry":
            listed = lab.run(host, "swanctl --list-certs --type x509")
            lab.expect(listed.count("has private key") == len(KINDS), f"{host}: private keys are not listed: {listed}")
    for name, (_, _, scheme) in KINDS.items():
        lab.up("moon", name)
        lab.ping("alice", "bob")
        for host, peer in (("sun", "moon"), ("moon", "sun")):
            said = f"authentication of '{peer}-{name}.example.org' with {scheme} successful"
            lab.expect_reason(host, charon=said, keyferry=said)
        lab.down("moon", ike=name)
        lab.expect_empty("moon", "sun")
