import type { PublicRanges, Service, VirtualNetwork } from "./model/network-model";
import { isIn, memo, overlap } from "../../common/util";

/** Whether machines of networks reach services by their public addresses. */
export class PublicReach {
  /** Undefined where that is not known. To tell it of ranges takes all public addresses from which the network leaves. */
  public of({ leavesBy }: VirtualNetwork, { publicAccess, label }: Service): boolean | undefined {
    if (publicAccess === "disabled" || leavesBy?.length === 0) return false;
    if (publicAccess === "enabled") return true;
    if (typeof publicAccess === "string" || !leavesBy) return undefined;
    const isLetIn = this.letIn(publicAccess)(leavesBy);
    // Machines in the region of a storage account reach it from private addresses of Azure, which no range lets in.
    return isLetIn && label === "storage account" ? undefined : isLetIn;
  }

  /** Whether all of some public addresses and ranges are let in, or none of them; undefined where a part is. */
  private readonly letIn = memo(({ ranges }: PublicRanges) =>
    memo<readonly string[], boolean | undefined>((leavesBy) => {
      if (leavesBy.every((one) => ranges.some((range) => isIn(one, range)))) return true;
      return leavesBy.some((one) => ranges.some((range) => overlap(one, range))) ? undefined : false;
    }),
  );
}
