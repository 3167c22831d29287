"""The page in real Chromium, on the two real services: what a reader sees, hears and can do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect

from bot.knowledge import phrases
from bot.knowledge.loading import load
from bot.knowledge.model import Certainty, Fact
from tests.running import RunningBot

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
PHONE = {"width": 390, "height": 844}
ON_ITS_SIDE = {"width": 844, "height": 390}
ZOOMED = {"width": 320, "height": 256}
"""1280 by 1024 pixels at 400%."""

LEAST_TARGET = 24
PATIENCE_MS = 30_000
KINDS = {
    "clarify": "what about dosing?",  # first: later, it would be about the topic before
    "answer": "STS dose in HD?",
    "urgent": "she has septic shock from an infected calciphylaxis wound",
    "out_of_scope": "what is the infusion rate of thiosulfate",
    "smalltalk": "list the references",
}

MARKS = [
    {"mark": "useful", "label": "Useful", "remark": False},
    {"mark": "wrong", "label": "Wrong", "remark": True},
    {"mark": "incomplete", "label": "Incomplete", "remark": True},
]

# Runs before the page's own scripts: keeps what the policy refuses.
WATCH = """window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => window.refused.push(event.violatedDirective));"""

Opener = Callable[..., Page]


class Log:
    """What the browser itself says of a page."""

    def __init__(self, context: BrowserContext) -> None:
        """Listen."""
        self.lines: list[str] = []
        self.urls: list[str] = []
        context.on("console", lambda message: self.lines.append(f"{message.type}: {message.text}"))
        context.on("weberror", lambda error: self.lines.append(f"error: {error.error}"))
        context.on("request", lambda request: self.urls.append(request.url))

    @property
    def hosts(self) -> set[str]:
        """Hosts that were asked for anything."""
        return {urlsplit(url).netloc for url in self.urls if urlsplit(url).scheme != "data"}


@pytest.fixture
def open_page(chromium: Browser, bot: RunningBot) -> Iterator[Opener]:
    """Open the page in a context of its own: `open_page(url, **context options)`; `.log` of it is the browser's."""
    contexts = []

    def start(url: str = "", **options: Any) -> Page:
        context = chromium.new_context(**{"reduced_motion": "reduce", **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(WATCH)
        log = Log(context)
        page = context.new_page()
        page.log = log  # type: ignore[attr-defined]
        page.goto(url or bot.address.url)
        expect(page.locator(".review")).to_be_visible(timeout=PATIENCE_MS)
        return page

    yield start
    for context in contexts:
        context.close()


def field(page: Page) -> Locator:
    """Return the field of the question."""
    return page.get_by_label("Your question")


def ask(page: Page, question: str) -> tuple[Locator, dict[str, Any]]:
    """Type a question, press Enter; return its answer on the screen, and the answer's data."""
    before = page.locator(".turn").count()
    field(page).fill(question)
    with page.expect_response("**/webhooks/page/messages") as reply:
        field(page).press("Enter")
    answer = page.locator(".turn .answer").nth(before)
    expect(answer).to_be_visible(timeout=PATIENCE_MS)
    return answer, reply.value.json()


def senders(page: Page) -> list[str]:
    """Return who asked each of this page's questions, from now on."""
    seen: list[str] = []

    def hear(request: Request) -> None:
        if request.url.endswith("/messages"):
            seen.append(request.post_data_json["sender"])

    page.on("request", hear)
    return seen


def replace(page: Page, path: str, change: Callable[[Any], Any]) -> None:
    """Change what the bot says at a path before the page gets it."""

    def handle(route: Route) -> None:
        route.fulfill(json=change(route.fetch().json()))

    page.route(f"**/webhooks/page/{path}", handle)


def focused(page: Page) -> str:
    """Return the words of what has the focus, inside the element too."""
    return page.evaluate("""() => {
        let active = document.activeElement;
        while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
        return active?.id || active?.innerText?.trim() || active?.tagName || "";
    }""")


def tab_to(page: Page, words: str, most: int = 40, key: str = "Tab") -> None:
    """Press Tab until what says these words has the focus."""
    seen = []
    for _ in range(most):
        page.keyboard.press(key)
        seen.append(focused(page))
        if words in seen[-1]:
            return
    raise AssertionError(f"{words!r} is not reached by {key}: {seen}")


def accessibility_problems(page: Page) -> list[str]:
    """Run all rules of axe-core over the page."""
    if not page.evaluate("() => !!window.axe"):
        page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document)")
    assert len(found["passes"]) > 10
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]


