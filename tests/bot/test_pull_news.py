"""What happens on Gitee: announced, once, when it is news; read over the API, whatever the hook says."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from bot.recovery import DEAD_AFTER
from sandbox.gitee.pulls import Pull
from sandbox.town import GITEE_HOOK_TOKEN, Town
from tests.bot.clockwork import Watch, bot_in
from tests.support.hooks import UNFINISHED, count, settle
from tests.support.town import wait_until


@pytest.fixture(scope="class")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    env = {"JENKINS_PR_JOB": "{repo}-pr"}
    with Town() as town, bot_in(town, tmp_path_factory.mktemp("bot"), **env) as watch:
        town.connect(town.room.bot_url)
        yield watch


@pytest.fixture(autouse=True)
def mended(watch: Watch) -> Iterator[None]:
    watch.town.gitee.hooks.repeat = 1
    yield
    watch.mend()
    settle(watch)
    watch.clock.ahead += 61  # a robot may say only so much in a minute


def click(command: str) -> str:
    return f"sendMessage?content={quote(command, safe='')}"


def heard(watch: Watch, deed: Callable[[], object]) -> list[str]:
    """What the room hears because something was done on Gitee."""

    def done() -> None:
        deed()
        settle(watch)

    return watch.said(done)


def gitee(watch: Watch, method: str, path: str, *, by: str = "lin", **data: Any) -> None:
    """Do something on Gitee as a person there, past the bot."""
    world = watch.town.gitee
    world.add_user(by, token=f"{by}-token")
    address = f"{watch.town.gitee_url}/api/v5/repos/acme/web/pulls/{path}"
    headers = {"Authorization": f"Bearer {by}-token"}
    requests.request(method, address, data=data, headers=headers, timeout=5).raise_for_status()


def push(watch: Watch, pull: Pull) -> None:
    watch.web.push(pull.head_ref, {"more.txt": f"{pull.number} {pull.head_sha}\n"}, message="More")
    watch.web.sync()


def hook(watch: Watch, action: str, number: int, *, at: str = "1", **fields: Any) -> None:
    """Post news as whoever has got hold of the secret, or of a signature, can."""
    body = {
        "hook_name": "merge_request_hooks",
        "action": action,
        "timestamp": at,
        "pull_request": {"number": number, "head": {"sha": "f" * 40}, "title": "forged"},
        "repository": {"path_with_namespace": "acme/web"},
        **fields,
    }
    headers = {"X-Gitee-Token": GITEE_HOOK_TOKEN}
    address = f"{watch.town.room.bot_url}/hooks/gitee"
    requests.post(address, data=json.dumps(body), headers=headers, timeout=5).raise_for_status()


class TestOpened:
    def test_is_announced_with_its_next_steps(self, watch: Watch) -> None:
        [news] = heard(watch, watch.new_pull)
        number = max(watch.web.pulls)
        assert f"New in **web**: [#{number}]({watch.town.gitee_url}/acme/web/pulls/{number})" in news
        assert "wu · topic-" in news and "→ main" in news
        assert [click(f"/{verb} {number} web") in news for verb in ("test", "approve", "merge")] == [True] * 3

    def test_is_announced_once_however_often_it_is_told(self, watch: Watch) -> None:
        watch.town.gitee.hooks.repeat = 3
        assert len(heard(watch, watch.new_pull)) == 1
        number = max(watch.web.pulls)
        assert heard(watch, lambda: [hook(watch, "open", number, at=str(at)) for at in range(5)]) == []

    @pytest.mark.parametrize("number", [1, 2, 99], ids=["old enough", "old", "absent"])
    def test_forged_news_of_it_is_no_news(self, watch: Watch, number: int) -> None:
        watch.web.pulls[1].created_at -= timedelta(days=2)
        assert heard(watch, lambda: hook(watch, "open", number)) == []

    def test_in_another_repo_names_that(self, watch: Watch) -> None:
        api = watch.town.gitee.repos["acme/api"]
        api.push("topic", {"new.txt": "new\n"}, message="Topic")
        [news] = heard(watch, lambda: api.open_pull("Topic", author="chen", head="topic"))
        assert "New in **api**" in news and click("/merge 4 api") in news

    def test_that_is_closed_meanwhile_is_not_announced(self, watch: Watch) -> None:
        def opened_and_closed() -> None:
            with watch.town.gitee.hooks.held():
                pull = watch.new_pull()
                gitee(watch, "PATCH", str(pull.number), state="closed")

        assert heard(watch, opened_and_closed) == []


class TestMoved:
    def pull(self, watch: Watch, *commands: str) -> Pull:
        pull = watch.new_pull()
        settle(watch)
        for command in commands:
            watch.ask(f"/{command} {pull.number}")
        settle(watch)
        return pull

    def test_is_silent_when_nobody_vouched_for_it(self, watch: Watch) -> None:
        pull = self.pull(watch)
        assert heard(watch, lambda: push(watch, pull)) == []

    def test_tells_what_is_stale_now(self, watch: Watch) -> None:
        pull = self.pull(watch, "approve")
        old = pull.head_sha[:8]
        [news] = heard(watch, lambda: push(watch, pull))
        assert f"New commits in **web**: [#{pull.number}]" in news
        assert f"approved at {old}, but the head is {pull.head_sha[:8]}" in news
        assert "tested at" not in news and click(f"/approve {pull.number} web") in news

    def test_tells_each_move_once(self, watch: Watch) -> None:
        pull = self.pull(watch, "approve")
        watch.town.gitee.hooks.repeat = 2
        assert len(heard(watch, lambda: push(watch, pull))) == 1
        assert len(heard(watch, lambda: push(watch, pull))) == 1

    def test_tells_that_a_running_test_is_of_the_old_head(self, watch: Watch) -> None:
        watch.job("web-pr", script="sleep 30", parameters=watch.jenkins.jobs["web-pr"].parameters)
        pull = self.pull(watch, "test")
        old = pull.head_sha[:8]
        [news] = heard(watch, lambda: push(watch, pull))
        assert f"tests {old}" in news and click(f"/test {pull.number} web") in news
        watch.ask("/cancel b1")

    def test_other_changes_are_silent(self, watch: Watch) -> None:
        pull = self.pull(watch, "approve")
        for data in ({"state": "closed"}, {"state": "open"}):
            assert heard(watch, lambda data=data: gitee(watch, "PATCH", str(pull.number), **data)) == []
        assert heard(watch, lambda: pull.add_label("urgent")) == []


class TestMerged:
    def test_elsewhere_is_announced(self, watch: Watch) -> None:
        pull = watch.new_pull()
        settle(watch)
        [news] = heard(watch, lambda: gitee(watch, "PUT", f"{pull.number}/merge"))
        assert f"Merged on Gitee in **web**: [#{pull.number}]" in news
        assert heard(watch, lambda: hook(watch, "merge", pull.number)) == []

    @pytest.mark.parametrize("repeat", [1, 3])
    def test_by_us_is_not_told_twice(self, watch: Watch, repeat: int) -> None:
        pull = watch.new_pull()
        settle(watch)
        watch.town.gitee.hooks.repeat = repeat
        [answer] = heard(watch, lambda: watch.ask(f"/merge {pull.number}"))
        assert "merged into main" in answer

    def test_elsewhere_after_we_were_refused_is_announced(self, watch: Watch) -> None:
        pull = watch.new_pull()
        settle(watch)
        watch.gitee_fault(kind="405", match="PUT .*/merge", times=1)
        assert "Gitee refused" in watch.ask(f"/merge {pull.number}")
        [news] = heard(watch, lambda: gitee(watch, "PUT", f"{pull.number}/merge"))
        assert "Merged on Gitee" in news

    def test_forged_news_of_it_is_no_news(self, watch: Watch) -> None:
        pull = watch.new_pull()
        settle(watch)
        assert heard(watch, lambda: hook(watch, "merge", pull.number)) == []


class TestGiteeIsAway:
    def test_what_could_not_be_read_is_told_when_it_can(self, watch: Watch) -> None:
        watch.gitee_fault(kind="500", match="GET /api/v5/repos")
        pull = watch.new_pull()
        watch.town.gitee.hooks.settle()
        wait_until(lambda: bool(count(watch, UNFINISHED)))
        watch.mend()
        assert watch.tick() == []  # somebody may still be at it
        [news] = watch.tick(after=DEAD_AFTER + 1)
        assert f"#{pull.number}" in news
        assert watch.tick(after=DEAD_AFTER + 1) == []

    def test_after_an_hour_it_is_given_up(self, watch: Watch) -> None:
        watch.gitee_fault(kind="500", match="GET /api/v5/repos")
        watch.new_pull()
        watch.town.gitee.hooks.settle()
        wait_until(lambda: bool(count(watch, UNFINISHED)))
        assert watch.tick(after=3601) == []
        assert count(watch, UNFINISHED) == 0


def test_everything_doubled_and_in_any_order(watch: Watch) -> None:
    hooks = watch.town.gitee.hooks

    def much() -> None:
        hooks.repeat, hooks.shuffle = 2, True
        with hooks.held():
            pulls = [watch.new_pull() for _ in range(3)]
            gitee(watch, "PUT", f"{pulls[0].number}/merge")
            push(watch, pulls[1])
        hooks.shuffle = False

    news = "\n".join(heard(watch, much))
    assert (news.count("New in"), news.count("Merged on Gitee"), news.count("New commits")) == (2, 1, 0)


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Watch]:
    """A bot with no way to speak first."""
    none = {"DINGTALK_GROUP_WEBHOOK": "", "DINGTALK_APP_KEY": ""}
    with Town() as town, bot_in(town, tmp_path, **none) as watch:
        town.connect(town.room.bot_url)
        yield watch


def test_what_nobody_can_carry_does_not_wait(quiet: Watch) -> None:
    quiet.new_pull()
    settle(quiet)
    assert count(quiet, "outbox") == 0
