/** A ROOT_KEY that was replaced without ROOT_KEY_PREVIOUS: what can be saved is, and the rest is named. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { loadSealedServer } from "../../src/grant/contents.ts";
import { ringOf } from "../../src/upstream/root-key.ts";
import { unsealServer } from "../../src/upstream/server.ts";
import { ask, grantUnder, SECRET, server } from "./admin-given.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));

const ROOT_KEY = "cd".repeat(32);

async function opened(slug: string) {
  const { version } = (await ask("GET", `/servers/${slug}`)).body;
  return unsealServer(ringOf(ROOT_KEY), slug, (await loadSealedServer(env, String(version))) ?? "");
}

it("seals servers without secrets anew, and names each server whose secrets are lost", async () => {
  const plain = { name: "plain", url: "https://plain.example.com/mcp" };
  await ask("PUT", "/servers/a-lost", { body: { ...server, secrets: { TOKEN: SECRET } } });
  await ask("PUT", "/servers/b-plain", { body: plain });
  await ask("PUT", "/servers/c-lost", { body: { ...server, secrets: { TOKEN: SECRET } } });
  const { id } = await grantUnder("d-lost");
  const own = { headers: { Authorization: `Bearer \${secret:OWN}` }, secrets: { OWN: "own-secret" } };
  expect((await ask("PUT", `/grants/${id}/credential`, { body: own })).status).toBe(200);
  const answer = await ask("POST", "/secrets/rotate", { env: { ROOT_KEY } });
  expect(answer.status).toBe(409);
  expect(answer.body.detail).toContain(`of server a-lost, server c-lost, server d-lost, grant ${id};`);
  expect(await opened("a-lost")).toBeNull();
  expect(await opened("b-plain")).toEqual({
    ...plain,
    slug: "b-plain",
    era: "auto",
    drift: "hold",
    surface: expect.any(Array),
    secrets: {},
  });

  for (const slug of ["a-lost", "c-lost", "d-lost"]) {
    const again = { ...server, secrets: { TOKEN: SECRET } };
    expect((await ask("PUT", `/servers/${slug}`, { body: again, env: { ROOT_KEY } })).status).toBe(200);
  }
  expect((await ask("PUT", `/grants/${id}/credential`, { body: own, env: { ROOT_KEY } })).status).toBe(200);
  const done = await ask("POST", "/secrets/rotate", { env: { ROOT_KEY } });
  expect([done.status, done.body]).toEqual([200, { servers: 0, credentials: 0 }]);
});
