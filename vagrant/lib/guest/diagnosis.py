"""For the one who looks into a failure: what the kernels held, and a shell in the guest."""
import subprocess

REPORT_SECONDS = 120
# title and command, for each host that runs a daemon
KERNEL_REPORT = {
    "states": "ip -s xfrm state",
    "policies": "ip -s xfrm policy",
    "XFRM error counters": "cat /proc/net/xfrm_stat",
    "rules": "ip rule; ip -6 rule",
    "routes": "ip route show table all; ip -6 route show table all",
    "links and addresses": "ip -s link; ip addr",
}
SHELL_HELP = """\
A host is a command: moon swanctl --list-sas, sun ip xfrm state; moon alone is a shell there.
exit goes on with the checks."""


def save_kernel_state(lab, name="kernel-state"):
    """Writes, into each daemon host's directory, its daemon's status and its kernel's state."""
    script = "; ".join(f"echo '# {title}'; {command}" for title, command in KERNEL_REPORT.items())
    for host, daemon in lab.daemons.items():
        status = f"{daemon.kind} is not running"
        if daemon.running:
            _, status = lab.hosts[host].run(daemon.status_command(), REPORT_SECONDS)
        _, kernel = lab.hosts[host].run(script, REPORT_SECONDS)
        with open(f"{lab.out}/{host}/{name}", "w") as f:
            f.write(f"# status\n{status}\n{kernel}")


def shell(lab):
    """An interactive shell on the guest's console, with each host's name as a command."""
    lines = [
        f"{name}() {{ nsenter -t {host.pid} -m -n -u -i --wd=/root \"${{@:-bash}}\"; }}"
        for name, host in lab.hosts.items()
    ]
    lines += [f"export {key}='{value}'" for key, value in lab.environment.items()]
    lines += ["PS1='lab# '", f"echo '{SHELL_HELP}'"]
    with open("/run/shellrc", "w") as f:
        f.write("\n".join(lines) + "\n")
    with open("/dev/console", "r+b", buffering=0) as console:
        subprocess.run(
            ["setsid", "-c", "bash", "--rcfile", "/run/shellrc", "-i"],
            stdin=console, stdout=console, stderr=console)
