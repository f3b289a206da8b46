/** What the API's description says and what the API does are one. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { ask, listed, SECRET } from "./admin-given.ts";
import { type Description, description, faultsOf, type Operation, problemIn, requestsOn, scene } from "./api-given.ts";
import { demand, entry, ledgerOf, seqOf } from "./ledger-given.ts";

let document: Description;
let operations: Operation[];

beforeAll(async () => {
  await applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS);
  ({ document, operations } = await description());
});

function everyRefIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : everyRefIn(inner),
  );
}

describe("the description", () => {
  it("is of OpenAPI 3.1, and refers to nothing that it does not have", () => {
    expect(document.openapi).toBe("3.1.0");
    const refs = new Set(everyRefIn(document));
    expect(refs.size).toBeGreaterThan(5);
    const { schemas, responses } = document.components;
    const there = Object.entries({ schemas, responses }).flatMap(([kind, named]) =>
      Object.keys(named).map((name) => `#/components/${kind}/${name}`),
    );
    expect([...refs].filter((ref) => !there.includes(ref))).toEqual([]);
    expect(there.filter((name) => !refs.has(name))).toEqual([]);
  });

  it("names every operation differently, and every part of its path", () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { name, path, parameters } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part);
      const inPath = parameters.filter(({ in: place }) => place === "path");
      expect([name, inPath.map((one) => one.name)]).toEqual([name, named]);
      expect(inPath.every(({ required }) => required === true)).toBe(true);
      const places = parameters.map((one) => `${one.in} ${one.name}`);
      expect(new Set(places).size).toBe(places.length);
    }
  });

  it("says of every operation how it succeeds, and that it fails with a problem", () => {
    for (const { name, responses } of operations) {
      const { default: failure, ...successes } = responses;
      expect([name, failure]).toEqual([name, { $ref: "#/components/responses/Problem" }]);
      expect(Object.keys(successes).length).toBeGreaterThan(0);
      for (const status of Object.keys(successes)) expect(status).toMatch(/^20[014]$/);
    }
  });
});

describe("every operation", () => {
  it("takes and answers what the description says, status, tag and body", async () => {
    const here = await scene("contract");
    await callOf(here.grant);
    const { all, last } = requestsOn(here, operations);
    const done = new Set<string>();
    for (const { operation, path, asked } of [...all, ...last]) {
      const { name, method, responses, requestBody } = operation;
      if (requestBody !== undefined) {
        const takes = requestBody.content["application/json"]?.schema ?? {};
        expect([name, faultsOf(document, takes, asked.body)]).toEqual([name, []]);
      }
      if (name === "DELETE /policies/{server}/{policy}") await freeOfGrants("contract");
      const answer = await ask(method, path, asked);
      expect([name, answer.status, answer.status < 300 ? "" : answer.text]).toEqual([name, answer.status, ""]);
      const response = responses[String(answer.status)];
      expect([name, answer.status, response !== undefined]).toEqual([name, answer.status, true]);
      const [[type, content] = [null, undefined]] = Object.entries(response?.content ?? {});
      expect([name, answer.headers.get("content-type")]).toEqual([name, type]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.has("etag")).toBe(response?.headers !== undefined);
      if (type === null) expect(answer.text).toBe("");
      if (path === "/audit?server=contract") expect(answer.body.items).toHaveLength(2);
      if (content?.schema !== undefined)
        expect([name, faultsOf(document, content.schema, answer.body)]).toEqual([name, []]);
      expect(answer.text).not.toContain(SECRET);
      done.add(name);
    }
    expect([...done].sort()).toEqual(operations.map(({ name }) => name).sort());
  });

  it("that has nothing there says so with a problem", async () => {
    const nothing = { server: "none", policy: "none", grant: "grt_none", operator: "opr_none", revision: "1" };
    const problem = document.components.schemas.Problem ?? {};
    expect(faultsOf(document, problem, { type: "about:blank" })).not.toEqual([]);
    for (const { operation, path, asked } of requestsOn(nothing, operations).all) {
      if (!operation.path.includes("{") || operation.name === "PUT /servers/{server}") continue;
      const answer = await ask(operation.method, path, asked);
      expect([operation.name, problemIn(answer).status]).toEqual([operation.name, 404]);
      expect(faultsOf(document, problem, answer.body)).toEqual([]);
    }
  });
});

/** A call that was let through and has ended, and one that was refused. */
async function callOf(id: string): Promise<void> {
  const ledger = ledgerOf({ id });
  const { revision = 0 } = (await ledger.view()) ?? {};
  const known = { policyVersion: null, serverVersion: null, revision };
  const details = { ...entry, arguments: '{"amount":5}', bytes: 120, trace: "0af7651916cd43dd8448eb211c80319c" };
  const first = await ledger.take({ ...known, demands: [demand()], entry: details, settlements: [] });
  const refused = { ...entry, effect: "deny", rule: "(default deny)" };
  const settlements = [{ seq: seqOf(first), status: 200, latencyMs: 12.5, bytes: 300, giveBack: false }];
  await ledger.take({ ...known, demands: [], entry: refused, settlements });
}

/** Ends every grant of a server, so that its policies can be deleted. */
async function freeOfGrants(server: string): Promise<void> {
  for (const { id } of await listed(`/grants?server=${server}`)) await ask("POST", `/grants/${id}/revoke`);
}
