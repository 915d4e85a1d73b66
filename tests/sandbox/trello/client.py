"""How the tests call the stand-in: real HTTP, as any account."""

from typing import Any

import requests

KEY = "the-key"


class Client(requests.Session):
    """Calls below /1 with the token of `as_`."""

    def __init__(self, site: str) -> None:
        super().__init__()
        self.trust_env = False
        self.site = site

    def call(self, method: str, path: str, *, as_: str = "chen", **options: Any) -> requests.Response:
        header = f'OAuth oauth_consumer_key="{KEY}", oauth_token="{as_}-token"'
        return self.bare(method, path, headers={"Authorization": header}, **options)

    def bare(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.request(method, f"{self.site}/1{path}", timeout=10, **options)

    def json(self, path: str, **query: Any) -> Any:
        """The body of a successful GET."""
        response = self.call("GET", path, params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def make(self, **form: str) -> Any:
        """A card."""
        response = self.call("POST", "/cards", data=form)
        assert response.status_code == 200, response.text
        return response.json()
