import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { destinationFault, isOwnHost } from "../../../src/upstream/destination.ts";

const OUTSIDE = { ownHost: "gateway.example.com", allowLoopback: false };
const DEVELOPMENT = { ownHost: "127.0.0.1:8787", allowLoopback: true };
const fault = (url: string) => destinationFault(url, OUTSIDE);

/** First and last address of every range that nobody outside can be reached in. */
const CLOSED_IPV4 = [
  ["0.0.0.0", "0.255.255.255"],
  ["10.0.0.0", "10.255.255.255"],
  ["100.64.0.0", "100.127.255.255"],
  ["127.0.0.0", "127.255.255.255"],
  ["169.254.0.0", "169.254.255.255"],
  ["172.16.0.0", "172.31.255.255"],
  ["192.0.0.0", "192.0.0.255"],
  ["192.0.2.0", "192.0.2.255"],
  ["192.88.99.0", "192.88.99.255"],
  ["192.168.0.0", "192.168.255.255"],
  ["198.18.0.0", "198.19.255.255"],
  ["198.51.100.0", "198.51.100.255"],
  ["203.0.113.0", "203.0.113.255"],
  ["224.0.0.0", "255.255.255.255"],
  ["168.63.129.16", "168.63.129.16"],
] as const;

const numberOf = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const bytesOf = (number: number) => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256);
const dotted = (number: number) => bytesOf(number).join(".");
const grouped = (number: number) => `${Math.floor(number / 65_536).toString(16)}:${(number % 65_536).toString(16)}`;

const isClosed = (number: number) =>
  CLOSED_IPV4.some(([first, last]) => number >= numberOf(first) && number <= numberOf(last));
const closedIPv4 = fc.oneof(
  ...CLOSED_IPV4.map(([first, last]) => fc.integer({ min: numberOf(first), max: numberOf(last) })),
);
const openIPv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 }).filter((number) => !isClosed(number));

/** Every way in which a URL may write an IPv4 address. */
const SPELLINGS: readonly ((number: number) => string)[] = [
  dotted,
  (number) => `${dotted(number)}.`,
  (number) => String(number),
  (number) => `0x${number.toString(16).toUpperCase()}`,
  (number) => `0${number.toString(8)}`,
  (number) =>
    bytesOf(number)
      .map((byte) => `0x${byte.toString(16)}`)
      .join("."),
  (number) =>
    bytesOf(number)
      .map((byte) => `0${byte.toString(8)}`)
      .join("."),
  (number) =>
    bytesOf(number)
      .map((byte) => `000${byte.toString(8)}`)
      .join("."),
  (number) => `${Math.floor(number / 2 ** 24)}.${number % 2 ** 24}`,
  (number) => `${bytesOf(number).slice(0, 2).join(".")}.${number % 65_536}`,
  (number) => [...dotted(number)].map((char) => `%${char.charCodeAt(0).toString(16)}`).join(""),
];
/** IPv6 addresses that stand for an IPv4 address. */
const EMBEDDINGS: readonly ((number: number) => string)[] = [
  (number) => `[::ffff:${dotted(number)}]`,
  (number) => `[::ffff:${grouped(number)}]`,
  (number) => `[0:0:0:0:0:FFFF:${grouped(number)}]`,
];
const TRANSLATIONS: readonly ((number: number) => string)[] = [
  (number) => `[64:ff9b::${grouped(number)}]`,
  (number) => `[64:ff9b::${dotted(number)}]`,
  (number) => `[2002:${grouped(number)}::1]`,
  (number) => `[::${dotted(number)}]`,
  (number) => `[2001:0:${grouped(number)}::1]`,
];

