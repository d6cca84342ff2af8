"""Files as people send them, and some that are not what they say. Each small, each made by hand."""
import base64
import struct
import zlib

SECRET = b"Piazza-del-Segreto-41.9028N"  # what a phone writes into a picture beside it


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width=2, height=2, extra=b"", trailer=b"", salt=0):
    rows = b"".join(b"\0" + bytes([salt % 256, salt // 256 % 256, 7]) * 2 for _ in range(2))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + extra + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"") + trailer


def png_with_secrets():
    return png(extra=_chunk(b"eXIf", SECRET) + _chunk(b"tEXt", b"Comment\0" + SECRET) + _chunk(b"prVt", SECRET), trailer=SECRET)


def tiff(orientation, little=False):
    """EXIF with an orientation and a text."""
    order = "<" if little else ">"
    return ((b"II*\0" if little else b"MM\0*") + struct.pack(order + "IH", 8, 1) + struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
            + struct.pack(order + "I", 0) + SECRET)


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEB"
    "AREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==")


def jpeg_with_secrets(orientation=6, little=False):
    return (JPEG[:20] + segment(0xE1, b"Exif\0\0" + tiff(orientation, little)) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)
            + segment(0xED, b"Photoshop 3.0\0" + SECRET) + segment(0xFE, SECRET) + JPEG[20:] + SECRET)


WEBP_PICTURE = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")[12:]


def _riff(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def webp(exif=b"", trailer=b""):
    flags = 0x08 | 0x04 if exif else 0
    chunks = _riff(b"VP8X", bytes([flags]) + bytes(9)) + WEBP_PICTURE + (_riff(b"EXIF", exif) + _riff(b"XMP ", exif) if exif else b"")
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks + trailer


GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def gif_with_secrets():
    comment = b"\x21\xfe" + bytes([len(SECRET)]) + SECRET + b"\0"
    return GIF[:19] + comment + GIF[19:] + SECRET


def pdf(inside=b"", trailer=b"\n", head=b"%PDF-1.4\n"):
    body = head + b"1 0 obj<</Type/Catalog/Pages 2 0 R" + inside + b">>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    at = len(body)
    return body + b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n" + str(at).encode() + b"\n%%EOF" + trailer
