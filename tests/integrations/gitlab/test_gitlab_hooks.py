"""What GitLab sends by itself about a pipeline: what is taken from it, and what is not."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import Malformed
from integrations.gitlab.hooks import delivery_id, read_hook
from integrations.gitlab.protocol import LONGEST_VALUE, MOST_VARIABLES
from integrations.model.pipelines import Pipeline, PipelineStatus
from tests.integrations.standin import sample

SHA = "3f2a9c1e5b7d4f60a1b2c3d4e5f60718293a4b5c"
HEADERS = {"x-gitlab-event": "Pipeline Hook", "x-gitlab-instance": "https://gitlab.example.com"}
MISSING = object()
NO_OBJECTS = [
    *(b"", b"x", b"[]", b"1", b'"x"', b"null", b"{", b"\xff", b"\xef\xbb\xbf{}"),
    *(b"[" * 200_000, b'{"a":' * 200_000, b'{"object_kind":' + b"9" * 5_000 + b"}"),
]
NO_PROJECTS = [
    *(None, MISSING, 7, [], "", "web", "/acme/web", "acme/", "../web", "acme/..", "acme/web\n", "acme web/x"),
    *("acme/w?b", "acme/w%2fb", "极点/网站", "acme/" + "x" * 300, "a" + "/a" * 30),
]
HOSTILE = ["../../etc/passwd", "'; DROP TABLE versions; --", '"', "`id`", "$(id)", "<script>", "%2e%2e"]


def read(headers: dict[str, str] = HEADERS, **changes: Any) -> Pipeline | None:
    return read_hook(headers, json.dumps(changed(changes)).encode())


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """The sample with some fields replaced or left out; a double underscore goes one deeper."""
    payload: dict[str, Any] = sample("gitlab/hooks/pipeline.json")
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


def pipeline(**changes: Any) -> Pipeline:
    found = read(**changes)
    assert found is not None
    return found


class TestPipeline:
    def test_is_told(self) -> None:
        assert read() == Pipeline(
            project="acme/shop/web",
            id=287,
            ref="main",
            sha=SHA,
            status=PipelineStatus.SUCCESS,
            word="success",
            url="https://gitlab.example.com/acme/shop/web/-/pipelines/287",
            source="api",
            who="wu.lei",
            created_at=datetime(2026, 11, 20, 1, 5, 7, tzinfo=UTC),
            updated_at=None,
            finished_at=datetime(2026, 11, 20, 1, 5, 50, tzinfo=UTC),
            variables={"SAMPAN_ID": "b12-x", "VERSION_ID": "v30"},
        )

    @pytest.mark.parametrize("headers", [{}, {"x-gitlab-event": "System Hook"}], ids=str)
    def test_may_come_another_way(self, headers: dict[str, str]) -> None:
        assert read(headers) == read()

    @pytest.mark.parametrize(
        "changes",
        [
            {"user": None},
            {"user": MISSING},
            {"commit": None},
            {"builds": []},
            {"builds": MISSING},
            {"object_attributes__variables": MISSING},
            {"object_attributes__finished_at": None},
            {"object_attributes__source": MISSING},
            {"object_attributes__status": "hibernating"},
            {"merge_request": {"id": 1}},
        ],
        ids=str,
    )
    def test_may_say_less_or_more(self, changes: dict[str, Any]) -> None:
        assert pipeline(**changes).id == 287

    def test_takes_no_address_but_its_own(self) -> None:
        assert (
            pipeline(object_attributes__url=None, object_attributes__web_url="https://evil.example/").url
            == ""
        )


class TestOtherHooks:
    @pytest.mark.parametrize("event", ["Push Hook", "Job Hook", "Merge Request Hook", "Emoji Hook", "x"])
    def test_are_nothing_whatever_they_hold(self, event: str) -> None:
        assert read_hook({"x-gitlab-event": event}, b"{") is None

    @pytest.mark.parametrize("kind", ["push", "build", "", None, 7, ["pipeline"], MISSING])
    def test_are_nothing_by_their_body(self, kind: Any) -> None:
        assert read(object_kind=kind) is None

    def test_a_push(self) -> None:
        body = json.dumps(sample("gitlab/hooks/push.json")).encode()
        assert read_hook({"x-gitlab-event": "System Hook"}, body) is None


class TestHostile:
    @pytest.mark.parametrize("body", NO_OBJECTS, ids=lambda body: repr(body[:12]))
    def test_what_is_no_object_is_malformed(self, body: bytes) -> None:
        with pytest.raises(Malformed):
            read_hook(HEADERS, body)

    @pytest.mark.parametrize("path", NO_PROJECTS, ids=lambda path: repr(path)[:20])
    def test_a_project_that_is_none_is_malformed(self, path: Any) -> None:
        with pytest.raises(Malformed):
            read(project__path_with_namespace=path)

    @pytest.mark.parametrize("value", [None, MISSING, 1.5, True, "x", [], {}, 0, -1, 2**63, 10**300])
    @pytest.mark.parametrize("field", ["object_attributes__id", "object_attributes", "project"])
    def test_a_part_that_is_none_is_malformed(self, field: str, value: Any) -> None:
        with pytest.raises(Malformed):
            read(**{field: value})

    @pytest.mark.parametrize("value", [None, MISSING, 1, True, "", "\n", [], {}])
    def test_a_status_that_is_none_is_malformed(self, value: Any) -> None:
        with pytest.raises(Malformed):
            read(object_attributes__status=value)

    @pytest.mark.parametrize("value", HOSTILE)
    def test_a_variable_is_kept_as_it_is(self, value: str) -> None:
        variables = [{"key": "SERVICE_NAME", "value": value}]
        assert pipeline(object_attributes__variables=variables).variables == {"SERVICE_NAME": value}

    @pytest.mark.parametrize("sign", ["\n", "\r", "\x00", "\x1b", "\u202e", "\u2028", "\ud800", "\x85"])
    def test_but_not_what_no_store_and_no_room_can_carry(self, sign: str) -> None:
        variables = [{"key": "VERSION_ID", "value": f"v30{sign}"}]
        assert pipeline(object_attributes__variables=variables).variables == {"VERSION_ID": "v30\ufffd"}

    def test_two_hundred_variables_are_kept_and_no_more(self) -> None:
        many = [{"key": f"V{one}", "value": str(one)} for one in range(2 * MOST_VARIABLES)]
        kept = pipeline(object_attributes__variables=many).variables
        assert kept == {f"V{one}": str(one) for one in range(MOST_VARIABLES)}

    def test_a_megabyte_is_cut(self) -> None:
        huge = "x" * 1_000_000
        told = pipeline(
            object_attributes__variables=[{"key": "A", "value": huge}], object_attributes__ref=huge
        )
        assert told.variables == {"A": "x" * (LONGEST_VALUE - 1) + "…"}
        assert len(told.ref) == 255

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda it: st.lists(it)))
    def test_any_rubbish_is_malformed_or_harmless(self, value: Any) -> None:
        for field in ("object_attributes__variables", "object_attributes__ref", "user", "builds"):
            assert pipeline(**{field: value}).id == 287


class TestDelivery:
    @pytest.mark.parametrize(
        ("headers", "id"),
        [
            ({"idempotency-key": "f5e5f430-f57b"}, "gitlab-f5e5f430-f57b"),
            ({"webhook-id": "msg_1"}, "gitlab-msg_1"),
            ({"webhook-id": "signed", "idempotency-key": "not"}, "gitlab-signed"),
            ({"webhook-id": "", "idempotency-key": "key"}, "gitlab-key"),
        ],
    )
    def test_goes_by_gitlabs_own_key(self, headers: dict[str, str], id: str) -> None:
        assert delivery_id(headers, pipeline()) == id

    @pytest.mark.parametrize("key", [None, "", "a b", "x" * 101, "键", "a\n", "\udcff"])
    def test_else_by_what_it_says(self, key: str | None) -> None:
        headers = {} if key is None else {"idempotency-key": key}
        found = delivery_id(headers, pipeline())
        assert found.startswith("gitlab-pipeline-287-") and len(found) < 64 and found.isascii()
        assert found == delivery_id({}, pipeline(commit=None, builds=[]))

    @pytest.mark.parametrize(
        "changes",
        [
            {"object_attributes__id": 288},
            {"object_attributes__status": "failed"},
            {"object_attributes__finished_at": "2026-11-20 01:09:00 UTC"},
            {"object_attributes__finished_at": None},
            {"project__path_with_namespace": "acme/shop/api"},
        ],
        ids=str,
    )
    def test_of_other_news_is_another(self, changes: dict[str, Any]) -> None:
        assert delivery_id({}, pipeline(**changes)) != delivery_id({}, pipeline())
