import { AzureEmulator, type Faults } from "../../packages/azure-emulator";
import { at, count, joinWords, type Json, unique, UsageError, UserError } from "../../packages/common/util";
import { type Answer, isBlocking, type Preview, previewOf } from "../../packages/private-link-preview";
import type { IgnoreOptions } from "../../packages/private-link-preview/report";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployerRole } from "../deployer-role";
import { recordsIn } from "../dns-records/dns-records";
import { type Diagnostic, type Engine, EngineError, type EngineEvent, WorkingDirectory } from "../engine/engine";
import { ownFolder } from "../engine/own-folder";
import { keepTainted, leftBehind } from "../engine/left-behind";
import { parallelismFor } from "../engine/parallelism";
import type { Failover } from "../failover/moves";
import { planFailover } from "../failover/plan-failover";
import { type Counts, isStopped, type PlanReport, planReport } from "../plan";
import { readPlan } from "../plan/plan";
import type { Settings } from "../../src/schema";
import { stackInMemory } from "../synth/stack-in-memory";
import { approvePending } from "./approval";
import { type Work, criticalPath } from "./critical-path";
import { EmulatedDeployment, installing, requireLinux } from "./emulated-deployment";
import { ZONE_GROUP_POLICY, beforeGateways, putCentralZone, putExisting, putGateways, putRecords } from "./existing";
import { REMEDIES } from "../../src/dns/remedies";
import { deploymentIn } from "../verify/deployment";
import { type Pushed, pushedText } from "../verify/push";
import { type Verification, isVerified } from "../verify/verify";
import { countsText } from "../verify/verify-text";
import { Walk } from "./walk/walk";

/** What a rehearsal runs with. */
export interface RehearsalProps {
  /** Terraform or OpenTofu, with the environment in which it finds its providers. */
  readonly engine: Engine;
  readonly faults?: Faults;
  /** Whether a policy attaches a zone group to every endpoint. */
  readonly zoneGroupPolicy?: boolean;
  /** Whether the registry's owner approves private endpoints that wait for it, once an apply has stopped at them. */
  readonly approves?: boolean;
  /** Whether the image of docker-hello is pushed and pulled on the test VMs. @default false */
  readonly pulls?: boolean;
  /** Errors with which a plan is applied nevertheless. @default - none: such a plan is not applied */
  readonly ignoring?: IgnoreOptions;
  /** Number of concurrent operations. @default - depends on the number of peerings */
  readonly parallelism?: number;
  /** Called with the current operation, often. */
  readonly onProgress?: (text: string) => void;
  /** Called with each plan, before it is applied. */
  readonly onPlan?: (report: PlanReport) => void;
  /** Called with each step when it has ended. */
  readonly onStep?: (step: Step) => void;
}

/** A step of a rehearsal, and its result. */
export interface Step {
  readonly name: string;
  readonly seconds: number;
  /** Requests to the emulated Azure. */
  readonly requests: number;
  readonly outcome: string;
  /** Whether the step ended as it should. */
  readonly passed: boolean;
  /** For a deployment: how many resources it changed. */
  readonly counts?: Counts;
  /** For a deployment: how often it was applied; more than once only with injected faults or approvals. */
  readonly applies?: number;
  /** Addresses of resources that were imported, because azurerm had created them without storing them in the state. */
  readonly imports?: readonly string[];
  /** For a push: the image. */
  readonly pushed?: Pushed;
  /** For a pull: what the test VMs met on the way. */
  readonly verification?: Verification;
  /** For a pull: what is not as on a VM of Azure. */
  readonly limits?: readonly string[];
  /** For a deployment: the chain of work that its time was spent on, in seconds. */
  readonly criticalPath?: readonly { readonly address: string; readonly seconds: number }[];
}

/** How often a plan with injected faults is applied at most. */
const MOST_APPLIES = 30;

/** A deployment of the stack by the real engine and providers to an emulated Azure, in a temporary folder. */
export class Rehearsal extends EmulatedDeployment {
  /** The network as the state last showed it. */
  public preview?: Preview;
  private readonly work: Work[] = [];
  private readonly began = new Map<string, number>();
  private report = "";
  private parallelism = 10;
  /** The providers that the configuration requires, and those that are installed. */
  private providers = "";
  private installed = "";
  private readonly existing: Set<string>;
  /** Ids of gateways in hubs that are deployed, and of their subnets. */
  private readonly gateways = new Set<string>();

