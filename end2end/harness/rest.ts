// REST, as a program uses it: with a token, and without a browser.

import type { Keyrack } from "./server.ts";

/** What a token is asked for, and the program that presented it. */
export interface Asked {
  workspaceId?: string;
  permission?: string;
  clientIp?: string;
  userAgent?: string;
}

export class Rest {
  constructor(
    private readonly keyrack: Keyrack,
    private readonly token: string,
  ) {}

  /** The status of the first call of every program: 200, or 401 for a token that is refused. */
  async whoami(): Promise<number> {
    return (await this.get("/v1/whoami")).status;
  }

  /** The names of the workspaces that a key reaches, in order. */
  async workspacesOf(keyId: string): Promise<string[]> {
    const { status, body } = await this.get(`/v1/account/api_keys/${keyId}/workspaces?limit=100`);
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    const items = body.items as { metadata: { name: string } }[];
    return items.map((item) => item.metadata.name).sort();
  }

  /** A verdict on another key's token, as a service asks for it. */
  verify(token: string, asked: Asked = {}): Promise<Record<string, unknown>> {
    return this.post("/v1/tokens:verify", { token, ...asked });
  }

  async post(path: string, body: object): Promise<any> {
    const answer = await fetch(this.keyrack.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async remove(path: string): Promise<void> {
    const answer = await fetch(this.keyrack.url + path, {
      method: "DELETE",
      headers: { authorization: `Bearer ${this.token}` },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  async get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(this.keyrack.url + path, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
}
