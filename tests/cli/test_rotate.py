"""`keyguard rotate` from end to end: the command line and OpenAI's own package against a stand-in, over real HTTP."""

from __future__ import annotations

import json
import random
import re
import sys

import pytest

from keyguard.cli.main import main
from keyguard.model import Secret
from keyguard.rotation import journal
from tests.support import keys
from tests.support.endpoints import faults, openai
from tests.support.endpoints.organization import Organization
from tests.support.endpoints.server import Handler, Seen, StandIn
from tests.support.languages import same_steps
from tests.support.rotating import ADMIN, INTO, MARK, OLD, World

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_without_anybody_to_ask_nothing_is_sent(world: World):
    ran = world(MARK, *INTO)
    assert ran.code == 2
    assert "--yes" in ran.stderr
    assert world.server.seen == []


def test_whole_rotation(own_world: World):
    ran = own_world(MARK, *INTO, "--yes")
    assert ran.code == 0, ran
    own_world.check_rotated()


def test_the_ledger_is_told_and_a_scan_then_knows_the_key_for_dead(own_world: World):
    world = own_world
    assert main(["scan", "--history"]) == 1
    world.app.usage = {"completions": 120, "dollars": 4}
    assert world(MARK, *INTO, "--yes").code == 0
    assert main(["incidents", "show", MARK]) == 0
    shown = world.capsys.readouterr().out
    assert "120 requests, 4.00 US dollars" in shown
    assert [line.strip()[:3] for line in shown.splitlines() if line.lstrip().startswith("[")] == ["[x]"] * 5 + [
        "[ ]"
    ] * 2
    assert main(["incidents", "list"]) == 0
    assert main(["scan", "--history", "--format", "json"]) == 0
    said = world.capsys.readouterr().out
    assert '"status": "revoked"' in said
    assert "keyguard rotate" in json.dumps([main(["incidents", "list", "--format", "json"]), world.capsys.readouterr()])
    assert OLD not in said


def test_both_languages(own_world: World):
    """Each step is said in both: what would be done, the questions, each way to stop, and a whole rotation."""
    world = own_world
    world.app.usage = {"completions": 120, "dollars": 4}
    world.repo.push("main")
    said: dict[str, str] = {}
    for language in ("en", "zh"):
        lang = ("--lang", language)
        world.printed = ""
        world(MARK, *INTO, "--dry-run", "--yes", *lang)
        world(MARK, *INTO, *lang, terminal="1\nn\n")
        world.server.always = lambda handler, seen: seen.method == "POST" and faults.answered(500, {})(handler, seen)
        world(MARK, "--yes", *lang)
        world.server.always = None
        world.app.slow_birth = world.app.slow_death = 1
        world(MARK, *lang, "--spend-limit", "9", terminal="y\ny\nn\n")
        world(MARK, *lang, terminal="y\nn\n")
        assert world(MARK, "--yes", *lang).code == 0
        said[language] = re.sub(r"keyguard-\w+-\w+|key_\d+|svc_\w+|\d+-\d\d-\d\dT[\d:+]+", "…", world.printed)
        for path in world.journals:
            path.unlink()
        world.app.limits.clear()
        world.app.owned.clear()
        world.app.add(OLD, name="key 2")
        world.repo.write(".env", f"OPENAI_API_KEY={OLD}\n")
    same_steps(said["en"], said["zh"])


