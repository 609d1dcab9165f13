"""`keyguard verify` and `scan --verify` against stand-ins of the providers, over real HTTP."""

from __future__ import annotations

import getpass
import io
import json
import os
import random
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keyguard.cli.main import main
from keyguard.model import Secret
from keyguard.verification import asking
from keyguard.verification.client import Call, NoReplyError, Reply
from keyguard.verification.proxy import Proxy
from tests.conftest import PROJECT, Ran
from tests.support import keys
from tests.support.endpoints import anthropic, faults, openai
from tests.support.endpoints.server import StandIn
from tests.support.keyguard_with_endpoints import Placed
from tests.support.repository import Repo

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
LIVE, DEAD, POOR, ODD = (keys.project_key(random.Random(seed)) for seed in (1, 2, 3, 4))
CLAUDE = keys.anthropic_key(random.Random(5))
SHARED = keys.hex_sk_key(random.Random(6))
ALL = (LIVE, DEAD, POOR, ODD, CLAUDE, SHARED)


def mark(key: str) -> str:
    return Secret(key).fingerprint


@dataclass
class Providers:
    """OpenAI and Anthropic as stand-ins; what KeyGuard printed never holds a piece of a key."""

    openai: StandIn
    anthropic: StandIn
    run: Callable[..., Ran]

    @property
    def addresses(self) -> dict[str, str]:
        return {"openai": f"{self.openai.url}/v1", "anthropic": self.anthropic.url}

    def __call__(self, *arguments: str | Path, stdin: bytes | None = None) -> Ran:
        ran = self.run(*arguments, addresses=Placed(self.addresses), stdin=stdin)
        check_no_key(ran)
        return ran

    def json(self, *arguments: str | Path, stdin: bytes | None = None) -> tuple[int, dict[str, Any]]:
        """Run with `--format json`; the findings by their fingerprints."""
        ran = self(*arguments, "--format", "json", stdin=stdin)
        return ran.code, {each["fingerprint"]: each for each in json.loads(ran.stdout)["findings"]}


