"""A post as a comment on Gitee."""

from integrations import markdown as shared
from integrations.model import Post

# Nothing is written of a comment's limit; a description's is 2000 characters (422, 过长), so no more here.
MAX_LENGTH = 2_000


def markdown(post: Post, *, cut: str, limit: int = MAX_LENGTH) -> str:
    """The post's lines as a comment of at most `limit` characters; `cut` tells what was left out."""
    return shared.markdown(post.lines, cut=cut, limit=limit)
