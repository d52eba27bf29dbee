import type { Json } from "../../common/util/json";

/** A request to Azure Resource Manager. */
export interface ArmRequest {
  readonly method: string;
  /** Decoded, without a slash at its end. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** With names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** An answer of Azure Resource Manager. */
export interface ArmAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}
