import { type Json, UserError } from "../../../packages/common/util";
import { type PlanReport, planReport } from "..";
import { readPlan, type ReadPlanOptions } from "../plan";
import {
  part,
  perSpoke,
  planOfJson,
  recordAddress,
  REGISTRY,
  stateOf,
} from "../../../packages/private-link-preview/__tests__/terraform-fixtures";
import fc, { property } from "../../../__tests__/support/fast-check";

const RECORD = recordAddress("hub", "login");
const VM = "azurerm_linux_virtual_machine.spoke1_vm";
const PARTS = [...perSpoke(), part(VM, { name: "vm-spoke1", location: "swedencentral" })];

interface Module {
  readonly root_module: { readonly resources: readonly { readonly address: string; readonly values: Json }[] };
}

/** A plan that updates the record sets of the login server, and nothing else. It is of no stack: that takes longer to make. */
const PLAN = {
  ...(planOfJson(PARTS) as { planned_values: Module }),
  prior_state: stateOf(PARTS) as { values: Module },
  resource_changes: PARTS.map(({ address, body }) => {
    const isUpdated = address.endsWith("-login");
    const [name, type, data] = address.split(".").reverse();
    const [before, after] = isUpdated
      ? [
          { ...body, ttl: 10 },
          { ...body, ttl: 60 },
        ]
      : [body, body];
    const change: Json = { actions: [isUpdated ? "update" : "no-op"], before, after, after_unknown: {} };
    return { address, mode: data ?? "managed", type, name, change };
  }),
  resource_drift: [] as object[],
};

/** The plan with other members. */
const plan = (more: object) => ({ ...structuredClone(PLAN), ...more });

function read(json: unknown, options: ReadPlanOptions = {}): PlanReport {
  return planReport(readPlan(json, "the plan", options));
}

/** The plan in which the change of one resource has other members. */
const withChange = (address: string, change: Json) => ({
  ...structuredClone(PLAN),
  resource_changes: PLAN.resource_changes.map((one) =>
    one.address === address ? { ...one, change: { ...one.change, ...change } } : one,
  ),
});

describe("a plan that is not whole, or not understood, is an error and never an empty plan", () => {
  const UNKNOWN = "so what it changes is not known for certain.";
  const WHOLE = "Give the whole output of: terraform show -json PLANFILE";
  const VERSION = "and this project knows version 1. Use an engine of version 1, or a newer version of this project.";
  const LACKS = `the plan lacks its list of changes, resource_changes, ${UNKNOWN} ${WHOLE}`;

  test.each<[message: string, more: object]>([
    [`the plan ended with an error, ${UNKNOWN} Fix the error, then make a new plan.`, { errored: true }],
    [
      `the plan is of some resources alone, ${UNKNOWN} Make a plan of all resources, without -target and -exclude.`,
      { complete: false },
    ],
    [
      `the plan defers 2 changes to a later one, ${UNKNOWN} Apply what they wait for first, then make a new plan.`,
      { deferred_changes: [{}, {}] },
    ],
    [`the plan has format version "2.0", ${VERSION}`, { format_version: "2.0" }],
    [`the plan has no format version, ${UNKNOWN} ${WHOLE}`, { format_version: undefined }],
    [LACKS, { resource_changes: undefined }],
    [LACKS, { resource_changes: null }],
    [`the plan: resource_changes is not a list. ${WHOLE}`, { resource_changes: {} }],
    [
      "the plan: resource_changes[1] is not a change of a resource, so what the plan changes is not known.",
      { resource_changes: [PLAN.resource_changes[0], "created"] },
    ],
    [`the plan: resource_drift is not a list. ${WHOLE}`, { resource_drift: 7 }],
  ])("%s", (message, more) => {
    expect(() => read(plan(more))).toThrow(new UserError(message));
  });

  test("an action that is not known", () => {
    expect(() => read(withChange(RECORD, { actions: ["create", "adopt"] }))).toThrow(
      /^the plan: resource_changes\[\d+\] has the actions \["create","adopt"\] for \S+, which this project does not know\. /,
    );
  });

  const isRead = (json: object): PlanReport | undefined => {
    try {
      return read(json);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return undefined;
    }
  };

  const members = ["resource_changes", "resource_drift", "planned_values", "prior_state", "format_version"] as const;

  property(
    "whatever any member of a plan is, it is read or refused, and never an empty plan",
    50,
    fc.property(fc.constantFrom(...members), fc.anything({ maxDepth: 2 }), (name, value) => {
      const found = isRead(plan({ [name]: value }));
      const isEmptyList = Array.isArray(value) && value.length === 0;
      if (found && !(name === "resource_changes" && isEmptyList)) expect(found.changes).not.toEqual([]);
    }),
  );

  property(
    "whatever any part of a change is, the change is told or the plan refused",
    50,
    fc.property(fc.nat(), fc.nat(), fc.jsonValue({ maxDepth: 2 }), (which, part, value) => {
      const json = structuredClone(PLAN);
      const changes = json.resource_changes.filter(({ change }) => (change.actions as string[])[0] !== "no-op");
      const change = changes[which % changes.length]!;
      const parts = [change as unknown as Json, change.change].flatMap((object) =>
        Object.keys(object).map((key) => [object, key] as const),
      );
      const [object, key] = parts[part % parts.length]!;
      object[key] = value;
      const found = isRead(json);
      // The others are told in any case.
      if (found) expect(found.changes).not.toEqual([]);
    }),
  );
});

