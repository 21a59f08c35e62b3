// Two people on one matrix: changes as they happen, conflicts, streams that drop, who is here.

import type { Page } from "@playwright/test";
import { ADA, signIn } from "../harness/people.ts";
import { furnish } from "../harness/rack.ts";
import { hide, Streams } from "../harness/streams.ts";
import { examine, expect, type Keyrack, test } from "../harness/test.ts";
import { Matrix } from "../pages/matrix.ts";
import { Shell } from "../pages/shell.ts";

type Open = () => Promise<{ newPage: () => Promise<Page> }>;

/** Two pages on the same matrix. */
async function together(page: Page, keyrack: Keyrack, open: Open) {
  const furnished = await furnish(page, keyrack);
  const second = await (await open()).newPage();
  await signIn(second, keyrack, ADA);
  const [here, there] = [new Matrix(page), new Matrix(second)];
  await here.visit();
  await there.visit();
  return { ...furnished, here, there, second };
}

test("what one applies the other sees at once; different cells merge", async ({ keyrack, page, open }) => {
  const { here, there, reach } = await together(page, keyrack, open);
  await here.cell("one", "prod-eu").click();
  await there.cell("one", "lab").click();
  await here.apply();
  await there.expectGranted(there.cell("one", "prod-eu"), true);
  await there.expectStaged(there.cell("one", "lab"), "will be granted");
  await there.apply();
  await here.expectGranted(here.cell("one", "lab"), true);
  expect(await reach("one")).toEqual(["lab", "prod-eu"]);
});

test("a change by somebody else is marked", async ({ keyrack, page }) => {
  const { grant } = await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await matrix.visit();
  await grant("two", "lab");
  const cell = matrix.cell("two", "lab");
  await expect(cell).toHaveClass(/fresh/);
  await expect(cell).toHaveAttribute("aria-description", "just changed by somebody else");
  await cell.hover();
  await expect(matrix.card).toContainText("Granted just now by");
  await examine(page);
});

test("what happened while nobody looked is there when somebody does", async ({ keyrack, page }) => {
  const { grant } = await furnish(page, keyrack);
  const streams = new Streams(page);
  const matrix = new Matrix(page);
  await matrix.visit();
  await grant("one", "lab");
  await expect(matrix.cell("one", "lab")).toHaveClass(/fresh/);
  await hide(page, true);
  await expect.poll(() => streams.open()).toEqual([]);
  await grant("two", "lab");
  await hide(page, false);
  await expect(matrix.cell("two", "lab")).toHaveClass(/fresh/);
});

test("a conflict shows both sides, and nothing else is lost", async ({ keyrack, page, troubles }) => {
  troubles.allow(/status of 4\d\d/);
  const { grant, ungrant, reach } = await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await matrix.visit();
  // Staged, granted by somebody else, and taken back by them: now it is not what was wanted.
  await matrix.cell("one", "prod-eu").click();
  await matrix.cell("two", "lab").click();
  await grant("one", "prod-eu");
  await expect(matrix.cell("one", "prod-eu")).toHaveClass(/fresh/);
  await ungrant("one", "prod-eu");
  await expect(matrix.refused).toContainText("The review shows both sides");
  await matrix.bar.getByRole("button", { name: "Review and apply" }).click();
  const conflict = matrix.review.locator(".conflict");
  await expect(conflict).toContainText("one → prod-eu");
  await examine(page);
  await conflict.getByRole("button", { name: "Take mine" }).click();
  await expect(conflict).toBeHidden();
  await matrix.review.getByRole("button", { name: "Apply 2 changes" }).click();
  await expect(matrix.review).toBeHidden();
  expect(await reach("one")).toEqual(["prod-eu"]);
  expect(await reach("two")).toEqual(["lab"]);
});

