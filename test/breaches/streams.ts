/** What belongs to one grant's session, and to nobody else; and what a page may do. */
import type { Breach } from "./breach.ts";

const others = ["test/hostile/streams-of-others.test.ts"];
const origin = ["test/hostile/origin.test.ts"];

export const BREACHES: readonly Breach[] = [
  {
    defence: "an event id that this session was not given resumes nothing",
    file: "src/gate/read.ts",
    from: "return resumes === null ? NO_SUCH_EVENT : { ...read, session, resumes };",
    to: "return { ...read, session, resumes: resumes ?? eventId };",
    tests: others,
    expects: /resumes nothing in another grant's session/,
  },
  {
    defence: "event ids are sealed for their session",
    file: "src/upstream/event-id.ts",
    from: "function identity({ server, grant, session }: SessionOf): string {",
    to: 'function identity({ server, grant, session }: SessionOf): string {\n  if (server !== "") return "";',
    tests: others,
    expects: /resumes nothing in another grant's session/,
  },
  {
    defence: "without a session no event id goes on",
    file: "src/gate/read.ts",
    from: "if (sealed === null) return { ...read, session: null };",
    to: 'if (sealed === null) return { ...read, session: "any", resumes: request.headers.get("last-event-id") };',
    tests: ["test/hostile/identity.test.ts"],
    expects: /without a session of one's own resumes nothing/,
  },
  {
    defence: "without a session nothing is cancelled",
    file: "src/gate/judge.ts",
    from: "if (session === null && OF_A_REQUEST.has(method)) return ACCEPTED;",
    to: "",
    tests: others,
    expects: /cancels no request of another grant's/,
  },
  {
    defence: "one look at a grant that fails costs no answer",
    file: "src/gate/course.ts",
    from: ".catch(look)",
    to: "",
    tests: ["test/faults/looks.test.ts"],
    expects: /keeps its answer when one look/,
  },
  {
    defence: "a grant that can't be looked at gets no answer",
    file: "src/gate/course.ts",
    from: "(now) => now !== null,\n            () => false,",
    to: "(now) => now !== null,\n            () => true,",
    tests: ["test/faults/looks.test.ts"],
    expects: /is given up when its grant can't be looked at/,
  },
  {
    defence: "a clock that was set back makes nothing last",
    file: "src/gate/age.ts",
    from: "return Math.abs(now - since);",
    to: "return now - since;",
    tests: ["test/worker/pins.test.ts"],
    expects: /whose clock steps back/,
  },
  {
    defence: "pages of other origins may not call",
    file: "src/gate/gate.ts",
    from: "if (!isAllowedOrigin(request, settings.allowedOrigins)) return forbiddenOrigin();",
    to: "",
    tests: origin,
    expects: /of another site is refused its call/,
  },
  {
    defence: "a name re-bound to loopback is another origin",
    file: "src/gate/origin.ts",
    from: 'return from.protocol === "https:" && from.origin === to.origin;',
    to: "return from.origin === to.origin;",
    tests: ["test/unit/gate/origin.test.ts"],
    expects: /re-bound to a laptop/,
  },
  {
    defence: "an origin is one origin and nothing else",
    file: "src/gate/origin.ts",
    from: "if (from === null || from.origin !== origin) return false;",
    to: "if (from === null) return false;",
    tests: origin,
    expects: /with a path is refused its call/,
  },
];
