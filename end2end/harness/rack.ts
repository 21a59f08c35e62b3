// Keys and workspaces to try the matrix on, and a program that sees what is really granted.

import type { Page } from "@playwright/test";
import { claim, issueKey, issueOverseer, type Key, makeWorkspace, type Workspace } from "./people.ts";
import { Rest } from "./rest.ts";
import type { Keyrack } from "./server.ts";

export const WORKSPACES: [string, string][] = [
  ["prod-eu", "env=production"],
  ["prod-us", "env=production"],
  ["stage-eu", "env=staging"],
  ["stage-us", "env=staging"],
  ["lab", ""],
];

export interface Furnished {
  keys: Map<string, Key>;
  workspaces: Map<string, Workspace>;
  rest: Rest;
  /** The names of the workspaces that a key reaches, in order. */
  reach: (key: string) => Promise<string[]>;
  grant: (key: string, workspace: string) => Promise<void>;
  ungrant: (key: string, workspace: string) => Promise<void>;
}

/** Six keys over five workspaces in two groups, and the overseer, who reaches all. */
export async function furnish(
  page: Page,
  keyrack: Keyrack,
  names = ["one", "two", "three", "four", "five", "six"],
): Promise<Furnished> {
  await claim(page, keyrack);
  const workspaces = new Map<string, Workspace>();
  for (const [name, labels] of WORKSPACES) {
    workspaces.set(name, await makeWorkspace(page, keyrack, name, labels));
  }
  const overseer = await issueOverseer(page, keyrack);
  const keys = new Map<string, Key>();
  for (const name of names) keys.set(name, await issueKey(page, keyrack, name));
  const rest = new Rest(keyrack, overseer.token);
  const id = (key: string) => keys.get(key)?.id ?? "";
  const change = (want: boolean) => async (key: string, workspace: string) => {
    const workspaceId = workspaces.get(workspace)?.id;
    await rest.post("/v1/account/access:apply", { cells: [{ apiKeyId: id(key), workspaceId, want }] });
  };
  return {
    keys,
    workspaces,
    rest,
    reach: (key) => rest.workspacesOf(id(key)),
    grant: change(true),
    ungrant: change(false),
  };
}
