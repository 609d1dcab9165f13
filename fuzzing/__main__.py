"""Runs one target under atheris (https://github.com/google/atheris), which is steered by coverage."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

SECONDS = 10
"""How long one case may take: longer ones are reported as a hang."""
MEGABYTES = 2048


def main() -> None:
    """Run a target; libFuzzer ends the process, with code 0 if no case broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m fuzzing", description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=0, help="end earlier, after so long; 0: do not")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=int, default=1536, help="bytes of a case")
    parser.add_argument("--found", type=Path, help="folder for the cases that reach new code; else a temporary one")
    given = parser.parse_args()
    with atheris.instrument_imports(include=["keyguard"]):
        from fuzzing.seeds import WORDS, corpus, seeds
        from fuzzing.targets import TARGETS

        if given.target not in TARGETS:
            parser.error(f"no target {given.target}; one of: {', '.join(TARGETS)}")
        for case in seeds(given.target):  # so that modules that are imported inside functions are steered by as well
            TARGETS[given.target](case)
    scratch = Path(tempfile.mkdtemp(prefix="keyguard-fuzzing-"))
    found = given.found or scratch / "found"
    for folder, cases in ((found, []), (scratch / "seeds", [*corpus(given.target), *seeds(given.target)])):
        folder.mkdir(parents=True, exist_ok=True)
        for number, case in enumerate(cases):
            (folder / str(number)).write_bytes(case)
    words = scratch / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in WORDS[given.target]), "ascii")
    options = {
        "runs": given.cases, "max_total_time": given.seconds, "seed": given.seed, "timeout": SECONDS,
        "rss_limit_mb": MEGABYTES, "max_len": given.longest, "dict": words,
        "artifact_prefix": f"{given.target}-", "print_final_stats": 1,
    }  # fmt: skip
    arguments = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup([sys.argv[0], *arguments, str(found), str(scratch / "seeds")], TARGETS[given.target])
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(f"\\x{each:02x}" for each in word.encode("latin-1"))


if __name__ == "__main__":
    main()
