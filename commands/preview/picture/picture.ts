import { UserError } from "../../../packages/common/util";
import type { Preview } from "../../../packages/private-link-preview";
import { layOut } from "./layout";
import type { Scene } from "./scene";
import { sketchOf } from "./sketch-of";

/** Most networks of a picture. */
const MAX_NETWORKS = 400;

/**
 * The network as a picture, with the places of everything in it.
 *
 * @throws UserError if it has more networks than a picture can show
 */
export function pictureOf(preview: Preview): Scene {
  const { length } = preview.model.networks;
  if (length > MAX_NETWORKS)
    throw new UserError(
      `Found ${length} virtual networks, allowed in a picture: up to ${MAX_NETWORKS}. Print the network as Mermaid text, without --svg and --png.`,
    );
  return layOut(sketchOf(preview));
}
