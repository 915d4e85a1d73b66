"""A real Alertmanager, where the machine has one: it is understood, and it comes again after a 503."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from integrations.alertmanager.protocol import read_alerts
from integrations.model.alerts import Alert
from sandbox.serving import serving
from tests.support.alertmanager import Alertmanager, alertmanager
from tests.support.town import wait_until

__all__ = ["alertmanager"]

DISK = {"alertname": "磁盘将满", "host": "db-1", "severity": "warning"}
CPU = {"alertname": "HighCPU", "service": "payments"}


@dataclass
class Receiver:
    """Whom it tells: an ASGI app that gives its answers in turn, the last one for ever."""

    answers: list[int] = field(default_factory=lambda: [200])
    told: list[Alert] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.told += read_alerts(await Request(scope, receive).body()).alerts
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await Response(status_code=answer)(scope, receive, send)

    def of(self, name: str) -> list[Alert]:
        return [alert for alert in self.told if alert.name == name]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def hook(receiver: Receiver) -> Iterator[str]:
    """The address that Alertmanager is given."""
    with serving(receiver) as url:
        yield f"{url}/hooks/alertmanager/token"


def test_alerts_are_understood_from_beginning_to_end(
    alertmanager: Callable[[str], Alertmanager], hook: str, receiver: Receiver
) -> None:
    running = alertmanager(hook)
    running.fire(DISK, {"summary": "/var 已用 91%", "runbook_url": "https://wiki.example/disk"})
    running.fire(CPU, {"description": "over 90%"})
    wait_until(lambda: bool(receiver.of("磁盘将满") and receiver.of("HighCPU")))
    disk, cpu = receiver.of("磁盘将满")[0], receiver.of("HighCPU")[0]
    assert (disk.firing, disk.labels) == (True, {"host": "db-1", "severity": "warning"})
    assert (disk.summary, disk.url) == ("/var 已用 91%", "https://wiki.example/disk")
    assert (cpu.summary, cpu.url, cpu.labels) == ("over 90%", "http://prom/graph", {"service": "payments"})
    assert disk.began_at and disk.key != cpu.key

    running.resolve(DISK)
    wait_until(lambda: not receiver.of("磁盘将满")[-1].firing)
    assert {one.key for one in receiver.of("磁盘将满")} == {disk.key}
    assert all(one.firing for one in receiver.of("HighCPU"))


def test_it_comes_again_after_a_503(
    alertmanager: Callable[[str], Alertmanager], hook: str, receiver: Receiver
) -> None:
    receiver.answers = [503, 200]
    alertmanager(hook).fire(CPU)
    wait_until(lambda: len(receiver.told) == 2)
    assert receiver.told[0] == receiver.told[1]