def with_figures() -> Fact:
    """Return a fact that has figures, and a warning that comes with it."""
    brought = {other for fact in load().facts for other in fact.brought_by}
    return next(fact for fact in load().facts if fact.figures and fact.id in brought)


def test_an_answer_is_on_the_screen(open_page: Opener) -> None:
    page, fact = open_page(), with_figures()
    answer, data = ask(page, fact.question)
    custom = data["custom"]
    shown = answer.inner_text()
    assert fact.id in [shown["id"] for shown in custom["facts"]]
    for said in (*custom["facts"], *custom["pitfalls"]):
        assert said["statement"] in shown, said["id"]
    assert answer.locator(".key").inner_text() == custom["facts"][0]["statement"]
    figures = answer.locator(".figure").all_inner_texts()
    assert figures
    assert all(any(sign.isdigit() for sign in figure) for figure in figures)
    for chip, certainty in zip(answer.locator(".grounds .chip").all(), _certainties(custom), strict=True):
        assert chip.inner_text().strip() == f"Certainty: {phrases.CERTAINTY[certainty]}"
    pitfalls = answer.locator(".pitfall")
    assert pitfalls.count() >= 1
    assert all("Pitfall" in pitfall.inner_text() for pitfall in pitfalls.all())
    assert all(pitfall.locator("svg").count() for pitfall in pitfalls.all())
    assert answer.locator(".follow-up").all_inner_texts() == custom["follow_ups"]


def _certainties(custom: dict[str, Any]) -> list[Certainty]:
    """Return the certainty of each run of facts from one bullet."""
    runs = []
    for part in (custom["facts"], custom["pitfalls"]):
        last = None
        for fact in part:
            if (fact["source"], fact["certainty"]) != last:
                runs.append(Certainty(fact["certainty"]))
            last = (fact["source"], fact["certainty"])
    return runs


# What lies on top at the middle of an element inside the element's own tree, as a reader sees it.
_UNCOVERED = """(element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return element.contains(element.getRootNode().elementFromPoint((left + right) / 2, (top + bottom) / 2));
}"""


@pytest.mark.parametrize("viewport", [PHONE, ON_ITS_SIDE, ZOOMED], ids=["phone", "on its side", "400%"])
def test_date_and_review_status_are_always_visible(open_page: Opener, viewport: dict[str, int]) -> None:
    page, document = open_page(viewport=viewport), load().document
    status = page.locator(".status")

    def check() -> None:
        assert document.review_status in status.inner_text()
        assert f"{document.updated.day} {document.updated:%b %Y}" in status.inner_text()
        for part in (status, *status.locator("> *").all()):
            expect(part).to_be_in_viewport(ratio=1)
            assert part.evaluate(_UNCOVERED)

    check()
    for kind in ("answer", "out_of_scope", "urgent"):
        ask(page, KINDS[kind])
        check()
        expect(page.locator(".turn .question").last).to_be_in_viewport(ratio=1)
        assert page.locator(".turn .question").last.evaluate(_UNCOVERED), "the answer begins under the status"
    page.get_by_role("button", name="Copy for the notes").last.focus()
    check()
    field(page).scroll_into_view_if_needed()
    check()
    page.mouse.move(100, 100)
    page.mouse.wheel(0, -10_000)
    check()


@pytest.mark.parametrize("viewport", [PHONE, ZOOMED], ids=["phone", "400%"])
def test_what_has_the_focus_is_not_covered(open_page: Opener, viewport: dict[str, int]) -> None:
    page = open_page(viewport=viewport)
    ask(page, KINDS["answer"])
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(f"""() => {{
            let active = document.activeElement;
            while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
            return !active.matches("button, summary, textarea") || ({_UNCOVERED})(active);
        }}"""), focused(page)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn(open_page: Opener, kind: str) -> None:
    page = open_page()
    answer, data = ask(page, KINDS[kind])
    assert data["custom"]["kind"] == kind
    shown = answer.inner_text()
    for line in (*data["lead"], *data["notes"], *data["custom"]["follow_ups"]):
        assert line in shown
    assert (answer.locator(".alarm").count() == 1) == (kind == "urgent")
    if kind == "urgent":
        assert shown.split("\n")[0].strip() in ("!", "Emergency")
        assert phrases.URGENT in answer.locator(".alarm").inner_text()
    if kind == "smalltalk":
        assert answer.locator(".references li").count() == len(data["custom"]["references"])


