/** What can't be taken is refused with a problem that names it: field, parameter, method or type. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Answer, type Asked, ask } from "./admin-given.ts";
import {
  type Description,
  description,
  type Operation,
  pathIn,
  problemIn,
  type Request,
  requestsOn,
  type Scene,
  scene,
} from "./api-given.ts";
import { resolved } from "./api-odd.ts";

let document: Description;
let operations: Operation[];
let requests: Request[];
let here: Scene;

beforeAll(async () => {
  await applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS);
  ({ document, operations } = await description());
  here = await scene("fuzzed");
  const { all, last } = requestsOn(here, operations);
  requests = [...all, ...last];
});
const Fields = z.record(z.string(), z.unknown());

/** The first example of every operation that takes a body, with the body's fields. */
function withBodies(): { name: string; request: Request; body: Record<string, unknown> }[] {
  const seen = new Set<string>();
  return requests.flatMap((request) => {
    const body = Fields.safeParse(request.asked.body);
    const { name } = request.operation;
    if (!body.success || seen.has(name)) return [];
    seen.add(name);
    return [{ name, request, body: body.data }];
  });
}

function send({ operation, path }: Request, asked: Asked): Promise<Answer> {
  return ask(operation.method, path, asked);
}

/** The fields that an answer of 422 says are wrong, as pointers into the body. */
function wrongFields(answer: Answer): string[] {
  expect([answer.status, answer.text]).toEqual([422, answer.text]);
  const { detail, errors = [] } = problemIn(answer);
  expect(detail).toContain(errors[0]?.message);
  return errors.map(({ pointer }) => pointer);
}

