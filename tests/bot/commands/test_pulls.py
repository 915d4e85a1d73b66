"""/pr over a code host on real git."""

from tests.support.town import Place, place


def test_a_list_is_one_call_and_offers_the_next_steps(here: Place) -> None:
    here.gitee_calls()
    answer = here.ask("/pr")
    assert len(here.gitee_calls()) == 1
    assert "open pull requests in **web**" in answer
    assert f"[#1]({here.town.gitee_url}/acme/web/pulls/1) " in answer
    assert "wu · " in answer and "needs 1 approval · needs 1 test" in answer
    for verb in ("test", "approve", "merge"):
        assert f"[{verb}](dtmd://dingtalkclient/sendMessage?content=%2F{verb}%201%20web)" in answer


def test_one_is_shown_with_what_it_needs(here: Place) -> None:
    answer = here.ask("/pr 1")
    assert "→ main" in answer and "needs 1 approval · needs 1 test" in answer


def test_pages(here: Place) -> None:
    for _ in range(12):
        here.new_pull()
    assert "[next page](dtmd://dingtalkclient/sendMessage?content=%2Fpr%20web%20--page%202)" in here.ask(
        "/pr"
    )
    second = here.ask("/pr web --page 2")
    assert "[previous page](" in second and "[next page]" not in second


def test_mine(here: Place) -> None:
    assert "wu" in here.ask("/pr mine", as_="wu")
    assert "wu · " not in here.ask("/pr mine", as_="chen")


def test_mine_without_a_login(here: Place) -> None:
    assert "I cannot tell which are yours." in here.ask("/pr mine", as_="guest")


def test_an_empty_repo_says_so() -> None:
    with place(REPOS="web=acme/web,none=acme/none") as here:
        here.town.gitee.add_repo("acme/none")
        assert "No open pull requests in none." in here.ask("/pr none")


def test_titles_stay_text(here: Place) -> None:
    pull = here.new_pull()
    pull.title = "[click](http://evil.example) <b>bold</b> **x** `y`"
    answer = here.ask(f"/pr {pull.number}")
    assert "](http://evil" not in answer and "<b>" not in answer and "**x**" not in answer


def test_a_merged_one_says_so(here: Place) -> None:
    pull = here.new_pull()
    here.ask(f"/merge {pull.number}")
    assert "It is merged." in here.ask(f"/pr {pull.number}")


def test_an_address_from_the_browser_will_do(here: Place) -> None:
    assert "needs 1 test" in here.ask(f"/pr {here.town.gitee_url}/acme/web/pulls/1")
