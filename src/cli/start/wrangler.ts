/** wrangler as a child: the registry's tables first, then the gateway itself, listening on this machine only. */
import { join } from "node:path";
import type { Environment } from "../context.ts";
import type { Command } from "./child.ts";
import { LOOPBACK } from "./ports.ts";

const SCRIPT = ["node_modules", "wrangler", "bin", "wrangler.js"];

export function migrations(root: string, env: Environment, log: string): Command {
  return {
    name: "The migration of the local registry",
    script: [join(root, ...SCRIPT), "d1", "migrations", "apply", "GRANTGATE_DB", "--local"],
    cwd: root,
    // CI: nobody is there to be asked.
    env: { ...quiet(env), CI: "true" },
    log,
  };
}

export function gatewayCommand(root: string, port: number, env: Environment, log: string): Command {
  const options = ["--ip", LOOPBACK, "--port", String(port), "--local-protocol", "http"];
  // Servers may run on this machine too, as the demo server does; a deployed gateway must not allow it.
  options.push("--var", "ALLOW_LOOPBACK_UPSTREAMS:true");
  return {
    name: "The gateway",
    script: [join(root, ...SCRIPT), "dev", ...options, "--show-interactive-dev-session=false"],
    cwd: root,
    env: quiet(env),
    log,
  };
}

/** No requests to anywhere but this machine: no location look-up, no telemetry, no update check, no error reports. */
function quiet(env: Environment): Environment {
  return {
    ...env,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    NO_COLOR: "1",
  };
}
