// What keys are used for: counted with every verdict, and seen where a key is looked at or given up.

import type { Page } from "@playwright/test";
import { claim, issueKey, issueOverseer, makeWorkspace } from "../harness/people.ts";
import { type Asked, Rest } from "../harness/rest.ts";
import { examine, expect, expectNoSidewaysScroll, type Keyrack, test, visit } from "../harness/test.ts";
import { KeyPage } from "../pages/key.ts";
import { KeysPage } from "../pages/keys.ts";

const CURL: Asked = { clientIp: "192.0.2.1", userAgent: "curl/8.9" };

/** Looks again until what was counted is written down, five seconds later at the most. */
async function seen(page: Page, path: string, look: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.goto(path);
    await look();
  }).toPass({ timeout: 20_000 });
  if (await page.evaluate(() => matchMedia("(scripting: enabled)").matches)) await visit(page, path);
}

/** No table is wider than the box that holds it, which would hide its last columns. */
async function expectUncut(page: Page): Promise<void> {
  const cut = await page.evaluate(() => {
    const boxes = [...document.querySelectorAll(".list-box")];
    return boxes.filter((box) => box.scrollWidth > box.clientWidth).length;
  });
  expect(cut, `tables cut off at ${page.viewportSize()?.width} px`).toBe(0);
}

/** A key in two workspaces, called from two programs, for what it may do and what not. */
async function inUse(page: Page, keyrack: Keyrack) {
  await claim(page, keyrack);
  const production = await makeWorkspace(page, keyrack, "production");
  await makeWorkspace(page, keyrack, "staging");
  const key = await issueKey(page, keyrack, "ci-deploy", [
    ["permission.tools", "manage"],
    ["initialWorkspaceIds", production.id],
  ]);
  const overseer = await issueOverseer(page, keyrack);
  const gateway = new Rest(keyrack, overseer.token);
  const allowed: Asked = { workspaceId: production.id, permission: "tools:read" };
  await gateway.verify(key.token, { ...allowed, clientIp: "2001:db8::7", userAgent: "deploy/1.0" });
  await gateway.verify(key.token, { permission: "memory:read", ...CURL });
  await gateway.verify(key.token, { permission: "memory:read", ...CURL });
  await gateway.verify(key.token, { ...allowed, ...CURL });
  return { key, gateway, production };
}

