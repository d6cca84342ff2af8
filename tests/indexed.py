"""An index of kb/ by words, made once for all tests that begin with one: learning what its phrasings say takes seconds."""
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("SPORTELLO_BUILD", ROOT / "build"))
PROGRAM = os.path.abspath(os.environ.get("SPORTELLO_BIN", ROOT / "build" / "sportello"))


def stamp():
    """What the index is made of: the program, and kb/."""
    digest = hashlib.sha256()
    for path in [pathlib.Path(PROGRAM), *sorted((ROOT / "kb").rglob("*"))]:
        state = path.stat()
        digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def made(beside):
    """A data folder with nothing but the index; made by whoever asks first."""
    data, new = beside / stamp(), beside / "new"
    if not data.exists():
        for old in beside.iterdir():
            if old.is_dir():
                shutil.rmtree(old)
        subprocess.run([PROGRAM, "index", "--kb", ROOT / "kb", "--data", new, "--encoder", "none"], check=True, capture_output=True)
        new.rename(data)
    return data


def put_in(data):
    """A copy, in a data folder that may be there already."""
    beside = BUILD / "tests" / "kb-index"
    beside.mkdir(parents=True, exist_ok=True)
    with open(beside / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.copytree(made(beside), data, dirs_exist_ok=True)
