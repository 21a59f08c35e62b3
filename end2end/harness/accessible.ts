// Accessibility, as far as a program can judge it.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** No violation of any rule of axe, best practices and the size of targets included. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await judged(page);
  const found = violations.map(({ id, help, nodes }) => ({
    rule: `${id}: ${help}`,
    where: nodes.map((node) => node.target.join(" ")),
  }));
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

async function judged(page: Page): ReturnType<AxeBuilder["analyze"]> {
  if (!(await runsScripts(page))) return judgedAsCopy(page);
  // axe has the rule of WCAG 2.2 on the size of targets, and leaves it off.
  const options = {
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations" as const],
  };
  // Legacy only in how it joins frames, of which there are none: it saves opening a page each time.
  return new AxeBuilder({ page }).options(options).setLegacyMode(true).analyze();
}

function runsScripts(page: Page): Promise<boolean> {
  return page.evaluate(() => matchMedia("(scripting: enabled)").matches);
}

/** axe is a script: what a page without scripting shows is judged as a copy in one that has it. */
async function judgedAsCopy(page: Page): ReturnType<AxeBuilder["analyze"]> {
  const dark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const html = (await page.content()).replace(/<script\b.*?<\/script>/gs, "");
  const browser = page.context().browser();
  if (!browser) throw new Error("a page without a browser");
  const viewport = page.viewportSize();
  const context = await browser.newContext({ viewport, javaScriptEnabled: true });
  try {
    const copy = await context.newPage();
    await copy.emulateMedia({ colorScheme: dark ? "dark" : "light" });
    await copy.route(page.url(), (route) => route.fulfill({ body: html, contentType: "text/html" }));
    await copy.goto(page.url());
    await copy.addStyleTag({ content: ".needs-script { display: none !important }" });
    return await judged(copy);
  } finally {
    await context.close();
  }
}