def test_citations_open_to_reference_and_locator(open_page: Opener) -> None:
    listed = len(load().references)
    unlisted = next(fact for fact in load().facts if any(marker > listed for marker in fact.citations))
    page = open_page()
    for question in (KINDS["answer"], unlisted.question):
        answer, data = ask(page, question)
        first = data["custom"]["facts"][0]
        source = answer.locator("details").first
        expect(source.locator(".source")).to_be_hidden()
        source.locator("summary").click()
        expect(source.locator(".source")).to_be_visible()
        shown = source.locator(".source").inner_text()
        assert first["source"] in shown
        cited = [known for known in data["custom"]["references"] if known["marker"] in first["citations"]]
        assert cited
        for reference in cited:
            assert f"[{reference['marker']}]" in shown
            assert (reference["title"] or phrases.UNLISTED.format(markers=reference["marker"])) in shown
        assert (phrases.BY_POSITION in shown) == any(reference["listed"] for reference in cited)
    assert not all(reference["listed"] for reference in cited)


def test_nothing_of_an_answer_becomes_html(open_page: Opener) -> None:
    page = open_page()
    attack = "<img src=x onerror='window.hit=1'><b>bold</b> 5 g"

    def spoil(data: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(data["custom"])
        for fact in data["custom"]["facts"]:
            text = text.replace(json.dumps(fact["statement"]), json.dumps(attack))
        custom = json.loads(text)
        custom["follow_ups"], custom["notice"] = [attack], attack
        custom["facts"][0]["certainty"] = custom["facts"][0]["source"] = attack
        return {"custom": custom, "lead": [attack], "notes": [attack]}

    replace(page, "messages", spoil)
    answer, _ = ask(page, KINDS["answer"])
    assert answer.inner_text().count("onerror") >= 5
    assert answer.locator("img").count() == 0
    assert page.evaluate("() => window.hit") is None


def test_what_was_carried_over_is_said(open_page: Opener) -> None:
    page = open_page()
    ask(page, KINDS["answer"])
    answer, data = ask(page, "for how long?")
    names = {topic.id: topic.name for topic in load().topics}
    (topic, *_) = data["custom"]["understood"]["assumed"]
    assert names[topic] in answer.locator(".carried").inner_text()


def test_a_notice_is_shown(open_page: Opener) -> None:
    answer, data = ask(open_page(), f"Mrs Zqpatientx, born 01.02.1950: {KINDS['answer']}")
    assert data["custom"]["notice"] in answer.locator(".notice").inner_text()


def test_keyboard_alone_does_everything(open_page: Opener) -> None:
    page = open_page()
    tab_to(page, "question")
    page.keyboard.type(KINDS["answer"])
    page.keyboard.press("Enter")
    first = page.locator(".turn .answer").first
    expect(first).to_be_visible()
    tab_to(page, "Source", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(first.locator("details[open]")).to_have_count(1)
    tab_to(page, "Copy for the notes")
    page.keyboard.press("Enter")
    expect(first.get_by_role("button", name="Copied")).to_be_visible()
    question = first.locator(".follow-up").first.inner_text()
    tab_to(page, question, key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .question").nth(1)).to_contain_text(question)
    tab_to(page, "Start over", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(0)
    assert focused(page) == "question"


def test_focus_is_visible(open_page: Opener) -> None:
    page = open_page()
    for _ in range(6):
        page.keyboard.press("Tab")
        outline = page.evaluate("""() => {
            let active = document.activeElement;
            while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
            const style = getComputedStyle(active);
            return [style.outlineStyle, parseFloat(style.outlineWidth)];
        }""")
        assert outline[0] == "solid"
        assert outline[1] >= 2, focused(page)


def test_shift_enter_makes_a_new_line(open_page: Opener) -> None:
    page = open_page()
    field(page).type("one")
    field(page).press("Shift+Enter")
    field(page).type("two")
    assert field(page).input_value() == "one\ntwo"
    assert page.locator(".turn").count() == 0


def test_axe_finds_nothing(open_page: Opener) -> None:
    """In light and dark: the welcome, every kind of answer, and an open source."""
    page = open_page(bypass_csp=True)
    problems = accessibility_problems(page)
    for kind, question in KINDS.items():
        answer, data = ask(page, question)
        assert data["custom"]["kind"] == kind
    page.locator("details summary").first.click()
    page.locator(".pitfall details summary").first.click()
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        problems += [f"{colours} {problem}" for problem in accessibility_problems(page)]
    assert problems == []


def test_axe_would_find_something(open_page: Opener) -> None:
    page = open_page(bypass_csp=True)
    page.evaluate("""() => {
        const root = document.querySelector("calciphylaxis-assistant").shadowRoot;
        root.querySelector("label[for=question]").remove();
        root.querySelector("textarea").placeholder = "";
        root.querySelector(".send").style.color = "#0a5a75";
        root.querySelector(".send").innerText = "Ask";
    }""")
    found = " ".join(accessibility_problems(page))
    assert "label-title-only:" in found
    assert "color-contrast:" in found


def test_nothing_scrolls_sideways_at_400_percent(open_page: Opener) -> None:
    page = open_page(viewport=ZOOMED)
    for question in KINDS.values():
        ask(page, question)
    for source in page.locator("details summary").all():
        source.click()
    wide = page.evaluate("""() => {
        const root = document.querySelector("calciphylaxis-assistant").shadowRoot;
        const shown = [...root.querySelectorAll("*")].filter((element) => !element.closest(".hidden, .asked"));
        const wide = shown.filter((element) => element.getBoundingClientRect().right > innerWidth);
        return [document.documentElement.scrollWidth > innerWidth, wide.map((element) => element.outerHTML)];
    }""")
    assert wide == [False, []]
    field(page).scroll_into_view_if_needed()
    expect(field(page)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE, "has_touch": True}, {"viewport": ZOOMED}], ids=str)
def test_targets_are_large_enough(open_page: Opener, options: dict[str, Any]) -> None:
    page = open_page(**options)
    replace(page, "settings", lambda settings: {**settings, "marks": MARKS})
    page.reload()
    for question in KINDS.values():
        ask(page, question)
    page.get_by_role("button", name="Wrong").first.click()
    expect(page.locator(".remark")).to_be_visible()
    targets = page.locator("button, summary, textarea, select, input, a").all()
    assert len(targets) > 10
    sizes = [(target.inner_text(), target.bounding_box()) for target in targets]
    assert [name for name, box in sizes if box and min(box["width"], box["height"]) < LEAST_TARGET] == []


def test_a_screen_reader_hears_progress_and_answer(open_page: Opener) -> None:
    page = open_page()
    log = page.get_by_role("log")
    assert log.get_attribute("aria-live") == "polite"
    log.evaluate("""(log) => {
        window.heard = [];
        const hear = ({ addedNodes }) => addedNodes.forEach((node) => window.heard.push(node.textContent));
        new MutationObserver((changes) => changes.forEach(hear)).observe(log, { childList: true });
    }""")
    held: list[Route] = []
    page.route("**/webhooks/page/messages", lambda route: held.append(route))
    page.clock.install()
    field(page).fill(KINDS["answer"])
    field(page).press("Enter")
    status = page.get_by_role("status")
    expect(status).to_have_text("Looking it up…")
    expect(page.locator(".working")).to_be_visible()
    page.clock.fast_forward(5000)
    expect(status).to_have_text("Still looking it up…", timeout=PATIENCE_MS)
    held[0].continue_()
    expect(page.locator(".turn .answer")).to_be_visible()
    statement = page.locator(".key").inner_text()
    heard = page.evaluate("() => window.heard.join(' ')")
    assert statement in " ".join(heard.split())
    assert page.locator(".working").count() == 0


def test_no_other_host_and_nothing_against_the_policy(open_page: Opener, bot: RunningBot) -> None:
    page = open_page()
    for question in KINDS.values():
        ask(page, question)
    page.locator("details summary").first.click()
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".turn")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert page.log.lines == []
    assert page.evaluate("() => window.refused") == []
    assert page.log.hosts == {urlsplit(bot.address.url).netloc}
    # And that both would have been noticed:
    page.evaluate("() => fetch('http://127.0.0.2:9/').catch(() => {})")
    page.evaluate("""() => {
        const script = document.createElement("script");
        try { script.src = "http://127.0.0.2:9/x.js"; document.head.append(script); } catch { }
    }""")
    assert {"connect-src", "require-trusted-types-for"} <= set(page.evaluate("() => window.refused"))
    assert page.log.lines


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 800}], ids=["phone", "desktop"])
def test_dark_is_dark_and_light_is_light(open_page: Opener, viewport: dict[str, int]) -> None:
    brightness = {}
    for colours in ("light", "dark"):
        page = open_page(viewport=viewport, color_scheme=colours)
        ask(page, KINDS["answer"])
        colour = page.locator(".answer").evaluate("(card) => getComputedStyle(card).backgroundColor")
        brightness[colours] = sum(int(part) for part in colour[4:-1].split(","))
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert brightness["light"] > 700
    assert brightness["dark"] < 150


