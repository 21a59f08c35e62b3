// What an account decides for itself, and where it is felt.

import type { Page } from "@playwright/test";
import { ADA, claim, issueKey, signIn } from "../harness/people.ts";
import { examine, expect, test, visit } from "../harness/test.ts";
import { IssueDrawer } from "../pages/issue.ts";
import { KeyPage } from "../pages/key.ts";
import { SettingsPage } from "../pages/settings.ts";
import { Shell } from "../pages/shell.ts";

test("how long keys last is decided once, and felt where they are issued", async ({ keyrack, page, troubles }) => {
  troubles.allow(/status of 400/);
  await claim(page, keyrack);
  const settings = new SettingsPage(page);
  const shell = new Shell(page);

  await test.step("what contradicts itself is named", async () => {
    await visit(page, "/keys");
    await new Shell(page).go("s", "/settings");
    await expect(settings.grace).toHaveValue("30");
    await examine(page);
    await settings.longest.fill("90");
    await settings.save.click();
    await expect(settings.usual).toHaveAttribute("aria-invalid", "true");
    await expect(settings.keys).toContainText("keys of which nobody says anything would never expire");
    await examine(page);
  });

  await test.step("saved, it is there after a reload", async () => {
    await settings.usual.fill("14");
    await settings.grace.fill("3600s");
    await settings.save.click();
    await expect(shell.toast("The settings are saved.")).toBeVisible();
    await visit(page, "/settings");
    await expect(settings.usual).toHaveValue("14");
    await expect(settings.longest).toHaveValue("90");
    await expect(settings.grace).toHaveValue("3600s");
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await examine(page);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step("a new key lasts as usual, and never is not offered", async () => {
    await visit(page, "/keys/new");
    const drawer = new IssueDrawer(page);
    const expires = page.getByRole("group", { name: "Expires" });
    await expect(expires.getByRole("radio")).toHaveCount(4);
    await expect(expires.getByRole("radio", { name: "Usual" })).toBeChecked();
    await expect(page.locator(".expiry")).toContainText("let a key last 90 days at most");
    await examine(page);
    await drawer.name.fill("brief");
    await expect(page.locator(".drawer-foot")).toContainText("until");
  });

  await test.step("a grace beyond the limit is refused with what is allowed", async () => {
    const { id } = await issueKey(page, keyrack, "ci-deploy");
    const key = new KeyPage(page);
    await visit(page, `/keys/${id}/rotate`);
    await key.grace("24 hours");
    await key.rotateNow.click();
    await expect(key.rotateDialog).toContainText("Use at most 1 hour (3600s)");
    await examine(page);
  });

  await test.step("every change is in the audit log", async () => {
    await visit(page, "/audit");
    await expect(page.locator("main")).toContainText("Changed the settings of");
  });
});

test.describe("without scripting", () => {
  test.use({ javaScriptEnabled: false });

  test("the same is decided", async ({ keyrack, page, troubles }) => {
    troubles.allow(/status of 400/);
    await claim(page, keyrack);
    const settings = new SettingsPage(page);
    await page.goto("/settings");
    await settings.usual.fill("soon");
    await settings.save.click();
    await expect(settings.usual).toHaveAttribute("aria-invalid", "true");
    await expect(settings.usual).toHaveValue("soon");
    await examine(page);
    await settings.usual.fill("30");
    await settings.save.click();
    await expect(page).toHaveURL("/settings");
    await expect(settings.usual).toHaveValue("30");
    await examine(page);
  });
});

test("what somebody else saved meanwhile stays", async ({ keyrack, page, open }) => {
  await claim(page, keyrack);
  const { id } = await issueKey(page, keyrack, "ci-deploy", [["permission.tools", "manage"]]);
  const other = await (await open()).newPage();
  await signIn(other, keyrack, ADA);

  await test.step("of a key", async () => {
    for (const one of [page, other]) {
      await visit(one, `/keys/${id}`);
      await new KeyPage(one).edit.click();
    }
    const save = async (one: Page) => {
      const { details } = new KeyPage(one);
      await details.getByRole("button", { name: "Save" }).click();
      await expect(new Shell(one).toast(/is saved/)).toBeVisible();
    };
    const tools = (one: Page) => new KeyPage(one).details.getByRole("group", { name: "Tools", exact: true });
    await tools(page).getByRole("radio", { name: "none" }).check({ force: true });
    await save(page);
    await new KeyPage(other).details.getByLabel(/^Labels/).fill("team=billing");
    await save(other);
    await visit(page, `/keys/${id}`);
    await expect(page.getByRole("region", { name: "Permissions" })).toContainText("None");
    await expect(new KeyPage(page).details).toContainText("team=billing");
  });

  await test.step("of the settings", async () => {
    const [mine, theirs] = [new SettingsPage(page), new SettingsPage(other)];
    for (const one of [page, other]) await visit(one, "/settings");
    await mine.grace.fill("5");
    await mine.save.click();
    await expect(new Shell(page).toast(/settings are saved/)).toBeVisible();
    await theirs.usual.fill("60");
    await theirs.save.click();
    await expect(new Shell(other).toast(/settings are saved/)).toBeVisible();
    await expect(theirs.grace).toHaveValue("5");
    await visit(page, "/settings");
    await expect(mine.grace).toHaveValue("5");
    await expect(mine.usual).toHaveValue("60");
    // Saved once more without a reload, each is compared with what was saved last.
    await theirs.usual.fill("");
    const saved = other.waitForResponse((answer) => answer.url().endsWith("/_fn/settings.update"));
    await theirs.save.click();
    expect((await saved).ok()).toBe(true);
    await expect(theirs.usual).toHaveValue("");
    await visit(page, "/settings");
    await expect(mine.usual).toHaveValue("");
  });
});
