"""One town for each module of command tests."""

from collections.abc import Iterator

import pytest

from tests.support.town import Place, place


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place() as here:
        yield here


@pytest.fixture(autouse=True)
def mended(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test broke works again after it."""
    yield
    if "here" in request.fixturenames:
        request.getfixturevalue("here").mend()