describe("an IPv4 address", () => {
  it("that is private or reserved is refused, however it is written", () => {
    fc.assert(
      fc.property(closedIPv4, fc.constantFrom(...SPELLINGS, ...EMBEDDINGS), (number, write) => {
        expect([write(number), fault(`https://${write(number)}/mcp`)]).toEqual([
          write(number),
          "must not name a private or reserved address",
        ]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("that is public is taken, however it is written", () => {
    fc.assert(
      fc.property(openIPv4, fc.constantFrom(...SPELLINGS, ...EMBEDDINGS), (number, write) => {
        expect([write(number), fault(`https://${write(number)}/mcp`)]).toEqual([write(number), null]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is refused at both ends of each range, and taken next to them", () => {
    for (const [first, last] of CLOSED_IPV4) {
      expect([first, fault(`https://${first}/`)]).toEqual([first, expect.any(String)]);
      expect([last, fault(`https://${last}/`)]).toEqual([last, expect.any(String)]);
      for (const next of [numberOf(first) - 1, numberOf(last) + 1]) {
        if (next < 0 || next >= 2 ** 32 || isClosed(next)) continue;
        expect([dotted(next), fault(`https://${dotted(next)}/`)]).toEqual([dotted(next), null]);
      }
    }
  });

  it("is refused inside of any IPv6 address that a translator would take apart, even a public one", () => {
    fc.assert(
      fc.property(fc.oneof(closedIPv4, openIPv4), fc.constantFrom(...TRANSLATIONS), (number, write) => {
        expect(fault(`https://${write(number)}/`)).not.toBeNull();
      }),
    );
  });
});

describe("an IPv6 address", () => {
  const groups = (from: string) =>
    fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 7, maxLength: 7 }).map((rest) => {
      return `[${[from, ...rest.map((group) => group.toString(16))].join(":")}]`;
    });

  it("outside of what is given out to the Internet is refused", () => {
    const first = fc
      .integer({ min: 0, max: 0xffff })
      .filter((group) => group >> 13 !== 1)
      .map((group) => group.toString(16));
    fc.assert(
      fc.property(first.chain(groups), (host) => {
        // Only a mapped address is judged as the IPv4 address that it is.
        fc.pre(!/^\[(?:0:){5}ffff:/.test(host));
        expect([host, fault(`https://${host}/`)]).toEqual([host, "must not name a private or reserved address"]);
      }),
    );
  });

  it.each([
    ["unspecified", "[::]"],
    ["loopback", "[::1]"],
    ["loopback, in full", "[0:0:0:0:0:0:0:1]"],
    ["link-local", "[fe80::1]"],
    ["site-local", "[fec0::1]"],
    ["unique local", "[fd12:3456:789a::1]"],
    ["metadata of a cloud", "[fd00:ec2::254]"],
    ["multicast", "[ff02::1]"],
    ["local translation", "[64:ff9b:1::1]"],
    ["discard only", "[100::1]"],
    ["documentation", "[2001:db8::1]"],
    ["documentation, longer", "[3fff:0fff::1]"],
    ["benchmarking", "[2001:2::1]"],
    ["Teredo", "[2001::1]"],
    ["6to4", "[2002::1]"],
    ["segment routing", "[5f00::1]"],
  ])("of no public use is refused: %s", (_, host) => {
    expect(fault(`https://${host}/`)).toBe("must not name a private or reserved address");
  });

  it.each(["[2606:4700:4700::1111]", "[2a00:1450:4001:80b::200e]", "[2001:4860:4860::8888]"])(
    "that is public is taken: %s",
    (host) => {
      expect(fault(`https://${host}/`)).toBeNull();
    },
  );
});

describe("a name", () => {
  it.each([
    ["localhost", "in full"],
    ["LOCALHOST", "in full"],
    ["localhost.", "dot"],
    ["files.localhost", "private network"],
    ["files.local", "private network"],
    ["metadata.google.internal", "private network"],
    ["metadata.google.internal.", "dot"],
    ["instance-data.ec2.internal", "private network"],
    ["nas.home.arpa", "private network"],
    ["wiki.corp", "private network"],
    ["router.lan", "private network"],
    ["localhost.localdomain", "private network"],
    ["metadata", "in full"],
    ["kubernetes", "in full"],
    ["example.com.", "dot"],
    ["127.0.0.1.nip.io", "reserved"],
    ["10-1-2-3.nip.io", "reserved"],
    ["app.10-1-2-3.sslip.io", "reserved"],
    ["app-192-168-1-1.sslip.io", "reserved"],
    ["7f000001.nip.io", "reserved"],
    ["nothing.sslip.io", "reserved"],
    ["--1.sslip.io", "reserved"],
    ["01010101.7f000001.rbndr.us", "reserved"],
    ["localtest.me", "reserved"],
    ["app.lvh.me", "reserved"],
  ])("that leads inside is refused: %s", (host, why) => {
    expect(fault(`https://${host}/mcp`)).toContain(why);
  });

  it.each([
    "mcp.example.com",
    "localhost.example.com",
    "local.example.com",
    "internal.example.com",
    "mylocal.com",
    "notlocalhost.com",
    "my.lanterns.com",
    "ec2-52-1-2-3.compute-1.amazonaws.com",
    "release-10-0-0-1.example.app",
    "10.0.0.1.example.com",
    "1-1-1-1.sslip.io",
    "app.8.8.8.8.nip.io",
    "08080808.nip.io",
    "mynip.io",
    "home.example.com",
    "xn--bcher-kva.example",
    "gateway.example.com.evil.example",
    "other.gateway.example.com",
  ])("that only looks like one is taken: %s", (host) => {
    expect(fault(`https://${host}/mcp`)).toBeNull();
  });
});

describe("a URL", () => {
  it.each([
    ["http://mcp.example.com/", "must begin with https://"],
    ["ftp://mcp.example.com/", "must begin with https://"],
    ["ws://mcp.example.com/", "must begin with https://"],
    ["file:///etc/passwd", "must begin with https://"],
    ["javascript:alert(1)", "must begin with https://"],
    ["https://user@mcp.example.com/", "user"],
    ["https://:pass@mcp.example.com/", "user"],
    ["https://mcp.example.com@127.0.0.1/", "user"],
    ["https://mcp.example.com/#a", "fragment"],
    ["https://mcp.example.com/#", "fragment"],
    ["https://mcp.example.com\t/", "no complete URL"],
    [" https://mcp.example.com/", "no complete URL"],
    ["https://１２７.0.0.1/", "no complete URL"],
    ["https://[fe80::1%25eth0]/", "no complete URL"],
    ["https://256.1.1.1/", "no complete URL"],
    ["//mcp.example.com/", "no complete URL"],
    ["https://", "no complete URL"],
    ["", "no complete URL"],
  ])("that can't be called is refused: %j", (url, why) => {
    expect(fault(url)).toContain(why);
  });

  it("never makes the guard throw, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((host) => `https://${host}/`),
        ),
        (url) => {
          const said = fault(url);
          expect(said === null || said.length > 0).toBe(true);
          // What is taken is what a fetch takes for the same: https, and a host that says where.
          if (said === null) expect(new URL(url).protocol).toBe("https:");
        },
      ),
    );
  });
});

describe("the gateway's own host", () => {
  it.each([
    "https://gateway.example.com/mcp/files",
    "https://GATEWAY.example.com/",
    "https://gateway.example.com:8443/",
    "https://gateway.example.com./",
  ])("is refused on any port: %s", (url) => {
    expect(fault(url)).toBe("must not lead to the gateway itself");
  });

  it("is on a developer's machine the gateway's port, and no other program", () => {
    for (const host of ["127.0.0.1", "localhost", "[::1]", "127.1"]) {
      expect(destinationFault(`http://${host}:8787/mcp`, DEVELOPMENT)).toBe("must not lead to the gateway itself");
      expect(destinationFault(`http://${host}:3001/mcp`, DEVELOPMENT)).toBeNull();
    }
  });

  it("is nobody's where it is not known", () => {
    expect(isOwnHost("gateway.example.com", null)).toBe(false);
    expect(isOwnHost("gateway.example.com", "")).toBe(false);
    expect(isOwnHost("mcp.example.com", "gateway.example.com")).toBe(false);
  });
});

describe("development", () => {
  it.each([
    "http://localhost:3000/",
    "http://127.0.0.1/",
    "http://127.9.9.9/",
    "http://[::1]:1/",
    "https://localhost/",
  ])("may call this machine: %s", (url) => {
    expect(destinationFault(url, DEVELOPMENT)).toBeNull();
    expect(fault(url)).not.toBeNull();
  });

  it.each([
    "http://10.0.0.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/",
    "http://0.0.0.0/",
    "http://example.com/",
  ])("may call nothing else that is closed: %s", (url) => {
    expect(destinationFault(url, DEVELOPMENT)).not.toBeNull();
  });
});
