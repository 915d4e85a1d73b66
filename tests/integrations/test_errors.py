"""What a status means, and what an error tells."""

import pytest

from integrations import errors
from integrations.errors import (
    Busy,
    Down,
    Forbidden,
    Garbled,
    IntegrationError,
    NotAllowed,
    NotFound,
    NotSent,
    Refused,
    TooMany,
    Unauthorized,
    Unclear,
    from_status,
)

STATUSES = [
    (301, Garbled),
    (302, Garbled),
    (303, Garbled),
    (307, Garbled),
    (400, Refused),
    (401, Unauthorized),
    (403, Forbidden),
    (404, NotFound),
    (405, NotAllowed),
    (409, NotAllowed),
    (410, Refused),
    (422, NotAllowed),
    (429, TooMany),
    (500, Down),
    (501, Down),
    (502, Unclear),
    (503, Down),
    (504, Unclear),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_a_status_has_one_meaning(status: int, kind: type[IntegrationError]) -> None:
    problem = from_status("Gitee", status, "said in confidence")
    assert type(problem) is kind
    assert problem.vendor == "Gitee"
    assert str(status) in str(problem)


@pytest.mark.parametrize(("status", "kind"), [row for row in STATUSES if issubclass(row[1], Refused)])
def test_a_refusal_keeps_its_status_and_its_words_apart_from_its_text(
    status: int, kind: type[IntegrationError]
) -> None:
    problem = from_status("Gitee", status, "said in confidence")
    assert isinstance(problem, Refused)
    assert (problem.status, problem.message) == (status, "said in confidence")
    assert "confidence" not in str(problem)


@pytest.mark.parametrize(
    ("kind", "parent"),
    [(Busy, NotSent), (NotSent, IntegrationError), (Unclear, IntegrationError), (Refused, IntegrationError)],
)
def test_the_tree_is_caught_from_above(kind: type[Exception], parent: type[Exception]) -> None:
    assert issubclass(kind, parent)


def test_what_comes_in_is_not_an_error_of_what_goes_out() -> None:
    assert not issubclass(errors.Malformed, IntegrationError)
    assert not issubclass(errors.Unauthenticated, IntegrationError)


def test_the_text_is_short() -> None:
    assert str(NotSent("Jenkins")) == "Jenkins: NotSent"
    assert str(Unclear("Jenkins", "deadline")) == "Jenkins: Unclear deadline"
