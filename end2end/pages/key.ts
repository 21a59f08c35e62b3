// The page of one key, and the questions over it.

import type { Locator, Page } from "@playwright/test";

export class KeyPage {
  readonly rotate: Locator;
  readonly disable: Locator;
  readonly enable: Locator;
  readonly revoke: Locator;
  readonly status: Locator;
  readonly history: Locator;
  readonly reach: Locator;
  readonly usage: Locator;
  readonly sources: Locator;
  readonly denials: Locator;
  readonly firstCall: Locator;
  readonly explain: Locator;
  readonly edit: Locator;
  readonly details: Locator;
  readonly rotateDialog: Locator;
  readonly revokeDialog: Locator;
  /** Where the name of a key that was used lately is typed, before it is revoked. */
  readonly typedName: Locator;
  readonly disableDialog: Locator;
  readonly graceDialog: Locator;
  /** The panel of a rotation in progress. */
  readonly rotation: Locator;

  constructor(readonly page: Page) {
    const actions = page.locator(".page-header .actions");
    this.rotate = actions.getByRole("link", { name: "Rotate" });
    this.disable = actions.getByRole("link", { name: "Disable" });
    this.enable = actions.getByRole("button", { name: "Enable" });
    this.revoke = actions.getByRole("link", { name: "Revoke" });
    this.status = page.locator(".page-header .status");
    this.history = page.getByRole("region", { name: "History" }).getByRole("listitem");
    this.reach = page.getByRole("region", { name: "Workspaces" });
    this.usage = page.getByRole("region", { name: "Usage" });
    this.sources = this.usage.locator(".sources").getByRole("listitem");
    this.denials = this.usage.locator(".refusals").getByRole("listitem");
    this.firstCall = this.usage.getByRole("status");
    this.explain = this.reach.getByRole("link", { name: "Explain access" });
    this.edit = page.locator("details.edit > summary");
    this.details = page.getByRole("region", { name: "Details" });
    this.rotateDialog = page.getByRole("dialog", { name: /^Rotate / });
    this.revokeDialog = page.getByRole("dialog", { name: /^Revoke / });
    this.typedName = this.revokeDialog.getByRole("textbox", { name: "Name of the key" });
    this.disableDialog = page.getByRole("dialog", { name: /^Disable / });
    this.graceDialog = page.getByRole("dialog", { name: /^Extend / });
    this.rotation = page.getByRole("region", { name: "Rotation in progress" });
  }

  /** The toggle of a workspace. */
  workspace(name: string): Locator {
    return this.reach.getByRole("button", { name, exact: true });
  }

  /** The bars of the last hours; their name sums them up. */
  get hours(): Locator {
    return this.usage.getByRole("img");
  }

  /** What is said of a workspace, beside its name. */
  useOf(workspace: string): Locator {
    const name = this.page.getByRole("button", { name: workspace, exact: true });
    return this.reach.locator(".grant").filter({ has: name }).locator(".end");
  }

  get rotateNow(): Locator {
    return this.rotateDialog.getByRole("button", { name: "Rotate now" });
  }

  get revokeForGood(): Locator {
    return this.revokeDialog.getByRole("button", { name: "Revoke for good" });
  }

  get disableInstead(): Locator {
    return this.revokeDialog.getByRole("link", { name: "Disable instead" });
  }

  get disableNow(): Locator {
    return this.disableDialog.getByRole("button", { name: "Disable" });
  }

  /** Chooses how long the token before stays good. */
  async grace(choice: string): Promise<void> {
    await this.page.getByRole("dialog").locator(".grace").getByText(choice, { exact: true }).click();
  }
}
