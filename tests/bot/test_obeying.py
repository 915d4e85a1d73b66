"""Commands in comments: read again, obeyed by the rights of who really wrote them, answered as comments."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from bot import commands
from bot.obeying import commands_in, who_is
from bot.recovery import DEAD_AFTER
from bot.tick import tick
from sandbox.gitee.pulls import Comment, Pull
from sandbox.gitee.seed import BOT
from sandbox.town import Town
from tests.bot.clockwork import Watch, bot_in
from tests.support.hooks import UNFINISHED, count, settle, signed
from tests.support.town import wait_until

commands.load()


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    nothing_announced = {"DINGTALK_GROUP_WEBHOOK": "", "DINGTALK_APP_KEY": ""}
    users = {"GITEE_USERS": "lin=lin,chen=chen,wu=wu,one=shared,two=shared", "MAINTAINERS": "chen,wu"}
    env = {**nothing_announced, **users}
    with Town() as town, bot_in(town, tmp_path_factory.mktemp("bot"), **env) as watch:
        town.connect(town.room.bot_url)
        for login in ("guest", "shared"):
            town.gitee.add_user(login)
        yield watch


@pytest.fixture
def pull(watch: Watch) -> Pull:
    return watch.new_pull()


@pytest.fixture(autouse=True)
def mended(watch: Watch) -> Iterator[None]:
    watch.town.gitee.hooks.repeat = 1
    yield
    watch.mend()
    settle(watch)


def write(watch: Watch, pull: Pull, body: str, *, by: str = "lin") -> Comment:
    """Comment below a pull request, on its page."""
    with watch.town.gitee.commons.lock:
        return pull.add_comment(body, by=watch.town.gitee.commons.user(by))


def answers(watch: Watch, pull: Pull, body: str, *, by: str = "lin") -> list[str]:
    """What Sampan's account answers to a comment."""
    before = len(pull.comments)
    write(watch, pull, body, by=by)
    settle(watch)
    return [one.body for one in pull.comments[before:] if one.user.login == BOT]


def test_from_a_comment_on_the_page_to_a_merge_commit(watch: Watch, pull: Pull) -> None:
    before = len(watch.town.room.replies)
    page = f"{watch.town.gitee_url}/acme/web/pulls/{pull.number}/comments"
    form = {"as": "chen", "body": f"Looks good.\r\n/merge {pull.number}"}
    requests.post(page, data=form, allow_redirects=False, timeout=5).raise_for_status()
    settle(watch)
    link = f"[#{pull.number}]({watch.town.gitee_url}/acme/web/pulls/{pull.number})"
    assert pull.comments[-1].user.login == BOT
    assert pull.comments[-1].body.startswith(f"{link} merged into `main`")
    assert watch.web.git.run("log", "-1", "--merges", "--format=%P", "main").split()[1] == pull.head_sha
    shown = [message.text for message in watch.town.room.replies[before:]]
    assert not [text for text in shown if "erged" in text]


def test_the_same_rights_hold(watch: Watch) -> None:
    own = watch.new_pull(author="chen")
    assert "is your own; somebody else has to approve it" in answers(
        watch, own, f"/approve {own.number}", by="chen"
    )[0].replace("\\", "")
    assert "needs the role admin" in answers(watch, own, "/stop all", by="chen")[0]
    assert "approved at" in answers(watch, own, f"/approve {own.number}", by="wu")[-1]


def test_conversations_are_no_matter_here(tmp_path: Path) -> None:
    with Town() as town, bot_in(town, tmp_path, DINGTALK_CONVERSATIONS="cidother") as watch:
        town.connect(town.room.bot_url)
        assert "This group can only read" in watch.ask("/merge 1")
        [answer] = answers(watch, watch.web.pulls[1], "/merge 1")
        assert "cannot be merged" in answer and "needs 1 approval" in answer


