"""Who sends a request, and whether they may: Basic authentication, crumbs, permissions.

The order is Jenkins' own: BasicHeaderProcessor, then CrumbFilter (which an API token passes, see
ApiCrumbExclusion), then the permission each action checks.
"""

import base64
import binascii
from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.jenkins.answers import error_page, json_answer
from sandbox.jenkins.recorder import Call
from sandbox.jenkins.server import Server
from sandbox.jenkins.tree import Bean
from sandbox.jenkins.users import Permission, User, Visitor

CRUMB, SESSION = "Jenkins-Crumb", "JSESSIONID"
OPEN_TO_ALL = ("/login", "/style.css")


class Access:
    """ASGI middleware that puts the visitor into `scope["visitor"]`, or answers 401 or 403."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self._app, self._users = app, server.users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        name, secret = _credentials(request)
        visitor = self._users.authenticate(name, secret) if name else Visitor(self._users.anonymous)
        refusal = self._refusal(request, name, visitor)
        if refusal:
            await refusal(scope, receive, send)
        else:
            await self._app({**scope, "visitor": visitor}, receive, send)

    def _refusal(self, request: Request, name: str, visitor: Visitor | None) -> Response | None:
        if visitor is None:
            asks = {"WWW-Authenticate": 'Basic realm="Jenkins"'}
            return error_page(401, f"Invalid password/token for user: {name}", headers=asks)
        if request.method == "POST" and not visitor.by_token and not self._crumb_fits(request, visitor.user):
            return error_page(403, "No valid crumb was included in the request")
        closed = visitor.user is self._users.anonymous and not visitor.user.permissions
        if closed and not request.url.path.endswith(OPEN_TO_ALL):
            return error_page(403, "Authentication required")
        return None

    def _crumb_fits(self, request: Request, user: User) -> bool:
        call: Call = request.scope["call"]
        sent = request.headers.get(CRUMB) or call.fields.get(CRUMB, [""])[0]
        return bool(sent) and sent == self._users.crumb(user, request.cookies.get(SESSION, ""))


def visitor(request: Request) -> User:
    """The account a request came from, perhaps the anonymous one."""
    found: Visitor = request.scope["visitor"]
    return found.user


def may(request: Request, permission: Permission) -> bool:
    """Whether the visitor has a permission."""
    return permission in visitor(request).permissions


def require(request: Request, permission: Permission) -> None:
    """Refuse with 403 who has not got a permission."""
    if not may(request, permission):
        text = f"{visitor(request).id} is missing the Job/{permission} permission"
        raise HTTPException(403, text)


def crumb(request: Request, server: Server) -> Response:
    """GET crumbIssuer/api/json: a crumb is good for the web session whose cookie comes with it."""
    known, session = crumb_of(request, server)
    issuer = {"_class": "hudson.security.csrf.DefaultCrumbIssuer", "crumb": known, "crumbRequestField": CRUMB}
    answer = json_answer(request, Bean(issuer))
    answer.set_cookie(SESSION, session, httponly=True)
    return answer


def crumb_of(request: Request, server: Server) -> tuple[str, str]:
    """The crumb of the visitor's web session, and that session, which is opened if there is none."""
    session = request.cookies.get(SESSION, "")
    known = server.users.crumb(visitor(request), session)
    if known:
        return known, session
    session = server.users.open_session()
    return server.users.crumb(visitor(request), session) or "", session


def button(address: str, label: str, *, crumb: str) -> str:
    """A form of one button, for a page that also sets the session its crumb is good for."""
    hidden = f"<input type=hidden name={CRUMB} value='{crumb}'>"
    return f"<form method=post action='{escape(address)}'>{hidden}<button>{escape(label)}</button></form>"


def _credentials(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret
