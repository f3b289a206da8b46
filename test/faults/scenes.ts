/**
 * A stage for faults: each scene has a server, a policy and a grant of its own, so that no isolate knows anything of it,
 * and one use of the platform on the way of its call goes wrong. Then it is looked at what the client was told, and what
 * the server saw.
 */
import type { Grant } from "../gate/gateway.ts";
import { type Answer, send } from "../gate/raw.ts";
import { call, type Era, type Message, speak } from "../gate/speak.ts";
import { type Authority, startAuthority } from "../gate/upstreams/authority.ts";
import { type Fate, type Fronted, PASS, startFronted, type Use } from "./fronted.ts";
import { callsIn } from "./invariants.ts";

export type Scene = {
  readonly slug: string;
  readonly grant: Grant;
  /** The number that its first call bears; the next ones count on. */
  readonly number: number;
  readonly era: Era;
  /** What has been used since `arm`, in order. */
  readonly uses: string[];
  /** Lets the use of that place in order go wrong, counted from 0; any other, and every one for null, goes its way. */
  arm(place: number | null, fate: Fate | (() => Promise<Fate>)): void;
  /** As `arm`, for the first use of that name. */
  hold(use: string, fate: () => Promise<Fate>): void;
  /** Calls the tool with the scene's number and that much more. */
  call(more?: number): Promise<Answer>;
  ask(message: Message): Promise<Answer>;
  /** How many of its calls the server has seen. */
  ran(): number;
};

export type Stage = {
  readonly gateway: Fronted;
  readonly authority: Authority;
  scene(): Promise<Scene>;
  close(): Promise<unknown>;
};

/** Of the limits of all scenes; their windows outlast any run. */
export const MOST = 50;
/** Numbers that a scene's calls may bear. */
const EACH = 1_000;

type Acting = { place: number | string | null; fate: Fate | (() => Promise<Fate>); readonly uses: string[] };

export async function startStage(vars: Record<string, string> = {}): Promise<Stage> {
  const [authority, gateway] = await Promise.all([startAuthority("token-of-the-stage"), startFronted(vars)]);
  const acting = new Map<string, Acting>();
  gateway.decide((use) => {
    const scene = acting.get(use.scene);
    if (scene === undefined) return PASS;
    const place = scene.uses.push(named(use)) - 1;
    if (scene.place !== place && scene.place !== named(use)) return PASS;
    if (typeof scene.place === "string") scene.place = null;
    return typeof scene.fate === "function" ? scene.fate() : scene.fate;
  });
  let scenes = 0;
  return {
    gateway,
    authority,
    async scene() {
      const nth = ++scenes;
      const slug = `scene-${nth}`;
      const era = nth % 2 === 0 ? "legacy" : "modern";
      const grant = await setUp(gateway, authority, slug);
      const scene: Acting = { place: null, fate: PASS, uses: [] };
      acting.set(slug, scene);
      acting.set(grant.id, scene);
      const number = nth * EACH;
      const ask = (message: Message) => {
        const { headers, ...rest } = speak(era, grant, message);
        return send(grant.url, { ...rest, headers: [...headers, "X-Scene", slug] });
      };
      const arm = (place: Acting["place"], fate: Acting["fate"]) => {
        scene.uses.length = 0;
        Object.assign(scene, { place, fate });
      };
      return {
        ...{ slug, grant, number, era, uses: scene.uses, ask },
        arm,
        hold: arm,
        call: (more = 0) => ask(call("echo", { number: number + more })),
        ran: () => callsIn(authority.upstream).filter((one) => Math.floor(one.number / EACH) === nth).length,
      };
    },
    close: () => Promise.all([gateway.close(), authority.close()]),
  };
}

async function setUp(gateway: Fronted, { upstream, tokenUrl }: Authority, slug: string): Promise<Grant> {
  const oauth = { tokenUrl, clientId: "gateway", clientSecret: `\${secret:CLIENT}` };
  const secrets = { CLIENT: "secret-of-the-stage" };
  await gateway.putServer(slug, { url: upstream.url, drift: "hold", credential: { oauth }, secrets });
  const limits = [
    { counter: "own", window: "month", max: MOST },
    { counter: "shared", window: "month", max: MOST, scope: "server" },
  ];
  const record = { arguments: "full" };
  await gateway.putPolicy(slug, "p", {
    version: "1",
    default: "deny",
    description: slug,
    record,
    tools: { echo: { limits } },
  });
  return gateway.grant(slug, "p");
}

/** Without what is another each time: `GRANTGATE_KV.get policy`, `GRANT_LEDGER.take`. */
function named({ use, about }: Use): string {
  return use.startsWith("GRANTGATE_KV") ? `${use} ${about.split(":")[0]}` : use;
}
