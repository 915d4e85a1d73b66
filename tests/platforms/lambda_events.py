"""One HTTP request as each of AWS's front doors hands it to a function.

https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html, urls-invocation.html, services-alb.html
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

Event = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    query: Mapping[str, str] = field(default_factory=dict)


Shape = Callable[[Call], Event]


def _body(call: Call, *, binary: bool) -> Event:
    text = base64.b64encode(call.body).decode() if binary else call.body.decode()
    return {"body": text or None, "isBase64Encoded": binary}


def _many(values: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in values.items()}


def rest_api(call: Call, *, binary: bool = False) -> Event:
    """API Gateway's first payload format: its stage is never in the path."""
    context = {"resourcePath": "/{proxy+}", "path": f"/prod{call.path}", "stage": "prod"}
    return {
        "resource": "/{proxy+}",
        "path": call.path,
        "httpMethod": call.method,
        "headers": dict(call.headers),
        "multiValueHeaders": _many(call.headers),
        "queryStringParameters": dict(call.query) or None,
        "multiValueQueryStringParameters": _many(call.query) or None,
        "requestContext": {**context, "identity": {"sourceIp": "203.0.113.9"}, "httpMethod": call.method},
        **_body(call, binary=binary),
    }


def http_api(call: Call, *, stage: str = "$default", binary: bool = False) -> Event:
    """API Gateway's second format: a stage with a name is in the path."""
    path = call.path if stage == "$default" else f"/{stage}{call.path}"
    http = {"method": call.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "&".join(f"{name}={value}" for name, value in call.query.items()),
        "headers": {name.lower(): value for name, value in call.headers.items()},
        "requestContext": {"http": http, "routeKey": "$default", "stage": stage},
        **_body(call, binary=binary),
    }


def function_url(call: Call) -> Event:
    """A function's own address: the second format without an authorizer."""
    event = http_api(call)
    event["requestContext"] |= {"authentication": None, "authorizer": None}
    return event


def load_balancer(call: Call, *, multi: bool = False, binary: bool = False) -> Event:
    """An application load balancer, with multi-value headers switched on or off."""
    group = "arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/sampan/6d0e"
    fields: Event = {"headers": dict(call.headers), "queryStringParameters": dict(call.query)}
    if multi:
        fields = {
            "multiValueHeaders": _many(call.headers),
            "multiValueQueryStringParameters": _many(call.query),
        }
    return {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": call.method,
        "path": call.path,
        **fields,
        **_body(call, binary=binary),
    }


SHAPES: dict[str, Shape] = {
    "API Gateway v1": rest_api,
    "API Gateway v1, base64": partial(rest_api, binary=True),
    "API Gateway v2": http_api,
    "API Gateway v2, base64": partial(http_api, binary=True),
    "API Gateway v2, named stage": partial(http_api, stage="prod"),
    "function URL": function_url,
    "load balancer": load_balancer,
    "load balancer, base64": partial(load_balancer, binary=True),
    "load balancer, multi-value": partial(load_balancer, multi=True),
}

# https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
SCHEDULES: dict[str, Event] = {
    "EventBridge rule": {
        "version": "0",
        "id": "89d1a02d-5ec7-412e-82f5-13505f849b41",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": "2026-11-21T00:00:00Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:events:eu-west-1:000000000000:rule/tick"],
        "detail": {},
    },
    "EventBridge Scheduler": {"schedule": "tick"},
}