def check_no_key(ran: Ran) -> None:
    printed = ran.stdout + ran.stderr
    for key in ALL:
        assert not any(key[start : start + 9] in printed for start in range(12, len(key) - 12))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    def run(*arguments: str | Path, addresses: Placed | None = None, stdin: bytes | None = None) -> Ran:
        monkeypatch.setattr(sys, "stdin", None if stdin is None else io.TextIOWrapper(io.BytesIO(stdin)))
        code = main([str(each) for each in arguments], addresses)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def providers(repo: Repo, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    """The providers, and the repository as the folder to work in."""
    monkeypatch.chdir(repo.top)
    states = {LIVE: openai.Key.LIVE, POOR: openai.Key.NO_CREDIT, ODD: openai.Key.WRONG_COUNTRY}
    with StandIn(openai.OpenAI(states)) as one, StandIn(anthropic.Anthropic({CLAUDE: anthropic.Key.LIVE})) as other:
        yield Providers(one, other, run)


class TestScan:
    def test_without_the_option_nobody_is_asked(self, repo: Repo, providers: Providers):
        repo.write("a", LIVE)
        code, found = providers.json("scan")
        assert (code, found[mark(LIVE)]["live"], found[mark(LIVE)]["check"]) == (1, None, None)
        assert providers.openai.seen == []

    def test_a_clean_scan_asks_nobody_and_says_nothing(self, repo: Repo, providers: Providers):
        repo.write("a", "x")
        ran = providers("scan", "--verify")
        assert (ran.code, ran.stderr) == (0, "")
        assert "Checked" not in ran.stdout

    def test_every_finding_says_whether_it_lives(self, repo: Repo, providers: Providers):
        repo.save(".env", "\n".join(f"K{number}={key}" for number, key in enumerate(ALL)))
        code, found = providers.json("scan", "--worktree", "--history", "--verify")
        states = {key: found[mark(key)]["live"] for key in ALL}
        assert code == 1
        assert states == {
            LIVE: "live", DEAD: "revoked", POOR: "live-no-credit", ODD: "unknown", CLAUDE: "live", SHARED: "unknown",
        }  # fmt: skip
        assert found[mark(DEAD)]["check"]["why"] == "HTTP 401, error.code = invalid_api_key"
        assert found[mark(DEAD)]["check"]["hosts"] == ["api.openai.com"]
        assert found[mark(SHARED)]["check"] == {"why": "not sent: shared-shape", "hosts": [], "at": None}
        order = [found[each]["live"] for each in found]
        assert order == sorted(order, key=lambda state: (state == "revoked", state == "unknown"))
        assert {seen.bearer for seen in providers.openai.seen} == {LIVE, DEAD, POOR, ODD}
        assert len(providers.openai.seen) == 4

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (
                "en",
                (
                    " live (",
                    " revoked (",
                    " unknown (never checked",
                    "Checked: 1 live, 1 revoked, 1 unknown",
                    "to api.openai.com",
                ),
            ),
            (
                "zh",
                (
                    "有效：",
                    "已失效：",
                    "无法判断：",
                    "1 个有效、1 个已失效、1 个无法判断",
                    "向 api.openai.com 发送 2 个密钥",
                ),
            ),
        ],
    )
    def test_people_are_told_in_their_language(
        self, repo: Repo, providers: Providers, language: str, words: tuple[str, ...]
    ):
        repo.write("a", f"{DEAD}\n{LIVE}\n{SHARED}\n")
        ran = providers("scan", "--verify", "--lang", language)
        assert [word for word in words if word not in ran.stdout + ran.stderr] == []
        assert ran.stdout.index(Secret(LIVE, "sk-proj-").masked) < ran.stdout.index(Secret(DEAD, "sk-proj-").masked)

    def test_one_secret_in_many_places_is_asked_about_once(self, repo: Repo, providers: Providers):
        for number in range(3):
            repo.save(f"{number}.txt", f"{number} {DEAD}")
        assert providers("scan", "--worktree", "--history", "--verify").code == 1  # although it is revoked
        assert len(providers.openai.seen) == 1

    def test_what_is_too_weak_to_report_is_not_sent(self, repo: Repo, providers: Providers):
        repo.write("tests/test_a.py", f"'{keys.project_key(random.Random(9), tail=False)}'")
        ran = providers("scan", "--verify", "--min-confidence", "high")
        assert (ran.code, providers.openai.seen) == (0, [])

    def test_the_time_that_it_may_take(self, repo: Repo, providers: Providers):
        repo.write("a", f"{LIVE}\n{CLAUDE}")
        providers.openai.always = faults.slow(30)
        code, found = providers.json("scan", "--verify", "--timeout", "1")
        assert (code, found[mark(LIVE)]["live"], found[mark(CLAUDE)]["live"]) == (1, "unknown", "live")
        assert providers("scan", "--timeout", "1").code == 2

    def test_an_interrupt_leaves_a_report(self, repo: Repo, providers: Providers, monkeypatch: pytest.MonkeyPatch):
        from keyguard.verification import run

        def interrupted(*_: object) -> Iterator[object]:
            raise KeyboardInterrupt

        monkeypatch.setattr(run, "_collected", interrupted)
        repo.write("a", LIVE)
        code, found = providers.json("scan", "--verify")
        assert (code, found[mark(LIVE)]["live"], found[mark(LIVE)]["check"]["why"]) == (130, "unknown", "interrupted")


