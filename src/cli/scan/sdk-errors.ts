/** What the SDK's errors say, as far as a scan must know it. */
import { SdkError, SdkErrorCode } from "@modelcontextprotocol/client";
import { causes, errorCode } from "../failure.ts";

const LONGEST = 300;

/** The SDK puts whole documents and lists of faults behind the first line. */
export function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line.replace(/[:[\s.]+$/, "").slice(0, LONGEST);
}

export function isTimeout(error: unknown): boolean {
  return causes(error).some(
    (cause) =>
      cause.name === "TimeoutError" || (cause instanceof SdkError && cause.code === SdkErrorCode.RequestTimeout),
  );
}

function isNegotiation(error: unknown): boolean {
  return causes(error).some((cause) => cause instanceof SdkError && cause.code === SdkErrorCode.EraNegotiationFailed);
}

/** It answered, as a server does that knows nothing of the era: whatever else stood in the way is told by the cause. */
export function isOlder(error: unknown): boolean {
  return isNegotiation(error) && causes(error).every(({ message }) => !/unusable reply|probe failed/i.test(message));
}

/** The other side went away in the middle. */
export function isClosed(error: unknown): boolean {
  return causes(error).some(
    (cause) =>
      cause instanceof SdkError &&
      (cause.code === SdkErrorCode.ConnectionClosed ||
        (isNegotiation(cause) && /connection closed/i.test(cause.message))),
  );
}

/** The system's, and not one of the SDK's own. */
export function systemCode(error: unknown): string | undefined {
  return causes(error)
    .filter((cause) => !(cause instanceof SdkError))
    .map(errorCode)
    .find((code) => code !== undefined);
}
