"""How the tests call the stand-in: real HTTP, as any account."""

from typing import Any

import requests
from starlette.types import ASGIApp, Receive, Scope, Send

SHOP = "/projects/acme%2Ftools%2Fshop"


class Stage:
    """Starting a server takes longer than a test: it stays, and each test puts its app there."""

    app: ASGIApp
    url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class Client(requests.Session):
    """Calls below /api/v4 with the token of `as_`; None calls without one."""

    def __init__(self, site: str) -> None:
        super().__init__()
        self.trust_env = False
        self.site = site

    def call(self, method: str, path: str, *, as_: str | None = "wu", **options: Any) -> requests.Response:
        headers = {"PRIVATE-TOKEN": f"{as_}-token"} if as_ else {}
        return self.request(method, f"{self.site}/api/v4{path}", headers=headers, timeout=10, **options)

    def json(self, path: str, *, as_: str = "wu", **query: Any) -> Any:
        """The body of a successful GET."""
        response = self.call("GET", path, as_=as_, params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def start(self, ref: str = "main", *, as_: str = "wu", **variables: str) -> int:
        """Start a pipeline and give its number."""
        given = [{"key": key, "value": value} for key, value in variables.items()]
        body = {"ref": ref, "variables": given}
        response = self.call("POST", f"{SHOP}/pipeline", as_=as_, json=body)
        assert response.status_code == 201, response.text
        number: int = response.json()["id"]
        return number

    def page(self, path: str, **form: str) -> requests.Response:
        """A page of the site, or the press of a button if there is a form; does not follow."""
        method = "POST" if form else "GET"
        return self.request(method, self.site + path, data=form or None, timeout=10, allow_redirects=False)