test("a stream that drops resumes, and misses nothing", async ({ keyrack, page, troubles }) => {
  troubles.allow(/Failed to load resource|ERR_/);
  const { grant, ungrant } = await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await matrix.visit();
  await grant("one", "lab");
  await matrix.expectGranted(matrix.cell("one", "lab"), true);
  await page.context().setOffline(true);
  // What is under way is cut off too, as it is when a train enters a tunnel.
  await keyrack.stop();
  await keyrack.serve();
  await grant("two", "lab");
  await grant("three", "prod-eu");
  await ungrant("one", "lab");
  await page.context().setOffline(false);
  await expect(matrix.cell("two", "lab")).toHaveAttribute("aria-checked", "true");
  await expect(matrix.cell("three", "prod-eu")).toHaveAttribute("aria-checked", "true");
  await expect(matrix.cell("one", "lab")).toHaveAttribute("aria-checked", "false");
});

test("a key revoked by somebody else while its row is being edited", async ({ keyrack, page }) => {
  const { rest, keys, reach } = await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await matrix.visit();
  await matrix.cell("one", "prod-eu").click();
  await matrix.cell("two", "prod-eu").click();
  await rest.remove(`/v1/account/api_keys/${keys.get("one")?.id}`);
  await expect(matrix.refused).toContainText("one was revoked. 1 change is not staged any more.");
  await expect(matrix.cell("one", "prod-eu")).toHaveAttribute("aria-disabled", "true");
  await matrix.expectSum(/\+1\s*−0\s*1 key, 1 workspace/);
  await matrix.apply();
  expect(await reach("two")).toEqual(["prod-eu"]);
});

test("staged work survives a reload, and is undone after it", async ({ keyrack, page }) => {
  await furnish(page, keyrack);
  const matrix = new Matrix(page);
  await matrix.visit();
  await matrix.cell("one", "prod-eu").click();
  await matrix.cell("two", "lab").click();
  await expect
    .poll(() => page.evaluate(() => Object.keys(sessionStorage).some((name) => name.startsWith("keyrack.staged."))))
    .toBe(true);
  await matrix.reload();
  await matrix.expectStaged(matrix.cell("one", "prod-eu"), "will be granted");
  await matrix.expectSum(/\+2\s*−0/);
  await page.keyboard.press("Control+z");
  await matrix.expectSum(/\+1\s*−0/);
  await matrix.expectGranted(matrix.cell("two", "lab"), false);
  // Discarded, it does not come back, however soon one goes elsewhere.
  await matrix.bar.getByRole("button", { name: "Discard" }).click();
  await new Shell(page).place("Keys").click();
  await expect(new Shell(page).title("Keys")).toBeVisible();
  await new Shell(page).place("Access").click();
  await matrix.ready();
  await matrix.expectGranted(matrix.cell("one", "prod-eu"), false);
  await expect(matrix.bar).toBeHidden();
});

test("who else is here, and on which cell", async ({ keyrack, page, open }) => {
  const { here, there, second, keys, workspaces } = await together(page, keyrack, open);
  await expect(page.locator(".company")).toHaveText(/Ada Lovelace is here/);
  const guest = page.locator(".guest:not([hidden])");
  const expectOn = async (key: string, workspace: string) => {
    await there.cell(key, workspace).click();
    await expect(guest).toHaveAttribute("data-name", "Ada Lovelace");
    await expect
      .poll(async () => {
        const [on, cell] = [await guest.boundingBox(), await here.cell(key, workspace).boundingBox()];
        return Math.hypot((on?.x ?? 0) - (cell?.x ?? 99), (on?.y ?? 0) - (cell?.y ?? 99));
      })
      .toBeLessThan(3);
  };
  await expectOn("three", "lab");
  await examine(page);
  await test.step("where rows and columns stay in sight as well", async () => {
    await here.visit(`?key=${keys.get("three")?.id}&workspace=${workspaces.get("lab")?.id}`);
    await expectOn("three", "lab");
    await expectOn("three", "prod-eu");
    await expectOn("two", "lab");
    await expectOn("two", "prod-eu");
  });
  await second.close();
  await expect(guest).toBeHidden();
});

