"""Bodies that come slowly, or not to their end."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.bots import Pair, bot_and_room

HEAD = b"POST /chat/dingtalk HTTP/1.1\r\nHost: bot\r\nContent-Length: 10\r\n\r\n"
CHUNKED = b"POST /chat/dingtalk HTTP/1.1\r\nHost: bot\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with bot_and_room(tmp_path_factory.mktemp("bot")) as pair:
        yield pair


@contextmanager
def line_to(pair: Pair) -> Iterator[socket.socket]:
    address = urlsplit(pair.url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5) as line:
        yield line


@pytest.mark.parametrize("sent", [HEAD, HEAD + b"half", CHUNKED, CHUNKED + b"4\r\nhalf\r\n"])
def test_a_slow_body_is_not_waited_for(pair: Pair, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr("bot.web.body.SECONDS", 0.2)
    with line_to(pair) as line:
        line.sendall(sent)
        assert line.recv(4096).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("sent", [HEAD, HEAD + b"half", CHUNKED + b"4\r\nhalf\r\n"])
def test_who_hangs_up_half_way_leaves_no_traceback(
    pair: Pair, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    server = logging.getLogger("uvicorn.error")
    server.addHandler(caplog.handler)
    try:
        with line_to(pair) as line:
            line.sendall(sent)
        assert requests.get(f"{pair.url}/healthz", timeout=5).status_code == 200
        assert "pong" in pair.ask("/ping")
    finally:
        server.removeHandler(caplog.handler)
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


def test_a_delivery_in_pieces_is_obeyed(pair: Pair) -> None:
    refused = pair.room.deliver("/ping", msgId=None).request  # only its body is wanted
    assert isinstance(refused.body, bytes)
    body = refused.body.replace(b'{"msgtype"', b'{"msgId": "in-pieces", "msgtype"')
    headers = {name: value for name, value in refused.headers.items() if name != "Content-Length"}
    before = len(pair.room.replies)
    pieces = iter([body[:50], body[50:]])
    sent = requests.post(f"{pair.url}/chat/dingtalk", data=pieces, headers=headers, timeout=5)
    assert sent.status_code == 200
    assert "pong" in pair.room.wait_for(before + 1)[before].text
