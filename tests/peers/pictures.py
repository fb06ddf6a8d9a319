"""Small pictures made here, so that no file has to be carried along."""

import struct
import zlib


def png(width, height, colour):
    """A PNG of so many pixels: a gradient towards the colour (red, green, blue: 0 to 255)."""
    rows = []
    for y in range(height):
        row = bytearray([0])
        for x in range(width):
            share = (x + y) / (width + height)
            row += bytes(int(255 - (255 - part) * share) for part in colour)
        rows.append(bytes(row))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
