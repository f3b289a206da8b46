/** Addresses, instants and lengths in odd forms. */
import { JUNE } from "./policy.ts";
import { as, denied, passed, type Row, strings } from "./row.ts";

export const PLACES: readonly Row[] = [
  denied("what is not in the network, or might not be", "home", [
    ...strings(
      "to",
      "11.0.0.1",
      "010.0.0.1",
      "10.0.0.01",
      "0x0a000001",
      "10.1",
      "167772161",
      "10.0.0.1:80",
      "[10.0.0.1]",
    ),
    ...strings("to", "10.0.0.1 ", " 10.0.0.1", "10.0.0.1\n", "10.0.0.1%eth0", "10.0.0.0/7", "0.0.0.0/0", "10.0.0.0/08"),
    ...strings(
      "to",
      "10.0.0.0/33",
      "10.0.0.0/-1",
      "10.0.0.1/",
      "10.0.0.256",
      "\uff11\uff10.0.0.1",
      "::10.0.0.1",
      "::/0",
    ),
    ...strings("to", "::ffff:11.0.0.1", "::ffff:0.0.0.0/96", "64:ff9b::10.0.0.1", "10.0.0.1,11.0.0.1", "", "localhost"),
    ...as("to", "167772161", '["10.0.0.1"]', "null"),
    "{}",
  ]),
  denied("the banned network by any of its names, or what overlaps it", "ban", [
    ...strings(
      "to",
      "10.0.0.1",
      "10.255.255.255/32",
      "10.1.2.3/9",
      "::ffff:10.0.0.1",
      "::FFFF:a00:1",
      "::ffff:10.0.0.0/104",
    ),
    ...strings(
      "to",
      "0:0:0:0:0:ffff:0a00:0001",
      "0.0.0.0/0",
      "8.0.0.0/6",
      "2001:db8::1",
      "2001:0DB8:0::",
      "2001::/16",
      "::/0",
    ),
    ...strings("to", "010.0.0.1", "0xa.0.0.1", "10.1", "012.1", "2001:db8::1%0", "[2001:db8::1]", "10.0.0.1."),
  ]),
  denied("a little later, or no instant at all", "after", [
    ...strings(
      "t",
      "2026-06-01T00:00:00.000000000000000001Z",
      "2026-06-01T01:00:01+01:00",
      "2026-05-31T23:59:00-00:02",
    ),
    ...strings(
      "t",
      "2026-05-31",
      "2026-05-31T24:00:00Z",
      "2026-02-30T00:00:00Z",
      "2026-05-31T23:59:60Z",
      "2026-05-31T00:00Z",
    ),
    ...strings(
      "t",
      "2026-05-31t00:00:00z",
      "2026-05-31T00:00:00",
      "2026-05-31 00:00:00Z",
      "20260531T000000Z",
      "1780000000",
    ),
    ...strings("t", "2026-05-31T00:00:00+24:00", "+002026-05-31T00:00:00Z", "2026-05-31T00:00:00Z ", "yesterday", ""),
    ...as("t", "1780000000", "null", '["2026-01-01T00:00:00Z"]'),
  ]),
  denied("a little later, no instant, or nothing", "before", [
    ...strings("t", "2026-06-01T00:00:00.000000000000000001Z", "2026-05-31", "2026-05-31T00:00:00z", "0"),
    ...as("t", "0", "null", "-1e400"),
    "{}",
  ]),
  denied("more characters than code units tell, or no length", "short", [
    ...strings("s", "abcd", "e\u0301e\u0301", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}"),
    ...as("s", '"\\ud83d\\ud83d\\ud83d\\ud83d"', "[1,2,3,4]", '{"a":1,"b":1,"c":1,"__proto__":1}', "3", "null", "true"),
    "{}",
  ]),
  passed("addresses of the network", "home", [
    ...strings("to", "10.0.0.1", "10.0.0.0/8", "10.1.2.3/16", "::ffff:10.0.0.1", "::ffff:a00:1", "::ffff:10.0.0.0/104"),
  ]),
  passed("addresses of others", "ban", strings("to", "11.0.0.1", "::10.0.0.1", "2001:db9::", "9.255.255.255")),
  passed(
    "the instant itself, in any zone",
    "after",
    strings("t", JUNE, "2026-06-01T02:00:00+02:00", "2026-05-31T23:59:59.9Z"),
  ),
  passed("three characters", "short", [
    ...strings("s", "\u{1f600}\u{1f600}\u{1f600}", "", "abc"),
    ...as("s", "[1,2,3]", "{}"),
  ]),
];
