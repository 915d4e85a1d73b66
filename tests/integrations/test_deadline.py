"""Nothing takes for ever: deadlines, slots, TLS, proxies, and what is left behind afterwards."""

import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.errors import Busy, IntegrationError, NotSent, Unclear
from integrations.transport import SLOTS, TOTAL, Session, deadline, remaining
from tests.integrations.loopback import Manners, Port, answer, answer_once, dripping, hang, mute, wait_until

pytestmark = pytest.mark.usefixtures("nothing_left")

DRIP = dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")


@pytest.fixture
def session() -> Iterator[Session]:
    with Session("Vendor") as session:
        yield session


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and its self-signed certificate for 127.0.0.1 in one file."""
    pem = tmp_path_factory.mktemp("tls") / "server.pem"
    command = "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 2 -subj /CN=test"
    extra = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(pem), "-out", f"{pem}.crt"]
    subprocess.run([*command.split(), *extra], check=True, capture_output=True)
    pem.write_text(pem.read_text() + Path(f"{pem}.crt").read_text())
    return pem


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


class TestDeadline:
    def test_there_is_always_one(self) -> None:
        assert remaining() == TOTAL

    def test_the_nearer_one_counts(self) -> None:
        with deadline(1):
            with deadline(5):
                assert remaining() <= 1
            with deadline(0.1):
                assert remaining() <= 0.1
            assert 0.5 < remaining() <= 1
        assert remaining() == TOTAL

    def test_it_is_one_for_all_requests_inside(self, session: Session) -> None:
        began = time.monotonic()
        with Port(hang) as port, deadline(0.3):
            for _ in range(3):
                with pytest.raises(IntegrationError):
                    session.post(port.url)
        assert time.monotonic() - began < 1

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_when_it_has_passed_nothing_is_sent(self, session: Session, method: str) -> None:
        with Port(answer) as port, deadline(0), pytest.raises(NotSent):
            session.request(method, port.url)
        assert port.visits == 0

    def test_a_read_waits_no_longer_than_its_own_limit(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("integrations.transport.READ", 0.2)
        began = time.monotonic()
        with Port(hang) as port, pytest.raises(Unclear):
            session.post(port.url)
        assert time.monotonic() - began < 1

    def test_a_warm_connection_is_cut_as_well(self, session: Session) -> None:
        with Port(answer_once) as port:
            session.post(port.url)
            with deadline(0.3), pytest.raises(Unclear):
                session.post(port.url)
            assert port.visits == 1


class TestSlots:
    def test_the_seventh_request_to_a_hanging_vendor_is_turned_away(self, session: Session) -> None:
        problems: list[Exception] = []

        def ask(url: str) -> None:
            with deadline(1), pytest.raises(IntegrationError) as caught:
                session.get(url)
            problems.append(caught.value)

        with Port(hang) as port:
            threads = [threading.Thread(target=ask, args=(port.url,)) for _ in range(SLOTS)]
            for thread in threads:
                thread.start()
            wait_until(lambda: len(port.heard) == SLOTS)
            began = time.monotonic()
            with deadline(0.2), pytest.raises(Busy):
                session.get(port.url)
            assert time.monotonic() - began < 0.6
            assert port.visits == SLOTS
            for thread in threads:
                thread.join()
        assert len(problems) == SLOTS

    def test_a_slot_is_free_again_after_a_failure(self) -> None:
        with Session("Vendor", slots=1) as session:
            with Port(hang) as port, deadline(0.2), pytest.raises(Unclear):
                session.post(port.url)
            with Port(answer) as port:
                assert session.post(port.url).text == "ok"

    def test_one_vendor_does_not_take_the_slots_of_another(self) -> None:
        with (
            Session("Slow", slots=1) as slow,
            Session("Quick", slots=1) as quick,
            Port(hang) as hanging,
            Port(answer) as port,
        ):
            thread = threading.Thread(target=_swallow, args=(slow, hanging.url))
            thread.start()
            wait_until(lambda: bool(hanging.heard))
            assert quick.post(port.url).text == "ok"
            thread.join()


def _swallow(session: Session, url: str) -> None:
    with deadline(0.4), pytest.raises(Unclear):
        session.post(url)


class TestTLS:
    def test_a_self_signed_certificate_is_refused_before_anything_is_said(
        self, session: Session, context: ssl.SSLContext
    ) -> None:
        with Port(answer, context) as port, pytest.raises(NotSent) as caught:
            session.post(port.url + "/?access_token=s3cret")
        assert port.heard == []
        assert "s3cret" not in str(caught.value) and port.address not in str(caught.value)

    def test_one_that_is_trusted_is_spoken_to(
        self, session: Session, context: ssl.SSLContext, certificate: Path
    ) -> None:
        session.verify = str(certificate)
        with Port(answer, context) as port:
            assert [session.post(port.url).text for _ in range(2)] == ["ok"] * 2
            assert port.visits == 1

    @pytest.mark.parametrize("manners", [mute, hang, DRIP], ids=["mute", "hang", "drip"])
    def test_it_keeps_the_deadline(
        self, session: Session, context: ssl.SSLContext, certificate: Path, manners: Manners
    ) -> None:
        session.verify = str(certificate)
        began = time.monotonic()
        with Port(manners, context) as port, deadline(0.5), pytest.raises(Unclear):
            session.post(port.url)
        assert time.monotonic() - began < 1.2

    def test_an_idle_connection_is_not_trusted(
        self, session: Session, context: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("integrations.transport.IDLE", 0.0)
        session.verify = str(certificate)
        with Port(answer_once, context) as port, deadline(2):
            assert [session.post(port.url).text for _ in range(2)] == ["ok"] * 2
            assert port.visits == 2


class TestProxy:
    """A proxy from the environment is used, and bounded like everything else."""

    def test_it_carries_the_request(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        with Port(answer) as proxy:
            monkeypatch.setenv("http_proxy", proxy.url)
            assert session.post("http://vendor.invalid/x").text == "ok"
        assert proxy.heard[0].startswith(b"POST http://vendor.invalid/x ")

    @pytest.mark.parametrize("scheme", ["http", "https"])
    @pytest.mark.parametrize("manners", [hang, DRIP], ids=["hang", "drip"])
    def test_it_keeps_the_deadline(
        self, session: Session, monkeypatch: pytest.MonkeyPatch, manners: Manners, scheme: str
    ) -> None:
        began = time.monotonic()
        with Port(manners) as proxy, deadline(0.3):
            monkeypatch.setenv(f"{scheme}_proxy", proxy.url)
            with pytest.raises(IntegrationError) as caught:
                session.post(f"{scheme}://vendor.invalid/?access_token=s3cret")
        assert time.monotonic() - began < 1
        assert "s3cret" not in str(caught.value)
