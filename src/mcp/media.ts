/** Media types, compared as types and not as text (RFC 9110, 8.3.1). */

export function isJsonType(contentType: string | null): boolean {
  return essence(contentType) === "application/json";
}

export function isStreamType(contentType: string | null): boolean {
  return essence(contentType) === "text/event-stream";
}

/** Whether an `Accept` header lets a type through; quality values are not weighed. */
export function accepts(accept: string | null, type: "application/json" | "text/event-stream"): boolean {
  if (accept === null) return true;
  const family = `${type.slice(0, type.indexOf("/"))}/*`;
  return accept.split(",").some((range) => ["*/*", family, type].includes(essence(range)));
}

/** Empty for two types in one header: each reader would take another of them. */
function essence(value: string | null): string {
  return value === null || value.includes(",") ? "" : (value.split(";", 1)[0]?.trim().toLowerCase() ?? "");
}
