"""Writes small Outlook message files: a compound file (MS-CFB) whose streams all lie in its mini stream."""

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

SECTOR, MINI, END, FREE, FAT = 512, 64, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
STREAM, STORAGE, ROOT = 2, 1, 5
BEGAN = datetime(1601, 1, 1, tzinfo=UTC)


def make_msg(texts: Mapping[str, str | bytes], *, delivered: datetime | None = None, attached: Sequence[str] = ()) -> bytes:
    """`texts` by the four hexadecimal signs of a property's tag; bytes are kept as a binary property."""
    ticks = (delivered - BEGAN) // timedelta(microseconds=1) * 10 if delivered else 0
    times = struct.pack("<IIQ", 0x0E060040, 6, ticks)
    streams: dict[tuple[str, ...], bytes] = {("__properties_version1.0",): bytes(32) + times}
    streams |= {(f"__substg1.0_{tag}{_kind(value)}",): _told(value) for tag, value in texts.items()}
    streams |= {(f"__attach_version1.0_#{n:08X}", "__substg1.0_3707001F"): _told(name) for n, name in enumerate(attached)}
    return _file(streams)


def _kind(value: str | bytes) -> str:
    return "001F" if isinstance(value, str) else "0102"


def _told(value: str | bytes) -> bytes:
    return value.encode("utf-16-le") if isinstance(value, str) else value


def _file(streams: Mapping[tuple[str, ...], bytes]) -> bytes:
    names = sorted({path[:depth] for path in streams for depth in range(1, len(path) + 1)}, key=lambda path: (len(path), path))
    mini, mini_fat, starts = b"", list[int](), dict[tuple[str, ...], int]()
    for path in names:
        if path in streams:
            count = -(-len(streams[path]) // MINI)
            starts[path] = len(mini_fat) if count else END
            mini_fat += [*range(len(mini_fat) + 1, len(mini_fat) + count), END] if count else []
            mini += streams[path].ljust(count * MINI, b"\0")
    entries = [_entry("Root Entry", ROOT, _first((), names), 0xFFFFFFFF, 0, len(mini))]
    for path in names:
        kind = STREAM if path in streams else STORAGE
        size = len(streams.get(path, b""))
        entries.append(_entry(path[-1], kind, _first(path, names), _next(path, names), starts.get(path, 0), size))
    return _laid_out(entries, mini_fat, mini)


def _first(above: tuple[str, ...], names: Sequence[tuple[str, ...]]) -> int:
    return next((number for number, path in enumerate(names, 1) if path[:-1] == above), FREE)


def _next(path: tuple[str, ...], names: Sequence[tuple[str, ...]]) -> int:
    at = names.index(path) + 1
    return at + 1 if at < len(names) and names[at][:-1] == path[:-1] else FREE


def _entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
    told = (name + "\0").encode("utf-16-le")
    links = struct.pack("<III", FREE, right, child)
    return told.ljust(64, b"\0") + struct.pack("<HBB", len(told), kind, 1) + links + bytes(36) + struct.pack("<IQ", start, size)


def _laid_out(entries: list[bytes], mini_fat: list[int], mini: bytes) -> bytes:
    parts = [b"".join(entries), struct.pack(f"<{len(mini_fat)}I", *mini_fat), mini]
    sizes = [-(-len(part) // SECTOR) for part in parts]
    starts = [1, 1 + sizes[0], 1 + sizes[0] + sizes[1]]
    fat = [FAT]
    for start, size in zip(starts, sizes, strict=True):
        fat += [*range(start + 1, start + size), END]
    entries[0] = entries[0][:116] + struct.pack("<I", starts[2]) + entries[0][120:]
    parts[0] = b"".join(entries)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, starts[1], sizes[1], END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    sectors = [struct.pack(f"<{SECTOR // 4}I", *fat, *[FREE] * (SECTOR // 4 - len(fat))), *parts]
    return head + b"".join(part.ljust(-(-len(part) // SECTOR) * SECTOR, b"\0") for part in sectors)
