/**
 * What verbs act on, as far as it changes what they mean: money, things that run, things nobody would miss. Singular, plain
 * English, few.
 */

const set = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** To change one of these is to move money or to owe it. */
export const MONEY = set(
  "payment refund charge invoice payout checkout subscription purchase order transfer trade transaction bill billing money " +
    "payroll salary donation loan escrow wallet deposit withdrawal credit debit reimbursement dispute",
);

/** What one subscribes to and owes nothing for. "updates" in the plural only: to update a subscription may cost. */
const FREE =
  "topic queue event webhook feed channel list resource updates newsletter dnsbl rbl blocklist blacklist denylist " +
  "allowlist whitelist";

/** What makes a money word mean something else: an order of rows, a subscription to a feed, a database's transaction. */
export const NOT_MONEY: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["order", set("sort display menu tab row column list")],
  ["subscription", set(FREE)],
  ["subscribe", set(`${FREE} notification notice`)],
  ["transaction", set("database sql isolation")],
  ["transfer", set("file repository issue ownership owner project domain data ticket task page conversation zone")],
  ["charge", set("battery vehicle")],
  ["checkout", set("git branch commit revision")],
]);

/** Worth money as soon as it is sent, swapped or minted. */
export const ASSET = set(
  "token coin crypto eth bitcoin btc sol usdc usdt sat satoshi nft fund money currency asset cash",
);

/** Removing one loses nothing that anyone kept. */
export const SLIGHT = set("draft reaction star vote bookmark selection highlight like");

/** What runs. */
export const CODE = set(
  "command shell bash powershell script terminal console cli ssh sql python javascript repl notebook cypher macro mutation " +
    "graphql curl computer interpreter executor runner code expression",
);

/** What takes any command. */
export const SHELL = set("ssh cli shell bash powershell terminal");

/** What runs in one place and is looked at in the next ("country code"): alone it says nothing. */
export const CODE_OR_NOT = set("code expression console notebook macro script");

/** Nouns that name something to look at: as the last word of a name without a clear verb they make it a Read. */
export const VIEW = set("status history list information detail result log statistic metric summary overview usage");

/** The same, but only where no word of the name could be a verb. */
export const VIEW_ALONE = set("count health schema diagnostic report weather");

/** Things that are as good as verbs (to order, to test), and have a status, a history, a list. */
export const JOB = set(
  "order charge transfer trade refund invoice call test build backup deposit purchase bid stake fund bill checkout import " +
    "scan audit release commit report search query",
);

/** As the last word of a name without a clear verb: it does whatever it is told. */
export const DEED = new Set(["action", "operation", "operations", "actions"]);

/** What a "run" or "perform" only looks with. */
export const LOOK = set("search report lookup");

/** What a "create", "run" or "generate" in a sentence may still be when the name reads. */
export const PRODUCT = set(
  "search report lookup query check summary overview list preview snapshot screenshot analysis diagnostic estimate diff " +
    "comparison scan",
);

/** Words that bind a "run" to reading. */
export const BOUND = set("readonly explain dryrun");
