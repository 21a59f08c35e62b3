// The code of a page comes with the page, and a page whose code does not come still works.

import { claim, makeWorkspace } from "../harness/people.ts";
import { awake, expect, test, visit } from "../harness/test.ts";
import { WorkspacesPage } from "../pages/workspaces.ts";

const CHUNKS = /\/(split|chunk)_\w+\.wasm$/;

test("a page loads its own code, and no more until another is asked for", async ({ keyrack, page }) => {
  await claim(page, keyrack);
  const loaded = new Set<string>();
  page.on("response", (response) => {
    const name = CHUNKS.exec(response.url())?.[0];
    if (name) loaded.add(name);
  });
  await visit(page, "/keys");
  expect(loaded).toContain("/split_keys.wasm");
  expect(loaded).not.toContain("/split_access.wasm");

  await page.evaluate(() => Object.assign(window, { stayed: true }));
  await page.getByRole("link", { name: "Access matrix" }).click();
  await expect(page.getByRole("heading", { name: "Access", level: 1 })).toBeVisible();
  expect(loaded).toContain("/split_access.wasm");
  expect(await page.evaluate(() => "stayed" in window), "no whole new page").toBe(true);
});

test("code that does not come is asked for with a whole page", async ({ keyrack, page, troubles }) => {
  // After an update of the server, the old page asks for code that is there no more.
  troubles.allow(/404|Failed to load|HTTP status|WebAssembly|TypeError/);
  await claim(page, keyrack);
  await visit(page, "/keys");
  await page.evaluate(() => Object.assign(window, { stayed: true }));
  let gone = true;
  await page.route(/\/split_access\.wasm$/, (route) =>
    gone ? route.fulfill({ status: 404, body: "" }) : route.continue(),
  );
  page.once("framenavigated", () => (gone = false));
  await page.getByRole("link", { name: "Access matrix" }).click();
  await expect(page.getByRole("heading", { name: "Access", level: 1 })).toBeVisible();
  await awake(page);
  expect(await page.evaluate(() => "stayed" in window), "a whole new page").toBe(false);
});

test("without its code a page works as it does without scripting", async ({ keyrack, page, troubles }) => {
  troubles.allow(/404|Failed to load|HTTP status|WebAssembly|TypeError|could not be loaded/);
  await claim(page, keyrack);
  await makeWorkspace(page, keyrack, "production");
  await page.route(CHUNKS, (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto("/workspaces/new");
  await new WorkspacesPage(page).name.fill("staging");
  await new WorkspacesPage(page).submit.click();
  await expect(new WorkspacesPage(page).link("staging")).toBeVisible();
});
