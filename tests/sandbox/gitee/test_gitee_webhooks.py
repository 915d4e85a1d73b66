"""What the stand-in tells by itself: when, to whom, how signed, and how often."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from integrations.errors import Unauthenticated
from integrations.gitee.hooks import authenticate
from integrations.model import NoteHint, PullAction, PullHint
from sandbox.gitee.pulls import Pull
from sandbox.gitee.repo import Repo
from sandbox.gitee.webhooks import Hook
from sandbox.gitee.world import World
from sandbox.serving import serving
from tests.integrations.loopback import Port, hang, wait_until
from tests.sandbox.gitee.client import PULL, REPO, Client
from tests.sandbox.gitee.receiver import Receiver

PULLS, NOTES = "Merge Request Hook", "Note Hook"
SECRET = "hook s3cret/+"
Deed = Callable[[Client], object]

DEEDS: list[tuple[Deed, tuple[str, str, str | None], PullAction | None]] = [
    (lambda api: api.merge(), (PULLS, "merge", ""), PullAction.MERGED),
    (
        lambda api: api.call("PATCH", PULL, data={"state": "closed"}),
        (PULLS, "close", ""),
        PullAction.CLOSED,
    ),
    (lambda api: api.call("POST", f"{PULL}/review"), (PULLS, "approved", ""), PullAction.APPROVED),
    (lambda api: api.call("POST", f"{PULL}/test"), (PULLS, "tested", ""), PullAction.TESTED),
    (
        lambda api: api.call("POST", f"{PULL}/labels", json=["hold"]),
        (PULLS, "update", "update_label"),
        PullAction.CHANGED,
    ),
    (
        lambda api: api.call("POST", f"{PULL}/comments", data={"body": "/merge 1"}),
        (NOTES, "comment", None),
        None,
    ),
]


@pytest.fixture(scope="module")
def listener() -> Iterator[Receiver]:
    receiver = Receiver()
    with serving(receiver) as receiver.url:
        yield receiver


@pytest.fixture
def receiver(listener: Receiver, world: World, web: Repo, pull: Pull) -> Receiver:
    """Told of all that happens after the pull request was opened."""
    listener.received, listener.status = [], 200
    world.hooks.append(Hook(listener.url + "/hooks/gitee", SECRET, signed=True))
    return listener


class TestTold:
    @pytest.mark.parametrize(("do", "said", "action"), DEEDS, ids=[deed[1][1] for deed in DEEDS])
    def test_of_what_is_done_over_the_api(
        self,
        api: Client,
        world: World,
        receiver: Receiver,
        do: Deed,
        said: tuple[str, str, str | None],
        action: PullAction | None,
    ) -> None:
        do(api)
        world.hooks.settle()
        assert receiver.said == [said]
        hint = receiver.received[0].hint
        assert hint and (hint.repo, hint.number, getattr(hint, "action", None)) == ("acme/web", 1, action)

    def test_of_one_that_is_opened_with_its_labels_on(
        self, world: World, web: Repo, receiver: Receiver
    ) -> None:
        web.open_pull("Another", author="wu", head="feature", labels=["bug"])
        world.hooks.settle()
        (told,) = receiver.received
        assert told.said == (PULLS, "open", "")
        assert [label["name"] for label in told.content["pull_request"]["labels"]] == ["bug"]

    def test_of_a_push_with_the_new_head(self, world: World, web: Repo, receiver: Receiver) -> None:
        sha = web.push("feature", {"b.txt": "more\n"}, by="chen")
        web.push("other", {"b.txt": "of no pull request\n"})
        world.hooks.settle()
        (told,) = receiver.received
        assert told.said == (PULLS, "update", "source_branch_changed")
        assert told.content["pull_request"]["head"]["sha"] == sha
        assert told.content["sender"]["login"] == "chen"
        assert isinstance(told.hint, PullHint) and told.hint.action is PullAction.MOVED

    def test_of_a_merge_with_its_commit(self, api: Client, world: World, receiver: Receiver) -> None:
        sha = api.merge().json()["sha"]
        world.hooks.settle()
        shown = receiver.received[0].content["pull_request"]
        assert (shown["state"], shown["merged"], shown["merge_commit_sha"]) == ("merged", True, sha)

    def test_of_a_comment_that_can_be_read_again(self, api: Client, world: World, receiver: Receiver) -> None:
        written = api.call("POST", f"{PULL}/comments", as_="lin", data={"body": "/合并 1"}).json()
        world.hooks.settle()
        hint = receiver.received[0].hint
        assert isinstance(hint, NoteHint) and hint.comment_id == written["id"]
        assert api.json(f"{REPO}/pulls/comments/{hint.comment_id}")["body"] == "/合并 1"

    def test_of_an_edit_which_is_no_new_comment(self, api: Client, world: World, receiver: Receiver) -> None:
        written = api.call("POST", f"{PULL}/comments", data={"body": "looks good"}).json()
        api.call("PATCH", f"{REPO}/pulls/comments/{written['id']}", data={"body": "/merge 1"})
        world.hooks.settle()
        assert receiver.said == [(NOTES, "comment", None), (NOTES, "edited", None)]
        assert receiver.received[1].hint is None

    def test_nothing_of_what_changes_nothing(self, api: Client, world: World, receiver: Receiver) -> None:
        api.json(PULL)
        api.call("PATCH", PULL, data={"title": "Say one, please"})
        api.merge(as_="guest")
        world.hooks.settle()
        assert receiver.received == []


class TestSender:
    @pytest.mark.parametrize("signed", [True, False])
    def test_shows_that_it_knows_the_secret(self, world: World, receiver: Receiver, signed: bool) -> None:
        world.hooks.append(Hook(receiver.url, "other", signed=signed))
        world.repos["acme/web"].push("feature", {"b.txt": "more\n"})
        world.hooks.settle()
        mine, others = receiver.received
        authenticate(mine.headers, [SECRET], now=time.time())
        authenticate(others.headers, ["other"], now=time.time())
        for told in (mine, others):
            with pytest.raises(Unauthenticated):
                authenticate(told.headers, ["wrong"], now=time.time())
        assert others.content["password"] == ("" if signed else "other")
        assert mine.headers["user-agent"] == "git-oschina-hook"
        assert mine.headers["x-gitee-timestamp"] == mine.content["timestamp"]
        assert SECRET.encode() not in mine.body

    def test_repeats_to_the_letter(self, world: World, web: Repo, receiver: Receiver) -> None:
        world.hooks.repeat = 2
        web.push("feature", {"b.txt": "more\n"})
        world.hooks.settle()
        first, second = receiver.received
        assert (first.body, first.headers) == (second.body, second.headers)

    @pytest.mark.parametrize("shuffle", [False, True])
    def test_is_late_and_then_in_any_order(
        self, world: World, web: Repo, receiver: Receiver, shuffle: bool
    ) -> None:
        world.hooks.shuffle = shuffle
        with world.hooks.held():
            shas = [web.push("feature", {"b.txt": f"{n}\n"}) for n in range(6)]
            world.hooks.settle()
            assert receiver.received == []
        world.hooks.settle()
        told = [one.content["pull_request"]["head"]["sha"] for one in receiver.received]
        assert sorted(told) == sorted(shas)
        assert (told == shas) is not shuffle

    def test_each_of_two_in_one_second_is_news(self, world: World, pull: Pull, receiver: Receiver) -> None:
        for _ in range(2):
            pull.close(by=pull.author)
            time.sleep(0.002)
            pull.reopen(by=pull.author)
        world.hooks.settle()
        hints = {one.hint.dedupe for one in receiver.received if one.hint}
        assert len(hints) == 4

    @pytest.mark.parametrize("status", [302, 404, 500])
    def test_takes_any_answer_and_goes_on(
        self, world: World, pull: Pull, receiver: Receiver, status: int
    ) -> None:
        receiver.status = status
        for _ in range(2):
            pull.add_comment("x", by=pull.author)
        world.hooks.settle()
        assert [one.status for one in world.hooks.deliveries] == [status, status]
        assert len(receiver.received) == 2

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "no address", "ftp://127.0.0.1/"])
    def test_is_not_stopped_by_an_address_that_is_none(
        self, world: World, pull: Pull, receiver: Receiver, url: str
    ) -> None:
        world.hooks.append(Hook(url))
        for _ in range(2):
            pull.add_comment("x", by=pull.author)
        world.hooks.settle()
        assert [one.status for one in world.hooks.deliveries] == [200, None, 200, None]

    def test_keeps_nobody_waiting(self, world: World, pull: Pull) -> None:
        with Port(hang) as port:
            world.hooks.append(Hook(port.url))
            for _ in range(2):
                pull.add_comment("x", by=pull.author)
            wait_until(lambda: port.heard != [])
            assert [one.status for one in world.hooks.deliveries] == [None, None]

    def test_ends_with_its_world(self, world: World, pull: Pull, receiver: Receiver) -> None:
        pull.add_comment("x", by=pull.author)
        world.close()
        pull.add_comment("y", by=pull.author)
        assert len(receiver.received) <= 1
        assert not [one for one in threading.enumerate() if one.name.startswith("gitee-webhooks")]
