"""The way out: what every misbehaviour of the other side comes to, how often it is met, and what is told."""

import gzip
import logging
import socket
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress

import pytest
from requests import PreparedRequest

from integrations.errors import Garbled, IntegrationError, NotSent, Unclear
from integrations.transport import LARGEST, Session, deadline
from tests.integrations.loopback import (
    ANSWER,
    Manners,
    Port,
    answer,
    answer_once,
    dripping,
    hang,
    hang_up,
    mute,
    reset,
    saying,
)

PATH = "/hook/path?access_token=s3cret"
NOBODYS = "nowhere.invalid"  # RFC 6761 promises it
WRITES = ["POST", "PUT", "PATCH", "DELETE"]


def status(code: int, headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d So\r\nContent-Length: 0\r\n%s\r\n" % (code, headers)


@pytest.fixture
def session() -> Iterator[Session]:
    with Session("Vendor") as session:
        yield session


@pytest.fixture
def nobody() -> str:
    """The address of a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"http://127.0.0.1:{gone.getsockname()[1]}"


HEAD = b"HTTP/1.1 200 OK\r\n"
BAD_MANNERS: list[tuple[str, Manners]] = [
    ("accepts and reads nothing", mute),
    ("reads and never answers", hang),
    ("drips its status line", dripping(b"HTTP/1.1 2")),
    ("drips its headers", dripping(HEAD + b"X-Slow: ")),
    ("drips a body of a known length", dripping(HEAD + b"Content-Length: 1000\r\n\r\n")),
    ("drips a body that ends with the connection", dripping(HEAD + b"\r\n")),
    ("drips a chunk", dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n")),
    ("resets the connection", reset),
    ("hangs up", hang_up),
    ("stops half way", saying(HEAD + b"Content-Length: 1000\r\n\r\nhalf")),
    ("speaks something else", saying(b"SSH-2.0-OpenSSH_9.6\r\n")),
]


@pytest.mark.parametrize("manners", [pytest.param(how, id=name) for name, how in BAD_MANNERS])
@pytest.mark.usefixtures("nothing_left")
class TestBadManners:
    def test_a_write_is_unclear_in_time_and_never_repeated(self, session: Session, manners: Manners) -> None:
        began = time.monotonic()
        with Port(manners) as port, deadline(0.2), pytest.raises(Unclear) as caught:
            session.post(port.url + PATH, data="x")
        assert time.monotonic() - began < 1
        assert port.visits == 1
        assert_discreet(caught.value, port.address)

    def test_a_read_fails_in_time(self, session: Session, manners: Manners) -> None:
        began = time.monotonic()
        with Port(manners) as port, deadline(0.15), pytest.raises(Unclear) as caught:
            session.get(port.url + PATH)
        assert time.monotonic() - began < 1
        assert_discreet(caught.value, port.address)


def assert_discreet(problem: IntegrationError, address: str) -> None:
    """What a log would print holds neither address nor secret."""
    printed = "".join(traceback.format_exception(problem))
    assert problem.vendor == "Vendor"
    assert not [word for word in (address, "127.0.0.1", "s3cret", "access_token") if word in printed]


class TestNotSent:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_nobody_listens(self, session: Session, nobody: str, method: str) -> None:
        with deadline(2), pytest.raises(NotSent) as caught:
            session.request(method, nobody + PATH)
        assert_discreet(caught.value, nobody)

    def test_there_is_no_such_name(self, session: Session) -> None:
        with pytest.raises(NotSent) as caught:
            session.post(f"http://{NOBODYS}{PATH}")
        assert_discreet(caught.value, NOBODYS)

    def test_a_full_backlog_swallows_the_connection(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("integrations.transport.CONNECT", 0.2)
        with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            for one in (first, second):
                one.setblocking(False)
                one.connect_ex(listener.getsockname())
            host, port = listener.getsockname()
            with pytest.raises(NotSent):
                session.post(f"http://{host}:{port}{PATH}")

    @pytest.mark.parametrize("secret", ["s3cret\nX-More: 1", "s3cret密"])
    def test_a_header_that_is_none(self, session: Session, secret: str) -> None:
        def auth(request: PreparedRequest) -> PreparedRequest:
            request.headers["Authorization"] = f"Bearer {secret}"
            return request

        with Port(answer) as port, pytest.raises(NotSent) as caught:
            session.post(port.url, auth=auth)
        assert port.heard == []
        assert_discreet(caught.value, port.address)

    @pytest.mark.parametrize("url", ["nonsense?access_token=s3cret", "http://?s3cret", "http://[?s3cret"])
    def test_an_address_that_is_none(self, session: Session, url: str) -> None:
        with pytest.raises(NotSent) as caught:
            session.post(url)
        assert_discreet(caught.value, url)


class TestAgain:
    @pytest.mark.parametrize("manners", [reset, saying(status(502)), saying(status(504))])
    def test_a_read_is_tried_three_times(self, session: Session, manners: Manners) -> None:
        with Port(manners) as port, deadline(3):
            with suppress(Unclear):
                assert session.get(port.url).status_code in (502, 504)
            assert len(port.heard) == 3

    def test_a_read_that_succeeds_at_last(self, session: Session) -> None:
        with Port(saying(status(503), status(502), ANSWER)) as port, deadline(3):
            assert session.get(port.url).text == "ok"
            assert port.visits == 3

    def test_a_read_with_little_time_left_is_not(self, session: Session) -> None:
        with Port(reset) as port, deadline(0.9), pytest.raises(Unclear):
            session.get(port.url)
        assert port.visits == 1

    @pytest.mark.parametrize("code", [400, 401, 404, 429, 500])
    def test_a_clear_answer_to_a_read_is_taken(self, session: Session, code: int) -> None:
        with Port(saying(status(code))) as port:
            assert session.get(port.url).status_code == code
            assert port.visits == 1

    @pytest.mark.parametrize("method", WRITES)
    @pytest.mark.parametrize("code", [502, 503, 504])
    def test_a_write_never_is(self, session: Session, method: str, code: int) -> None:
        with Port(saying(status(code), ANSWER)) as port:
            assert session.request(method, port.url, data="x").status_code == code
            assert port.visits == 1

    @pytest.mark.parametrize("method", WRITES)
    def test_not_even_on_a_cut_connection(self, session: Session, method: str) -> None:
        with Port(reset) as port, pytest.raises(Unclear):
            session.request(method, port.url, data="x")
        assert len(port.heard) == 1


class TestRedirects:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    def test_are_never_followed(self, session: Session, method: str, code: int) -> None:
        with Port(answer) as other:
            there = f"Location: {other.url}/login\r\n".encode()
            with Port(saying(status(code, there))) as port:
                response = session.request(method, port.url, allow_redirects=True)
            assert (response.status_code, other.visits, port.visits) == (code, 0, 1)

    @pytest.mark.parametrize("where", ["", "//", ".", "nowhere:", "http://:99999/"])
    def test_a_strange_location_is_only_text(self, session: Session, where: str) -> None:
        with Port(saying(status(302, b"Location: %s\r\n" % where.encode("latin-1")))) as port:
            assert session.post(port.url).status_code == 302

    @pytest.mark.parametrize("where", [b"http://[", b"\xd6\xd0"])
    def test_nor_does_one_that_is_no_address_break_out(self, session: Session, where: bytes) -> None:
        with Port(saying(status(302, b"Location: %s\r\n" % where))) as port:
            assert session.post(port.url).status_code == 302


class TestConnections:
    def test_are_used_again(self, session: Session) -> None:
        with Port(answer) as port:
            assert [session.post(port.url).text for _ in range(3)] == ["ok"] * 3
            assert port.visits == 1

    def test_that_the_other_side_closed_are_replaced(self, session: Session) -> None:
        with Port(saying(ANSWER)) as port:
            session.post(port.url)
            port.settle()
            assert session.post(port.url).text == "ok"
            assert (port.visits, len(port.heard)) == (2, 2)

    def test_that_were_idle_too_long_are_not_trusted(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("integrations.transport.IDLE", 0.0)
        with Port(answer_once) as port, deadline(1):
            assert [session.post(port.url).text for _ in range(2)] == ["ok"] * 2
            assert (port.visits, len(port.heard)) == (2, 2)


class TestLargest:
    """An answer of a few kilobytes can unpack to more than the memory there is."""

    @pytest.mark.parametrize("packed", [True, False], ids=["packed", "as it is"])
    @pytest.mark.parametrize(("size", "fits"), [(LARGEST, True), (LARGEST + 1, False)])
    def test_counts_what_is_unpacked(self, session: Session, size: int, fits: bool, packed: bool) -> None:
        body = gzip.compress(bytes(size)) if packed else bytes(size)
        encoding = b"Content-Encoding: gzip\r\n" if packed else b""
        head = HEAD + encoding + b"Content-Length: %d\r\n\r\n" % len(body)
        with Port(saying(head + body)) as port:
            if fits:
                assert len(session.post(port.url).content) == size
            else:
                with pytest.raises(Garbled) as caught:
                    session.post(port.url)
                assert_discreet(caught.value, port.address)


def test_the_log_has_the_path_and_no_secret(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "integrations"), Port(answer) as port:
        session.post(port.url + PATH)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("integrations")]
    assert len(ours) == 1 and ours[0].startswith("Vendor POST /hook/path 200 ")
