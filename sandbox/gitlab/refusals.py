"""The answers other than yes: lib/api/helpers.rb of gitlabhq/gitlabhq, and the validations of Grape."""

from typing import Any

UNAUTHORIZED = "401 Unauthorized"
FORBIDDEN = "403 Forbidden"
NO_CREATION = "Insufficient permissions to create a new pipeline"
NO_VARIABLES = "Insufficient permissions to set pipeline variables"
PROTECTED = (
    "You do not have sufficient permission to run a pipeline on '{ref}'. Please select a different branch or "
    "contact your administrator for assistance."
)
SCOPE = {
    "error": "insufficient_scope",
    "error_description": "The request requires higher privileges than provided by the access token.",
    "scope": "api",
}
BAD_KEY = "can contain only letters, digits and '_'."


class Refused(Exception):
    """An answer other than yes: its status and its body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.status, self.body = status, body


def unauthorized() -> Refused:
    """No token, or one that nobody knows."""
    return Refused(401, {"message": UNAUTHORIZED})


def forbidden(reason: str = "") -> Refused:
    """Seen, and not allowed."""
    return Refused(403, {"message": f"{FORBIDDEN} - {reason}" if reason else FORBIDDEN})


def not_found(what: str = "") -> Refused:
    """Absent, or not to be seen."""
    return Refused(404, {"message": f"404 {what} Not Found" if what else "404 Not Found"})


def bad_request(reason: str) -> Refused:
    """Not possible now."""
    return Refused(400, {"message": f"400 Bad request - {reason}"})


def invalid(field: str, problem: str) -> Refused:
    """A field that is missing or has a value nobody understands."""
    return Refused(400, {"error": f"{field} {problem}"})


def not_valid(**errors: list[str]) -> Refused:
    """A pipeline that cannot be made, with the reasons for each field."""
    return Refused(400, {"message": errors})
