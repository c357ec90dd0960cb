"""Steps that several walks through a town share."""

from playwright.sync_api import Page, expect

from tests.e2e.served import ServedTown


def search(page: Page, town: ServedTown, lang: str = "en", time: str = "") -> None:
    """Search from the main station to the stop farthest down the list of places.

    ``time`` is local, ``YYYY-MM-DDTHH:MM``; without it, now.
    """
    page.goto(f"{town.platform}/?lang={lang}")
    page.fill("#from", "Hauptbahnhof")
    page.fill("#to", "Finkensiedlung")
    if time:
        page.fill("#time", time)
    page.locator(".search-form button[type=submit]").click()
    choose_first_place(page)
    expect(page.locator(".itinerary").first).to_be_visible()


def choose_first_place(page: Page) -> None:
    """Take the first place wherever the form asks which one is meant."""
    while page.locator(".did-you-mean a").count():
        page.locator(".did-you-mean a").first.click()


def log_in_resident(page: Page, town: ServedTown) -> None:
    email, password = town.accounts["resident"]
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", password)
    page.locator("main form button").first.click()


def log_in_staff(page: Page, town: ServedTown, role: str) -> None:
    name, password = town.accounts[role]
    page.goto(f"{town.platform}/staff/login?lang=en")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.locator("main form button").first.click()
