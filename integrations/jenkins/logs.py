"""How much is read of a build's log, and from which Jenkins on.

Read from LargeText and LineEndNormalizingWriter in jenkinsci/stapler: a log comes with CRLF, and of one that
grows only whole lines are sent.
"""

from integrations.logs import tail

__all__ = ["TAIL", "TAIL_SINCE", "tail"]

TAIL = 64 * 1024  # bytes that are read of a log; at seven a line they are under the ten thousand lines
TAIL_SINCE = (2, 534)  # before it, a negative start is a 500
