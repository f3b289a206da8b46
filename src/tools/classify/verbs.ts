/**
 * The verbs that tools are named and described with, and the class each one means when nothing else is known.
 *
 * Every entry is plain English of the API world; no entry is there for one tool's sake. A word that could mean two things
 * stands under the more severe one, unless its object tells (see `act.ts`).
 */
import type { ToolClass } from "./class.ts";

const READ =
  "get list read fetch find search query describe show view display lookup check validate verify preview count compare " +
  "analyze analyse inspect explain summarize summarise retrieve browse export download monitor watch tail diff estimate " +
  "calculate compute parse detect identify discover explore examine review enumerate peek poll wait help ping trace " +
  "classify rank grade audit lint whoami is has recommend suggest predict forecast extract match grep stat " +
  "measure research screenshot decode lookup understand access return provide locate obtain report scrape aggregate " +
  "collect echo dump visualize visualise";

const WRITE =
  "create add insert update edit modify change set put patch post write save store append upsert replace rename move " +
  "copy clone duplicate assign unassign attach detach link unlink tag untag enable disable activate deactivate toggle " +
  "lock unlock open close reopen merge fork push commit publish unpublish upload import submit approve reject send reply " +
  "comment notify share invite join leave register unregister generate make mark pin unpin follow unfollow archive " +
  "unarchive configure schedule reschedule convert transform sync synchronize refresh reload grant allow deny block " +
  "unblock mute unmute manage apply complete finish accept decline acknowledge request increment ingest annotate " +
  "record remember draft compose renew rotate sign extend adjust fix repair optimize initialize setup prepare authorize " +
  "login logout authenticate select use switch take resolve format raise import backup label message define " +
  "customize resize reorder translate escalate unsubscribe mint burn swap bridge index star queue allocate bind map " +
  "group ungroup prioritize react consolidate merge enroll plan broadcast capture alter gzip zip unzip compress decompress";

const EXECUTE =
  "execute run rerun evaluate invoke call trigger launch spawn start restart stop pause resume reboot shutdown deploy " +
  "redeploy promote install upgrade downgrade disconnect deauthorize portforward dispatch build compile test retry boot " +
  "migrate failover scan crawl automate play speak say phone dial control operate mount scale click tap press type fill " +
  "drag navigate goto bring power provision exploit inject simulate interact rollout turn connect end ask render";

const DESTRUCTIVE =
  "delete remove destroy drop purge wipe erase clear clean cleanup prune truncate terminate kill abort cancel revoke " +
  "reset flush uninstall decommission deprovision teardown discard evict forget nuke overwrite trash shred empty expunge ban kick " +
  "invalidate restore revert rollback";

const FINANCIAL =
  "pay refund charge reimburse purchase buy sell withdraw deposit payout checkout donate transfer trade stake unstake bid " +
  "invoice subscribe borrow lend repay redeem remit order bill tip liquidate disburse fund spend";

/** As often a noun as a verb: beside a clearer verb it is what that verb acts on (`list_runs`, `create_order`). */
const NOUNS_TOO =
  "order charge transfer trade refund invoice call test build query search report backup start stop deposit purchase bid " +
  "stake fund tip bill checkout export import review copy record link label tag comment message post patch commit push " +
  "request share schedule lock block watch monitor scan audit check match trace format index archive set draft sign mark " +
  "pin star fork view help control play stat use access map group queue store switch change run release " +
  "display rank grade research type power scale phone press end empty react return payout screenshot move mount portforward zip";

/** Verbs that say so little in a sentence that they raise no class a clearer name gave. */
const FAINT =
  "trigger start call build open make take provide return generate produce set use play record end select store process ask " +
  "test load render request connect type display queue apply share prepare group map";

const words = (text: string): string[] => text.split(" ");

const CLASS_OF: ReadonlyMap<string, ToolClass> = new Map(
  (
    [
      [READ, "read"],
      [WRITE, "write"],
      [EXECUTE, "execute"],
      [DESTRUCTIVE, "destructive"],
      [FINANCIAL, "financial"],
    ] as const
  ).flatMap(([list, toolClass]) => words(list).map((verb) => [verb, toolClass] as const)),
);

const nounsToo = new Set(words(NOUNS_TOO));
const faint = new Set(words(FAINT));

/** The class of that verb in its base form, alone. */
export const verbClass = (verb: string): ToolClass | undefined => CLASS_OF.get(verb);

export const isNounToo = (verb: string): boolean => nounsToo.has(verb);

export const isFaint = (verb: string): boolean => faint.has(verb);
