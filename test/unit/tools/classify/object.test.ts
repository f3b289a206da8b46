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

  it("knows what one subscribes to for nothing", () => {
    expect(
      strays({
        write: "add_dnsbl_subscription update_blocklist_subscription toggle_resource_subscription subscribe_to_updates",
        destructive: "remove_dnsbl_subscription",
        financial: "update_subscription add_subscription cancel_subscription subscribe_to_plan",
      }),
    ).toEqual([]);
  });

  it("takes text that is kept to be run later for Execute, and a list of such texts for a Write", () => {
    expect(
      strays({
        execute:
          "create_script update_cli_script add_cron edit_cron_job assign_cli_template enable_cron add_command_to_profile",
        write: "create_template create_cli_template_group create_transcript add_ssh_key update_cli_theme",
        destructive: "delete_script remove_cron",
        read: "get_script list_cli_templates validate_script",
      }),
    ).toEqual([]);
  });

  it("takes going back for the loss of what is there now, unless nothing is lost", () => {
    expect(
      strays({
        destructive:
          "restore_backup revert_revision rollback_snapshot roll_back_install config_restore ssh_restore_config",
        execute: "rollback_transaction rollback_deployment revert_release",
        write: "revert_commit restore_deleted_page",
        read: "list_restore_points get_rollback_status",
      }),
    ).toEqual([]);
  });

  it("takes cutting somebody off for Execute", () => {
    expect(
      strays({
        execute: "close_session session_close close_connection disconnect_client deauthorize_device",
        write: "close_issue close",
      }),
    ).toEqual([]);
  });

  it("takes a download of what is to be installed for a Write, and others for reading", () => {
    expect(strays({ write: "download_firmware firmware_download download_update", read: "download_report" })).toEqual(
      [],
    );
  });

  it("takes opening a record for a look at it, and opening a way to it for a Write", () => {
    expect(strays({ read: "open_nodes open_entity", write: "open_node_port open_ticket open_node_shell" })).toEqual([]);
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
