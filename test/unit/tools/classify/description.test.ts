import { describe, expect, it } from "vitest";
import { classOf } from "./given.ts";

const told = (description: string, name = "thing") => classOf(name, { description });

describe("the description", () => {
  it("tells by its leading verb where the name says nothing", () => {
    expect(told("Lists all pods.")).toBe("read");
    expect(told("Updates a record")).toBe("write");
    expect(told("Dial a number and wait for an answer")).toBe("execute");
    expect(told("Removes a seat from the plan")).toBe("destructive");
    expect(told("Pay a supplier")).toBe("financial");
  });

  it("finds the verb behind what comes before it", () => {
    expect(told("Use it whenever you need to permanently erase a workspace.")).toBe("destructive");
    expect(told("This tool allows you to search the catalogue.")).toBe("read");
    expect(told("A tool that executes shell scripts")).toBe("execute");
    expect(told("Admin only: revoke a certificate")).toBe("destructive");
    expect(told("[WRITE] Creates a page")).toBe("write");
  });

  it("counts every verb that is listed", () => {
    expect(told("Create, update or delete a label", "label_tool")).toBe("destructive");
    expect(told("Enable/disable an entry")).toBe("write");
    expect(told("Manage visas. Use this tool to list, check, or delete them.", "visas")).toBe("destructive");
    expect(told("Read a message and delete it", "read_message")).toBe("destructive");
  });

  it("counts what is listed in brackets, if that is done", () => {
    expect(told("Apply a single resource (create, update, or delete)", "applyResource")).toBe("destructive");
    expect(told("Manages orders (list, cancel)")).toBe("financial");
    expect(told("Everything about labels (create/delete)")).toBe("destructive");
    expect(told("Query web filter (URL category/block) logs", "log_filter")).toBe("read");
    expect(told("List events (create, update, delete)", "list_events")).toBe("read");
    expect(told("Update an entry (name, restart actions, comment)", "update_entry")).toBe("write");
    expect(told("Update an entry (cannot create or delete)", "update_entry")).toBe("write");
    expect(told("Get (or create) a label", "get_label")).toBe("write");
    expect(told("List labels (create/delete)", "manage_labels")).toBe("destructive");
    expect(told("Handles labels (creates, then deletes)")).toBe("destructive");
    expect(told("Authorize (promote) a device", "authorize_device")).toBe("write");
  });

  it("takes a picture of a page for reading", () => {
    expect(told("Capture the accessibility snapshot of a page", "page_snapshot")).toBe("read");
    expect(told("Capture a snapshot of a disk", "disk_snapshot")).toBe("write");
  });

  it("raises what the name says and never lowers it", () => {
    expect(told("Deletes the oldest entries", "get_entries")).toBe("destructive");
    expect(told("Only shows what would happen", "delete_entries")).toBe("destructive");
    expect(told("Read-only, changes nothing", "execute_command")).toBe("execute");
  });

  it("does not mistake the way of reading for a deed", () => {
    expect(told("Run a lookup query on the shelf", "find")).toBe("read");
    expect(told("Execute one read-only statement", "query_sql")).toBe("read");
    expect(told("Execute SQL on the store", "query_database")).toBe("execute");
    expect(told("Generate a summary of the thread", "summarize_thread")).toBe("read");
    expect(told("List custom block/allow lists and the reset and boot times", "filter_list")).toBe("read");
  });

  it("settles a name whose verb may be a noun", () => {
    expect(told("", "label_parcel")).toBe("write");
    expect(told("Query old parcels", "label_parcel")).toBe("read");
    expect(told("Get the order book", "order_book")).toBe("financial");
  });

  it("takes a name that ends in something to look at for a Read only if no unknown verb may be at work", () => {
    expect(told("", "parcel_status")).toBe("read");
    expect(told("Get where a parcel is", "parcel_status")).toBe("read");
    expect(told("Transition it to a new status", "parcel_status")).toBe("write");
  });

  it("believes a denial of a deed", () => {
    expect(told("Lists files; does not delete any", "list_files")).toBe("read");
    expect(told("Updates a page without deleting its history", "update_page")).toBe("write");
    expect(told("Sets a value. This is not destructive.", "set_value")).toBe("write");
  });

  it("hears a warning in any sentence", () => {
    expect(told("Replaces all entries. This cannot be undone.", "replace_entries")).toBe("destructive");
    expect(told("Run a DML statement. Takes INSERT, UPDATE or DELETE.", "run_dml")).toBe("destructive");
    expect(told("Adds a host. Your account will be charged.", "add_host")).toBe("financial");
    expect(told("Submits text. It may contain arbitrary Python code.", "submit_text")).toBe("execute");
  });
});
