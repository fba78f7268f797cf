"""Redirects (RFC 5685): gateways send a client to each other, by address and by name; Keyferry's also while it connects."""

INITIATOR, RESPONDER = "carol", "moon"
CAROL, MOON, SUN = "192.168.0.100", "192.168.0.1", "192.168.0.2"

GATEWAY = """
connections {
  gw {
    local_addrs = %s
    %s
    local { auth = psk
      id = gateway.example.org
    }
    remote { auth = psk
      id = carol@example.org
    }
    children {
      net {
        local_ts = 10.1.0.0/16, 10.2.0.0/16
      }
    }
  }
}
secrets {
  ike-gw {
    secret = "which ferry is it today"
  }
}
"""
CLIENT = """
connections {
  home {
    remote_addrs = 192.168.0.1
    local { auth = psk
      id = carol@example.org
    }
    remote { auth = psk
      id = gateway.example.org
    }
    children {
      net {
        remote_ts = 10.1.0.0/16, 10.2.0.0/16
      }
    }
  }
}
secrets {
  ike-gw {
    secret = "which ferry is it today"
  }
}
"""


def prepare(lab):
    lab.write("carol", "/etc/swanctl/swanctl.conf", CLIENT)
    lab.write("moon", "/etc/swanctl/swanctl.conf", GATEWAY % (MOON, ""))
    lab.write("sun", "/etc/swanctl/swanctl.conf", GATEWAY % (SUN, ""))
    lab.names("carol", {"moon.example.org": MOON, "sun.example.org": SUN})
    lab.start("sun", "moon", "carol")
    lab.up("carol", "net")
    lab.ping("carol", "alice")


def redirect(lab, gateway, *options):
    output = lab.run(gateway, ["swanctl", "--redirect", *options])
    lab.expect("redirect completed successfully" in output, f"{gateway}: {output}")


def expect_at(lab, gateway, address, inside):
    other = "sun" if gateway == "moon" else "moon"
    ends = lambda: {(sa.source, sa.destination) for sa in lab.states("carol")}
    lab.eventually(lambda: ends() == {(CAROL, address), (address, CAROL)},
                   lambda: f"carol's states are between {ends()}, not with {gateway}", seconds=60)
    lab.expect_states("carol", 2)
    lab.expect_states(other, 0)
    lab.expect_states(gateway, 2)
    lab.ping("carol", inside)


def connects_by(lab, option):
    """moon, a Keyferry, sends carol on while she connects."""
    lab.write("moon", "/etc/swanctl/swanctl.conf", GATEWAY % (MOON, option))
    lab.run("moon", "keyferry load")
    lab.up("carol", "net")
    expect_at(lab, "sun", SUN, "bob")
    lab.down("carol", ike="home")
    lab.expect_empty("carol", "moon", "sun")


def check(lab):
    redirect(lab, "moon", "--peer-ip", CAROL, "--gateway", SUN)
    expect_at(lab, "sun", SUN, "bob")
    redirect(lab, "sun", "--peer-id", "carol@example.org", "--gateway", "moon.example.org")
    expect_at(lab, "moon", MOON, "alice")
    lab.down("carol", ike="home")
    lab.expect_empty("carol", "moon", "sun")
    if lab.kind("moon") == "keyferry":
        connects_by(lab, "redirect_init = sun.example.org")
        lab.expect_count("moon", "redirecting .* to ", 2)
        if lab.kind("carol") == "keyferry":  # a charon 5.9.8 that is redirected in IKE_AUTH aborts
            connects_by(lab, f"redirect_auth = {SUN}")
            lab.expect_count("moon", "redirecting .* to ", 3)
