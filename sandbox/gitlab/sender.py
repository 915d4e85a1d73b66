"""Send webhooks as GitLab does: once each, whatever the answer.

Read from app/services/web_hook_service.rb of gitlabhq/gitlabhq. It sends them from a queue and promises no
order; here each hook gets them in order, unless a test wants another.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime

import requests

from sandbox.gitlab.hooks import Alert, Delivery, Hook, signature
from sandbox.gitlab.payloads import pipeline_hook
from sandbox.gitlab.pipelines import Pipeline

EVENT = "Pipeline Hook"
TIMEOUT = 10.0


class Sender:
    """Tells every hook of a project what changed; `site` is where its links lead.

    Each is told `repeat` times; `timeout` is in seconds. Without `switches_off` a hook that fails is sent to
    for ever, as by a private instance where nobody has set the flag auto_disabling_web_hooks.
    """

    def __init__(self, clock: Callable[[], datetime], *, version: str) -> None:
        self.site = ""
        self.repeat = 1
        self.timeout = TIMEOUT
        self.switches_off = True
        self._clock, self._version = clock, version
        self._held: list[Delivery] | None = None
        self._senders: dict[Hook, ThreadPoolExecutor] = {}
        self._sent: list[Future[None]] = []
        self._closed = False

    def tell(self, pipeline: Pipeline) -> None:
        """Tell how a pipeline stands now; does not wait for the answers."""
        for hook in pipeline.project.hooks:
            body = pipeline_hook(pipeline, site=self.site)
            about = f"#{pipeline.id} {pipeline.status}"
            self._give(Delivery(hook, str(uuid.uuid4()), about, body))

    def resend(self, delivery: Delivery) -> Delivery:
        """Send one again, with the same key, also where the hook is switched off; does not wait."""
        again = Delivery(delivery.hook, delivery.key, delivery.about, delivery.body)
        self._send(again, force=True)
        return again

    @contextmanager
    def held(self) -> Iterator[list[Delivery]]:
        """Keep back what happens inside a with block, and send at its end what is then in the list."""
        held: list[Delivery] = []
        self._held = held
        try:
            yield held
        finally:
            self._held = None
        for delivery in held:
            self._send(delivery)

    @property
    def busy(self) -> bool:
        """Whether something is on its way."""
        return not all(one.done() for one in self._sent)

    def settle(self, *, timeout: float = 10.0) -> None:
        """Wait until everything so far has been answered, or given up."""
        wait(self._sent, timeout)

    def close(self) -> None:
        """Drop what waits, and wait for what is on its way."""
        self._closed = True
        for sender in self._senders.values():
            sender.shutdown(cancel_futures=True)

    def _give(self, delivery: Delivery) -> None:
        for _ in range(self.repeat):
            copy = Delivery(delivery.hook, delivery.key, delivery.about, delivery.body)
            if self._held is None:
                self._send(copy)
            else:
                self._held.append(copy)

    def _send(self, delivery: Delivery, *, force: bool = False) -> None:
        if self._closed:
            return
        hook = delivery.hook
        if hook not in self._senders:
            self._senders[hook] = ThreadPoolExecutor(1, thread_name_prefix="gitlab-webhooks")
        self._sent = [one for one in self._sent if not one.done()]
        self._sent.append(self._senders[hook].submit(self._work, delivery, force))

    def _work(self, delivery: Delivery, force: bool) -> None:
        hook = delivery.hook
        if self.switches_off and not force and hook.alert(self._clock()) is not Alert.EXECUTABLE:
            hook.missed += 1
            return
        delivery.at, delivery.headers = self._clock(), self._headers(delivery)
        hook.deliveries.append(delivery)
        began = time.monotonic()
        self._post(delivery)
        delivery.seconds = time.monotonic() - began
        if self.switches_off:
            hook.learn(accepted=delivery.accepted, now=self._clock())

    def _post(self, delivery: Delivery) -> None:
        with requests.Session() as session:
            session.trust_env = False  # a proxy of this machine has no business between two programs on it
            try:
                answer = session.post(
                    delivery.hook.url,
                    data=delivery.body,
                    headers=delivery.headers,
                    timeout=self.timeout,
                    allow_redirects=False,
                )
                delivery.status = answer.status_code
            except requests.RequestException as error:
                delivery.error = type(error).__name__

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        hook = delivery.hook
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"GitLab/{self._version}",
            "Idempotency-Key": delivery.key,
            "X-Gitlab-Event": EVENT,
            "X-Gitlab-Event-UUID": str(uuid.uuid4()),
            "X-Gitlab-Instance": self.site,
            "X-Gitlab-Webhook-UUID": str(uuid.uuid4()),
        }
        if hook.token:
            headers["X-Gitlab-Token"] = hook.token
        if hook.signing_token:
            stamp = str(int(self._clock().timestamp()))
            signed = signature(delivery.key, stamp, delivery.body, token=hook.signing_token)
            headers |= {"webhook-id": delivery.key, "webhook-timestamp": stamp, "webhook-signature": signed}
        return headers
