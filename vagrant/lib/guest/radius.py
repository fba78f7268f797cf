"""FreeRADIUS of Debian on a host, with a configuration of its own in /tmp."""

import authority

SECRET = "ferry and server share this"
DIRECTORY = "/tmp/radius"

CONFIGURATION = """
prefix = /usr
libdir = /usr/lib/freeradius
raddbdir = {directory}
logdir = {directory}
run_dir = {directory}
db_dir = {directory}
pidfile = {directory}/pid
max_request_time = 30
hostname_lookups = no
log {{
  destination = files
  file = {directory}/log
  auth = yes
}}
security {{
  allow_core_dumps = no
  reject_delay = 0
  status_server = no
}}
thread pool {{
  start_servers = 8
  max_servers = 32
}}
modules {{
  always ok {{
    rcode = ok
  }}
  exec {{
    wait = yes
  }}
  files {{
    filename = {directory}/users
  }}
  detail {{
    filename = {directory}/accounting
  }}
  mschap {{
  }}
  eap {{
    default_eap_type = md5
    md5 {{
    }}
    mschapv2 {{
    }}
    {tls}
  }}
}}
client moon {{
  ipaddr = 10.1.0.1
  secret = "{secret}"
}}
server lab {{
  listen {{
    type = auth
    ipaddr = {address}
    port = {port}
  }}
  listen {{
    type = acct
    ipaddr = {address}
    port = {acct_port}
  }}
  authorize {{
    {first}
    files
    eap
  }}
  authenticate {{
    eap
  }}
  accounting {{
    detail
  }}
}}
server inside {{
  authorize {{
    files
    eap
  }}
  authenticate {{
    Auth-Type MS-CHAP {{
      mschap
    }}
    eap
  }}
}}
"""

TLS = """
    tls-config common {{
      private_key_file = {directory}/server.key
      certificate_file = {directory}/server.pem
      ca_file = {directory}/ca.pem
      tls_min_version = "1.2"
      tls_max_version = "1.2"
      cache {{
        enable = yes
        lifetime = 1
        name = "lab"
        persist_dir = {directory}/sessions
      }}
    }}
    tls {{
      tls = common
    }}
    ttls {{
      tls = common
      default_eap_type = md5
      virtual_server = inside
    }}
    peap {{
      tls = common
      default_eap_type = mschapv2
      virtual_server = inside
    }}
"""


def start(lab, host, users, ca=None, first="", port=1812):
    """Starts a server with these users (FreeRADIUS's format). With a CA it can speak EAP-TLS, TTLS and PEAP.
    `first` is what it does before anything else."""
    here = lab.address(host)
    tls = ""
    if ca:
        certificate, key = ca.issue("radius.example.org", "rsa")
        lab.write(host, f"{DIRECTORY}/server.pem", certificate)
        lab.write(host, f"{DIRECTORY}/server.key", key)
        lab.write(host, f"{DIRECTORY}/ca.pem", ca.certificate)
        lab.run(host, f"mkdir {DIRECTORY}/sessions")
        tls = TLS.format(directory=DIRECTORY)
    lab.write(host, f"{DIRECTORY}/radiusd.conf", CONFIGURATION.format(
        directory=DIRECTORY, secret=SECRET, address=here, port=port, acct_port=port + 1,
        tls=tls, first=first))
    lab.write(host, f"{DIRECTORY}/users", users)
    lab.write(host, f"{DIRECTORY}/dictionary", "")
    lab.run(host, f"freeradius -n radiusd -d {DIRECTORY} || (cat {DIRECTORY}/log; false)")


def records(lab, host):
    """The accounting records that it wrote, oldest first, each as a dictionary of attributes."""
    text = lab.run(host, f"cat {DIRECTORY}/accounting 2>/dev/null; true")
    found = []
    for block in text.split("\n\n"):
        pairs = [line.strip().split(" = ", 1) for line in block.split("\n") if " = " in line]
        if pairs:
            found.append({name: value.strip('"') for name, value in pairs})
    return found


def client(lab, address, text, secret, kind, expect):
    """Debian's radclient on alice asks for a change; `expect` is in its output."""
    output = lab.run("alice", f"printf '{text}' | radclient -x -t 5 {address} {kind} '{secret}' 2>&1; true")
    lab.expect(expect in output, f"radclient: {expect} is not in: {output.strip()}")
