"""The guest's PID 1: builds the hosts, plays one scenario, writes result.json, powers off.

The kernel parameter `lab_job` names the job file; its directory, the only writable part of the
machine's file system, receives all that the scenario leaves.
"""
import ctypes
import importlib.util
import json
import os
import sys
import time
import traceback

import diagnosis
import namespaces
from lab import Failed, Lab

OUT = "/run/out"
POWER_OFF = 0x4321FEDC  # LINUX_REBOOT_CMD_POWER_OFF


def load_scenario(directory):
    spec = importlib.util.spec_from_file_location("scenario", directory + "/scenario.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def play(job):
    """Plays the scenario; returns the reason of its failure, or None."""
    lab = Lab(job, OUT)
    reason = None
    try:
        scenario = load_scenario(job["scenario_dir"])
        lab.build()
        scenario.prepare(lab)
        if job["shell"]:
            diagnosis.shell(lab)
        scenario.check(lab)
    except Failed as failure:
        reason = str(failure)
    except Exception as error:  # a mistake of the scenario's or the lab's own
        lab.note(traceback.format_exc())
        reason = f"{type(error).__name__}: {error}"
    if reason:
        lab.note(f"FAILED: {reason}")
    try:
        if reason:
            diagnosis.save_kernel_state(lab)
        lab.finish()
    except Failed as failure:
        lab.note(f"FAILED: {failure}")
        diagnosis.save_kernel_state(lab, "kernel-state.end")
        reason = reason or str(failure)
    finally:
        if lab.wire:
            lab.wire.close()
        for name in lab.hosts:
            if not os.listdir(f"{OUT}/{name}"):
                os.rmdir(f"{OUT}/{name}")
    return reason


def main():
    with open(os.environ["lab_job"]) as f:
        job = json.load(f)
    os.makedirs(OUT)
    namespaces.mount("none", OUT, "hostfs", 0, job["out"])
    started = time.monotonic()
    try:
        reason = play(job)
    except BaseException as error:
        traceback.print_exc()
        reason = f"the lab: {type(error).__name__}: {error}"
    with open(OUT + "/result.json.new", "w") as f:
        json.dump({"reason": reason, "guest_seconds": round(time.monotonic() - started, 1)}, f)
    os.rename(OUT + "/result.json.new", OUT + "/result.json")


try:
    main()
except BaseException:
    traceback.print_exc()
finally:
    sys.stdout.flush()
    os.sync()
    ctypes.CDLL(None).reboot(POWER_OFF)
