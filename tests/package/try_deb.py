#!/usr/bin/env python3
"""The Debian package in the hands of dpkg: installed, upgraded from the version before with its data, removed, purged, on a machine like this one.

usage: try_deb.py PACKAGE.deb       for root. All happens on an overlay of this machine's files in a name space of mounts of its own: nothing stays.
What is found is printed and written as a row of tests/PROOF.md; exit status 1 when something is not as it should be.
"""
import base64
import contextlib
import http.client
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "lint"))
sys.dont_write_bytecode = True

import proof  # noqa: E402

CONF, DATA, PORT, PATIENCE_S = "etc/sportello/sportello.conf", "var/lib/sportello", 18099, 60
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"}
QUESTION = "Delete what people wrote and asked, too?"


def check(what, got, wanted):
    if got != wanted:
        sys.exit(f"try_deb: {what}: {got!r}, not {wanted!r}")


def run(*command, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"try_deb: {' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


# ---- what the package holds ----

def look_inside(package):
    listed = subprocess.run(["dpkg-deb", "-c", package], capture_output=True, text=True, check=True).stdout.splitlines()
    for line in listed:
        mode, owner, path = line.split()[0], line.split()[1], line.split(None, 5)[5]
        wanted = "drwxr-xr-x" if mode[0] == "d" else "-rwxr-xr-x" if path == "./usr/bin/sportello" else "-rw-r--r--"
        check(path, (mode, owner), (wanted, "root/root"))
        if re.search(r"\.(a|o|h)$|/include/|/build/", path):
            sys.exit(f"try_deb: {path} does not belong there")
    for needed in ("./usr/bin/sportello", "./etc/sportello/sportello.conf", "./lib/systemd/system/sportello.service", "./usr/lib/sysusers.d/sportello.conf", "./usr/share/man/man1/sportello.1.gz",
                   "./usr/share/doc/sportello/copyright", "./usr/share/doc/sportello/changelog.gz", "./usr/share/sportello/kb/kb.yaml"):
        check(needed, sum(line.split(None, 5)[5] == needed for line in listed), 1)
    return len(listed)


def earlier(package, folder):
    """The same as the version before: its number is lower, and it has a file that this one has no more."""
    tree = folder / "earlier"
    run("dpkg-deb", "-R", package, tree)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*", "Version: 0.0.9", control.read_text()))
    (tree / "usr/share/sportello/of-before").write_text("x\n")
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, folder / "earlier.deb")
    return folder / "earlier.deb"


# ---- a machine to install on ----

@contextlib.contextmanager
def machine():
    run("mount", "--make-rprivate", "/")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sportello-deb-"))
    run("mount", "-t", "tmpfs", "-o", "size=3g,mode=755", "tmpfs", folder)
    try:
        for name in ("upper", "work", "root"):
            (folder / name).mkdir()
        run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={folder}/upper,workdir={folder}/work", folder / "root")
        root = folder / "root"
        run("mount", "-t", "proc", "proc", root / "proc")
        run("mount", "-t", "tmpfs", "tmpfs", root / "run")  # no systemd is at work there
        run("mount", "--rbind", "/dev", root / "dev")
        forget_it(root)
        yield folder, root
    finally:
        run("umount", "-R", "-l", folder)
        folder.rmdir()


def forget_it(root):
    """Where this machine has the package already, that one has it not."""
    subprocess.run(["chroot", root, "dpkg", "-P", "sportello"], capture_output=True, env=ENVIRONMENT)
    subprocess.run(["chroot", root, "userdel", "sportello"], capture_output=True, env=ENVIRONMENT)
    shutil.rmtree(root / DATA, ignore_errors=True)
    check("the service's user before", user_of(root), None)


def dpkg(root, *args, **more):
    for part in args:
        if str(part).endswith(".deb"):
            shutil.copyfile(part, root / "tmp" / pathlib.Path(part).name)
    names = [f"/tmp/{pathlib.Path(part).name}" if str(part).endswith(".deb") else part for part in args]
    return run("chroot", root, "dpkg", "--force-unsafe-io", *names, env={**ENVIRONMENT, **more}, stdin=subprocess.DEVNULL)


