/**
 * A grant's own credential towards its server, in place of the server's. Secrets go in and never come out: what is
 * answered names them and no more.
 */
import * as z from "zod/mini";
import { credentialKey, loadSealedCredential } from "../../grant/contents.ts";
import { canonicalJson } from "../../json/canonical.ts";
import { Credential } from "../../upstream/credential-file.ts";
import { type GrantCredential, sealCredential, unsealCredential } from "../../upstream/grant-credential.ts";
import { keeperOfGrant } from "../../upstream/oauth/name.ts";
import { forgetToken } from "../../upstream/oauth/source.ts";
import { SecretValue, secretNames } from "../../upstream/server-file.ts";
import { described } from "../described.ts";
import { invalid } from "../problem.ts";
import { document, route } from "../route.ts";
import { destinationFaults } from "../secrets/destinations.ts";
import { exposedSecrets } from "../secrets/exposed.ts";
import { gatherSecrets, sameDestinations } from "../secrets/gather.ts";
import { readRootKey } from "../secrets/root-key.ts";
import { changeGrant, revoked } from "./change.ts";
import { Grant } from "./shown.ts";

const MOST_BYTES = 262_144;

const Wish = z.safeExtend(Credential, { secrets: z._default(z.record(z.string(), SecretValue), {}) });

const put = route({
  method: "PUT",
  path: "/grants/{grant}/credential",
  role: "admin",
  ...described({
    summary: "Give a grant a credential of its own, in place of its server's",
    description:
      "Secrets that are named and not given keep the value that was given earlier, as long as they go to the same address.",
    gives: { status: 200, schema: Grant, tagged: true },
  }),
  conditional: "match",
  takes: document(Wish, MOST_BYTES),
  async handle(asked) {
    const { env, params, body, now } = asked;
    const id = params.grant;
    const { secrets: given, ...credential } = body;
    const root = readRootKey(env);
    if (!root.ok) return root.refused;
    const misled = [...destinationFaults(asked, { credential }), ...exposedSecrets({ credential })];
    if (misled.length > 0) return invalid(misled);
    let sealed = { version: "", sealed: "" };
    return changeGrant(asked, id, {
      action: "grant.credential",
      async edited(grant) {
        if (grant.state === "revoked") return revoked(grant);
        const before =
          grant.credentialVersion === null ? null : await loadSealedCredential(env, grant.credentialVersion);
        const stored = before === null ? null : await unsealCredential(root.value, id, before);
        const stays = stored !== null && sameDestinations(stored, { credential });
        const secrets = gatherSecrets(secretNames({ credential }), given, stays ? stored.secrets : null);
        if (!secrets.ok) return invalid(secrets.faults);
        const wanted = { credential, secrets: secrets.value };
        if (stored !== null && textOf(wanted) === textOf(stored)) return grant;
        sealed = await sealCredential(root.value, id, wanted);
        await env.GRANTGATE_KV.put(credentialKey(sealed.version), sealed.sealed);
        return { ...grant, credential, credentialVersion: sealed.version };
      },
      statements: () => [
        env.GRANTGATE_DB.prepare(
          "INSERT INTO credential_versions (version, grant_id, sealed, created_at) VALUES (?1, ?2, ?3, ?4)",
        ).bind(sealed.version, id, sealed.sealed, now),
      ],
      undone: () => env.GRANTGATE_KV.delete(credentialKey(sealed.version)),
    });
  },
});

const remove = route({
  method: "DELETE",
  path: "/grants/{grant}/credential",
  role: "admin",
  ...described({
    summary: "Let a grant use its server's credential again",
    gives: { status: 200, schema: Grant, tagged: true },
  }),
  conditional: "match",
  async handle(asked) {
    const answer = await changeGrant(asked, asked.params.grant, {
      action: "grant.credential",
      edited: (grant) => (grant.credential === null ? grant : { ...grant, credential: null, credentialVersion: null }),
    });
    if (answer.ok) await forgetToken(asked.env, keeperOfGrant(asked.params.grant));
    return answer;
  },
});

export const credentialRoutes = [put, remove];

/** One text for one content, whatever order its keys came in. */
function textOf(credential: GrantCredential): string {
  return canonicalJson(JSON.parse(JSON.stringify(credential)));
}
