"""Alerts: what a monitor told is taken in as it is, as nobody can be asked whether it is true."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.incidents.intake import take_in
from bot.incidents.life import Health, Kind, Signal, Verdict
from integrations.model.alerts import Alert

if TYPE_CHECKING:
    from bot.dispatch import Sampan
    from bot.store import Store
    from bot.store.incidents import Watched

# Milliseconds for which a firing alert that began before it was resolved is one that came late: a cluster of
# Alertmanagers tells twice, 15 s apart (prometheus.io/docs/alerting/latest/high_availability). After that the
# monitor had lost sight of it: Prometheus goes on with the time at which it first fired.
ECHO = 60_000


def take_alerts(sampan: "Sampan", alerts: Sequence[Alert]) -> bool:
    """Keep all of a delivery or, raising, nothing; whether there is something to tell of it."""
    store = sampan.store
    # In one order everywhere: of two deliveries that wait for each other's rows neither would be kept.
    ordered = sorted(alerts, key=lambda alert: alert.key)
    with store.transaction():
        return any([_take(store, alert) for alert in ordered])


def _take(store: "Store", alert: Alert) -> bool:
    known = store.incidents.watched(Kind.ALERT, alert.key)
    if not alert.firing and (known is None or known.health is Health.HEALTHY):
        return False
    known = store.incidents.meet(Kind.ALERT, alert.key, title=alert.name)
    began_at = _began_at(store, alert, known)
    verdict = Verdict.FAILURE if alert.firing else Verdict.SUCCESS
    at = min(began_at, store.now()) if alert.firing else store.now()
    signal = Signal(verdict, began_at, at, alert.url)
    labels = " ".join(f"{name}={value}" for name, value in alert.labels.items())
    about = {"summary": alert.summary, "labels": labels}
    return take_in(store, Kind.ALERT, alert.key, [signal], title=alert.name, about=about)


def _began_at(store: "Store", alert: Alert, known: "Watched") -> int:
    """When an alert began, in milliseconds; where that cannot tell what is new, when we heard of it."""
    began_at = None if alert.began_at is None else round(alert.began_at.timestamp() * 1000)
    if known.health is Health.FAILING:
        # The old Grafana does not say: what fires already goes on as it is.
        return known.mark if began_at is None else began_at
    news = max(store.now(), known.mark + 1)
    if began_at is None:
        return news
    fixed = store.incidents.changes(Kind.ALERT, alert.key, at_most=1)
    is_echo = bool(fixed) and store.now() - fixed[0] <= ECHO
    return began_at if began_at > known.mark or is_echo else news
