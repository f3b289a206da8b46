import { describe, expect, it } from "vitest";
import { strays } from "./given.ts";

describe("what a verb is done to", () => {
  it("makes it money", () => {
    expect(
      strays({
        financial:
          "send_money send_token swap_tokens transfer_funds create_payment submit_order cancel_subscription mint_nft",
        write: "send_message create_token submit_form transfer_issue transfer_ownership update_sort_order",
      }),
    ).toEqual([]);
  });

  it("leaves a subscription to a feed, a database's transaction and a checkout of a branch alone", () => {
    expect(
      strays({
        write: "subscribe_to_topic create_event_subscription commit_transaction git_checkout",
        execute: "start_transaction rollback_transaction",
        financial: "subscribe create_subscription send_transaction create_checkout",
      }),
    ).toEqual([]);
  });

  it("makes it worse or better", () => {
    expect(
      strays({
        destructive: "format_disk close_account push_force delete_message reset_device",
        write: "format_document close_issue push_commit delete_draft remove_reaction clear_selection",
        execute: "apply_migration send_request send_command schedule_script run_query",
        read: "run_report test_connection take_screenshot format_date convert_currency execute_readonly_query run_select_query",
      }),
    ).toEqual([]);
  });
});
