"""What Gitee sends by itself: who may say so, and what it comes to."""

import json
from typing import Any

import pytest

from integrations.errors import Malformed
from integrations.gitee.hooks import LARGEST_ID, read_hook
from integrations.model import NoteHint, PullAction, PullHint
from tests.integrations.standin import sample

MISSING = object()
PULLS = {
    "opened": PullAction.OPENED,
    "from_fork": PullAction.OPENED,
    "moved": PullAction.MOVED,
    "labelled": PullAction.CHANGED,
    "as_documented": PullAction.CHANGED,
    "approved": PullAction.APPROVED,
    "tested": PullAction.TESTED,
    "closed": PullAction.CLOSED,
    "reopened": PullAction.REOPENED,
    "merged": PullAction.MERGED,
}
NO_OBJECTS = [
    *(b"", b"x", b"[]", b"1", b'"x"', b"null", b"{", b"\xff", b"\xef\xbb\xbf{}"),
    *(b"[" * 200_000, b'{"a":' * 200_000, b'{"hook_name":' + b"9" * 5_000 + b"}"),
]
NO_REPOS = [
    *("", "web", "acme/web/x", "/acme/web", "acme/", "../web", "acme/..", "acme/web\n", "acme web/x"),
    *("acme/w?b", "acme/w#b", "acme/w%2fb", "极点/网站", "a/" + "b" * 101),
]


def read(case: str, **changes: Any) -> PullHint | NoteHint | None:
    return read_hook(json.dumps(changed(case, changes)).encode())


def changed(case: str, changes: dict[str, Any]) -> dict[str, Any]:
    """A sample with some fields replaced or left out; a double underscore goes one deeper."""
    payload: dict[str, Any] = sample(f"gitee/hooks/{case}.json")
    for path, value in changes.items():
        *way, last = path.split("__")
        place = payload
        for key in way:
            place = place[key]
        if value is MISSING:
            del place[last]
        else:
            place[last] = value
    return payload


class TestPulls:
    @pytest.mark.parametrize(("case", "action"), PULLS.items())
    def test_say_what_may_have_happened(self, case: str, action: PullAction) -> None:
        hint = read(case)
        assert isinstance(hint, PullHint)
        assert (hint.repo, hint.number, hint.action) == ("acme/web", 233, action)

    @pytest.mark.parametrize(
        ("action", "detail", "read_as"),
        [
            ("update", "target_branch_changed", PullAction.CHANGED),
            ("update", None, PullAction.CHANGED),
            ("open", "source_branch_changed", PullAction.OPENED),
            ("assign", "", PullAction.CHANGED),
            ("untest", "", PullAction.CHANGED),
            ("something new", "", PullAction.CHANGED),
            (None, None, PullAction.CHANGED),
        ],
    )
    def test_of_any_other_kind_are_a_change(
        self, action: str | None, detail: str | None, read_as: PullAction
    ) -> None:
        hint = read("opened", action=action, action_desc=detail)
        assert isinstance(hint, PullHint) and hint.action is read_as

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("pull_request__title", "<b>"),
            ("pull_request__state", "merged"),
            ("pull_request__mergeable", True),
            ("pull_request__html_url", "https://evil.example/acme/other/pulls/1"),
            ("pull_request__head__repo", None),
            ("pull_request__base", None),
            ("repository__full_name", "evil/web"),
            ("sender", None),
            ("enterprise", 1),
            ("sign", 1),
        ],
    )
    def test_take_nothing_else_from_the_payload(self, field: str, value: Any) -> None:
        assert read("opened", **{field: value}) == read("opened")


class TestNotes:
    def test_name_the_comment(self) -> None:
        hint = read("comment")
        assert isinstance(hint, NoteHint)
        assert (hint.repo, hint.number, hint.comment_id) == ("acme/web", 233, 501)

    @pytest.mark.parametrize("case", ["comment_edited", "comment_deleted", "comment_on_issue"])
    def test_that_are_not_new_below_a_pull_request_are_nothing(self, case: str) -> None:
        assert read(case) is None

    @pytest.mark.parametrize("kind", ["Commit", "Comment", "Issue", "pullrequest", "", None])
    def test_below_anything_else_are_nothing(self, kind: str | None) -> None:
        assert read("comment", noteable_type=kind) is None

    def test_carry_no_words_of_the_payload(self) -> None:
        assert read("comment", comment__body="/merge 1", comment__user=None, note=1) == read("comment")


@pytest.mark.parametrize("name", ["push_hooks", "tag_push_hooks", "issue_hooks", "ping", "", None, MISSING])
def test_other_hooks_are_nothing(name: Any) -> None:
    assert read("push", hook_name=name) is None


