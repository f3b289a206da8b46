import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/policy/decide.ts";
import { compileUnwrap, unwrapped } from "../../../src/policy/unwrap.ts";
import { argumentsText, type PolicyText, policy, textOf as policyText, schemaOf, toolName } from "./arbitrary.ts";
import { callOf, faultsOf, policyOf, textOf, verdict } from "./given.ts";

const RUN = { unwrap: { tool: "args.tool", arguments: "args.args" } };
const gt = { path: "args.n", op: "gt", value: 10 };

const documented = (tools: object, rest: object = {}) => policyOf({ version: "1", default: "deny", tools, ...rest });
const small = documented({ run: RUN, pay: { deny_if: [{ conditions: [gt] }] } });
const run = (args: string, compiled = small) => decide(compiled, callOf(args, { tool: "run", schemaOf }));
/** Arguments of a call that carries `depth` calls of `run`, one inside the other, and in the last a call of `pay`. */
const nested = (depth: number): string =>
  depth === 0 ? '{"tool":"pay","args":{"n":1}}' : `{"tool":"run","args":${nested(depth - 1)}}`;

describe("a call inside a call", () => {
  it("is decided as if it had been made directly, and its denial carries its own rule", () => {
    expect(verdict(run('{"tool":"pay","args":{"n":10}}'))).toBe("allow");
    expect(run('{"tool":"pay","args":{"n":11}}')).toEqual(decide(small, callOf('{"n":11}', { tool: "pay" })));
    expect(verdict(run('{"tool":"pay","args":{"n":"11"}}'))).toBe("deny /tools/pay/deny_if/0");
    expect(verdict(run('{"tool":"other","args":{}}'))).toBe("deny (default deny)");
    expect(verdict(run('{"tool":"off"}', documented({ run: RUN, off: { action: "deny" } })))).toBe(
      "deny /tools/off/action",
    );
  });

  it("is judged by its own arguments and name, whatever else stands beside them", () => {
    for (const beside of ['"n":11', '"arguments":{"n":11}', '"tool_name":"other"', '"tools":"other"']) {
      expect(verdict(run(`{${beside},"tool":"pay","args":{"n":1}}`))).toBe("allow");
      expect(verdict(run(`{${beside.replace("11", "1")},"tool":"pay","args":{"n":11}}`))).not.toBe("allow");
    }
    const named = documented({
      run: RUN,
      "*": { require: [{ conditions: [{ path: "tool", op: "eq", value: "pay" }] }] },
    });
    expect(verdict(run('{"tool":"pay"}', named))).toBe("allow");
    expect(verdict(run('{"tool":"play"}', named))).toBe("deny /tools/*/require/0");
  });

  it("is denied beside a key that a loose reader takes for one of the two", () => {
    const twins = [
      '"Tool":"other"',
      '"TOOL":"pay"',
      '"tool\\u0000":"pay"',
      '"tool\\u0000x":"pay"',
      '"ARGS":{"n":11}',
      '"arg\u017f":{"n":1}',
    ];
    for (const twin of twins) {
      expect(verdict(run(`{"tool":"pay","args":{"n":1},${twin}}`))).toBe("deny /tools/run/unwrap");
      expect(verdict(run(`{${twin},"tool":"pay"}`))).toBe("deny /tools/run/unwrap");
    }
    expect(verdict(run('{"tool":"pay","args":{"n":1,"N":11}}'))).toBe("allow");
    expect(run('{"tool":"pay","Tool":"pay"}')).toMatchObject({
      text: 'The key "Tool" could be taken for "tool"; leave it out.',
    });
  });

  it.each([
    ["the call", '{"call":{"tool":"pay","args":{},"Tool":"other"},"list":[{}]}', '"Tool" could be taken for "tool"'],
    [
      "the list's item",
      '{"call":{"tool":"pay"},"list":[{"args":{"n":1},"ARGS":{"n":11}}]}',
      '"ARGS" could be taken for "args"',
    ],
    [
      "what both lie in",
      '{"call":{"tool":"pay"},"list":[{}],"Call":{"tool":"other"}}',
      '"Call" could be taken for "call"',
    ],
    ["what the list lies in", '{"call":{"tool":"pay"},"list":[{}],"LIST":[{}]}', '"LIST" could be taken for "list"'],
  ])("is denied beside such a key at every step of a path: in %s", (_, args, why) => {
    const compiled = documented({
      run: { unwrap: { tool: "args.call.tool", arguments: "args.list[0].args" } },
      pay: {},
    });
    expect(verdict(run(args, compiled))).toBe("deny /tools/run/unwrap");
    expect(textOf(run(args, compiled))).toContain(why);
    expect(verdict(run('{"call":{"tool":"pay","other":1},"list":[{"args":{"n":1}},{"ARGS":1}]}', compiled))).toBe(
      "allow",
    );
  });

  it("is denied beside such a key inside a string that is JSON", () => {
    const compiled = documented({
      run: { unwrap: { tool: "args.data|json.tool", arguments: "args.data|json.args" } },
      pay: {},
    });
    const given = (text: string) => verdict(run(JSON.stringify({ data: text }), compiled));
    expect(given('{"tool":"pay","TOOL":"other"}')).toBe("deny /tools/run/unwrap");
    expect(given('{"tool":"pay","Args":{}}')).toBe("deny /tools/run/unwrap");
    expect(given('{"tool":"pay","args":{}}')).toBe("allow");
  });

  it("needs the outer call to pass too", () => {
    const compiled = documented(
      { run: { ...RUN, deny_if: [{ conditions: [{ path: "args.args.n", op: "eq", value: 3 }] }] }, pay: {} },
      { all_tools: { deny_if: [{ conditions: [{ path: "args.args.n", op: "eq", value: 4 }] }] } },
    );
    expect(verdict(run('{"tool":"pay","args":{"n":2}}', compiled))).toBe("allow");
    expect(verdict(run('{"tool":"pay","args":{"n":3}}', compiled))).toBe("deny /tools/run/deny_if/0");
    expect(verdict(run('{"tool":"pay","args":{"n":4}}', compiled))).toBe("deny /all_tools/deny_if/0");
    expect(verdict(run('{"tool":"pay"}', documented({ run: { ...RUN, action: "deny" }, pay: {} })))).toBe(
      "deny /tools/run/action",
    );
  });

  it.each(["", ',"args":null', ',"args":{}'])("has no arguments when there are none: {tool%s}", (args) => {
    expect(verdict(run(`{"tool":"pay"${args}}`, documented({ run: RUN, pay: {} })))).toBe("allow");
    const required = documented({ run: RUN, pay: { require: [{ conditions: [gt] }] } });
    expect(verdict(run(`{"tool":"pay"${args}}`, required))).toBe("deny /tools/pay/require/0");
  });

  it.each(['"x"', "[]", "0", "true", '"{}"', '[{"n":1}]'])("is denied when its arguments are %s", (args) => {
    const decision = run(`{"tool":"pay","args":${args}}`);
    expect(verdict(decision)).toBe("deny /tools/run/unwrap");
    expect(textOf(decision)).toContain('The argument "args" is');
    expect(textOf(decision)).toContain("an object");
  });

  it.each(["null", '""', "1", "true", "[]", '["pay"]', "{}", '{"toString":"pay"}'])(
    "is denied when its name is %s, even under default allow",
    (name) => {
      const open = policyOf({ version: "1", default: "allow", tools: { run: RUN } });
      expect(verdict(run(`{"tool":${name},"args":{}}`, open))).toBe("deny /tools/run/unwrap");
      expect(verdict(run('{"args":{}}', open))).toBe("deny /tools/run/unwrap");
      expect(verdict(run('{"tool":"any","args":{}}', open))).toBe("allow");
    },
  );

  it("may stand in a string that is JSON, which is read as strictly as the call itself", () => {
    const compiled = documented({
      run: { unwrap: { tool: "args.data|json.tool", arguments: "args.data|json.args" } },
      pay: { deny_if: [{ conditions: [gt] }] },
    });
    const given = (text: string) => verdict(run(JSON.stringify({ data: text }), compiled));
    expect(given('{"tool":"pay","args":{"n":10}}')).toBe("allow");
    expect(given('{"tool":"pay","args":{"n":11}}')).toBe("deny /tools/pay/deny_if/0");
    expect(given('{"tool":"pay","args":{"n":1},"args":{"n":11}}')).toBe("deny /tools/run/unwrap");
    expect(given('{"tool":"pay","args":{"n":1}')).toBe("deny /tools/run/unwrap");
    expect(verdict(run('{"data":{"tool":"pay"}}', compiled))).toBe("deny /tools/run/unwrap");
  });

  it("can't be found below a value of the wrong type", () => {
    const compiled = documented({ run: { unwrap: { tool: "args.a.b", arguments: "args.a.c" } }, pay: {} });
    expect(verdict(run('{"a":["b"]}', compiled))).toBe("deny /tools/run/unwrap");
    expect(textOf(run('{"a":["b"]}', compiled))).toContain(`"a.b" can't be reached`);
    expect(verdict(run('{"a":{"b":"pay"}}', compiled))).toBe("allow");
  });

  it("is not read from what stands in the way of its paths", () => {
    const compiled = documented({
      run: { unwrap: { tool: "args.a.b", arguments: "args.list[0].c" } },
      pay: {},
    });
    expect(verdict(run('{"a":{"b":"pay"},"list":[{"c":{}}]}', compiled))).toBe("allow");
    for (const args of [
      '{"a":"pay"}',
      '{"a":["pay"]}',
      '{"a":{"b":"pay"},"list":{"n":1}}',
      '{"a":{"b":"pay"},"list":[[]]}',
    ])
      expect(verdict(run(args, compiled))).toBe("deny /tools/run/unwrap");
    expect(textOf(run('{"a":"pay"}', compiled))).toBe(
      'The argument "a.b" can\'t be reached: an object is needed on the way to it, and the string "pay" stands there.',
    );
    expect(textOf(run('{"a":{"b":"pay"},"list":{"n":1}}', compiled))).toBe(
      'The argument "list[0].c" can\'t be reached: a list is needed on the way to it, and an object stands there.',
    );
  });

  it("takes __proto__ and its like for names like any other", () => {
    const open = policyOf({ version: "1", default: "deny", tools: { run: RUN } });
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      expect(verdict(run(`{"tool":"${name}","args":{}}`, open))).toBe("deny (default deny)");
    }
    const proto = documented({ run: { unwrap: { tool: "args.__proto__.constructor", arguments: "args.x" } }, pay: {} });
    expect(verdict(run("{}", proto))).toBe("deny /tools/run/unwrap");
    expect(verdict(run('{"__proto__":{"constructor":"pay"}}', proto))).toBe("allow");
  });
});

