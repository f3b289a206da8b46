import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkText, readNetwork } from "../../../src/policy/address.ts";
import { DENIES, FAILS, faultsOf, HOLDS, judged } from "./given.ts";

const cidr = (value: unknown, op = "in_cidr") => ({ path: "args.ip", op, value });
const ip = (text: string) => JSON.stringify({ ip: text });

describe("in_cidr and not_in_cidr", () => {
  it.each([
    ["10.0.0.0/8", "10.255.0.1", HOLDS],
    ["10.0.0.0/8", "11.0.0.0", FAILS],
    ["10.0.0.0/8", "10.1.0.0/16", HOLDS],
    ["10.0.0.0/8", "10.0.0.0/8", HOLDS],
    ["10.0.0.0/8", "10.1.2.3/16", HOLDS],
    ["10.0.0.0/8", "0.0.0.0/0", DENIES],
    ["10.0.0.0/8", "10.0.0.0/7", DENIES],
    ["10.0.0.0/8", "12.0.0.0/7", FAILS],
    ["10.0.0.0/8", "::ffff:10.1.2.3", HOLDS],
    ["10.0.0.0/8", "::ffff:0a01:0203", HOLDS],
    ["10.0.0.0/8", "::FFFF:10.0.0.0/104", HOLDS],
    ["10.0.0.0/8", "::ffff:0.0.0.0/96", DENIES],
    ["10.0.0.0/8", "::/0", FAILS],
    ["10.0.0.0/8", "::10.1.2.3", FAILS],
    ["::ffff:10.0.0.0/104", "10.1.2.3", HOLDS],
    ["0.0.0.0/0", "255.255.255.255", HOLDS],
    ["0.0.0.0/0", "::1", FAILS],
    ["::/0", "fe80::1", HOLDS],
    ["::/0", "10.0.0.1", FAILS],
    ["::/0", "::ffff:10.0.0.1", FAILS],
    ["::/0", "::fffe:0:0/95", HOLDS],
    ["::/0", "::ffff:1.2.3.4/64", HOLDS],
    ["1.2.3.4", "::ffff:1.2.3.4/64", FAILS],
    ["2001:db8::/32", "2001:0DB8:ffff::1", HOLDS],
    ["2001:db8::/32", "2001:db9::", FAILS],
    ["2001:db8::/32", "2000::/3", DENIES],
    ["192.168.1.7", "192.168.1.7", HOLDS],
    ["192.168.1.7", "192.168.1.7/32", HOLDS],
    ["192.168.1.7", "192.168.1.0/24", DENIES],
    [["10.0.0.0/8", "192.168.0.0/16"], "192.168.7.7", HOLDS],
    [["10.1.0.0/16", "10.0.0.0/8"], "10.0.0.0/12", HOLDS],
    [["10.0.0.0/9", "10.128.0.0/9"], "10.0.0.0/8", DENIES],
    [[], "10.0.0.1", FAILS],
  ])("%j and %s", (value, address, outcome) => {
    const opposite = outcome === HOLDS ? FAILS : outcome === FAILS ? HOLDS : DENIES;
    expect(judged(cidr(value), ip(address))).toEqual(outcome);
    expect(judged(cidr(value, "not_in_cidr"), ip(address))).toEqual(opposite);
    expect(judged({ not: cidr(value) }, ip(address))).toEqual(opposite);
  });

  it.each([
    "",
    "10.0.0",
    "10.0.0.0.0",
    "10.0.0.256",
    "010.0.0.1",
    "10.0.0.1 ",
    "0x0a.0.0.1",
    "167772161",
    "10.0.0.1/33",
    "10.0.0.1/",
    "10.0.0.1/08",
    "10.0.0.1/-1",
    "10.0.0.1/8/8",
    "10.0.0.1:80",
    "fe80::1%eth0",
    "[::1]",
    ":::",
    "1::2::3",
    ":1",
    "1:",
    "12345::",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8::",
    "::1.2.3",
    "::1.2.3.4:5",
    "1.2.3.4::",
    "::/129",
    "localhost",
    "١.0.0.1",
  ])("can't tell where %j lies", (address) => {
    expect(judged(cidr("10.0.0.0/8"), ip(address))).toEqual(DENIES);
    expect(judged(cidr("10.0.0.0/8", "not_in_cidr"), ip(address))).toEqual(DENIES);
  });

  it.each(["5", "null", "{}", '["10.0.0.1"]', "true"])("can't tell of %s", (value) => {
    expect(judged(cidr("10.0.0.0/8"), `{"ip":${value}}`)).toEqual(DENIES);
  });

  it("guard when the address is absent, if negative", () => {
    expect(judged(cidr("10.0.0.0/8"), "{}")).toEqual(FAILS);
    expect(judged(cidr("10.0.0.0/8", "not_in_cidr"), "{}")).toEqual(DENIES);
  });

  it.each([
    ["10.0.0.1/8", 'did you mean "10.0.0.0/8"?'],
    ["2001:db8::1/32", 'did you mean "2001:db8::/32"?'],
    ["::ffff:10.0.0.1/104", 'did you mean "10.0.0.0/8"?'],
    ["10.0.0/8", 'found the string "10.0.0/8"'],
    [["10.0.0.0/8", 5], "found the number 5"],
    [{}, "found an object"],
  ])("want networks in the policy, unlike %j", (value, hint) => {
    expect(faultsOf({ deny_if: [{ conditions: [cidr(value)] }] })).toEqual([expect.stringContaining(hint)]);
  });
});

describe("addresses and networks", () => {
  const v4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(32));
  const v6 = fc.tuple(fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 }), fc.nat(128));

  /** A second opinion: the network's leading bits as text. One lies in another that its bits begin with. */
  const bits = (numbers: readonly number[], size: number, prefix: number) =>
    numbers
      .map((number) => number.toString(2).padStart(size, "0"))
      .join("")
      .slice(0, prefix);

  it("lie in each other as their leading bits say", () => {
    fc.assert(
      fc.property(v4, v4, fc.nat(32), ([a, b, c, d, p], other, shared) => {
        const inner = [a, b, c, d];
        // Half of the time the two begin alike, or hardly any would meet.
        const outer = shared % 2 === 0 ? inner : other.slice(0, 4);
        const [narrow, wide] = [bits(inner, 8, p), bits(outer, 8, shared)];
        const base = readNetwork(`${outer.join(".")}/${shared}`);
        const expected = narrow.startsWith(wide) ? HOLDS : wide.startsWith(narrow) ? DENIES : FAILS;
        expect(judged(cidr(base && networkText(base.network)), ip(`${inner.join(".")}/${p}`))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("read back from what is written of them", () => {
    fc.assert(
      fc.property(v6, ([groups, prefix]) => {
        const read = readNetwork(`${groups.map((group) => group.toString(16)).join(":")}/${prefix}`);
        expect(read).toBeDefined();
        expect(read && readNetwork(networkText(read.network))?.network).toEqual(read?.network);
      }),
      { numRuns: 2000 },
    );
  });
});