class TestDedupe:
    @pytest.mark.parametrize("case", [*PULLS, "comment"])
    def test_is_short_and_printable(self, case: str) -> None:
        hint = read(case)
        assert hint and hint.dedupe.isascii() and hint.dedupe.isprintable() and len(hint.dedupe) < 64

    @pytest.mark.parametrize("case", [*PULLS, "comment"])
    @pytest.mark.parametrize("changes", [{"password": "x"}, {"hook_id": 2}, {"timestamp": 1787192130123}])
    def test_of_a_second_delivery_is_the_same(self, case: str, changes: dict[str, Any]) -> None:
        first, second = read(case), read(case, **changes)
        assert first and second and first.dedupe == second.dedupe

    @pytest.mark.parametrize(
        "changes",
        [
            {"timestamp": "1787192130124"},
            {"action": "reopen"},
            {"action_desc": "update_label"},
            {"pull_request__number": 234},
            {"pull_request__head__sha": "9b1c2d3e4f5061728394a5b6c7d8e9f001122334"},
            {"repository__path_with_namespace": "acme/api"},
        ],
        ids=str,
    )
    def test_of_other_news_is_another(self, changes: dict[str, Any]) -> None:
        first, second = read("opened"), read("opened", **changes)
        assert first and second and first.dedupe != second.dedupe

    @pytest.mark.parametrize(
        "changes",
        [
            {"comment__id": 502},
            {"pull_request__number": 234},  # a forged one must not use up the true one's
            {"repository__path_with_namespace": "acme/api"},
        ],
        ids=str,
    )
    def test_of_another_note_is_another(self, changes: dict[str, Any]) -> None:
        first, second = read("comment"), read("comment", **changes)
        assert first and second and first.dedupe != second.dedupe

    def test_survives_what_no_store_could_keep(self) -> None:
        hint = read("opened", action="\ud800\n", pull_request__head__sha="\0\ud800")
        assert hint and hint.dedupe.isprintable()


class TestHostile:
    @pytest.mark.parametrize("body", NO_OBJECTS, ids=lambda body: repr(body[:12]))
    def test_what_is_no_object_is_malformed(self, body: bytes) -> None:
        with pytest.raises(Malformed):
            read_hook(body)

    @pytest.mark.parametrize("value", [1, 1.5, True, "x", [], ["x"], {}, {"x": 1}])
    @pytest.mark.parametrize("field", ["pull_request", "repository"])
    @pytest.mark.parametrize("case", ["opened", "comment"])
    def test_an_object_of_a_wrong_type(self, case: str, field: str, value: Any) -> None:
        with pytest.raises(Malformed):
            read(case, **{field: value})

    @pytest.mark.parametrize("value", [None, MISSING, 1, "login", []])
    def test_a_head_that_is_none(self, value: Any) -> None:
        with pytest.raises(Malformed):
            read("opened", pull_request__head=value)

    @pytest.mark.parametrize("value", [1, True, [], {}])
    @pytest.mark.parametrize(
        "field",
        ["hook_name", "action", "action_desc", "pull_request__head__sha", "repository__path_with_namespace"],
    )
    def test_a_text_of_a_wrong_type(self, field: str, value: Any) -> None:
        with pytest.raises(Malformed):
            read("opened", **{field: value})

    @pytest.mark.parametrize("value", [None, 0, -1, 1.5, True, "233", [], {}, LARGEST_ID + 1, 10**300])
    @pytest.mark.parametrize("field", ["pull_request__number", "comment__id"])
    def test_a_number_that_is_none(self, field: str, value: Any) -> None:
        with pytest.raises(Malformed):
            read("comment", **{field: value})

    @pytest.mark.parametrize("value", [None, MISSING, 1.5, True, [], {}])
    def test_a_time_that_is_none(self, value: Any) -> None:
        with pytest.raises(Malformed):
            read("opened", timestamp=value)

    @pytest.mark.parametrize("value", [None, 1, [], "x", {}])
    def test_a_comment_that_is_none(self, value: Any) -> None:
        with pytest.raises(Malformed):
            read("comment", comment=value)

    @pytest.mark.parametrize("name", NO_REPOS)
    def test_a_repo_that_is_none(self, name: str) -> None:
        for case in ("opened", "comment"):
            with pytest.raises(Malformed):
                read(case, repository__path_with_namespace=name)

    def test_without_a_repository_and_a_base(self) -> None:
        with pytest.raises(Malformed):
            read("as_documented", pull_request__base=None)

    def test_a_megabyte_is_read_like_any_other(self) -> None:
        assert read("comment", comment__body="x" * 1_000_000) == read("comment")
