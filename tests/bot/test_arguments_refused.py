"""A wrong word is an answer: what is wrong with it, how the command goes, and one example."""

import pytest

from bot.language import speaking
from bot.reply import UserError
from tests.bot.asking import bound, clicks, texts


def refused(text: str, *, language: str = "en", **changes: str) -> list[str]:
    with speaking(language), pytest.raises(UserError) as caught:
        bound(text, **changes)
    return texts(caught.value)


MERGE = ["Usage: /merge <number> [repo] [--squash|--rebase]", "Example: /merge 233"]
PR = ["Usage: /pr [number] [repo] [--page n]", "Example: /pr"]
BUILD = ["Usage: /build <service> [ref] [key=value ...]", "Example: /build myservice"]
DEPLOY = ["Usage: /deploy [service] [environment] [version] [key=value ...]", "Example: /deploy myservice"]


@pytest.mark.parametrize(
    ("text", "why", "how"),
    [
        ("/merge", ["<number> is missing."], MERGE),
        ("/merge abc", ["abc is not a pull request number."], MERGE),
        ("/merge 0", ["0 is not a pull request number."], MERGE),
        ("/merge -1", ["-1 is not a pull request number."], MERGE),
        ("/merge 1.5", ["1.5 is not a pull request number."], MERGE),
        ("/merge ٣", ["٣ is not a pull request number."], MERGE),
        ('/merge ""', [" is not a pull request number."], MERGE),
        ("/merge 2147483648", ["2147483648 is not a pull request number."], MERGE),
        ("/merge 99999999999999999999", ["99999999999999999999 is not a pull request number."], MERGE),
        (
            "/merge https://github.com/acme/web/pulls/1",
            ["https://github.com/acme/web/pulls/1 is not a pull request number."],
            MERGE,
        ),
        (
            "/merge https://gitee.com/acme/web/issues/1",
            ["https://gitee.com/acme/web/issues/1 is not a pull request number."],
            MERGE,
        ),
        ("/merge 1 web api", ["api is one word too many."], MERGE),
        ("/merge https://gitee.com/acme/web/pulls/1 web", ["web is one word too many."], MERGE),
        ("/merge 1 wbe", ["I do not know the repo wbe.", "Known repos: web · api"], MERGE),
        (
            "/merge https://gitee.com/evil/x/pulls/1",
            ["I do not know the repo evil/x.", "Known repos: web · api"],
            MERGE,
        ),
        ("/merge 1 --squash --rebase", ["--squash --rebase contradict each other."], MERGE),
        ("/merge 1 --squash —squash", ["squash is given twice."], MERGE),
        ("/merge 1 --force", ["--force is not an option of this command."], MERGE),
        ("/merge 1 —force", ["—force is not an option of this command."], MERGE),
        ("/pr web --page", ["--page needs a value."], PR),
        ("/pr web --page x", ["x is not a page number."], PR),
        ("/pr web --page 0", ["0 is not a page number."], PR),
        ("/pr web --page 1001", ["1001 is not a page number."], PR),
        (
            "/pr 12x",
            ["12x is not a pull request number.", "I do not know the repo 12x.", "Known repos: web · api"],
            PR,
        ),
        ("/build", ["<service> is missing."], BUILD),
        (
            "/build helo",
            ["I do not know the service helo.", "Known services: hello · billing"],
            BUILD,
        ),
        (
            "/deploy ../../x",
            ["I do not know the service ../../x.", "Known services: hello · billing"],
            DEPLOY,
        ),
        ("/build hello A=1 a=2", ["a is given twice."], BUILD),
        ("/build hello A=1 A=1", ["A is given twice."], BUILD),
        ("/build hello 1A=2", ["1A=2 is not a branch or a tag."], BUILD),
        ("/build hello ../x", ["../x is not a branch or a tag."], BUILD),
        ("/build hello a..b", ["a..b is not a branch or a tag."], BUILD),
        ("/build hello --main", ["--main is not an option of this command."], BUILD),
        ("/build hello main dev", ["dev is one word too many."], BUILD),
        (
            "/deploy hello prodction",
            ["I do not know the environment prodction.", "Known environments: production · staging"],
            DEPLOY,
        ),
        (
            "/deploy hello staging2",
            [
                "I do not know the environment staging2.",
                "Known environments: staging · production",
            ],
            DEPLOY,
        ),
        ("/deploy hello staging Production1", ["Production1 is one word too many."], DEPLOY),
        (
            "/deploy hello staging nightly",
            ["A version without a digit is written VERSION=nightly."],
            DEPLOY,
        ),
        ("/deploy hello staging 1/2", ["1/2 is not a version."], DEPLOY),
        (
            "/deploy hello 1.2 1.3",
            ["I do not know the environment 1.2.", "Known environments: staging · production"],
            DEPLOY,
        ),
    ],
)
def test_a_wrong_word_is_answered_with_the_usage(text: str, why: list[str], how: list[str]) -> None:
    assert refused(text) == [*why, *how]


