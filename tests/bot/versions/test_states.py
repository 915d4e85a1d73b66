"""How far a version is, what changes that, and where it lies: the rules alone."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import builds
from bot.versions.states import ENDED, OF_BUILDS, TEMPLATE, State, after, is_template, path

SHA = "f4b15e66" * 5
READ = "read: "  # what a look brought; the rest was told by itself


def walked(known: str, news: str) -> str:
    """Where a version is after all of this."""
    for word in news.split(", "):
        known = after(known, word.removeprefix(READ), read=word.startswith(READ))
    return known


@pytest.mark.parametrize(
    ("known", "news", "state"),
    [
        # As it should be.
        ("requested", "pending, running, success", "success"),
        ("requested", "pending, running, failed", "failed"),
        ("requested", "canceled", "canceled"),
        ("pending", "read: running, read: success", "success"),
        ("running", "pending", "pending"),  # a manual job, or one for which no runner is free
        # Twice, late, or in the other order.
        ("running", "success, success", "success"),
        ("running", "success, running", "success"),
        ("running", "failed, running", "failed"),
        ("running", "canceled, running, pending", "canceled"),
        ("running", "failed, failed", "failed"),
        ("running", "read: success, running", "success"),
        ("running", "read: failed, failed, running", "failed"),
        ("running", "failed, read: failed", "failed"),
        ("failed", "canceled", "failed"),
        # Tried again by people: what it came to counts, that it goes on only once it was read.
        ("running", "failed, running, success", "success"),
        ("running", "failed, read: running", "running"),
        ("running", "failed, read: running, success", "success"),
        ("running", "canceled, read: pending, failed", "failed"),
        ("failed", "read: canceled", "canceled"),
        # What was built stays built, whatever becomes of its pipeline.
        ("running", "success, failed", "success"),
        ("running", "success, read: running, read: failed", "success"),
        ("running", "success, read: canceled", "success"),
        # Words that nobody knows yet.
        ("running", "dreaming", "dreaming"),
        ("running", "dreaming, waking, success", "success"),
        ("failed", "dreaming", "failed"),
        ("failed", "read: dreaming", "dreaming"),
        ("success", "read: dreaming", "success"),
    ],
)
def test_the_paths_of_a_version(known: str, news: str, state: str) -> None:
    assert walked(known, news) == state


@given(st.lists(st.tuples(st.sampled_from([*State, "dreaming"]), st.booleans())))
def test_what_was_built_is_never_unbuilt(news: list[tuple[str, bool]]) -> None:
    state = "requested"
    for seen, read in news:
        was, state = state, after(state, seen, read=read)
        assert was != "success" or state == "success"
        assert read or was not in ENDED or state in ENDED


def test_each_state_of_a_build_is_one_of_its_version() -> None:
    assert set(OF_BUILDS) == set(builds.State)
    assert {build for build, state in OF_BUILDS.items() if state not in ENDED} == builds.OPEN
    assert [build for build, state in OF_BUILDS.items() if state is State.SUCCESS] == [builds.State.SUCCEEDED]


def lies(template: str = TEMPLATE, *, service: str = "mall", ref: str = "main", sha: str = SHA) -> str:
    return path(template, service=service, number=116, ref=ref, sha=sha)


@pytest.mark.parametrize(
    ("template", "where"),
    [
        (TEMPLATE, "mall/116"),
        ("{service}/{ref}/{number}", "mall/main/116"),
        ("builds/{service}-{sha}.tar.gz", f"builds/mall-{SHA}.tar.gz"),
        ("{number}/{number}", "116/116"),
        ("latest", "latest"),
    ],
)
def test_where_a_version_lies(template: str, where: str) -> None:
    assert (is_template(template), lies(template)) == (True, where)


@pytest.mark.parametrize("ref", ["main", "v2.1.0", "release-2.1", "A_b", "0", "x" * 64])
def test_a_ref_that_may_stand_in_a_path(ref: str) -> None:
    assert lies("{service}/{ref}", ref=ref) == f"mall/{ref}"


@pytest.mark.parametrize(
    "ref",
    [
        *("", ".", "..", "../x", "..\\x", "a/../b", "a..b", "/etc", "release/2.1", ".git", "-rf"),
        *("a b", "a\n", "a\nb", "a\x00", "'", '"', "`id`", "$(id)", "${HOME}", "{service}", "a;b", "%2e%2e"),
        *("x" * 65, "主干", "ｍａｉｎ", "１", "\u202emain", "mаin"),  # the last has a Cyrillic а
    ],
)
def test_a_hostile_part_leaves_no_path_at_all(ref: str) -> None:
    assert lies("{service}/{ref}/{number}", ref=ref) == ""
    assert lies("{service}/{sha}", sha=ref) == ""
    assert lies(ref=ref, sha=ref) == "mall/116"  # where it does not stand in the path it does no harm


@pytest.mark.parametrize(
    ("service", "where"), [("商城", "商城/116"), ("a.b-c_d", "a.b-c_d/116"), ("a..b", "")]
)
def test_a_service_is_called_as_the_team_calls_it(service: str, where: str) -> None:
    assert lies(service=service) == where


@given(st.text(max_size=80), st.text(alphabet=string.printable, max_size=80))
def test_no_part_adds_a_level_to_a_path(ref: str, sha: str) -> None:
    found = lies("{service}/{ref}/{sha}", ref=ref, sha=sha)
    assert found == "" or (found.count("/") == 2 and not {".", "..", ""} & set(found.split("/")))


@pytest.mark.parametrize(
    "template",
    [
        *("{service}/{version}", "{service}/{}", "{0}", "{", "}", "{service", "{{service}}"),
        *("{service!r}", "{service:>9}", "{ref:.40}", "{service.__class__}", "{service[0]}"),
        *("/var/{service}", "../{service}", "{service}/../{ref}", "{service}/./{ref}", "{service}\\{ref}"),
        *("{service}\n{number}", "{service}/\x00"),
    ],
)
def test_what_is_no_template(template: str) -> None:
    assert not is_template(template)
