"""What can go wrong with an outside system.

IntegrationError
├── NotSent            nothing was done: no connection, no name, no free slot
│   └── Busy           too many of our own requests wait for that system already
├── Unclear            it may have been done: a time-out, a cut connection, 502, 504
├── Garbled            an answer that is not what the vendor's page says: HTML, nothing, a redirect
└── Refused            a definite no, with its status and, where it is fit to show, its message
    ├── Unauthorized   401
    ├── Forbidden      403
    ├── NotFound       404: absent, or hidden from this token
    ├── NotAllowed     405, 409, 422: the thing's own state forbids it
    ├── TooMany        429, or the platform's own code for it
    └── Down           500, 503 and the like

What comes in can be Unauthenticated, or Malformed.
"""


class Unauthenticated(Exception):
    """A request does not prove who sent it."""


class Malformed(Exception):
    """A request's body is not what its sender's page says."""


class IntegrationError(Exception):
    """Something about `vendor`; its text never holds a URL, a token or a body."""

    def __init__(self, vendor: str, detail: str = "") -> None:
        super().__init__(f"{vendor}: {type(self).__name__} {detail}".rstrip())
        self.vendor = vendor


class NotSent(IntegrationError):
    """Nothing reached the other side."""


class Busy(NotSent):
    """All of our slots for this system are taken."""


class Unclear(IntegrationError):
    """The other side may have done the work; look before trying again."""


class Garbled(IntegrationError):
    """The answer is not one this system gives."""


class Refused(IntegrationError):
    """The other side said no."""

    def __init__(self, vendor: str, *, status: int, message: str = "") -> None:
        super().__init__(vendor, str(status))
        self.status = status
        self.message = message


class Unauthorized(Refused):
    """The credential is wrong or has expired."""


class Forbidden(Refused):
    """The credential is good but may not do this."""


class NotFound(Refused):
    """Absent, or hidden from this credential; the two look alike."""


class NotAllowed(Refused):
    """The state of the thing forbids it."""


class TooMany(Refused):
    """Rate limited."""


class Down(Refused):
    """The other side failed."""


# The other side as a whole is in trouble, or does not want us, whatever was asked of it.
SILENT = (NotSent, Unclear, TooMany, Down, Unauthorized)

_BY_STATUS = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: NotAllowed,
    409: NotAllowed,
    422: NotAllowed,
    429: TooMany,
}


def from_status(vendor: str, status: int, message: str = "") -> IntegrationError:
    """Turn a status that is no success into the error it means."""
    if status in (502, 504):
        return Unclear(vendor, str(status))
    if 300 <= status < 400:
        return Garbled(vendor, f"redirect {status}")
    kind = Down if status >= 500 else _BY_STATUS.get(status, Refused)
    return kind(vendor, status=status, message=message)
