"""What the stand-in tells by itself: when, what, and how it proves who it is."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime

import pytest

from sandbox.gitlab.definition import Definition, JobDefinition, one_job
from sandbox.gitlab.hooks import Hook
from sandbox.gitlab.projects import Project
from sandbox.gitlab.world import World
from tests.integrations.loopback import Port, hang, wait_until
from tests.sandbox.gitlab.client import SHOP, Client
from tests.sandbox.gitlab.conftest import Clock
from tests.sandbox.gitlab.receiver import Receiver

KEY = b"a key of thirty-two bytes, or so"
SIGNING_TOKEN = "whsec_" + base64.b64encode(KEY).decode()
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MORNING = datetime(2016, 8, 12, 15, 23, 28, tzinfo=UTC)


class TestTold:
    def test_of_every_change_in_order(
        self, api: Client, world: World, shop: Project, hook: Hook, receiver: Receiver
    ) -> None:
        flaky = JobDefinition("flaky", "build", ("test -f mended || { touch mended; false; }",))
        shop.definition = Definition((JobDefinition("unit", "test"), flaky))
        pipeline = world.wait_for(shop.pipelines[api.start()], "failed")
        api.call("POST", f"{SHOP}/pipelines/{pipeline.id}/retry")
        world.wait_for(pipeline, "success")
        world.hooks.settle()
        assert receiver.statuses == ["pending", "running", "failed", "running", "success"]
        assert {one.content["object_attributes"]["id"] for one in receiver.received} == {pipeline.id}

    @pytest.mark.parametrize("deed", ["cancel", "manual"])
    def test_of_other_ends(
        self, world: World, shop: Project, hook: Hook, receiver: Receiver, deed: str
    ) -> None:
        shop.definition = one_job("sleep 60")
        pipeline = world.wait_for(world.run(shop, by="wu"), "running")
        if deed == "cancel":
            world.cancel(pipeline)
        else:
            world.turn(pipeline, "manual")
        world.hooks.settle()
        assert receiver.statuses == ["pending", "running", "canceled" if deed == "cancel" else "manual"]

    def test_in_the_words_of_the_real_one(
        self, world: World, shop: Project, hook: Hook, receiver: Receiver
    ) -> None:
        given = {"VERSION_ID": "v1", "SERVICE_NAME": "../'\"\n"}
        world.record(shop, "failed", began=MORNING, seconds=181, variables=given, by="wu", tell=True)
        world.hooks.settle()
        (told,) = receiver.received
        content, pipeline, commit = told.content, next(iter(shop.pipelines.values())), shop.branches["main"]
        assert content["object_attributes"] == {
            "id": pipeline.id,
            "iid": 1,
            "name": None,
            "ref": "main",
            "tag": False,
            "sha": commit.sha,
            "before_sha": "0" * 40,
            "source": "api",
            "status": "failed",
            "detailed_status": "failed",
            "stages": ["build"],
            "created_at": "2016-08-12 15:23:28 UTC",
            "finished_at": "2016-08-12 15:26:29 UTC",
            "duration": 181,
            "queued_duration": None,
            "protected_ref": False,
            "variables": [
                {"key": "VERSION_ID", "value": "v1"},
                {"key": "SERVICE_NAME", "value": "../'\"\n"},
            ],
            "url": f"{world.hooks.site}/acme/tools/shop/-/pipelines/{pipeline.id}",
        }
        assert (content["object_kind"], content["merge_request"]) == ("pipeline", None)
        assert (content["user"]["username"], content["user"]["email"]) == ("wu", "[REDACTED]")
        assert content["project"]["path_with_namespace"] == "acme/tools/shop"
        assert (content["commit"]["id"], content["commit"]["title"]) == (commit.sha, "Initial commit")
        (build,) = content["builds"]
        assert (build["name"], build["status"], build["manual"]) == ("build", "failed", False)
        assert (build["started_at"], build["duration"]) == ("2016-08-12 15:23:28 UTC", 181.0)
        assert build["artifacts_file"] == {"filename": None, "size": None}

    def test_of_statuses_nobody_knows_and_of_much(
        self, world: World, shop: Project, hook: Hook, receiver: Receiver
    ) -> None:
        variables = {f"V{number}": "x" * 5000 for number in range(200)}
        world.record(shop, "waiting_for_callback", variables=variables, tell=True)
        world.hooks.settle()
        (told,) = receiver.received
        assert (told.status, len(told.body) > 1_000_000) == ("waiting_for_callback", True)


class TestProof:
    def test_is_a_token_and_the_usual_headers(
        self, world: World, shop: Project, hook: Hook, receiver: Receiver
    ) -> None:
        world.record(shop, tell=True)
        world.hooks.settle()
        headers = receiver.received[0].headers
        assert (headers["x-gitlab-token"], headers["x-gitlab-event"]) == ("hook-token", "Pipeline Hook")
        assert (headers["content-type"], headers["user-agent"]) == ("application/json", "GitLab/17.8.0")
        assert headers["x-gitlab-instance"] == world.hooks.site
        unique = ("idempotency-key", "x-gitlab-event-uuid", "x-gitlab-webhook-uuid")
        assert all(UUID.fullmatch(headers[name]) for name in unique)
        assert "webhook-id" not in headers

    def test_is_a_signature(self, world: World, shop: Project, receiver: Receiver, clock: Clock) -> None:
        world.add_hook(shop, receiver.url, signing_token=SIGNING_TOKEN)
        world.record(shop, tell=True)
        world.hooks.settle()
        (told,) = receiver.received
        sent = told.headers
        signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + told.body
        digest = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert sent["webhook-signature"] == f"v1,{digest}"
        assert sent["webhook-id"] == sent["idempotency-key"]
        assert abs(int(sent["webhook-timestamp"]) - clock().timestamp()) < 5
        assert "x-gitlab-token" not in sent


class TestSender:
    @pytest.mark.parametrize("status", [302, 401, 404, 500, 503])
    def test_says_everything_once_whatever_the_answer(
        self, world: World, shop: Project, hook: Hook, receiver: Receiver, status: int
    ) -> None:
        receiver.status = status
        for _ in range(2):
            world.record(shop, tell=True)
        world.hooks.settle()
        assert [one.status for one in hook.deliveries] == [status, status]
        assert len(receiver.received) == 2

    def test_says_it_again_by_hand_with_the_same_key(
        self, world: World, shop: Project, hook: Hook, receiver: Receiver
    ) -> None:
        world.record(shop, tell=True)
        world.hooks.settle()
        world.hooks.resend(hook.deliveries[0])
        world.hooks.settle()
        first, second = receiver.received
        assert first.body == second.body
        same = [
            first.headers[name] == second.headers[name] for name in ("idempotency-key", "x-gitlab-event-uuid")
        ]
        assert same == [True, False]

    def test_is_doubled(self, world: World, shop: Project, hook: Hook, receiver: Receiver) -> None:
        world.hooks.repeat = 2
        world.record(shop, tell=True)
        world.hooks.settle()
        first, second = receiver.received
        assert (first.body, first.headers["idempotency-key"]) == (
            second.body,
            second.headers["idempotency-key"],
        )

    def test_is_late_out_of_order_or_lost(
        self, world: World, shop: Project, hook: Hook, receiver: Receiver
    ) -> None:
        pipeline = world.record(shop, "running")
        with world.hooks.held() as waiting:
            for status in ("success", "running", "failed"):
                world.turn(pipeline, status)
            world.hooks.settle()
            assert receiver.received == []
            lost = waiting.pop()
            waiting.reverse()
        world.hooks.settle()
        assert receiver.statuses == ["running", "success"]
        world.hooks.resend(lost)
        world.hooks.settle()
        assert receiver.statuses == ["running", "success", "failed"]

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "no address", "ftp://127.0.0.1/"])
    def test_is_not_stopped_by_an_address_that_is_none(
        self, world: World, shop: Project, hook: Hook, receiver: Receiver, url: str
    ) -> None:
        broken = world.add_hook(shop, url)
        world.record(shop, tell=True)
        world.hooks.settle()
        assert (len(receiver.received), broken.failures) == (1, 1)
        assert (broken.deliveries[0].status, broken.deliveries[0].error != "") == (None, True)

    def test_gives_up_after_its_timeout_and_keeps_nobody_waiting(
        self, world: World, shop: Project, hook: Hook, receiver: Receiver
    ) -> None:
        world.hooks.timeout = 0.2
        with Port(hang) as port:
            silent = world.add_hook(shop, port.url)
            world.record(shop, tell=True)
            wait_until(lambda: len(receiver.received) == 1)
            world.hooks.settle()
        assert (silent.deliveries[0].error, silent.failures) == ("ReadTimeout", 1)
