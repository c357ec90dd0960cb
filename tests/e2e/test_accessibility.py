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
