/**
 * What in an expression can keep its value from being known:
 * - `blocks`: how many dynamic blocks there are;
 * - `local`: a local, of which a plan does not show what it is;
 * - `output`: an output of a module, where the file does not show which;
 * - `instance`: an instance of a resource, where the file does not show which;
 * - `attribute`: an attribute of a resource that is (known after apply);
 * - `resource`: something of a resource, where the file does not show what;
 * - `sensitive`: a value that is marked as sensitive.
 */
export type HiderKind = "blocks" | "local" | "output" | "instance" | "attribute" | "resource" | "sensitive";

/** What in an expression keeps its value from being known. */
export interface Hider {
  readonly kind: HiderKind;
  /** As Terraform writes it, such as `local.hub_id`, with the module that it is in. */
  readonly what: string;
}

/** An attribute of which the file does not show the value, and what hides it, as far as the file shows that. */
export interface Hidden {
  /** Terraform address of the resource. */
  readonly address: string;
  readonly attribute: string;
  readonly by: readonly Hider[];
}
