"""TensorBoard's event files read by other means than ours: the framing here, the messages by protoc."""
import pathlib
import re
import struct
import subprocess

PROTO = pathlib.Path(__file__).resolve().parent.parent / "data" / "tensorboard"


def crc_table():
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


TABLE = crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    """The messages in a file. Every length and sum is checked."""
    assert crc32c(b"123456789") == 0xE3069283  # the sum's published check value
    at = 0
    while at < len(data):
        head = data[at:at + 8]
        length, = struct.unpack("<Q", head)
        body = data[at + 12:at + 12 + length]
        sums = struct.unpack("<I", data[at + 8:at + 12]) + struct.unpack("<I", data[at + 12 + length:at + 16 + length])
        if sums != (masked(head), masked(body)):
            raise ValueError(f"record at byte {at}: the sums are {sums}")
        yield body
        at += 16 + length


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def unquote(text):
    """A string as protoc prints it: C escapes of UTF-8."""
    return text.encode().decode("unicode_escape").encode("latin-1").decode()


def read(path):
    """(file version, [(wall_time, step, {tag: value})])"""
    joined = b"".join(b"\x0a" + varint(len(body)) + body for body in records(path.read_bytes()))
    done = subprocess.run(["protoc", f"--proto_path={PROTO}", "--decode=File", "event.proto"], input=joined,
                          capture_output=True, check=True)
    version = None
    events = []
    for block in re.split(r"^event \{$", done.stdout.decode(), flags=re.M)[1:]:
        if re.search(r"^\s*\d+:", block, flags=re.M):
            raise ValueError(f"a field that event.proto has not: {block}")
        found = re.search(r'file_version: "(.*)"', block)
        if found:
            version = found[1] if not events and version is None else "not at the beginning"
            continue
        pairs = re.findall(r'tag: "(.*)"\n\s*simple_value: (\S+)', block)
        values = {unquote(tag): float(value) for tag, value in pairs}
        if len(values) != len(pairs) or len(pairs) != block.count("value {"):
            raise ValueError(f"a tag twice, or without a value: {block}")
        time, step = (re.search(rf"{name}: (\S+)", block) for name in ("wall_time", "step"))  # 0 is not printed
        events.append((float(time[1]) if time else 0.0, int(step[1]) if step else 0, values))
    return version, events
