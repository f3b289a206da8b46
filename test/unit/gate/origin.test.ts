import { describe, expect, it } from "vitest";
import { isAllowedOrigin } from "../../../src/gate/origin.ts";

const HOME = "https://gateway.example.com/mcp/tickets";
const LAPTOP = "http://localhost:8787/mcp/tickets";

function allowed(url: string, origin: string, named: readonly string[] = []): boolean {
  return isAllowedOrigin(new Request(url, { headers: { origin } }), named);
}

describe("a page may call", () => {
  it.each<[string, string, (readonly string[])?]>([
    [HOME, "https://gateway.example.com"],
    [LAPTOP, "http://localhost:8787"],
    [LAPTOP, "http://127.0.0.1:6274"],
    [LAPTOP, "http://[::1]:1"],
    [HOME, "https://app.example", ["https://app.example"]],
  ])("%s from %s", (url, origin, named) => {
    expect(allowed(url, origin, named)).toBe(true);
  });

  it("where it is a program, which has no origin", () => {
    expect(isAllowedOrigin(new Request(HOME), [])).toBe(true);
  });
});

describe("a page may not call", () => {
  it.each<[string, string, string, (readonly string[])?]>([
    ["of a name re-bound to a laptop", "http://evil.example:8787/mcp/tickets", "http://evil.example:8787"],
    ["of the gateway's name without TLS", "http://gateway.example.com/mcp/tickets", "http://gateway.example.com"],
    ["of the gateway's name on another port", HOME, "https://gateway.example.com:8443"],
    ["of a laptop, when the gateway is none", HOME, "http://localhost:8787"],
    ["of another site, when the gateway is a laptop's", LAPTOP, "https://evil.example"],
    ["that is empty", HOME, ""],
    ["that is null", LAPTOP, "null"],
    ["with a path behind it", HOME, "https://gateway.example.com/"],
    ["that begins like one that was named", HOME, "https://app.example.evil.example", ["https://app.example"]],
  ])("whose origin is one %s", (_name, url, origin, named) => {
    expect(allowed(url, origin, named)).toBe(false);
  });
});
