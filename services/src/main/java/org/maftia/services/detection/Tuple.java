package org.maftia.services.detection;

import java.util.List;

/**
 * One node for each attribute of some {@link Hierarchies}, in their order, the type first.
 *
 * @param nodes not empty
 */
public record Tuple(List<Node> nodes) implements Comparable<Tuple> {
    public Tuple {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("a tuple has a type at least");
        }
    }

    public Node type() {
        return nodes.getFirst();
    }

    /** Attribute by attribute. */
    @Override
    public int compareTo(Tuple other) {
        int length = Math.min(nodes.size(), other.nodes.size());
        for (int i = 0; i < length; i++) {
            int order = nodes.get(i).compareTo(other.nodes.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(nodes.size(), other.nodes.size());
    }

    @Override
    public String toString() {
        return String.join(", ", nodes.stream().map(Node::toString).toList());
    }
}
