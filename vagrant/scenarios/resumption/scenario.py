"""Session resumption: after the gateway's crash its ticket brings the tunnel back; a charon at either end is not disturbed."""

INITIATOR, RESPONDER = "carol", "moon"
# a liveness check within 10 s; the answer of a Keyferry shows that it has lost the IKE SA
SOON = 30
# retransmissions to a charon, which does not answer for SAs that it has forgotten
SECONDS_UNTIL_FOUND = 300
INNER = "10.4.0.7"

CONF = """
connections {
  home {
    %s
    dpd_delay = 10s
    local { auth = psk
      id = %s
    }
    remote { auth = psk
      id = %s
    }
    children {
      net {
        %s
      }
    }
  }
}
secrets {
  ike-home {
    secret = "the same ticket back, please"
  }
}
%s
"""
POOL = "pools { inner { addrs = 10.4.0.7-10.4.0.9\n } }"
STATE = """
charon {
  keyferry {
    state_dir = /run/keyferry
  }
}
"""


def prepare(lab):
    own = lambda host: "resumption = yes" if lab.kind(host) == "keyferry" else ""
    lab.write("carol", "/etc/swanctl/swanctl.conf",
              CONF % (f"remote_addrs = 192.168.0.1\nvips = 0.0.0.0\n{own('carol')}", "carol@example.org",
                      "moon.example.org", "remote_ts = 10.1.0.0/16\nstart_action = start\ndpd_action = restart", ""))
    lab.write("moon", "/etc/swanctl/swanctl.conf",
              CONF % (f"pools = inner\n{own('moon')}", "moon.example.org", "carol@example.org",
                      "local_ts = 10.1.0.0/16", POOL))
    lab.run("moon", f"cat >>/etc/strongswan.conf <<'END'{STATE}END")
    lab.start("moon", "carol")
    expect_up(lab, SOON)


def expect_up(lab, seconds):
    lab.eventually(lambda: len(lab.states("carol")) == 2 and len(lab.states("moon")) == 2,
                   "the tunnel is not up", seconds)
    lab.ping("carol", "alice", source=INNER)


def crashes(lab):
    lab.kill("moon")
    lab.clear_after_crash("moon")
    before = {sa.spi for sa in lab.states("carol")}
    lab.start("moon")
    lab.eventually(lambda: lab.states("carol") and not before & {sa.spi for sa in lab.states("carol")},
                   "carol has the dead tunnel's states, or none", SECONDS_UNTIL_FOUND)
    expect_up(lab, SOON)


def check(lab):
    both = lab.kind("carol") == lab.kind("moon") == "keyferry"
    crashes(lab)
    if both:
        lab.expect_count("moon", "is resuming an IKE_SA", 1)
        lab.expect_count("carol", "resuming IKE_SA", 1)
    crashes(lab)
    if both:
        lab.expect_count("carol", "resuming IKE_SA", 2)
        lab.expect_count("carol", "initiating IKE_SA", 1)
        # without the keys of the tickets it takes a full set-up
        lab.run("moon", "rm /run/keyferry/ticket-keys")
        crashes(lab)
        lab.expect_count("carol", "initiating IKE_SA", 2)
