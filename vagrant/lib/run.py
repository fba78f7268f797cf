"""Runs scenarios, each in a User Mode Linux guest of its own. `vagrant/lab --help` tells the options."""
import argparse
import concurrent.futures
import fnmatch
import glob
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

LIB = os.path.dirname(os.path.realpath(__file__))
SCENARIOS = os.path.join(os.path.dirname(LIB), "scenarios")
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "keyferry/lab")
# The jitter entropy source measures the clock, which stands still while anything computes: left in,
# boot would never end.
VIRTUAL_TIME = ["time-travel=inf-cpu", "initcall_blacklist=jent_mod_init"]
KINDS = ("charon", "keyferry")
DEFAULT_CASTS = ["keyferry-charon", "charon-keyferry", "keyferry-keyferry"]

sys.path.append(LIB + "/guest")  # scenarios use what is there


class Run:
    """One scenario in one cast."""

    def __init__(self, directory, module, cast):
        self.directory = directory
        self.scenario = scenario = os.path.basename(directory)
        self.cast = cast
        self.name = f"{scenario}.{cast}"
        self.summary = (module.__doc__ or "").strip().split("\n")[0]
        initiator, responder = cast.split("-")
        self.daemons = {module.INITIATOR: initiator, module.RESPONDER: responder}

def load(directory):
    spec = importlib.util.spec_from_file_location("scenario", directory + "/scenario.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def select(args):
    """The runs asked for, in order."""
    known = sorted(os.path.basename(os.path.dirname(p)) for p in glob.glob(SCENARIOS + "/*/scenario.py"))
    runs = []
    for name in args.scenario or known:
        directory = os.path.realpath(name if "/" in name else os.path.join(SCENARIOS, name))
        if not os.path.exists(directory + "/scenario.py"):
            sys.exit(f"lab: no scenario is called {name}; known: {', '.join(known)}")
        module = load(directory)
        if getattr(module, "ONLY_BY_NAME", False) and not args.scenario:
            continue
        restricted = getattr(module, "CASTS", None)
        casts = args.cast or restricted or DEFAULT_CASTS
        if restricted and not args.scenario:  # who names a scenario may play it in any cast
            casts = [cast for cast in casts if cast in restricted]
        runs += [Run(directory, module, cast) for cast in casts]
    if args.only:
        runs = [r for r in runs if any(
            fnmatch.fnmatch(r.scenario, p) or fnmatch.fnmatch(r.name, p) for p in args.only)]
    return runs


def kill_group(pid):
    """A guest is a group of processes."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


STUCK = "not finished after"


class Runner:
    def __init__(self, args):
        self.args = args
        self.guests = set()
        self.sockets = tempfile.mkdtemp(prefix="keyferry-lab-")
        self.lock = threading.Lock()

    def play(self, run, real_time):
        """Boots a guest for one run; returns (seconds, reason of failure or None)."""
        out = os.path.join(self.args.out, run.name)
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        job = {
            "scenario_dir": run.directory, "daemons": run.daemons, "out": out, "shell": self.args.shell,
            "virtual_time": not real_time,
            "keyferry_home": self.args.keyferry, "java_home": self.args.java_home,
        }
        with open(out + "/job.json", "w") as f:
            json.dump(job, f, indent=1)
        started = time.monotonic()
        reason = self._boot(run, out, real_time)
        seconds = time.monotonic() - started
        try:
            with open(out + "/result.json") as f:
                reason = json.load(f)["reason"]
        except OSError:
            reason = reason or "the guest ended without a result, see console.log"
        if reason is None and not self.args.keep:
            self._tidy(out)
        return seconds, reason and " ".join(reason.split())

    def has_failed_check(self, run):
        """Whether a check had failed before the guest stopped."""
        try:
            with open(os.path.join(self.args.out, run.name, "transcript")) as f:
                return "FAILED" in f.read()
        except OSError:
            return False

    def _boot(self, run, out, real_time):
        umid = re.sub("[^a-z0-9]", "", run.name) + str(os.getpid())
        console = "con0=fd:0,fd:1" if self.args.shell else "con0=null,fd:1"
        command = [
            self.args.kernel, f"mem={self.args.mem}", "rootfstype=hostfs", "root=/dev/root", "ro", "quiet",
            f"init={LIB}/guest/init.sh", "con=null", console, f"umid={umid}", f"uml_dir={self.sockets}/",
            f"lab_job={out}/job.json",
        ] + ([] if real_time else VIRTUAL_TIME + [f"lab_preload={CACHE}/yield.so"])
        if self.args.shell:
            self._interactive(command)
            return None
        with open(out + "/console.log", "w") as log:
            guest = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
            with self.lock:
                self.guests.add(guest.pid)
            try:
                self._wait(guest, out)
                return None
            except subprocess.TimeoutExpired:
                return f"{STUCK} {self.args.timeout} s of real time"
            finally:
                kill_group(guest.pid)
                guest.wait()
                with self.lock:
                    self.guests.discard(guest.pid)

    @staticmethod
    def _interactive(command):
        """A guest on this terminal; it stays in our process group, or it could not read."""
        guest = subprocess.Popen(command)
        try:
            guest.wait()
        finally:
            guest.terminate()  # the guest's kernel then ends its processes
            guest.wait()
            if sys.stdin.isatty():
                subprocess.run(["stty", "sane"])

    def _wait(self, guest, out):
        """Waits for the guest's end; meanwhile prints its transcript or story if asked to."""
        shown = os.path.join(out, "transcript" if self.args.transcript else "story")
        if not self.args.transcript and not self.args.story:
            guest.wait(self.args.timeout)
            return
        deadline = time.monotonic() + self.args.timeout
        position = 0
        ended = False
        while not ended:
            ended = guest.poll() is not None
            if os.path.exists(shown):
                with open(shown) as f:
                    f.seek(position)
                    sys.stdout.write(f.read())
                    position = f.tell()
                sys.stdout.flush()
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(guest.args, self.args.timeout)
            time.sleep(0.1)

    @staticmethod
    def _tidy(out):
        """A passed run keeps its transcript and logs, not the capture."""
        for name in ("wire.pcap", "console.log", "story"):
            if os.path.exists(f"{out}/{name}"):
                os.unlink(f"{out}/{name}")

    def close(self):
        with self.lock:
            for pid in self.guests:
                kill_group(pid)
        shutil.rmtree(self.sockets, ignore_errors=True)


def java_home():
    found = subprocess.run([LIB + "/jdk.sh"], stdout=subprocess.PIPE, text=True)
    return found.stdout.strip() if found.returncode == 0 else sys.exit(1)


def parse(argv):
    parser = argparse.ArgumentParser(prog="vagrant/lab " + argv[0], usage="see vagrant/lab --help")
    parser.add_argument("scenario", nargs="*")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--cast", action="append", default=[],
                        choices=[f"{i}-{r}" for i in KINDS for r in KINDS])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out")
    parser.add_argument("--keyferry", default=os.environ.get("KEYFERRY_HOME"))
    parser.add_argument("--real-time", action="store_true")
    parser.add_argument("--retries", type=int, default=0)
    parser.add_argument("--timeout", type=int, default=300)
    parser.add_argument("--transcript", action="store_true")
    parser.add_argument("--story", action="store_true", help="print what the scenario tells")
    parser.add_argument("--keep", action="store_true", help="keep the capture of passed runs too")
    parser.add_argument("--mem", default="1536M")
    parser.add_argument("--kernel", default=CACHE + "/linux")
    args = parser.parse_args(argv[1:])
    args.shell = argv[0] == "shell"
    if args.shell:
        args.real_time = True
        args.cast = args.cast or ["keyferry-charon"]
    return args