  private constructor(
    private readonly props: RehearsalProps,
    azure: AzureEmulator,
    folder: string,
    /** Ids of resources that exist without being deployed. */
    existing: readonly string[],
  ) {
    super(props.engine, azure, folder, folder);
    this.existing = new Set(existing);
  }

  /**
   * Starts the emulated Azure.
   *
   * @throws UserError on a system on which the providers would not trust its certificate
   */
  public static async start(props: RehearsalProps): Promise<Rehearsal> {
    requireLinux();
    const { faults, zoneGroupPolicy } = props;
    const azure = await AzureEmulator.start({
      role: deployerRole(),
      ...(faults && { faults }),
      ...(zoneGroupPolicy && { policies: [ZONE_GROUP_POLICY] }),
    });
    const folder = ownFolder(join(tmpdir(), "private-registry-rehearsal-"));
    return new Rehearsal(props, azure, folder, zoneGroupPolicy ? putCentralZone(azure) : []);
  }

  /** Actions of the deployer's role that nothing has used so far. */
  public get unusedActions(): string[] {
    const used = new Set(this.azure.usedActions.map((action) => action.toLowerCase()));
    return deployerRole().Actions.filter((action) => !used.has(action.toLowerCase()));
  }

  /**
   * Deploys the network of the settings, or changes the deployed network to it; then checks that a second plan is empty
   * and that each network gets the right answers. A plan with an error is not applied, as `npm run deploy` does not either.
   *
   * @throws EngineError if the engine fails for another reason than an injected fault
   */
  public async deploy(name: string, settings: Settings): Promise<Step[]> {
    if (settings.cloud !== "public")
      throw new UsageError(
        `privateRegistry.cloud: found ${settings.cloud}; a rehearsal supports the public cloud only.`,
      );
    for (const id of putExisting(settings, this.azure)) this.existing.add(id);
    const early = beforeGateways(settings, this.azure);
    if (early) {
      const steps = await this.deploy(`${name}, without a gateway`, early);
      if (steps.some(({ passed }) => !passed)) return steps;
      for (const id of putGateways(settings, this.azure)) this.gateways.add(id);
      return [...steps, ...(await this.deploy(name, settings))];
    }
    this.write(settings);
    const applied = await this.step(name, () => this.apply(name));
    if (!applied.passed) return [applied];
    const written = settings.dns === "external" ? [await this.step("dns records", () => this.writeRecords())] : [];
    return [applied, ...written, ...(await this.check(name))];
  }

  /** Writes the records that others write, as the owner of the zones does. */
  private async writeRecords(): Promise<Outcome> {
    const records = recordsIn(await this.directory.show(), "the state");
    for (const id of putRecords(records, this.azure)) this.existing.add(id);
    return {
      passed: true,
      outcome: `${count(records.length, "record set")} of the output dns_records written, as by the owner of the zones`,
    };
  }

  /**
   * Drills an outage of a region: its control plane answers nothing, the names that lead there are moved to other regions by
   * their records alone, the outage ends, and the names are moved back.
   *
   * @throws UserError if nothing leads to the region
   */
  public async drill(region: string, settings: Settings): Promise<Step[]> {
    const { registry } = settings;
    const steps: Step[] = [];
    this.azure.beginOutage(region);
    steps.push(await this.step(`outage of ${region}`, () => this.failOver({ region, back: false }, settings)));
    steps.push(...(await this.ask(`outage of ${region}`)));
    this.azure.endOutage(region);
    this.write({ ...settings, registry: { ...registry, drained: [...registry.drained, region] } });
    steps.push(await this.step("plan once it is drained", () => this.planAgain()));
    steps.push(await this.step(`back to ${region}`, () => this.failOver({ region, back: true }, settings)));
    this.write(settings);
    return [...steps, ...(await this.check(`back to ${region}`))];
  }

