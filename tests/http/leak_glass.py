"""What stands in the tables of a Xapian database (glass), read without Xapian: also in blocks that are no longer used.

A table is blocks of 8 KB. A leaf (level 0) has a directory of items; an item is a part of one entry: key, number of the part, bytes
that may be deflated. What is deflated is found too where no directory leads, by trying at every byte.
"""
import struct
import zlib

BLOCK = 8192
HEAD = 11  # revision 4, level 1, largest free piece 2, free bytes 2, end of the directory 2
DEFLATED, LAST, FIRST, SIZE = 0x8000, 0x4000, 0x2000, 0x1FFF


def _items(block):
    if len(block) < HEAD or block[4] != 0:
        return
    end = struct.unpack_from(">H", block, 9)[0]
    for at in range(HEAD, min(end, len(block) - 1), 2):
        start = struct.unpack_from(">H", block, at)[0]
        if start + 3 > len(block):
            continue
        flags = struct.unpack_from(">H", block, start)[0]
        stop = start + (flags & SIZE) + 3
        key_end = start + 3 + block[start + 2]
        if key_end > stop or stop > len(block):
            continue
        key, part, body = block[start + 3:key_end], 1, key_end
        if not flags & FIRST:
            part, body = struct.unpack_from(">H", block, key_end)[0], key_end + 2
        yield key, part, flags, block[body:stop]


def inflate(data):
    """All that can be had of a deflated piece, also when it is cut short; None when it is none."""
    try:
        return zlib.decompressobj(-15).decompress(data, 1 << 20)
    except zlib.error:
        return None


def entries(data):
    """(key, value) of all entries of a table."""
    parts, deflated = {}, set()
    for at in range(0, len(data), BLOCK):
        for key, part, flags, body in _items(data[at:at + BLOCK]):
            parts.setdefault(key, {})[part] = body
            if flags & DEFLATED:
                deflated.add(key)
    for key, by_number in parts.items():
        value = b"".join(by_number[n] for n in sorted(by_number))
        yield key, (inflate(value) or value) if key in deflated else value


def deflated_pieces(data, least=24):
    """Whatever begins anywhere and can be inflated to a text of some length."""
    for at in range(len(data) - 8):
        if data[at] & 7 in (3, 5):  # a last deflated block with a code: fixed, or its own
            text = _some(data[at:at + 4096], least)
            if text:
                yield text


def _some(data, least):
    inflater, got = zlib.decompressobj(-15), b""
    try:
        got = inflater.decompress(data, 4096)
    except zlib.error:
        return b""  # most places: no beginning of anything
    return got if len(got) >= least else b""
