"""Road warriors that log in at a gateway: carol at moon, each login a connection of its own on both sides.

Moon knows by carol's IKE identity, LOGIN.example.org, which connection is meant."""

import authority

MOON = "moon.example.org"
PLUGINS = ("random nonce openssl aes sha1 sha2 hmac kdf gcm x509 pem pkcs1 pkcs8 pubkey constraints gmp curve25519"
           " xcbc cmac ctr ccm chapoly kernel-netlink socket-default vici updown md5 gcrypt eap-identity eap-md5 eap-gtc"
           " eap-mschapv2 eap-tls eap-ttls xauth-generic")
PROVES = f"auth = pubkey\n      certs = {MOON}.pem\n      id = {MOON}"
KNOWS = f"auth = pubkey\n      id = {MOON}"


def daemons(lab, options):
    """strongswan.conf of both: options of section charon, and all of charon's plugins that a login may need."""
    for host in ("moon", "carol"):
        lab.options(host, f"charon {{\n{options}\n}}\ncharon-systemd {{\n  load = {PLUGINS}\n}}\n")


def connection(name, rounds, addresses, child, options=""):
    """@param rounds section (`local`, `local-2`, `remote` …) to lines of it"""
    sections = "".join(f"    {section} {{\n      {lines}\n    }}\n" for section, lines in rounds.items())
    return (f"  {name} {{\n    {addresses}\n    {options}\n{sections}    children {{\n      {name} {{\n"
            f"        {child}\n      }}\n    }}\n  }}\n")


class Logins:
    """What both sides know of each login."""

    def __init__(self):
        self.moon = self.carol = ""
        self.moons_secrets = self.carols_secrets = ""

    def add(self, name, local, remote, *, proves=PROVES, knows=KNOWS, further=(), options="", only_carol=False):
        """@param local lines with which carol proves herself, without `id`
        @param remote lines by which moon knows her, without `id`
        @param further pairs of the same for a second round
        @param only_carol moon has no connection of this name: another one's identity is used"""
        identity = only_carol or name
        carols = {"local-1": f"id = {identity}.example.org\n      {local}", "remote": knows}
        moons = {"local": proves, "remote-1": f"id = {identity}.example.org\n      {remote}"}
        for number, (ours, theirs) in enumerate(further, 2):
            carols[f"local-{number}"], moons[f"remote-{number}"] = ours, theirs
        self.carol += connection(name, carols, "remote_addrs = 192.168.0.1", "remote_ts = 10.1.0.0/16", options)
        if not only_carol:
            self.moon += connection(name, moons, "local_addrs = 192.168.0.1", "local_ts = 10.1.0.0/16")

    def password(self, user, carols, moons=None, kind="eap"):
        """What carol takes for the password, and what it is if that is another."""
        secret = f"  {kind}-{user} {{\n    id = {user}\n    secret = \"%s\"\n  }}\n"
        self.carols_secrets += secret % carols
        self.moons_secrets += secret % (moons or carols)

    def write(self, lab):
        for host, connections, secrets in (("moon", self.moon, self.moons_secrets),
                                           ("carol", self.carol, self.carols_secrets)):
            lab.write(host, "/etc/swanctl/swanctl.conf",
                      f"connections {{\n{connections}}}\nsecrets {{\n{secrets}}}\n")


def start(lab, *more_certificates):
    """Moon has a certificate, carol those named; both trust the CA, which is returned."""
    ca = authority.Authority(lab, "moon", "root-ca")
    authority.give(lab, "moon", MOON, *ca.issue(MOON, "rsa"))
    for name in more_certificates:
        authority.give(lab, "carol", name, *ca.issue(name, "rsa"))
    for host in ("moon", "carol"):
        authority.trust(lab, host, ca)
    return ca


def succeeds(lab, name, user=None):
    """The login lets carol in, and moon knows under which name."""
    lab.up("carol", name)
    lab.ping("carol", "alice")
    listed = lab.run("moon", f"swanctl --list-sas --raw --ike {name}")
    lab.expect(not user or f"remote-eap-id={user} " in listed, f"moon does not know {user}: {listed}")
    lab.down("carol", ike=name)
    lab.expect_empty("carol", "moon")


def refused(lab, name, carol, moon):
    """@param carol patterns by kind of why, on carol's side; moon likewise"""
    output = lab.up_fails("carol", name)
    lab.expect_reason("carol", output, **carol)
    lab.expect_reason("moon", **moon)
    lab.expect_empty("carol", "moon")
    lab.no_ping("carol", "alice", count=1)


def same(pattern):
    """What both daemons say alike."""
    return {"charon": pattern, "keyferry": pattern}
