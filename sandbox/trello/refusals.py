"""What the stand-in says when it will not do something: bare text, but for the limits."""

from starlette.responses import JSONResponse, PlainTextResponse, Response

BAD_KEY, BAD_TOKEN = "invalid key", "invalid token"
NOT_FOUND = "The requested resource was not found."
BAD_ID = "invalid id"
TOKEN_LIMIT, KEY_LIMIT = "API_TOKEN_LIMIT_EXCEEDED", "API_KEY_LIMIT_EXCEEDED"
TOO_MANY_CARDS = "API_TOO_MANY_CARDS_REQUESTED"


class Refused(Exception):
    """An answer other than yes; `error` makes it JSON, as Trello's limits are."""

    def __init__(self, status: int, message: str, *, error: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.error = status, message, error

    @property
    def answer(self) -> Response:
        if self.error:
            return JSONResponse({"error": self.error, "message": self.message}, status_code=self.status)
        return PlainTextResponse(self.message, status_code=self.status)


def invalid(field: str) -> Refused:
    """A field has a value that the API does not take."""
    return Refused(400, f"invalid value for {field}")


def unauthorized(kind: str) -> Refused:
    """The token is good, but its owner may not see this."""
    return Refused(401, f"unauthorized {kind} permission requested".replace("  ", " "))
