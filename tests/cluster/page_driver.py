"""A person at the page, played by headless Chromium: run in the cluster's network, prints what was seen as JSON.

Usage: page_driver.py URL DIRECTORY < token          screenshots go to DIRECTORY
Law: no assertion here; test_page.py judges.
"""

import json
import sys
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900")
STORED = "return [localStorage.length, sessionStorage.length, document.cookie]"
WIDTHS = "return [document.documentElement.scrollWidth, innerWidth]"
DARK = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}


def open_browser() -> webdriver.Chrome:
    """Debian's Chromium, without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for argument in ARGUMENTS:
        options.add_argument(argument)
    return webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))


def visit(browser: webdriver.Chrome, url: str, token: str, directory: Path) -> dict[str, Any]:
    """Open the page, read it, send a ping with ``token`` by the keyboard alone, then make the window narrow and dark."""
    seen: dict[str, Any] = {}
    browser.get(url)
    wait = WebDriverWait(browser, 60)
    wait.until(lambda one: one.find_elements(By.CSS_SELECTOR, ".opblock"))
    seen["title"] = browser.find_element(By.TAG_NAME, "h1").text
    seen["versions"] = [option.text for option in browser.find_elements(By.CSS_SELECTOR, "#version option")]
    seen["operations"] = [path.text for path in browser.find_elements(By.CSS_SELECTOR, ".opblock-summary-path")]
    seen["light"] = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    browser.save_screenshot(str(directory / "docs.png"))
    browser.find_element(By.ID, "token").send_keys(token)
    block = next(
        one
        for one in browser.find_elements(By.CSS_SELECTOR, ".opblock")
        if one.get_attribute("id").endswith("_get_ping")
    )
    press(browser, block.find_element(By.CSS_SELECTOR, ".opblock-summary-control"))
    wait.until(lambda _: block.find_elements(By.CSS_SELECTOR, "button.execute"))
    press(browser, block.find_element(By.CSS_SELECTOR, "button.execute"))
    wait.until(lambda _: block.find_elements(By.CSS_SELECTOR, ".live-responses-table .response-col_status"))
    seen["status"] = block.find_element(By.CSS_SELECTOR, ".live-responses-table .response .response-col_status").text
    seen["answer"] = block.find_element(By.CSS_SELECTOR, ".live-responses-table .response .highlight-code").text
    seen["token_shown"] = token in browser.find_element(By.TAG_NAME, "body").text
    browser.execute_script("arguments[0].scrollIntoView()", block)
    browser.save_screenshot(str(directory / "docs-ping.png"))
    seen["stored"] = browser.execute_script(STORED)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", DARK)
    browser.set_window_size(500, 900)
    seen["widths"] = browser.execute_script(WIDTHS)
    seen["dark"] = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    browser.save_screenshot(str(directory / "docs-narrow-dark.png"))
    seen["complaints"] = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    seen["asked"] = list_requests(browser)
    return seen


def press(browser: webdriver.Chrome, element: WebElement) -> None:
    """Reach an element by focus and press Enter: no mouse."""
    browser.execute_script("arguments[0].focus()", element)
    browser.switch_to.active_element.send_keys(Keys.ENTER)


def list_requests(browser: webdriver.Chrome) -> list[str]:
    """Every URL that the browser asked for."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]


if __name__ == "__main__":
    chromium = open_browser()
    try:
        print(json.dumps(visit(chromium, sys.argv[1], sys.stdin.read().strip(), Path(sys.argv[2]))))
    finally:
        chromium.quit()
