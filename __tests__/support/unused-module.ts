/** In place of what unused-modules.cjs leaves out. */