class TestFoundAgain:
    def test_a_key_that_only_the_history_has(self, repo: Repo, providers: Providers):
        repo.save("gone", f"{LIVE}\n{DEAD}")
        repo.remove("gone")
        repo.commit()
        assert providers("verify", mark(LIVE)[:14]).code == 1
        assert [seen.bearer for seen in providers.openai.seen] == [LIVE]
        ran = providers("verify", mark(DEAD))
        assert (ran.code, "revoked (api.openai.com: HTTP 401" in ran.stdout) == (0, True)

    def test_below_the_top_as_well(self, repo: Repo, providers: Providers, monkeypatch: pytest.MonkeyPatch):
        repo.write("a", DEAD)
        repo.write("sub/b", "x")
        monkeypatch.chdir(repo.top / "sub")
        assert providers("verify", mark(DEAD)).code == 0

    def test_several_and_their_exit_codes(self, repo: Repo, providers: Providers):
        repo.write("a", "\n".join(ALL))
        for given, code in (([DEAD, ODD], 3), ([SHARED], 3), ([DEAD, ODD, POOR], 1)):
            assert providers("verify", *map(mark, given)).code == code

    def test_what_is_not_here_any_more(self, repo: Repo, providers: Providers):
        repo.write("a", DEAD)
        ran = providers("verify", mark(LIVE))
        assert (ran.code, providers.openai.seen) == (2, [])
        ran = providers("verify", mark(DEAD), mark(LIVE))
        assert (ran.code, mark(LIVE) in ran.stderr) == (3, True)

    def test_each_answer_says_what_to_do_next(self, repo: Repo, providers: Providers):
        repo.write("a", f"{DEAD}\n{LIVE}\n{ODD}")
        said = {key: providers("verify", mark(key)).stdout for key in (DEAD, LIVE, ODD)}
        assert "keyguard guide" not in said[DEAD]
        assert f"revoke it now. keyguard guide {mark(LIVE)[:16]} says how" in said[LIVE]
        assert f"Unknown is not dead: take it for live. keyguard guide {mark(ODD)[:16]}" in said[ODD]

    def test_a_beginning_of_two_is_none(self, repo: Repo, providers: Providers):
        made = (keys.project_key(random.Random(seed)) for seed in range(1000))
        other = next(key for key in made if mark(key)[:5] == mark(LIVE)[:5] and key != LIVE)
        repo.write("a", f"{LIVE}\n{other}")
        ran = providers("verify", mark(LIVE)[:5])
        assert (ran.code, "2 fingerprints" in ran.stderr, providers.openai.seen) == (2, True, [])

    def test_all_of_a_report_even_in_a_file_that_git_ignores(self, repo: Repo, providers: Providers, tmp_path: Path):
        repo.write(".gitignore", "*.env")
        repo.write("sub/x.env", f"{LIVE}\n{DEAD}")
        report = tmp_path / "report.json"
        assert providers("scan", "sub/x.env", "--output", f"json={report}").code == 1
        code, found = providers.json("verify", "--report", report)
        assert (code, found[mark(LIVE)]["live"], found[mark(DEAD)]["live"]) == (1, "live", "revoked")
        assert providers("verify", mark(DEAD)).code == 2
        assert providers("verify", mark(DEAD), "--path", "sub/x.env").code == 0

    def test_a_report_that_leads_out_of_the_repository(self, repo: Repo, providers: Providers, tmp_path: Path):
        repo.write("a", DEAD)
        (tmp_path / "outside").write_text(LIVE)
        (repo.top / "link").symlink_to(tmp_path / "outside")
        paths = [str(tmp_path / "outside"), "../outside", "link", "a/../../outside", "", "a", 5]
        places = [{"where": "file", "path": each} for each in paths]
        findings = [{"fingerprint": mark(key), "locations": places} for key in (LIVE, DEAD)]
        (tmp_path / "r").write_text(json.dumps({"schema": "keyguard.report.v1", "findings": findings}))
        assert providers("verify", "--report", tmp_path / "r").code == 3
        assert [seen.bearer for seen in providers.openai.seen] == [DEAD]

    def test_a_file_outside_of_every_repository(self, repo: Repo, providers: Providers, tmp_path: Path):
        repo.write("a", DEAD)
        (tmp_path / "outside").write_text(LIVE)
        ran = providers("verify", mark(LIVE), mark(DEAD), "--path", tmp_path / "outside")
        assert (ran.code, len(providers.openai.seen)) == (1, 2)


