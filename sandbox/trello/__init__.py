"""A stand-in Trello: boards, lists and cards in memory, behind the part of its API that a tracker needs."""
