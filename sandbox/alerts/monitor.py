"""A monitoring system to play with: say what goes wrong, and it tells the bot.

As recorded from Alertmanager 0.25.0: after a 5xx, or when nobody is there, it comes again, first after 0.4 s;
any other refusal is final. Grafana (github.com/grafana/alerting, webhook.go) says everything once.
"""

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests

from sandbox.alerts import payloads
from sandbox.alerts.rules import RULES, Alert, Rule, Sender

TIMEOUT = 10.0
WAITS = (0.4, 0.8, 1.6, 3.2)  # seconds before each further try


@dataclass(frozen=True)
class Post:
    """One try to tell; `status` is None where nobody answered."""

    name: str
    firing: bool
    status: int | None
    body: bytes = field(repr=False)

    @property
    def delivered(self) -> bool:
        return self.status is not None and self.status < 300


class Monitor:
    """The rules and how they stand; `hooks` are told, `posts` say what they answered."""

    def __init__(
        self, rules: Iterable[Rule] = RULES, *, secret: str = "", waits: tuple[float, ...] = WAITS
    ) -> None:
        self.alerts: Mapping[str, Alert] = {rule.name: Alert(rule) for rule in rules}
        self.hooks: dict[Sender, str] = {}
        self.posts: list[Post] = []
        self.url = ""
        self.waits = waits
        self._secret = secret
        self._sent: list[Future[None]] = []
        self._closed = threading.Event()
        # One after the other for each alert; one that is tried again holds no other up.
        self._senders = {name: ThreadPoolExecutor(1, thread_name_prefix="alerts") for name in self.alerts}

    def fire(self, name: str) -> None:
        """Something goes wrong; if it does already, it is only said again."""
        alert = self.alerts[name]
        if not alert.firing:
            alert.began_at, alert.ended_at = datetime.now(UTC), None
        self.repeat(name)

    def resolve(self, name: str) -> None:
        """It is right again; nothing happens where nothing was wrong."""
        alert = self.alerts[name]
        if alert.firing:
            alert.ended_at = datetime.now(UTC)
            self.repeat(name)

    def repeat(self, name: str) -> None:
        """Tell how it stands; does not wait for the answer. What never fired is not told."""
        alert = self.alerts[name]
        if alert.began_at and alert.rule.sender in self.hooks:
            body = self._body(alert)
            sent = self._senders[name].submit(self._tell, alert.rule, alert.firing, body)
            self._sent.append(sent)

    @property
    def busy(self) -> bool:
        """Whether something is on its way."""
        return not all(one.done() for one in self._sent)

    def settle(self, *, timeout: float = 10.0) -> None:
        """Wait until everything so far has been answered, or given up."""
        wait(self._sent, timeout)

    def close(self) -> None:
        """Drop what waits, and wait for what is on its way."""
        self._closed.set()
        for sender in self._senders.values():
            sender.shutdown(cancel_futures=True)

    def page_of(self, name: str) -> str:
        """Where a person looks at one alert."""
        return f"{self.url}/#alert-{list(self.alerts).index(name) + 1}"

    def _body(self, alert: Alert) -> bytes:
        make = payloads.grafana if alert.rule.sender is Sender.GRAFANA else payloads.alertmanager
        return payloads.encoded(make(alert, site=self.url, page=self.page_of(alert.rule.name)))

    def _tell(self, rule: Rule, firing: bool, body: bytes) -> None:
        waits = self.waits if rule.sender is Sender.ALERTMANAGER else ()
        for pause in (0.0, *waits):
            if self._closed.wait(pause):
                return
            status = self._post(rule.sender, body)
            self.posts.append(Post(rule.name, firing, status, body))
            if status is not None and status < 500:
                return

    def _post(self, sender: Sender, body: bytes) -> int | None:
        headers = {"Content-Type": "application/json", "User-Agent": "Alertmanager/0.25.0"}
        if sender is Sender.GRAFANA:
            headers |= {"User-Agent": "Grafana", **payloads.signature(body, self._secret)}
        with requests.Session() as session:
            session.trust_env = False  # a proxy of this machine has no business between two programs on it
            try:
                answer = session.post(
                    self.hooks[sender], data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
                )
            except requests.RequestException:
                return None
        return answer.status_code
