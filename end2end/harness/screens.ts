// A screen as the console's rules want it, whatever is on it.

import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import { expectAccessible } from "./accessible.ts";

/** Opens a page and waits until its handlers are in place. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await awake(page);
}

/** Loads the page once more and waits until its handlers are in place: what is pressed before is lost. */
export async function reload(page: Page): Promise<void> {
  await page.reload();
  await awake(page);
}

/** Waits until the page that the server rendered is taken over. */
export async function awake(page: Page): Promise<void> {
  await page.locator("html[data-awake]").waitFor({ state: "attached" });
}

/** Keeps what is asked for at these addresses from the server until it is let go. */
export async function hold(page: Page, addresses: string): Promise<{ asked: () => number; letGo: () => void }> {
  let asked = 0;
  let letGo = () => {};
  const held = new Promise<void>((go) => (letGo = go));
  await page.route(addresses, async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  return { asked: () => asked, letGo };
}

/** Accessible in light and in dark, and no wider than the window. */
export async function examine(page: Page): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await expectAccessible(page);
  }
  await expectNoSidewaysScroll(page);
}

/** Nothing makes the page, or a dialog over it, scroll sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wider = await page.evaluate(() => {
    const frames = [document.documentElement, ...document.querySelectorAll("dialog[open]")];
    return frames
      .filter((frame) => frame.scrollWidth > frame.clientWidth)
      .map((frame) => `${frame.tagName}#${frame.id}: ${frame.scrollWidth} > ${frame.clientWidth}`);
  });
  const width = page.viewportSize()?.width;
  expect(wider, `wider than ${width} px at ${page.url()}`).toEqual([]);
}

/** In the window, whole, without scrolling sideways. */
export async function expectReachable(...things: Locator[]): Promise<void> {
  for (const thing of things) {
    await thing.scrollIntoViewIfNeeded();
    await expect(thing).toBeInViewport({ ratio: 0.99 });
  }
}

/** Colours are judged when they have stopped fading. Asked from here: without scripting a page cannot wait. */
export async function settled(page: Page): Promise<void> {
  const fading = () =>
    page.evaluate(() => {
      const ends = (one: Animation) => one.effect?.getTiming().iterations !== Infinity;
      return document.getAnimations().filter((one) => one.playState === "running" && ends(one)).length;
    });
  await expect.poll(fading, { message: "transitions under way", intervals: [20, 50] }).toBe(0);
}

/** What is on the clipboard, pasted as a person would: the console's own pages may not read it. */
export async function pasted(context: BrowserContext): Promise<string> {
  const page = await context.newPage();
  await page.setContent("<textarea aria-label=paste></textarea>");
  await page.getByLabel("paste").focus();
  await page.keyboard.press("Control+V");
  const text = await page.getByLabel("paste").inputValue();
  await page.close();
  return text;
}
