"""How the tests call the stand-in: real HTTP, as any account."""

from typing import Any

import requests

REPO = "/repos/acme/web"
PULL = f"{REPO}/pulls/1"


class Client(requests.Session):
    """Calls below /api/v5 with the token of `as_`; None calls without one."""

    def __init__(self, site: str) -> None:
        super().__init__()
        self.trust_env = False
        self.site = site

    def call(self, method: str, path: str, *, as_: str | None = "chen", **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {as_}-token"} if as_ else {}
        return self.request(method, f"{self.site}/api/v5{path}", headers=headers, timeout=10, **options)

    def json(self, path: str, **query: Any) -> Any:
        """The body of a successful GET."""
        response = self.call("GET", path, params=query)
        response.raise_for_status()
        return response.json()

    def merge(self, path: str = PULL, *, as_: str | None = "chen", **form: str) -> requests.Response:
        return self.call("PUT", f"{path}/merge", as_=as_, data=form)