describe("what is said of a call inside that can't be read", () => {
  it.each([
    [
      '{"tool":7}',
      'The argument "tool" is the number 7; it has to be the name of the tool that this call runs, a string that is not empty.',
    ],
    [
      "{}",
      'The argument "tool" is absent; it has to be the name of the tool that this call runs, a string that is not empty.',
    ],
    [
      '{"tool":"pay","args":"x"}',
      'The argument "args" is the string "x"; it has to be the arguments of the tool that this call runs, an object.',
    ],
    ['{"tool":"pay","ARGS":{}}', 'The key "ARGS" could be taken for "args"; leave it out.'],
    [nested(4), "This call carries more than 4 calls, one inside the other; call the tool directly."],
  ])("names what came and what is wanted: %s", (args, text) => {
    expect(run(args)).toEqual({ effect: "deny", rule: "/tools/run/unwrap", text });
  });
});

describe("an unwrap that no policy that was read could hold", () => {
  it.each([
    ["nowhere", "args.args"],
    ["args.tool", "nowhere"],
    ["", ""],
  ])("leads to no call: %j %j", (tool, args) => {
    const compiled = compileUnwrap({ tool, arguments: args }, "/x");
    const read = unwrapped(compiled, callOf('{"tool":"pay","args":{}}', { tool: "run" }));
    expect(read).toMatchObject({ ok: false, refusal: { effect: "deny", rule: "/x" } });
  });
});