def user_of(root):
    for line in (root / "etc/passwd").read_text().splitlines():
        fields = line.split(":")
        if fields[0] == "sportello":
            return int(fields[2]), int(fields[3]), fields[5], fields[6]
    return None


def kind(path):
    """(mode, owner, group) of what is there; None when nothing is."""
    try:
        about = os.lstat(path)
    except FileNotFoundError:
        return None
    return oct(stat.S_IMODE(about.st_mode)), about.st_uid, about.st_gid


# ---- the service, as its unit starts it ----

class Running:
    def __init__(self, root):
        unit = (root / "lib/systemd/system/sportello.service").read_text()
        said = dict(re.findall(r"(?m)^(ExecStart|User|Group|UMask)=(.*)$", unit))
        check("the unit's user", (said["User"], said["Group"], said["UMask"]), ("sportello", "sportello", "0077"))
        uid, gid, _, _ = user_of(root)
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(["chroot", f"--userspec={uid}:{gid}", "--groups=", root, "/bin/sh", "-c", f"umask {said['UMask']}; exec {said['ExecStart']}"],
                                        env=ENVIRONMENT, stdout=self.log, stderr=self.log)
        end = time.monotonic() + PATIENCE_S
        while self.ask("GET", "/readyz")[0] != 200:
            if time.monotonic() > end or self.process.poll() is not None:
                self.log.seek(0)
                sys.exit("try_deb: the service is not ready: " + self.log.read()[-3000:])
            time.sleep(0.1)

    def ask(self, method, path, body=None):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
            connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"} if body else {})
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        except (OSError, ValueError):
            return None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        check("the service's end", self.process.wait(timeout=60), 0)


def closed(root):
    uid, gid, _, _ = user_of(root)
    for path in [root / DATA, *(root / DATA).rglob("*")]:
        mode, owner, group = kind(path)
        check(f"/{path.relative_to(root)}", (owner, group, int(mode, 8) & 0o077), (uid, gid, 0))


# ---- the steps ----

def installed(root):
    uid, gid, home, shell = user_of(root) or sys.exit("try_deb: there is no user sportello")
    check("its home and shell", (home, shell), ("/var/lib/sportello", "/usr/sbin/nologin"))
    check("a user of the system's", 0 < uid < 1000, True)
    check("its password", next(line.split(":")[1][:1] for line in (root / "etc/shadow").read_text().splitlines() if line.startswith("sportello:")) in "!*", True)
    check("/var/lib/sportello", kind(root / DATA), ("0o700", uid, gid))
    check("/etc/sportello", kind(root / "etc/sportello"), ("0o750", 0, gid))
    check("the settings", kind(root / CONF), ("0o644", 0, 0))
    check("dpkg --verify", run("chroot", root, "dpkg", "--verify", "sportello", env=ENVIRONMENT), "")
    return uid


def settings(root):
    """As who runs it changes them."""
    text = (root / CONF).read_text().replace("listen: 127.0.0.1:8080", f"listen: 127.0.0.1:{PORT}") + "encoder: none\n# ours\n"
    (root / CONF).write_text(text)
    return text


def data_of_before(root):
    """What the version before left: the store of the schema before this one's, as its own program wrote it."""
    left = sorted((ROOT / "tests/cli/stores").glob("*.sql"))[-1]
    known = json.loads(left.with_suffix(".json").read_text())
    uid, gid, _, _ = user_of(root)
    folder = root / DATA
    shutil.rmtree(folder)
    (folder / "attachments").mkdir(parents=True, mode=0o700)
    for name, content in known["files"].items():
        (folder / name).write_bytes(base64.b64decode(content))
    with contextlib.closing(sqlite3.connect(folder / "store.sqlite")) as db:
        db.executescript(left.read_text())
        tickets = db.execute("SELECT number, secret FROM tickets WHERE message IS NOT NULL AND message <> ''").fetchall()
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, uid, gid)
        path.chmod(0o700 if path.is_dir() else 0o600)
    return int(left.stem), tickets


