/** What went wrong between this client and the gateway, told as a user of the gateway needs it. */
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from "@modelcontextprotocol/client";
import * as z from "zod";
import { parsed } from "../admin/parsed.ts";
import { unreached } from "../admin/refusal.ts";
import { causes, Failure, found, unreachable } from "../failure.ts";
import { shown } from "../terminal.ts";
import type { Target } from "./client.ts";

export function explained(error: unknown, target: Target): Failure {
  if (error instanceof Failure) return error;
  const { status, said } = httpAnswer(error);
  if (status === 401) {
    return found(
      `The gateway does not accept the grant token from ${target.bearer.from} for server ${target.server}.`,
      "It may be mistyped, expired, suspended, revoked, or made for another server: see `npx grantgate grant list`.",
    );
  }
  if (status === 404) {
    return found(`The gateway at ${target.gateway.url} has nothing at ${new URL(target.url).pathname}.`);
  }
  if (status === 502 || status === 504) {
    return unreachable(
      `The gateway got no usable answer from server ${target.server}: ${said ?? `HTTP ${status}`}`,
      "Is that server running, and are `url` and `credential` in its server.json right?",
    );
  }
  if (status !== undefined) {
    const told = said ?? shown(firstLine(error));
    return status >= 500
      ? unreachable(
          `The gateway or the server behind it failed (HTTP ${status}): ${told}`,
          "`npx grantgate status` tells whether the gateway is well; its log says more.",
        )
      : found(`The gateway refused (HTTP ${status}): ${told}`);
  }
  // What `fetch` throws when there was no answer at all.
  const network = causes(error).find((cause) => cause instanceof TypeError);
  if (network !== undefined) return unreached(target.gateway, network);
  if (error instanceof ProtocolError) return found(shown(`${error.message} (error ${error.code})`));
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.RequestTimeout)
      return unreachable("No answer came in time.", "Is the server well?");
    if (error.code === SdkErrorCode.EraNegotiationFailed && target.era === "modern") {
      return found(`The server ${target.server} does not speak the 2026-07-28 protocol.`, "Leave out --era modern.");
    }
    return unreachable(
      `The conversation with ${target.url} failed: ${shown(firstLine(error))}`,
      "Is that address the gateway's own?",
    );
  }
  return unreached(target.gateway, error);
}

/** A JSON-RPC error, as the gateway answers what it could not pass on. */
const Refused = z.object({
  error: z.object({ message: z.string(), data: z.object({ request: z.string() }).optional() }),
});

/** Looked for in the causes too: the SDK wraps what became of its probe. */
function httpAnswer(error: unknown): { readonly status?: number; readonly said?: string } {
  const cause = causes(error).find((cause) => cause instanceof SdkHttpError);
  if (cause === undefined) return {};
  const refused = typeof cause.data.text === "string" ? parsed(Refused, cause.data.text)?.error : undefined;
  if (refused === undefined) return { status: cause.status };
  const request = refused.data === undefined ? "" : ` (request ${refused.data.request})`;
  return { status: cause.status, said: shown(`${refused.message}${request}`) };
}

/** The SDK puts whole documents and lists of faults behind the first line. */
function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line.replace(/[:[\s]+$/, "");
}
