"""What is watched here: a few rules of two monitoring systems, and how their alerts stand."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Sender(StrEnum):
    """Who posts a rule's alerts."""

    ALERTMANAGER = "Alertmanager"  # comes again after a 5xx, and when nobody is there
    GRAFANA = "Grafana"  # signs, and says everything once


@dataclass(frozen=True)
class Rule:
    """One thing that can go wrong; its labels with its name are what makes it itself."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    sender: Sender = Sender.ALERTMANAGER

    @property
    def all_labels(self) -> dict[str, str]:
        return {"alertname": self.name, **self.labels}

    @property
    def fingerprint(self) -> str:
        """The same for the same labels, as a real one is; its algorithm is nobody's business."""
        wire = repr(sorted(self.all_labels.items())).encode()
        return hashlib.sha256(wire).hexdigest()[:16]


@dataclass
class Alert:
    """How a rule stands; one that never fired has nothing to say."""

    rule: Rule
    began_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def firing(self) -> bool:
        return self.began_at is not None and self.ended_at is None


RULES = (
    Rule(
        "HighCPU",
        {"service": "payments", "severity": "critical"},
        {"summary": "CPU of payments is at 95%", "description": "It was over 90% for five minutes."},
    ),
    Rule(
        "磁盘将满",
        {"host": "db-1", "severity": "warning"},
        {"summary": "db-1 的 /var 已用 91%", "runbook_url": "https://wiki.example/runbooks/disk"},
    ),
    Rule("InstanceDown", {"instance": "10.0.3.7:9100", "job": "node"}, {"description": "No answer for 2 m"}),
    Rule(
        "订单延迟过高",
        {"service": "shop", "grafana_folder": "支付", "__alert_rule_uid__": "d1rdpdv7k"},
        {"summary": "p99 超过 2 秒"},
        sender=Sender.GRAFANA,
    ),
)
