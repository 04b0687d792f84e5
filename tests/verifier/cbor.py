"""DAG-CBOR, read strictly: of each value there is one sequence of bytes, and any other is refused.

Source: https://ipld.io/specs/codecs/dag-cbor/spec/. Also writes, since what is signed or hashed is sometimes a part of
what was read.
"""
import math, struct

DEPTH_MAX = 256


class NotCanonical(ValueError):
    """Bytes that are not the canonical encoding of anything."""


class Link:
    """A link to a block, by the bytes of its CID."""
    __slots__ = ('cid',)

    def __init__(self, cid):
        self.cid = cid


def decode(data):
    """The value that these bytes are the one encoding of."""
    value, at = _item(data, 0, 0)
    if at != len(data):
        raise NotCanonical('something follows the value')
    return value


def _head(data, at):
    """Major type and argument, which is in its shortest form."""
    if at >= len(data):
        raise NotCanonical('it ends too early')
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        return major, low, at
    if low < 24:
        return major, low, at
    if low > 27:
        raise NotCanonical('an indefinite or reserved length')
    size = 1 << (low - 24)
    if at + size > len(data):
        raise NotCanonical('it ends too early')
    value = int.from_bytes(data[at:at + size], 'big')
    if value < (24, 1 << 8, 1 << 16, 1 << 32)[low - 24]:
        raise NotCanonical('a number that is not in its shortest form')
    return major, value, at + size


def _bytes(data, at, length):
    if at + length > len(data):
        raise NotCanonical('it ends too early')
    return bytes(data[at:at + length]), at + length


def _item(data, at, depth):
    if depth > DEPTH_MAX:
        raise NotCanonical('it is nested too deeply')
    major, value, at = _head(data, at)
    if major == 0:
        return value, at
    if major == 1:
        return -1 - value, at
    if major == 2:
        return _bytes(data, at, value)
    if major == 3:
        raw, at = _bytes(data, at, value)
        try:
            return raw.decode('utf-8'), at
        except UnicodeDecodeError:
            raise NotCanonical('a text that is not UTF-8')
    if major == 4:
        items = []
        if value > len(data) - at:
            raise NotCanonical('it ends too early')
        for _ in range(value):
            item, at = _item(data, at, depth + 1)
            items.append(item)
        return items, at
    if major == 5:
        items, last = {}, None
        if value > len(data) - at:
            raise NotCanonical('it ends too early')
        for _ in range(value):
            key, at = _item(data, at, depth + 1)
            if not isinstance(key, str):
                raise NotCanonical('a key that is no text')
            place = (len(key.encode()), key.encode())
            if last is not None and place <= last:
                raise NotCanonical('keys that are not in order')
            last = place
            items[key], at = _item(data, at, depth + 1)
        return items, at
    if major == 6:
        cid, at = _item(data, at, depth + 1)
        if value != 42 or not isinstance(cid, bytes) or cid[:1] != b'\0':
            raise NotCanonical('a tag that is no link')
        return Link(cid[1:]), at
    if value in (20, 21, 22):
        return {20: False, 21: True, 22: None}[value], at
    if value == 27:
        raw, at = _bytes(data, at, 8)
        number = struct.unpack('>d', raw)[0]
        if math.isfinite(number):
            return number, at
    raise NotCanonical('a simple value that is not allowed')


def _number(major, value):
    for low, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 24:
            return bytes([major << 5 | value])
        if value < 1 << 8 * size:
            return bytes([major << 5 | low]) + value.to_bytes(size, 'big')
    raise ValueError('a number over 64 bits')


def encode(value):
    """The one encoding of a value."""
    if value is None or isinstance(value, bool):
        return {None: b'\xf6', False: b'\xf4', True: b'\xf5'}[value]
    if isinstance(value, int):
        return _number(0, value) if value >= 0 else _number(1, -1 - value)
    if isinstance(value, bytes):
        return _number(2, len(value)) + value
    if isinstance(value, str):
        return _number(3, len(value.encode())) + value.encode()
    if isinstance(value, float):
        return b'\xfb' + struct.pack('>d', value)
    if isinstance(value, Link):
        return b'\xd8\x2a' + encode(b'\0' + value.cid)
    if isinstance(value, list):
        return _number(4, len(value)) + b''.join(encode(item) for item in value)
    keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
    return _number(5, len(keys)) + b''.join(encode(key) + encode(value[key]) for key in keys)