@pytest.mark.parametrize(
    ("text", "changes", "first", "second"),
    [
        ("/build x", {"SERVICES": ""}, "I do not know the service x.", "None is configured: set SERVICES."),
        ("/merge 1 x", {"REPOS": ""}, "I do not know the repo x.", "None is configured: set REPOS."),
        (
            "/merge 1 site",
            {"REPOS": "a=acme/site,b=other/site"},
            "site could be: a = acme/site · b = other/site",
            MERGE[0],
        ),
        (
            "/merge 1",
            {},
            "Which repo? Name it at the end of the command.",
            "Known repos: web · api",
        ),
        (
            "/merge 1",
            {"REPOS": ""},
            "Which repo? Name it at the end of the command.",
            "None is configured: set REPOS.",
        ),
    ],
)
def test_what_is_known_is_named(text: str, changes: dict[str, str], first: str, second: str) -> None:
    assert refused(text, **changes)[:2] == [first, second]


def test_no_more_than_ten_names_are_listed() -> None:
    services = ",".join(f"service-{n}" for n in range(20))
    assert refused("/build service-7", SERVICES=services.replace("service-7,", ""))[1].count("·") == 9


@pytest.mark.parametrize(
    ("text", "language", "lines"),
    [
        ("/merge abc", "zh", ["abc 不是 PR 编号。", "用法：/merge <number> [repo] [--squash|--rebase]"]),
        ("/merge", "zh", ["缺少 <number>。"]),
        ("/merge 1 web api", "zh", ["多了一个词：api。"]),
        ("/merge 1 wbe", "zh", ["没有名为 wbe 的仓库。", "可用的仓库：web · api"]),
        ("/merge 1", "zh", ["哪个仓库？请写在命令末尾。"]),
        ("/merge 1 --squash --rebase", "zh", ["--squash --rebase 互相矛盾。"]),
        ("/merge 1 --force", "zh", ["--force 不是这个命令的选项。"]),
        ("/build hello A=1 a=2", "zh", ["a 给了两次。"]),
        ("/build helo", "zh", ["没有名为 helo 的服务。", "可用的服务：hello · billing"]),
        ("/pr web --page x", "zh", ["x 不是页码。"]),
        ("/deploy hello staging 1/2", "zh", ["1/2 不是版本号。"]),
    ],
)
def test_in_chinese(text: str, language: str, lines: list[str]) -> None:
    assert refused(text, language=language)[: len(lines)] == lines


def test_the_example_is_not_for_tapping() -> None:
    with pytest.raises(UserError) as caught:
        bound("/merge")
    assert clicks(caught.value) == []


# Found wrong; each fix is a line in bot/arguments.py.


def test_a_flag_takes_no_value() -> None:
    assert refused("/merge 1 web --squash=no")[0] == "--squash=no is not an option of this command."


def test_a_long_number_that_begins_with_zeros() -> None:
    assert "is not a pull request number" in refused("/merge 0000000000019999999999999999 web")[0]


def test_a_long_page_that_begins_with_zeros() -> None:
    assert "is not a page number" in refused("/pr web --page 0000019999")[0]


@pytest.mark.parametrize("text", ["/merge 000000000001{} web", "/pr web --page 000001{}"])
def test_a_number_of_thousands_of_digits(text: str) -> None:
    assert refused(text.format("9" * 5000))


@pytest.mark.parametrize("address", ["http://[x", "https://℀.com/acme/web/pulls/1"])
def test_an_address_that_is_none(address: str) -> None:
    assert refused(f"/merge {address}")[0] == f"{address} is not a pull request number."
