package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;

/**
 * Placements that took long to find. Each is tried, and checked, wherever it fits: more classes than it uses do no harm.
 * Rows are classes of the first attribute, columns of the second; of a cube, layers are separated by a bar.
 */
final class KnownPlacements {
    /** One class of two attributes each, asynchronous: 5x5, 5x6, 6x6 (and their like turned); then hybrid 4x4. */
    private static final List<String> GRIDS = List.of(
            "##... #..## .#.## ..##. #.#.#",
            "..#.## .#.##. ..##.. .#...# #...#.",
            "....#. ..#..# ...#.. #....# ##.... .##...",
            "#..# ..#. ##.. .#.#");

    /** One class of three attributes each, hybrid, 4x4x4. */
    private static final String CUBE =
            "..#. #... .#.. ...#|.#.# ..#. .... ..#.|.... ...# #... .#..|..#. .#.. ...# #...";

    private KnownPlacements() {}

    static List<List<int[]>> all() {
        List<List<int[]>> all = new ArrayList<>();
        for (String grid : GRIDS) {
            all.add(grid(grid, false));
            all.add(grid(grid, true));
        }
        all.add(cube());
        return all;
    }

    private static List<int[]> grid(String text, boolean turned) {
        List<int[]> cells = new ArrayList<>();
        List<String> rows = List.of(text.split(" "));
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < rows.get(row).length(); column++) {
                if (rows.get(row).charAt(column) == '#') {
                    cells.add(turned ? new int[] {column, row} : new int[] {row, column});
                }
            }
        }
        return cells;
    }

    private static List<int[]> cube() {
        List<int[]> cells = new ArrayList<>();
        List<String> layers = List.of(CUBE.split("\\|"));
        for (int layer = 0; layer < layers.size(); layer++) {
            for (int[] cell : grid(layers.get(layer), false)) {
                cells.add(new int[] {layer, cell[0], cell[1]});
            }
        }
        return cells;
    }
}
