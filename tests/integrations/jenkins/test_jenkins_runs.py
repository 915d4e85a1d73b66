"""What the words and numbers of an ended build mean, and of the story behind it."""

from typing import Any

import pytest

from integrations.jenkins.protocol import Unreadable
from integrations.jenkins.runs import MOST, read_newest, read_runs, read_story
from integrations.model import Result
from integrations.model.runs import Change, Run, Story
from tests.integrations.standin import sample

URL = "http://ci.example/job/lint/9/"
FAILED = {
    "number": 9,
    "result": "FAILURE",
    "building": False,
    "timestamp": 1781000000123,
    "duration": 4211,
    "url": URL,
}
RUN = Run(9, Result.FAILURE, URL, 1781000000.123, 1781000000.123 + 4.211)
SHA = "6a81755141ec31d74e6003e8158ce8e30019d1cf"
NASTY = "a\x00b\ud800c\u202ed\x1b[31m\n e"
PLAIN = "abcd[31m e"


def numbers(*builds: Any, after: int = 0) -> list[int]:
    return [run.number for run in read_runs({"builds": list(builds)}, after=after)]


class TestRun:
    @pytest.mark.parametrize(
        ("data", "run"),
        [
            (FAILED, RUN),
            (FAILED | {"duration": 0}, Run(9, Result.FAILURE, URL, 1781000000.123, None)),
            (FAILED | {"duration": -1}, Run(9, Result.FAILURE, URL, 1781000000.123, None)),
            (FAILED | {"timestamp": 0}, Run(9, Result.FAILURE, URL, None, None)),
            (FAILED | {"timestamp": 10**400}, Run(9, Result.FAILURE, URL, None, None)),
            (FAILED | {"url": "javascript:alert(1)"}, Run(9, Result.FAILURE, "", RUN.began_at, RUN.ended_at)),
            (
                {"number": 9, "result": "SUCCESS", "building": False},
                Run(9, Result.SUCCESS, "", None, None),
            ),
            ({"number": 9, "result": "UNSTABLE", "building": False}, Run(9, Result.UNSTABLE, "", None, None)),
        ],
        ids=range(8),
    )
    def test_has_ended(self, data: dict[str, Any], run: Run) -> None:
        assert read_runs({"builds": [data]}, after=8) == (run,)
        assert read_newest({"lastFailedBuild": data}) == run

    @pytest.mark.parametrize(
        "data",
        [
            FAILED | {"building": True},  # currentBuild.result = of a pipeline
            FAILED | {"building": None},
            FAILED | {"result": None},
            FAILED | {"result": "ABORTED"},
            FAILED | {"result": "NOT_BUILT"},
            FAILED | {"result": "MOSTLY_FINE"},
            FAILED | {"result": {"SUCCESS": 1}},
            FAILED | {"number": 0},
            FAILED | {"number": "9"},
            FAILED | {"number": True},
            {"number": 9, "result": "FAILURE"},
            *({}, None, 7, "x", []),
        ],
        ids=range(16),
    )
    def test_says_nothing_of_the_code(self, data: Any) -> None:
        assert numbers(data) == []
        assert read_newest({"lastStableBuild": data, "lastFailedBuild": data}) is None


class TestNewest:
    @pytest.mark.parametrize(
        ("stable", "unstable", "failed", "newest"),
        [
            (7, None, 9, 9),
            (9, 8, 7, 9),
            (7, 9, 8, 9),
            (None, None, 1, 1),
            (None, None, None, None),
        ],
    )
    def test_is_the_highest_of_three(
        self, stable: int | None, unstable: int | None, failed: int | None, newest: int | None
    ) -> None:
        links = {"lastStableBuild": stable, "lastUnstableBuild": unstable, "lastFailedBuild": failed}
        words = dict(zip(links, ("SUCCESS", "UNSTABLE", "FAILURE"), strict=True))
        shown = {
            link: number and FAILED | {"number": number, "result": words[link]}
            for link, number in links.items()
        }
        found = read_newest(shown)
        assert (found and found.number) == newest

    def test_is_read_as_recorded(self) -> None:
        assert read_newest(sample("jenkins/builds/permalinks.json")) == RUN

    @pytest.mark.parametrize("data", [None, [], "job", {}, {"_class": "hudson.model.FreeStyleProject"}])
    def test_of_what_is_no_job_is_unreadable(self, data: Any) -> None:
        with pytest.raises(Unreadable):
            read_newest(data)
        with pytest.raises(Unreadable):
            read_runs(data, after=0)


class TestRuns:
    @pytest.mark.parametrize(
        ("there", "after", "shown"),
        [
            ((9, 8, 7), 0, [7, 8, 9]),
            ((9, 8, 7), 7, [8, 9]),
            ((9, 8, 7), 9, []),
            ((7, 9, 8), 7, [8, 9]),
            ((), 0, []),
        ],
    )
    def test_are_the_newer_ones_oldest_first(
        self, there: tuple[int, ...], after: int, shown: list[int]
    ) -> None:
        assert numbers(*(FAILED | {"number": one} for one in there), after=after) == shown

    @pytest.mark.parametrize("builds", [None, {}, "x", 7])
    def test_of_a_list_that_is_none_there_are_none(self, builds: Any) -> None:
        assert read_runs({"builds": builds}, after=0) == ()


