import { previewOf } from "../../packages/private-link-preview";
import type { WorkingDirectory } from "../engine/engine";
import { managedResources, readPlan } from "../plan/plan";
import type { Settings } from "../../src/schema";
import { type Failover, type Move, movesOf } from "./moves";
import { recordsAlone, requireRecordsAlone } from "./records-alone";

/** Where and how a failover is planned. */
export interface FailoverProps {
  readonly failover: Failover;
  readonly settings: Settings;
  /** Terraform JSON of the stack of these settings. */
  readonly stack: object;
  readonly directory: WorkingDirectory;
  /** Writes a configuration to that directory, in place of the one there. */
  readonly write: (json: object) => void;
  /** The plan file to write. */
  readonly planFile: string;
}

/**
 * Plans a failover: an update of the addresses of some record sets, and of nothing else. Neither the plan nor its apply asks
 * Azure for anything but these record sets, so both work while the control plane of a region or of the registry is down.
 *
 * @returns what moves. Where nothing does, there is no plan file
 * @throws UserError if the state or the settings do not have what it takes, or if more would change
 * @throws EngineError if the engine can't plan
 */
export async function planFailover(props: FailoverProps): Promise<Move[]> {
  const { failover, settings, stack, directory, write, planFile } = props;
  const state = await directory.show();
  const resources = managedResources(state);
  const moves = movesOf(failover, settings, previewOf(state, "the state"), resources);
  if (moves.length === 0) return moves;
  write(recordsAlone(stack, moves, resources));
  await directory.plan({ out: planFile, refresh: false, targets: moves.map(({ record }) => record) });
  requireRecordsAlone(readPlan(await directory.show(planFile), "the plan", { partial: true }), moves);
  return moves;
}
