"""archive: what the clock does once in a while, at once and for people to see."""

import os
import sys
from argparse import Namespace
from contextlib import closing

from bot.settings import load
from integrations.errors import IntegrationError


def archive(options: Namespace) -> int:
    """Archive the cards that have been in the Done list for long enough, or only list them."""
    from bot.incidents import archive as sweep
    from bot.wiring import Wired

    settings = load(os.environ)
    sampan = Wired(settings)
    done_list = sampan.done_list()
    if done_list is None:
        print("There is no Done list: set TRACKER=trello and TRELLO_DONE_LIST.", file=sys.stderr)
        return 1
    with closing(sampan.store):
        try:
            cards = sweep.due(sampan, done_list)
        except IntegrationError as problem:
            print(f"The Done list could not be read: {problem}", file=sys.stderr)
            return 1
        for card in cards:
            entered = card.entered_at.astimezone(settings.timezone)
            print(f"{entered:%Y-%m-%d %H:%M}  {card.title}  {card.url}")
        if options.dry_run:
            print(f"{len(cards)} would be archived.")
            return 0
        archived = sweep.archive(done_list, cards)
    print(f"{len(archived)} archived.")
    return 0 if len(archived) == len(cards) else 1
