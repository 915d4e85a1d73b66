"""What many statuses add up to, as GitLab's own table has it."""

import pytest

from sandbox.gitlab.statuses import composite, label

HARD, SOFT = False, True


@pytest.mark.parametrize(
    ("jobs", "status"),
    [
        ([], None),
        ([("success", HARD)], "success"),
        ([("success", HARD), ("skipped", HARD)], "success"),
        ([("success", HARD), ("failed", SOFT)], "success"),
        ([("success", HARD), ("manual", SOFT)], "success"),
        ([("manual", SOFT)], "skipped"),
        ([("skipped", HARD)], "skipped"),
        ([("created", HARD), ("created", HARD)], "created"),
        ([("created", HARD), ("pending", HARD)], "pending"),
        ([("success", HARD), ("pending", HARD)], "running"),
        ([("success", HARD), ("created", HARD)], "running"),
        ([("failed", HARD), ("running", HARD)], "running"),
        ([("success", HARD), ("manual", HARD), ("created", HARD)], "manual"),
        ([("success", HARD), ("canceled", HARD)], "canceled"),
        ([("failed", HARD), ("canceled", HARD)], "failed"),
        ([("failed", HARD), ("skipped", HARD), ("success", HARD)], "failed"),
    ],
)
def test_many_make_one(jobs: list[tuple[str, bool]], status: str | None) -> None:
    assert composite(jobs) == status


@pytest.mark.parametrize(
    ("status", "warned", "word"),
    [
        ("success", False, "passed"),
        ("success", True, "passed with warnings"),
        ("manual", False, "waiting for manual action"),
        ("failed", True, "failed"),
        ("waiting_for_callback", False, "waiting_for_callback"),
    ],
)
def test_people_read_another_word(status: str, warned: bool, word: str) -> None:
    assert label(status, warned=warned) == word
