"""POST /hooks/gitlab: who is listened to, that it is answered fast with 200, and never switched off by us."""

import base64
import itertools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.gitlab.hooks import sign
from sandbox.gitlab.seed import PROJECT
from sandbox.town import GITLAB_HOOK_TOKEN, Town
from tests.bot.clockwork import Watch, bot_in
from tests.support.bots import Pair, bot_and_room

MB = 1024 * 1024
GITLAB = "/hooks/gitlab"
NEW, OLD = (f"whsec_{base64.b64encode(word * 4).decode()}" for word in (b"new-key.", b"old-key."))
TEAM = {
    "GITLAB_HOOK_TOKEN": GITLAB_HOOK_TOKEN,
    "GITLAB_TOKEN": "a-token-of-gitlab",
    "GITLAB_URL": "http://127.0.0.1:9",
    "GITLAB_PROJECTS": "mall=acme/shop@main",
    "SERVICES": "mall",
}
EVENT = {"X-Gitlab-Event": "Pipeline Hook"}
GOOD = {**EVENT, "X-Gitlab-Token": GITLAB_HOOK_TOKEN}
_numbers = itertools.count(1000)


def body(status: str = "success", **more: Any) -> dict[str, Any]:
    """A pipeline that nobody has told of before."""
    attributes = {
        "id": next(_numbers),
        "ref": "main",
        "sha": "a" * 40,
        "source": "push",
        "status": status,
        "created_at": "2026-01-02 03:04:05 UTC",
        "finished_at": "2026-01-02 03:05:05 UTC",
        "variables": [],
        "url": "https://gitlab.example/acme/shop/-/pipelines/1",
        **more,
    }
    return {
        "object_kind": "pipeline",
        "object_attributes": attributes,
        "project": {"path_with_namespace": PROJECT},
        "user": {"username": "wu"},
    }


def post(pair: Pair, content: Any, headers: dict[str, str] | None = None) -> int:
    sent = content if isinstance(content, bytes) or hasattr(content, "__next__") else json.dumps(content)
    given = GOOD if headers is None else headers
    return requests.post(f"{pair.url}{GITLAB}", data=sent, headers=given, timeout=20).status_code


def known(pair: Pair) -> int:
    """How many versions there are."""
    return len(pair.store.versions.of_service("mall", at_most=10_000))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with bot_and_room(tmp_path_factory.mktemp("bot"), env=TEAM) as pair:
        yield pair


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    env = {**TEAM, "GITLAB_HOOK_TOKEN": f"{OLD},{NEW}"}
    with bot_and_room(tmp_path_factory.mktemp("bot"), env=env) as pair:
        yield pair


# Who is listened to.

TOKENS: list[tuple[str, dict[str, str], int]] = [
    ("the token", {"X-Gitlab-Token": GITLAB_HOOK_TOKEN}, 200),
    ("another", {"X-Gitlab-Token": "sandbox-gitlab-kooh"}, 401),
    ("part of it", {"X-Gitlab-Token": GITLAB_HOOK_TOKEN[:-1]}, 401),
    ("more than it", {"X-Gitlab-Token": GITLAB_HOOK_TOKEN + "0"}, 401),
    ("empty", {"X-Gitlab-Token": ""}, 401),
    ("none", {}, 401),
    ("not ASCII", {"X-Gitlab-Token": "\xe8\x88\xa2"}, 401),
    ("in another header", {"Authorization": f"Bearer {GITLAB_HOOK_TOKEN}"}, 401),
]


@pytest.mark.parametrize(("case", "headers", "status"), TOKENS, ids=[row[0] for row in TOKENS])
def test_token(pair: Pair, case: str, headers: dict[str, str], status: int) -> None:
    before = known(pair)
    assert post(pair, body(), {**EVENT, **headers}) == status
    assert known(pair) - before == (status == 200)


def signed(secret: str = NEW, *, ago: float = 0, **changes: str) -> Callable[[bytes], dict[str, str]]:
    """Makes the headers of a body that was signed so many seconds ago."""

    def headers(content: bytes) -> dict[str, str]:
        stamp, id = str(int(time.time() - ago)), f"msg-{next(_numbers)}"
        right = {
            "webhook-id": id,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(content, secret, id=id, timestamp=stamp),
        }
        return {**EVENT, **right, **changes}

    return headers


SIGNATURES: list[tuple[str, Callable[[bytes], dict[str, str]], int]] = [
    ("the new secret", signed(NEW), 200),
    ("the old secret", signed(OLD), 200),
    ("four minutes old", signed(ago=240), 200),
    ("six minutes old", signed(ago=360), 401),
    ("from the future", signed(ago=-360), 401),
    ("another's", signed(f"whsec_{base64.b64encode(b'somebody').decode()}"), 401),
    ("another time", signed(**{"webhook-timestamp": "1"}), 401),
    ("another delivery", signed(**{"webhook-id": "other"}), 401),
    ("several, one good", lambda content: _also(signed()(content), "v1,AAAA "), 200),
    ("empty", signed(**{"webhook-signature": ""}), 401),
    ("none", lambda content: dict(EVENT), 401),
    ("a plain token instead", lambda content: {**EVENT, "X-Gitlab-Token": NEW}, 401),
]


def _also(headers: dict[str, str], more: str) -> dict[str, str]:
    return {**headers, "webhook-signature": more + headers["webhook-signature"]}


