import { UserError } from "../../../common/util/user-error";
import type { Preview } from "../preview";
import { layOut } from "./layout";
import type { Scene } from "./scene";
import { sketchOf } from "./sketch-of";
import { svgOf } from "./svg";

/** Most networks of a picture. */
export const MAX_NETWORKS = 400;

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

/**
 * The network as SVG, which needs no style sheet: colours are presentation attributes. Where it is part of a page, the page's
 * style sheet can set others by the classes, which are the kinds of boxes and lines and the tones of texts. The frame of a
 * network has its Terraform address, or its Azure id, in `data-address`.
 *
 * @throws UserError if it has more networks than a picture can show
 */
export function pictureSvg(preview: Preview): string {
  return svgOf(pictureOf(preview));
}
