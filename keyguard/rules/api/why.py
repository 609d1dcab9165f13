"""Names the reasons for which a key is not sent anywhere; it is by itself as every report knows them."""

from __future__ import annotations

import enum


class Why(enum.StrEnum):
    """Why a kind of key is never sent anywhere to see whether it lives."""

    SINGLE_USE = "single-use"
    HOST = "host"
    SHARED_SHAPE = "shared-shape"
    PAIR = "pair"
    NO_CALL = "no-call"
    WRITES = "writes"
    COSTS = "costs"
    UNDOCUMENTED = "undocumented"
    SHORT_LIVED = "short-lived"
    SESSION = "session"
    PUBLIC = "public"