def upgraded(root, package):
    schema, tickets = data_of_before(root)
    changed = settings(root)
    dpkg(root, "-i", package)
    installed_file = root / "usr/share/sportello/of-before"
    check("a file of the version before", installed_file.exists(), False)
    check("the settings that were changed", (root / CONF).read_text(), changed)
    check("what dpkg would have asked about them", [path.name for path in (root / CONF).parent.iterdir()], ["sportello.conf"])
    with Running(root) as service:
        for number, secret in tickets:
            check(f"ticket {number} of the version before", service.ask("GET", f"/v1/tickets/{number}?secret={secret}")[0], 200)
        check("a reply", service.ask("POST", "/v1/chat", {"message": "come scarico l'app?"})[0], 200)
        status, ticket = service.ask("POST", "/v1/tickets", {"message": "prova"})
        check("a ticket", status, 201)
    closed(root)
    return schema, [*tickets, (ticket["number"], ticket["secret"])]


def removed(root, package, tickets):
    dpkg(root, "-r", "sportello")
    check("the program after removing", (root / "usr/bin/sportello").exists(), False)
    check("settings, data and user after removing", ((root / CONF).exists(), (root / DATA / "store.sqlite").exists(), user_of(root) is not None), (True, True, True))
    dpkg(root, "-i", package)
    with Running(root) as service:
        check("a ticket after installing again", service.ask("GET", f"/v1/tickets/{tickets[-1][0]}?secret={tickets[-1][1]}")[0], 200)


def purge_asked(root, answer):
    """Purge at a terminal, where debconf asks: what was said."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve("/usr/sbin/chroot", ["chroot", str(root), "dpkg", "-P", "sportello"], {**ENVIRONMENT, "DEBIAN_FRONTEND": "teletype", "DEBIAN_PRIORITY": "high", "TERM": "dumb"})
    said, answered, end = "", False, time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            if not piece:
                break
            said += piece.decode(errors="replace")
        if not answered and QUESTION in said and "[yes/no]" in said:
            os.write(terminal, (answer + "\n").encode())
            answered = True
    check("the status of a purge", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
    if not answered:
        sys.exit("try_deb: purging asks nothing: " + said[-2000:])


def purged(root, package):
    said = dpkg(root, "-P", "sportello")
    check("settings after a purge that nobody answers", (root / "etc/sportello").exists(), False)
    check("data after a purge that nobody answers", (root / DATA / "store.sqlite").exists(), True)
    check("what it says of them", "/var/lib/sportello stays" in said, True)
    for answer, stays in (("no", True), ("yes", False)):
        dpkg(root, "-i", package)
        purge_asked(root, answer)
        check(f"data after answering {answer}", (root / DATA).exists(), stays)


def main():
    package = pathlib.Path(sys.argv[1]).absolute()
    if os.geteuid() != 0:
        sys.exit("try_deb: packages are installed by root")
    if "SPORTELLO_UNSHARED" not in os.environ:
        os.execvpe("unshare", ["unshare", "-m", sys.executable, "-B", __file__, str(package)], {**os.environ, "SPORTELLO_UNSHARED": "1"})
    entries = look_inside(package)
    with machine() as (folder, root):
        dpkg(root, "-i", earlier(package, folder))
        uid = installed(root)
        schema, tickets = upgraded(root, package)
        check("the user after the upgrade", user_of(root)[0], uid)
        removed(root, package, tickets)
        purged(root, package)
    said = (f"{package.name}, {entries} entries, owners and modes as they should be; by dpkg on an overlay of this machine: user, folders and modes; settings that were changed stay; from 0.0.9 with a store of schema {schema}: "
            f"{len(tickets)} tickets there, served as its unit says, all data closed to others; removing keeps settings and data; purging asks, and without an answer or with no keeps the data, with yes takes them")
    print(said)
    proof.write("make try-deb", said)


if __name__ == "__main__":
    main()
