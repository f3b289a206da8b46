/** docs/architecture.md has every room, with the rooms that it imports, and calls pure what lint holds to be so. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { pageText, ROOT, spansIn, tableUnder } from "./page.ts";

const SRC = join(ROOT, "src");
const page = pageText("architecture.md");
const rooms = tableUnder(page, "room", "its door", "imports", "must never").map(
  ([room = "", door = "", others = ""]) => ({
    room: spansIn(room)[0] ?? "",
    doors: spansIn(door),
    others: others.startsWith("all above but ") ? { but: spansIn(others) } : { only: spansIn(others) },
  }),
);

function roomOf(path: string): string {
  const [room = "", inner] = path.split("/");
  return room === "tools" && inner === "pins" ? "tools/pins/" : `${room}/`;
}

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll(sep, "/"))
  .filter((path) => /\/.+\.ts$/.test(path));

function importedBy(file: string): readonly string[] {
  return [...readFileSync(join(SRC, file), "utf8").matchAll(/\bfrom "(\.[^"]+)"/g)]
    .map(([, path = ""]) => relative(SRC, resolve(SRC, dirname(file), path)).replaceAll(sep, "/"))
    .filter((path) => path.includes("/") && !path.startsWith("../"));
}

describe("the table of rooms", () => {
  it("has every room there is", () => {
    expect(rooms.map(({ room }) => room).sort()).toEqual([...new Set(files.map(roomOf))].sort());
  });

  it.each(rooms)("has the rooms that $room imports", ({ room, others }) => {
    const imported = new Set(
      files.filter((file) => roomOf(file) === room).flatMap((file) => importedBy(file).map(roomOf)),
    );
    imported.delete(room);
    const above = rooms
      .slice(
        0,
        rooms.findIndex((other) => other.room === room),
      )
      .map((other) => other.room);
    const told = "only" in others ? others.only : above.filter((other) => !others.but.includes(other));
    expect([...imported].sort()).toEqual([...told].sort());
  });

  it.each(rooms)("has doors that $room has", ({ room, doors }) => {
    const there = files.filter((file) => roomOf(file) === room).map((file) => file.slice(room.length));
    expect(doors.length).toBeGreaterThan(0);
    expect(doors.filter((door) => !there.includes(`${door}.ts`) && !there.includes(`${door}/${door}.ts`))).toEqual([]);
  });
});

it("calls pure the rooms that may not fetch", () => {
  const { overrides } = JSON.parse(readFileSync(join(ROOT, "biome.json"), "utf8"));
  const pure = overrides
    .filter(({ linter }: { linter: { rules: { style: object } } }) => "noRestrictedGlobals" in linter.rules.style)
    .map(({ includes }: { includes: string[] }) => includes[0]?.replace(/^src\/(.*)\*\*$/, "$1"));
  const [told = ""] = page
    .slice(page.indexOf("## Pure rooms\n") + "## Pure rooms\n".length)
    .trim()
    .split(" are pure");
  expect(pure.sort()).toEqual(
    spansIn(told)
      .filter((room) => room !== "tools/pins/")
      .sort(),
  );
});

it("names files that are there", () => {
  const named = spansIn(page).filter((span) => /^(?:src|test)\//.test(span) && !span.includes("<"));
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
