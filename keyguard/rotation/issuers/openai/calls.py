"""The calls of a whole rotation of an OpenAI key, in their order, to be seen before they are made."""

from __future__ import annotations

from collections.abc import Sequence

from keyguard.rotation.issuers.issuer import Planned
from keyguard.rotation.values import Held, Way

USAGE = ("completions", "embeddings", "images", "audio_speeches", "audio_transcriptions", "moderations")
"""The accounts of usage that can be asked for one key."""
_ORGANIZATION = "/v1/organization"
_MODELS = "/v1/models"


def planned(old: Held | None, way: Way | None, *, revoke_first: bool, cap: bool) -> Sequence[Planned]:
    """Return the calls, with the ids that are known; usage and costs may take several pages."""
    project = f"{_ORGANIZATION}/projects/{old.place if old else '{project}'}"
    limit = f"{project}/spend_limit"
    capping = [Planned("GET", limit, "read-cap"), Planned("POST", limit, "cap", changes=True)] if cap else []
    making = [*_making(project, old, way or Way.SAME_OWNER), Planned("GET", _MODELS, "works")]
    deleting = [
        Planned("GET", f"{project}/api_keys", "still-there"),
        Planned("DELETE", f"{project}/api_keys/{old.id if old else '{key}'}", "delete", changes=True),
    ]
    return [
        Planned("GET", f"{_ORGANIZATION}/projects", "projects"),
        Planned("GET", f"{_ORGANIZATION}/projects/{{project}}/api_keys", "find"),
        *(Planned("GET", f"{_ORGANIZATION}/usage/{each}", "usage") for each in USAGE),
        Planned("GET", f"{_ORGANIZATION}/costs", "costs"),
        Planned("GET", f"{_ORGANIZATION}/audit_logs", "scopes"),
        *capping,
        *((deleting + making) if revoke_first else (making + deleting)),
        Planned("GET", _MODELS, "dead"),
    ]


def _making(project: str, old: Held | None, way: Way) -> list[Planned]:
    if way is Way.BY_HAND:
        return []
    if way is Way.NEW_ACCOUNT:
        return [Planned("POST", f"{project}/service_accounts", "mint-account", changes=True)]
    owner = (old.account if old else None) or "{account}"
    return [Planned("POST", f"{project}/service_accounts/{owner}/api_keys", "mint", changes=True)]


def planned_admin(old: Held | None, way: Way | None, *, revoke_first: bool) -> Sequence[Planned]:
    """Return the calls for an admin key; whether one works is asked by the list of them."""
    path = f"{_ORGANIZATION}/admin_api_keys"
    minting = [] if way is Way.BY_HAND else [Planned("POST", path, "mint-other", changes=True)]
    making = [*minting, Planned("GET", path, "works")]
    deleting = [
        Planned("GET", path, "still-there"),
        Planned("DELETE", f"{path}/{old.id if old else '{key}'}", "delete", changes=True),
    ]
    both = deleting + making if revoke_first else making + deleting
    return [Planned("GET", path, "find"), *both, Planned("GET", path, "dead")]
