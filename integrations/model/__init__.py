"""The neutral values that outside systems are translated to and from."""

from integrations.model.account import Account
from integrations.model.builds import BuildRef, Job, Notification, Parameter, Queued, Result, Sighting, Stage
from integrations.model.pulls import (
    Check,
    CheckState,
    Method,
    Note,
    NoteHint,
    PullAction,
    PullHint,
    PullPage,
    PullRequest,
    Reviewer,
    State,
    Vote,
)
from integrations.model.speech import Code, InboundMessage, Kind, Line, Link, Post, Room, Say, Span, Strong

__all__ = [
    "Account",
    "BuildRef",
    "Check",
    "CheckState",
    "Code",
    "InboundMessage",
    "Job",
    "Kind",
    "Line",
    "Link",
    "Method",
    "Note",
    "NoteHint",
    "Notification",
    "Parameter",
    "Post",
    "PullAction",
    "PullHint",
    "PullPage",
    "PullRequest",
    "Queued",
    "Result",
    "Reviewer",
    "Room",
    "Say",
    "Sighting",
    "Span",
    "Stage",
    "State",
    "Strong",
    "Vote",
]
