"""No page has a barrier that axe-core finds (WCAG 2.2 A and AA, good practice), wide or narrow."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browser import DESKTOP, PHONE, Visitor
from tests.e2e.served import ServedTown
from tests.e2e.steps import log_in_resident, log_in_staff, search

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """rules => axe.run(document, {runOnly: {type: "tag", values: rules}}).then(
    result => result.violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`))"""
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


def barriers(page: Page) -> list[str]:
    """Name the rules a page breaks, each with the first element that breaks it."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text("utf-8") + "; null")
    return [f"{page.url} {found}" for found in page.evaluate(RUN, RULES)]


def test_a_barrier_is_found(visitor: Visitor) -> None:
    visitor.page.set_content("<html><title>x</title><main><img src='data:,'></main></html>")
    assert any("image-alt" in found for found in barriers(visitor.page))
    visitor.faults.clear()


@SIZES
def test_planning_a_trip_has_no_barriers(
    town: ServedTown, browser: Browser, size: dict[str, int]
) -> None:
    visitor = Visitor(browser, viewport=size)
    page = visitor.page
    page.goto(f"{town.platform}/?lang=en")
    found = barriers(page)
    search(page, town)
    found += barriers(page)
    page.goto(page.locator(".itinerary a").first.evaluate("a => a.href"))
    found += barriers(page)
    visitor.context.close()
    assert found == []


@SIZES
def test_the_cooperative_and_ones_own_pages_have_no_barriers(
    town: ServedTown, browser: Browser, size: dict[str, int]
) -> None:
    visitor = Visitor(browser, viewport=size)
    page = visitor.page
    found = []
    for path in ("/", "/register", "/recover", "/ledger", "/login"):
        page.goto(f"{town.cooperative}{path}?lang=en")
        found += barriers(page)
    log_in_resident(page, town)
    for path in ("/account", "/my-data", "/consents"):
        page.goto(f"{town.cooperative}{path}?lang=en")
        found += barriers(page)
    page.goto(f"{town.platform}/login?next=/trips")
    found += barriers(page)
    assert page.url.endswith("/trips")
    visitor.context.close()
    assert found == []


@pytest.mark.parametrize(
    ("role", "path"),
    [("planner", "/planner/heatmap"), ("operator", "/operator/stock"), ("crew", "/operator/tours")],
)
def test_the_pages_of_staff_have_no_barriers(
    town: ServedTown, visitor: Visitor, role: str, path: str
) -> None:
    log_in_staff(visitor.page, town, role)
    visitor.page.goto(f"{town.platform}{path}?lang=en")
    assert visitor.page.url.split("?")[0].endswith(path)
    assert barriers(visitor.page) == []


def test_the_name_of_a_route_can_be_read_on_every_colour(
    town: ServedTown, visitor: Visitor
) -> None:
    visitor.page.goto(f"{town.platform}/")
    steps = (0, 51, 102, 153, 204, 255)
    colours = [f"#{r:02x}{g:02x}{b:02x}" for r in steps for g in steps for b in steps]
    chosen = visitor.page.evaluate(
        "async colours => { const { readable } = await import('/static/js/colour.js');"
        " return colours.map(colour => readable(colour, '#ffffff')); }",
        colours,
    )
    assert min(map(contrast, colours, chosen)) >= 4.5


def contrast(one: str, other: str) -> float:
    """Contrast of two colours after WCAG 2.2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return float(sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))