def test_start_over_leaves_nothing_behind(open_page: Opener) -> None:
    page = open_page()
    asked = senders(page)
    ask(page, KINDS["answer"])
    _, data = ask(page, "for how long?")
    assert data["custom"]["understood"]["assumed"]
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".welcome")).to_be_visible()
    _, data = ask(page, "for how long?")
    assert data["custom"]["understood"]["assumed"] == []
    assert asked[0] == asked[1] != asked[2]


def test_a_conversation_is_as_long_as_its_screen(open_page: Opener) -> None:
    """Whoever comes to the same browser, or tab, does not go on with what somebody else has asked."""
    page = open_page()
    asked = senders(page)
    ask(page, KINDS["answer"])
    page.reload()
    _, data = ask(page, "for how long?")
    assert data["custom"]["understood"]["assumed"] == []
    other = page.context.new_page()
    other.goto(page.url)
    asked_there = senders(other)
    ask(other, "for how long?")
    every = [*asked, *asked_there]
    assert len(set(every)) == len(every) == 3
    assert page.evaluate("() => sessionStorage.length + localStorage.length + document.cookie.length") == 0


def test_copy_for_the_notes(open_page: Opener) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    question = f"Mrs Zqpatientx asks: {with_figures().question}"
    answer, data = ask(page, question)
    answer.get_by_role("button", name="Copy for the notes").click()
    expect(page.get_by_role("status")).to_have_text("Copied for the notes.")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    custom = data["custom"]
    for fact in (*custom["facts"], *custom["pitfalls"]):
        assert fact["statement"] in copied
        assert fact["source"] in copied
    assert custom["pitfalls"]
    assert "Pitfall:" in copied
    for reference in custom["references"]:
        assert (reference["title"] or f"marker {reference['marker']}").rstrip(".") in copied
    for part in custom["document"].values():
        assert part in copied
    assert "Zqpatientx" not in copied
    assert question not in copied


