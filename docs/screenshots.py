"""Makes the pictures of the README, by living in the playground: `python docs/screenshots.py`."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

HERE = Path(__file__).parent


async def main() -> None:
    """Play one short day and take its picture, on a desk in daylight and on a phone at night."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "playground", "--port", "0"),
        cwd=HERE.parent,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "TIMEZONE": "Europe/Berlin"},
        stdout=PIPE,
    )
    assert process.stdout
    while not (address := re.search(rb"http://[\d.:]+", await process.stdout.readline())):
        pass
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        desk = await browser.new_page(viewport={"width": 1280, "height": 800})
        await desk.goto(address[0].decode())
        await _live(desk)
        await desk.screenshot(path=HERE / "playground.png")
        phone = await browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
        await phone.goto(address[0].decode())
        await phone.get_by_test_id("tab-owner").click()
        await phone.wait_for_timeout(500)
        await phone.screenshot(path=HERE / "phone.png")
        await browser.close()
    process.terminate()
    await process.wait()


async def _live(page: Page) -> None:
    owner, customer, channel = (
        page.get_by_test_id(f"{chat}-messages") for chat in ("owner", "customer", "channel")
    )
    await page.get_by_test_id("owner-start").click()
    await page.get_by_test_id("customer-start").click()
    await _write(page, "owner", "/post Fresh bread from 7 tomorrow 🥐 Rye, spelt or both?")
    post = channel.get_by_test_id("message").filter(has_text="Fresh bread")
    await expect(post).to_be_visible()
    await post.get_by_test_id("message-menu").click()
    await page.get_by_role("menuitemcheckbox", name="React ❤").click()
    await _write(page, "customer", "When do you open?")
    await expect(customer).to_contain_text("9:00–18:00")
    await _write(page, "customer", "My bread arrived broken, I am really disappointed")
    await expect(owner).to_contain_text("is waiting for you")
    await _write(page, "owner", "/schedule friday 17:00 Cinnamon rolls at half price 🎉")
    await expect(owner).to_contain_text("goes to My channel")
    await page.wait_for_timeout(6000)  # the toasts go away


async def _write(page: Page, chat: str, text: str) -> None:
    await page.get_by_test_id(f"{chat}-field").fill(text)
    await page.get_by_test_id(f"{chat}-send").click()
    await page.wait_for_timeout(400)


if __name__ == "__main__":
    asyncio.run(main())
