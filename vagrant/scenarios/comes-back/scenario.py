"""A client whose gateway was out of reach for hours is back within seconds of its host's move to another network."""

INITIATOR, RESPONDER = "carol", "moon"
CASTS = ["keyferry-charon", "keyferry-keyferry"]  # a charon gives up
FIRST, SECOND, MOON = "192.168.0.100", "192.168.0.101", "192.168.0.1"
HOURS = 3
PAUSE = 600  # the longest between two tries

CONF = """
connections {
  home {
    %s
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
    secret = "round by the other bank"
  }
}
"""


def prepare(lab):
    lab.write("carol", "/etc/swanctl/swanctl.conf",
              CONF % (f"remote_addrs = {MOON}\ndpd_delay = 10s", "carol@example.org", "moon.example.org",
                      "remote_ts = 10.1.0.0/16\nstart_action = start\ndpd_action = restart"))
    lab.write("moon", "/etc/swanctl/swanctl.conf",
              CONF % ("dpd_delay = 60s", "moon.example.org", "carol@example.org", "local_ts = 10.1.0.0/16"))
    lab.start("moon", "carol")
    expect_up(lab, FIRST, 30)


def expect_up(lab, address, seconds):
    ends = lambda: {(sa.source, sa.destination) for sa in lab.states("carol")}
    lab.eventually(lambda: ends() == {(address, MOON), (MOON, address)},
                   lambda: f"carol's states are between {ends()}", seconds)
    lab.ping("carol", "alice")


def check(lab):
    lab.run("moon", "nft add table inet lab && nft add chain inet lab in '{ type filter hook input priority 0; }'"
                    f" && nft add rule inet lab in ip saddr {FIRST} drop"
                    " && nft add rule inet lab in ip6 saddr fd00::100 drop")
    lab.settle(HOURS * 3600)
    lab.expect_empty("carol", "moon")
    tries = lab.log("carol").count("initiating IKE_SA home")
    lab.expect(tries > HOURS * 3600 / (PAUSE + 170), f"only {tries} tries in {HOURS} hours")
    lab.run("carol", f"ip addr del {FIRST}/24 dev eth0 && ip addr add {SECOND}/24 dev eth0"
                     " && ip route replace default via 192.168.0.254")
    expect_up(lab, SECOND, 15)
