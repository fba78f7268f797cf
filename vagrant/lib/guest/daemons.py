"""The two IKE daemons a host may run, behind one face."""
import os
import re
import signal
import subprocess
import time

import vici

START_SECONDS = 60
STOP_SECONDS = 60
CONTROL_SECONDS = 300  # longer than a full sequence of retransmissions (165 s)

# What every host's strongswan.conf begins with; a scenario's own file follows it.
COMMON_CONF = """\
charon {
  filelog {
    lab {
      path = /var/log/charon.log
      flush_line = yes
      ike_name = yes
      default = 1
    }
  }
  syslog {
    daemon {
      default = -1
    }
  }
}
charon-systemd {
  load = random nonce openssl aes sha1 sha2 hmac kdf gcm x509 pem pkcs1 pubkey constraints gmp curve25519 xcbc cmac ctr ccm chapoly kernel-netlink socket-default vici updown
  journal {
    default = -1
  }
}
"""


# What keyferryd should never log: exceptions, and warnings of the JVM's own.
MISTAKE = re.compile(
    r"^WARNING: |^Exception in thread|^\tat |^OpenJDK .*warning|AssertionError|IllegalStateException")


class Daemon:
    """A daemon on a host; the host's namespaces and files outlive it."""

    kind = ""
    log_name = ""

    def __init__(self, host, keyferry_home):
        self.host = host
        self.home = keyferry_home
        self.process = None
        self.ended_by_us = False

    @property
    def socket_path(self):
        return self.host.directory + "/run/charon.vici"

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        """Starts and waits until VICI answers; raises RuntimeError if it does not."""
        if os.path.lexists(self.socket_path):
            os.unlink(self.socket_path)
        self.process = self._launch()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.running:
                raise RuntimeError(f"{self.kind} on {self.host.name} ended at its start"
                                   f" (status {self.process.returncode})")
            try:
                vici.call(self.socket_path, "version")
                return
            except (OSError, vici.ViciError):
                time.sleep(0.05)
        raise RuntimeError(f"{self.kind} on {self.host.name} does not answer on VICI")

    def stop(self):
        """SIGTERM; returns the exit status, or None if it had to be killed."""
        self.ended_by_us = True
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        self.ended_by_us = True
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def log(self):
        return self.host.read_log(self.log_name)

    def control(self, command, feed=None):
        return self.host.run(command, CONTROL_SECONDS, feed)

    def _launch(self):
        raise NotImplementedError

    def _popen(self, command, output):
        with open(f"{self.host.logs}/{output}", "a") as log:
            return self.host.popen(command, stdout=log, stderr=subprocess.STDOUT)


class Charon(Daemon):
    """Debian's charon-systemd, controlled by swanctl."""

    kind = "charon"
    log_name = "charon.log"

    def up_command(self, child):
        return ["swanctl", "--initiate", "--child", child]

    def down_command(self, ike, child):
        return ["swanctl", "--terminate"] + (["--ike", ike] if ike else ["--child", child])

    def load_command(self):
        return ["swanctl", "--load-all", "--noprompt"]

    def status_command(self):
        return ["swanctl", "--list-sas"]

    def log_mistakes(self):
        return []

    def _launch(self):
        return self._popen(["/usr/sbin/charon-systemd"], "charon.out")


class Keyferry(Daemon):
    """keyferryd from the built tree, controlled by keyferry. It loads swanctl.conf by itself."""

    kind = "keyferry"
    log_name = "keyferryd.log"

    def up_command(self, child):
        return [self.home + "/bin/keyferry", "up", child]

    def down_command(self, ike, child):
        return [self.home + "/bin/keyferry", "down"] + (["--ike", ike] if ike else [child])

    def load_command(self):
        return None

    def status_command(self):
        return [self.home + "/bin/keyferry", "status"]

    def log_mistakes(self):
        """Lines that no run should leave: exceptions, and warnings of the JVM's own."""
        return [line for line in self.log().split("\n") if MISTAKE.search(line)]

    def _launch(self):
        # as the unit does with its EnvironmentFile
        environment = "set -a; [ ! -e /etc/default/keyferry ] || . /etc/default/keyferry; exec "
        return self._popen(["sh", "-c", environment + self.home + "/bin/keyferryd"], self.log_name)


KINDS = {daemon.kind: daemon for daemon in (Charon, Keyferry)}
