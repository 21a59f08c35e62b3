// How it looks when there is much to see: both themes, wide and narrow, and for eyes and machines
// that need it otherwise. With SCREENSHOTS=1 the pictures of the README are taken anew.

import type { Page } from "@playwright/test";
import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ADA, invite, issueKey, issueOverseer, join, type Person, signIn } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import {
  examine,
  expect,
  expectNoSidewaysScroll,
  expectReachable,
  test,
  visit,
} from "../harness/test.ts";
import { smaller } from "../harness/picture.ts";
import { AuditPage } from "../pages/audit.ts";
import { ExplainPage } from "../pages/explain.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { KeysPage } from "../pages/keys.ts";
import { Matrix } from "../pages/matrix.ts";
import { Shell } from "../pages/shell.ts";

const PICTURES = resolve(import.meta.dirname, "../../docs/images");

// Hundreds of cells are judged twice.
test.slow();

test.beforeEach(async ({ keyrack, page }) => {
  await keyrack.stop();
  const owner = ["init", "--account", ADA.account, "--email", ADA.email, "--name", ADA.name];
  await keyrack.command([...owner, "--password-stdin"], ADA.passphrase);
  await keyrack.command(["demo"]);
  await keyrack.serve();
  await signIn(page, keyrack, ADA);
});

/** The address of some key of the demo. */
async function aKey(page: Page): Promise<string> {
  await visit(page, "/keys?q=ci-deploy");
  const href = await new KeysPage(page).link("ci-deploy").getAttribute("href");
  return href ?? "";
}

/** Takes a picture of the README anew, where that is asked for. */
async function picture(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== "1") return;
  await page.evaluate(() => document.fonts.ready);
  await mkdir(PICTURES, { recursive: true });
  await writeFile(`${PICTURES}/${name}.png`, smaller(await page.screenshot()));
}

test("a full rack, wide", async ({ page }) => {
  await page.setViewportSize({ width: 1360, height: 860 });
  const key = await aKey(page);
  const explain = `/access/explain?key=${key.slice("/keys/".length)}&permission=tools:read`;
  const people = ["/people", "/people/new", "/account"];
  const paths = ["/workspaces", ...people, key, `${key}/rotate`, "/keys/new", explain, "/access", "/keys"];
  for (const path of paths) {
    await visit(page, path);
    // What the server drew goes when the whole matrix comes.
    if (path === "/access") await new Matrix(page).ready();
    await examine(page);
    const name = { "/access": "access", "/keys": "keys" }[path];
    if (name) await picture(page, name);
  }
  await expect(page.getByRole("row")).not.toHaveCount(1);

  await test.step("the pages of the list lead on and back", async () => {
    const pager = page.getByRole("navigation", { name: "Pages" });
    const names = page.locator("td.c-name a");
    const first = await names.allTextContents();
    await pager.getByRole("link", { name: "Next" }).click();
    await expect(page).toHaveURL(/cursor=/);
    await expect.poll(() => names.allTextContents()).not.toEqual(first);
    const second = await names.allTextContents();
    expect(second.filter((name) => first.includes(name))).toEqual([]);
    await pager.getByRole("link", { name: "Previous" }).click();
    await expect.poll(() => names.allTextContents()).toEqual(first);
  });
});

test("a full rack, narrow", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const key = await aKey(page);
  const explain = `/access/explain?key=${key.slice("/keys/".length)}`;
  const people = ["/people", "/people/new", "/account"];
  const paths = ["/keys", key, `${key}/revoke`, "/keys/new", "/access", explain, "/workspaces", ...people];
  for (const path of paths) {
    await visit(page, path);
    // What the server drew goes when the whole matrix comes.
    if (path === "/access") await new Matrix(page).ready();
    await examine(page);
  }
});

const JONAS: Person = {
  account: ADA.account,
  name: "Jonas Okafor",
  email: "jonas@engines.example",
  passphrase: "four herons on a thursday",
};
const TALA: Person = {
  account: ADA.account,
  name: "Tala Reyes",
  email: "tala@engines.example",
  passphrase: "the kettle sings in march",
};

