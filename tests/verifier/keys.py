"""Keys and signatures: ed25519 by one strict criterion (docs/entries.md, Keys and signatures).

The equation is left to a library. That a point is canonical and not of small order, and that S is below the order of
the group, is asked here, whatever the library does.
"""
from functools import lru_cache

from blake3 import blake3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'


def _x(y, sign):
    """The x of a point by its y; none when there is no such point."""
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * ROOT_OF_MINUS_ONE % P
    elif v * x * x % P != u:
        return None
    if x == 0 and sign:
        return None
    return P - x if x & 1 != sign else x


def _double(x, y):
    """Twice an affine point of -x² + y² = 1 + d x² y²."""
    t = D * x * x % P * y % P * y % P
    return (2 * x * y * pow(1 + t, -1, P) % P, (y * y + x * x) * pow(1 - t, -1, P) % P)


def is_sound(point):
    """Whether 32 bytes are the canonical encoding of a point that is not of small order."""
    number = int.from_bytes(point, 'little')
    y, sign = number & (1 << 255) - 1, number >> 255
    if len(point) != 32 or y >= P:
        return False
    x = _x(y, sign)
    if x is None:
        return False
    eightfold = _double(*_double(*_double(x, y)))
    return eightfold != (0, 1)


@lru_cache(maxsize=65536)
def is_key(key):
    """Whether these bytes are a key."""
    return isinstance(key, bytes) and is_sound(key)


@lru_cache(maxsize=4096)
def _public(key):
    return Ed25519PublicKey.from_public_bytes(key)


@lru_cache(maxsize=65536)
def is_signature(key, message, signature):
    """Whether a signature of a message under a sound key counts."""
    if int.from_bytes(signature[32:], 'little') >= L or not is_sound(signature[:32]):
        return False
    try:
        _public(key).verify(signature, message)
        return True
    except InvalidSignature:
        return False


def vouches(key, entry_id, signature):
    """Whether a signature is of this entry under this key."""
    return is_signature(key, b'aronde entry 1\0' + entry_id, signature)


def commitment(key):
    """What an admission or a rotation names for the next key."""
    return blake3(key, derive_key_context='aronde 2026 next key commitment').digest()


def did(key):
    """A key as a member is written."""
    number, text = int.from_bytes(b'\xed\x01' + key, 'big'), ''
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return 'did:key:z' + text