describe("a hidden tool inside a call", () => {
  it("is denied in the very words of an unlisted one, whatever the default", () => {
    for (const standard of ["allow", "deny"]) {
      const document = { version: "1", default: standard, hide: ["h*"], tools: { run: RUN, off: { action: "hide" } } };
      const unlisted = textOf(run('{"tool":"hid"}', documented({ run: RUN })));
      for (const tool of ["hid", "off"]) {
        const decision = run(`{"tool":"${tool}"}`, policyOf(document));
        expect(verdict(decision)).toBe("deny (hidden)");
        expect(textOf(decision).replace(`"${tool}"`, '"hid"')).toBe(unlisted);
      }
    }
  });

  it("hides the outer tool no more than before", () => {
    const compiled = documented({ run: RUN }, { hide: ["run"] });
    expect(verdict(run('{"tool":"pay"}', compiled))).toBe("hide (hidden)");
  });
});

describe("calls inside calls inside calls", () => {
  it("pass four deep, and are denied at the outermost one's unwrap from the fifth on", () => {
    for (const depth of [0, 1, 2, 3]) expect(verdict(run(nested(depth)))).toBe("allow");
    for (const depth of [4, 5, 50]) expect(verdict(run(nested(depth)))).toBe("deny /tools/run/unwrap");
    const two = documented({ outer: RUN, run: RUN, pay: {} });
    expect(verdict(decide(two, callOf(nested(4), { tool: "outer" })))).toBe("deny /tools/outer/unwrap");
    expect(verdict(decide(two, callOf(nested(3), { tool: "outer" })))).toBe("allow");
  });

  it("are denied by the first wall on the way in", () => {
    const deep = '{"tool":"run","args":{"tool":"run","args":{"tool":"pay","args":{"n":11}}}}';
    expect(verdict(run(deep))).toBe("deny /tools/pay/deny_if/0");
    expect(verdict(run('{"tool":"run","args":{"tool":"run","args":{"tool":"no"}}}'))).toBe("deny (default deny)");
    expect(verdict(run('{"tool":"run","args":{"tool":"run","args":{"tool":1}}}'))).toBe("deny /tools/run/unwrap");
  });

  it("end, also for a tool that runs itself with the arguments it has", () => {
    const self = documented({ run: { unwrap: { tool: "tool", arguments: "args" } } });
    expect(verdict(run("{}", self))).toBe("deny /tools/run/unwrap");
  });
});

