import { describe, expect, it } from "vitest";
import { classify } from "../../../../src/tools/classify/classify.ts";
import { classOf, reasons } from "./given.ts";

describe("annotations", () => {
  it("raise", () => {
    expect(classOf("get_x", { annotations: { destructiveHint: true } })).toBe("destructive");
    expect(classOf("get_x", { annotations: { readOnlyHint: false } })).toBe("write");
  });

  it("that are left out raise nothing, whatever MCP takes for granted", () => {
    expect(classOf("get_x", { annotations: {} })).toBe("read");
    expect(classOf("update_x", { annotations: { readOnlyHint: false, openWorldHint: true } })).toBe("write");
    expect(classOf("update_x", { annotations: { readOnlyHint: false, destructiveHint: false } })).toBe("write");
  });

  it("never lower", () => {
    expect(classOf("delete_x", { annotations: { readOnlyHint: true, destructiveHint: false } })).toBe("destructive");
    expect(classOf("pay_x", { annotations: { readOnlyHint: true } })).toBe("financial");
    expect(classOf("x", { annotations: { readOnlyHint: true } })).toBe("write");
  });
});

describe("the answer", () => {
  it("names the risk of its class", () => {
    const risks = ["get_x", "set_x", "run_x", "delete_x", "pay_x"].map((name) => classify({ name }).risk);
    expect(risks).toEqual(["low", "medium", "high", "critical", "critical"]);
  });

  it("gives its evidence in words, the most severe first", () => {
    expect(reasons("create_rule", { description: "Creates a rule. This cannot be undone." })).toEqual([
      "description destructive says *cannot be undone*: what it does can't be undone",
      "name write name contains the verb *create*; no undo named",
      "description write description contains the verb *create*; no undo named",
    ]);
    expect(reasons("cancel_order")[0]).toBe("name financial name contains the verb *cancel*, done to *order*");
    expect(reasons("frobnicate")).toEqual([
      "name write neither name nor description contains a verb that is known, so it is taken for a change",
    ]);
  });

  it("is surer the more agrees", () => {
    const sure = (name: string, description?: string) => classify({ name, description }).confidence;
    expect(sure("delete_user", "Deletes a user")).toBeGreaterThan(sure("delete_user"));
    expect(sure("delete_user")).toBeGreaterThan(sure("order_book"));
    expect(sure("order_book")).toBeGreaterThan(sure("frobnicate"));
    expect(sure("get_user", "Deletes a user")).toBeLessThan(0.6);
  });
});
