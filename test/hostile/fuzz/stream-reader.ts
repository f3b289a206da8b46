/** An event stream as the standard has it (WHATWG HTML, 9.2.6), read whole: what a client that keeps to it would hear. */

/** The data of each event that has any. An event that the stream ends within is none. */
export function eventsIn(stream: string): string[] {
  const events: string[] = [];
  let data: string[] = [];
  const lines = stream.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  // What stands behind the last line's end is no line.
  for (const line of lines.slice(0, -1)) {
    if (line === "") {
      if (data.length > 0) events.push(data.join("\n"));
      data = [];
      continue;
    }
    const [, field, value = ""] = /^([^:]*)(?::\u0020?(.*))?$/s.exec(line) ?? [];
    if (field === "data") data.push(value);
  }
  return events.filter((event) => event !== "");
}
