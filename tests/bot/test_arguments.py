"""The words of a line become the arguments of its command."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.parsing import Command, parse
from bot.registry import DRY_RUN
from bot.reply import UserError
from tests.bot.asking import asked, bound, declared, texts

WEB, API = asked().settings.repos


@pytest.mark.parametrize(
    ("text", "number", "repo"),
    [
        ("/merge 233 web", 233, WEB),
        ("/merge #233 web", 233, WEB),
        ("/merge !233 web", 233, WEB),
        ("/merge ！233 web", 233, WEB),
        ("/merge ＃２３３ web", 233, WEB),
        ("/merge 0233 web", 233, WEB),
        ("/merge 2147483647 web", 2147483647, WEB),
        ("/merge 233 WEB", 233, WEB),
        ("/merge 233 acme/web", 233, WEB),
        ("/merge 233 Acme/Api", 233, API),
        ("/merge https://gitee.com/acme/web/pulls/233", 233, WEB),
        ("/merge https://gitee.com/acme/web/pulls/233/files#diff", 233, WEB),
        ("/merge https://gitee.com/acme/web/pulls/233?tab=1", 233, WEB),
        ("/merge https://gitee.com/acme/web/pulls/233.diff", 233, WEB),
        ("/merge https://GITEE.com/acme/web/pulls/233", 233, WEB),
        ("/合并 233 web", 233, WEB),
    ],
)
def test_numbers_and_repos(text: str, number: int, repo: object) -> None:
    assert bound(text) == {"number": number, "repo": repo, "squash": False, "rebase": False}


def test_a_repo_by_its_bare_name() -> None:
    assert bound("/merge 1 site", REPOS="w=acme/site,api=acme/api")["repo"].alias == "w"


def test_an_address_of_a_private_instance() -> None:
    address = "https://git.example.com:8443/acme/api/pulls/7"
    assert bound(f"/merge {address}", GITEE_URL="https://git.example.com:8443/api/v5")["repo"] == API


OPTIONS = {"squash": False, "rebase": False}


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("/merge 1 web --squash", {"squash": True}),
        ("/merge --rebase 1 web", {"rebase": True}),
        ("/merge 1 --SQUASH web", {"squash": True}),
        ("/merge 1 web —squash", {"squash": True}),
        ("/merge 1 web –squash", {"squash": True}),
        ("/merge 1 web ––squash", {"squash": True}),
        ("/merge 1 web －－squash", {"squash": True}),
        ("/merge 1 web −−squash", {"squash": True}),
        pytest.param(
            "/merge 1 web ——squash",
            {"squash": True},
        ),
    ],
)
def test_options(text: str, changed: dict[str, bool]) -> None:
    assert bound(text) == {"number": 1, "repo": WEB, **OPTIONS, **changed}


@pytest.mark.parametrize(
    ("text", "number", "page"),
    [
        ("/pr web", None, None),
        ("/pr mine web", "mine", None),
        ("/pr 我的 web", "mine", None),
        ("/pr 5 web", 5, None),
        ("/pr web --page 2", None, 2),
        ("/pr --page=2 web", None, 2),
        ("/pr —page 2 web", None, 2),
        ("/pr web --page 1000", None, 1000),
    ],
)
def test_an_argument_may_be_skipped_and_an_option_has_a_value(text: str, number: Any, page: Any) -> None:
    assert bound(text) == {"number": number, "repo": WEB, "page": page}


@pytest.mark.parametrize(
    ("text", "service", "pairs"),
    [
        ("/build hello", "hello", {}),
        ("/jenkins build HELLO", "hello", {}),
        ("/Jenkins TEST hello", "hello", {}),
        ("/build hello BRANCH=main", "hello", {"BRANCH": "main"}),
        ("/build BRANCH=main hello", "hello", {"BRANCH": "main"}),
        ("/build hello A=1 b.c-d=2", "hello", {"A": "1", "b.c-d": "2"}),
        ("/build hello URL=http://x/?a=b", "hello", {"URL": "http://x/?a=b"}),
        ("/build hello EMPTY=", "hello", {"EMPTY": ""}),
        ("/build hello MSG＝“two words”", "hello", {"MSG": "two words"}),
    ],
)
def test_pairs(text: str, service: str, pairs: dict[str, str]) -> None:
    assert {"ref": None} | bound(text) == {"service": service, "ref": None, "pairs": pairs}


@pytest.mark.parametrize("ref", ["main", "release/2.1", "v2.1.0-rc.1", "feature/A_b", "0", "x" * 200])
def test_a_branch_or_a_tag_to_build(ref: str) -> None:
    assert bound(f"/build hello {ref} A=1") == {"service": "hello", "ref": ref, "pairs": {"A": "1"}}


@pytest.mark.parametrize(
    ("text", "environment", "version"),
    [
        ("/deploy hello", None, None),
        ("/deploy hello staging", "staging", None),
        ("/deploy hello STAGING 1.4.2", "staging", "1.4.2"),
        ("/deploy hello 1.4.2", None, "1.4.2"),
        ("/deploy hello v30", None, "v30"),
    ],
)
def test_an_environment_may_be_skipped(text: str, environment: str | None, version: str | None) -> None:
    assert bound(text) == {"service": "hello", "environment": environment, "version": version, "pairs": {}}


@pytest.mark.parametrize(
    ("changes", "alias"),
    [
        ({"REPOS": "web=acme/web"}, "web"),
        ({"DEFAULT_REPO": "api"}, "api"),
        ({"DEFAULT_REPO": "acme/api"}, "api"),
    ],
)
def test_the_default_repo(changes: dict[str, str], alias: str) -> None:
    assert bound("/merge 1", **changes)["repo"].alias == alias


# What people type, and what nobody would.
NAME = st.sampled_from(["merge", "pr", "test", "approve", "build", "deploy", "jenkins test", "help", "部署"])
WORDS = """
233 #233 !0 web acme/web mine hello staging production 1.2 --squash —rebase ——x --page --page=2 --= = a=b A=c
ENVIRONMENT=x VERSION= -- — https://gitee.com/acme/web/pulls/1 https:// ../.. "two_words" '' ２３ ① 三
"""
WORD = st.sampled_from(WORDS.split()) | st.text(st.characters(exclude_characters="/"), max_size=6)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(NAME, st.lists(WORD, max_size=6).map(" ".join))
def test_no_words_raise_anything_but_an_answer(name: str, words: str) -> None:
    found = parse(f"/{name} {words}").commands[0]
    if not isinstance(found, Command):
        return
    ask = asked(found.line)
    spec, _ = declared(ask)
    try:
        arguments = bound(found.line)
    except UserError as refusal:
        assert texts(refusal)
    else:
        names = {one.name for one in spec.arguments} | {
            one.name for one in spec.options if one is not DRY_RUN
        }
        assert names <= arguments.keys()
