"""Certification authorities for scenarios, made at run time with openssl in a host's /root."""

EXTENSIONS = "basicConstraints=critical,CA:FALSE\\nsubjectAltName=DNS:{name}\\n"
KEYS = {
    "rsa": "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    "ecdsa": "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    "ecdsa384": "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
    "ecdsa521": "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
    "ed25519": "-algorithm ED25519",
    "ed448": "-algorithm ED448",
}


class Authority:
    """A CA whose key lies on one host of the lab."""

    def __init__(self, lab, host, name):
        self.lab, self.host, self.name = lab, host, name
        self.directory = f"/root/{name}"
        self._run(f"mkdir -p {self.directory}")
        self._key("ca", "ecdsa")
        self._run(f"openssl req -x509 -new -key ca.key -days 30 -subj '/CN={name}'"
                  " -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign"
                  " -out ca.pem")
        self.certificate = self._read("ca.pem")

    def issue(self, name, kind, *, expired=False, extensions=""):
        """A certificate for a DNS name; returns it and its key, in PEM. More extensions are lines for openssl."""
        self._key(name, kind)
        self._run(f"openssl req -new -key {name}.key -subj '/CN={name}' -out {name}.csr")
        self._run(f"printf '{EXTENSIONS.format(name=name)}{extensions}' >{name}.ext")
        # only `openssl ca` takes dates that have passed
        self._run("touch index.txt && echo 'unique_subject = no' >index.txt.attr")
        self._run("printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index.txt\\nnew_certs_dir=.\\nrand_serial=yes\\n"
                  "default_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n' >ca.conf")
        dates = "-startdate 20250101000000Z -enddate 20250201000000Z" if expired else "-days 20"
        self._run(f"openssl ca -batch -notext -config ca.conf -cert ca.pem -keyfile ca.key {dates}"
                  f" -extfile {name}.ext -in {name}.csr -out {name}.pem 2>&1")
        return self._read(f"{name}.pem"), self._read(f"{name}.key")

    def revoke(self, name, reason="keyCompromise"):
        self._run(f"openssl ca -config ca.conf -cert ca.pem -keyfile ca.key -revoke {name}.pem"
                  f" -crl_reason {reason} 2>&1")

    def publish_crl(self):
        """Makes a CRL of all that is revoked, for the web server to hand out."""
        self._run("openssl ca -config ca.conf -cert ca.pem -keyfile ca.key -gencrl -crldays 2 -out crl.pem 2>&1"
                  f" && mkdir -p www && openssl crl -in crl.pem -outform der -out www/{self.name}.crl")

    def publish_certificate(self, name):
        """For the web server, under the name that hash-and-URL gives it (RFC 7296 §3.6)."""
        self._run(f"mkdir -p www && openssl x509 -in {name}.pem -outform der -out {name}.der"
                  f" && cp {name}.der www/$(sha1sum <{name}.der | cut -c1-40)")

    def serve_http(self):
        """What lies in the CA's directory www, on port 80 of its host."""
        # http.server's own main program asks DNS for the host's name before it listens
        server = ("import functools, http.server as h, socketserver as s;"
                  " handler = functools.partial(h.SimpleHTTPRequestHandler, directory=\"www\");"
                  " s.ThreadingTCPServer((\"\", 80), handler).serve_forever()")
        self._run(f"mkdir -p www && {{ setsid python3 -c '{server}' >>http.log 2>&1 </dev/null & }}")
        self._listens(80)

    def serve_ocsp(self, port):
        """An OCSP responder that signs with the CA's key."""
        self._run(f"{{ setsid openssl ocsp -port {port} -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key"
                  " -nmin 5 >>ocsp.log 2>&1 </dev/null & }")
        self._listens(port)

    def _listens(self, port):
        self.lab.eventually(lambda: f":{port} " in self.lab.run(self.host, "ss -ltn"), f"nobody listens on {port}")

    def _key(self, name, kind):
        self._run(f"openssl genpkey {KEYS[kind]} -out {name}.key 2>&1")

    def _run(self, line):
        self.lab.run(self.host, f"cd {self.directory} 2>/dev/null || cd /root; {line}")

    def _read(self, name):
        return self.lab.run(self.host, f"cat {self.directory}/{name}")


def give(lab, host, name, certificate, key):
    """Puts a certificate and its key where swanctl finds them."""
    lab.write(host, f"/etc/swanctl/x509/{name}.pem", certificate)
    lab.write(host, f"/etc/swanctl/private/{name}.pem", key)


def trust(lab, host, *authorities):
    for authority in authorities:
        lab.write(host, f"/etc/swanctl/x509ca/{authority.name}.pem", authority.certificate)


def connection(name, local_addr, remote_addr, local_id, remote_id, certificate, local_ts, remote_ts, remote="",
               local=""):
    """A connection with one child of the same name."""
    return f"""
  {name} {{
    local_addrs = {local_addr}
    remote_addrs = {remote_addr}
    local {{
      certs = {certificate}.pem
      id = {local_id}
      {local}
    }}
    remote {{
      id = {remote_id}
      {remote}
    }}
    children {{
      {name} {{
        local_ts = {local_ts}
        remote_ts = {remote_ts}
      }}
    }}
  }}
"""


def moon_and_sun(names, remote="", auth=None, demanded=None):
    """swanctl.conf of both, with a connection for each name: moon-NAME and sun-NAME are who they are.

    @param remote goes to moon's part about sun
    @param auth names to `auth` of what each side proves itself with, where that is not simply a public key
    @param demanded names to `auth` of what each side takes of the other, where that is not any public key"""
    moon = sun = "connections {\n"
    for name in names:
        ours, theirs = f"moon-{name}.example.org", f"sun-{name}.example.org"
        own = f"auth = {(auth or {}).get(name, 'pubkey')}"
        taken = f"auth = {demanded[name]}" if name in (demanded or {}) else ""
        moon += connection(name, "192.168.0.1", "192.168.0.2", ours, theirs, ours, "10.1.0.0/16", "10.2.0.0/16",
                           f"{remote}\n{taken}", own)
        sun += connection(name, "192.168.0.2", "192.168.0.1", theirs, ours, theirs, "10.2.0.0/16", "10.1.0.0/16",
                          taken, own)
    return moon + "}\n", sun + "}\n"


def load(lab, *hosts):
    """Debian's swanctl loads keys and certificates into either daemon."""
    for host in hosts:
        lab.run(host, "swanctl --load-all --noprompt")
