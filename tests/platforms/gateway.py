"""What stands before a function: HTTP on one side, the platform's own way on the other."""

import base64
from typing import Any

import requests
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.platforms.lambda_events import Call, Shape, http_api
from tests.platforms.runtime_api import Function


class Gateway:
    """Serves a Lambda function over HTTP, through the front door of this `shape`."""

    def __init__(self, function: Function, *, shape: Shape = http_api) -> None:
        self.function, self.shape = function, shape

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        headers, query = dict(request.headers), dict(request.query_params)
        call = Call(request.method, scope["path"], headers, await request.body(), query)
        result = await run_in_threadpool(self.function.invoke, self.shape(call))
        await response(result)(scope, receive, send)


def response(result: dict[str, Any]) -> Response:
    """A function's result as the client sees it."""
    body = result.get("body") or ""
    content = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    headers = {name: ",".join(values) for name, values in result.get("multiValueHeaders", {}).items()}
    return Response(content, result["statusCode"], {**headers, **result.get("headers", {})})


class VercelProxy:
    """Serves an instance over HTTP as Vercel's proxy does: with the headers that number the invocations."""

    def __init__(self, url: str) -> None:
        self.url, self.invocations = url, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.invocations += 1
        numbered = {
            "x-vercel-internal-invocation-id": f"invocation-{self.invocations}",
            "x-vercel-internal-request-id": str(self.invocations),
        }
        answer = await run_in_threadpool(
            requests.request,
            request.method,
            f"{self.url}{scope['path']}",
            headers={**request.headers, **numbered},
            data=await request.body(),
            timeout=30,
        )
        await Response(answer.content, answer.status_code, answer.headers)(scope, receive, send)
