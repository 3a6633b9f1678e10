"""A newcomer's first five minutes: `python -m bot`, a browser, and nothing else."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).parents[1]


@asynccontextmanager
async def playground(folder: Path) -> AsyncIterator[str]:
    """Start the program as `make run` does, in a folder without `.env`; give its address."""
    process: Process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "playground",
        "--port",
        "0",
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=PIPE,
    )
    assert process.stdout
    try:
        async with asyncio.timeout(30):
            while not (found := re.search(rb"http://[\d.:]+", await process.stdout.readline())):
                pass
        yield found[0].decode()
    finally:
        process.terminate()
        assert await process.wait() == 0


async def write(page: Page, chat: str, text: str) -> None:
    await page.get_by_test_id(f"{chat}-field").fill(text)
    await page.get_by_test_id(f"{chat}-send").click()


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
async def test_a_newcomer_lives_the_whole_product(tmp_path: Path) -> None:
    async with playground(tmp_path) as address, async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await page.goto(address)
        owner, customer, channel = (
            page.get_by_test_id(f"{chat}-messages") for chat in ("owner", "customer", "channel")
        )

        # The owner starts, and a customer gets an answer.
        await page.get_by_test_id("owner-start").click()
        await expect(owner).to_contain_text("This is your desk")
        await page.get_by_test_id("customer-start").click()
        await expect(customer.get_by_test_id("message")).to_have_count(2)
        await write(page, "customer", "When do you open?")
        await expect(customer).to_contain_text("9:00–18:00")

        # The unhappy one arrives at the owner, who answers with one tap.
        await write(page, "customer", "My order never arrived, this is terrible!")
        await expect(owner).to_contain_text("Customer 1 is waiting for you")
        await owner.get_by_role("button", name="Send it").click()
        await expect(owner).to_contain_text("You answered")
        await expect(customer).to_contain_text("Could you send me the order number")

        # A scheduled post appears in the channel on time, is liked, and is counted.
        await write(page, "owner", "/schedule in 2 seconds Fresh bread from 7")
        await expect(owner).to_contain_text("goes to My channel")
        post = channel.get_by_test_id("message").filter(has_text="Fresh bread from 7")
        await expect(post).to_be_visible(timeout=10_000)
        await post.get_by_test_id("message-menu").click()
        await page.get_by_role("menuitemcheckbox", name="React 👍").click()
        await expect(post.get_by_test_id("reaction")).to_contain_text("1")
        await write(page, "owner", "/insights")
        await expect(owner).to_contain_text("Fresh bread from 7 — 👍 1 💬 0", timeout=15_000)
        await expect(owner).to_contain_text("Answered by me: 1")
        await expect(owner).to_contain_text("Handed to you: 1")
        await browser.close()
