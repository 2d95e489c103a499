"""Texts compared by their shingles, runs of five folded words. Pure.

Two texts are alike by the share of all their shingles that both have (Jaccard), and one lies inside
another by the share of the smaller one's that the larger one has. `Sketch` is what finds candidates for
either among many: bands of a MinHash signature (Broder 1997; Indyk and Motwani 1998), and a sample of the
shingles themselves, the same eighth of every text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

WORDS_OF_A_SHINGLE = 5

LEAST_SHINGLES = 40
"""A text of fewer is nobody's copy: a title, a caption, a formula of courtesy."""

MOST_WORDS = 150_000
"""Of a text; what follows is not compared."""

PERMUTATIONS, ROWS = 128, 3
"""42 bands of three rows find a pair that is half alike in 99 of 100 cases, one that is a tenth alike in 4."""

SAMPLED = 8
"""One shingle in so many is sampled, by its hash. Of a text of 100 shingles 60 % of which lie in another one, at least
one sampled shingle is common to both in 99.9 of 100 cases; of one of 40, in 96."""

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts that put no spaces between words: each of their characters counts as one."""

WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+(?:(?:\xad|-[ \t]*\n[ \t]*)[^\W_{UNSPACED}]+)*")
NO_LETTER = re.compile(r"[\W_]+")


class Word(NamedTuple):
    """A word as it is compared, and where it stands in its text."""

    folded: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    """The words of a text without case, accents of width, punctuation, and hyphens at the ends of lines."""
    for found in WORD.finditer(text):
        plain = unicodedata.normalize("NFKC", found[0]).casefold()
        yield Word(NO_LETTER.sub("", plain), found.start(), found.end())


def shingles_of(text: str) -> frozenset[int]:
    """The shingles of a text, each by a hash of 64 bits."""
    words = [word.folded for word in islice(words_of(text), MOST_WORDS)]
    runs = zip(*(words[offset:] for offset in range(WORDS_OF_A_SHINGLE)), strict=False)
    return frozenset(_hash(" ".join(run).encode()) for run in runs)


def _hash(told: bytes) -> int:
    """64 bits as PostgreSQL keeps them: with a sign."""
    return int.from_bytes(blake2b(told, digest_size=8).digest(), signed=True)


class Sketch(NamedTuple):
    """What is kept of a text to find others by. Two that share a key are candidates."""

    shingles: int
    signature: bytes
    keys: list[int]


def sketch_of(shingles: frozenset[int]) -> Sketch | None:
    """The sketch of a text; None for one too short to be anybody's copy."""
    if len(shingles) < LEAST_SHINGLES:
        return None
    signature = _signature(shingles)
    sample = [each for each in shingles if each % SAMPLED == 0]
    return Sketch(len(shingles), signature, sorted({*_bands(signature), *sample}))


def _signature(shingles: Iterable[int]) -> bytes:
    from datasketch import MinHash  # here, because it loads 80 MB that only the worker needs

    minhash = MinHash(PERMUTATIONS, seed=1, hashfunc=lambda each: each & 0xFFFFFFFF, scheme="affine32")
    minhash.update_batch(shingles)
    return minhash.hashvalues.astype(">u4").tobytes()


def _bands(signature: bytes) -> Iterator[int]:
    """Each band of the signature as one key, which says its place as well."""
    width = 4 * ROWS
    for at in range(0, len(signature) - width + 1, width):
        yield _hash(at.to_bytes(2) + signature[at : at + width])


class Likeness(NamedTuple):
    """How two texts are alike, in whole percent, rounded down."""

    similarity: int
    containment: int


def likeness(one: frozenset[int], other: frozenset[int]) -> Likeness:
    """Compared exactly: the share of all that both have, and the share of the smaller one that the other has."""
    if not one or not other:
        return Likeness(0, 0)
    common = len(one & other)
    return Likeness(100 * common // len(one | other), 100 * common // min(len(one), len(other)))
