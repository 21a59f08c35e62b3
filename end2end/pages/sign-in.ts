import type { Locator, Page } from "@playwright/test";
import type { Person } from "../harness/people.ts";

export class SignInPage {
  readonly heading: Locator;
  readonly email: Locator;
  readonly passphrase: Locator;
  readonly button: Locator;
  readonly problem: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Sign in" });
    this.email = page.getByRole("textbox", { name: "Email" });
    this.passphrase = page.getByLabel(/^Passphrase/);
    this.button = page.getByRole("button", { name: "Sign in" });
    this.problem = page.getByRole("alert");
  }

  async signIn(person: Person): Promise<void> {
    await this.email.fill(person.email);
    await this.passphrase.fill(person.passphrase);
    await this.button.click();
  }
}
