import type { Locator, Page } from "@playwright/test";
import type { Person } from "../harness/people.ts";

export class SetupPage {
  readonly heading: Locator;
  readonly code: Locator;
  readonly account: Locator;
  readonly name: Locator;
  readonly email: Locator;
  readonly passphrase: Locator;
  readonly create: Locator;
  readonly problem: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Make this Keyrack yours" });
    this.code = page.getByRole("textbox", { name: "Setup code" });
    this.account = page.getByRole("textbox", { name: /^Account/ });
    this.name = page.getByRole("textbox", { name: "Your name" });
    this.email = page.getByRole("textbox", { name: "Email" });
    this.passphrase = page.getByLabel(/^Passphrase/);
    this.create = page.getByRole("button", { name: "Create the account" });
    this.problem = page.locator("#field-code-error");
  }

  async fill(code: string, person: Person): Promise<void> {
    await this.code.fill(code);
    await this.account.fill(person.account);
    await this.name.fill(person.name);
    await this.email.fill(person.email);
    await this.passphrase.fill(person.passphrase);
  }
}
