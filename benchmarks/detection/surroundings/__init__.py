"""Every surrounding of the benchmark: the ways in which keys stand in text, files, archives and repositories."""

from __future__ import annotations

from benchmarks.detection.model import Surrounding
from benchmarks.detection.surroundings.code import CODE
from benchmarks.detection.surroundings.containers import CONTAINERS
from benchmarks.detection.surroundings.documents import DOCUMENTS
from benchmarks.detection.surroundings.edges import EDGES
from benchmarks.detection.surroundings.encodings import ENCODINGS
from benchmarks.detection.surroundings.large import LARGE
from benchmarks.detection.surroundings.names import NAMES
from benchmarks.detection.surroundings.prose import PROSE
from benchmarks.detection.surroundings.settings import SETTINGS

GROUPS: dict[str, tuple[Surrounding, ...]] = {
    "prose and markup": PROSE,
    "touching characters": EDGES,
    "settings": SETTINGS,
    "code": CODE,
    "notebooks, patches, logs": DOCUMENTS,
    "encodings": ENCODINGS,
    "archives and documents": CONTAINERS,
    "large and binary": LARGE,
    "names, messages and git": NAMES,
}
SURROUNDINGS = tuple(each for group in GROUPS.values() for each in group)
