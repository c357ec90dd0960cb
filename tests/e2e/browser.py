"""Chromium as residents and staff use it, with every outside host out of reach."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

OFFLINE = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
FLAGS = [
    f"--host-resolver-rules={OFFLINE}",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "Chromium is missing: ./test installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """One person at a browser; remembers each fault a page shows and each host it asks."""

    def __init__(self, browser: Browser, **options: object) -> None:
        self.context: BrowserContext = browser.new_context(locale="en-GB", **options)  # type: ignore[arg-type]
        self.context.set_default_timeout(20_000)
        self.faults: list[str] = []
        self.hosts: set[str] = set()
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._listen)
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))

    def _listen(self, message: object) -> None:
        if getattr(message, "type", "") == "error":
            self.faults.append(f"console: {getattr(message, 'text', '')}")

    def outside_hosts(self) -> set[str]:
        """List the hosts asked for that are not this machine."""
        return {h for h in self.hosts if h.split(":")[0] not in ("localhost", "127.0.0.1", "")}
