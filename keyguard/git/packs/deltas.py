"""Applies a delta of gitformat-pack(5) to its base, and says which bytes of the result may be new.

dulwich's compiled form does the first 10 times as fast as Python can; it is imported from its own small module,
because the public one costs 30 ms and 8 MB for the same function. Where it is not compiled, Python does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

Run = tuple[int, int]
SHORTEST = 4
"""A delta has at least a header of two sizes, and one instruction (git's DELTA_SIZE_MIN)."""
_COPY = 0x80
_LONGEST_SIZE = 63
"""How many bits a size has at most."""
_MOST_LEADING = 1000
"""How many copies that follow each other in the base are followed at the beginning of a result."""
_STEP = 1 << 16
"""How much git copies with one instruction at most."""
_WORTH = 8
"""How many bytes one byte of a delta has to stand for, so that to go through it is less work than to look at them."""
_LONG = 1 << 10
"""Changes that are no more bytes apart are told as one."""
_OFFSETS = bytes((command & 0x0F).bit_count() + 1 for command in range(256))
"""Where the size begins in the copy instruction with this first byte."""
_LENGTHS = bytes([(command & 0x7F).bit_count() + 1 if command & _COPY else 0 for command in range(256)])
"""How long the copy instruction with this first byte is; 0 where it is none."""


class DamagedError(ValueError):
    """A delta does not make what it declares."""


def header(delta: bytes) -> tuple[int, int]:
    """Return the declared size of the result, and where the instructions begin.

    Raises `DamagedError` when there is no header.
    """
    _, at = _size(delta, 0)
    return _size(delta, at)


def _size(delta: bytes, at: int) -> tuple[int, int]:
    size = shift = 0
    try:
        while shift < _LONGEST_SIZE:
            byte = delta[at]
            at += 1
            size |= (byte & 0x7F) << shift
            if byte < 0x80:
                return size, at
            shift += 7
    except IndexError:
        pass
    raise DamagedError


def _operands(delta: bytes, at: int) -> tuple[int, int, int]:
    """Return offset and size of the copy instruction at `at`, and where it ends; `IndexError` when it is cut off."""
    command = delta[at]
    offset = size = 0
    if command & 0x01:
        offset = delta[at := at + 1]
    if command & 0x02:
        offset |= delta[at := at + 1] << 8
    if command & 0x04:
        offset |= delta[at := at + 1] << 16
    if command & 0x08:
        offset |= delta[at := at + 1] << 24
    if command & 0x10:
        size = delta[at := at + 1]
    if command & 0x20:
        size |= delta[at := at + 1] << 8
    if command & 0x40:
        size |= delta[at := at + 1] << 16
    return offset, size or _STEP, at + 1


def apply_in_python(base: bytes, delta: bytes) -> bytes:
    """Return what the delta makes of the base. Raises `DamagedError` when it is not what its header declares."""
    base_size, at = _size(delta, 0)
    size, at = _size(delta, at)
    try:
        result = b"".join(_pieces(base, delta, at, size))
    except IndexError:
        raise DamagedError from None
    if base_size != len(base) or len(result) != size:
        raise DamagedError
    return result


def _pieces(base: bytes, delta: bytes, at: int, left: int) -> Iterator[bytes]:
    while at < len(delta):
        command = delta[at]
        if command & _COPY:
            offset, size, at = _operands(delta, at)
            piece = base[offset : offset + size]
        else:
            size = command
            piece = delta[at + 1 : at + 1 + size]
            at += 1 + size
        left -= size
        if len(piece) != size or not size or left < 0:
            raise DamagedError
        yield piece


def _compiled() -> Callable[[bytes, bytes], bytes]:
    """Return dulwich's function in the form of `apply_in_python`, or that one where there is none.

    They differ in one thing: dulwich lets a last instruction pass that cannot be followed, when the result has its
    declared size before it. git refuses that object; the result is what all the other instructions say.
    """
    try:
        from dulwich._pack import apply_delta
        from dulwich.errors import ApplyDeltaError
    except ImportError:
        return apply_in_python

    def compiled(base: bytes, delta: bytes) -> bytes:
        try:
            result: bytes = apply_delta(base, delta)[0]
        except ApplyDeltaError:
            raise DamagedError from None
        return result

    return compiled


apply: Callable[[bytes, bytes], bytes] = _compiled()
"""Return what a delta makes of its base, as `apply_in_python` does. It makes room for what the delta declares, so
`header` is asked before."""


def changes(base: bytes, delta: bytes, at: int, result: bytes) -> list[Run]:
    """Return which stretches of the result may be new, in order: what lies between two of them stands in the base, too.

    It begins like the base before the first, and ends like it behind the last; `at` is where the delta's instructions
    begin. A stretch without a byte is a place where bytes meet that do not in the base. More may be as in the base than
    is said: the instructions are gone through only if there are few of them for what they make.
    """
    low, high = _edges(base, delta, at, result)
    if high - low <= _WORTH * (len(delta) - at):
        return [(low, high)]
    return [(max(start, low), end) for start, end in _apart(delta, at, high) if end >= low]


def _apart(delta: bytes, at: int, size: int) -> Iterator[Run]:
    """Yield the stretches of the first `size` bytes of a result that no long copy makes, up to where they end."""
    start = made = 0
    while made < size:
        command = delta[at]
        if command < _COPY:
            made += command
            at += 1 + command
            continue
        operand = at + _OFFSETS[command]
        sizes = command & 0x70
        if sizes == 0x10:
            copied = delta[operand] or _STEP
        elif sizes == 0x30:
            copied = delta[operand] | delta[operand + 1] << 8 or _STEP
        else:
            copied = _operands(delta, at)[1]
        if copied > _LONG:
            yield start, made
            start = made + copied
        made += copied
        at += _LENGTHS[command]
    yield min(start, size), size  # a copy may go on behind it: the two need not follow each other in the base


def _edges(base: bytes, delta: bytes, at: int, result: bytes) -> Run:
    """Return `low` and `high`: all before `low` and all from `high` on is as in the base.

    Equal are `result[:low]` and `base[:low]`, and `result[high:]` and the end of the base. It is read off the delta's
    ends, and proved by comparing.
    """
    low = min(_leading(delta, at), len(result))  # the compiled form may have passed over the last instruction
    start = _trailing(len(base), delta, at)
    size = min(len(base) - start, len(result) - low)
    if size <= 0 or not result.endswith(base[-size:]):
        return low, len(result)
    high = len(result) - size
    offset = len(base) - size
    while high - _STEP >= low and result[high - _STEP : high] == base[offset - _STEP : offset]:
        high -= _STEP
        offset -= _STEP
    return low, high


def _leading(delta: bytes, at: int) -> int:
    """Return how much the delta copies from the very beginning of the base to the beginning of its result."""
    low = 0
    for _ in range(_MOST_LEADING):
        if at >= len(delta) or not delta[at] & _COPY:
            break
        offset, size, at = _operands(delta, at)
        if offset != low:
            break
        low += size
    return low


def _trailing(base_size: int, delta: bytes, at: int) -> int:
    """Return from where on the last instruction seems to copy the base to its end; the base's size if it does not.

    Instructions can only be told apart from the front, so it is a guess.
    """
    end = len(delta)
    for start in range(max(at, end - 8), end - 1):
        if _LENGTHS[delta[start]] == end - start:
            offset, size, _ = _operands(delta, start)
            if offset + size == base_size:
                return offset
    return base_size