describe("a body", () => {
  it("with a field of another type is refused for that field", async () => {
    for (const { name, request, body } of withBodies()) {
      for (const field of Object.keys(body)) {
        for (const wrong of [{ x: [[]] }, [{}], true]) {
          const answer = await send(request, { body: { ...body, [field]: wrong } });
          const fields = wrongFields(answer);
          expect([name, field, fields.filter((at) => at === `/${field}` || at.startsWith(`/${field}/`))]).not.toEqual([
            name,
            field,
            [],
          ]);
        }
      }
    }
  });

  it("with a field that is not known is refused for that field, whatever its name", async () => {
    const names = ["unknown", "constructor", "toString", "a/b~c", "", "\u0000", "ſ", "x".repeat(1_000)];
    for (const { name, request, body } of withBodies()) {
      for (const field of names) {
        const pointer = `/${field.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        expect([name, wrongFields(await send(request, { body: { ...body, [field]: 1 } }))]).toEqual([name, [pointer]]);
      }
      const text = JSON.stringify(body).replace(/\}$/, `${body && Object.keys(body).length ? "," : ""}"__proto__":{}}`);
      expect([name, wrongFields(await send(request, { body: text }))]).toEqual([name, ["/__proto__"]]);
    }
  });

  it("that lacks a field it must have is refused for that field", async () => {
    let lacking = 0;
    for (const { name, request, body } of withBodies()) {
      const schema = request.operation.requestBody?.content["application/json"]?.schema;
      const { required = [] } = z
        .object({ required: z.array(z.string()).optional() })
        .parse(resolved(document, schema));
      for (const field of required) {
        const { [field]: _, ...rest } = body;
        expect([name, wrongFields(await send(request, { body: rest }))]).toEqual([name, [`/${field}`]]);
        lacking++;
      }
    }
    expect(lacking).toBeGreaterThan(5);
  });

  it.each<[string, Asked, number]>([
    ["empty", { body: "" }, 422],
    ["not JSON", { body: "{'a':1}" }, 422],
    ["null", { body: "null" }, 422],
    ["an array", { body: "[]" }, 422],
    ["a text", { body: '"{}"' }, 422],
    ["cut short", { body: '{"a":' }, 422],
    ["behind a byte order mark", { body: "\ufeff{}" }, 422],
    ["with a key twice", { body: '{"a":1,"a":1}' }, 422],
    ["deeper than anything is", { body: "[".repeat(10_000) }, 422],
    ["as deep, and whole", { body: `{"a":${"[".repeat(1_000)}${"]".repeat(1_000)}}` }, 422],
    ["not UTF-8", { body: Uint8Array.of(0x7b, 0xff, 0x7d) }, 400],
    ["in UTF-16", { body: Uint8Array.of(0x7b, 0, 0x7d, 0) }, 422],
    ["too long", { body: JSON.stringify({ a: "x".repeat(1_100_000) }) }, 413],
    ["of another type", { body: "{}", headers: { "content-type": "text/plain" } }, 415],
    [
      "of a type that pages of other sites can send",
      { body: "a=1", headers: { "content-type": "multipart/form-data" } },
      415,
    ],
    ["of no type", { body: "{}", headers: { "content-type": null } }, 415],
    ["of almost the type", { body: "{}", headers: { "content-type": "application/json5" } }, 415],
    ["missing", {}, 415],
  ])("that is %s is refused", async (_, asked, status) => {
    for (const { name, request } of withBodies()) {
      const answer = await send(request, asked);
      expect([name, answer.status]).toEqual([name, status]);
      const { errors } = problemIn(answer);
      if (status === 422) expect([name, errors?.length]).not.toEqual([name, 0]);
    }
  });
});

describe("a path", () => {
  it("of another method says which there are", async () => {
    const methods = ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];
    for (const path of Object.keys(document.paths)) {
      const there = operations.filter((one) => one.path === path).map(({ method }) => method);
      for (const method of methods.filter((one) => !there.includes(one))) {
        const answer = await ask(method, pathIn(here, { path }));
        expect([path, method, problemIn(answer).status]).toEqual([path, method, 405]);
        expect(answer.headers.get("allow")?.split(", ").sort()).toEqual(there.toSorted());
      }
    }
  });

  it("answers HEAD as GET, without the body", async () => {
    for (const { path } of requests.filter(({ operation }) => operation.method === "GET")) {
      const [head, get] = [await ask("HEAD", path), await ask("GET", path)];
      expect([path, head.status, head.text]).toEqual([path, get.status, ""]);
      for (const name of ["etag", "content-type", "cache-control"]) {
        expect([path, head.headers.get(name)]).toEqual([path, get.headers.get(name)]);
      }
    }
  });

  it("that is almost one is none", async () => {
    for (const path of [
      "/",
      "/grants/",
      "//grants",
      "/Grants",
      "/grants/x/y/z",
      "/policies/x",
      "/../v1/grants/x/",
      "/%",
    ]) {
      expect([path, problemIn(await ask("GET", path)).status]).toEqual([path, 404]);
    }
  });
});

describe("a query", () => {
  it("with a parameter that is not known, or twice, is refused by its name", async () => {
    for (const { operation, path, asked } of requests) {
      const joined = path.includes("?") ? "&" : "?";
      const known = operation.parameters.find((one) => one.in === "query")?.name ?? "x";
      const without = path.split("?")[0];
      for (const [named, wrong] of [
        ["unknown", `${path}${joined}unknown=1`],
        ["__proto__", `${path}${joined}__proto__=1`],
        ["constructor", `${path}${joined}constructor=1`],
        [known, `${without}?${known}=1&${known}=1`],
      ] as const) {
        const answer = await ask(operation.method, wrong, asked);
        expect([operation.name, wrong, problemIn(answer).status]).toEqual([operation.name, wrong, 400]);
        expect(answer.body.detail).toContain(`Query ${named}:`);
      }
    }
  });

  it("with a cursor of another list is refused, or only begins elsewhere", async () => {
    const lists = requests.filter(({ operation: { method, parameters } }) => {
      return method === "GET" && parameters.some(({ name }) => name === "cursor");
    });
    expect(lists.length).toBeGreaterThan(4);
    for (let n = 0; n < 2; n++) await scene(`paged-${n}`);
    const cursors = [];
    for (const { operation } of lists) {
      const { body } = await ask("GET", `${pathIn(here, operation)}?limit=1`);
      if (typeof body.next === "string") cursors.push(body.next);
    }
    expect(cursors.length).toBeGreaterThan(4);
    const texts = [
      "[]",
      "{}",
      "null",
      "[1e400]",
      "[-1]",
      '["\\ud800"]',
      '["\\u0000"]',
      '["a","b"]',
      "[1.5]",
      "[9e15,1]",
    ];
    const made = texts.map((text) => btoa(text));
    for (const cursor of [...cursors, ...made, "", "%", "!", "a".repeat(1_024), "a".repeat(2_000), "\u00e9"]) {
      for (const { operation } of lists) {
        const path = `${pathIn(here, operation)}?cursor=${encodeURIComponent(cursor)}`;
        const answer = await ask("GET", path);
        expect([path, [200, 400]]).toEqual([path, expect.arrayContaining([answer.status])]);
        if (answer.status === 400) expect(problemIn(answer).detail).toContain("Query cursor:");
      }
    }
  });
});
