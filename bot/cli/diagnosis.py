"""doctor and diagram: what Sampan says about an installation, and about itself."""

import os
from argparse import Namespace


def doctor(options: Namespace) -> int:
    """Check everything without changing anything; 1 when something is broken."""
    from bot.doctor import examine
    from bot.doctor.table import as_json, is_fine, table
    from bot.language import speaking

    with speaking(_language()):
        findings = examine(os.environ)
        print(as_json(findings) if options.json else table(findings))
    return 0 if is_fine(findings) else 1


def _language() -> str:
    """The language of the replies, also where the rest of the configuration cannot be used."""
    from bot.settings import ConfigurationError, load

    try:
        return load({"LANGUAGE": os.environ.get("LANGUAGE", "")}).language
    except ConfigurationError:
        return "en"


def diagram(_: Namespace) -> int:
    """The states of a build as Mermaid draws them, from the table that the code itself obeys."""
    from bot import builds

    print(builds.diagram())
    return 0