class TestCalls:
    def test_a_dry_run_shows_the_calls_that_a_rotation_makes(self, world: World):
        shown = [line.split()[-0:] for line in world(MARK, *INTO, "--dry-run", "--yes").stdout.splitlines()]
        planned = [" ".join(line[:2] if line[0] != "!" else line[1:3]) for line in shown if "/v1/" in " ".join(line)]
        assert not any(call.startswith(("POST", "DELETE")) for call in world.calls)
        assert world.journals == []
        world.server.seen.clear()
        assert world(MARK, *INTO, "--yes").code == 0
        project = "/v1/organization/projects/{project}/api_keys"
        made = [call.replace("proj_other", "{project}") for call in world.calls]
        made = [project.join(["GET ", ""]) if call.endswith("proj_app/api_keys") and number < 4 else call
                for number, call in enumerate(made)]  # fmt: skip
        assert list(dict.fromkeys(made)) == list(dict.fromkeys(planned))

    def test_without_an_admin_key_a_dry_run_sends_nothing(self, world: World, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.delenv("OPENAI_ADMIN_KEY")
        ran = world(MARK, *INTO, "--dry-run")
        assert ran.code == 0
        assert "DELETE /v1/organization/projects/{project}/api_keys/{key}" in ran.stdout
        assert world.server.seen == []
        assert world(MARK, *INTO, "--yes").code == 2

    def test_no_variable_of_the_package_has_a_say(self, world: World, monkeypatch: pytest.MonkeyPatch):
        for name, value in {
            "OPENAI_BASE_URL": "http://127.0.0.1:1/v1", "OPENAI_ORG_ID": "org", "OPENAI_PROJECT_ID": "proj",
            "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer evil\nX-Evil: 1", "OPENAI_LOG": "debug",
            "HTTP_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1", "OPENAI_API_KEY": "evil",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        assert world(MARK, *INTO, "--yes").code == 0
        world.check_rotated()
        sent = {name for seen in world.server.seen for name in seen.headers}
        assert sent <= {
            "host",
            "accept",
            "accept-encoding",
            "user-agent",
            "authorization",
            "content-type",
            "content-length",
        }
        assert {seen.bearer for seen in world.server.seen} >= {ADMIN, OLD}
        assert not any("evil" in str(seen.headers) for seen in world.server.seen)

    def test_a_redirect_is_not_followed(self, world: World):
        with StandIn(Organization()) as elsewhere:
            world.server.always = faults.redirected(elsewhere.url)
            assert world(MARK, *INTO, "--yes").code == 3
            assert elsewhere.seen == []

    def test_the_extra_that_is_missing_is_named(self, world: World, monkeypatch: pytest.MonkeyPatch):
        for name in [each for each in sys.modules if each.startswith("keyguard.rotation.issuers.openai.")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "openai", None)
        ran = world(MARK, *INTO, "--yes")
        assert (ran.code, "pip install 'keyguard[rotate]'" in ran.stderr) == (2, True)

    def test_an_admin_key_that_is_none(self, world: World):
        world.app.keys = {**world.app.keys, ADMIN: openai.Key.REVOKED}
        ran = world(MARK, *INTO, "--yes")
        assert (ran.code, "HTTP 401" in ran.stderr) == (3, True)
        assert world.journals == []


class TestQuestions:
    def test_each_no_stops_where_it_is_and_going_on_asks_again(self, world: World):
        first = world(MARK, *INTO, terminal="n\n")
        assert (first.code, len(world.app.named("keyguard-"))) == (3, 0)
        assert f"keyguard rotate {MARK}" in first.stderr
        assert world(MARK, terminal="y\nn\n").code == 3  # made and stored, not deployed
        assert len(world.app.named("keyguard-")) == 1
        assert OLD not in world.env
        assert world(MARK, terminal="y\nn\n").code == 3  # deployed, not deleted
        assert world.app.keys[OLD] is openai.Key.LIVE
        last = world(MARK, terminal="y\n")
        assert last.code == 0
        assert "Make the new key" not in last.stderr
        world.check_rotated()
        assert world(MARK, "--yes").code == 0

    def test_the_end_of_the_input_is_an_interrupt(self, world: World):
        assert world(MARK, *INTO, terminal="").code == 130

    def test_what_it_did_since_the_leak_is_shown(self, world: World):
        world.app.usage = {"completions": 120, "images": 3, "dollars": 4}
        ran = world(MARK, *INTO, "--yes")
        assert "completions gpt-5: 120 requests, 1,800 tokens" in ran.stdout
        assert "123 requests and cost 4.00 US dollars" in ran.stdout
        assert "App (proj_app)  account svc_ci" in ran.stdout
        assert {seen.query["api_key_ids[]"] for seen in world.server.seen if "/usage/" in seen.path} == {"key_0002"}

    def test_the_other_files_that_have_it_are_named(self, world: World):
        ran = world(MARK, *INTO, terminal="n\n")
        (line,) = [line for line in ran.stdout.splitlines() if "stays in them" in line]
        assert ": app.py. " in line

    def test_keys_with_the_same_ends(self, world: World):
        twin = OLD[:12] + keys.text(random.Random(9), keys.ALNUM, len(OLD) - 16) + OLD[-4:]
        world.app.add(twin, "svc_twin")
        ran = world(MARK, *INTO, "--yes")
        assert (ran.code, "--key-id: key_0002, key_0003" in ran.stderr) == (2, True)
        assert world(MARK, *INTO, "--yes", "--key-id", "key_0002").code == 0
        assert world.app.keys[OLD] is openai.Key.REVOKED
        assert world.app.keys[twin] is openai.Key.LIVE

    def test_a_key_of_another_organisation(self, world: World):
        del world.app.owned["key_0002"]
        ran = world(MARK, *INTO, "--yes")
        assert (ran.code, "lists no key" in ran.stderr) == (2, True)

    def test_two_at_a_time(self, world: World):
        with journal.opened(MARK):
            assert world(MARK, *INTO, "--yes").code == 2


class TestNewKey:
    def test_scopes_are_those_of_the_old_one_or_fewer(self, world: World):
        world.app.owned["key_0002"].scopes = ("api.model.read", "api.responses.write")
        assert world(MARK, *INTO, "--yes", "--scope", "api.evil").code == 2
        assert world(MARK, *INTO, "--yes").code == 0
        assert world.app.named("keyguard-")[0].scopes == ("api.model.read", "api.responses.write")

    def test_it_may_take_time_to_work_and_the_old_one_to_die(self, world: World):
        world.app.slow_birth, world.app.slow_death = 1, 1
        ran = world(MARK, *INTO, "--yes")
        assert ran.code == 0
        assert "does not work yet" in ran.stdout
        assert "not refused yet" in ran.stdout

    def test_death_that_is_not_seen_in_time(self, world: World):
        world.app.slow_death = 1
        ran = world(MARK, *INTO, "--yes", "--wait", "0")
        assert (ran.code, "death was not seen" in ran.stderr) == (3, True)
        assert world(MARK, "--yes").code == 0
        world.check_rotated()

    def test_a_persons_key(self, world: World):
        world.app.owned["key_0002"].account = None
        assert world(MARK, *INTO, "--yes").code == 2
        assert world(MARK, *INTO, "--yes", "--replace-with", "new-account").code == 0
        (new,) = [each for each in world.app.owned.values() if each.account not in (None, "svc_other")]
        assert world.env == f"OPENAI_API_KEY={new.text}\n"

    def test_a_persons_key_by_hand(self, world: World):
        world.app.owned["key_0002"].account = None
        made = world.app.add(keys.project_key(random.Random(7)), None)
        ran = world(MARK, *INTO, "--yes", "--replace-with", "by-hand", stdin=f"{made.text}\n")
        assert ran.code == 0
        assert "https://platform.openai.com/api-keys" in ran.stdout
        assert world.env == f"OPENAI_API_KEY={made.text}\n"
        assert world.app.keys[OLD] is openai.Key.REVOKED

    def test_an_admin_key(self, world: World):
        leaked = keys.admin_key(random.Random(8))
        world.app.keys = {**world.app.keys, leaked: openai.Key.LIVE}
        world.repo.write(".env", f"OPENAI_API_KEY={leaked}\n")
        ran = world(Secret(leaked).fingerprint, *INTO, "--yes")
        assert ran.code == 0, ran
        assert world.app.keys[leaked] is openai.Key.REVOKED
        assert world.app.keys[world.env.strip().partition("=")[2]] is openai.Key.LIVE

    def test_it_may_be_given_an_end(self, world: World):
        assert world(MARK, *INTO, "--yes", "--expires-in", "30").code == 0
        (made,) = [seen for seen in world.server.seen if seen.method == "POST"]
        assert json.loads(made.body)["expires_in_seconds"] == 30 * 86_400

    def test_the_end_of_a_key_of_a_new_account_and_of_an_admin_key(self, world: World):
        way = ("--replace-with", "new-account")
        assert world(MARK, *INTO, "--yes", "--expires-in", "30", *way).code == 0
        leaked = keys.admin_key(random.Random(8))
        world.app.keys = {**world.app.keys, leaked: openai.Key.LIVE}
        world.repo.write("a.env", f"K={leaked}\n")
        into = ("--into", "a.env:K", "--yes")
        assert world(Secret(leaked).fingerprint, *into, "--scope", "api.model.read").code == 2
        assert world(Secret(leaked).fingerprint, *into, "--expires-in", "1").code == 0
        made = [json.loads(seen.body)["expires_in_seconds"] for seen in world.server.seen if seen.method == "POST"]
        assert made == [30 * 86_400, 86_400]

    def test_what_a_hand_made_key_cannot_be_given(self, world: World):
        world.app.owned["key_0002"].account = None
        for option in (("--expires-in", "9"), ("--scope", "api.model.read")):
            ran = world(MARK, *INTO, "--yes", "--replace-with", "by-hand", *option)
            assert (ran.code, f"leave {option[0]} out" in ran.stderr) == (2, True)


class TestOldKey:
    def test_revoked_first_it_dies_before_there_is_another(self, world: World):
        assert world(MARK, *INTO, "--yes", "--revoke-first").code == 0
        calls = [call for call in world.calls if call.startswith(("POST", "DELETE"))]
        assert [call.split()[0] for call in calls] == ["DELETE", "POST"]
        world.check_rotated()

    def test_a_new_key_that_is_gone_keeps_the_old_one_alive(self, world: World):
        assert world(MARK, *INTO, terminal="y\nn\n").code == 3
        world.app.owned.pop(world.app.named("keyguard-")[0].id)
        assert world(MARK, "--yes").code == 3
        assert world.app.keys[OLD] is openai.Key.LIVE
        assert world(MARK, "--yes").code == 0
        world.check_rotated()

    def test_a_file_that_was_changed_back_keeps_the_old_one_alive(self, world: World):
        assert world(MARK, *INTO, terminal="y\nn\n").code == 3
        world.repo.write(".env", f"OPENAI_API_KEY={OLD}\n")
        ran = world(MARK, "--yes")
        assert (ran.code, "does not hold the new key" in ran.stderr) == (3, True)
        assert world.app.keys[OLD] is openai.Key.LIVE
        assert world(MARK, "--yes").code == 0
        world.check_rotated()

    def test_it_can_still_be_revoked_first_when_the_rotation_is_under_way(self, world: World):
        assert world(MARK, *INTO, terminal="n\n").code == 3
        assert world(MARK, "--yes", "--revoke-first").code == 0
        assert [call.split()[0] for call in world.calls if call.startswith(("POST", "DELETE"))] == ["DELETE", "POST"]
        world.check_rotated()

    def test_begun_in_another_folder_it_says_which_in_a_command_that_works(
        self, own_world: World, monkeypatch: pytest.MonkeyPatch
    ):
        place = own_world.repo.write("sub dir/x", "x").parent
        monkeypatch.chdir(place)
        assert own_world(MARK, "--into", "../.env:OPENAI_API_KEY", terminal="n\n").code == 3
        monkeypatch.chdir(own_world.repo.top)
        ran = own_world(MARK, "--yes")
        assert (ran.code, f"go on there: cd '{place}'" in ran.stderr) == (2, True)

    def test_what_was_begun_is_not_silently_done_otherwise(self, world: World):
        assert world(MARK, *INTO, terminal="n\n").code == 3
        for option in (("--key-id", "key_0001"), ("--scope", "api.model.read"), ("--expires-in", "9")):
            ran = world(MARK, "--yes", *option)
            assert (ran.code, f"without {option[0]}" in ran.stderr) == (2, True)
        assert world(MARK, "--yes", "--replace-with", "new-account").code == 0
        assert any(call.endswith("POST /v1/organization/projects/proj_app/service_accounts") for call in world.calls)

    def test_after_it_was_revoked_first_nothing_ends_as_if_nothing_had_been_done(self, world: World):
        def changes_the_file(_handler: object, seen: Seen) -> bool:
            if seen.method == "DELETE":
                world.repo.write(".env", "OPENAI_API_KEY=another\n")
            return False

        world.server.always = changes_the_file
        ran = world(MARK, *INTO, "--yes", "--revoke-first")
        assert (ran.code, "holds another value" in ran.stderr, "go on with" in ran.stderr) == (3, True, True)
        world.repo.write(".env", "OPENAI_API_KEY=\n")
        assert world(MARK, "--yes").code == 0

    def test_one_that_is_nowhere_any_more_is_given_once_more(self, own_world: World):
        world = own_world
        only = keys.service_account_key(random.Random(11))
        world.app.add(only, "svc_only")
        world.repo.write(".env", f"OPENAI_API_KEY={only}\n")
        world.app.slow_death = 1
        mark = Secret(only).fingerprint
        assert world(mark, *INTO, "--yes", "--wait", "0").code == 3
        ran = world(mark, "--yes")
        assert (ran.code, "--stdin" in ran.stderr) == (3, True)
        assert world("--stdin", "--yes", stdin=only).code == 0

    def test_a_list_that_lacked_it_wrongly_is_looked_at_again(self, world: World):
        seen_lists: list[Seen] = []

        def lacking(handler: Handler, seen: Seen) -> bool:
            if (seen.method, seen.path) != ("GET", "/v1/organization/projects/proj_app/api_keys"):
                return False
            seen_lists.append(seen)
            return len(seen_lists) == 3 and faults.answered(200, {"object": "list", "data": None})(handler, seen)

        world.server.always = lacking
        ran = world(MARK, *INTO, "--yes", "--wait", "0")
        assert (ran.code, "is not there any more" in ran.stdout) == (3, True)
        assert world.app.keys[OLD] is openai.Key.LIVE
        assert world(MARK, "--yes").code == 0
        world.check_rotated()

    def test_spending_is_limited_first(self, world: World):
        assert world(MARK, *INTO, "--yes", "--spend-limit", "50").code == 0
        assert world.app.limits == {"proj_app": 5000}
