#!/usr/bin/env python3
"""Runs the OCI image as its recipe says one should: as its own user, read-only, without capabilities, with a fresh volume; asks it, and ends it.

usage: try_image.py ROOT CONFIG FOLDER BASE     ROOT: the image's files; CONFIG: its configuration as JSON; FOLDER: for what is written; BASE: what it
was made on. A row of tests/PROOF.md is written.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.request

sys.dont_write_bytecode = True

import proof  # noqa: E402

READY_S = 120


def user_of(root, name):
    for line in (root / "etc/passwd").read_text().splitlines():
        fields = line.split(":")
        if fields[0] == name:
            return int(fields[2]), int(fields[3])
    sys.exit(f"the image has no user {name}")


def bundle(root, config, folder, port):
    uid, gid = user_of(root, config["User"])
    if uid == 0:
        sys.exit("the image runs as root")
    volume, = config["Volumes"]
    data = folder / "volume"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    os.chown(data, uid, gid)
    args = [arg.replace("0.0.0.0:8080", f"127.0.0.1:{port}") for arg in config["Entrypoint"] + config["Cmd"]]
    mounts = [{"destination": "/proc", "type": "proc", "source": "proc"},
              {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
              {"destination": volume, "type": "bind", "source": str(data), "options": ["bind", "rw"]}]
    spec = {"ociVersion": "1.0.0", "root": {"path": str(root), "readonly": True}, "mounts": mounts,
            "process": {"user": {"uid": uid, "gid": gid}, "args": args, "env": config["Env"], "cwd": "/", "noNewPrivileges": True,
                        "capabilities": {kind: [] for kind in ("bounding", "effective", "inheritable", "permitted", "ambient")}},
            "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}]}}
    (folder / "config.json").write_text(json.dumps(spec, indent=1))
    return data


def get(port, path, body=None):
    call = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body and json.dumps(body).encode(), {"Content-Type": "application/json"} if body else {})
    with urllib.request.urlopen(call, timeout=10) as reply:
        return reply.read().decode()


def ready(port, process):
    end = time.monotonic() + READY_S
    while time.monotonic() < end and process.poll() is None:
        try:
            return get(port, "/readyz")
        except OSError:
            time.sleep(0.2)
    return None


def main():
    root, config, folder = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text()), pathlib.Path(sys.argv[3]).absolute()
    port = 18080
    data = bundle(root, config, folder, port)
    runtime = ["runc", "--root", str(folder / "runtime")]
    with open(folder / "log.txt", "w+") as log:
        process = subprocess.Popen([*runtime, "run", "--bundle", str(folder), "sportello-try"], stdout=log, stderr=log)
        try:
            if ready(port, process) is None:
                log.seek(0)
                sys.exit("never ready: " + log.read()[-3000:])
            reply = json.loads(get(port, "/v1/chat", {"message": "come scarico l'app?", "lang": "it"}))
            ticket = json.loads(get(port, "/v1/tickets", {"message": "prova", "conversation": reply["conversation"]}))
            said = f"runc, as {config['User']}, read-only, no capabilities: ready; chat: {reply['decision']}; ticket {ticket['number']} in the volume"
            if not any(data.iterdir()):
                sys.exit("the volume is empty")
            kind, *check = config["Healthcheck"]["Test"]
            assert kind == "CMD", kind
            healthy = subprocess.run([*runtime, "exec", "sportello-try", *(part.replace("8080", str(port)) for part in check)], capture_output=True, timeout=60)
            if healthy.returncode != 0:
                sys.exit(healthy.stderr.decode(errors="replace"))
            subprocess.run([*runtime, "kill", "sportello-try", config.get("StopSignal", "SIGTERM")], check=True)
            status = process.wait(timeout=60)
            said = f"built on {sys.argv[4]}; {said}; its health check says {healthy.returncode}; ended by {config.get('StopSignal')} with status {status}"
            print(said)
            proof.write("make image TRY=1", said)
            sys.exit(status)
        finally:
            if process.poll() is None:
                subprocess.run([*runtime, "kill", "sportello-try", "KILL"])
                process.wait()
            subprocess.run([*runtime, "delete", "-f", "sportello-try"], capture_output=True)


if __name__ == "__main__":
    main()
