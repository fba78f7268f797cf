"""The verbs that scenarios are written in."""
import os
import re
import time

import mirror
import network
import vici
import xfrm
from daemons import COMMON_CONF, KINDS
from namespaces import Host
from wire import Wire

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PING_INTERVAL_SECONDS = 0.2
COMMAND_SECONDS = 120
SWANCTL_CONF = "/etc/swanctl/swanctl.conf"
HALF_OPEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "half_open.py")
LONGEST_PAUSE_SECONDS = 5  # between two looks; a look costs real time
# The machine has been up for a while: charon errs with clocks near zero (its cookies are refused).
UPTIME_SECONDS = 100_000
SETTLE_SECONDS = 0.2  # in virtual time this passes only when every process sleeps


class Failed(Exception):
    """A check that did not hold, or a command that should have worked; the text is the reason."""


def _read(path):
    try:
        with open(path) as f:
            return f.read()
    except FileNotFoundError:
        return ""


class Lab:
    mirror = mirror

    def __init__(self, job, out):
        self.job = job
        self.out = out
        self.hosts = {}
        self.daemons = {}  # by host name: all that were ever started
        self.environment = {}
        self.wire = None
        self._keys = {}  # host name: keys its kernel has held
        self._written = {}  # host name: configuration that the scenario wrote
        self._transcript = open(out + "/transcript", "w", buffering=1)
        self._story = open(out + "/story", "w", buffering=1)
        self._begin = time.monotonic()

    # -- building ------------------------------------------------------------------------------

    def build(self):
        """Creates all hosts, their networks, and starts the capture."""
        self.environment = {
            "PATH": f"{self.job['keyferry_home']}/bin:{PATH}", "HOME": "/root", "LANG": "C.UTF-8",
            "STRONGSWAN_CONF": "/etc/strongswan.conf",
        }
        if self.job["java_home"]:
            self.environment["JAVA_HOME"] = self.job["java_home"]
        if "LD_PRELOAD" in os.environ:
            self.environment["LD_PRELOAD"] = os.environ["LD_PRELOAD"]
        for name in network.HOSTS:
            self.hosts[name] = Host(
                name, self._files(name), f"{self.out}/{name}", self.job["keyferry_home"],
                self.environment)
        network.build(self.hosts)
        if self.job["virtual_time"]:
            time.sleep(UPTIME_SECONDS)
        self.wire = Wire(self.out + "/wire.pcap")

    def _files(self, name):
        scenario = f"{self.job['scenario_dir']}/{name}/"
        files = {"/etc/strongswan.conf": COMMON_CONF + _read(scenario + "strongswan.conf")}
        if os.path.exists(scenario + "swanctl.conf"):
            files["/etc/swanctl/swanctl.conf"] = _read(scenario + "swanctl.conf")
        return files

    def write(self, host, path, text):
        """Writes a file on a host, before or after its daemon's start."""
        self._host_ok(host, f"mkdir -p {os.path.dirname(path)} && cat >{path}", stdin=text)
        if path == SWANCTL_CONF:
            self._written[host] = self._written.get(host, "") + text

    def options(self, host, text):
        """strongswan.conf of a host, in place of the scenario's; counts from the daemon's next start."""
        self.write(host, "/etc/strongswan.conf", COMMON_CONF + text)

    def gateways(self, children, connection="", v6=False, strongswan=""):
        """Configures moon as a gateway to sun, with the children and options of a connection `gateways` as
        moon says them, and sun as its mirror image; `strongswan` goes to both strongswan.conf."""
        text = mirror.configuration(children, connection, v6)
        self.write("moon", SWANCTL_CONF, text)
        self.write("sun", SWANCTL_CONF, mirror.mirrored(text))
        for host in ("moon", "sun"):
            if strongswan:
                self.options(host, strongswan)

    # -- daemons -------------------------------------------------------------------------------

    def kind(self, host):
        """`keyferry` or `charon`: what this run's cast has on the host."""
        return self.job["daemons"].get(host, "charon")

    def start(self, *hosts):
        """Starts each host's daemon with its configuration loaded, and waits until it answers."""
        for name in hosts:
            daemon = KINDS[self.kind(name)](self.hosts[name], self.job["keyferry_home"])
            self.daemons[name] = daemon
            self.note(f"{name}: start {daemon.kind}")
            try:
                daemon.start()
            except RuntimeError as error:
                raise Failed(str(error)) from None
            if daemon.load_command():
                self._control_ok(name, daemon.load_command())

    def stop(self, host):
        """Ends a daemon with SIGTERM and expects a clean exit with nothing left in the kernel."""
        daemon = self.daemons[host]
        self._remember_keys()
        self.note(f"{host}: stop {daemon.kind}")
        status = daemon.stop()
        how = "had to be killed" if status is None else f"ended with status {status}"
        self.expect(status == 0, f"{host}: {daemon.kind} {how}")
        left = xfrm.leftovers(daemon.host)
        if left:
            self.note(left)
        self.expect(not left, f"{host}: {daemon.kind} left in the kernel: {left[:120]}")

    def kill(self, host):
        """Ends a daemon as a crash would (SIGKILL)."""
        self._remember_keys()
        self.note(f"{host}: kill -9")
        self.daemons[host].kill()

    def clear_after_crash(self, host):
        """Removes what a killed daemon left in the kernel: neither charon nor Keyferry does so when it
        starts again, as both leave alone what they did not install themselves."""
        self.run(host, "ip xfrm state flush; ip xfrm policy flush;"
                 " ip rule del pref 220; ip -6 rule del pref 220;"
                 " ip route flush table 220; ip -6 route flush table 220; true")

    def half_open(self, sender, target):
        """Has a host begin an IKE SA that it never goes on with (it stays half open for 30 s)."""
        with open(HALF_OPEN) as f:
            self._host_ok(sender, ["python3", "-S", "-", self.address(target)], stdin=f.read())
        self.settle()

    def up(self, host, child):
        """Brings a child up, and the IKE SA below it if need be; returns the command's output."""
        return self._control_ok(host, self.daemons[host].up_command(child))

    def up_fails(self, host, child):
        """Tries to bring a child up, which must be refused; returns the command's output."""
        status, output = self._control(host, self.daemons[host].up_command(child))
        self.expect(status not in (0, 124), f"{host}: up {child} ended with {status}, should be refused")
        return output

    def up_all(self, host, children):
        """Brings many children up, by VICI and without a program for each."""
        for child in children:
            answer = vici.call(self.daemons[host].socket_path, "initiate", 300, child=child)
            self.expect(answer.get("success") == "yes",
                        f"{host}: initiate {child}: {answer.get('errmsg', answer)}")

    def down(self, host, ike=None, child=None):
        """Takes an IKE SA with all its children, or one child, down."""
        return self._control_ok(host, self.daemons[host].down_command(ike, child))

    def down_all(self, host, ikes):
        """Takes many IKE SAs down, by VICI and without a program for each."""
        for ike in ikes:
            answer = vici.call(self.daemons[host].socket_path, "terminate", 300, ike=ike)
            self.expect(answer.get("success") == "yes",
                        f"{host}: terminate {ike}: {answer.get('errmsg', answer)}")

    def log(self, host):
        return self.daemons[host].log()

    # -- traffic and checks --------------------------------------------------------------------

    def ping(self, sender, target, count=10, through="esp", source=None):
        """Pings `target` (a host's name or an address) and expects every answer, both ways through
        ESP: on the wire (`through` is esp or udp-esp), and counted by both gateways' kernels.
        """
        address = self.address(target, self._is_v6(source))
        before = {name: self._packets_by_path(name) for name in self.daemons}
        mark = self.wire.mark()
        received = self._ping(sender, address, count, source)
        self.expect(received == count, f"{sender}: {received} of {count} pings to {address} answered")
        seen = [packet.kind for packet in self.wire.packets(mark)]
        self.expect(seen.count(through) >= 2 * count,
                    f"the wire shows {seen.count(through)} packets of {through} for {count} pings")
        self._expect_nothing_clear(mark)
        paths_that_grew = set()
        for name, old in before.items():
            for path, packets in self._packets_by_path(name).items():
                if packets - old.get(path, 0) >= count:
                    paths_that_grew.add((name, path))
        hosts = {name for name, _ in paths_that_grew}
        self.expect(len(hosts) == 2 and len(paths_that_grew) == 4,
                    f"kernel counters grew by {count} only on {sorted(paths_that_grew)}")

    def ping_through_rekeyings(self, sender, target, count, seconds=PING_INTERVAL_SECONDS):
        """Pings, one every so many seconds, while SAs are replaced, so that the kernel's counters start again
        meanwhile: every answer is expected, and nothing in clear on the wire."""
        mark = self.wire.mark()
        received = self._ping(sender, self.address(target), count, None, seconds)
        self.expect(received == count, f"{sender}: {received} of {count} pings to {target} answered")
        self._expect_nothing_clear(mark)

    def ping6(self, sender, target, count=10, through="esp"):
        """As `ping`, to the IPv6 address of a host."""
        self.ping(sender, self.address(target, v6=True), count, through)

    def no_ping(self, sender, target, count=3):
        """Pings without a tunnel: nothing may be answered."""
        received = self._ping(sender, self.address(target, False), count, None)
        self.expect(received == 0, f"{sender}: {received} pings to {target} answered without a tunnel")

    def ping_clear(self, sender, target, count=3):
        """Every ping answered, and none of it through a tunnel."""
        mark = self.wire.mark()
        received = self._ping(sender, self.address(target), count, None)
        self.expect(received == count, f"{sender}: {received} of {count} pings to {target} answered")
        seen = [packet.kind for packet in self.wire.packets(mark)]
        clear = seen.count("clear") + seen.count("other")  # other: one end is on the public network
        self.expect(clear >= 2 * count and "esp" not in seen,
                    f"the wire shows {seen} for {count} pings in the clear")

    def names(self, host, addresses):
        """What a host's resolver knows from now on, besides itself."""
        lines = "".join(f"{address} {name}\n" for name, address in addresses.items())
        self.write(host, "/etc/hosts", "127.0.0.1 localhost\n" + lines)

    def address(self, target, v6=False):
        """The inner address of a host; an address is returned as it is."""
        return network.addresses(target)[1 if v6 else 0] if target in network.HOSTS else target

    def expect(self, condition, otherwise):
        """Fails the scenario with the reason `otherwise` unless the condition holds."""
        if not condition:
            raise Failed(otherwise)

    def eventually(self, condition, otherwise, seconds=10):
        """Waits until `condition()` holds. `otherwise`: the reason if it never does, or gives it."""
        deadline = time.monotonic() + seconds
        pause = 0.1
        while not condition():
            late = time.monotonic() >= deadline
            self.expect(not late, f"after {seconds} s: {otherwise() if callable(otherwise) else otherwise}")
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def expect_states(self, host, count):
        """Exactly so many ESP states in a host's kernel: two for each child that is up."""
        found = lambda: len(xfrm.states(self.hosts[host]))
        self.eventually(lambda: found() == count,
                        lambda: f"{host} should have {count} states, not {found()}")

    def expect_empty(self, *hosts):
        """No states and no policies in these hosts' kernels."""
        for host in hosts:
            left = lambda: xfrm.states(self.hosts[host]) + xfrm.policies(self.hosts[host])
            self.eventually(lambda: not left(), lambda: f"{host}: left in the kernel: {left()[:3]}")

    def expect_mirrored(self, kinds=("state", "policy", "route"), explained=(), exact_times=False):
        """moon's kernel holds what sun's does, seen in a mirror: states, policies and routes.

        `explained`: pairs of a pattern and what to put in its place, on both sides, before they are
        compared: differences that are meant, with the reason beside them in the scenario. `exact_times`: the
        soft limits of time are no random ones, as rand_time is 0."""
        if not exact_times:
            explained = (*explained, (r"expire add: soft \d+", "expire add: soft N"))
        def seen(text):
            for pattern, replacement in (*mirror.EXPLAINED, *explained):
                text = re.sub(pattern, replacement, text)
            return text
        moon, sun = mirror.kernel(self.hosts["moon"]), mirror.kernel(self.hosts["sun"])
        differing = []
        for kind in kinds:
            left = sorted(filter(None, (seen(mirror.mirrored(text)) for text in moon[kind])))
            right = sorted(filter(None, (seen(text) for text in sun[kind])))
            only = [("moon", t) for t in left if t not in right] + [("sun", t) for t in right if t not in left]
            if not only and len(left) != len(right):
                only = [("counts", f"moon has {len(left)}, sun {len(right)}")]
            differing += [f"{kind} only on {host} ({self.kind(host) if host in self.hosts else ''}):\n{text}"
                          for host, text in only]
        if differing:
            self.note("\n".join(differing))
        self.expect(not differing, f"{len(differing)} objects of the kernels differ: {differing[:1]}")

    def expect_policies(self, host, count):
        """Exactly so many policies in a host's kernel, those of the daemon's sockets not counted."""
        found = lambda: xfrm.policies(self.hosts[host])
        self.eventually(lambda: len(found()) == count,
                        lambda: f"{host} should have {count} policies, not {found()}")

    def expect_count(self, host, pattern, count):
        """So many lines of the host's log match the pattern."""
        found = sum(1 for line in self.log(host).split("\n") if re.search(pattern, line))
        self.expect(found == count, f"{host}: the log has /{pattern}/ {found} times, not {count}")

    def states(self, host):
        return xfrm.states(self.hosts[host])

    def expect_reason(self, host, output="", **pattern_by_kind):
        """The host's log or a command's output has a line that matches its daemon's pattern."""
        pattern = pattern_by_kind[self.kind(host)]
        lines = (self.log(host) + "\n" + output).split("\n")
        match = next((line for line in lines if re.search(pattern, line)), None)
        self.expect(match is not None, f"{host}: neither log nor output has /{pattern}/")
        self.note(f"{host} says: {match}")

    def settle(self, seconds=SETTLE_SECONDS):
        """Lets time pass: a moment for what is under way, or as long as the scenario needs."""
        time.sleep(seconds)

    def run(self, host, command):
        """Runs a command, shell line or list, on a host and expects status 0; returns the output."""
        return self._host_ok(host, command)

    # -- the end -------------------------------------------------------------------------------

    def finish(self):
        """What must hold at the end of every scenario."""
        failures = []
        for name, daemon in self.daemons.items():
            try:
                if daemon.running:
                    self.stop(name)
                elif not daemon.ended_by_us:
                    raise Failed(f"{name}: {daemon.kind} ended by itself, status {daemon.process.returncode}")
                self._expect_clean_log(name)
            except Failed as failure:
                failures.append(str(failure))
        if failures:
            raise Failed("; ".join(failures))

    def note(self, text):
        """A line of the transcript."""
        stamp = f"[{time.monotonic() - self._begin:8.2f}] "
        self._transcript.write(stamp + text.rstrip().replace("\n", "\n" + " " * len(stamp)) + "\n")

    def tell(self, text):
        """A line of the story, which `--story` prints while the scenario runs."""
        self.note(text)
        self._story.write(text.strip("\n") + "\n")

    def show(self, host, command):
        """Runs a command on a host, which must succeed, and tells it with its output."""
        status, output = self.hosts[host].run(command, COMMAND_SECONDS)
        self.tell(f"{host}# {command}\n{output}")
        self._story.write("\n")
        self.expect(status == 0, f"{host}: {command}: status {status}")
        self.settle()

    # -- inside --------------------------------------------------------------------------------

    def _is_v6(self, source):
        return source is not None and ":" in source

    def _control(self, host, command):
        status, output = self.daemons[host].control(command)
        self.note(f"{host}# {' '.join(command)}\n{output}" + (f"\n(status {status})" if status else ""))
        self.settle()
        return status, output

    def _control_ok(self, host, command):
        status, output = self._control(host, command)
        last = output.strip().rsplit("\n", 1)[-1]
        self.expect(status == 0, f"{host}: {' '.join(command)}: status {status}: {last}")
        return output

    def _host_ok(self, host, command, stdin=None):
        status, output = self.hosts[host].run(command, COMMAND_SECONDS, stdin)
        text = command if isinstance(command, str) else " ".join(command)
        self.note(f"{host}# {text}\n{output}")
        self.expect(status == 0, f"{host}: {text}: status {status}")
        return output

    def _ping(self, sender, address, count, source, seconds=PING_INTERVAL_SECONDS):
        command = ["ping", "-n", "-q", "-c", str(count), "-i", str(seconds), "-W", "2"]
        command += (["-I", source] if source else []) + [address]
        _, output = self.hosts[sender].run(command, COMMAND_SECONDS + int(1.1 * count * seconds))
        self.note(f"{sender}# {' '.join(command)}\n" + output.split("---\n")[-1])
        received = re.search(r"(\d+) received", output)
        return int(received[1]) if received else 0

    def _packets_by_path(self, host):
        """Packets counted by the host's states, by (source, destination)."""
        counts = {}
        for sa in xfrm.states(self.hosts[host]):
            path = (sa.source, sa.destination)
            counts[path] = counts.get(path, 0) + sa.packet_count
        return counts

    def _expect_nothing_clear(self, mark):
        clear = [packet for packet in self.wire.packets(mark) if packet.kind == "clear"]
        self.expect(not clear, f"{len(clear)} packets crossed the wire in the clear: {clear[:1]}")

    def _remember_keys(self):
        for name in self.daemons:
            self._keys.setdefault(name, set()).update(xfrm.keys(self.hosts[name]))

    def _expect_clean_log(self, name):
        daemon = self.daemons[name]
        mistakes = daemon.log_mistakes()
        self.expect(not mistakes, f"{name}: the log has: {mistakes[:1]}")
        log = daemon.log()
        squeezed = re.sub(r"[^0-9a-f]", "", log.lower())
        self.expect(not any(key in squeezed for key in self._keys.get(name, ())),
                    f"{name}: the log shows a key that the kernel held")
        configuration = _read(f"{self.job['scenario_dir']}/{name}/swanctl.conf") + self._written.get(name, "")
        secrets = re.findall(r'(?m)^\s*secret\s*=\s*"?([^"\n]+)"?', configuration)
        self.expect(not any(secret in log for secret in secrets), f"{name}: the log shows a secret")
