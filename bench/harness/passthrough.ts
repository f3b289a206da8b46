/** What the gateway is held against: a Worker that streams a request to the upstream, and the answer back, and nothing else. */
import { convertV4MiniflareOptions, type MiniflareOptions } from "miniflare";

export const PASSTHROUGH = `
export default {
  fetch(request, env) {
    const { method, headers, body } = request;
    return fetch(env.UPSTREAM + new URL(request.url).pathname, { method, headers, body, redirect: "manual" });
  },
};`;

/** `compatibilityDate` and flags are the gateway's own, so that both run on the same platform. */
export function smallWorker(script: string, upstream: string, more: object = {}): MiniflareOptions {
  return convertV4MiniflareOptions({
    name: "small",
    modules: true,
    script,
    compatibilityDate: "2026-10-23",
    compatibilityFlags: ["enable_request_signal", "global_fetch_strictly_public"],
    bindings: { UPSTREAM: upstream },
    host: "127.0.0.1",
    port: 0,
    cf: false,
    ...more,
  });
}
