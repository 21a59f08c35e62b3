// Accessibility, as far as a program can judge it.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** No violation of any rule of axe, best practices and the size of targets included. */
export async function expectAccessible(page: Page): Promise<void> {
  // axe has the rule of WCAG 2.2 on the size of targets, and leaves it off.
  const builder = new AxeBuilder({ page }).options({
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations"],
  });
  const { violations } = await builder.analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    rule: `${id}: ${help}`,
    where: nodes.map((node) => node.target.join(" ")),
  }));
  expect(found, `axe on ${page.url()}`).toEqual([]);
}
