/** How the admin API says yes. Numbers that came in with more digits than a double holds go out with all of them. */

export function json(status: 200 | 201, value: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });
}

/** ISO 8601, or null. */
export function isoTime(unixMs: number | null): string | null {
  return unixMs === null ? null : new Date(unixMs).toISOString();
}
