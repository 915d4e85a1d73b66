"""Signed DingTalk deliveries, each with an id of its own: as they are, and as Lambda gets them."""

import json
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from sandbox.dingtalk.signing import signed_headers

APP_SECRET = "a-secret-for-benchmarks"
PATH = "/chat/dingtalk"

EACH = 10  # messages of one person: whoever writes 20 a minute is asked to slow down

_ids: Iterator[int] = count(1)


def delivery(text: str, *, reply_to: str) -> tuple[dict[str, str], str]:
    """The headers and body of one message; `reply_to` is where the answer goes.

    https://open.dingtalk.com/document/isvapp/receive-message
    """
    now, number = int(time.time() * 1000), next(_ids)
    payload = {
        "msgtype": "text",
        "msgId": f"msg{number}",
        "createAt": now,
        "conversationType": "2",
        "conversationId": "cidBenchmark==",
        "conversationTitle": "benchmark",
        "robotCode": "dingbenchmark",
        "senderId": f"$:LWCP_v1:$benchmark{number // EACH}",
        "senderNick": "Lin",
        "senderStaffId": "lin",
        "sessionWebhook": f"{reply_to}/robot/sendBySession?session=benchmark",
        "sessionWebhookExpiredTime": now + 5_400_000,
        "text": {"content": f" {text}"},
    }
    headers = {"content-type": "application/json; charset=utf-8", **signed_headers(APP_SECRET, now_ms=now)}
    return headers, json.dumps(payload, ensure_ascii=False)


def event(text: str, *, reply_to: str) -> dict[str, Any]:
    """The same as an event of a Lambda function address."""
    headers, body = delivery(text, reply_to=reply_to)
    return posted(PATH, headers, body)


def posted(path: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    """A POST as an event of a Lambda function address, payload format 2.0.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
    """
    host = "benchmark.lambda-url.eu-west-1.on.aws"
    http = {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9"}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": host, **headers},
        "requestContext": {"domainName": host, "http": http, "stage": "$default"},
        "body": body,
        "isBase64Encoded": False,
    }
