/** A gateway in front of a recorder, and grants under the policy of the fuzzer. */
import { type Gateway, startGateway } from "../../gate/gateway.ts";
import { send } from "../../gate/raw.ts";
import { call, openSession, speak } from "../../gate/speak.ts";
import { minimalServer } from "../../gate/upstreams/minimal.ts";
import { type Handler, type Recorded, type Recorder, startRecorder } from "../../gate/upstreams/recorder.ts";
import { answerTo, messageOf, sendJson } from "../../gate/upstreams/replies.ts";
import { readLoose } from "./loose.ts";
import { POLICY, TOOLS } from "./policy.ts";
import type { Standing } from "./requests.ts";
import { members } from "./witnesses.ts";

export const SESSION = "session-of-the-upstream";
export const CREDENTIAL = ["x-upstream-key", "key-of-the-upstream"] as const;

export type World = {
  readonly gateway: Gateway;
  readonly upstream: Recorder;
  /** A new grant, and a session in it. */
  grant(): Promise<Standing>;
  close(): Promise<void>;
};

/** What it answers without a word. */
const PLAIN = new Set(["resources/read", "prompts/get", "completion/complete"]);

/** Answers as an honest server does, whose sessions all have one name. */
export function honestly(): Handler {
  const { handle } = minimalServer({ tools: TOOLS });
  return (req, res) => {
    const exact = { ...req, json: withExactId(req) };
    const message = messageOf(exact);
    if (message.method === "initialize") {
      const writeHead = res.writeHead.bind(res);
      res.writeHead = (status: number, headers?: unknown) =>
        writeHead(status, { ...(headers as Record<string, string>), "Mcp-Session-Id": SESSION });
    }
    if (PLAIN.has(String(message.method))) return sendJson(res, answerTo(message, {}));
    return handle(exact, res);
  };
}

/** TC39 "JSON.parse source text access"; TypeScript's library does not name it yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** The message, whose id is written digit for digit where the answer repeats it. */
function withExactId({ json, text }: Recorded): unknown {
  const whole = readLoose(text);
  const id = whole?.kind === "object" ? whole.members.find(({ key }) => key === '"id"')?.value : undefined;
  return id?.kind === "raw" ? { ...members(json), id: rawJson(id.text) } : json;
}

export async function openWorld(): Promise<World> {
  const [upstream, gateway] = await Promise.all([startRecorder(honestly()), startGateway()]);
  const [name, value] = CREDENTIAL;
  const server = { url: upstream.url, credential: { headers: { [name]: value } } };
  // Held at first, since what is held is known with the answer to the list; so it is known which header mirrors what.
  await gateway.putServer("fuzz", { ...server, drift: "hold" });
  await gateway.putPolicy("fuzz", "fuzz", POLICY);
  const first = await gateway.grant("fuzz", "fuzz");
  const list = await send(first.url, speak("modern", first, { method: "tools/list" }));
  if (!list.text.includes('"route"')) throw new Error(`the tools can't be listed: ${list.text}`);
  await gateway.putServer("fuzz", server);
  return {
    gateway,
    upstream,
    async grant() {
      const grant = await gateway.grant("fuzz", "fuzz");
      return { grant, session: await openSession(grant) };
    },
    close: async () => void (await Promise.all([gateway.close(), upstream.close()])),
  };
}

/** Null when a plain allowed call of each era is served as if nothing had been. */
export async function stillServes({ grant, session }: Standing): Promise<string | null> {
  const message = call("echo", { mode: "peek", after: "all" });
  const legacy = speak("legacy", grant, message);
  const answers = await Promise.all([
    send(grant.url, speak("modern", grant, message)),
    send(grant.url, { ...legacy, headers: [...legacy.headers, ...session] }),
  ]);
  const bad = answers.find(({ status, json }) => status !== 200 || !JSON.stringify(json).includes("after"));
  return bad === undefined ? null : `an honest call is not served any more: ${bad.status} ${bad.text.slice(0, 300)}`;
}