def test_a_chat_message_that_calls_its_room_so_is_not_obeyed(watch: Watch, pull: Pull) -> None:
    before = len(watch.town.room.replies), len(pull.comments)
    room = f"gitee:acme/web#{pull.number}"
    assert watch.town.room.deliver(f"/merge {pull.number}", conversationId=room).status_code == 200
    settle(watch)
    watch.ask("/ping")
    assert pull.state == "open" and len(pull.comments) == before[1]


def test_the_number_is_the_one_above(watch: Watch, pull: Pull) -> None:
    (said,) = answers(watch, pull, "/merge", by="chen")
    assert f"[#{pull.number}](" in said and "merged into" in said


def test_the_repo_is_the_one_above(watch: Watch) -> None:
    api = watch.town.gitee.repos["acme/api"]
    [answer] = answers(watch, api.pulls[2], "/pr 2")
    assert "Add orders.channel" in answer.replace("\\", "")


def test_a_build_is_told_to_its_end_below_the_pull_request(watch: Watch, pull: Pull) -> None:
    watch.job()
    before = len(pull.comments)
    write(watch, pull, "/deploy hello")
    wait_until(lambda: len(pull.comments) >= before + 3)
    queued, ended = (one.body for one in pull.comments[before + 1 : before + 3])
    assert "is queued" in queued and "`/cancel b" in queued
    assert "succeeded" in ended


def test_nobody_without_a_pair_is_obeyed_and_they_are_told_once(watch: Watch, pull: Pull) -> None:
    [told] = answers(watch, pull, "/pr", by="guest")
    assert "I did nothing." in told and "`staffid=guest`" in told and "GITEE_USERS" in told
    assert answers(watch, pull, f"/merge {pull.number}", by="guest") == []
    assert pull.state == "open"


def test_a_login_of_two_is_nobodys(watch: Watch, pull: Pull) -> None:
    [told] = answers(watch, pull, "/pr", by="shared")
    assert "pairs several staff ids with `shared`" in told


SILENT = ["Looks good.", "see\n/usr/bin/env", "/lgtm", "> /pr", "```\n/pr\n```", "and /pr", ""]


@pytest.mark.parametrize("body", SILENT)
def test_what_is_not_for_us_is_not_answered(watch: Watch, pull: Pull, body: str) -> None:
    assert answers(watch, pull, body) == []


def test_our_own_account_is_never_obeyed(watch: Watch, pull: Pull) -> None:
    before = len(pull.comments)
    watch.gitee_calls()
    for _ in range(2):
        write(watch, pull, "/ping", by=BOT)
    settle(watch)
    assert len(pull.comments) == before + 2
    assert watch.gitee_calls().count("GET /api/v5/user") <= 1  # whose account it is stays the same


def test_an_edit_changes_nothing(watch: Watch, pull: Pull) -> None:
    comment = write(watch, pull, "Looks good.")
    settle(watch)
    pull.edit_comment(comment, f"/merge {pull.number}")
    settle(watch)
    assert pull.state == "open" and len(pull.comments) == 1


def test_a_comment_is_obeyed_once_however_often_and_in_whatever_order_it_is_told(watch: Watch) -> None:
    hooks, pull = watch.town.gitee.hooks, watch.new_pull()
    hooks.repeat, hooks.shuffle = 3, True
    with hooks.held():
        for _ in range(2):
            write(watch, pull, "/ping")
    hooks.shuffle = False
    settle(watch)
    assert [one.user.login for one in pull.comments].count(BOT) == 2


@pytest.mark.parametrize(("age", "by", "answered"), [(50, "lin", 1), (70, "lin", 0), (70, "guest", 0)])
def test_old_comments_are_not_answered(watch: Watch, pull: Pull, age: int, by: str, answered: int) -> None:
    commons, now = watch.town.gitee.commons, watch.town.gitee.commons._clock
    commons._clock = lambda: now() - timedelta(minutes=age)
    try:
        write(watch, pull, "/ping", by=by)
    finally:
        commons._clock = now
    settle(watch)
    assert [one.user.login for one in pull.comments].count(BOT) == answered


