/** A migration that readiness does not look for would be missed by whoever waits for it. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MADE_BY } from "../../../src/observe/migrations.ts";

const FOLDER = "src/admin/migrations";
const migrations = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));

describe("readiness", () => {
  it("looks for every migration", () => expect(Object.keys(MADE_BY)).toEqual(migrations.toSorted()));

  it.each(migrations)("looks for a table that %s makes and no other does", (migration) => {
    const makes = (name: string) =>
      new RegExp(`CREATE TABLE ${MADE_BY[migration]} `).test(readFileSync(`${FOLDER}/${name}`, "utf8"));
    expect(migrations.filter(makes)).toEqual([migration]);
  });
});
