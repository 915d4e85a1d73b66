"""Which version a deploy means, why one cannot be, and whether the job takes it."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.ask import Ask
from bot.reply import UserError
from bot.store.versions import Version
from bot.versions.choosing import chosen
from tests.bot.asking import asked, clicks, texts
from tests.bot.versions.stored import built, met

GITLAB = {"SERVICES": "mall,till,hello", "GITLAB_PROJECTS": "mall=acme/shop@main,till=acme/shop@till"}


@pytest.fixture
def ask() -> Iterator[Ask]:
    """A team with no version yet."""
    ask = asked(**GITLAB)
    with closing(ask.store):
        yield ask


def lies(ask: Ask, *versions: Version) -> None:
    for one in versions:
        ask.store.versions.lies_at(one.id, path=f"{one.service}/{one.number}")


@pytest.fixture
def versions(ask: Ask) -> Ask:
    """v1 and v2 are good, v3 failed, v4 lies nowhere, v5 runs, v6 is the till's."""
    lies(ask, *built(ask.store, 101, 102))
    met(ask.store, 103, state="failed")
    built(ask.store, 104)
    met(ask.store, 105)
    lies(ask, *built(ask.store, 106, service="till"))
    return ask


def refusal(ask: Ask, service: str, word: str | None) -> UserError:
    with pytest.raises(UserError) as refused:
        chosen(ask, service, word)
    return refused.value


@pytest.mark.parametrize(
    ("service", "word", "label"),
    [("mall", "v1", "v1"), ("mall", "V2", "v2"), ("till", "v6", "v6"), ("till", None, "v6")],
)
def test_the_one_that_is_meant(versions: Ask, service: str, word: str | None, label: str) -> None:
    found = chosen(versions, service, word)
    assert found and found.label == label


def test_the_newest_that_was_built_and_no_other(ask: Ask) -> None:
    lies(ask, *built(ask.store, 101, 102))
    for number, state in enumerate(("failed", "canceled", "running", "dreaming"), 103):
        met(ask.store, number, state=state)
    found = chosen(ask, "mall", None)
    assert found and found.label == "v2"


UNKNOWN = "I know no version {} of mall."
BUILT = "Built: v2 · v1"


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("v9", [UNKNOWN.format("v9"), BUILT]),
        ("v999999999999", [UNKNOWN.format("v999999999999"), BUILT]),
        ("v6", [UNKNOWN.format("v6"), BUILT]),  # the till's
        ("v3", ["v3 of mall was not built: failed", BUILT]),
        ("v5", ["v5 of mall was not built: running", BUILT]),
        ("v4", ["I do not know where v4 lies.", BUILT]),
        # The name of a version is v and a number, and of this service nothing else can be deployed.
        ("1.4", [UNKNOWN.format("1.4"), BUILT]),
        ("2", [UNKNOWN.format("2"), BUILT]),
        ("v0", [UNKNOWN.format("v0"), BUILT]),
        ("v01", [UNKNOWN.format("v01"), BUILT]),
        ("v1.0", [UNKNOWN.format("v1.0"), BUILT]),
    ],
)
def test_a_refusal_names_the_nearest_that_are_good(versions: Ask, word: str, lines: list[str]) -> None:
    assert texts(refusal(versions, "mall", word)) == lines


def test_five_at_most_and_the_nearest_first(ask: Ask) -> None:
    lies(ask, *built(ask.store, *range(101, 121)))
    met(ask.store, 121, state="failed")
    lies(ask, *built(ask.store, *range(122, 130)))
    nearest = texts(refusal(ask, "mall", "v21"))[1]
    assert nearest == "Built: v22 · v20 · v23 · v19 · v24"


def test_the_newest_is_not_deployed_from_nowhere(ask: Ask) -> None:
    lies(ask, *built(ask.store, 101))
    built(ask.store, 102)
    assert texts(refusal(ask, "mall", None)) == ["I do not know where v2 lies.", "Built: v1"]
    built(ask.store, 7, service="hello")
    assert chosen(ask, "hello", None) is None  # its job does as it did before there were versions


def test_nothing_was_built_yet(ask: Ask) -> None:
    met(ask.store, 101, state="failed")
    told = refusal(ask, "mall", None)
    assert texts(told) == ["No version of mall was built yet.", "To build one: /build mall"]
    assert clicks(told) == ["/build mall"]
    assert texts(refusal(ask, "mall", "v1")) == ["v1 of mall was not built: failed"]


@pytest.mark.parametrize("word", ["1.4", "v1.4", "2024-01-01", "30", "V", None])
def test_of_other_services_a_text_is_the_jobs_affair(ask: Ask, word: str | None) -> None:
    assert chosen(ask, "hello", word) is None


def test_of_other_services_too_a_name_means_a_version(ask: Ask) -> None:
    assert texts(refusal(ask, "hello", "v1")) == ["I know no version v1 of hello."]
    lies(ask, *built(ask.store, 7, service="hello"))
    for word in ("v1", None):
        found = chosen(ask, "hello", word)
        assert found and found.label == "v1"