  /** Moves names by their records alone: nothing may be asked of a registry, nor of what is in the region. */
  private async failOver(failover: Failover, settings: Settings): Promise<Outcome> {
    this.report = failover.back ? "back" : "failover";
    const before = this.azure.requests.length;
    const moves = await planFailover({
      failover,
      settings,
      stack: this.stackOf(settings),
      directory: this.directory,
      write: (json) => {
        this.writeJson(json);
      },
      planFile: PLAN,
    });
    if (moves.length === 0)
      throw new UserError(
        `No login server ${failover.back ? "prefers" : "leads to"} ${failover.region}, so there is nothing to drill.`,
      );
    await this.directory.apply(PLAN);
    const asked = this.azure.requests.slice(before);
    const wrong = asked.filter(({ path, status }) => /\/registries\//i.test(path) || status === 503);
    return {
      passed: wrong.length === 0,
      outcome:
        wrong.length === 0
          ? `${count(moves.length, "record set")} changed, nothing asked of the registry or the region`
          : `asked ${joinWords(unique(wrong.map(({ path }) => path)))}`,
    };
  }

  /** Checks that a plan is empty, and that each network gets the right answers, after a step. */
  public async check(after = "deploy"): Promise<Step[]> {
    return [await this.step("second plan", () => this.planAgain()), ...(await this.ask(after))];
  }

  /** Checks that each network gets the right answers, and that images are pulled by them. */
  private async ask(after: string): Promise<Step[]> {
    const answers = await this.step("answers", () => this.askAll());
    if (!this.props.pulls) return [answers];
    const deployment = deploymentIn(await this.directory.show(), "the state");
    const walk = await Walk.start(this.azure, deployment, mkdtempSync(join(this.temporary, "walk-")));
    return [
      answers,
      await this.step(`push after ${after}`, () => pushOutcome(walk)),
      await this.step(`pull after ${after}`, async () => {
        const verification = await walk.pull();
        const passed = isVerified(verification);
        return { passed, outcome: countsText(verification), verification, limits: walk.limits };
      }),
    ];
  }

  /** Destroys everything, and checks that nothing is left. */
  public async destroy(): Promise<Step> {
    return this.step("destroy", async () => {
      this.report = "destroy";
      for (const id of [...this.gateways].reverse()) this.azure.delete(id);
      const done = await this.untilDone(() => this.directory.destroy({ parallelism: this.parallelism }));
      const left = this.azure.resources.filter(({ id }) => !this.existing.has(id));
      return {
        passed: left.length === 0,
        outcome: left.length === 0 ? "nothing left" : `left: ${left.map(({ id }) => id).join(", ")}`,
        ...done,
      };
    });
  }

  /** The stack as it would be deployed, but with its state in the folder. */
  private stackOf(settings: Settings): object {
    const json = stackInMemory(settings).toTerraform() as { terraform: Json };
    delete json.terraform.backend;
    return json;
  }

  private write(settings: Settings): void {
    const json = this.stackOf(settings);
    this.parallelism = this.props.parallelism ?? parallelismFor(json);
    this.providers = JSON.stringify(at(json, ["terraform", "required_providers"]));
    this.writeJson(json);
  }

  private writeJson(json: object): void {
    writeFileSync(join(this.folder, "cdk.tf.json"), JSON.stringify(json));
  }

  private async apply(name: string): Promise<Outcome> {
    if (this.installed !== this.providers) {
      this.props.onProgress?.("init: providers");
      // Without the environment of the emulator: the providers are downloaded as always.
      await installing(this.engine, () => new WorkingDirectory({ engine: this.engine, folder: this.folder }).init());
      this.installed = this.providers;
    }
    this.report = name;
    this.work.length = 0;
    await this.directory.plan({ out: PLAN, parallelism: this.parallelism });
    const plan = readPlan(await this.directory.show(PLAN), "the plan");
    const report = planReport(plan, this.props.ignoring ? { ignoring: this.props.ignoring } : {});
    this.props.onPlan?.(report);
    if (isStopped(report)) {
      const errors = unique(report.findings.filter(isBlocking).map(({ code }) => code));
      return {
        passed: false,
        outcome: `not applied, because the plan has the ${errors.length === 1 ? "error" : "errors"} ${joinWords(errors)}`,
      };
    }
    let first = true;
    const done = await this.untilDone(async () => {
      const planAgain = () => this.directory.plan({ out: PLAN, parallelism: this.parallelism });
      if (!first) await planAgain();
      if (!first && (await keepTainted(await this.directory.show(PLAN), this.directory)).length > 0) await planAgain();
      first = false;
      await this.directory.apply(PLAN, { parallelism: this.parallelism });
    });
    const { add, change, replace, destroy } = report.counts;
    return {
      passed: true,
      outcome: `${add} added, ${change} changed, ${replace} replaced, ${destroy} destroyed`,
      counts: report.counts,
      ...done,
      criticalPath: criticalPath(this.work, await this.directory.show()).map(({ address, start, end }) => ({
        address,
        seconds: seconds(end - start),
      })),
    };
  }

  private async planAgain(): Promise<Outcome> {
    this.report = "second plan";
    const changes = await this.directory.plan({ out: PLAN, parallelism: this.parallelism });
    if (!changes) return { passed: true, outcome: "no changes" };
    const { changes: found } = planReport(readPlan(await this.directory.show(PLAN), "the second plan"));
    return { passed: false, outcome: found.map(({ text }) => text).join("; ") };
  }

  /** Compares the answers according to the state with those of the emulated Azure's DNS. */
  private async askAll(): Promise<Outcome> {
    this.preview = previewOf(await this.directory.show(), "the state", REMEDIES);
    const { answers, findings, lookups } = this.preview;
    const wrong = answers.flatMap(({ virtualNetwork, host, addresses, reachable, known, reason, client }, index) => {
      // Of a client outside Azure, the network answers to which its DNS forwards.
      const asked = client ? lookups[index]!.dnsNetwork?.name : virtualNetwork;
      const given = (asked && this.azure.resolve(asked, host)?.sort().join(", ")) ?? "no such network";
      const expected = [...addresses].sort().join(", ");
      // A link that others have created is not in the state: only Azure knows what that zone answers.
      if (!known && expected === "" && given !== "") return [];
      if (expected === "" || expected !== given)
        return [
          `${virtualNetwork} looks up ${host}: expected ${expected || "no address"}, got ${given || "no address"}`,
        ];
      // A state does not show that a connection was approved, which the rehearsal has done.
      return (reachable ?? reason === "manual-approval")
        ? []
        : [`${virtualNetwork} gets ${given} for ${host}, and can't reach it`];
    });
    const errors = [...wrong, ...findings.filter(({ severity }) => severity === "error").map(({ message }) => message)];
    return errors.length === 0
      ? { passed: answers.length > 0, outcome: answersSummary(answers) }
      : { passed: false, outcome: errors.join("; ") };
  }

  /** Applies again after approvals and injected faults, until nothing fails. */
  private async untilDone(apply: () => Promise<void>): Promise<Pick<Step, "applies" | "imports">> {
    const imports: string[] = [];
    for (let applies = 1; ; applies += 1) {
      try {
        await apply();
        return { applies, ...(imports.length > 0 && { imports }) };
      } catch (error) {
        if (!(error instanceof EngineError) || applies === MOST_APPLIES) throw error;
        if (this.props.approves && approvePending(this.azure) > 0) continue;
        if (!this.props.faults?.failOnce) throw error;
        const left = leftBehind(error.diagnostics);
        if (left.length === 0 && !error.diagnostics.some(wasMadeToFail)) throw error;
        for (const { address, id } of left) {
          await this.directory.import(address, id);
          imports.push(address);
        }
      }
    }
  }

  private async step(name: string, run: () => Promise<Outcome>): Promise<Step> {
    this.done = 0;
    const start = performance.now();
    const before = this.azure.requests.length;
    const outcome = await run();
    const step = {
      name,
      seconds: seconds(performance.now() - start),
      requests: this.azure.requests.length - before,
      ...outcome,
    };
    this.props.onStep?.(step);
    return step;
  }

  protected hear({ type, address, action }: EngineEvent): void {
    const now = performance.now();
    if (type === "apply_start") this.began.set(address, now);
    if (type !== "apply_complete") return;
    if (action !== "read") this.done += 1;
    this.work.push({ address, start: this.began.get(address) ?? now, end: now });
    this.props.onProgress?.(`${this.report}: ${this.done} done, ${address}`);
  }
}

async function pushOutcome(walk: Walk): Promise<Outcome> {
  try {
    const pushed = await walk.push();
    // A digest as short as verify shows it leaves the table's other columns their width.
    return { passed: true, outcome: pushedText(pushed).replace(/\n(sha256:\w{12})\w*/, ", $1"), pushed };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { passed: false, outcome: error.message };
  }
}

function wasMadeToFail({ summary, detail }: Diagnostic): boolean {
  return (summary + detail).includes("MadeToFail");
}

function answersSummary(answers: readonly Answer[]): string {
  const open = answers.filter(({ known }) => !known).length;
  const right = `${answers.length - open}, all right and reachable`;
  return open === 0 ? right : `${right}; ${open} from zones of others`;
}

type Outcome = Omit<Step, "name" | "seconds" | "requests">;

const PLAN = "rehearsal.tfplan";

/** Seconds to a tenth. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
