"""Jenkins' names, trees, and what its answers mean."""

from typing import Any

import pytest

from integrations.jenkins.protocol import find_build, find_queued, job_path, queue_id, read_job
from integrations.model import Job, Parameter, Queued
from tests.integrations.standin import sample


class TestJobPath:
    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("hello-deploy", "job/hello-deploy/"),
            ("team/hello-deploy", "job/team/job/hello-deploy/"),
            ("team/my svc/测试", "job/team/job/my%20svc/job/%E6%B5%8B%E8%AF%95/"),
            ("mb/feature%2Fx", "job/mb/job/feature%252Fx/"),
            ("a?b#c;d&e", "job/a%3Fb%23c%3Bd%26e/"),
            ("a\\b", "job/a%5Cb/"),
            ("..a/b..", "job/..a/job/b../"),
            ("...", "job/.../"),
            ("%2e%2e", "job/%252e%252e/"),
            ("job", "job/job/"),
        ],
    )
    def test_folders_are_split_and_the_rest_is_quoted(self, name: str, path: str) -> None:
        assert job_path(name) == path

    @pytest.mark.parametrize(
        "name",
        ["", "/", ".", "..", "../x", "a/..", "a/../b", "a/./b", "/a", "a/", "a//b", " ", "a/ /b", "a/\t"],
    )
    def test_what_could_climb_out_is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="job name"):
            job_path(name)


class TestJob:
    def test_with_parameters(self) -> None:
        assert read_job(sample("jenkins/job/with_parameters.json"), name="team/hello-deploy") == Job(
            "team/hello-deploy",
            "http://ci.example/job/team/job/hello-deploy/",
            True,
            (
                Parameter("ENVIRONMENT", ("staging", "production")),
                Parameter("VERSION"),
                Parameter("SAMPAN_ID"),
            ),
        )

    @pytest.mark.parametrize(("case", "buildable"), [("without_parameters", True), ("disabled", False)])
    def test_without(self, case: str, buildable: bool) -> None:
        job = read_job(sample(f"jenkins/job/{case}.json"), name="x")
        assert (job.parameters, job.buildable) == ((), buildable)

    @pytest.mark.parametrize(
        "entries",
        [None, {}, "x", [None], [{}], [{"parameterDefinitions": None}], [{"parameterDefinitions": {}}]],
    )
    def test_a_property_of_another_kind_defines_nothing(self, entries: Any) -> None:
        assert read_job({"url": "u", "property": entries}, name="x").parameters == ()

    def test_a_parameter_is_found_by_its_name(self) -> None:
        job = read_job(sample("jenkins/job/with_parameters.json"), name="x")
        assert job.parameter("VERSION") == Parameter("VERSION")
        assert job.parameter("version") is None


@pytest.mark.parametrize(
    ("location", "number"),
    [
        ("http://ci.example/queue/item/24/", 24),
        ("https://ci.example/jenkins/queue/item/24", 24),
        ("/queue/item/24/", 24),
        ("http://ci.example/queue/item/24/?x=1", 24),
        ("", None),
        (".", None),
        ("http://ci.example/queue/item/", None),
        ("http://ci.example/queue/item/24/api", None),
        ("http://ci.example/job/x/24/", None),
        ("http://ci.example/login?from=/queue/item/24/", None),
    ],
)
def test_a_queue_id_is_read_from_a_location(location: str, number: int | None) -> None:
    assert queue_id(location) == number


def queued(value: str) -> Queued | None:
    return find_queued(sample("jenkins/queue/two_waiting.json"), parameter="SAMPAN_ID", value=value)


def built(value: str) -> Queued | None:
    return find_build(sample("jenkins/builds/two.json"), parameter="SAMPAN_ID", value=value)


class TestFinding:
    def test_a_waiting_item(self) -> None:
        assert queued("b13") == Queued(25, "http://ci.example/job/hello-test/")

    def test_a_build(self) -> None:
        assert built("b11") == Queued(22, "http://ci.example/job/hello-test/8/", number=8)

    @pytest.mark.parametrize("value", ["b1", "b130", "B13", "", "1.4"])
    def test_only_the_whole_value_of_our_parameter_counts(self, value: str) -> None:
        assert queued(value) is None
        assert built(value) is None

    @pytest.mark.parametrize("data", [None, [], "x", {}, {"items": None, "builds": None}])
    def test_nothing_in_nothing(self, data: Any) -> None:
        assert find_queued(data, parameter="SAMPAN_ID", value="b1") is None
        assert find_build(data, parameter="SAMPAN_ID", value="b1") is None

    @pytest.mark.parametrize("thing", [None, {}, {"actions": None}, {"actions": [None, {"parameters": {}}]}])
    def test_strange_things_are_passed_over(self, thing: Any) -> None:
        data = {"items": [thing], "builds": [thing]}
        assert find_queued(data, parameter="SAMPAN_ID", value="b1") is None
        assert find_build(data, parameter="SAMPAN_ID", value="b1") is None