describe("what calls inside calls cost, and who is asked", () => {
  const limit = (counter: string, more: object = {}) => ({ counter, window: "day", max: 5, ...more });

  it("is the limits of every level, all_tools' at each of them, the outer ones first", () => {
    const compiled = documented(
      { run: { ...RUN, limits: [limit("runs")] }, pay: { limits: [limit("pays", { increment_from: "args.n" })] } },
      { all_tools: { limits: [limit("all")] } },
    );
    const decision = run('{"tool":"run","args":{"tool":"pay","args":{"n":3}}}', compiled);
    expect(decision.effect === "allow" && decision.limits.map(({ counter, amount }) => [counter, amount])).toEqual([
      ["all", 1_000_000n],
      ["runs", 1_000_000n],
      ["all", 1_000_000n],
      ["runs", 1_000_000n],
      ["all", 1_000_000n],
      ["pays", 3_000_000n],
    ]);
    expect(verdict(run('{"tool":"pay","args":{"n":-3}}', compiled))).toBe("deny /tools/pay/limits/0");
  });

  it("asks a human only once every wall on the way in has let the call pass", () => {
    const asking = { action: "require_approval" };
    const compiled = documented({
      run: { ...RUN, ...asking },
      pay: { deny_if: [{ conditions: [gt] }] },
      wire: { approval: { reason: "Money leaves." } },
    });
    expect(verdict(run('{"tool":"pay","args":{"n":1}}', compiled))).toBe("approval /tools/run/action");
    expect(verdict(run('{"tool":"pay","args":{"n":11}}', compiled))).toBe("deny /tools/pay/deny_if/0");
    expect(verdict(run('{"tool":"wire"}', compiled))).toBe("approval /tools/wire/approval");
    expect(verdict(run('{"tool":1}', compiled))).toBe("deny /tools/run/unwrap");
  });
});