test("people, the log and the settings, wide and narrow", async ({ keyrack, page, open }) => {
  const [jonas, tala] = [await (await open()).newPage(), await (await open()).newPage()];
  await join(page, jonas, keyrack, JONAS, [["role", "admin"]]);
  await join(page, tala, keyrack, TALA);
  await invite(page, keyrack, "noor@engines.example");
  await issueKey(jonas, keyrack, "fraud-scoring");
  const { id } = await issueKey(tala, keyrack, "mobile-staging");
  const rest = new Rest(keyrack, (await issueOverseer(page, keyrack)).token);
  const { body } = await rest.get("/v1/workspaces?limit=3");
  const places = body.items as { metadata: { id: string } }[];
  const cells = places.map(({ metadata }) => ({ apiKeyId: id, workspaceId: metadata.id, want: true }));
  await rest.post("/v1/account/access:apply", { cells, reason: "the new app goes to staging" });
  await rest.post(`/v1/account/api_keys/${id}:disable`, { reason: "the contract ended" });
  const reader = await issueKey(page, keyrack, "reader", [["permission.api_keys", "read"]]);
  await new Rest(keyrack, reader.token).get("/v1/account/audit_events");
  const audit = new AuditPage(page);
  // Refusals are written down, and the trail is looked through, a moment later.
  await expect(async () => {
    await visit(page, "/audit");
    await expect(audit.refused).toHaveText(/[1-9]/, { timeout: 500 });
    await expect(page.getByText(/^(All|The first [\d,]+) verified$/)).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  for (const [width, height] of [[1440, 900], [390, 844]] as const) {
    await page.setViewportSize({ width, height });
    const wide = width > 1000;
    const look = async (path: string, name?: string) => {
      await visit(page, path);
      await examine(page);
      if (wide && name) await picture(page, name);
    };
    await look("/people", "people");
    await page.getByRole("link", { name: TALA.name }).click();
    await expect(new Shell(page).title(TALA.name)).toBeVisible();
    await examine(page);
    await look("/audit");
    await audit.toggle("Applied 3 changes").click();
    await expect(audit.opened).toBeVisible();
    await examine(page);
    if (wide) await picture(page, "audit");
    await look("/audit?action=api_key.issued&period=all");
    await look("/audit?q=nothing+such");
    await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
    await look("/settings", "settings");
    await look("/account");
  }
});

/** What there is to do on each page can be done. */
async function smoke(page: Page): Promise<void> {
  const drawer = new IssueDrawer(page);
  const matrix = new Matrix(page);
  const primary = (name: string) => page.locator(".page-header").getByRole("link", { name });
  await visit(page, "/keys");
  await expectNoSidewaysScroll(page);
  await expectReachable(primary("Issue key"), new KeysPage(page).search);
  await expectReachable(new Shell(page).place("Access"));
  await visit(page, "/keys/new");
  await expectNoSidewaysScroll(page);
  await expectReachable(drawer.name, drawer.issue, drawer.cancel);
  await matrix.visit();
  await expectNoSidewaysScroll(page);
  const line = matrix.list.getByRole("checkbox").first();
  const cell = matrix.grid.locator(".r:not(.parked) .c .slot").first();
  await expectReachable((await matrix.grid.isVisible()) ? cell : line);
  await visit(page, "/access/explain");
  await expectNoSidewaysScroll(page);
  await expectReachable(new ExplainPage(page).key, new ExplainPage(page).explain);
  await visit(page, "/workspaces");
  await expectNoSidewaysScroll(page);
  await expectReachable(primary("New workspace"));
  await visit(page, "/people");
  await expectNoSidewaysScroll(page);
  await expectReachable(primary("Invite"));
  await visit(page, "/account");
  await expectNoSidewaysScroll(page);
  await expectReachable(page.getByRole("button", { name: "Change passphrase" }));
}

test("320 pixels wide, as at 400 % zoom", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  await smoke(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await smoke(page);
  await visit(page, await aKey(page));
  await examine(page);
});

test("forced colours", async ({ page }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ forcedColors: "active", colorScheme });
    await smoke(page);
  }
  await test.step("granted and not granted are told apart", async () => {
    await page.setViewportSize({ width: 1360, height: 860 });
    await new Matrix(page).visit();
    const on = page.getByRole("grid").locator(".c .slot.on:not(.locked)").first();
    const off = page.getByRole("grid").locator(".c .slot[aria-checked=false]:not(.locked)").first();
    await page.mouse.move(0, 0);
    expect((await on.screenshot()).equals(await off.screenshot())).toBe(false);
  });
});

test("reduced motion", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await smoke(page);
  await visit(page, "/keys");
  await page.keyboard.press("c");
  await expect(new IssueDrawer(page).name).toBeFocused();
  const moving = await page.evaluate(() => {
    const long = (animation: Animation) => {
      const { duration, iterations } = animation.effect?.getTiming() ?? {};
      return Number(duration) > 100 || iterations === Infinity;
    };
    return document.getAnimations().filter(long).length;
  });
  expect(moving, "animations under way").toBe(0);
});
