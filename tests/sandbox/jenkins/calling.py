"""A client that follows no redirect and knows one account."""

from dataclasses import dataclass
from typing import Any

import requests
from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN = ("sampan", "token")
PASSWORD = ("sampan", "password")
READER = ("reader", "reader-token")


class Stage:
    """One port for all tests, as starting a server takes longer than a test: each test puts its app there."""

    app: ASGIApp
    url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@dataclass
class Caller:
    url: str
    auth: tuple[str, str] | None = TOKEN

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.send("POST", path, **options)

    def json(self, path: str, **params: str) -> Any:
        answer = self.get(f"{path.rstrip('/')}/api/json", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self.url + path
        return requests.request(
            method, url, timeout=10, **{"auth": self.auth, "allow_redirects": False, **options}
        )
