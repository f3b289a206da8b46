import { describe, expect, it } from "vitest";
import { classOf, strays } from "./given.ts";

describe("the name", () => {
  it("tells by its verb, first, last or in the middle", () => {
    expect(
      strays({
        read: "list_pods pods_list vpn_tunnel_get k8s_get_events listBranches search-code web_search whoami",
        write: "create_branch vpn_ipsec_phase2_create nat_create_rule updatePage insert-many issue_write add_label",
        execute: "execute_command pods_exec monitor_tunnel_restart runTests invoke_function deploy start_job",
        destructive: "delete_file dbDrop policies.remove logs_purge_all revoke_token tf_destroy terminate_instance",
        financial: "pay_bill create_refund payout_create charge_card buy_domain withdraw",
      }),
    ).toEqual([]);
  });

  it("has one object per verb: what a reading verb names is not done", () => {
    expect(strays({ read: "get_reset_time list_deleted_items get_update_status search_orders get_refund" })).toEqual(
      [],
    );
  });

  it("counts what is joined to a reading verb, and what ends a name that began with nouns", () => {
    expect(
      strays({
        write: "get_or_create_user find_and_replace",
        destructive: "search_and_destroy user_search_delete monitor_session_delete_user",
        financial: "check_and_pay",
      }),
    ).toEqual([]);
  });

  it("knows a thing that has a status from the verb it could be", () => {
    expect(strays({ read: "refund_status order_history run_list build_log check_order preview_install" })).toEqual([]);
    expect(strays({ financial: "order refund", execute: "run_agent call_number", write: "set_status" })).toEqual([]);
  });

  it("reads abbreviations, doers, deeds and words run together", () => {
    expect(
      strays({
        read: "port_checker price_calculator",
        execute: "cmd_exec cli shell python_repl run_cmd sandbox_execution executesql",
        destructive: "del_user rm user_deletion deletefile",
      }),
    ).toEqual([]);
  });

  it("takes a change by way of a shell for a command", () => {
    expect(
      strays({ execute: "ssh_fix_routing cli_reload_firewall ssh", read: "ssh_show_routing ssh_profile_list" }),
    ).toEqual([]);
  });

  it("takes a way into a network that it opens for Execute, and a rule about such a way for a Write", () => {
    expect(
      strays({
        execute: "port_forward k8s_port_forward stop_port_forward",
        write: "create_port_forward nat_update_port_forwarding",
        read: "list_port_forwards",
      }),
    ).toEqual([]);
  });

  it("takes what does anything it is told for Execute", () => {
    expect(strays({ execute: "monitor_action quick_action service_call http_request use_tool make_api_call" })).toEqual(
      [],
    );
  });

  it("takes a tool that says nothing for a change, or for money if it names money", () => {
    expect(classOf("frobnicate")).toBe("write");
    expect(classOf("")).toBe("write");
    expect(classOf("d\u0435lete_status")).toBe("write");
    expect(classOf("lightning_payment")).toBe("financial");
  });
});
