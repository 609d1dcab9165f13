"""The values that travel from a source through detection and suppression to a report."""

from keyguard.model.finding import Detector, Finding, LiveCheck, Match, PathLimits, Place
from keyguard.model.incident import Done, Event, Incident
from keyguard.model.levels import Confidence, Exposure, Live, Severity, Status
from keyguard.model.reading import NESTED, Chunk, Item, Omitted, Opaque, Origin, Unread, Where
from keyguard.model.result import Guidance, PolicyChange, PolicyPart, ScanResult, Stats, Step
from keyguard.model.secret import ELLIPSIS, MASK_FROM, Kept, Secret

__all__ = [
    "ELLIPSIS",
    "MASK_FROM",
    "NESTED",
    "Chunk",
    "Confidence",
    "Detector",
    "Done",
    "Event",
    "Exposure",
    "Finding",
    "Guidance",
    "Incident",
    "Item",
    "Kept",
    "Live",
    "LiveCheck",
    "Match",
    "Omitted",
    "Opaque",
    "Origin",
    "PathLimits",
    "Place",
    "PolicyChange",
    "PolicyPart",
    "ScanResult",
    "Secret",
    "Severity",
    "Stats",
    "Status",
    "Step",
    "Unread",
    "Where",
]
