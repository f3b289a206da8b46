/**
 * OAuth client credentials against a real token endpoint: one token for all who call, renewed before it is over and
 * when a server refuses it, and an endpoint that fails costs calls, but never a secret.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { type Answer, send } from "./raw.ts";
import { call, ERAS, type Era, speak } from "./speak.ts";
import { type Authority, startAuthority } from "./upstreams/authority.ts";
import { type Handler, header, type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { sendJson } from "./upstreams/replies.ts";

const CLIENT_SECRET = "client-secret-one";
const TOKEN = "access-token-of-the-test";
const secret = (name: string) => `\${secret:${name}}`;

let authority: Authority;
let gateway: Gateway;
const answers: Answer[] = [];
const tokens: string[] = [];
let servers = 0;

beforeAll(async () => {
  [authority, gateway] = await Promise.all([startAuthority(TOKEN), startGateway()]);
});
beforeEach(() => authority.reset());
afterAll(async () => {
  await Promise.all([gateway?.close(), authority?.close()]);
});

type Over = { readonly url?: string; readonly oauth?: object; readonly headers?: object };

/** A grant for a server of its own, with a client of its own: nothing of it is known from an earlier test. */
async function newGrant({ url = authority.upstream.url, oauth = {}, headers }: Over = {}): Promise<Grant> {
  const slug = `server-${++servers}`;
  const client = { tokenUrl: authority.tokenUrl, clientId: "gateway", clientSecret: secret("CLIENT_SECRET"), ...oauth };
  await gateway.putServer(slug, {
    url,
    credential: { oauth: client, ...(headers && { headers }) },
    secrets: { CLIENT_SECRET },
  });
  await gateway.putPolicy(slug, "open", { version: "1", default: "allow" });
  const grant = await gateway.grant(slug, "open");
  tokens.push(grant.token);
  return grant;
}

async function ask(grant: Grant, era: Era = "modern"): Promise<Answer> {
  const answer = await send(grant.url, speak(era, grant, call("echo", { era })));
  answers.push(answer);
  return answer;
}

/** What a model reads of an answer. */
function toldBy({ json }: Answer): string {
  const { result } = json as { result: { isError?: boolean; content: { text: string }[] } };
  return `${result.isError ? "failed: " : ""}${result.content[0]?.text}`;
}

const formOf = (text: string) => Object.fromEntries(new URLSearchParams(text));

describe("a server with OAuth client credentials", () => {
  it("is called with one token, however many call at once", async () => {
    const grant = await newGrant();
    const given = await Promise.all(Array.from({ length: 50 }, (_, at) => ask(grant, ERAS[at % 2])));
    expect(new Set(given.map(toldBy))).toEqual(new Set(['{"era":"modern"}', '{"era":"legacy"}']));
    expect(authority.shown()).toEqual(Array(50).fill(`${TOKEN}-1`));
    expect(authority.endpoint.requests).toHaveLength(1);
    await ask(grant);
    expect(authority.endpoint.requests).toHaveLength(1);
  });

  it("shares the token among its grants", async () => {
    const grant = await newGrant();
    const slug = `server-${servers}`;
    const others = await Promise.all([gateway.grant(slug, "open"), gateway.grant(slug, "open")]);
    tokens.push(...others.map(({ token }) => token));
    for (const each of [grant, ...others]) expect(toldBy(await ask(each))).toBe('{"era":"modern"}');
    expect(authority.endpoint.requests).toHaveLength(1);
  });

  it("is asked for at the endpoint as its file says, and with nothing of the client's", async () => {
    const wish = { scope: "mcp:read mcp:write", resource: "https://mcp.example.com/mcp", audience: "api://mcp" };
    const grant = await newGrant({ oauth: wish, headers: { "X-Tenant": "acme" } });
    await ask(grant);
    const [req] = authority.endpoint.requests;
    expect(req).toMatchObject({ method: "POST", path: "/token" });
    expect(formOf(req?.text ?? "")).toEqual({ grant_type: "client_credentials", ...wish });
    expect(req && ["authorization", "content-type", "accept", "x-tenant"].map((name) => header(req, name))).toEqual([
      `Basic ${btoa(`gateway:${CLIENT_SECRET}`)}`,
      "application/x-www-form-urlencoded",
      "application/json",
      undefined,
    ]);
    expect(`${req?.rawHeaders.join(" ")} ${req?.text}`).not.toContain("ggt_");
    expect(authority.upstream.requests.map((each) => header(each, "x-tenant"))).toEqual(["acme"]);
    expect(JSON.stringify(authority.upstream.requests.map(({ rawHeaders }) => rawHeaders))).not.toContain(
      CLIENT_SECRET,
    );
  });

  it("is asked for with id and secret in the body, where the endpoint wants that", async () => {
    await ask(await newGrant({ oauth: { authentication: "post" } }));
    const [req] = authority.endpoint.requests;
    expect(req && header(req, "authorization")).toBeUndefined();
    expect(formOf(req?.text ?? "")).toMatchObject({ client_id: "gateway", client_secret: CLIENT_SECRET });
  });

  it("is given a new token before the old one is over, and no call fails for it", async () => {
    authority.life(2);
    const grant = await newGrant();
    while (authority.granted.length < 3) expect(toldBy(await ask(grant))).toBe('{"era":"modern"}');
    const shown = authority.shown();
    expect(shown[0]).toBe(`${TOKEN}-1`);
    expect(shown).toEqual(shown.toSorted());
  });

  it("is given a new token as soon as its secret is changed", async () => {
    const grant = await newGrant();
    await ask(grant);
    const credential = { oauth: { tokenUrl: authority.tokenUrl, clientId: "gateway", clientSecret: secret("S") } };
    await gateway.putServer(`server-${servers}`, {
      url: authority.upstream.url,
      credential,
      secrets: { S: "changed" },
    });
    await ask(grant);
    expect(authority.shown()).toEqual([`${TOKEN}-1`, `${TOKEN}-2`]);
    const [, second] = authority.endpoint.requests;
    expect(second && header(second, "authorization")).toBe(`Basic ${btoa("gateway:changed")}`);
  });
});

