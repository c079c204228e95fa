package org.maftia.services.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The nodes above some rows, numbered: the smaller number is the smaller node, and each knows its parent's. What the miner
 * compares millions of times is one integer.
 */
final class Lattice {
    private final List<Attribute> attributes;

    /** By attribute and number. */
    private final List<Node[]> nodes = new ArrayList<>();

    private final List<int[]> parents = new ArrayList<>();
    private final List<Map<Node, Integer>> codes = new ArrayList<>();

    Lattice(Hierarchies hierarchies, List<AlarmTable.Row> rows) {
        this.attributes = hierarchies.attributes();
        for (int i = 0; i < attributes.size(); i++) {
            Attribute attribute = attributes.get(i);
            Map<Node, Node> above = new HashMap<>();
            List<Node> found = new ArrayList<>();
            for (AlarmTable.Row row : rows) {
                Node node = row.tuple().nodes().get(i);
                while (!above.containsKey(node)) {
                    Node parent = hierarchies.parent(attribute, node);
                    above.put(node, parent);
                    found.add(node);
                    node = parent;
                }
            }
            Node[] sorted = found.toArray(Node[]::new);
            Arrays.sort(sorted);
            Map<Node, Integer> numbers = new HashMap<>();
            for (int code = 0; code < sorted.length; code++) {
                numbers.put(sorted[code], code);
            }
            int[] up = new int[sorted.length];
            for (int code = 0; code < sorted.length; code++) {
                up[code] = numbers.getOrDefault(above.get(sorted[code]), code);
            }
            nodes.add(sorted);
            parents.add(up);
            codes.add(numbers);
        }
    }

    int width() {
        return attributes.size();
    }

    int parent(int place, int code) {
        return parents.get(place)[code];
    }

    boolean isAny(int place, int code) {
        return nodes.get(place)[code].isAny();
    }

    int level(int place, int code) {
        return nodes.get(place)[code].level();
    }

    /** How many nodes an attribute has. */
    int size(int place) {
        return parents.get(place).length;
    }

    int[] encode(Tuple tuple) {
        int[] encoded = new int[width()];
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = codes.get(i).getOrDefault(tuple.nodes().get(i), -1);
        }
        return encoded;
    }

    Tuple decode(int[] encoded) {
        List<Node> decoded = new ArrayList<>(encoded.length);
        for (int i = 0; i < encoded.length; i++) {
            decoded.add(nodes.get(i)[encoded[i]]);
        }
        return new Tuple(decoded);
    }

    /** Whether the second lies below the first, or is the same. */
    boolean covers(int[] above, int[] below) {
        for (int i = 0; i < above.length; i++) {
            int level = level(i, above[i]);
            int code = below[i];
            while (level(i, code) < level) {
                code = parent(i, code);
            }
            if (code != above[i]) {
                return false;
            }
        }
        return true;
    }
}
