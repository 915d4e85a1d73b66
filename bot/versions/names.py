"""What a version is called: v30."""

import re

# Twelve digits are more than there will ever be, and less than what a database can count.
_NAME = re.compile(r"[vV]([1-9][0-9]{0,11})")


def number_of(word: str, *, bare: bool = False) -> int | None:
    """The number in a version's name, v30; `bare` takes 30 and 030 as well. None for what is no such name."""
    found = _NAME.fullmatch(f"v{word.lstrip('0')}" if bare and word[:1].isdigit() else word)
    return int(found[1]) if found else None
