"""How likely one letter is to follow another in names and words of ordinary programs.

Counted over the identifiers, comments and strings of Python's own standard library; to make the table again, run
`python -m keyguard.detection.bigrams` and put what it prints in place of `_TABLE`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

_TABLE = (
    "T?<>SMCRAXH8=9[@X8<5FHJKEW9CAH:NLJ9AP4GK;FY==F;VYS@L8ZEK9PS:@`<=GM3MV>E9APV`I`:HJ@1HMZ4RPBHH<JV?=F>LRQKf"
    ">M=8DCGQK[P?A8KDM67;QFI@KY<RFG;8KW3bZ=LL7KT:AB<QRZGb=PIK0KC>:aZ?F<@Ia;<G>JSaNN4SLG2LSS8aOEFG6Oa@G=CUSaFN"
    "AD<AACAaX[Q=?2;DVB;:XBaKdB6RJJ3JRJ=R@JRJ6BRFDJ4RJRFR<NDD1GDK7TP=L@DEPD8DDT?\\K\\8NIB3NST5aO:QL9I]S@@CLY];Y"
    "4@OE3OWP8WOHBJ98eRAH@ZWeJ^:R<:9B6O=TFGOF>IUO:6EES[M[JD><OGERGWG=<4B=j7??=DAOSX6NJI6JPF=fM:PL9>T7A<AQM^Bf"
    "GSSGSKSKKKSEKCSSS?BK+SGSSS8MBB2IDX8_IF@D:H]C;>EKLYD[AP>L5KJ>9XHDHJ?>QK;4<PKXE[9MDJ3IU<5`TDHK<H[:=BBQLSBR"
    "A=AF>EE]@]S9<5H>e8::SWZT]V4LP^.LHS7^SSHL?GVJOOSCOSOP4LEB7FU>6UQEO<;MQ9=IUQIF]U=C:C8ASG9[SAFOE6[CA5OKKFFM"
    "BCBC<BIM<[S??:B5S?8:JECSKE:KDN-VNN6VVKHK<VVFFHKVVVKK"
)
_STEP = 5
"""Steps of a bit; each character of the table is the cost of one pair in steps, above `_ZERO`."""
_ZERO = 40
_MOST = 80
_LETTERS = 26
FIRST_BITS = math.log2(_LETTERS)
"""What the first letter of a word takes."""
_WORDS = re.compile(r"[A-Z]?[a-z]{3,}")


def _read(table: str) -> dict[tuple[str, str], float]:
    letters = [chr(ord("a") + at) for at in range(_LETTERS)]
    pairs = ((first, second) for first in letters for second in letters)
    return {pair: (ord(cost) - _ZERO) / _STEP for pair, cost in zip(pairs, table, strict=True)}


PAIR_BITS = _read(_TABLE)
"""What the second letter of a pair takes."""


def bits_of(word: str) -> float:
    """Return how many bits a word of lower-case letters takes: few for English, more than its letters for noise."""
    return FIRST_BITS + sum(PAIR_BITS[pair] for pair in pairwise(word))


def made_from(texts: Iterable[str]) -> str:
    """Return the table for these texts, which counts each distinct word once."""
    words = {word.lower() for text in texts for word in _WORDS.findall(text)}
    pairs = Counter(pair for word in words for pair in pairwise(word))
    table = [""] * _LETTERS**2
    letters = [chr(ord("a") + at) for at in range(_LETTERS)]
    for first in letters:
        total = sum(pairs[first, second] + 0.5 for second in letters)
        for second in letters:
            bits = -math.log2((pairs[first, second] + 0.5) / total)
            table[_index(first, second)] = chr(_ZERO + min(_MOST, math.ceil(bits * _STEP)))
    return "".join(table)


def _index(first: str, second: str) -> int:
    return (ord(first) - ord("a")) * _LETTERS + ord(second) - ord("a")


def _main() -> None:
    import sysconfig
    from pathlib import Path

    folder = Path(sysconfig.get_path("stdlib"))
    table = made_from(file.read_text("utf-8", "replace") for file in sorted(folder.glob("*.py")))
    for at in range(0, len(table), 104):
        print(f"    {table[at : at + 104]!r}")


if __name__ == "__main__":
    _main()