def story(**build: Any) -> Story:
    return read_story({"number": 12, **build})


def because(*causes: Any) -> tuple[str, ...]:
    return story(actions=[{}, {"causes": list(causes)}]).who


def changed(*items: Any) -> tuple[Change, ...]:
    return story(changeSet={"items": list(items)}).changes


class TestStory:
    @pytest.mark.parametrize(
        ("case", "expected"),
        [
            (
                "freestyle",
                Story(
                    ("team/build #33941", "Lin Wei", "timer"),
                    (
                        Change("6a81755", "邀请页调整", "zhang"),
                        Change("b260a60", "Update ws url", "Lin Wei"),
                    ),
                ),
            ),
            (
                "pipeline",
                Story(
                    ("Push event to branch main",),
                    (
                        Change("c522ae3", "improve pipeline file", "wu"),
                        Change("4c217f9", "Update badges", "chen"),
                    ),
                ),
            ),
        ],
    )
    def test_is_read_as_recorded(self, case: str, expected: Story) -> None:
        assert read_story(sample(f"jenkins/story/{case}.json")) == expected

    @pytest.mark.parametrize(
        ("cause", "who"),
        [
            ({"shortDescription": "Started by user lin", "userName": "Lin"}, ("Lin",)),
            ({"shortDescription": "Started by user anonymous", "userName": None}, ("user anonymous",)),
            ({"shortDescription": "Started by an SCM change"}, ("an SCM change",)),
            ({"shortDescription": "Branch indexing"}, ("Branch indexing",)),
            ({"upstreamProject": "team/build", "upstreamBuild": 3}, ("team/build #3",)),
            ({"upstreamProject": "team/build", "upstreamBuild": "3"}, ("team/build",)),
            ({"upstreamProject": "team/build"}, ("team/build",)),
            ({"userName": NASTY}, (PLAIN,)),
            ({"userName": "x" * 1000}, ("x" * 80,)),
            ({"upstreamProject": NASTY, "upstreamBuild": 3}, (f"{PLAIN} #3",)),
            ({"shortDescription": "y" * 1000}, ("y" * 200,)),
            ({"shortDescription": "", "userName": ["Lin"]}, ()),
            *((one, ()) for one in ({}, None, 7, "x", [])),
        ],
        ids=range(17),
    )
    def test_says_who(self, cause: Any, who: tuple[str, ...]) -> None:
        assert because(cause, cause) == who

    def test_of_many_causes_the_first_are_told(self) -> None:
        many = [{"userName": f"u{one}"} for one in range(500)]
        assert because(*many) == tuple(f"u{one}" for one in range(MOST))

    @pytest.mark.parametrize(
        ("item", "change"),
        [
            (
                {"commitId": SHA, "msg": "Fix it", "author": {"fullName": "wu"}},
                Change(SHA[:7], "Fix it", "wu"),
            ),
            ({"id": SHA, "msg": "Fix it"}, Change(SHA[:7], "Fix it", "")),
            ({"commitId": "4711", "msg": "Subversion"}, Change("4711", "Subversion", "")),
            ({"commitId": SHA * 2, "msg": "?"}, Change((SHA * 2)[:20], "?", "")),
            ({"commitId": NASTY, "msg": NASTY, "author": {"fullName": NASTY}}, None),
            ({"msg": "\n\n First line \r\nSecond"}, Change("", "First line", "")),
            ({"msg": "z" * 100_000}, Change("", "z" * 200, "")),
            ({"commitId": SHA, "msg": "", "author": {"fullName": "w" * 500}}, Change(SHA[:7], "", "w" * 80)),
            ({"commitId": SHA, "msg": None, "author": None}, Change(SHA[:7], "", "")),
            ({"commitId": SHA, "msg": ["x"], "author": "wu"}, Change(SHA[:7], "", "")),
        ],
        ids=range(10),
    )
    def test_says_what_is_new(self, item: dict[str, Any], change: Change | None) -> None:
        first_line = PLAIN.partition(" ")[0]
        assert changed(item) == (change or Change(PLAIN, first_line, PLAIN),)

    @pytest.mark.parametrize("item", [{}, None, 7, "x", [], {"author": {"fullName": "wu"}}, {"msg": "\n"}])
    def test_a_change_without_words_is_none(self, item: Any) -> None:
        assert changed(item) == ()

    @pytest.mark.parametrize(("count", "more"), [(0, 0), (10, 0), (11, 1), (1000, 990)])
    def test_of_many_changes_the_rest_is_counted(self, count: int, more: int) -> None:
        items = [{"commitId": f"{one:040x}", "msg": "x"} for one in range(count)]
        told = story(changeSets=[{"items": items}])
        assert (len(told.changes), told.more) == (min(count, MOST), more)

    @pytest.mark.parametrize("part", [None, {}, [], 7, "x", [None], [7], {"items": None}, [{"items": 7}]])
    def test_what_is_missing_is_not_told(self, part: Any) -> None:
        told = story(actions=part, changeSet=part, changeSets=part)
        assert told == Story((), ())

    @pytest.mark.parametrize("data", [None, [], {}, {"number": 0}, {"number": "12"}])
    def test_of_what_is_no_build_is_unreadable(self, data: Any) -> None:
        with pytest.raises(Unreadable):
            read_story(data)
