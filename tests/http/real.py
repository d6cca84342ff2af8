"""kb/ itself under a service, with an index of it that is made once for all tests that need one."""
import pathlib
import shutil
import sys

from service import ROOT

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import indexed  # noqa: E402


def put_under(service):
    """Before its start."""
    shutil.rmtree(service.kb)
    shutil.copytree(ROOT / "kb", service.kb)
    indexed.put_in(service.data)
