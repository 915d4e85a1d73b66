"""The demo's repositories: two services of one team, with the pull requests of an ordinary week."""

from datetime import timedelta

from sandbox.gitee.checks import Conclusion
from sandbox.gitee.commons import Permission
from sandbox.gitee.pulls import Pull
from sandbox.gitee.repo import Repo
from sandbox.gitee.world import World

TOKEN = "sandbox-gitee-token"
BOT = "sampan-bot"
NAMES = {"lin": "林小满", "chen": "陈默", "wu": "吴越", BOT: "Sampan"}
MEMBERS = {
    "lin": Permission.ADMIN,
    "chen": Permission.WRITE,
    "wu": Permission.WRITE,
    BOT: Permission.WRITE,
}
WEB = {
    "README.md": "# web\n\n商城前端。\n",
    "src/cart.js": "export const limit = 20;\nexport const currency = 'CNY';\n",
    "src/login.js": "export const minutes = 30;\n",
}
API = {
    "README.md": "# api\n\nOrders and payments.\n",
    "api/orders.py": "PAGE_SIZE = 20\n\n\ndef total(lines):\n    return sum(line.price for line in lines)\n",
    "api/retry.py": "ATTEMPTS = 1\n",
}


def seed(world: World) -> None:
    """Fill a world with acme/web and acme/api; the bot's account owns `TOKEN`."""
    for login, name in NAMES.items():
        world.add_user(login, name=name, token=TOKEN if login == BOT else "")
    _web(world.add_repo("acme/web", members=MEMBERS, files=WEB, age=timedelta(days=40)))
    _api(world.add_repo("acme/api", members=MEMBERS, files=API, age=timedelta(days=40)))


def _web(web: Repo) -> None:
    coupon = {"src/coupon.js": "export const apply = (total, off) => Math.max(0, total - off);\n"}
    _open(web, "feat: 购物车支持优惠券", "wu", "feature/coupon", coupon, age=timedelta(minutes=25))
    limit = {"src/cart.js": "export const limit = 50;\nexport const currency = 'CNY';\n"}
    _open(web, "Raise the cart limit to 50", "chen", "cart-limit", limit, age=timedelta(days=3))
    dark = {"src/theme.css": "@media (prefers-color-scheme: dark) { body { background: #111 } }\n"}
    _open(web, "WIP: 夜间模式", "wu", "feature/dark", dark, age=timedelta(hours=6), draft=True)
    # The second pull request changes the very line that main changed here, so it conflicts.
    fewer = {"src/cart.js": "export const limit = 10;\nexport const currency = 'CNY';\n"}
    web.push("main", fewer, message="fix: 大促期间购物车上限改为 10", by="lin", age=timedelta(days=1))


def _api(api: Repo) -> None:
    retry = {"api/retry.py": "ATTEMPTS = 3\nPAUSE = 0.5\n"}
    ready = _open(api, "支付回调失败后重试三次", "chen", "payment-retry", retry, age=timedelta(hours=2))
    for gate in (ready.review, ready.test):
        gate.accept(BOT)
    _check(api, ready, Conclusion.SUCCESS)
    schema = {"migrations/0007_orders.sql": "ALTER TABLE orders ADD COLUMN channel text;\n"}
    held = _open(api, "Add orders.channel before the sale", "wu", "orders-channel", schema, labels=("hold",))
    held.add_comment("等大促结束再合，先不要动。", by=api.commons.user("lin"))
    paging = {"api/orders.py": "PAGE_SIZE = 100\n\n\ndef total(lines):\n    return sum(lines)\n"}
    broken = _open(api, "fix: 订单列表分页", "wu", "orders-paging", paging, age=timedelta(days=2))
    _check(api, broken, Conclusion.FAILURE)


def _open(
    repo: Repo,
    title: str,
    author: str,
    branch: str,
    files: dict[str, str],
    *,
    age: timedelta = timedelta(hours=20),
    draft: bool = False,
    labels: tuple[str, ...] = (),
) -> Pull:
    repo.push(branch, files, message=title.removeprefix("WIP: "), by=author, age=age)
    return repo.open_pull(
        title, author=author, head=branch, draft=draft, labels=labels, age=age,
        assignees=(BOT,), testers=(BOT,), assignees_number=1, testers_number=1,
    )  # fmt: skip


def _check(repo: Repo, pull: Pull, conclusion: Conclusion) -> None:
    repo.add_check("unit-tests", sha=pull.head_sha, conclusion=conclusion, pull=pull.number)
