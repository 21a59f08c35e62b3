// People do not see each other's keys, and do not stumble over each other's acts.

import { ADA, claim, GRACE, issueKey, makeWorkspace, signIn } from "../harness/people.ts";
import { Rest } from "../harness/rest.ts";
import { examine, expect, test, visit } from "../harness/test.ts";
import { KeyPage } from "../pages/key.ts";
import { KeysPage } from "../pages/keys.ts";

test("two owners of two accounts know nothing of each other", async ({
  keyrack,
  page,
  open,
  troubles,
}) => {
  test.slow();
  // A foreign id is answered like one that does not exist; Chromium writes that down.
  troubles.allow(/status of 404/);
  await claim(page, keyrack, ADA);
  // The data belongs to one process at a time.
  await keyrack.stop();
  const words = ["account", "create", "--account", GRACE.account, "--email", GRACE.email];
  await keyrack.command([...words, "--name", GRACE.name, "--password-stdin"], GRACE.passphrase);
  await keyrack.serve();

  const grace = await (await open()).newPage();
  await signIn(grace, keyrack, GRACE);
  const adas = await issueKey(page, keyrack, "difference-engine");
  const adasPlace = await makeWorkspace(page, keyrack, "adas-workshop");
  const graces = await issueKey(grace, keyrack, "nanosecond");
  const gracesPlace = await makeWorkspace(grace, keyrack, "graces-lab");

  const both = [
    { page, own: adas, place: adasPlace, other: graces, otherPlace: gracesPlace },
    { page: grace, own: graces, place: gracesPlace, other: adas, otherPlace: adasPlace },
  ];
  for (const { page, own, place, other, otherPlace } of both) {
    for (const path of ["/keys", `/keys?q=${other.name}`, "/access", "/workspaces", "/keys/new"]) {
      await visit(page, path);
      // The search for the other's key says its name, in the field that was typed into.
      const shown = await page.locator("main").innerText();
      expect(shown, `${path} of ${own.name}`).not.toContain(other.name);
      expect(shown, `${path} of ${own.name}`).not.toContain(otherPlace.name);
    }
    await visit(page, "/keys");
    await expect(new KeysPage(page).row(own.name)).toBeVisible();
    await visit(page, "/workspaces");
    await expect(page.getByRole("link", { name: place.name })).toBeVisible();

    for (const path of [`/keys/${other.id}`, `/keys/${other.id}/rotate`, `/workspaces/${otherPlace.id}`]) {
      const answer = await page.goto(path);
      expect(answer?.status(), path).toBe(404);
      await expect(page.locator("html[data-awake]")).toBeAttached();
      await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
      await expect(page.getByRole("dialog")).toBeHidden();
      expect(await page.content()).not.toContain(other.name);
      await examine(page);
    }
    expect(await new Rest(keyrack, other.token).whoami(), "untouched").toBe(200);
  }
});

test("one revokes what the other has open", async ({ keyrack, page, open, troubles }) => {
  troubles.allow(/status of 404/);
  await claim(page, keyrack);
  const place = await makeWorkspace(page, keyrack, "production");
  const key = await issueKey(page, keyrack, "shared-concern");
  const second = await (await open()).newPage();
  await signIn(second, keyrack, ADA);
  const [here, there] = [new KeyPage(page), new KeyPage(second)];
  await visit(second, `/keys/${key.id}`);
  await there.edit.click();
  await there.details.getByRole("textbox", { name: "What it is for" }).fill("half typed");
  await visit(page, `/keys/${key.id}/revoke`);
  await here.revokeForGood.click();
  await expect(page).toHaveURL("/keys");

  await test.step("granting says what happened, and turns back", async () => {
    await there.workspace(place.name).click();
    await expect(there.reach.getByRole("alert")).toContainText("no such key");
    await expect(there.workspace(place.name)).toHaveAttribute("aria-pressed", "false");
    await examine(second);
  });

  await test.step("saving says it, and keeps what was typed", async () => {
    await there.details.getByRole("button", { name: "Save" }).click();
    await expect(there.details.getByRole("alert")).toBeVisible();
    await expect(there.details.getByRole("textbox", { name: "What it is for" })).toHaveValue("half typed");
  });

  await test.step("disabling and rotating say it", async () => {
    await there.disable.click();
    await there.disableNow.click();
    await expect(there.disableDialog.getByRole("alert")).toBeVisible();
    await second.keyboard.press("Escape");
    await expect(there.disableDialog).toBeHidden();
    await there.rotate.click();
    await there.rotateNow.click();
    await expect(there.rotateDialog.getByRole("alert")).toBeVisible();
    await examine(second);
    await second.keyboard.press("Escape");
    await expect(there.rotateDialog).toBeHidden();
  });

  await test.step("a reload finds what is left of it", async () => {
    await visit(second, `/keys/${key.id}`);
    await expect(there.status).toHaveText("Revoked");
    await expect(there.rotate).toHaveCount(0);
  });
});
