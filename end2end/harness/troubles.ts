// What a browser complains about while nobody looks: console errors and warnings (hydration's are
// among them), uncaught exceptions, violations of the content security policy, and requests to any
// other host. A journey that ends with one of them has failed.

import type { BrowserContext } from "@playwright/test";

export class Troubles {
  private readonly found: string[] = [];
  private readonly allowed: RegExp[] = [];

  constructor(private readonly origin: string) {}

  /**
   * Lets a complaint pass that the journey provokes: `allow(/status of 401/)`, which Chromium
   * writes about every refused request.
   */
  allow(pattern: RegExp): void {
    this.allowed.push(pattern);
  }

  /** What must not have happened. */
  list(): string[] {
    return this.found.filter((trouble) => !this.allowed.some((pattern) => pattern.test(trouble)));
  }

  /** Watches every page of a context, from its first request on. */
  async watch(context: BrowserContext): Promise<void> {
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.found.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => {
      this.found.push(`uncaught: ${error.error().stack ?? error.error().message}`);
    });
    context.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== this.origin && protocol !== "data:" && protocol !== "blob:") {
        this.found.push(`request to another host: ${request.url()}`);
      }
    });
    // Violations that Chromium does not print, those of reports only for instance.
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`CSP violation: ${event.violatedDirective} by ${event.blockedURI || "inline"}`);
      });
    });
  }
}