describe("a server that refuses a token", () => {
  it.each(ERAS)("is asked once more with another, and the %s client notices nothing", async (era) => {
    const grant = await newGrant();
    await ask(grant, era);
    authority.withdraw(authority.granted[0]);
    authority.upstream.clear();
    expect(toldBy(await ask(grant, era))).toBe(JSON.stringify({ era }));
    expect(authority.shown()).toEqual([`${TOKEN}-1`, `${TOKEN}-2`]);
    const [first, second] = authority.upstream.requests;
    expect(second?.text).toBe(first?.text);
    expect(authority.endpoint.requests).toHaveLength(2);
  });

  it("costs one new token, however many calls it refuses at once", async () => {
    const grant = await newGrant();
    await ask(grant);
    authority.withdraw(authority.granted[0]);
    const given = await Promise.all(Array.from({ length: 30 }, () => ask(grant)));
    expect(new Set(given.map(toldBy))).toEqual(new Set(['{"era":"modern"}']));
    expect(authority.granted).toHaveLength(2);
  });

  it("whatever it is shown is told as it is, and its authorization server is left in peace", async () => {
    const grant = await newGrant();
    authority.refuseAll(true);
    const told = [];
    for (let times = 0; times < 10; times++) told.push(toldBy(await ask(grant)));
    expect(new Set(told)).toEqual(
      new Set([
        "failed: [UPSTREAM FAILED] The server refused the gateway's credential (HTTP 401); an operator must mend it.",
      ]),
    );
    // A token, another for the first refusal, and then ever fewer.
    expect(authority.granted.length).toBeLessThan(6);
    authority.refuseAll(false);
    expect(toldBy(await ask(grant))).toBe('{"era":"modern"}');
  });

  it("is not asked again where its credential is static", async () => {
    await gateway.putServer("static", {
      url: authority.upstream.url,
      credential: { headers: { Authorization: `Bearer ${secret("T")}` } },
      secrets: { T: "static" },
    });
    await gateway.putPolicy("static", "open", { version: "1", default: "allow" });
    const grant = await gateway.grant("static", "open");
    expect(toldBy(await ask(grant))).toContain("HTTP 401");
    expect(authority.shown()).toEqual(["static"]);
  });
});

