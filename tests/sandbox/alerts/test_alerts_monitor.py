"""What the monitor tells, to whom, and how often: what the bot reads out of it is what was meant."""

import json
import socket
import time

import pytest

from integrations.alertmanager import protocol as alertmanager
from integrations.errors import Unauthenticated
from integrations.grafana import protocol as grafana
from integrations.model.alerts import Alert
from sandbox.alerts.monitor import Monitor
from sandbox.alerts.rules import RULES, Sender
from tests.integrations.standin import sample
from tests.sandbox.alerts.conftest import SECRET
from tests.sandbox.alerts.receiver import Received, Receiver

OF_ALERTMANAGER = [rule.name for rule in RULES if rule.sender is Sender.ALERTMANAGER]
(OF_GRAFANA,) = [rule.name for rule in RULES if rule.sender is Sender.GRAFANA]


def alert(received: Received) -> Alert:
    """What the bot makes of it."""
    read = grafana.read_alerts if received.path == "/grafana" else alertmanager.read_alerts
    (found,) = read(received.body).alerts
    return found


def statuses(monitor: Monitor) -> list[int | None]:
    monitor.settle()
    return [post.status for post in monitor.posts]


@pytest.mark.parametrize("name", [*OF_ALERTMANAGER, OF_GRAFANA])
def test_an_alert_has_one_key_from_beginning_to_end(monitor: Monitor, bot: Receiver, name: str) -> None:
    monitor.fire(name)
    monitor.repeat(name)
    monitor.resolve(name)
    monitor.repeat(name)
    assert statuses(monitor) == [200] * 4
    told = [alert(one) for one in bot.received]
    assert [one.firing for one in told] == [True, True, False, False]
    assert {(one.name, one.key, one.began_at) for one in told} == {(name, told[0].key, told[0].began_at)}
    assert told[0].summary and told[0].labels and told[0].began_at


def test_every_alert_has_its_own_key(monitor: Monitor, bot: Receiver) -> None:
    for name in monitor.alerts:
        monitor.fire(name)
    monitor.settle()
    assert len({alert(one).key for one in bot.received}) == len(RULES)


def test_the_payload_has_the_fields_of_the_recorded_one(monitor: Monitor, bot: Receiver) -> None:
    monitor.fire("HighCPU")
    monitor.settle()
    payload, recorded = json.loads(bot.received[0].body), sample("alertmanager/firing.json")
    assert payload.keys() == recorded.keys()
    assert payload["alerts"][0].keys() == recorded["alerts"][0].keys()
    assert bot.received[0].headers["user-agent"] == "Alertmanager/0.25.0"


def test_grafana_s_payload_has_the_fields_of_the_sample(monitor: Monitor, bot: Receiver) -> None:
    monitor.fire(OF_GRAFANA)
    monitor.settle()
    payload, written = json.loads(bot.received[0].body), sample("grafana/mixed.json")
    assert written.keys() - payload.keys() == {"appVersion"}
    assert written["alerts"][1].keys() == payload["alerts"][0].keys()


def test_grafana_signs_body_and_time(monitor: Monitor, bot: Receiver) -> None:
    monitor.fire(OF_GRAFANA)
    monitor.settle()
    (told,) = bot.received
    grafana.authenticate(told.headers, told.body, ["another", SECRET], now=time.time())
    for headers, body, secret in [
        (told.headers, told.body, "another"),
        (told.headers, told.body + b" ", SECRET),
        ({**told.headers, "x-grafana-alerting-timestamp": ""}, told.body, SECRET),
    ]:
        with pytest.raises(Unauthenticated):
            grafana.authenticate(headers, body, [secret], now=time.time())


@pytest.mark.parametrize(
    ("name", "answers", "seen"),
    [
        ("HighCPU", [500, 503, 200], [500, 503, 200]),
        ("HighCPU", [503], [503, 503, 503]),  # it gives up after a while
        ("HighCPU", [404, 200], [404]),
        ("HighCPU", [429, 200], [429]),
        ("HighCPU", [302, 200], [302]),
        (OF_GRAFANA, [503, 200], [503]),
    ],
)
def test_who_comes_again_after_what(
    monitor: Monitor, bot: Receiver, name: str, answers: list[int], seen: list[int]
) -> None:
    bot.answers = answers
    monitor.fire(name)
    assert statuses(monitor) == seen
    assert len({one.body for one in bot.received}) == 1
    assert monitor.posts[-1].delivered == (seen[-1] == 200)


def test_it_comes_again_where_nobody_is(monitor: Monitor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monitor.hooks[Sender.ALERTMANAGER] = f"http://127.0.0.1:{port}/"
    monitor.fire("HighCPU")
    assert statuses(monitor) == [None, None, None]


def test_one_that_is_tried_again_holds_no_other_up(bot: Receiver, monitor: Monitor) -> None:
    slow = Monitor(waits=(30.0,))
    slow.hooks = monitor.hooks
    bot.answers = [503, 200]
    slow.fire("HighCPU")
    while not slow.posts:
        time.sleep(0.005)
    slow.fire("InstanceDown")
    while len(slow.posts) < 2:
        time.sleep(0.005)
    slow.close()  # it does not wait for the other
    assert [(post.name, post.status) for post in slow.posts] == [("HighCPU", 503), ("InstanceDown", 200)]


def test_what_never_fired_is_not_told(monitor: Monitor, bot: Receiver) -> None:
    monitor.resolve("HighCPU")
    monitor.repeat("HighCPU")
    monitor.settle()
    assert bot.received == []


def test_a_second_trouble_has_a_beginning_of_its_own(monitor: Monitor, bot: Receiver) -> None:
    for tell in (monitor.fire, monitor.fire, monitor.resolve, monitor.resolve, monitor.fire):
        tell("HighCPU")
    monitor.settle()
    told = [alert(one) for one in bot.received]
    assert [one.firing for one in told] == [True, True, False, True]
    assert told[0].began_at == told[1].began_at == told[2].began_at != told[3].began_at


def test_a_monitor_that_knows_nobody_tells_nobody() -> None:
    monitor = Monitor()
    monitor.fire("HighCPU")
    monitor.close()
    assert (monitor.alerts["HighCPU"].firing, monitor.posts) == (True, [])
