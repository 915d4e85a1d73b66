"""Versions and deploys put into a store, as pipelines and builds put them there."""

from dataclasses import replace
from typing import Any

from bot.builds import GITLAB, Build, Kind, Plan, State
from bot.store import Store
from bot.store.versions import Seen, Version
from tests.bot.records import MESSAGE

SHOP, REF = f"{GITLAB}acme/shop", "main"
SHA = "f4b15e66" * 5
RUNNING = Seen(SHOP, 116, "running", ref=REF, sha=SHA, who="wu", url="https://git/116", at=5)


def asked(store: Store, service: str = "mall", *, ref: str = REF) -> tuple[Build, Version]:
    """A build on GitLab that somebody asked for, and the version that it is to make."""
    build = store.builds.ask(MESSAGE, Plan(Kind.BUILD, f"{SHOP}@{ref}", service=service), marked=True)
    return build, store.versions.request(build, place=SHOP, ref=ref, who="Lin (lin)")


def met(store: Store, number: int = 116, *, service: str = "mall", **seen: Any) -> Version:
    """A version that a pipeline makes, whoever started it."""
    found = store.versions.meet(service, replace(RUNNING, number=number, **seen))
    assert found
    return found


def built(store: Store, *numbers: int, service: str = "mall") -> list[Version]:
    return [met(store, number, service=service, state="success") for number in numbers]


def again(store: Store, version: Version) -> Version:
    found = store.versions.get(version.id)
    assert found
    return found


def move(store: Store, build: Build, *states: State, **changes: Any) -> Build:
    """Take a build through these states."""
    for state in states:
        assert store.builds.change(build, state, look_at=store.now() + 2000, **changes)
        found = store.builds.get(build.id)
        assert found
        build = found
    return build


def labels(found: list[Version]) -> list[str]:
    return [one.label for one in found]


def deploy(store: Store, version: str, environment: str = "staging", *, end: State = State.SUCCEEDED) -> int:
    """A deploy, to its end."""
    plan = Plan(
        Kind.DEPLOY, "mall-deploy", {"VERSION_ID": version}, "mall", environment=environment, version=version
    )
    return move(store, store.builds.ask(MESSAGE, plan, marked=True), State.RUNNING, end).id


def running(store: Store) -> dict[str, str]:
    return {one.environment: one.version for one in store.versions.deployed("mall")}
