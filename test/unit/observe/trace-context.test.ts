/** Trace contexts come from outside: nothing but a well-formed one is continued, and what goes out is always one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ownNames, type Trace, traceOf, traceparentOf } from "../../../src/observe/trace-context.ts";

const ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const OWN = { traceId: "1".repeat(32), spanId: "2".repeat(16) };

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const name = (length: number) => hex(length).filter((text) => /[^0]/.test(text));

function trace(traceparent: unknown, tracestate: unknown = null): Trace {
  return traceOf({ traceparent, tracestate }, OWN);
}

const begun = { id: OWN.traceId, span: OWN.spanId, parent: null, flags: "01", state: null };

describe("a traceparent", () => {
  it("is continued by an operation of the gateway's own", () => {
    const seen = trace(`00-${ID}-${PARENT}-01`, "congo=t61rcWkgMzE");
    expect(seen).toEqual({ id: ID, span: OWN.spanId, parent: PARENT, flags: "01", state: "congo=t61rcWkgMzE" });
    expect(traceparentOf(seen)).toBe(`00-${ID}-${OWN.spanId}-01`);
  });

  it("keeps the caller's word on recording", () => {
    expect(["00", "01", "02", "03"].map((flags) => trace(`00-${ID}-${PARENT}-${flags}`).flags)).toEqual([
      "00",
      "01",
      "02",
      "03",
    ]);
  });

  it("loses flags that are not defined", () => {
    expect(trace(`00-${ID}-${PARENT}-ff`).flags).toBe("03");
    expect(trace(`01-${ID}-${PARENT}-ff`).flags).toBe("01");
  });

  it.each([
    ["of version ff", `ff-${ID}-${PARENT}-01`],
    ["with more than version 00 has", `00-${ID}-${PARENT}-01-more`],
    ["with a trace id of zeros", `00-${"0".repeat(32)}-${PARENT}-01`],
    ["with a parent id of zeros", `00-${ID}-${"0".repeat(16)}-01`],
    ["in capitals", `00-${ID.toUpperCase()}-${PARENT}-01`],
    ["that is short", `00-${ID.slice(1)}-${PARENT}-01`],
    ["that is long", `00-${ID}0-${PARENT}-01`],
    ["without flags", `00-${ID}-${PARENT}`],
    ["with half its flags", `00-${ID}-${PARENT}-0`],
    ["with a space before it", ` 00-${ID}-${PARENT}-01`],
    ["with a line after it", `00-${ID}-${PARENT}-01\n`],
    ["of a later version, with no dash behind its flags", `cc-${ID}-${PARENT}-01.more`],
    ["that stands twice", `00-${ID}-${PARENT}-01, 00-${ID}-${PARENT}-01`],
    ["that is empty", ""],
    ["that is no text", 7],
    ["that is not there", null],
  ])("%s begins a trace of its own, without the state that came along", (_, text) => {
    expect(trace(text, "congo=t61rcWkgMzE")).toEqual(begun);
  });

  it.each([`cc-${ID}-${PARENT}-01`, `cc-${ID}-${PARENT}-01-what-the-future-is-like`])(
    "of a later version is read as far as it is known, and sent as version 00: %s",
    (text) => expect(traceparentOf(trace(text))).toBe(`00-${ID}-${OWN.spanId}-01`),
  );

  it("of any well-formed kind keeps its trace and never its parent", () => {
    fc.assert(
      fc.property(
        name(32),
        name(16),
        hex(2),
        fc.uint8Array({ minLength: 24, maxLength: 24 }),
        (id, parent, flags, random) => {
          const sent = traceparentOf(
            traceOf({ traceparent: `00-${id}-${parent}-${flags}`, tracestate: null }, ownNames(random)),
          );
          expect(sent).toMatch(new RegExp(`^00-${id}-(?!0{16})[0-9a-f]{16}-0[0-3]$`));
          if (ownNames(random).spanId !== parent) expect(sent).not.toContain(parent);
        },
      ),
    );
  });

  it("of any kind at all leaves as a well-formed one", () => {
    const odd = fc.oneof(
      fc.string(),
      fc.string().map((text) => `00-${ID}-${PARENT}-01${text}`),
      fc.anything(),
    );
    fc.assert(
      fc.property(odd, odd, fc.uint8Array({ minLength: 24, maxLength: 24 }), (traceparent, tracestate, random) => {
        const seen = traceOf({ traceparent, tracestate }, ownNames(random));
        expect(traceparentOf(seen)).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/);
        expect(seen.state === null || seen.state.length <= 512).toBe(true);
      }),
    );
  });
});

describe("a tracestate", () => {
  const state = (text: unknown) => trace(`00-${ID}-${PARENT}-01`, text).state;

  it.each([
    ["congo=t61rcWkgMzE", "congo=t61rcWkgMzE"],
    ["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"],
    ["a=1 ,\tb=2,,", "a=1,b=2"],
    ["tenant@system=1", "tenant@system=1"],
    ["a= padded", "a= padded"],
    ["", null],
    [" , ", null],
  ])("%j goes along as %j", (given, kept) => expect(state(given)).toBe(kept));

  it.each([
    ["a key in capitals", "Congo=1"],
    ["a key alone", "congo"],
    ["two equals signs", "a=b=c"],
    ["a key twice", "a=1,a=2"],
    ["a control character", "a=b\u0007"],
    ["another alphabet", "a=ä"],
    ["a line", "a=b\r\nx-evil: 1"],
    ["an empty value", "a="],
    ["33 members", Array.from({ length: 33 }, (_, at) => `a${at}=1`).join()],
    ["a value that is too long", `a=${"x".repeat(257)}`],
    ["more than anyone reads", `a=1${" ".repeat(9_000)}`],
    ["no text", ["a=1"]],
  ])("with %s does not, and the trace goes on", (_, given) => {
    expect(state(given)).toBeNull();
    expect(trace(`00-${ID}-${PARENT}-01`, given).id).toBe(ID);
  });

  it("that is long loses its long members first, then its last, and never half a member", () => {
    const short = Array.from({ length: 30 }, (_, at) => `k${at}=${"v".repeat(20)}`);
    const kept = String(state([`long=${"x".repeat(200)}`, ...short].join())).split(",");
    expect(kept).toEqual(short.slice(0, kept.length));
    expect(kept.join().length).toBeLessThanOrEqual(512);
    expect(kept.length).toBeGreaterThan(15);
  });
});

describe("names of the gateway's own", () => {
  it("are never zeros", () => {
    expect(ownNames(new Uint8Array(24))).toEqual({ traceId: `${"0".repeat(31)}1`, spanId: `${"0".repeat(15)}1` });
  });

  it("are the random bytes in hex", () => {
    expect(ownNames(new Uint8Array(24).fill(0xab))).toEqual({ traceId: "ab".repeat(16), spanId: "ab".repeat(8) });
  });
});
