"""The end of a log: from both kinds of server, long and short, and fit to be shown."""

from collections.abc import Callable

import pytest

from integrations.errors import Forbidden, Garbled, NotFound
from integrations.jenkins.client import Jenkins
from integrations.jenkins.logs import TAIL, tail
from integrations.model import BuildRef
from tests.integrations.jenkins.conftest import JOB, Yard
from tests.integrations.loopback import wait_until
from tests.integrations.standin import StandIn

OLD, NEW = (2, 533), (2, 534)
AT_LOG = "/job/team/job/deploy/1/logText/progressiveText"
LONG = "yes 'a line of a long log' | head -n 9000"
BUILD = BuildRef("lint", number=8)
LOG = "/job/lint/8/logText/progressiveText"


@pytest.fixture(params=[OLD, NEW], ids=["old", "new"])
def either(request: pytest.FixtureRequest, yard: Yard) -> Yard:
    """A Jenkins from before a log could be asked for its end, and one from after."""
    yard.server.version = request.param
    return yard


def last(yard: Yard, script: str, lines: int = 3) -> tuple[str, ...]:
    yard.job(script)
    ref, _ = yard.finish()
    yard.server.requests.clear()
    return yard.client().log(ref, lines=lines)


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        ("true", ("Started by user sampan", "Finished: SUCCESS")),
        ("echo one; echo two", ("one", "two", "Finished: SUCCESS")),
        (f"{LONG}; echo; echo two", ("", "two", "Finished: SUCCESS")),
        (LONG, ("a line of a long log", "a line of a long log", "Finished: SUCCESS")),
        ("printf one", ("Started by user sampan", "oneFinished: SUCCESS")),
        (r"printf '\033[31mred\033[0m 红\n'", ("Started by user sampan", "red 红", "Finished: SUCCESS")),
        (r"printf '10%%\r100%%\r\nnext\r\n'", ("100%", "next", "Finished: SUCCESS")),
        (
            "head -c 200000 /dev/zero | tr '\\0' x; echo",
            ("Finished: SUCCESS",),  # a line of which only the end was read
        ),
    ],
    ids=["short", "all", "long", "cut", "no newline", "colour", "progress", "one line"],
)
def test_shows_the_last_lines(either: Yard, script: str, lines: tuple[str, ...]) -> None:
    assert last(either, script) == lines


def test_a_long_log_is_not_read_as_a_whole(either: Yard) -> None:
    shown = last(either, f"echo first; {LONG}", lines=10_000)
    assert len(shown) < TAIL / 20
    assert shown[0] == "a line of a long log"


@pytest.mark.parametrize(
    ("version", "asked"),
    [(OLD, [f"HEAD {AT_LOG}", f"GET {AT_LOG}"]), (NEW, [f"GET {AT_LOG}"])],
)
def test_an_old_server_is_asked_for_the_size_first(
    yard: Yard, version: tuple[int, int], asked: list[str]
) -> None:
    yard.server.version = version
    last(yard, LONG)
    assert yard.asked[2:] == asked


def test_of_a_build_that_runs_the_newest_lines_are_shown(either: Yard) -> None:
    either.job("yes once again | head -n 25000; echo here; sleep 60")
    ref, build = either.run()
    wait_until(lambda: b"here" in build.log.read_bytes())
    assert either.client().log(ref, lines=2) == ("once again", "here")


def test_there_is_none_before_a_build_begins(set_up: Callable[..., Yard]) -> None:
    yard = set_up(executors=0)
    yard.job()
    assert yard.client().log(yard.ask(), lines=3) == ()


def test_of_a_build_that_is_gone_it_is_not_found(yard: Yard) -> None:
    ref, _ = yard.finish()
    yard.server.delete_build(JOB, 1)
    with pytest.raises(NotFound):
        yard.client().log(ref, lines=3)


def test_of_another_build_it_is_not_shown(yard: Yard) -> None:
    yard.finish("b9-new")
    with pytest.raises(NotFound):
        yard.client().log(BuildRef(JOB, "b1-old", number=1), lines=3)


@pytest.fixture
def ci(standin: StandIn) -> Jenkins:
    standin.on("GET /job/lint/8/api/json", {"number": 8, "building": False, "result": "SUCCESS"})
    return Jenkins(standin.url, "sampan", ["token"])


@pytest.mark.parametrize("size", [None, "", "-1", "many", "٣"])
def test_a_size_that_is_none_is_garbled(ci: Jenkins, standin: StandIn, size: str | None) -> None:
    standin.on(
        f"HEAD {LOG}", headers={} if size is None else {"x-text-size": size.encode().decode("latin-1")}
    )
    with pytest.raises(Garbled):
        ci.log(BUILD, lines=3)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_refusal_is_told(ci: Jenkins, standin: StandIn, method: str) -> None:
    standin.on(f"HEAD {LOG}", headers={"x-text-size": "10"})
    standin.on(f"{method} {LOG}", status=403)
    with pytest.raises(Forbidden):
        ci.log(BUILD, lines=3)


def test_a_log_that_grows_for_ever_is_not_followed_for_ever(standin: StandIn, ci: Jenkins) -> None:
    sizes = iter(range(100, 100_000, 100))

    class Growing(dict[str, str]):
        def items(self) -> list[tuple[str, str]]:  # type: ignore[override]
            return [("x-text-size", str(next(sizes))), ("x-more-data", "true")]

    standin.on(f"HEAD {LOG}")
    standin.replies[f"HEAD {LOG}"].headers = Growing()
    standin.on(f"GET {LOG}", b"last\r\n")
    assert ci.log(BUILD, lines=3) == ("last",)
    assert len(standin.requests) < 15


@pytest.mark.parametrize(
    ("raw", "whole", "lines"),
    [
        (b"", True, ()),
        (b"", False, ()),
        (b"\r\n\r\n", True, ()),
        (b"one", True, ("one",)),
        (b"one", False, ("one",)),
        (b"one\r\ntwo\r\n", True, ("one", "two")),
        (b"ne\r\ntwo\r\n", False, ("two",)),
        (b"\xba\xa2\ntwo", False, ("two",)),
        (b"a\xffb", True, ("a\ufffdb",)),
        (b"\x1b[1;31mred\x1b[0m", True, ("red",)),
        (b"\x1b[38;2;1;2;3mtrue\x1b[K\x1b[?25l", True, ("true",)),
        (b"\x1b]8;;http://evil\x07link\x1b]8;;\x07", True, ("link",)),
        (b"\x1b]0;title\x1b\\text", True, ("text",)),
        (b"\x1bMup \x1b", True, ("up",)),
        (b"a\x00b\x08c\x7fd\te", True, ("abcd\te",)),
        ("a\u202egnp.exe\u2066\x85b".encode(), True, ("agnp.exeb",)),
        (b"0%\r50%\r100%\r\n", True, ("100%",)),
        (b"x" * 500, True, ("x" * 500,)),
        (b"x" * 501, True, ("x" * 499 + "…",)),
        (b"1\n2\n3\n4\n5\n6", True, ("2", "3", "4", "5", "6")),
    ],
    ids=range(20),
)
def test_lines_are_fit_to_be_shown(raw: bytes, whole: bool, lines: tuple[str, ...]) -> None:
    assert tail(raw, lines=5, whole=whole) == lines
