"""A spool's chunks, to put them together otherwise: into shards, or as another host's."""
import struct

PAGE, MAGIC, CONTROL = 4096, 0x3F4B4C56, 3
TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


class Chunk:
    """`label` is the file's path below its spool."""

    def __init__(self, label, data):
        self.label, self.data = label, bytearray(data)

    def field(self, offset, form="<I"):
        return struct.unpack_from(form, self.data, offset)[0]

    def put(self, offset, form, value):
        struct.pack_into(form, self.data, offset, value)

    kind = property(lambda self: self.data[5])
    pid = property(lambda self: self.field(40))

    def move(self, host, boot, later_ns):
        """As if another host had recorded it, whose clock shows another time."""
        self.put(104, "64s", host.encode())
        self.put(88, "16s", boot)
        self.put(64, "<q", self.field(64, "<q") + later_ns)
        used = self.field(12)
        if used:
            self.put(16, "<I", crc32c(bytes(self.data[:12]) + bytes(self.data[20:used])))


def chunks_of(spool):
    """In the order of files and of chunks in them."""
    for path in sorted(spool.glob("*/*.vls")):
        data, at = path.read_bytes(), 0
        while at < len(data):
            size = PAGE
            if struct.unpack_from("<I", data, at)[0] == MAGIC:
                size = struct.unpack_from("<I", data, at + 8)[0]
                yield Chunk(path.relative_to(spool), data[at:at + size])
            at += size


def write_spool(spool, chunks, rename=None):
    """A spool of these chunks; rename: what a file's path becomes."""
    spool.mkdir(parents=True)
    (spool / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    for chunk in chunks:
        path = spool / (rename(chunk.label) if rename else chunk.label)
        path.parent.mkdir(exist_ok=True)
        with open(path, "ab") as file:
            file.write(chunk.data)
    return spool
