import { UserError } from "../../../common/util/user-error";
import type { Preview } from "../preview";
import { factsOf } from "./facts";
import { layOut } from "./layout";
import { mergeFrames } from "./merged-frames";
import type { Picture } from "./picture";
import { sceneOf } from "./scene-of";
import { svgOf } from "./svg";

/** Most networks of a picture, and most of which each has a frame of its own even if it is like others. */
export const MAX_NETWORKS = 400;
const MAX_SEPARATE = 12;

/**
 * The network as a picture, with the places of everything in it.
 *
 * @throws UserError if it has more networks than a picture can show
 */
export function pictureOf(preview: Preview): Picture {
  const { length } = preview.model.networks;
  if (length > MAX_NETWORKS)
    throw new UserError(
      `Found ${length} virtual networks, allowed in a picture: up to ${MAX_NETWORKS}. Print the network as Mermaid text, without --svg and --png.`,
    );
  const scene = sceneOf(factsOf(preview, false));
  return layOut(length > MAX_SEPARATE ? mergeFrames(scene) : scene);
}

/**
 * The network as SVG, which needs no style sheet: colours are presentation attributes. Where it is part of a page, the page's
 * style sheet can set others by the classes, which are the kinds of boxes and lines and the tones of texts. A frame has the
 * Terraform addresses, or Azure ids, of what it stands for in `data-address`, one a line.
 *
 * @throws UserError if it has more networks than a picture can show
 */
export function pictureSvg(preview: Preview): string {
  return svgOf(pictureOf(preview));
}