def test_without_a_keeper_of_marks_no_mark_is_offered(open_page: Opener) -> None:
    page = open_page()
    replace(page, "settings", lambda settings: {**settings, "marks": [], "roles": []})
    page.reload()
    answer, _ = ask(page, KINDS["answer"])
    assert answer.get_by_role("button", name="Useful").count() == 0
    assert page.get_by_label("I am a").count() == 0


def test_a_mark_is_sent_once_with_its_remark(open_page: Opener) -> None:
    page = open_page(bypass_csp=True)
    replace(page, "settings", lambda settings: {**settings, "marks": MARKS})
    sent: list[dict[str, Any]] = []

    def receive(route: Route) -> None:
        sent.append(route.request.post_data_json)
        route.fulfill(status=503 if len(sent) == 1 else 204, body="")

    page.route("**/webhooks/page/feedback", receive)
    page.reload()
    asked = senders(page)
    answer, _ = ask(page, KINDS["answer"])
    answer.get_by_role("button", name="Incomplete").click()
    assert sent == []
    assert focused(page).startswith("remark-")
    page.keyboard.type("no interval")
    assert accessibility_problems(page) == []
    page.keyboard.press("Enter")
    expect(answer.locator(".failed")).to_be_visible()
    assert accessibility_problems(page) == []
    answer.get_by_role("button", name="Send").click()
    expect(answer.locator(".marked")).to_contain_text("incomplete")
    assert "Marked" in focused(page)
    for gone in (answer.locator(".remark"), answer.get_by_role("button", name="Useful")):
        expect(gone).to_have_count(0)
    refusal, _ = ask(page, KINDS["out_of_scope"])
    refusal.get_by_role("button", name="Useful").click()
    expect(refusal.locator(".marked")).to_be_visible()
    assert [(mark["mark"], mark["remark"]) for mark in sent[1:]] == [("incomplete", "no interval"), ("useful", "")]
    assert {mark["sender"] for mark in sent} == set(asked)
    assert len({mark["answer"] for mark in sent}) == 2