describe("a token endpoint that grants nothing", () => {
  const BLAB = `${CLIENT_SECRET} and ${TOKEN}`;
  let elsewhere: Recorder;
  beforeAll(async () => {
    elsewhere = await startRecorder();
  });
  afterAll(() => elsewhere?.close());

  const refusing = (status: number, body: object): Handler => {
    return (_req, res) => sendJson(res, body, { "X-Blab": BLAB }, status);
  };

  it.each<[string, Handler, string]>([
    [
      "with an error that it names",
      refusing(401, { error: "invalid_client", error_description: BLAB, error_uri: BLAB }),
      "refused the gateway (HTTP 401, invalid_client); an operator must mend it",
    ],
    [
      "with an error that has a secret in it",
      refusing(400, { error: BLAB }),
      "refused the gateway (HTTP 400); an operator must mend it",
    ],
    ["because it is broken", refusing(503, { error: BLAB }), "answered with HTTP 503"],
    [
      "but something else",
      refusing(200, { access_token: BLAB, token_type: "Bearer" }),
      "gave no token that can be used: access_token can't be used",
    ],
    [
      "but a token of another kind",
      refusing(200, { access_token: TOKEN, token_type: BLAB }),
      "gave no token that can be used: token_type can't be used",
    ],
    [
      "but a page",
      (_req, res) => void res.writeHead(200, { "Content-Type": "text/html" }).end(BLAB),
      "gave no token that can be used: it is no JSON object",
    ],
    [
      "but a redirect",
      (_req, res) => void res.writeHead(307, { Location: elsewhere.url }).end(BLAB),
      "answered with a redirect (HTTP 307), which the gateway does not follow",
    ],
    [
      "and talks without end",
      (_req, res) => {
        const more = () => {
          while (!res.destroyed && res.write(BLAB.repeat(100)));
        };
        res.writeHead(200, { "Content-Type": "application/json" }).on("drain", more);
        more();
      },
      "gave an answer that is too large",
    ],
    ["and hangs up", (_req, res) => void res.destroy(), "could not be reached"],
  ])("%s fails the call, says why, and is not asked again at once", async (_, handler, why) => {
    authority.endpoint.answer(handler);
    const grant = await newGrant();
    const expected = `failed: [UPSTREAM FAILED] The server's token endpoint ${why}.`;
    const given = await Promise.all([ask(grant), ask(grant), ask(grant, "legacy")]);
    expect(given.map(toldBy)).toEqual([expected, expected, expected]);
    expect(toldBy(await ask(grant))).toBe(expected);
    expect(authority.endpoint.requests).toHaveLength(1);
    expect(authority.upstream.requests).toEqual([]);
    expect(elsewhere.requests).toEqual([]);
  });

  it("because nobody is there fails the call and says so", async () => {
    const gone = await startRecorder();
    await gone.close();
    const grant = await newGrant({ oauth: { tokenUrl: gone.url } });
    const expected = "failed: [UPSTREAM FAILED] The server's token endpoint could not be reached.";
    expect(toldBy(await ask(grant))).toBe(expected);
    expect(authority.upstream.requests).toEqual([]);
  });

  it("but byte after byte fails the call when its time is over", { timeout: 30_000 }, async () => {
    authority.endpoint.answer((_req, res) => {
      res.writeHead(200, { "Content-Type": "application/json" });
      const drip = setInterval(() => res.write(" "), 500);
      res.on("close", () => clearInterval(drip));
    });
    const grant = await newGrant();
    const expected = "failed: [UPSTREAM FAILED] The server's token endpoint gave no token within 10 seconds.";
    expect(toldBy(await ask(grant))).toBe(expected);
    const left = await authority.endpoint.waitFor(({ disconnectedAt }) => disconnectedAt !== undefined);
    expect(left.method).toBe("POST");
    expect(authority.upstream.requests).toEqual([]);
  });

  it("and then does again is asked again, a little later", async () => {
    authority.endpoint.answer(refusing(503, {}));
    const grant = await newGrant();
    expect(toldBy(await ask(grant))).toContain("HTTP 503");
    authority.reset();
    while (toldBy(await ask(grant)) !== '{"era":"modern"}');
    expect(authority.endpoint.requests).toHaveLength(1);
  });
});

describe("a secret of it all", () => {
  it("comes back to no client", () => {
    expect(answers.length).toBeGreaterThan(100);
    const all = answers.map(({ headers, text }) => JSON.stringify(headers) + text).join("\n");
    for (const each of [CLIENT_SECRET, btoa(`gateway:${CLIENT_SECRET}`), TOKEN, ...tokens]) {
      expect(all).not.toContain(each);
    }
  });

  it("comes back to no operator", async () => {
    for (const path of ["/servers", "/servers/server-1", "/grants"]) {
      const { status, body } = await gateway.admin("GET", path);
      expect([path, status]).toEqual([path, 200]);
      expect(JSON.stringify(body)).not.toContain(CLIENT_SECRET);
      expect(JSON.stringify(body)).not.toContain(TOKEN);
    }
  });

  it("gets into no log", () => {
    const logged = gateway.logs();
    expect(logged).toContain("upstream token not renewed");
    for (const each of [CLIENT_SECRET, btoa(`gateway:${CLIENT_SECRET}`), TOKEN, ...tokens]) {
      expect(logged).not.toContain(each);
    }
  });
});
