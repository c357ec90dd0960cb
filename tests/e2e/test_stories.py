"""Each role walks through its story in a whole town, every outside host out of reach."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import PHONE, Visitor
from tests.e2e.served import ServedTown
from tests.e2e.steps import choose_first_place, log_in_resident, log_in_staff, search

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SEARCH = "from=Hauptbahnhof&to={to}&modes=TRANSIT&modes=RENTAL&lang={lang}"


def open_bookable(page: Page) -> None:
    """Open the first itinerary with a leg that is booked here and only a bike."""
    links = page.locator(".itinerary:has(.leg-chip) a").evaluate_all("as => as.map(a => a.href)")
    for link in links:
        page.goto(link)
        text = page.locator(".timeline").inner_text()
        if "Shared bike" in text and "scooter" not in text and "car" not in text:
            return
    pytest.fail("no itinerary with a shared bike")


def ride(page: Page, town: ServedTown) -> None:
    """Book, unlock and give back, from the results page on."""
    open_bookable(page)
    page.get_by_role("link", name="Log in to book").click()
    log_in_resident(page, town)
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator("#trip")).to_contain_text("Booked")
    page.get_by_role("button", name="Unlock and start").click()
    expect(page.locator("#trip")).to_contain_text("On the way")
    page.get_by_role("button", name="End the ride").click()
    expect(page.locator("#trip")).to_contain_text("charged")
    expect(page.locator("#trip")).to_contain_text("€")


def test_a_resident_plans_books_rides_and_sees_it_in_the_own_data(
    town: ServedTown, visitor: Visitor
) -> None:
    page = visitor.page
    search(page, town)
    ride(page, town)
    page.goto(f"{town.cooperative}/my-data?lang=en")
    expect(page.locator("main")).to_contain_text("€")


def test_without_scripts_a_resident_plans_and_books_just_the_same(
    town: ServedTown, browser: Browser
) -> None:
    visitor = Visitor(browser, viewport=PHONE, java_script_enabled=False)
    search(visitor.page, town)
    ride(visitor.page, town)
    visitor.context.close()
    assert visitor.outside_hosts() == set()


def test_without_scripts_one_turns_pages_and_stays_somewhere_on_the_way(
    town: ServedTown, browser: Browser
) -> None:
    visitor = Visitor(browser, viewport=PHONE, java_script_enabled=False)
    page = visitor.page
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    search(page, town, time=f"{tomorrow}T02:00")
    first = page.locator(".itinerary-times").first
    told = [first.inner_text()]
    for _ in range(3):  # the first time over hours without a bus
        page.get_by_role("link", name="Later").click()
        expect(first).not_to_have_text(told[-1])
        told.append(first.inner_text())
    assert len(set(told)) == 4
    assert "pageCursor=" in page.url
    page.locator(".change-search > summary").click()
    page.locator(".more-options > summary").click()
    page.fill("#via", "Nordufer")
    page.fill("#viaStay", "10")
    page.get_by_label("How you walk").select_option("slow")
    page.locator(".search-form button[type=submit]").click()
    choose_first_place(page)
    expect(page.locator(".itinerary").first).to_contain_text("CO₂")
    assert page.input_value("#viaStay") == "10"
    assert page.input_value("#walkProfile") == "slow"
    page.locator(".itinerary a").first.click()
    expect(page.locator(".timeline")).to_contain_text("Nordufer")
    visitor.context.close()


def test_typing_suggests_places_and_the_map_draws_the_ways(
    town: ServedTown, visitor: Visitor
) -> None:
    page = visitor.page
    page.goto(f"{town.platform}/?lang=en")
    page.locator("#from").press_sequentially("Hauptb", delay=30)
    page.locator("#from-list [role=option]", has_text="Hauptbahnhof").first.click()
    assert page.input_value("#from").startswith("Hauptbahnhof")
    assert page.input_value("input[name=fromPlace]")
    page.fill("#to", "Finkensiedlung")
    page.locator(".search-form button[type=submit]").click()
    choose_first_place(page)
    page.wait_for_selector("body[data-idle='1']", state="attached", timeout=60_000)
    assert page.locator(".maplibregl-canvas").count() == 1


def test_the_pages_speak_german_and_fit_a_phone(town: ServedTown, browser: Browser) -> None:
    visitor = Visitor(browser, viewport=PHONE)
    page = visitor.page
    search(page, town, lang="de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("main")).to_contain_text("Einzelheiten und Buchung")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    visitor.context.close()
    assert visitor.outside_hosts() == set()
    assert visitor.faults == []


def test_a_planner_pays_for_a_heatmap_and_sees_it_on_the_towns_own_tiles(
    town: ServedTown, visitor: Visitor
) -> None:
    page = visitor.page
    log_in_staff(page, town, "planner")
    page.goto(f"{town.platform}/planner/heatmap")
    page.locator("main form button").first.click()
    expect(page.locator("main")).to_contain_text("Noise scale")
    expect(page.locator("main")).to_contain_text("left")
    assert page.locator("table tbody tr").count() > 3
    first = page.locator("main").inner_text()
    page.goto(f"{town.platform}/planner/heatmap")
    page.locator("main form button").first.click()
    assert page.locator("main").inner_text() == first  # the same request, the same bytes
    frame = page.frame_locator("iframe").first
    expect(frame.locator("path.leaflet-interactive").first).to_be_attached(timeout=60_000)


def test_an_operator_sees_stock_and_gets_tours_that_were_checked(
    town: ServedTown, visitor: Visitor
) -> None:
    page = visitor.page
    log_in_staff(page, town, "operator")
    page.goto(f"{town.platform}/operator/stock")
    assert page.locator("table tbody tr").count() >= 60
    page.goto(f"{town.platform}/operator/tours")
    page.locator("main form button").first.click()
    expect(page.locator("main")).to_contain_text("checked independently", timeout=60_000)


def test_an_officer_attests_and_the_public_reads_the_ledger(
    town: ServedTown, visitor: Visitor
) -> None:
    page = visitor.page
    page.goto(f"{town.cooperative}/login?lang=en")
    email, password = town.accounts["officer"]
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", password)
    page.locator("main form button").first.click()
    page.goto(f"{town.cooperative}/officers")
    expect(page.locator("main")).to_contain_text("licence")
    page.context.clear_cookies()
    page.goto(f"{town.cooperative}/ledger?lang=en")
    expect(page.locator("main")).to_contain_text("ε")


def test_nobody_reads_what_another_role_may(town: ServedTown, visitor: Visitor) -> None:
    page = visitor.page
    log_in_staff(page, town, "operator")
    answer = page.goto(f"{town.platform}/planner/heatmap")
    assert answer is not None
    assert answer.status == 403
    visitor.faults.clear()  # the browser reports the refusal


def test_the_cooperative_keeps_its_files_from_the_town(town: ServedTown) -> None:
    folder: Path = town.var / "cooperative"
    assert folder.stat().st_mode & 0o077 == 0