def prepare(args, runs):
    """Checks what the runs need, before the first guest boots."""
    if os.getuid() != 0:
        sys.exit("lab: has to run as root")
    args.kernel = os.path.realpath(args.kernel)
    for path in (args.kernel, CACHE + "/yield.so", "/usr/sbin/charon-systemd", "/usr/sbin/swanctl", "/usr/sbin/nft"):
        if not os.access(path, os.X_OK):
            sys.exit(f"lab: there is no {path}: run vagrant/lab setup first")
    args.keyferry = os.path.abspath(args.keyferry or os.path.join(LIB, "../../target/keyferry"))
    args.java_home = None
    if any("keyferry" in run.cast for run in runs):
        if not os.access(args.keyferry + "/bin/keyferryd", os.X_OK):
            sys.exit(f"lab: there is no {args.keyferry}/bin/keyferryd: build the tree first (mvn package)")
        args.java_home = java_home()
    args.out = os.path.abspath(args.out or tempfile.mkdtemp(prefix="keyferry-lab-out-"))
    os.makedirs(args.out, exist_ok=True)


def main(argv):
    args = parse(argv)
    runs = select(args)
    if args.list:
        for run in runs:
            print(f"{run.name:40} {run.summary}")
        return 0
    if args.shell and len(runs) != 1:
        sys.exit("lab: shell wants exactly one scenario")
    prepare(args, runs)
    runner = Runner(args)
    results = {}

    def one(run):
        seconds, reason = runner.play(run, args.real_time)
        if reason and reason.startswith(STUCK) and not runner.has_failed_check(run):
            # the guest's clock stood still: no check failed, the guest did; it gets one more boot, with
            # a clock that cannot stand still
            print(f"HUNG {run.name} {seconds:.1f} ({reason}), booting it once more in real time", flush=True)
            seconds, reason = runner.play(run, real_time=True)
        results[run.name] = seconds, reason
        state = "FAIL" if reason else "PASS"
        detail = f" ({reason})" if reason else ""
        print(f"{state} {run.name} {seconds:.1f}{detail}", flush=True)

    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: sys.exit(143))
    pool = concurrent.futures.ThreadPoolExecutor(args.jobs)
    try:
        for future in [pool.submit(one, run) for run in runs]:
            future.result()
        for _ in range(args.retries):
            for run in runs:
                if results[run.name][1]:
                    one(run)
    except KeyboardInterrupt:
        return 130
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        runner.close()
        pool.shutdown()
    failed = sum(1 for _, reason in results.values() if reason)
    if failed:
        print(f"logs, kernel state and packet captures: {args.out}")
    print(f"{len(results) - failed} passed, {failed} failed, 0 skipped")
    return 0 if results and not failed else 1


sys.exit(main(sys.argv[1:]))
