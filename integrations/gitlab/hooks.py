"""What GitLab sends by itself about a pipeline, without any I/O: who sent it, and what it says.

docs.gitlab.com/user/project/integrations/webhooks/ and .../webhook_events/#pipeline-events. The signing token
(GitLab 19.0, gitlab-org/gitlab!230944) signs as standardwebhooks.com says, the body included.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from integrations.errors import Malformed, Unauthenticated
from integrations.gitlab.protocol import is_project, read_pipeline, read_variables
from integrations.jenkins.protocol import Unreadable, mapping
from integrations.model.pipelines import Pipeline

SIGNATURE_LIFE = 300.0  # seconds, either way
SIGNING = "whsec_"  # what a signing token begins with

_KINDS = ("", "Pipeline Hook", "System Hook")  # of a system hook, or without the header, the body tells
_TIME = re.compile(r"[0-9]{1,12}")
_DELIVERY = re.compile(r"[\w.:-]{1,100}", re.A)


def authenticate(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], *, now: float) -> None:
    """Accept a webhook's token or signature (header names in lower case, `now` in seconds), or raise.

    With a signing token among the secrets only a signature is good: a plain token would be a way round it.
    """
    known = [secret for secret in secrets if secret]
    signing = [secret for secret in known if secret.startswith(SIGNING)]
    if signing:
        _check_signature(headers, body, signing, now=now)
    elif not _any_equal([headers.get("x-gitlab-token", "")], known):
        raise Unauthenticated("wrong token")


def sign(body: bytes, secret: str, *, id: str, timestamp: str) -> str:
    """v1, and base64 of HMAC-SHA256 over id.timestamp.body; a ValueError when the secret is none."""
    key = base64.b64decode(secret.removeprefix(SIGNING), validate=True)
    if not key:
        raise ValueError("no key")
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def read_hook(headers: Mapping[str, str], body: bytes) -> Pipeline | None:
    """Decode a webhook's body; None for one that is about no pipeline, Malformed for rubbish."""
    if headers.get("x-gitlab-event", "") not in _KINDS:
        return None
    payload = _object(body)
    if payload.get("object_kind") != "pipeline":
        return None
    told, project = mapping(payload.get("object_attributes")), mapping(payload.get("project"))
    path = project.get("path_with_namespace")
    if not isinstance(path, str) or not is_project(path):
        raise Malformed("project")
    pipeline = {**told, "web_url": told.get("url"), "user": payload.get("user")}
    try:
        return read_pipeline(pipeline, project=path, variables=read_variables(told.get("variables")))
    except Unreadable as problem:
        raise Malformed(str(problem)) from None


def delivery_id(headers: Mapping[str, str], pipeline: Pipeline) -> str:
    """What is the same for every delivery of the same news: GitLab's key (17.4), else what it says.

    Where both are sent they are equal, and only webhook-id is signed.
    """
    for name in ("webhook-id", "idempotency-key"):
        if _DELIVERY.fullmatch(headers.get(name, "")):
            return f"gitlab-{headers[name]}"
    news = "\n".join((pipeline.project, pipeline.word, str(pipeline.finished_at)))
    digest = hashlib.sha256(news.encode()).hexdigest()
    return f"gitlab-pipeline-{pipeline.id}-{digest[:20]}"


def _check_signature(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], *, now: float) -> None:
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id or not _TIME.fullmatch(timestamp):
        raise Unauthenticated("no signature")
    expected = []
    for secret in secrets:
        with suppress(ValueError):  # a secret that is none makes nothing good
            expected.append(sign(body, secret, id=id, timestamp=timestamp))
    if not _any_equal(headers.get("webhook-signature", "").split(" "), expected):
        raise Unauthenticated("wrong signature")
    if abs(now - int(timestamp)) > SIGNATURE_LIFE:
        raise Unauthenticated("stale signature")


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        payload = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(payload, dict):
        raise Malformed("not an object")
    return payload


def _any_equal(given: Iterable[str], expected: Sequence[str]) -> bool:
    """Whether one of these is one of those, without telling by the time it takes."""
    wires = [one.encode("utf-8", "surrogatepass") for one in given if one]
    return any([hmac.compare_digest(wire, one.encode()) for wire in wires for one in expected])
