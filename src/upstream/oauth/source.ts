/**
 * Where the edge gets a token from: its own memory until the token is to be renewed, so that a call costs no visit to
 * the keeper, and then the keeper. What is kept here is secret.
 */
import type { Env } from "../../env.ts";
import { Kept } from "../../grant/kept.ts";
import { causeOf, log } from "../../observe/log.ts";
import type { OAuth } from "../credential-file.ts";
import { type Failure, unsent } from "../failure.ts";
import type { CredentialKeeper, Held } from "./keeper.ts";
import { ownerOf } from "./name.ts";

/** Never throws. */
export type TokenSource = {
  readonly token: () => Promise<string | Failure>;
  /** Another token than the one that the server refused; the same again says that there is no other for now. */
  readonly renew: (refused: string) => Promise<string | Failure>;
  /** Tokens that this isolate gave lately: calls and streams that began with an earlier one may go on. */
  readonly sent: () => readonly string[];
};

/** Tokens by the version of their credential. */
const known = new Kept<string, Held>(500);

/** The last few of each, by the version of their credential. */
const given = new Kept<string, readonly string[]>(500);
const MOST_GIVEN = 3;

function give(version: string, token: string): string {
  const before = given.get(version)?.filter((other) => other !== token) ?? [];
  given.set(version, [token, ...before].slice(0, MOST_GIVEN));
  return token;
}

type Keepers = Pick<Env, "CREDENTIAL_KEEPER">;

/** `keeper` is its name; `version` is that of the sealed record. */
export function tokenSource(env: Keepers, keeper: string, version: string, client: OAuth): TokenSource {
  // A stub belongs to the request that made it; this lives as long as the isolate.
  const ask = async (question: (stub: DurableObjectStub<CredentialKeeper>) => Promise<Held | Failure>) => {
    try {
      const answer = await question(env.CREDENTIAL_KEEPER.getByName(keeper));
      if (answer.kind === "failed") return answer;
      // What a keeper of another version says need not be what is expected; what is no token is not kept.
      if (typeof answer.value !== "string") throw new TypeError("the keeper gave no token");
      return give(version, known.set(version, answer).value);
    } catch (error) {
      log("error", "credential keeper failed", { ...ownerOf(keeper), cause: causeOf(error) });
      const last = known.get(version);
      if (last !== undefined && Date.now() < last.expiresAt) return last.value;
      return unsent("The gateway could not get at its token for this server; try again shortly.");
    }
  };
  return {
    token: async () => {
      const last = known.get(version);
      if (last !== undefined && Date.now() < last.renewAt) return last.value;
      return ask((stub) => stub.token(version, client));
    },
    renew: async (refused) => {
      const last = known.get(version);
      if (last?.value === refused) known.delete(version);
      return ask((stub) => stub.renew(version, client, refused));
    },
    sent: () => given.get(version) ?? [],
  };
}

/**
 * To be called when a server was deleted, or a grant lost its own credential: its token is thrown away. A keeper that
 * can't be reached keeps it sealed, and gives it to nobody, since nothing names its version any more.
 */
export async function forgetToken(env: Keepers, keeper: string): Promise<void> {
  await env.CREDENTIAL_KEEPER.getByName(keeper)
    .forget()
    .catch(() => {});
}
