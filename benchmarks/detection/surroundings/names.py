"""Keys in names and in what only a repository holds: the key is the text, and no file's content has it."""

from __future__ import annotations

from functools import partial

from benchmarks.detection.model import Carries, Surrounding, Where
from benchmarks.detection.surroundings.filling import text

_ref = partial(Surrounding, path="", forbids=" ~^:?*[\\/=+@\n", longest=180)

NAMES = (
    Surrounding("file-name", "", text("report-@KEY@.txt"), where=Where.FILE_NAME, forbids="/\n", longest=200),
    Surrounding("folder-name", "", text("@KEY@/readme.txt"), where=Where.FILE_NAME, forbids="/\n", longest=200,
                after="/"),
    Surrounding("symlink-target", "", text("/mnt/keys/@KEY@"), where=Where.SYMLINK, forbids="\n", longest=1500),
    _ref("branch-name", write=text("fix/@KEY@"), where=Where.BRANCH),
    _ref("tag-name", write=text("v1-@KEY@"), where=Where.TAG),
    Surrounding("commit-message", "", text("Call the gateway again\n\nIt works with @ENV@=@KEY@ now.\n"),
                carries=Carries.NAME, where=Where.COMMIT_MESSAGE),
    Surrounding("tag-message", "", text("Release\n\n@ENV@=@KEY@ was used for it.\n"), carries=Carries.NAME,
                where=Where.TAG_MESSAGE),
    Surrounding("removed-file", "deploy/.env", text("DEBUG=false\n@ENV@=@KEY@\n"), carries=Carries.NAME,
                where=Where.REMOVED_FILE),
    Surrounding("git-remote", "", text("https://deploy:@KEY@@git.acme.io/app.git"), where=Where.GIT_CONFIG,
                forbids="/+=@:\n ", longest=300),
)  # fmt: skip