class TestGiven:
    def test_one_a_line(self, providers: Providers):
        ran = providers("verify", "--stdin", stdin=f"{DEAD}\r\n\r\nOPENAI_API_KEY='{LIVE}'\n".encode())
        assert (ran.code, len(providers.openai.seen)) == (1, 2)

    @pytest.mark.parametrize("text", ["", " \n", "hello", "HELLO\n" + "x" * 40])
    def test_what_is_no_key(self, providers: Providers, text: str):
        assert providers("verify", "--stdin", stdin=text.encode()).code == 2

    def test_nothing_is_sent_if_a_line_is_none(self, providers: Providers):
        assert providers("verify", "--stdin", stdin=f"{LIVE}\nhello\n".encode()).code == 2
        assert providers.openai.seen == []

    def test_of_a_kind_without_a_shape(self, providers: Providers):
        """No stand-in has an address for it, so it goes nowhere, and is unknown."""
        key = keys.text(random.Random(7), keys.ALNUM, 32)
        ran = providers("verify", "--stdin", "--rule", "mistral-key", stdin=key.encode())
        assert (ran.code, "api.mistral.ai" in ran.stderr, key in ran.stdout) == (3, True, False)
        assert providers("verify", "--stdin", "--rule", "mistral-key", stdin=b"too short").code == 2
        assert providers("verify", "--stdin", "--rule", "no-such-rule", stdin=key.encode()).code == 2

    def test_of_a_kind_that_is_named_although_several_share_its_shape(self, providers: Providers):
        ran = providers("verify", "--stdin", "--rule", "deepseek-key", "--dry-run", stdin=SHARED.encode())
        assert (ran.code, "api.deepseek.com" in ran.stderr) == (0, True)

    def test_of_a_kind_whose_check_needs_more(self, providers: Providers):
        key = keys.text(random.Random(7), keys.HEX, 32)
        given = ["verify", "--stdin", "--rule", "twilio-auth-token"]
        ran = providers(*given, stdin=key.encode())
        assert (ran.code, "needs account as well" in ran.stdout) == (3, True)
        ran = providers(*given, "--with", "account=AC123", "--dry-run", stdin=key.encode())
        assert (ran.code, "api.twilio.com" in ran.stderr) == (0, True)

    def test_the_guide_that_is_named_can_be_found(self, providers: Providers):
        """What came from standard input is not in the repository: it is known by its kind."""
        assert (
            "keyguard guide openai-project-key says how" in providers("verify", "--stdin", stdin=LIVE.encode()).stdout
        )

    def test_typed_unseen(self, providers: Providers, monkeypatch: pytest.MonkeyPatch, capsys: Any):
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        def typed(prompt: str) -> str:
            assert prompt == "密钥（不显示）："
            return next(lines)

        def shown(_prompt: str) -> str:
            warnings.warn("echo", getpass.GetPassWarning, stacklevel=1)
            return LIVE

        lines = iter([DEAD])
        monkeypatch.setattr(sys, "stdin", Terminal())
        for ask, code in ((typed, 0), (shown, 2)):
            monkeypatch.setattr("getpass.getpass", ask)
            assert main(["verify", "--stdin", "--lang", "zh"], Placed(providers.addresses)) == code
            check_no_key(Ran(0, *capsys.readouterr()))
        assert [seen.bearer for seen in providers.openai.seen] == [DEAD]

    def test_closed(self, providers: Providers):
        assert providers("verify", "--stdin").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        (), (mark(DEAD), LIVE), ("openai",), ("kg1-" + "0" * 33,), (mark(LIVE), "--stdin"),
        (mark(LIVE), "--rule", "openai-project-key"), ("--report", "no-such-file"), ("--timeout", "0", mark(LIVE)),
        (f"--{LIVE}",), (keys.text(random.Random(1), keys.HEX, 32),), ("x" * 5000,), ("a",),
        ("--with", f"account={LIVE}/", mark(LIVE)), ("--with", "secret=x", mark(LIVE)), ("--proxy", mark(LIVE)),
    ],
)  # fmt: skip
def test_what_is_refused_before_anything_is_sent(repo: Repo, providers: Providers, arguments: tuple[str, ...]):
    repo.write("a", f"{LIVE}\n{DEAD}")
    ran = providers("verify", *arguments, stdin=LIVE.encode())
    assert (ran.code, ran.stdout, providers.openai.seen) == (2, "", [])
    for each in arguments:
        assert len(each) < 32 or each.startswith("kg1") or each[6:-6] not in ran.stderr
    if LIVE in arguments:
        assert "history" in ran.stderr


def test_a_dry_run_sends_nothing(repo: Repo, providers: Providers):
    repo.write("a", f"{LIVE}\n{DEAD}\n{SHARED}")
    ran = providers("verify", mark(LIVE), mark(DEAD), mark(SHARED), "--dry-run")
    assert (ran.code, providers.openai.seen) == (0, [])
    assert "2 keys to api.openai.com" in ran.stderr
    assert "1 key is sent nowhere" in ran.stderr


def test_a_redirect_takes_the_key_nowhere(repo: Repo, providers: Providers):
    repo.write("a", LIVE)
    with StandIn(openai.OpenAI({LIVE: openai.Key.LIVE})) as thief:
        providers.openai.always = faults.redirected(f"{thief.url}/v1/models", 307)
        ran = providers("verify", mark(LIVE))
        assert (ran.code, "HTTP 307: a redirect" in ran.stdout) == (3, True)
        assert thief.seen == []


VARIABLES = (
    "OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "KEYGUARD_ENDPOINTS", "KEYGUARD_ADDRESSES",
    "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE",
)  # fmt: skip