describe("what is wrong with an unwrap", () => {
  it.each([
    [{ tool: "args.tool" }, ["/tools/t/unwrap"]],
    [{ arguments: "args.args" }, ["/tools/t/unwrap"]],
    [{ tool: "args.tools[*]", arguments: "args.args" }, ["/tools/t/unwrap/tool"]],
    [{ tool: "args.tool", arguments: "args.args[*].x" }, ["/tools/t/unwrap/arguments"]],
    [{ tool: "arg.tool", arguments: "" }, ["/tools/t/unwrap/tool", "/tools/t/unwrap/arguments"]],
    [{ tool: "args.tool", arguments: "args.args", args: "args" }, ["/tools/t/unwrap/args"]],
    ["args.tool", ["/tools/t/unwrap"]],
    [{ tool: 1, arguments: null }, ["/tools/t/unwrap/tool", "/tools/t/unwrap/arguments"]],
  ])("is said of %j", (unwrap, pointers) => {
    expect(faultsOf({ unwrap }).map((fault) => fault.split(": ")[0])).toEqual(pointers);
  });

  it("is nothing for paths with |json, keys and indexes", () => {
    expect(faultsOf({ unwrap: { tool: 'args.calls[0]["tool name"]', arguments: "args.data|json" } })).toEqual([]);
    expect(faultsOf(RUN)).toEqual([]);
  });

  it("is that all_tools has one", () => {
    const rest = { all_tools: { unwrap: RUN.unwrap } };
    expect(faultsOf({}, rest)).toEqual([expect.stringContaining("/all_tools/unwrap: ")]);
  });
});

describe("of every policy and every call inside a call", { timeout: 120_000 }, () => {
  const withRun = (document: PolicyText, entry: Readonly<Record<string, unknown>>): PolicyText => ({
    ...document,
    hide: document.hide.filter((name) => name !== "*y"),
    tools: [...document.tools, ["run", entry]],
  });

  const carrying = (tool: string, args: string) => `{"tool":${JSON.stringify(tool)},"args":${args}}`;

  it("both pass exactly if each would alone, and pay what each would", () => {
    const name = toolName.filter((each) => each !== "" && each !== "run");
    fc.assert(
      fc.property(policy, name, argumentsText, fc.nat(3), (document, tool, args, depth) => {
        const whole = policyOf(policyText(withRun(document, RUN)));
        const alone = policyOf(policyText(withRun(document, {})));
        const calls = [carrying(tool, args)];
        for (let i = 0; i < depth; i++) calls.unshift(carrying("run", calls[0] ?? ""));
        const together = run(calls[0] ?? "", whole);
        const parts = calls.map((each) => run(each, alone));
        const innermost = decide(whole, callOf(args, { tool, schemaOf }));
        // A tool inside that runs others itself adds to the depth.
        if (JSON.stringify(document).includes("unwrap") && verdict(together) === "deny /tools/run/unwrap") return;
        const passes = [...parts, innermost].every(({ effect }) => effect === "allow");
        expect(together.effect === "allow").toBe(passes);
        if (together.effect === "allow") {
          const limits = [...parts, innermost].flatMap((each) => (each.effect === "allow" ? each.limits : []));
          expect(together.limits).toEqual(limits);
        } else if (parts.every(({ effect }) => effect === "allow")) {
          if (innermost.effect === "hide") expect(verdict(together)).toBe("deny (hidden)");
          else expect(together).toEqual(innermost);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