test("a plan of some resources alone can be read on purpose", () => {
  expect(read(plan({ complete: false }), { partial: true }).counts.change).toBeGreaterThan(0);
});

test("a state of nothing and a plan of nothing need no changes", () => {
  const empty = { format_version: "1.2", planned_values: { root_module: {} } };
  expect(read(empty).changes).toEqual([]);
});

test.each([[["forget", "create"]], [["create", "forget"]]])("a registry that is replaced by %p is lost", (actions) => {
  const { findings } = read(withChange(REGISTRY, { actions }));
  expect(findings.map(({ code }) => code)).toContain("registry-lost");
});

describe("what Terraform marks as sensitive is shown nowhere", () => {
  const SECRET = "s3cr3t";
  const shown = (json: object) => JSON.stringify(read(json));
  const update = (change: Json) => withChange(VM, { actions: ["update"], ...change });

  test.each(
    Object.entries<[Json, RegExp]>({
      "an attribute that is marked before alone": [
        { before: { custom_data: SECRET }, after: { custom_data: "new" }, before_sensitive: { custom_data: true } },
        /custom_data \(secret\)/,
      ],
      "an attribute that is marked afterwards alone": [
        { before: { custom_data: "old" }, after: { custom_data: SECRET }, after_sensitive: { custom_data: true } },
        /custom_data \(secret\)/,
      ],
      "a nested attribute that is marked before, beside one that is marked afterwards": [
        {
          before: { os: { key: SECRET, user: "a", size: 1 } },
          after: { os: { key: "k", user: SECRET, size: 2 } },
          before_sensitive: { os: { key: true } },
          after_sensitive: { os: { user: true } },
        },
        /os\.size: 1 → 2; os\.key \(secret\); os\.user \(secret\)/,
      ],
      "an attribute in a list of blocks": [
        {
          before: { extension: [{ name: "a", settings: SECRET }] },
          after: { extension: [{ name: "a", settings: `${SECRET}2` }] },
          before_sensitive: { extension: [{ settings: true }] },
          after_sensitive: { extension: [{}] },
        },
        /extension\.settings \(secret\)/,
      ],
      "a whole resource": [
        { before: { size: SECRET, zone: "1" }, after: { size: `${SECRET}2`, zone: "1" }, before_sensitive: true },
        /is updated in place: size \(secret\)/,
      ],
      "a block whose mark does not fit its form": [
        { before: { os: [SECRET] }, after: { os: ["other"] }, before_sensitive: { os: { "0": true } } },
        /os \(secret\)|os\.0 \(secret\)/,
      ],
    }),
  )("%s", (_, [change, text]) => {
    const json = update(change);
    expect(shown(json)).not.toContain(SECRET);
    expect(shown(json)).toMatch(text);
  });

  test("the name of a resource, where it is named", () => {
    const named = { before: { name: SECRET }, after: null, before_sensitive: { name: true } };
    expect(shown(withChange(VM, { actions: ["delete"], ...named }))).not.toContain(SECRET);
  });

  test("what was changed outside of this project", () => {
    const theirs = { before: { custom_data: SECRET }, after: { custom_data: "old" } };
    const planned = { ...theirs, before_sensitive: { custom_data: true } };
    const drift = { before: theirs.after, after: theirs.before, after_sensitive: planned.before_sensitive };
    const { resource_changes } = update({ ...drift, before_sensitive: {} });
    const resource_drift = resource_changes.filter(({ address }) => address === VM);
    expect(shown({ ...update(planned), resource_drift })).not.toContain(SECRET);
  });

  test("addresses in records, which the preview would show", () => {
    const json = structuredClone(PLAN);
    const all = [...json.planned_values.root_module.resources, ...json.prior_state.values.root_module.resources];
    for (const resource of all.filter(({ address }) => address === RECORD)) {
      Object.assign(resource.values, { records: ["10.99.99.99"] });
      Object.assign(resource, { sensitive_values: { records: [true] } });
    }
    const refused = new UserError(
      `the plan marks values as sensitive that decide what networks get, so that is not known: ${RECORD}.records. Take the mark away in the configuration: nonsensitive(…)`,
    );
    expect(() => shown(json)).toThrow(refused);
  });

  const leaf = fc.constantFrom(SECRET, "plain", 7, null);
  const values = fc.dictionary(
    fc.constantFrom("a", "b", "name", "location"),
    fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.constantFrom("c", "d"), leaf)),
  );
  /** Marks each place of the secret. */
  const marksOf = (value: unknown): unknown => {
    if (value === SECRET) return true;
    if (Array.isArray(value)) return value.map(marksOf);
    if (typeof value !== "object" || value === null) return false;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, marksOf(one)]));
  };
  property(
    "whatever is marked on either side of a change is shown nowhere",
    50,
    fc.property(values, values, (before, after) => {
      const json = update({ before, after, before_sensitive: marksOf(before), after_sensitive: marksOf(after) });
      expect(shown(json)).not.toContain(SECRET);
    }),
  );
});
