"""Jenkins' names, trees, and what its answers mean."""

from typing import Any

import pytest

from integrations.jenkins.protocol import job_at, job_name, job_path, queue_id, read_job, seconds
from integrations.model import Job, Parameter
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


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("job/hello/", "hello"),
        ("/job/hello/12/", "hello"),
        ("job/team/job/hello-deploy/12", "team/hello-deploy"),
        ("job/team/job/my%20svc/job/%E6%B5%8B%E8%AF%95/1/", "team/my svc/测试"),
        ("job/mb/job/feature%252Fx/3/", "mb/feature%2Fx"),
        ("job/job/", "job"),
        ("job/job/job/12/", "job/12"),
        ("job/12/12/", "12"),
        ("", None),
        ("/", None),
        ("hello/", None),
        ("job/", None),
        ("job/hello/axis=a/12/", None),
        ("job/hello/12/console", None),
        ("job/team%2Fhello/", None),
        ("view/all/job/hello/", None),
    ],
)
def test_a_job_is_read_from_an_address(path: str, name: str | None) -> None:
    assert job_name(path) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://ci.example/job/team/job/hello/", "team/hello"),
        ("https://ci.example/jenkins/job/hello/12/", "hello"),
        ("https://ci.example/", None),
        ("", None),
    ],
)
def test_a_job_is_read_from_a_full_address(url: str, name: str | None) -> None:
    assert job_at(url) == name


@pytest.mark.parametrize(
    ("milliseconds", "known"),
    [
        (1500, 1.5),
        (1, 0.001),
        (0, None),
        (-1, None),
        (None, None),
        (True, None),
        ("5", None),
        (10**400, None),
    ],
)
def test_a_time_is_in_seconds_or_unknown(milliseconds: object, known: float | None) -> None:
    assert seconds(milliseconds) == known
    job = read_job({"url": "u", "lastBuild": {"estimatedDuration": milliseconds}}, name="x")
    assert job.usual == known


@pytest.mark.parametrize("last", [None, {}, [], "x"])
def test_a_job_without_builds_has_no_usual_time(last: object) -> None:
    assert read_job({"url": "u", "lastBuild": last}, name="x").usual is None
