/**
 * The Durable Object that keeps the token of one credential: a server's, or that of a grant with its own.
 *
 * However many ask at once, and from wherever, one renewal runs at a time. The token is stored sealed, so an eviction
 * costs no new one. A token endpoint that fails, and a server that refuses every token, are asked ever less often. It
 * must never write a token or a client's secret in clear, to storage, to a log or into an error.
 */
import { DurableObject } from "cloudflare:workers";
import * as z from "zod/mini";
import type { Env } from "../../env.ts";
import { Kept } from "../../grant/kept.ts";
import { log } from "../../observe/log.ts";
import type { OAuth } from "../credential-file.ts";
import type { Failure } from "../failure.ts";
import { rootKeyOf } from "../root-key.ts";
import { seal, unseal } from "../seal.ts";
import { fetchToken } from "./fetch.ts";
import { ownerOf } from "./name.ts";
import { pauseAfter, type Token } from "./token.ts";

/** What the edge may use, without asking again until it is to be renewed. */
export type Held = { readonly kind: "held" } & Token;

/** How a credential version stands. */
type Line = {
  token: Token | null;
  renewal: Promise<Token | Failure> | null;
  /** Failures in a row, the last of them, and from when on the endpoint is asked again. */
  failures: number;
  failure: Failure | null;
  askAgainAt: number;
  /** Renewals in a row because the server refused the token, the last of them, and from when on it may bring another. */
  refusals: number;
  refusedAt: number;
  refusableAt: number;
};

const PURPOSE = "oauth-token";
const KEY = "token";

/** While a renewal runs behind an answer, the edge looks in again after this, in ms. */
const LOOK_AGAIN_MS = 1_000;
/** A token that was good for so long was not refused for what it is, in ms. */
const GOOD_MS = 300_000;

const Stored = z.object({ value: z.string(), renewAt: z.number(), expiresAt: z.number() });

export class CredentialKeeper extends DurableObject<Env> {
  /** A change of the credential takes a moment to be known everywhere; more versions at a time there are not. */
  #lines = new Kept<string, Line>(4);

  /** A token for this version of the credential. `client` is what that version says. */
  async token(version: string, client: OAuth): Promise<Held | Failure> {
    const line = await this.#lineOf(version);
    const now = Date.now();
    const { token } = line;
    if (token === null || now >= token.expiresAt) {
      if (line.renewal === null && line.failure !== null && now < line.askAgainAt) return line.failure;
      const renewed = await this.#renewal(line, version, client);
      return "kind" in renewed ? renewed : held(renewed);
    }
    if (now < token.renewAt) return held(token);
    if (now >= line.askAgainAt) this.ctx.waitUntil(this.#renewal(line, version, client));
    return { ...held(token), renewAt: Math.min(token.expiresAt, now + LOOK_AGAIN_MS) };
  }

  /** A token other than the one that the server refused; the same again when it is too soon for another. */
  async renew(version: string, client: OAuth, refused: string): Promise<Held | Failure> {
    const line = await this.#lineOf(version);
    const now = Date.now();
    if (line.token?.value === refused) {
      if (now < line.refusableAt) return held(line.token);
      line.refusals = now - line.refusedAt > GOOD_MS ? 1 : line.refusals + 1;
      line.refusedAt = now;
      line.refusableAt = now + pauseAfter(line.refusals);
      line.token = null;
      this.ctx.storage.kv.delete(KEY);
    }
    return this.token(version, client);
  }

  /** Lets go of everything: the credential is no more. */
  async forget(): Promise<void> {
    this.#lines = new Kept(4);
    await this.ctx.storage.deleteAll();
  }

  async #lineOf(version: string): Promise<Line> {
    const known = this.#lines.get(version);
    if (known !== undefined) return known;
    const token = await this.#stored(version);
    // Another call may have come this far meanwhile.
    return this.#lines.get(version) ?? this.#lines.set(version, newLine(token));
  }

  /** One at a time: whoever comes while it runs gets what it brings. */
  #renewal(line: Line, version: string, client: OAuth): Promise<Token | Failure> {
    line.renewal ??= this.#fetch(line, version, client).finally(() => {
      line.renewal = null;
    });
    return line.renewal;
  }

  async #fetch(line: Line, version: string, client: OAuth): Promise<Token | Failure> {
    const allowLoopback = this.env.ALLOW_LOOPBACK_UPSTREAMS === "true";
    const fetched = await fetchToken(client, { ownHost: null, allowLoopback });
    if ("kind" in fetched) {
      line.failures++;
      line.failure = fetched;
      line.askAgainAt = Date.now() + pauseAfter(line.failures);
      const told = { ...ownerOf(this.ctx.id.name ?? ""), cause: fetched.reason, count: line.failures };
      log("warn", "upstream token not renewed", told);
      return fetched;
    }
    line.failures = 0;
    line.failure = null;
    line.askAgainAt = 0;
    line.token = fetched;
    const sealed = await seal(rootKeyOf(this.env), PURPOSE, this.#identity(version), JSON.stringify(fetched));
    // Unless it was told to forget meanwhile.
    if (this.#lines.get(version) === line) this.ctx.storage.kv.put(KEY, sealed);
    return fetched;
  }

  /** The stored token; null where there is none, or one of another version of the credential. */
  async #stored(version: string): Promise<Token | null> {
    const sealed = this.ctx.storage.kv.get<string>(KEY);
    if (sealed === undefined) return null;
    const text = await unseal(rootKeyOf(this.env), PURPOSE, this.#identity(version), sealed);
    return text === null ? null : (Stored.safeParse(JSON.parse(text)).data ?? null);
  }

  #identity(version: string): string {
    return `${this.ctx.id.toString()}\0${version}`;
  }
}

function newLine(token: Token | null): Line {
  const calm = { failures: 0, failure: null, askAgainAt: 0, refusals: 0, refusedAt: 0, refusableAt: 0 };
  return { token, renewal: null, ...calm };
}

function held(token: Token): Held {
  return { kind: "held", ...token };
}
