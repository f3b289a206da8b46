/** The breaches that are written down: every file beside run.ts is a topic, and is read by its name. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Breach } from "../breach.ts";

/** `number` is the breach's place in its topic, from 1. */
export type Listed = { readonly topic: string; readonly number: number; readonly breach: Breach };

const TOPICS = join(import.meta.dirname, "..");
const NO_TOPIC = ["breach.ts", "run.ts"];

export function topicNames(): string[] {
  const files = readdirSync(TOPICS).filter((file) => file.endsWith(".ts") && !NO_TOPIC.includes(file));
  return files.map((file) => file.slice(0, -".ts".length)).sort();
}

export async function readTopics(names: readonly string[]): Promise<Listed[]> {
  const topics = await Promise.all(names.map(breachesOf));
  return topics.flat();
}

async function breachesOf(topic: string): Promise<Listed[]> {
  const { BREACHES }: { BREACHES?: readonly Breach[] } = await import(pathToFileURL(join(TOPICS, `${topic}.ts`)).href);
  if (!Array.isArray(BREACHES)) throw new Error(`test/breaches/${topic}.ts exports no BREACHES`);
  return BREACHES.map((breach: Breach, at) => ({ topic, number: at + 1, breach }));
}