def test_the_role_is_told_with_the_first_question(open_page: Opener) -> None:
    page = open_page()
    role = {"label": "nurse", "message": "I am a nurse"}
    replace(page, "settings", lambda settings: {**settings, "roles": [role]})
    page.reload()
    told: list[str] = []
    page.on("request", lambda request: told.append((request.post_data_json or {}).get("message", "")))
    page.get_by_label("I am a").select_option(label="nurse")
    page.wait_for_timeout(100)
    assert told == [], "a choice by arrow keys passes every role"
    for _ in range(2):
        ask(page, KINDS["answer"])
    assert told == ["I am a nurse", KINDS["answer"], KINDS["answer"]]


def test_embedded_in_a_page_of_another_origin(open_page: Opener, hospital: Any, bot: RunningBot) -> None:
    page = open_page(hospital.origin, color_scheme="dark")
    answer, data = ask(page, KINDS["answer"])
    assert data["custom"]["kind"] == "answer"
    assert answer.locator(".key").is_visible()
    assert page.log.lines == []
    assert page.evaluate("() => window.refused") == []
    assert page.get_by_role("heading", level=2, name="Ask").count() == 1
    # The hospital's page declares no dark colours, so the element stays light.
    assert answer.evaluate("(card) => getComputedStyle(card).backgroundColor") == "rgb(255, 255, 255)"


def test_pages_of_other_origins_get_the_page_alone(bot: RunningBot, hospital: Any) -> None:
    def may(origin: str, method: str, path: str) -> bool:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        return "access-control-allow-origin" in bot.client.request(method, path, headers=headers).headers

    for method, path in (("OPTIONS", "/webhooks/page/messages"), ("GET", "/webhooks/page/settings")):
        assert may(hospital.origin, method, path)
        assert not may("https://elsewhere.example", method, path)
    for method, path in (("OPTIONS", "/webhooks/rest/webhook"), ("POST", "/webhooks/rest/webhook"), ("GET", "/")):
        assert not may(hospital.origin, method, path)


def test_the_page_answers_as_rest_does(open_page: Opener, bot: RunningBot) -> None:
    for number, question in enumerate(KINDS.values()):
        rest = bot.ask(f"page-rest-{number}", question)
        page = bot.client.post("/webhooks/page/messages", json={"sender": f"{number:032x}", "message": question})
        assert page.json()["custom"] == rest.custom


def test_actions_away(open_page: Opener, bot: RunningBot) -> None:
    page = open_page(bypass_csp=True)
    bot.kill_actions()
    answer, data = ask(page, KINDS["answer"])
    assert data["custom"]["kind"] == "error"
    assert phrases.ERROR in answer.inner_text()
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        assert accessibility_problems(page) == []
    bot.start_actions()
    answer.get_by_role("button", name=KINDS["answer"]).click()
    expect(page.locator(".turn .answer.answer .key")).to_be_visible()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ({"status": 401, "json": {}}, "not signed in"),
        ({"status": 403, "body": "<html>Sign in</html>"}, "not signed in"),
        ({"status": 502, "body": "<html>Bad gateway</html>"}, "cannot be reached"),
        ({"status": 200, "body": "<html>Sign in</html>"}, "cannot be reached"),
        ({"status": 200, "json": []}, "cannot be reached"),
    ],
)
def test_what_a_proxy_says_instead(open_page: Opener, bot: RunningBot, reply: dict[str, Any], words: str) -> None:
    page = open_page()
    page.route("**/webhooks/page/messages", lambda route: route.fulfill(**reply))
    field(page).fill(KINDS["answer"])
    field(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(words)
    assert field(page).input_value() == KINDS["answer"]


def test_opened_without_a_token(open_page: Opener, bot: RunningBot) -> None:
    page = open_page()
    page.route("**/webhooks/page/*", lambda route: route.fulfill(status=401, json={}))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("not signed in")
    expect(page.locator(".status")).to_contain_text("not known")
    page.unroute("**/webhooks/page/*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".review")).to_be_visible()
    expect(page.locator(".problem")).to_have_count(0)


def test_service_away(open_page: Opener, bot: RunningBot) -> None:
    """Last, since it ends the bot."""
    page = open_page(bypass_csp=True)
    _, told = ask(page, KINDS["answer"])
    bot.stop()
    field(page).fill(KINDS["answer"])
    field(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    assert field(page).input_value() == KINDS["answer"]
    assert field(page).is_editable()
    assert page.locator(".turn").count() == 1
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        assert accessibility_problems(page) == []
    # As if it were there again: a new start takes longer than all else here.
    page.route("**/webhooks/page/messages", lambda route: route.fulfill(json=told))
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".turn .key")).to_have_count(2)
    expect(page.locator(".problem")).to_have_count(0)
    assert field(page).input_value() == ""
