"""A library of ours that is loaded before the program's own."""
import re
import subprocess


def preload(program, library):
    """For LD_PRELOAD. The sanitizer's runtime that the program was linked with, if any, must stand before every other one."""
    linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return " ".join([*re.findall(r"=> (\S*/lib[at]san\.so\S*)", linked), str(library)])