test("a key in use, on every page that speaks of it", async ({ keyrack, page }) => {
  test.slow();
  const { key } = await inUse(page, keyrack);
  const keys = new KeysPage(page);
  const one = new KeyPage(page);

  await test.step("the list shows thirty days, and the last call with its source", async () => {
    await seen(page, "/keys", () =>
      expect(keys.calls("ci-deploy")).toHaveAccessibleName("4 calls in 30 days", { timeout: 500 }),
    );
    await expect(keys.lastUsed("ci-deploy")).toHaveText(/^just now192\.0\.2\.1$/);
    await examine(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(keys.lastUsed("ci-deploy").locator("time")).toBeVisible();
    await expect(keys.calls("ci-deploy")).toBeHidden();
    await examine(page);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step("the key shows the hours, the sources and what was denied", async () => {
    await visit(page, `/keys/${key.id}`);
    const summary = "4 calls in the last 48 hours, 2 of them denied.";
    await expect(one.hours).toHaveAccessibleName(summary);
    await expect(one.usage).toContainText(`${summary} At most`);
    await expect(one.sources).toHaveText([
      /^192\.0\.2\.1curl\/8\.93 callsjust now$/,
      /^2001:db8::7deploy\/1\.01 calljust now$/,
    ]);
    await expect(one.denials).toHaveText(/The key does not hold the permission\.PERMISSION_MISSING2 calls/);
    await expect(one.useOf("production")).toHaveText("just now · 2 calls");
    await expect(one.firstCall, "it was called").toHaveCount(0);
    await one.usage.getByText("Show by the hour").click();
    await expect(one.usage.getByRole("row").nth(1)).toContainText("UTC");
    await examine(page);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await expectNoSidewaysScroll(page);
    }
    await examine(page);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step("before it is rotated or revoked, what still uses it is named", async () => {
    const said =
      /2 sources in the last day, last call (just now|\d+ min ago) from 192\.0\.2\.1 curl\/8\.9, in production\./;
    await one.rotate.click();
    await expect(one.rotateDialog).toContainText(said);
    await examine(page);
    await visit(page, `/keys/${key.id}/revoke?name=${key.name}`);
    await expect(one.revokeDialog).toContainText(said);
    await expect(one.typedName, "an address types nothing").toHaveValue("");
    await examine(page);
  });
});

test("calls that say not where they come from are a use as well", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  const key = await issueKey(page, keyrack, "ci-deploy", [["permission.tools", "manage"]]);
  const gateway = new Rest(keyrack, (await issueOverseer(page, keyrack)).token);
  const one = new KeyPage(page);
  const revoke = `/keys/${key.id}/revoke`;
  await gateway.verify(key.token, { permission: "memory:read" });
  await seen(page, revoke, () =>
    expect(one.revokeDialog).toContainText("It was called in the last day, and every call was denied.", { timeout: 500 }),
  );
  await gateway.verify(key.token, {});
  await seen(page, revoke, () =>
    expect(one.revokeDialog).toContainText("Still in use, by callers that are not told apart.", { timeout: 500 }),
  );
  await examine(page);
  await visit(page, `/keys/${key.id}`);
  await expect(one.usage).toContainText("Who asked did not say where the calls came from");
  await examine(page);
});

test("the token before, while it is still good", async ({ keyrack, page }) => {
  const { key, gateway } = await inUse(page, keyrack);
  const one = new KeyPage(page);
  const path = `/v1/account/api_keys/${key.id}:rotate`;
  // What is counted by the hour is not looked at while one turns into the next.
  const left = 3_600_000 - (Date.now() % 3_600_000);
  if (left < 120_000) await page.waitForTimeout(left);
  const rotated = await gateway.post(path, { gracePeriod: "86400s" });

  await test.step("whoever still uses it is named, and the new one is waited for", async () => {
    await gateway.verify(key.token, CURL);
    const one_source = "One source still uses the old token: 192.0.2.1 (curl/8.9), just now.";
    await seen(page, `/keys/${key.id}`, () =>
      expect(one.rotation).toContainText("One source still uses", { timeout: 500 }),
    );
    await expect(one.rotation).toContainText(one_source);
    await expect(one.status).toHaveText(/^In grace, (23 h|1 day) left$/);
    await expect(one.rotation.locator("figcaption")).toContainText(`…${key.token.slice(-4)}, `);
    await expect(one.firstCall).toHaveText("Waiting for the first call with this token…");
    await examine(page);
  });

  await test.step("a call with the old token is not the first of the new one", async () => {
    await gateway.verify(key.token, CURL);
    await expect(one.firstCall).toHaveText("Waiting for the first call with this token…");
    await gateway.verify(rotated.spec.token, CURL);
    await expect(one.firstCall).toContainText("First call at ");
  });

  await test.step("both are told apart, on every width", async () => {
    await seen(page, `/keys/${key.id}`, () =>
      expect(one.rotation.locator("figcaption")).toContainText("1 call this hour", { timeout: 500 }),
    );
    for (const width of [1280, 390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await expectNoSidewaysScroll(page);
      await examine(page);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step("extended, and to end when it is quiet", async () => {
    await one.rotation.getByRole("link", { name: "Extend" }).click();
    await one.grace("7 days");
    await one.graceDialog.getByRole("spinbutton", { name: /^End sooner/ }).fill("6");
    await examine(page);
    await one.graceDialog.getByRole("button", { name: "Save" }).click();
    await expect(one.graceDialog).toBeHidden();
    await expect(one.rotation).toContainText("It ends sooner when it was not used for 6 hours.");
    await expect(one.history.first()).toContainText("ends when quiet for 6 hours");
  });

  await test.step("ended now, it is refused", async () => {
    await one.rotation.getByRole("button", { name: "End grace now" }).click();
    await expect(one.rotation).toHaveCount(0);
    await expect(one.status).toHaveText("Active");
    await expect(one.history.first()).toContainText("Ended the token before");
    const verdict = await gateway.verify(key.token, CURL);
    expect(verdict).toMatchObject({ valid: false, code: "REVOKED" });
  });
});

test("a key that nobody uses", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  const { id } = await issueKey(page, keyrack, "spare");
  const keys = new KeysPage(page);
  const one = new KeyPage(page);
  await visit(page, "/keys");
  await expect(keys.lastUsed("spare")).toHaveText("never");
  await expect(keys.row("spare")).toContainText("No calls in 30 days");
  await visit(page, `/keys/${id}`);
  await expect(one.usage).toContainText("Nothing has called with this key yet.");
  await expect(one.usage).toContainText("/v1/whoami");
  await examine(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await examine(page);
  for (const [question, dialog] of [
    ["rotate", one.rotateDialog],
    ["revoke", one.revokeDialog],
  ] as const) {
    await visit(page, `/keys/${id}/${question}`);
    await expect(dialog).toContainText("Nothing has used this key in the last 30 days.");
    await examine(page);
  }
});

test("what programs call themselves is never read as anything else", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  const key = await issueKey(page, keyrack, "hostile");
  const overseer = await issueOverseer(page, keyrack);
  const gateway = new Rest(keyrack, overseer.token);
  const programs = [
    `<script>document.title="owned"</script><img src=x onerror=alert(1)>`,
    "unbreakable".repeat(22),
    "\u202Eyek ypoc مفتاح",
  ];
  for (const userAgent of programs) await gateway.verify(key.token, { clientIp: "192.0.2.1", userAgent });
  await gateway.verify(key.token, { userAgent: programs[1] });
  const one = new KeyPage(page);
  await seen(page, `/keys/${key.id}`, () => expect(one.sources).toHaveCount(4, { timeout: 500 }));
  for (const program of programs) await expect(one.usage).toContainText(program);
  for (const path of ["/keys", `/keys/${key.id}`, `/keys/${key.id}/revoke`]) {
    await visit(page, path);
    expect(await page.locator("main script, main img, dialog script, dialog img").count()).toBe(0);
    for (const width of [1280, 1000, 800, 390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await expectNoSidewaysScroll(page);
      await expectUncut(page);
    }
    await examine(page);
  }
  expect(await page.title()).not.toBe("owned");
});

test("forced colours tell denied calls from others", async ({ keyrack, page }) => {
  const { key } = await inUse(page, keyrack);
  const one = new KeyPage(page);
  await page.emulateMedia({ forcedColors: "active" });
  await seen(page, `/keys/${key.id}`, () => expect(one.hours).toBeVisible({ timeout: 500 }));
  const mark = (name: string) => one.usage.locator(`figcaption i.${name}`).screenshot();
  expect((await mark("allowed")).equals(await mark("denied"))).toBe(false);
});

test.describe("without scripting", () => {
  test.use({ javaScriptEnabled: false });

  test("the same is told", async ({ keyrack, page }) => {
    const { key } = await inUse(page, keyrack);
    const keys = new KeysPage(page);
    const one = new KeyPage(page);
    await seen(page, "/keys", () =>
      expect(keys.calls("ci-deploy")).toHaveAccessibleName("4 calls in 30 days", { timeout: 500 }),
    );
    await expect(keys.lastUsed("ci-deploy")).toContainText("UTC");
    await examine(page);
    await page.goto(`/keys/${key.id}`);
    await expect(one.hours).toBeVisible();
    await expect(one.sources).toHaveCount(2);
    await examine(page);
    await one.revoke.click();
    await expect(one.revokeDialog).toContainText("2 sources in the last day, last call");
    await examine(page);
  });
});
