// Who acts in the journeys, and what is there before they begin. Made through the console's own
// doors with the cookies of a page, so that a journey starts where it has something to say.

import type { Page } from "@playwright/test";
import type { Keyrack } from "./server.ts";

export interface Person {
  account: string;
  name: string;
  email: string;
  passphrase: string;
}

export const ADA: Person = {
  account: "Analytical Engines",
  name: "Ada Lovelace",
  email: "ada@engines.example",
  passphrase: "bernoulli numbers by loom",
};

export const GRACE: Person = {
  account: "Compilers United",
  name: "Grace Hopper",
  email: "grace@compilers.example",
  passphrase: "a moth taped into the log",
};

/** Makes this Keyrack hers, and signs the page in. */
export async function claim(page: Page, keyrack: Keyrack, person: Person = ADA): Promise<void> {
  const fields = { code: await keyrack.setupCode(), ...person };
  await ask(page, keyrack, "setup.claim", { fields: Object.entries(fields) });
}

/** Signs the page in. */
export async function signIn(page: Page, keyrack: Keyrack, person: Person): Promise<void> {
  const { email, passphrase } = person;
  await ask(page, keyrack, "session.sign_in", { fields: Object.entries({ email, passphrase }) });
}

export interface Workspace {
  id: string;
  name: string;
}

export async function makeWorkspace(
  page: Page,
  keyrack: Keyrack,
  name: string,
  labels = "",
): Promise<Workspace> {
  const fields = Object.entries({ "metadata.name": name, "metadata.labels": labels });
  const made = await ask(page, keyrack, "workspaces.create", { fields });
  return { id: made.metadata.id, name: made.metadata.name };
}

export interface Key {
  id: string;
  name: string;
  token: string;
}

/** Issues a key. `fields` are those of the drawer, by their names. */
export async function issueKey(
  page: Page,
  keyrack: Keyrack,
  name: string,
  fields: [string, string][] = [],
): Promise<Key> {
  const all = [["metadata.name", name], ["expires", "90"], ...fields];
  const made = await ask(page, keyrack, "keys.issue", { fields: all });
  return { id: made.metadata.id, name: made.metadata.name, token: made.spec.token };
}

/** A key that may do everything: for a second opinion by REST. */
export function issueOverseer(page: Page, keyrack: Keyrack): Promise<Key> {
  return issueKey(page, keyrack, "overseer", [
    ["permission.all", "*"],
    ["spec.allWorkspaces", "on"],
  ]);
}

/** Somebody joins the account of whoever is signed in on `page`, and is signed in on `own`. */
export async function join(
  page: Page,
  own: Page,
  keyrack: Keyrack,
  person: Person,
  fields: [string, string][] = [["role", "member"]],
): Promise<void> {
  const { secret } = await invite(page, keyrack, person.email, fields);
  const { name, passphrase } = person;
  await ask(own, keyrack, "people.join", { secret, fields: Object.entries({ name, passphrase }) });
}

/** Invites somebody, who has not come yet. */
export function invite(
  page: Page,
  keyrack: Keyrack,
  email: string,
  fields: [string, string][] = [["role", "member"]],
): Promise<{ person: string; secret: string }> {
  return ask(page, keyrack, "people.invite", { fields: [["email", email], ...fields] });
}

/** A server function, as a page of the console calls it. */
async function ask(page: Page, keyrack: Keyrack, name: string, body: object): Promise<any> {
  const answer = await page.request.post(`${keyrack.url}/_fn/${name}`, {
    data: body,
    headers: { origin: keyrack.url },
  });
  if (!answer.ok()) {
    throw new Error(`${name}: ${answer.status()} ${await answer.text()}`);
  }
  return answer.json();
}