@pytest.fixture
def hostile(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A server to which the environment and the repository would like to have keys sent."""
    with StandIn(openai.OpenAI({LIVE: openai.Key.LIVE})) as thief:
        for name in VARIABLES:
            monkeypatch.setenv(name, thief.url)
        repo.write(".env", "".join(f"{name}={thief.url}\n" for name in VARIABLES))
        repo.write(".netrc", f"machine api.openai.com login {thief.url} password x")
        repo.config("http.proxy", thief.url)
        repo.config("url." + thief.url + ".insteadOf", "https://api.openai.com/")
        repo.write("rules.toml", "[[rule]]\nid = 'mine'\nprovider = 'openai'\npattern = 'mine-[a-z]{20}'\n")
        repo.write("a", f"{LIVE}\nmine-abcdefghijklmnopqrst\n")
        yield thief


def test_neither_environment_nor_repository_moves_a_key(
    repo: Repo, hostile: StandIn, providers: Providers, monkeypatch: pytest.MonkeyPatch
):
    assert providers("scan", "--verify", "--rules", "rules.toml", "a").code == 1
    assert [seen.bearer for seen in providers.openai.seen] == [LIVE]
    assert hostile.seen == []
    for addition in ("[verify]\nhost = 'x'", "[endpoints]\nopenai = 'http://127.0.0.1/'", "verify = true"):
        repo.write(".keyguard.toml", addition)
        assert providers("scan", "--verify", "a").code == 2


def test_the_product_by_itself_knows_only_the_addresses_of_its_files(
    hostile: StandIn, run: Callable[..., Ran], repo: Repo, monkeypatch: pytest.MonkeyPatch
):
    """Nothing may reach a provider from a test, so what would be sent is taken at the last step."""
    sent: list[str] = []

    def taken(call: Call, _seconds: float, proxy: Proxy | None) -> Reply:
        assert proxy is None
        sent.append(call.url)
        raise NoReplyError("taken by the test")

    monkeypatch.setattr(asking, "send", taken)
    monkeypatch.chdir(repo.top)
    assert run("scan", "--verify", "a").code == 1
    assert run("verify", mark(LIVE)).code == 3
    assert sent == ["https://api.openai.com/v1/models"] * 2
    assert hostile.seen == []
    for option in ("--endpoint", "--endpoints", "--base-url", "--proxy", "--host", "--address", "--insecure"):
        assert run("verify", option, hostile.url, mark(LIVE)).code == 2


def test_in_a_process_of_its_own(repo: Repo, providers: Providers, installed: Path):
    """The launcher as other programs start it, with keys that come through a pipe."""
    launcher = [sys.executable, "-P", "-m", "tests.support.keyguard_with_endpoints", json.dumps(providers.addresses)]
    done = subprocess.run(
        [*launcher, "verify", "--stdin"],
        cwd=repo.top,
        env=os.environ | {"PYTHONPATH": f"{installed}{os.pathsep}{PROJECT}"},
        input=f"{DEAD}\n{LIVE}\n{CLAUDE}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    check_no_key(Ran(done.returncode, done.stdout, done.stderr))
    assert (done.returncode, done.stdout.count(" live ("), done.stdout.count(" revoked (")) == (1, 2, 1)
    assert (len(providers.openai.seen), len(providers.anthropic.seen)) == (2, 1)


def test_a_hook_and_a_scan_load_nothing_that_could_send():
    code = "import sys, keyguard.cli.scan, keyguard.cli.hook; sys.exit('http.client' in sys.modules)"
    assert subprocess.run([sys.executable, "-P", "-c", code], cwd=PROJECT, check=False).returncode == 0


class TestLedger:
    def test_what_a_provider_says_is_written_down_and_heeded(self, repo: Repo, providers: Providers):
        repo.save(".env", f"A={DEAD}\nB={LIVE}\n")
        assert providers("verify", mark(DEAD), mark(LIVE)).code == 1
        listed = json.loads(providers("incidents", "list", "--format", "json").stdout)["incidents"]
        revoked = {each["fingerprint"]: each["revoked"] for each in listed}
        assert revoked.keys() == {mark(DEAD), mark(LIVE)}
        assert revoked[mark(LIVE)] is None
        assert revoked[mark(DEAD)]["note"] == "asked api.openai.com: HTTP 401, error.code = invalid_api_key"
        code, found = providers.json("scan")
        assert (code, found[mark(DEAD)]["status"], found[mark(LIVE)]["status"]) == (1, "revoked", "open")

    def test_a_provider_knows_better_than_a_ledger(self, repo: Repo, providers: Providers):
        repo.save(".env", f"A={LIVE}\n")
        assert providers("incidents", "resolve", mark(LIVE), "--revoked", "--proof", "I think so").code == 0
        code, found = providers.json("scan")
        assert (code, found[mark(LIVE)]["status"]) == (0, "revoked")
        code, found = providers.json("scan", "--verify")
        assert (code, found[mark(LIVE)]["status"]) == (1, "open")

    def test_keys_from_standard_input_are_nobodys_incident(self, providers: Providers):
        assert providers("verify", "--stdin", stdin=DEAD.encode()).code == 0
        assert json.loads(providers("incidents", "list", "--format", "json").stdout)["incidents"] == []
