// The first call with a new token turns a line green: in front of whoever was shown the token, and on
// the page of its key.

import type { Page } from "@playwright/test";
import { claim, issueKey, issueOverseer, makeWorkspace } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { Streams } from "../harness/streams.ts";
import { examine, expect, test, visit } from "../harness/test.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { KeyPage } from "../pages/key.ts";
import { KeysPage } from "../pages/keys.ts";
import { Reveal } from "../pages/reveal.ts";

const WAITING = "Waiting for the first call with this token…";

test.beforeEach(async ({ keyrack, page }) => {
  await claim(page, keyrack);
  await makeWorkspace(page, keyrack, "production");
});

/** Issues a key from the list and stops in front of its token. */
async function issue(page: Page, name: string): Promise<Reveal> {
  const drawer = new IssueDrawer(page);
  await visit(page, "/keys/new");
  await drawer.name.fill(name);
  await drawer.choose("production");
  await drawer.issue.click();
  const reveal = new Reveal(page);
  await expect(reveal.dialog).toBeVisible();
  return reveal;
}

test("after issuing and after rotating, in the dialog", async ({ keyrack, page }) => {
  const reveal = await issue(page, "ci-deploy");
  await expect(reveal.firstCall).toContainText(WAITING);
  await expect(reveal.firstCall).toContainText("reaches 1 workspace");
  await examine(page);

  await test.step("the first call is told as it happens", async () => {
    expect(await new Rest(keyrack, await reveal.token()).whoami()).toBe(200);
    await expect(reveal.firstCall).toContainText(/First call at \d\d:\d\d:\d\d UTC\./);
    await expect(reveal.firstCall).toHaveClass(/called/);
    await expect(reveal.done, "it is not the proof that it was stored").toBeDisabled();
    await examine(page);
  });

  await test.step("rotated, the new token has a first call of its own", async () => {
    await reveal.finish();
    const key = new KeyPage(page);
    await new KeysPage(page).link("ci-deploy").click();
    await key.rotate.click();
    await key.rotateNow.click();
    await expect(reveal.firstCall).toContainText(WAITING);
    const overseer = await issueOverseer(page, keyrack);
    const gateway = new Rest(keyrack, overseer.token);
    const verdict = await gateway.verify(await reveal.token(), { clientIp: "192.0.2.1" });
    expect(verdict.valid).toBe(true);
    await expect(reveal.firstCall).toContainText("First call at ");
    await reveal.finish();
    await expect(key.usage).toBeVisible();
  });
});

test("on the page of the key; a call that is denied is not the first one", async ({ keyrack, page }) => {
  const { id, token } = await issueKey(page, keyrack, "ci-deploy");
  const overseer = await issueOverseer(page, keyrack);
  const gateway = new Rest(keyrack, overseer.token);
  const key = new KeyPage(page);
  await visit(page, `/keys/${id}`);
  await expect(key.firstCall).toHaveText(WAITING);
  await gateway.verify(token, { permission: "tools:read" });
  await page.setViewportSize({ width: 320, height: 640 });
  await examine(page);
  await expect(key.firstCall).toHaveText(WAITING);
  await gateway.verify(token);
  await expect(key.firstCall).toContainText("First call at ");
  await examine(page);

  await test.step("nothing waits for a key that is refused anyway", async () => {
    const spare = await issueKey(page, keyrack, "spare");
    await page.setViewportSize({ width: 1280, height: 800 });
    await visit(page, `/keys/${spare.id}`);
    await key.disable.click();
    await key.disableNow.click();
    await expect(key.status).toHaveText("Disabled");
    await visit(page, `/keys/${spare.id}`);
    await expect(key.usage).toContainText("Nothing has called with this key yet.");
    await expect(key.firstCall).toHaveCount(0);
  });
});

test("one stream waits for the call, and goes on for the list", async ({ keyrack, page }) => {
  const { id } = await issueKey(page, keyrack, "ci-deploy");
  const streams = new Streams(page);
  await visit(page, `/keys/${id}`);
  await expect(new KeyPage(page).firstCall).toHaveText(WAITING);
  await expect.poll(() => streams.open()).toEqual([`/live?calls=${id}`]);
  await page.locator(".crumb").click();
  await expect(page).toHaveURL("/keys");
  await expect.poll(() => streams.open()).toEqual([expect.stringMatching(/^\/live\?after=\d+$/)]);
});

test("where the server cannot be listened to, nothing else is lost", async ({ page, troubles }) => {
  troubles.allow(/live/);
  await page.route(/\/live\?/, (route) => route.fulfill({ status: 503, body: "" }));
  const reveal = await issue(page, "quiet");
  await expect(reveal.firstCall).toContainText("No call with this token yet.");
  await examine(page);
  await reveal.finish();
  await expect(new KeysPage(page).row("quiet")).toBeVisible();
});
