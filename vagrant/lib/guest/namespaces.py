"""Hosts: one network, mount and UTS namespace each, with files of their own over the machine's."""
import ctypes
import os
import shutil
import signal
import subprocess

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNET = 0x20000, 0x4000000, 0x8000000, 0x40000000
MS_RDONLY, MS_BIND, MS_REC, MS_PRIVATE = 1, 4096, 16384, 1 << 18

# swanctl complains about each that is missing
SWANCTL_DIRECTORIES = (
    "bliss ecdsa pkcs12 pkcs8 private pubkey rsa x509 x509aa x509ac x509ca x509crl x509ocsp").split()

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def mount(source, target, fstype=None, flags=0, data=None):
    encode = lambda text: None if text is None else text.encode()
    result = _libc.mount(
        encode(source), encode(target), encode(fstype), ctypes.c_ulong(flags), encode(data))
    _check(result, f"mount {source} on {target}")


class Host:
    """One named host. `directory` holds, as seen from the guest's root, its run, tmp and root; `logs`,
    its /var/log, lies on the machine, so that what it holds outlives a guest that was killed."""

    def __init__(self, name, files, logs, keyferry_home, environment):
        self.name = name
        self.directory = f"/run/hosts/{name}"
        self.logs = logs
        self.environment = environment
        os.makedirs(logs)
        for sub in ("run", "tmp", "root", "etc", "etc.work"):
            os.makedirs(f"{self.directory}/{sub}")
        os.chmod(self.directory + "/tmp", 0o1777)
        self.pid = self._spawn(files, keyferry_home)
        kinds = ("mnt", "net", "uts", "ipc")
        self._namespaces = [os.open(f"/proc/{self.pid}/ns/{kind}", os.O_RDONLY) for kind in kinds]

    def popen(self, command, **options):
        """Starts a program (a list) or a shell command (a string) on this host."""
        if isinstance(command, str):
            command = ["/bin/sh", "-c", command]
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(
            command, preexec_fn=self._enter, env=self.environment, start_new_session=True, **options)

    def run(self, command, timeout, stdin=None):
        """Runs to the end; returns exit status and output. Status 124: it took too long."""
        feed = subprocess.PIPE if stdin is not None else subprocess.DEVNULL
        process = self.popen(
            command, stdin=feed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace")
        try:
            output, _ = process.communicate(stdin, timeout)
            return process.returncode, output
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return 124, output

    def read_log(self, name):
        """A file below this host's /var/log."""
        try:
            with open(f"{self.logs}/{name}", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def _enter(self):
        for fd in self._namespaces:
            _check(_libc.setns(fd, 0), "setns")
        os.chdir("/root")

    def _spawn(self, files, keyferry_home):
        """Forks the process that holds the namespaces open."""
        ready_read, ready_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET
                _check(_libc.unshare(flags), "unshare")
                self._furnish(files, keyferry_home)
                os.write(ready_write, b"ready")
                os.close(ready_write)
                while True:
                    signal.pause()
            except BaseException as error:
                os.write(ready_write, str(error).encode())
                os._exit(1)
        os.close(ready_write)
        with os.fdopen(ready_read) as f:
            answer = f.read()
        if answer != "ready":
            raise RuntimeError(f"host {self.name}: {answer}")
        return pid

    def _furnish(self, files, keyferry_home):
        """Gives the host its own /etc, /run, /var/log, /tmp and /root."""
        here = self.directory
        _libc.sethostname(self.name.encode(), len(self.name))
        mount(None, "/", None, MS_REC | MS_PRIVATE)
        mount("etc", "/etc", "overlay", 0,
              f"lowerdir=/etc,upperdir={here}/etc,workdir={here}/etc.work")
        # nothing of the machine's own IPsec configuration is to be seen
        for name in ("swanctl", "strongswan.d", "ipsec.d"):
            shutil.rmtree("/etc/" + name, ignore_errors=True)
        for name in SWANCTL_DIRECTORIES:
            os.makedirs("/etc/swanctl/" + name)
        for path, text in files.items():
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
        # the built tree may lie below a directory that is about to be hidden
        hidden = ("/tmp/", "/root/", "/run/")
        keep = keyferry_home if (keyferry_home or "").startswith(hidden) else None
        if keep:
            os.makedirs(here + "/keep", exist_ok=True)
            mount(keep, here + "/keep", None, MS_BIND)
        mount("sysfs", "/sys", "sysfs")
        mount(self.logs, "/var/log", None, MS_BIND)
        for name in ("tmp", "root"):
            mount(f"{here}/{name}", "/" + name, None, MS_BIND)
        if keep and not keep.startswith("/run/"):
            os.makedirs(keep)
            mount(here + "/keep", keep, None, MS_BIND)
        mount(here + "/run", "/run", None, MS_BIND)
