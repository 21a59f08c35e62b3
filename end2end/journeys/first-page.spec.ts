import { expect, expectAccessible, test } from "../harness/test.ts";

test("a fresh Keyrack is alive and invites its owner", async ({ keyrack, page, request }) => {
  expect((await request.get("/healthz")).status()).toBe(200);
  expect(await keyrack.setupCode()).not.toBe("");

  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectAccessible(page);
});

test("without scripting the first page is whole", async ({ open }) => {
  const context = await open({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("button").first()).toBeVisible();
});
