"""What Alertmanager posts: recorded, odd, and from somebody who means harm."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.alertmanager.protocol import MOST_ALERTS, MOST_ENDS, read_alerts
from integrations.errors import Malformed
from integrations.model.alerts import Alert, Delivery
from tests.integrations.standin import page

BEGAN = datetime(2026, 11, 21, 5, 25, 37, 814390, UTC)
CPU = Alert(
    key="alertmanager:191bf832fbaf9946",
    name="HighCPU",
    firing=True,
    began_at=BEGAN,
    labels={"service": "payments", "severity": "critical"},
    summary="cpu 95%",
    url="http://prom/graph",
)


def read(*entries: Any, **top: Any) -> Delivery:
    return read_alerts(json.dumps({"alerts": list(entries), **top}).encode())


def alert(labels: Any = None, notes: Any = None, **fields: Any) -> Alert:
    """The one alert of a delivery whose entry has these fields."""
    told = {"alertname": "A"} if labels is None else labels
    entry = {"status": "firing", "labels": told, "annotations": notes, "fingerprint": "f1", **fields}
    (found,) = read(entry).alerts
    return found


class TestRecorded:
    @pytest.mark.parametrize("case", ["firing", "retried", "repeated"])
    def test_every_delivery_of_a_firing_alert_says_the_same(self, case: str) -> None:
        assert read_alerts(page(f"alertmanager/{case}.json")) == Delivery((CPU,))

    def test_its_end_has_the_same_key(self) -> None:
        (found,) = read_alerts(page("alertmanager/resolved.json")).alerts
        assert (found.key, found.firing, found.url) == (CPU.key, False, "")
        assert found.began_at == datetime(2019, 12, 31, tzinfo=UTC)


class TestDelivery:
    def test_each_alert_has_its_own_state_whatever_the_group_s(self) -> None:
        told = read(
            {"status": "resolved", "fingerprint": "a"},
            {"status": "firing", "fingerprint": "b"},
            status="firing",
        )
        assert [(one.key, one.firing) for one in told.alerts] == [
            ("alertmanager:a", False),
            ("alertmanager:b", True),
        ]

    def test_the_last_word_on_an_alert_counts(self) -> None:
        told = read({"status": "firing", "fingerprint": "a"}, {"status": "resolved", "fingerprint": "a"})
        assert [(one.key, one.firing) for one in told.alerts] == [("alertmanager:a", False)]

    @pytest.mark.parametrize(
        ("number", "truncated", "read_as"),
        [
            (0, 0, (0, 0)),
            (MOST_ALERTS, 0, (MOST_ALERTS, 0)),
            (MOST_ALERTS + 3, 0, (MOST_ALERTS, 3)),
            (MOST_ALERTS + 3, 40, (MOST_ALERTS, 43)),
            *((1, odd, (1, 0)) for odd in (-1, None, "7", True, 1.5, [])),
            (1, 10**400, (1, 1_000_000)),
        ],
    )
    def test_what_is_left_out_is_counted(self, number: int, truncated: Any, read_as: tuple[int, int]) -> None:
        entries = [{"status": "firing", "fingerprint": f"f{one}"} for one in range(number)]
        told = read(*entries, truncatedAlerts=truncated)
        assert (len(told.alerts), told.truncated) == read_as

    @pytest.mark.parametrize(("number", "kept"), [(1, 1), (MOST_ENDS, MOST_ENDS), (MOST_ENDS + 3, MOST_ENDS)])
    def test_an_end_behind_many_alerts_is_not_left_out(self, number: int, kept: int) -> None:
        firing = [{"status": "firing", "fingerprint": f"f{n}"} for n in range(MOST_ALERTS)]
        ends = [{"status": "resolved", "fingerprint": f"e{n}"} for n in range(number)]
        told = read(*firing, *ends)
        assert [alert.firing for alert in told.alerts].count(False) == kept
        assert [alert.firing for alert in told.alerts].count(True) == MOST_ALERTS
        assert told.truncated == number - kept

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b"{", b"null", b"[]", b'"x"', b"{}", b"\xff\xfe", b'{"alerts": {}}', b'{"alerts": null}'),
            *(b"[" * 200_000, b'{"alerts":' * 100_000, b'{"alerts": [' + b"9" * 5000 + b"]}"),
        ],
        ids=range(12),
    )
    def test_what_is_no_delivery_is_malformed(self, body: bytes) -> None:
        with pytest.raises(Malformed):
            read_alerts(body)

    @pytest.mark.parametrize(
        "entry",
        [
            *(None, [], "x", 1, {}, {"fingerprint": "a"}),
            *(
                {"status": odd, "fingerprint": "a"}
                for odd in ("", "FIRING", "suppressed", None, 1, ["firing"])
            ),
            *({"status": "firing", "labels": odd} for odd in (None, {}, [], "x", {"a": 1}, {"a": None})),
        ],
    )
    def test_an_entry_that_is_no_alert_is_malformed(self, entry: Any) -> None:
        with pytest.raises(Malformed):
            read(entry)


class TestKey:
    @pytest.mark.parametrize("given", [None, "", 7, "a b", "a\n", "é", "x" * 65, "../a", ["a"]])
    def test_without_a_fingerprint_the_labels_are_it(self, given: Any) -> None:
        labels = {"alertname": "A", "host": "db-1"}
        found = alert(labels, fingerprint=given)
        assert found.key == alert(dict(reversed(labels.items())), fingerprint=given, status="resolved").key
        assert found.key.removeprefix("alertmanager:").isalnum()

    def test_other_labels_are_another_alert(self) -> None:
        hosts = [{"host": "1"}, {"host": "2"}, {"host": "1", "__x__": "1"}, {"host": "\ud800"}, {"host1": ""}]
        assert len({alert(one, fingerprint=None).key for one in hosts}) == len(hosts)


class TestWords:
    @pytest.mark.parametrize(
        ("labels", "name"),
        [
            ({"alertname": "磁盘将满"}, "磁盘将满"),
            ({"alertname": " a\n\tb\x00\u202ec\u3000d "}, "a b c d"),
            ({"alertname": "x" * 300}, "x" * 200),
            ({"host": "db-1", "a": "b"}, "a=b"),
            ({"k" * 100: "v" * 100}, "k" * 100 + "=" + "v" * 99),
            ({"alertname": "\n"}, "f1"),
            ({}, "f1"),
        ],
    )
    def test_the_name(self, labels: dict[str, str], name: str) -> None:
        assert alert(labels).name == name

    @pytest.mark.parametrize(
        ("labels", "kept"),
        [
            ({"zone": "z", "alertname": "A", "host": "h"}, {"host": "h", "zone": "z"}),
            ({"grafana_folder": "F", "__alert_rule_uid__": "u", "__name": "n"}, {"__name": "n"}),
            ({"a": "1\n2", "b\u200b": "\x1b[31m"}, {"a": "1 2", "b": "[31m"}),
            ({"a": "", "": "b", "c": "\n"}, {}),
            ({"a": 1, "b": None, "c": {}, "d": "e"}, {"d": "e"}),
            ({"k" * 200: "v" * 200}, {"k" * 100: "v" * 100}),
            ([], {}),
        ],
    )
    def test_the_labels_that_tell_it_from_others(self, labels: Any, kept: dict[str, str]) -> None:
        assert list(alert(labels).labels.items()) == list(kept.items())

    def test_no_more_than_twenty(self) -> None:
        found = alert({f"k{one:02}": "v" for one in reversed(range(30))})
        assert list(found.labels) == [f"k{one:02}" for one in range(20)]

    @pytest.mark.parametrize(
        ("notes", "summary"),
        [
            ({"message": "m", "description": "d", "summary": "s"}, "s"),
            ({"message": "m", "description": "d", "summary": " \n"}, "d"),
            ({"message": "m", "description": None}, "m"),
            ({"summary": ["s"]}, ""),
            ({"summary": "a\r\n\x07b\u2028c"}, "a b c"),
            ({"summary": "字" * 600}, "字" * 500),
            (None, ""),
            ("s", ""),
        ],
    )
    def test_the_sender_s_own_words(self, notes: Any, summary: str) -> None:
        assert alert(notes=notes).summary == summary


class TestTime:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-21T05:25:37.814390625Z",
            "2026-11-21T13:25:37.814390+08:00",
            "2026-11-20T21:55:37.81439-07:30",
        ],
    )
    def test_any_zone_and_any_precision(self, text: str) -> None:
        assert alert(startsAt=text).began_at == BEGAN

    @pytest.mark.parametrize(
        "text",
        [
            *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-21"),
            *("2026-11-21T05:25:37", "2026-13-01T00:00:00Z", "yesterday", "", None, 1795238737, [], {}),
        ],
    )
    def test_what_is_no_time_is_unknown(self, text: Any) -> None:
        assert alert(startsAt=text).began_at is None


class TestAddress:
    @pytest.mark.parametrize(
        ("notes", "generator", "url"),
        [
            ({}, "http://prom:9090/graph?g0.expr=up&g0.tab=1", "http://prom:9090/graph?g0.expr=up&g0.tab=1"),
            ({"runbook_url": "https://wiki.example/cpu"}, "http://prom/", "https://wiki.example/cpu"),
            ({"runbook_url": "wiki/cpu"}, "http://prom/", "http://prom/"),
            ({}, "", ""),
        ],
    )
    def test_the_best_there_is(self, notes: dict[str, str], generator: str, url: str) -> None:
        assert alert(notes=notes, generatorURL=generator, silenceURL="http://prom/silence").url == url

    @pytest.mark.parametrize(
        "url",
        [
            *(
                "javascript:alert(1)",
                "dtmd://dingtalkclient/sendMessage?content=/merge",
                "file:///etc",
                "//a/b",
            ),
            *(
                "http://",
                "http://[",
                "http://u:p@a/",
                "http://a/ b",
                "http://a/\n",
                "http://a/\u202e",
                7,
                None,
            ),
            "http://a/" + "x" * 2000,
        ],
    )
    def test_nothing_but_a_web_address(self, url: Any) -> None:
        assert alert(generatorURL=url, panelURL="http://grafana/").url == ""
