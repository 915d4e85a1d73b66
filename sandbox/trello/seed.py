"""The demo's board: what a team of the sandbox has to do, does, and has done."""

from datetime import timedelta

from sandbox.trello.things import Board
from sandbox.trello.world import World

KEY, TOKEN = "sandbox-trello-key", "sandbox-trello-token"
BOT = "sampan_bot"
NAMES = {"linxiaoman": "林小满", "chenmo": "陈默", "wuyue": "吴越", BOT: "Sampan"}
TODO, DOING, DONE = LISTS = "待处理", "处理中", "已完成"


def seed(world: World) -> Board:
    """Fill a world with one board of three lists; the bot's account owns `TOKEN`."""
    world.keys.add(KEY)
    world.clock.pass_time(timedelta(days=-40))
    for username, name in NAMES.items():
        world.add_member(username, name=name, token=TOKEN if username == BOT else "")
    board = world.add_board("线上问题", lists=LISTS)
    todo, doing, done = board.lists
    lin, chen, wu, _ = board.members
    certificate = world.add_card(done, "证书续期", desc="`pay.acme.example` 的证书已换新。", by=lin)
    world.clock.pass_time(timedelta(days=20))
    slow = world.add_card(todo, "支付回调偶尔超时", desc="最近一周 **3** 次，都在 `callback` 里。", by=wu)
    world.label(slow, "支付", color="purple")
    manual = world.add_card(done, "大促值班手册", desc="留着，下次还要用。", by=lin)
    world.label(manual, "keep", color="sky")
    world.clock.pass_time(timedelta(days=18))
    world.comment(slow, "先看网关日志，我明天接着查。", by=chen)
    world.move(slow, doing, by=chen)
    world.comment(certificate, "下次到期是明年三月。", by=lin)
    world.clock.pass_time(timedelta(days=2))
    return board
