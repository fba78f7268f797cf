"""Of two RADIUS servers one is dead and one takes 2 s for an answer: nobody else waits for them."""
import time

import authority
import radius

INITIATOR, RESPONDER = "carol", "moon"
CASTS = ["charon-keyferry"]  # charon as gateway lets the login fail

GIVEN_UP_AFTER = 2 * (1 + 1.4 + 1.4 ** 2 + 1.4 ** 3)  # four transmissions, as by default: 14.2 s
USERS = 'carol Cleartext-Password := "lantern"\n'
SLEEP = 'update control {\n      Tmp-String-0 := "%{exec:/bin/sleep 2}"\n    }'

MOON = """
connections {
  certificates {
    local_addrs = 192.168.0.1
    local {
      certs = moon.example.org.pem
      id = moon.example.org
    }
    remote {
      auth = pubkey
      id = carol.example.org
    }
    children {
      certificates {
        local_ts = 10.1.0.0/16
      }
    }
  }
  passwords {
    local_addrs = 192.168.0.1
    local {
      certs = moon.example.org.pem
      id = moon.example.org
    }
    remote {
      auth = eap-radius
      id = carol@example.org
      eap_id = %any
    }
    children {
      passwords {
        local_ts = 10.1.0.10
      }
    }
  }
}
"""

CAROL = """
connections {
  one : tunnel {
    children {
      one {
        remote_ts = 10.1.0.0/16
      }
    }
  }
  eap {
    remote_addrs = 192.168.0.1
    local {
      auth = eap
      id = carol@example.org
      eap_id = carol
    }
    remote {
      id = moon.example.org
    }
    children {
      eap {
        remote_ts = 10.1.0.10
      }
    }
  }
}
tunnel {
  remote_addrs = 192.168.0.1
  # charon takes an answer to its second IKE_SA_INIT request that comes at once for the first one's
  proposals = aes128-sha256-ecp256
  local {
    certs = carol.example.org.pem
    id = carol.example.org
  }
  remote {
    id = moon.example.org
  }
}
secrets {
  eap-carol {
    id = carol
    secret = lantern
  }
}
"""


def prepare(lab):
    ca = authority.Authority(lab, "alice", "root-ca")
    for host in ("moon", "carol"):
        authority.give(lab, host, f"{host}.example.org", *ca.issue(f"{host}.example.org", "ecdsa"))
        authority.trust(lab, host, ca)
    lab.write("moon", "/etc/swanctl/swanctl.conf", MOON)
    lab.write("carol", "/etc/swanctl/swanctl.conf", CAROL)
    radius.start(lab, "alice", USERS, first=SLEEP)
    lab.start("moon", "carol")
    authority.load(lab, "moon", "carol")


def check(lab):
    lab.up("carol", "one")
    first = login(lab, meanwhile=others)
    lab.expect(first > GIVEN_UP_AFTER, f"the first login took {first:.1f} s only: is the dead server asked?")
    lab.down("carol", ike="eap")
    second = login(lab)
    lab.expect(second < GIVEN_UP_AFTER, f"the second login took {second:.1f} s: the dead server is asked again")
    lab.ping("carol", "alice")


def login(lab, meanwhile=None):
    """Logs in by EAP; returns how many seconds that took."""
    begin = time.monotonic()
    lab.run("carol", "swanctl --initiate --child eap >/tmp/eap.log 2>&1 &")
    lab.settle(1)
    if meanwhile:
        meanwhile(lab)
    lab.eventually(lambda: "eap" in lab.run("carol", "swanctl --list-sas | grep INSTALLED; true"),
                   "no login by EAP", seconds=60)
    return time.monotonic() - begin


def others(lab):
    """A rekeying and a login that need no RADIUS server, while one waits for it."""
    begin = time.monotonic()
    lab.run("carol", "swanctl --rekey --child one")
    lab.down("carol", ike="one")
    lab.up("carol", "one")
    took = time.monotonic() - begin
    lab.expect(took < 2, f"others took {took:.1f} s")
    waiting = lab.run("moon", "swanctl --list-sas | grep -c CONNECTING; true")
    lab.expect(waiting.strip() == "1", f"the login by EAP is over too early: {waiting}")
