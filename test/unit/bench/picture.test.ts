import { expect, it } from "vitest";
import { picture } from "../../../bench/harness/picture.ts";

const ROWS = [
  { title: "decide <only> & more", throughput: 0.95, cpu: 1.25, bars: { throughput: 0.9, cpu: 1.9 } },
  { title: "six limits", throughput: 0.4, cpu: 3.5, bars: { throughput: 0.5, cpu: 1.9 } },
  { title: "a stream", throughput: 1.02, cpu: 1, bars: {} },
];

const drawn = picture(ROWS, "2026-11-21");
const bars = [...drawn.matchAll(/<rect x="(\d+)" y="\d+" width="([\d.]+)" height="\d+" rx="2" fill="(#\w+)"\/>/g)];
const widths = bars.map(([, , width]) => Number(width));

it("draws a bar for each ratio, as long as it is", () => {
  const [decided, limited, streamed, decidedCpu, limitedCpu, streamedCpu] = widths;
  expect(decided).toBeCloseTo(0.95 * 250, 0);
  expect(limited).toBeCloseTo(0.4 * 250, 0);
  expect(streamed).toBe(250);
  expect([decidedCpu, limitedCpu, streamedCpu]).toEqual(
    [1.25, 3.5, 1].map((times) => Math.round((times * 2_500) / 4) / 10),
  );
});

it("cuts a bar that would leave no room for the others, and says how long it is", () => {
  const long = picture([{ title: "long", throughput: 0.1, cpu: 50, bars: {} }, ...ROWS], "");
  expect(long).toContain('width="250"');
  expect(long).toContain(">50.00<");
});

it("shows by colour what is met, what is not, and what is held to nothing", () => {
  const [met, not, free, ...cpu] = bars.map(([, , , colour]) => colour);
  expect(new Set([met, not, free]).size).toBe(3);
  expect(cpu).toEqual([met, not, free]);
});

it("is XML, whatever a title says, and has no background of its own", () => {
  expect(drawn).toContain(">decide &lt;only&gt; &amp; more<");
  expect(drawn.match(/<text/g)?.length).toBe(drawn.match(/<\/text>/g)?.length);
  expect(drawn).not.toMatch(/background|#fff\b|#000\b|NaN|undefined/);
});
