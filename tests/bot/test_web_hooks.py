"""POST /hooks/...: who is listened to, what is dropped, and that a build's end is told without any tick."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.town import GITEE_HOOK_TOKEN, JENKINS_HOOK_TOKEN, Town
from tests.bot.clockwork import Watch, bot_in
from tests.support.bots import Pair, bot_and_room
from tests.support.hooks import signed
from tests.support.town import wait_until

HOUR = 3600
BIG = 1024 * 1024
JENKINS, GITEE = f"/hooks/jenkins/{JENKINS_HOOK_TOKEN}", "/hooks/gitee"
HOOKS = {"JENKINS_HOOK_TOKEN": JENKINS_HOOK_TOKEN, "GITEE_HOOK_TOKEN": GITEE_HOOK_TOKEN}
TEAM = {**HOOKS, "REPOS": "web=acme/web", "GITEE_TOKEN": "t", "GITEE_URL": "http://127.0.0.1:9"}

BUILD = {"name": "x", "url": "job/x/", "build": {"number": 1, "phase": "COMPLETED", "status": "SUCCESS"}}
OPENED = {
    "hook_name": "merge_request_hooks",
    "action": "open",
    "timestamp": "1700000000000",
    "pull_request": {"number": 1, "head": {"sha": "a" * 40}},
    "repository": {"path_with_namespace": "acme/web"},
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with bot_and_room(tmp_path_factory.mktemp("bot"), env=TEAM) as pair:
        yield pair


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with Town() as town, bot_in(town, tmp_path) as watch:
        town.connect(town.room.bot_url)
        yield watch


def post(pair: Pair, path: str, body: Any, headers: dict[str, str] | None = None) -> int:
    sent = body if isinstance(body, bytes) or hasattr(body, "__next__") else json.dumps(body).encode()
    return requests.post(f"{pair.url}{path}", data=sent, headers=headers, timeout=10).status_code


PATHS: list[tuple[str, str, int]] = [
    ("the secret", JENKINS, 200),
    ("another", "/hooks/jenkins/another-one-of-16", 404),
    ("part of it", JENKINS[:-1], 404),
    ("more than it", f"{JENKINS}0", 404),
    ("none", "/hooks/jenkins/", 404),
    ("not ASCII", "/hooks/jenkins/%E8%88%A2%FF", 404),
    ("deeper", f"{JENKINS}/more", 404),
]


@pytest.mark.parametrize(("case", "path", "status"), PATHS, ids=[row[0] for row in PATHS])
def test_the_address_is_the_secret_of_jenkins(pair: Pair, case: str, path: str, status: int) -> None:
    assert post(pair, path, BUILD) == status


def test_a_wrong_secret_looks_like_an_address_that_is_not_there(pair: Pair) -> None:
    wrong, absent = (
        requests.post(f"{pair.url}{path}", timeout=5) for path in ("/hooks/jenkins/x", "/no/such/thing")
    )
    assert (wrong.status_code, wrong.content) == (absent.status_code, absent.content)


HEADERS: list[tuple[str, Callable[[], dict[str, str]], int]] = [
    ("password", lambda: {"X-Gitee-Token": GITEE_HOOK_TOKEN}, 200),
    ("signature", signed, 200),
    ("old signature", lambda: signed(-HOUR + 60), 200),
    ("too old", lambda: signed(-HOUR - 60), 401),
    ("too early", lambda: signed(HOUR + 60), 401),
    ("another's signature", lambda: signed(secret="somebody-else"), 401),
    ("wrong password", lambda: {"X-Gitee-Token": "sandbox-gitee"}, 401),
    ("empty", lambda: {"X-Gitee-Token": ""}, 401),
    ("none", dict, 401),
    ("time of another signature", lambda: {**signed(), "X-Gitee-Timestamp": "1"}, 401),
]


@pytest.mark.parametrize(("case", "headers", "status"), HEADERS, ids=[row[0] for row in HEADERS])
def test_gitee_signs_or_knows_the_password(
    pair: Pair, case: str, headers: Callable[[], dict[str, str]], status: int
) -> None:
    assert post(pair, GITEE, {"hook_name": "push_hooks"}, headers()) == status


BODIES: list[tuple[str, bytes, int]] = [
    ("empty", b"", 400),
    ("not JSON", b"deploy", 400),
    ("half of JSON", b'{"build":', 400),
    ("a list", b"[]", 400),
    ("nested", b"[" * 100_000, 400),
    ("nested objects", b'{"build":' * 100_000, 400),
    ("not UTF-8", b'{"url":"\xff"}', 400),
    ("a number of many digits", b'{"build": ' + b"9" * 5000 + b"}", 400),
    ("as much as is read", b" " * BIG, 400),
    ("a byte more", b" " * (BIG + 1), 200),
]


@pytest.mark.parametrize("path", [JENKINS, GITEE], ids=["jenkins", "gitee"])
@pytest.mark.parametrize(("case", "body", "status"), BODIES, ids=[row[0] for row in BODIES])
def test_body(pair: Pair, path: str, case: str, body: bytes, status: int) -> None:
    assert post(pair, path, body, signed()) == status


@pytest.mark.parametrize("path", [JENKINS, GITEE], ids=["jenkins", "gitee"])
def test_a_chunked_body_counts_against_the_same_limit(pair: Pair, path: str) -> None:
    assert post(pair, path, iter([b" " * 300_000] * 4), signed()) == 200


NOT_FOLLOWED: list[dict[str, Any]] = [
    {"hook_name": "push_hooks"},
    {"hook_name": "note_hooks", "action": "edited", "noteable_type": "PullRequest"},
    {"hook_name": "note_hooks", "action": "comment", "noteable_type": "Commit"},
    {**OPENED, "repository": {"path_with_namespace": "acme/secret"}},
    {**OPENED, "action": "tested"},
    {**OPENED, "action": "close"},
]


@pytest.mark.parametrize("body", NOT_FOLLOWED, ids=lambda body: f"{body['hook_name']} {body.get('action')}")
def test_what_nothing_follows_from_is_not_kept(pair: Pair, body: dict[str, Any]) -> None:
    before = kept(pair)
    assert post(pair, GITEE, body, signed()) == 200
    assert kept(pair) == before


def test_a_hint_is_kept_once_and_before_anything_is_read(pair: Pair) -> None:
    before = kept(pair)
    assert [post(pair, GITEE, OPENED, signed()) for _ in range(3)] == [200] * 3  # and Gitee is not there
    assert kept(pair) == before + 1


def kept(pair: Pair) -> int:
    with pair.store.database.lent() as connection:
        return int(connection.execute("SELECT COUNT(*) FROM deliveries").fetchone()[0])


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
KEYS = st.text() | st.sampled_from([*OPENED, *BUILD])
INSIDE = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(KEYS, LEAVES, max_size=3)


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(INSIDE | st.lists(INSIDE, max_size=3) | st.dictionaries(KEYS, INSIDE, max_size=3))
def test_no_body_makes_it_fail(pair: Pair, body: object) -> None:
    assert post(pair, JENKINS, body) in (200, 400)
    assert post(pair, GITEE, body, signed()) in (200, 400)


def test_other_methods_are_refused(pair: Pair) -> None:
    for path in (JENKINS, GITEE):
        assert requests.get(f"{pair.url}{path}", timeout=5).status_code == 405


def test_without_their_secrets_the_routes_are_off(tmp_path: Path) -> None:
    with bot_and_room(tmp_path) as pair:
        assert post(pair, JENKINS, BUILD) == post(pair, GITEE, OPENED, signed(secret="")) == 404
        assert post(pair, GITEE, OPENED, {"X-Gitee-Token": ""}) == 404


def test_either_of_two_secrets_is_good_while_one_is_rotated(tmp_path: Path) -> None:
    new = "the-new-jenkins-hook"
    both = {"JENKINS_HOOK_TOKEN": f"{JENKINS_HOOK_TOKEN},{new}", "GITEE_HOOK_TOKEN": "old,new"}
    with bot_and_room(tmp_path, env=both) as pair:
        assert post(pair, JENKINS, BUILD) == post(pair, f"/hooks/jenkins/{new}", BUILD) == 200
        for secret in ("old", "new"):
            assert post(pair, GITEE, {"hook_name": "x"}, signed(secret=secret)) == 200


def test_a_store_that_fails_is_nobody_elses_concern(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    env = {**TEAM, "DATABASE_URL": f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}"}
    with bot_and_room(tmp_path, env=env) as pair:
        assert post(pair, JENKINS, BUILD) == post(pair, GITEE, OPENED, signed()) == 200
    assert caplog.text.count("a hook was not kept") == 2
    assert JENKINS_HOOK_TOKEN not in caplog.text and GITEE_HOOK_TOKEN not in caplog.text


def test_the_end_of_a_build_is_told_without_any_tick(watch: Watch) -> None:
    watch.job()
    queued, ended = watch.hear(2, "/deploy hello")
    assert "is queued" in queued and "succeeded" in ended
    assert ends(watch) == 1  # though Jenkins told it as COMPLETED and as FINALIZED
    watch.tick()
    assert ends(watch) == 1


def test_a_hook_that_comes_before_the_triggers_answer(watch: Watch) -> None:
    watch.job()
    watch.jenkins_fault(kind="lost", match="POST .*/buildWithParameters", seconds=1.5, times=1)
    ended, answer = watch.hear(2, "/deploy hello")
    assert "succeeded" in ended and "has started" in answer
    watch.tick()
    assert ends(watch) == 1


def test_forged_news_of_a_build_is_only_a_look(watch: Watch) -> None:
    watch.job(script="sleep 30")
    watch.ask("/deploy hello")
    wait_until(lambda: bool(watch.runs()))
    build = {"number": 1, "phase": "FINALIZED", "status": "SUCCESS"}
    body = {"url": "job/hello-deploy/", "build": build}
    for _ in range(3):
        requests.post(f"{watch.town.room.bot_url}{JENKINS}", json=body, timeout=5).raise_for_status()
    assert "running" in watch.ask("/status") and ends(watch) == 0
    watch.ask("/cancel b1")


def test_where_work_comes_before_the_answer_the_end_is_told_by_then(tmp_path: Path) -> None:
    with Town() as town, bot_in(town, tmp_path, ANSWER_FIRST="no") as watch:
        watch.job()
        watch.ask("/deploy hello")
        wait_until(lambda: bool(watch.runs()) and not watch.runs()[0].building)
        body = {"url": "job/hello-deploy/", "build": {"number": 1, "queue_id": watch.runs()[0].queue_id}}
        requests.post(f"{town.room.bot_url}{JENKINS}", json=body, timeout=20).raise_for_status()
        assert ends(watch) == 1


def ends(watch: Watch) -> int:
    return sum("succeeded" in message.text for message in watch.town.room.replies)
