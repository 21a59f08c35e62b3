// People: the list, the dialog that invites, and each on their page.

import type { Locator, Page } from "@playwright/test";

export class PeoplePage {
  readonly invite: Locator;
  readonly dialog: Locator;
  readonly email: Locator;
  readonly makeLink: Locator;
  readonly link: Locator;
  readonly done: Locator;
  readonly newLink: Locator;
  readonly withdraw: Locator;
  readonly disable: Locator;
  readonly enable: Locator;
  readonly remove: Locator;
  readonly removeDialog: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.invite = page.locator(".page-header").getByRole("link", { name: "Invite" });
    this.dialog = page.getByRole("dialog", { name: "Invite somebody" });
    this.email = this.dialog.getByRole("textbox", { name: /^Email/ });
    this.makeLink = this.dialog.getByRole("button", { name: "Make the link" });
    const shown = page.getByRole("dialog", { name: /^Invitation for/ });
    this.link = shown.locator("pre");
    this.done = shown.getByRole("link", { name: "Done" });
    this.newLink = page.getByRole("button", { name: "Make a new link" });
    this.withdraw = page.getByRole("button", { name: "Withdraw" });
    this.disable = page.getByRole("button", { name: "Disable" });
    this.enable = page.getByRole("button", { name: "Enable" });
    this.remove = page.getByRole("link", { name: "Remove" });
    this.removeDialog = page.getByRole("dialog", { name: /^Remove/ });
    this.status = page.locator(".page-header .status");
  }

  row(name: string): Locator {
    return this.page.getByRole("row").filter({ hasText: name });
  }

  /** A choice of a form on the page. */
  choice(name: string): Locator {
    return this.page.getByRole("radio", { name, exact: true });
  }
}

/** The public page behind the link of an invitation. */
export class JoinPage {
  readonly heading: Locator;
  readonly name: Locator;
  readonly passphrase: Locator;
  readonly join: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1 });
    this.name = page.getByRole("textbox", { name: "Your name" });
    this.passphrase = page.getByLabel(/^Passphrase/);
    this.join = page.getByRole("button", { name: "Join" });
  }
}
