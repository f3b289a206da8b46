/** A finding as its reader needs it: what is wrong, the bytes that show it, and the command that shows it again. */
import type { Found } from "./campaign.ts";

export function told(found: Found, seed: number): string {
  const { nth, faults } = found;
  const lines = [`case ${nth} of seed ${seed}: ${faults.join("; ")}`];
  if (found.kind === "request") {
    const { sent } = found;
    const shown = sent.headers.map((text) => text.replace(/^Bearer .*/, "Bearer <token>"));
    lines.push(
      `done to it: ${sent.mutations.join(", ") || "nothing"}`,
      `headers: ${JSON.stringify(shown)}`,
      `body: ${JSON.stringify(sent.body.toString())}`,
      `in base64: ${sent.body.toString("base64")}`,
    );
  }
  if (found.kind === "answer") {
    const { given, answer } = found;
    lines.push(
      `done to it: ${given.mutations.join(", ") || "nothing"}`,
      `asked: ${JSON.stringify(given.message)} (${given.era})`,
      `the upstream answered ${given.status}, ${given.type}: ${JSON.stringify(given.body.toString())}`,
      `in base64: ${given.body.toString("base64")}`,
      `the client received: ${JSON.stringify(answer)}`,
    );
  }
  const which = found.kind === "after" ? "" : ` --only ${nth}${found.kind === "answer" ? " --answers" : ""}`;
  lines.push(`again: npm run fuzz -- --seed ${seed}${which}`);
  return lines.join("\n  ");
}
