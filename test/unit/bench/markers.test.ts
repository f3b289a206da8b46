import { expect, it } from "vitest";
import { between } from "../../../bench/harness/markers.ts";

const PAGE = "# Page\n\n<!-- results: begin -->\nold\n<!-- results: end -->\n\nrest\n";

it("replaces what stands between the markers, and leaves the rest", () => {
  const page = between(PAGE, "results", "new $& text");
  expect(page).toBe("# Page\n\n<!-- results: begin -->\n\nnew $& text\n\n<!-- results: end -->\n\nrest\n");
  expect(between(page, "results", "new $& text")).toBe(page);
});

it.each([
  ["has none", "# Page\n"],
  ["has them the wrong way round", "<!-- results: end --><!-- results: begin -->"],
  ["has them twice", PAGE + PAGE],
])("refuses a page that %s", (_, page) => {
  expect(() => between(page, "results", "new")).toThrow("marked");
});