def note(pull: Pull, comment_id: int, *, repo: str = "acme/web", **comment: Any) -> dict[str, Any]:
    return {
        "hook_name": "note_hooks",
        "action": "comment",
        "noteable_type": "PullRequest",
        "timestamp": "1",
        "comment": {"id": comment_id, **comment},
        "pull_request": {"number": pull.number},
        "repository": {"path_with_namespace": repo},
    }


def post(watch: Watch, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
    address = f"{watch.town.room.bot_url}/hooks/gitee"
    sent = json.dumps(body)
    requests.post(address, data=sent, headers=headers or signed(), timeout=5).raise_for_status()


def test_a_captured_signature_obeys_nothing_that_was_not_written(watch: Watch, pull: Pull) -> None:
    other = watch.new_pull()
    harmless = write(watch, pull, "Looks good.", by="guest")
    settle(watch)
    order, captured = f"/merge {pull.number}", signed()
    as_chen = {"user": {"login": "chen"}, "body": order, "note": order}
    before = len(pull.comments), len(other.comments)
    for body in (
        note(pull, harmless.id, **as_chen),  # other words, by somebody else
        note(other, harmless.id, **as_chen),  # below another pull request
        note(pull, 987_654, **as_chen),  # that nobody wrote
        note(pull, harmless.id, repo="acme/secret", **as_chen),
    ):
        post(watch, body, captured)
    tick_over(watch)
    assert (pull.state, other.state) == ("open", "open")
    assert (len(pull.comments), len(other.comments)) == before


def test_the_repos_name_in_other_letters_obeys_nothing_twice(watch: Watch, pull: Pull) -> None:
    comment = write(watch, pull, "/ping")
    settle(watch)
    before = len(pull.comments)
    post(watch, note(pull, comment.id, repo="Acme/WEB"))
    settle(watch)
    assert len(pull.comments) == before


def tick_over(watch: Watch) -> None:
    """Have whatever could not be read tried until it is given up."""
    watch.clock.ahead += 3601
    tick(watch.sampan)
    watch.clock.ahead = 0
    settle(watch)


def test_what_gitee_did_not_show_at_first_is_obeyed_later(watch: Watch, pull: Pull) -> None:
    settle(watch)
    watch.gitee_fault(kind="502", match="GET .*/comments/")
    write(watch, pull, "/ping")
    watch.town.gitee.hooks.settle()
    wait_until(lambda: count(watch, UNFINISHED) == 1)
    wait_until(lambda: any(f"/comments/{pull.comments[0].id}" in one for one in watch.gitee_calls()))
    watch.mend()
    watch.clock.ahead += DEAD_AFTER + 1
    wait_until(lambda: bool(tick(watch.sampan)["interrupted_told"]))
    watch.clock.ahead = 0
    assert "pong" in pull.comments[-1].body


LINES = [
    ("/merge 1", "/merge 1"),
    ("／合并 １", "/合并 1"),
    ("@sampan-bot /pr", "/pr"),
    ("hello\n/pr\n/lgtm\n/test 1", "/pr\n/test 1"),
    ("/jenkins build hello", "/jenkins build hello"),
    ('/audit "lin', '/audit "lin'),
    ("/ merge 1", "/ merge 1"),
    ("/", ""),
    ("/no", ""),
]


@pytest.mark.parametrize(("body", "found"), LINES)
def test_the_lines_that_are_ours(body: str, found: str) -> None:
    assert commands_in(body) == found


USERS = {"lin": "Lin", "one": "both", "two": "BOTH", "same": "other"}


@pytest.mark.parametrize(
    ("login", "staff_ids"), [("lin", ["lin"]), ("LIN", ["lin"]), ("both", ["one", "two"]), ("same", [])]
)
def test_only_an_explicit_pair_says_who_it_is(login: str, staff_ids: list[str]) -> None:
    assert who_is(login, USERS) == staff_ids
