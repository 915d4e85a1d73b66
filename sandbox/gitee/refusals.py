"""What the stand-in says when it will not do something; the first group is known from real answers."""

from sandbox.gitee.commons import Permission

REVIEW_MISSING = "此 Pull Request 未通过设置的审查"
TEST_MISSING = "此 Pull Request 未通过设置的测试"
BAD_TOKEN = "401 Unauthorized: Access token is expired"
NO_HOME = "project or enterprise"

# The real words for these are unproven: nobody's recorded answer was found. So never match on them.
NO_PROJECT = "404 Project Not Found"
NO_PULL = "404 Pull Request Not Found"
NO_COMMENT = "404 Comment Not Found"
NO_ROUTE = "404 Not Found"
CLOSED = "此 Pull Request 已关闭"
MERGED = "此 Pull Request 已合并"
DRAFT = "此 Pull Request 为草稿，不能合并"
CONFLICT = "此 Pull Request 存在冲突，无法自动合并"
NOT_INVITED = "403 Forbidden: 你不是此 Pull Request 的指定人员"
NO_ISSUE = "404 Issue Not Found"
LABEL_LENGTH = "标签名称长度应为 2 至 20 个字符"
TITLE_LENGTH = "标题过长（最长为 {most} 个字符）"


class Refused(Exception):
    """An answer other than yes: its status and the `message` of its body."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def forbidden(need: Permission) -> Refused:
    """The caller's level is below what the call needs."""
    return Refused(403, f"403 Forbidden: {need.name.lower()} permission is required")


def missing(field: str) -> Refused:
    """A required field was not sent."""
    return Refused(400, f"{field} is missing")


def invalid(field: str) -> Refused:
    """A field has a value that the API does not know."""
    return Refused(400, f"{field} does not have a valid value")
