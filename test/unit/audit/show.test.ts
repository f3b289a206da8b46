/** How a record is shown: all that was recorded, with its digits, and null for what was not. */
import { describe, expect, it } from "vitest";
import type { AuditRow } from "../../../src/audit/query.ts";
import { shownRecord } from "../../../src/audit/show.ts";

const HASH = "a".repeat(64);

const ROW: AuditRow = {
  id: 9,
  at: 1_767_225_600_123,
  grant: "grt_1",
  seq: 4,
  record: JSON.stringify({
    arguments: { keys: ["amount"] },
    at: 1_767_225_600_123,
    bytes: 321,
    counters: [{ counter: "spent", max: "500", scope: "grant", used: "9007199254740993.25", window: "day" }],
    effect: "allow",
    era: "modern",
    grant: "grt_1",
    label: "laptop",
    method: "tools/call",
    policy: { name: "support", version: "e7b2" },
    request: "01KAJ8M0Q4Z0V7R1T5X9C3B6N2",
    server: "billing",
    tool: "create_refund",
    trace: "4bf92f3577b34da6a3ce929d0e0e4736",
  }),
  link: 7,
  hash: HASH,
  ending: JSON.stringify({ at: 1_767_225_600_456, bytes: 99, gaveBack: true, latencyMs: 333, status: 200 }),
  endLink: 8,
  endHash: HASH,
};

const shown = (row: Partial<AuditRow>) => JSON.stringify(shownRecord({ ...ROW, ...row }));

describe("a record", () => {
  it("is shown with everything that was recorded", () => {
    const counter = '{"counter":"spent","max":500,"scope":"grant","used":9007199254740993.25,"window":"day"}';
    expect(shown({})).toBe(
      '{"id":"grt_1:4","time":"2026-01-01T00:00:00.123Z","request":"01KAJ8M0Q4Z0V7R1T5X9C3B6N2",' +
        '"grant":{"id":"grt_1","label":"laptop"},"seq":4,"server":"billing","method":"tools/call",' +
        '"tool":"create_refund","era":"modern","effect":"allow","rule":null,' +
        `"policy":{"name":"support","version":"e7b2"},"counters":[${counter}],"arguments":{"keys":["amount"]},` +
        '"bytes":321,"trace":"4bf92f3577b34da6a3ce929d0e0e4736",' +
        '"upstream":{"time":"2026-01-01T00:00:00.456Z","status":200,"latencyMs":333,"bytes":99,"gaveBack":true},' +
        `"chain":{"link":7,"hash":"${HASH}","endLink":8,"endHash":"${HASH}"}}`,
    );
  });

  it("keeps the digits of its arguments", () => {
    const record = '{"arguments":{"full":{"a":1.50,"b":9007199254740993,"c":1e400}},"at":0}';
    expect(shown({ record })).toContain('"arguments":{"full":{"a":1.50,"b":9007199254740993,"c":1e400}}');
  });

  it("has null for what was not recorded", () => {
    const record = '{"at":0,"effect":"refuse","era":"unknown","method":"(refused)"}';
    const { id, chain, ...rest } = JSON.parse(shown({ record, ending: null, endLink: null, endHash: null }));
    expect(rest).toMatchObject({ tool: null, rule: null, policy: null, counters: [], arguments: null, bytes: null });
    expect(rest).toMatchObject({ trace: null, upstream: null });
    expect(chain).toEqual({ link: 7, hash: HASH, endLink: null, endHash: null });
  });

  it.each(["[]", '{"at":"yesterday"}', '{"at":1e300,"counters":[1,{"used":"many","max":null}]}', '{"at":1,"at":2}'])(
    "is shown as far as it can be read when somebody has tampered with it: %s",
    (record) => {
      const { id, time, chain } = JSON.parse(shown({ record }));
      expect([id, time, chain.link]).toEqual(["grt_1:4", null, 7]);
    },
  );
});
