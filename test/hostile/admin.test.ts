/**
 * The admin plane on the wire, attacked by pages of other sites, by whoever stands in front of it, by names and paths,
 * and through what an operator is made to write: nobody gets in, nothing is changed, and no secret comes back.
 */
import { Agent, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import type { Answer } from "../gate/raw.ts";
import { ADMIN_TOKEN, ROOT_KEY } from "../gate/workerd.ts";
import { INSIDE } from "./admin-addresses.ts";
import { NAMES } from "./admin-names.ts";

const SECRET = "s3cret-of-the-operator";
const BEARER = ["Authorization", `Bearer ${ADMIN_TOKEN}`];
const JSON_TYPE = ["Content-Type", "application/json"];
const SERVER = { name: "files", url: "https://files.example.com/mcp" };
const NEW_OPERATOR = JSON.stringify({ name: "Back door", role: "admin" });

let gateway: Gateway;
let grant: Grant;
/** All that was answered, for what must stand in none of it. */
const answers: Answer[] = [];
let addresses = 0;
/** What there was before the first attack, and must be after the last. */
let initial: unknown;

beforeAll(async () => {
  gateway = await startGateway({ ALLOW_LOOPBACK_UPSTREAMS: "false" });
  await gateway.putServer("files", {
    ...SERVER,
    credential: { headers: { Authorization: `Bearer \${secret:TOKEN}` } },
    secrets: { TOKEN: SECRET },
  });
  await gateway.putPolicy("files", "open", { version: "1", default: "allow" });
  grant = await gateway.grant("files", "open", { label: "honest", tags: ["a"] });
  initial = await state();
});

afterAll(() => gateway?.close());

type Sent = {
  readonly verb?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly from?: string;
};

/** A request whose path goes out as it is written, from an address that Cloudflare would name. */
function send(path: string, { verb = "GET", headers = BEARER, body, from }: Sent = {}): Promise<Answer> {
  const { hostname, port, host } = new URL(gateway.url);
  const known = headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === "host");
  const address = from ?? `198.51.100.${++addresses % 250}`;
  const all = [...(known ? [] : ["Host", host]), "CF-Connecting-IP", address, ...headers];
  const length = body === undefined ? [] : ["Content-Length", String(Buffer.byteLength(body))];
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    const req = request({ agent, hostname, port, method: verb, path, headers: [...all, ...length] }, async (res) => {
      let text = "";
      for await (const piece of res.setEncoding("utf8")) text += piece;
      const answer = { status: res.statusCode ?? 0, headers: res.headers, text, json: parsed(text) };
      answers.push(answer);
      resolve(answer);
    });
    req.on("error", reject);
    req.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** All that an operator can see but for what is told of each moment. */
async function state(): Promise<unknown> {
  const lists = ["/servers", "/policies", "/grants", "/operators", "/changes?limit=1000"];
  return Promise.all(lists.map(async (path) => (await gateway.admin("GET", path)).body));
}

describe("a page of another site", () => {
  const FORMS = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain; application/json",
    "",
  ];
  const ORIGINS = ["https://evil.example", "null", "http://localhost:1"];

  it.each(FORMS)("changes nothing by a form of type %j, with whatever a browser sends along", async (type) => {
    for (const origin of ORIGINS) {
      const headers = [
        ...["Origin", origin, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"],
        ...["Cookie", `Authorization=Bearer ${ADMIN_TOKEN}; token=${ADMIN_TOKEN}; CF_Authorization=${ADMIN_TOKEN}`],
        ...(type === "" ? [] : ["Content-Type", type]),
      ];
      expect(await send("/api/v1/operators", { verb: "POST", headers, body: NEW_OPERATOR })).toMatchObject({
        status: 401,
      });
      // Not even with a token, should somebody have a browser send one.
      const told = await send("/api/v1/operators", {
        verb: "POST",
        headers: [...headers, ...BEARER],
        body: NEW_OPERATOR,
      });
      expect(told).toMatchObject({ status: 415 });
    }
  });

  it("is not told that it may ask, and can read no answer", async () => {
    for (const origin of ORIGINS) {
      for (const path of ["/api/v1/operators", "/api/v1/whoami", "/api/v1/openapi.json", "/healthz", "/readyz"]) {
        const asked = [
          "Origin",
          origin,
          "Access-Control-Request-Method",
          "POST",
          "Access-Control-Request-Headers",
          "authorization",
        ];
        for (const answer of [
          await send(path, { verb: "OPTIONS", headers: asked }),
          await send(path, { headers: [...BEARER, "Origin", origin] }),
        ]) {
          expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
        }
      }
    }
  });

  it.each([
    `?access_token=${ADMIN_TOKEN}`,
    `?token=${ADMIN_TOKEN}`,
    `?authorization=Bearer%20${ADMIN_TOKEN}`,
    `?key=${ADMIN_TOKEN}`,
  ])("gets nowhere by a link: %s", async (query) => {
    expect(await send(`/api/v1/whoami${query}`, { headers: [] })).toMatchObject({ status: 401 });
  });
});

describe("a credential in another place", () => {
  it.each<[string, readonly string[]]>([
    ["basic, as user", ["Authorization", `Basic ${btoa(`${ADMIN_TOKEN}:`)}`]],
    ["basic, as password", ["Authorization", `Basic ${btoa(`admin:${ADMIN_TOKEN}`)}`]],
    ["without its scheme", ["Authorization", ADMIN_TOKEN]],
    ["behind another scheme", ["Authorization", `Token ${ADMIN_TOKEN}`]],
    ["twice", [...BEARER, ...BEARER]],
    ["behind a wrong one", ["Authorization", "Bearer wrong", ...BEARER]],
    ["in quotes", ["Authorization", `Bearer "${ADMIN_TOKEN}"`]],
    ["with a letter too many", ["Authorization", `Bearer ${ADMIN_TOKEN}x`]],
    ["with a letter too few", ["Authorization", `Bearer ${ADMIN_TOKEN.slice(0, -1)}`]],
    ["in capitals", ["Authorization", `Bearer ${ADMIN_TOKEN.toUpperCase()}`]],
    ["as a proxy's", ["Proxy-Authorization", `Bearer ${ADMIN_TOKEN}`]],
    ["as a key", ["X-Api-Key", ADMIN_TOKEN, "X-Auth-Token", ADMIN_TOKEN]],
    [
      "as an identity of Access, which anybody can write",
      ["Cf-Access-Jwt-Assertion", "e30.e30.e30", "Cf-Access-Authenticated-User-Email", "admin@example.com"],
    ],
    ["as the user of a proxy", ["X-Forwarded-User", "admin", "X-Remote-User", "admin", "X-Admin", "true"]],
  ])("opens nothing: %s", async (_name, headers) => {
    const answer = await send("/api/v1/whoami", { headers });
    expect(answer).toMatchObject({ status: 401, headers: { "www-authenticate": 'Bearer realm="grantgate"' } });
  });

  it("opens nothing: a grant's token, on no route", async () => {
    const headers = ["Authorization", `Bearer ${grant.token}`, ...JSON_TYPE];
    for (const [verb, path] of [
      ["GET", "/servers"],
      ["POST", "/operators"],
      ["GET", "/openapi.json"],
      ["DELETE", "/servers/files"],
    ] as const) {
      expect(await send(`/api/v1${path}`, { verb, headers, body: NEW_OPERATOR })).toMatchObject({ status: 401 });
    }
  });
});

describe("another method than that of the request", () => {
  it.each(["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method"])(
    "is none: %s",
    async (name) => {
      const headers = [...BEARER, ...JSON_TYPE, name, "DELETE"];
      expect(await send("/api/v1/policies/files/open", { headers })).toMatchObject({ status: 200 });
      expect(await send("/api/v1/servers/files", { verb: "POST", headers, body: "{}" })).toMatchObject({ status: 405 });
    },
  );

  it.each(["?_method=DELETE", "?method=DELETE", "?_method=DELETE&_method=GET"])("is none: %s", async (query) => {
    expect(await send(`/api/v1/servers/files${query}`)).toMatchObject({ status: 400 });
  });

  it.each(["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Uri"])(
    "nor another path: %s",
    async (name) => {
      const answer = await send("/healthz", { headers: [name, "/api/v1/operators"] });
      expect(answer).toMatchObject({ status: 200, json: { status: "ok" } });
      expect(await send("/api/v1/whoami", { headers: [name, "/healthz"] })).toMatchObject({ status: 401 });
    },
  );
});

describe("a path that is written otherwise", () => {
  const PATHS = [
    ...["/api/v1/%6fperators", "/api/v1//operators", "//api/v1/operators", "/api//v1/operators", "/API/v1/operators"],
    ...[
      "/api/v1/operators/",
      "/api/v1/operators%00",
      "/api/v1/operators%0a",
      "/api/v1/operators;a=b",
      "/api/v1/operators%3f",
    ],
    ...["/healthz/../api/v1/operators", "/healthz/%2e%2e/api/v1/operators", "/mcp/files/../../api/v1/operators"],
    ...[
      "/mcp/files/..%2f..%2fapi%2fv1%2foperators",
      "/api%2fv1%2foperators",
      "/api\\v1\\operators",
      "/api/v1\\operators",
    ],
    ...["/api/v1/whoami/../operators", "/api/v1/./operators", "/api/v1/%2e/operators", "/api/v1/..;/operators"],
    ...["/api/v1x/operators", "/api/v1./operators", "/api/v1%20/operators", "/api/v2/operators", "/operators"],
  ];

  it("leads to no route without a token, and to none but its own with one", async () => {
    const operators = (await gateway.admin("GET", "/operators")).body;
    for (const path of PATHS) {
      const without = await send(path, { headers: [] });
      expect([path, [401, 404]]).toEqual([path, expect.arrayContaining([without.status])]);
      const answer = await send(path);
      expect([path, [200, 400, 404]]).toEqual([path, expect.arrayContaining([answer.status])]);
      if (answer.status === 200) expect([path, answer.json]).toEqual([path, operators]);
    }
  });

  it.each(["evil.example", "localhost", "127.0.0.1:1", "files.example.com", "a".repeat(200)])(
    "or sent to the host %s is not another's",
    async (host) => {
      expect(await send("/api/v1/operators", { headers: ["Host", host] })).toMatchObject({ status: 401 });
      const answer = await send("/api/v1/operators", { headers: ["Host", host, ...BEARER] });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(host);
    },
  );
});

describe("a name in a path or a query", () => {
  /** Every operation on a thing that is named. */
  const operations = (id: string): readonly (readonly [verb: string, path: string, body?: string])[] => [
    ...["", "/tools", "/usage"].map((part) => ["GET", `/servers/${id}${part}`] as const),
    ...["GET", "DELETE"].flatMap((verb) =>
      [`/servers/${id}`, `/policies/files/${id}`].map((path) => [verb, path] as const),
    ),
    ...["/policies/files/", "/grants/", "/operators/", "/audit/chain/"].map((path) => ["GET", `${path}${id}`] as const),
    ["GET", `/policies/${id}/open`],
    ["PATCH", `/grants/${id}`, '{"label":"taken"}'],
    ["PATCH", `/operators/${id}`, '{"role":"admin"}'],
    ["POST", `/grants/${id}/rotate`, "{}"],
    ["POST", `/grants/${id}/revoke`],
    ["POST", `/operators/${id}/revoke`],
  ];

  it.each(NAMES)("that is nobody's finds nothing: %j", async (name) => {
    const asked = operations(encodeURIComponent(name)).map(async ([verb, path, body]) => {
      const more = body === undefined ? {} : { headers: [...BEARER, ...JSON_TYPE], body };
      const { status, headers, text } = await send(`/api/v1${path}`, { verb, ...more });
      expect([verb, path, text, [400, 404, 405, 422]]).toEqual([verb, path, text, expect.arrayContaining([status])]);
      expect([headers["content-type"], headers["set-cookie"]]).toEqual(["application/problem+json", undefined]);
    });
    await Promise.all(asked);
  });

  it.each(NAMES)("that is nobody's filters everything out: %j", async (name) => {
    const value = encodeURIComponent(name);
    const filters = [
      "/grants?server",
      "/grants?policy",
      "/grants?tag",
      "/policies?server",
      "/changes?target",
      "/audit?tool",
    ];
    const asked = filters.map(async (filter) => {
      const { status, json } = await send(`/api/v1${filter}=${value}`);
      if (status === 200) expect([filter, json]).toMatchObject([filter, { items: [] }]);
      else expect([filter, status]).toEqual([filter, 400]);
    });
    await Promise.all(asked);
  });

  it("is answered with no page, whatever it is", async () => {
    for (const path of [
      "/",
      "/index.html",
      "/docs",
      "/api",
      "/api/v1",
      "/favicon.ico",
      "/robots.txt",
      "/.git/config",
      "/.env",
      "/.dev.vars",
      "/wrangler.toml",
      "/worker.js",
      "/%3Cscript%3Ealert(1)%3C/script%3E",
      "/.well-known/security.txt",
      "/.well-known/openid-configuration",
    ]) {
      const { headers, text } = await send(path, { headers: [] });
      expect([path, headers["content-type"]]).toEqual([
        path,
        expect.stringMatching(/^application\/(?:problem\+)?json$/),
      ]);
      expect(text).not.toContain("<script");
    }
  });
});

describe("the door", () => {
  const guess = (from: string, headers: readonly string[] = []) =>
    send("/api/v1/whoami", { from, headers: ["Authorization", `Bearer ${SECRET}-guess`, ...headers] });

  it("is not opened anew by an address that the guesser tells", async () => {
    const from = "203.0.113.7";
    const statuses: number[] = [];
    for (let n = 0; n < 14; n++) {
      const told = ["X-Forwarded-For", "X-Real-IP", "True-Client-IP", "X-Client-IP", "Forwarded"].flatMap((name) => [
        name,
        name === "Forwarded" ? `for=192.0.2.${n}` : `192.0.2.${n}`,
      ]);
      statuses.push((await guess(from, told)).status);
    }
    expect(statuses).toEqual([...Array(9).fill(401), ...Array(5).fill(429)]);
    const shut = await send("/api/v1/whoami", { from });
    expect(shut.status).toBe(429);
    expect(Number(shut.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(shut.headers["retry-after"])).toBeLessThanOrEqual(60);
  });

  it("is shut on nobody else by a guesser who tells another's address", async () => {
    const [operator, guesser] = ["203.0.113.8", "203.0.113.9"];
    const told = [
      "X-Forwarded-For",
      operator,
      "X-Real-IP",
      operator,
      "True-Client-IP",
      operator,
      "CF-Connecting-IPv6",
      operator,
    ];
    for (let n = 0; n < 14; n++) await guess(guesser, told);
    expect((await send("/api/v1/whoami", { from: guesser })).status).toBe(429);
    expect(await send("/api/v1/whoami", { from: operator })).toMatchObject({ status: 200, json: { role: "admin" } });
  });

  it("is not shut by requests without a token, by whom nothing is guessed", async () => {
    const from = "203.0.113.10";
    for (let n = 0; n < 14; n++) expect((await send("/api/v1/whoami", { from, headers: [] })).status).toBe(401);
    expect((await send("/api/v1/whoami", { from })).status).toBe(200);
  });
});

describe("an address inside, or none", () => {
  const oauth = (tokenUrl: string) => ({
    oauth: { tokenUrl, clientId: "me", clientSecret: `\${secret:CLIENT}` },
    secrets: { CLIENT: SECRET },
  });

  it.each(INSIDE)("is nowhere to send a credential: %j", async (url) => {
    const { oauth: client, secrets } = oauth(url);
    const wishes = [
      ["/servers/inside", "/url", { name: "inside", url }],
      ["/servers/files", "/url", { ...SERVER, url }],
      ["/servers/inside", "/credential/oauth/tokenUrl", { ...SERVER, credential: { oauth: client }, secrets }],
      [`/grants/${grant.id}/credential`, "/oauth/tokenUrl", oauth(url)],
    ] as const;
    const asked = wishes.map(async ([path, pointer, body]) => {
      const { status, body: answer } = await gateway.admin("PUT", path, body);
      expect([path, status, answer]).toMatchObject([path, 422, { errors: [{ pointer }] }]);
    });
    await Promise.all(asked);
  });

  it("is the gateway's own, by the name it was reached by", async () => {
    const headers = [...BEARER, ...JSON_TYPE, "Host", "gateway.example.com"];
    for (const url of [
      "https://gateway.example.com/mcp/files",
      "https://GATEWAY.example.com/",
      "https://gateway.example.com:8443/mcp",
    ]) {
      const answer = await send("/api/v1/servers/home", {
        verb: "PUT",
        headers,
        body: JSON.stringify({ name: "home", url }),
      });
      expect(answer).toMatchObject({
        status: 422,
        json: { errors: [{ pointer: "/url", message: "must not lead to the gateway itself" }] },
      });
    }
  });
});

describe("a secret that is refused", () => {
  const named = { headers: { Authorization: `Bearer \${secret:TOKEN}` } };

  it.each<[string, object]>([
    ["of two lines", { ...SERVER, credential: named, secrets: { TOKEN: `${SECRET}\r\nX-A: b` } }],
    ["that is not ASCII", { ...SERVER, credential: named, secrets: { TOKEN: `${SECRET}\u00e9` } }],
    ["that is far too long", { ...SERVER, credential: named, secrets: { TOKEN: SECRET.repeat(1_000) } }],
    ["in a list", { ...SERVER, credential: named, secrets: { TOKEN: [SECRET] } }],
    ["in an object", { ...SERVER, credential: named, secrets: { TOKEN: { value: SECRET } } }],
    ["that nothing names", { ...SERVER, secrets: { TOKEN: SECRET } }],
    ["in a header as it is", { ...SERVER, credential: { headers: { Authorization: `Bearer ${SECRET}` } } }],
    ["in a URL's user", { ...SERVER, url: `https://me:${SECRET}@files.example.com/mcp` }],
    ["in a URL's query", { ...SERVER, url: `https://files.example.com/mcp?api_key=${SECRET}` }],
    [
      "in the client's secret",
      { ...SERVER, credential: { oauth: { tokenUrl: SERVER.url, clientId: "me", clientSecret: SECRET } } },
    ],
    ["in a field that is not known", { ...SERVER, token: SECRET }],
    ["where a list is asked for", { ...SERVER, surface: SECRET }],
    ["where one of a few words is asked for", { ...SERVER, era: SECRET }],
  ])("is not repeated: one %s", async (_name, body) => {
    const sent = { verb: "PUT", headers: [...BEARER, ...JSON_TYPE], body: JSON.stringify(body) };
    for (const path of ["/servers/refused", "/servers/files"]) {
      expect((await send(`/api/v1${path}`, sent)).status).toBe(422);
    }
  });
});

describe("a secret of it all", () => {
  it("stands in no answer and in no log", async () => {
    expect(answers.length).toBeGreaterThan(500);
    const all = [
      ...answers.map(({ headers, text }) => JSON.stringify(headers) + text),
      gateway.logs(),
      JSON.stringify(await state()),
    ].join("\n");
    for (const each of [SECRET, ADMIN_TOKEN, ROOT_KEY, grant.token]) expect(all).not.toContain(each);
  });

  it("has been worth nothing to anybody: all is as it was", async () => {
    expect(await state()).toEqual(initial);
    expect(initial).toMatchObject([
      { items: [{ slug: "files" }] },
      { items: [{}] },
      { items: [{ label: "honest" }] },
      { items: [] },
      {},
    ]);
  });
});
