/**
 * What in a tool's definition a person should look at before an agent gets it: the kinds there are, and how each is
 * told. Nothing here looks at a tool.
 */

export type SignalKind =
  | "meta-tool"
  | "annotation"
  | "credential"
  | "host"
  | "code"
  | "query"
  | "html"
  | "bulk"
  | "url"
  | "path"
  | "json-string"
  | "many-parameters";

/** One of them in one tool. */
export type Signal = {
  readonly kind: SignalKind;
  /** JSON Pointer (RFC 6901) into the tool's definition. */
  readonly at: string;
  /** The parameter as a person writes it (`rule.url`, `rules[].url`); undefined when it is about the whole tool. */
  readonly parameter: string | undefined;
  /** A sentence without its full stop. */
  readonly text: string;
};

export type Weight = "high" | "medium" | "low";

export type Meaning = { readonly title: string; readonly weight: Weight; readonly why: string };

/** In the order in which they are shown. */
export const SIGNALS: Readonly<Record<SignalKind, Meaning>> = {
  "meta-tool": {
    title: "Runs other tools by name",
    weight: "high",
    why: "Whoever may call it may call whatever it runs, past the rules of those tools, unless its policy unwraps it.",
  },
  annotation: {
    title: "Annotations contradict it",
    weight: "high",
    why: "A client that believes the annotation asks nobody before it calls the tool.",
  },
  credential: {
    title: "Takes a credential",
    weight: "medium",
    why: "The secret passes through the model and its logs, and the agent chooses in whose name it acts.",
  },
  host: {
    title: "Chooses the host it talks to",
    weight: "medium",
    why: "An agent that is led astray can point it at a host of somebody else's choice.",
  },
  code: {
    title: "Takes free-form code or commands",
    weight: "medium",
    why: "What it does is what the agent writes: a rule about the tool's name says little.",
  },
  query: {
    title: "Takes a free-form query",
    weight: "medium",
    why: "A query language can mostly do more than read what was meant.",
  },
  html: {
    title: "Takes HTML or a template",
    weight: "medium",
    why: "Markup runs in the reader's browser, and a template in the server's engine.",
  },
  bulk: {
    title: "Acts on many things at once",
    weight: "medium",
    why: "One call can do what a limit of calls was meant to prevent.",
  },
  url: {
    title: "Takes a URL",
    weight: "low",
    why: "Where the server fetches it, it can be led into the server's own network.",
  },
  path: {
    title: "Takes a path",
    weight: "low",
    why: "A path can lead out of where the tool is meant to work.",
  },
  "json-string": {
    title: "Carries JSON in a string",
    weight: "low",
    why: "The schema says nothing of what is inside: a rule must look into it with `|json`.",
  },
  "many-parameters": {
    title: "Takes more than ten parameters",
    weight: "low",
    why: "The more a call can say, the more a rule can miss.",
  },
};

const isKind = (text: string): text is SignalKind => Object.hasOwn(SIGNALS, text);

export const SIGNAL_KINDS: readonly SignalKind[] = Object.keys(SIGNALS).filter(isKind);
