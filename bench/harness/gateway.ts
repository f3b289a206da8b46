/** The built Worker with its storage on this machine, and an operator who sets it up. */
import { ADMIN_TOKEN, migrate, workerdOptions } from "../../test/gate/workerd.ts";
import { DIRECT, type RunningWorker, startWorker } from "./worker.ts";

export type BenchGateway = RunningWorker & {
  /** A server with one policy and one grant of it; gives where and with which token it is called. */
  open(slug: string, server: object, policy: object): Promise<{ url: string; token: string }>;
};

/** The Worker must have been built. `vars` are bindings beside the usual ones. */
export async function startBenchGateway(vars: Record<string, string> = {}, more: object = {}): Promise<BenchGateway> {
  const running = await startWorker(workerdOptions(vars, { ...DIRECT, ...more }));
  await migrate(running.workerd);

  async function admin(method: string, path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${running.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  return {
    ...running,
    async open(slug, server, policy) {
      await admin("PUT", `/servers/${slug}`, { name: slug, ...server });
      await admin("PUT", `/policies/${slug}/bench`, policy);
      const { token } = Object(await admin("POST", "/grants", { server: slug, policy: "bench", label: "bench" }));
      return { url: `${running.url}/mcp/${slug}`, token: String(token) };
    },
  };
}