@pytest.mark.parametrize(("case", "headers", "status"), SIGNATURES, ids=[row[0] for row in SIGNATURES])
def test_signature(signing: Pair, case: str, headers: Callable[[bytes], dict[str, str]], status: int) -> None:
    before, content = known(signing), json.dumps(body()).encode()
    assert post(signing, content, headers(content)) == status
    assert known(signing) - before == (status == 200)


def test_a_signature_covers_the_body(signing: Pair) -> None:
    content = json.dumps(body()).encode()
    assert post(signing, content.replace(b"main", b"evil"), signed()(content)) == 401


def test_without_its_secret_the_route_is_off(tmp_path: Path) -> None:
    with bot_and_room(tmp_path, env={**TEAM, "GITLAB_HOOK_TOKEN": ""}) as pair:
        assert post(pair, body()) == post(pair, body(), {**EVENT, "X-Gitlab-Token": ""}) == 404


def test_other_methods_are_refused(pair: Pair) -> None:
    assert requests.get(f"{pair.url}{GITLAB}", timeout=5).status_code == 405


# Whatever it says, it hears 200.

BODIES: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("not JSON", b"deploy"),
    ("half of JSON", b'{"object_kind":'),
    ("a list", b"[]"),
    ("nested", b"[" * 100_000),
    ("not UTF-8", b'{"object_kind":"\xff"}'),
    ("a number of many digits", b'{"object_kind": "pipeline", "object_attributes": {"id": ' + b"9" * 5000),
    ("as much as is read", b" " * MB),
    ("a byte more", b" " * (MB + 1)),
    ("another kind", json.dumps({"object_kind": "push"}).encode()),
    ("no project", json.dumps({**body(), "project": None}).encode()),
    ("no status", json.dumps(body(status="")).encode()),
    ("no number", json.dumps(body(id=None)).encode()),
    ("too great a number", json.dumps(body(id=2**80)).encode()),
    ("a ref that is none", json.dumps(body(ref={"a": 1})).encode()),
    ("another project", json.dumps({**body(), "project": {"path_with_namespace": "a/b"}}).encode()),
    ("another ref", json.dumps(body(ref="topic")).encode()),
    ("a value of a megabyte", json.dumps(body(variables=[{"key": "A", "value": "x" * MB}])).encode()),
]


@pytest.mark.parametrize(("case", "content"), BODIES, ids=[row[0] for row in BODIES])
def test_what_is_ignored_hears_200(pair: Pair, case: str, content: bytes) -> None:
    before = known(pair)
    assert post(pair, content) == 200
    assert known(pair) == before


@pytest.mark.parametrize("event", ["Push Hook", "Job Hook", "Note Hook", "Nonsense"])
def test_other_events_hear_200(pair: Pair, event: str) -> None:
    before = known(pair)
    assert post(pair, body(), {**GOOD, "X-Gitlab-Event": event}) == 200 and known(pair) == before


def test_a_chunked_body_counts_against_the_same_limit(pair: Pair) -> None:
    assert post(pair, iter([b" " * 300_000] * 4)) == 200


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
KEYS = st.text() | st.sampled_from([*body(), *body()["object_attributes"]])
INSIDE = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(KEYS, LEAVES, max_size=3)


@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(KEYS, INSIDE, max_size=4), st.sampled_from(["success", "on_the_moon", ""]))
def test_no_body_makes_it_fail(pair: Pair, odd: dict[str, Any], status: str) -> None:
    assert post(pair, {**body(status), **odd}) == 200
    right = body(status)
    assert post(pair, {**right, "object_attributes": {**right["object_attributes"], **odd}}) == 200


def test_a_store_that_fails_is_nobody_elses_concern(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    env = {**TEAM, "DATABASE_URL": f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}"}
    with bot_and_room(tmp_path, env=env) as pair:
        assert post(pair, body()) == 200
    assert "a hook was not kept" in caplog.text
    assert GITLAB_HOOK_TOKEN not in caplog.text and "a-token-of-gitlab" not in caplog.text


# Fast, and never switched off by us.


@pytest.fixture(params=["yes", "no"], ids=["answers first", "works first"])
def watch(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Watch]:
    with Town() as town, bot_in(town, tmp_path, ANSWER_FIRST=request.param) as watch:
        town.connect(town.room.bot_url)
        town.gitlab.coordinator.runners = 0
        yield watch
        requests.delete(f"{town.gitlab_url}/_fault", timeout=5).raise_for_status()


def test_it_is_answered_within_a_second_while_gitlab_hangs(watch: Watch) -> None:
    gitlab = watch.town.gitlab
    project = gitlab.projects[PROJECT]
    watch.ask("/build mall")
    pipeline = next(iter(project.pipelines.values()))
    gitlab.wait_for(pipeline, "pending")
    hang = {"kind": "slow", "seconds": 4}
    requests.put(f"{watch.town.gitlab_url}/_fault", json=hang, timeout=5).raise_for_status()
    for status in ("running", "failed", "running", "canceled", "running", "success"):
        gitlab.turn(pipeline, status)
    gitlab.hooks.settle()
    (hook,) = project.hooks
    assert (hook.failures, hook.missed) == (0, 0)
    assert {one.status for one in hook.deliveries} == {200}
    assert max(one.seconds for one in hook.deliveries) < 1
    (version,) = watch.store.versions.of_service("mall", at_most=5)
    assert version.state == "success"
