/**
 * Stands between the built Worker and what it is bound to, and lets a test have any one use of that go wrong: it asks
 * before each what is to come of it. The Worker is the one that is deployed and its objects are its own; all that is
 * theirs besides is a way to be aborted. It must never change what it is not told to.
 */
import worker, * as built from "./worker.js";

/** Of a kind that must reach no client. */
const CAUSE = "a cause that is nobody's business";

const OBJECTS = ["GRANT_LEDGER", "SERVER_LEDGER", "TOOL_SHELF", "CREDENTIAL_KEEPER", "CARETAKER", "DOORKEEPER"];

/** `scene` is what the use belongs to: what a request says of itself, or the name of the object that makes it. */
async function used(env, scene, use, about, run, abort = () => {}) {
  const question = { method: "POST", body: JSON.stringify({ scene, use, about }) };
  const { fate, answer } = await (await env.FAULTS.fetch("http://faults/", question)).json();
  switch (fate) {
    case "fail":
      throw new Error(CAUSE);
    case "lose":
      await run();
      throw new Error(CAUSE);
    case "answer":
      return answer;
    case "crash": {
      const underway = run();
      await abort();
      return underway;
    }
    default:
      return run();
  }
}

const methodsOf = (part, wrap) =>
  new Proxy(part, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return wrap(String(name), value.bind(target)) ?? value.bind(target);
    },
  });

function frontedStore(env, scene, binding) {
  return methodsOf(env[binding], (name, run) => {
    return (key, ...more) => used(env, scene, `${binding}.${name}`, String(key), () => run(key, ...more));
  });
}

const statements = new WeakMap();

function frontedStatement(env, scene, query, statement) {
  const fronted = methodsOf(statement, (name, run) => {
    if (name === "bind") return (...values) => frontedStatement(env, scene, query, run(...values));
    return (...given) => used(env, scene, `GRANTGATE_DB.${name}`, query, () => run(...given));
  });
  statements.set(fronted, statement);
  return fronted;
}

function frontedDatabase(env, scene) {
  return methodsOf(env.GRANTGATE_DB, (name, run) => {
    if (name === "prepare") return (query) => frontedStatement(env, scene, query, run(query));
    if (name !== "batch") return undefined;
    return (batch) => {
      const own = batch.map((statement) => statements.get(statement) ?? statement);
      return used(env, scene, "GRANTGATE_DB.batch", "", () => run(own));
    };
  });
}

function frontedObjects(env, scene, binding) {
  const namespace = env[binding];
  const stubOf = (stub) =>
    new Proxy(stub, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof name !== "string" || typeof value !== "function") return value;
        const run = (...given) => target[name](...given);
        const abort = () => target.abortNow().catch(() => {});
        return (...given) => used(env, scene, `${binding}.${name}`, target.name ?? "", () => run(...given), abort);
      },
    });
  return methodsOf(namespace, (name, run) => {
    return name === "get" || name === "getByName" ? (...given) => stubOf(run(...given)) : undefined;
  });
}

function fronted(env, scene) {
  return {
    ...env,
    GRANTGATE_KV: frontedStore(env, scene, "GRANTGATE_KV"),
    GRANTGATE_DB: frontedDatabase(env, scene),
    ...(env.AUDIT_BUCKET && { AUDIT_BUCKET: frontedStore(env, scene, "AUDIT_BUCKET") }),
    ...Object.fromEntries(OBJECTS.map((binding) => [binding, frontedObjects(env, scene, binding)])),
  };
}

function abortable(Built) {
  return class extends Built {
    constructor(ctx, env) {
      super(ctx, fronted(env, ctx.id.name ?? ""));
    }

    abortNow() {
      this.ctx.abort("a test said so");
    }
  };
}

export const GrantLedger = abortable(built.GrantLedger);
export const ServerLedger = abortable(built.ServerLedger);
export const ToolShelf = abortable(built.ToolShelf);
export const CredentialKeeper = abortable(built.CredentialKeeper);
export const Caretaker = abortable(built.Caretaker);
export const Doorkeeper = abortable(built.Doorkeeper);

// biome-ignore lint/style/noDefaultExport: workerd looks for the handlers of a Worker here.
export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    const [, aborting, binding, name] = /^\/(abort)\/([A-Z_]+)\/(.+)$/.exec(pathname) ?? [];
    if (aborting === undefined) return worker.fetch(request, fronted(env, request.headers.get("x-scene") ?? ""), ctx);
    await env[binding]
      .getByName(decodeURIComponent(name))
      .abortNow()
      .catch(() => {});
    return new Response(null, { status: 204 });
  },
};
