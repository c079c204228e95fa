package org.maftia.services.detection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers for the values of each attribute, drawn in the order in which they come. They mean nothing outside a table. */
final class Columns {
    private final Hierarchies hierarchies;
    private final List<Column> columns;
    private int size;

    Columns(Hierarchies hierarchies) {
        this.hierarchies = hierarchies;
        this.columns = hierarchies.attributes().stream().map(Column::new).toList();
    }

    /**
     * The numbers of what an alarm says itself, or of its ancestor where an attribute is lifted: the addresses of a scan are not
     * kept.
     *
     * @param levels that of each attribute, at least
     */
    void encode(Alarm alarm, int siteHour, int[] levels, int[] codes) {
        for (int i = 0; i < codes.length; i++) {
            Column column = columns.get(i);
            codes[i] = levels[i] > 0
                    ? column.ofLifted(alarm, levels[i])
                    : switch (column.attribute) {
                        case TYPE -> column.ofLeaf(alarm.type(), alarm);
                        case SRC -> column.ofLeaf(alarm.src(), alarm);
                        case DST -> column.ofLeaf(alarm.dst(), alarm);
                        case DST_PORT -> column.ofLeaf(Math.max(alarm.dstPort(), 0), alarm);
                        case HOST -> column.ofLeaf(alarm.host(), alarm);
                        case HOUR -> column.ofLeaf(siteHour % Hierarchies.HOURS_A_DAY, alarm);
                    };
        }
    }

    /** How many values there are in all. */
    int size() {
        return size;
    }

    Node node(int place, int code) {
        return columns.get(place).nodes.get(code);
    }

    int code(int place, Node node) {
        return columns.get(place).ofNode(node);
    }

    private final class Column {
        private final Attribute attribute;
        private final List<Node> nodes = new ArrayList<>();
        private final Map<Node, Integer> codes = new HashMap<>();

        /** What alarms hold, so that no node has to be made to find its number. */
        private final Map<@Nullable Object, Integer> leaves = new HashMap<>();

        private Column(Attribute attribute) {
            this.attribute = attribute;
        }

        private int ofLeaf(@Nullable Object key, Alarm alarm) {
            Integer known = leaves.get(key);
            if (known != null) {
                return known;
            }
            int code = ofNode(hierarchies.leaf(attribute, alarm));
            leaves.put(key, code);
            return code;
        }

        private int ofLifted(Alarm alarm, int level) {
            Object key = switch (attribute) {
                case SRC -> addressKey(alarm.src(), level);
                case DST -> addressKey(alarm.dst(), level);
                case TYPE, DST_PORT, HOST, HOUR ->
                    hierarchies.lifted(attribute, hierarchies.leaf(attribute, alarm), level);
            };
            Lifted lifted = new Lifted(level, key);
            Integer known = leaves.get(lifted);
            if (known != null) {
                return known;
            }
            int code = ofNode(hierarchies.lifted(attribute, hierarchies.leaf(attribute, alarm), level));
            leaves.put(lifted, code);
            return code;
        }

        /** What is the same for all addresses below a node, found without a text. */
        private Object addressKey(@Nullable Address address, int level) {
            return address == null
                    ? Node.ABSENT
                    : switch (level) {
                        case Hierarchies.SUBNET_LEVEL -> Hierarchies.subnet(address);
                        case Hierarchies.SUBNET_LEVEL + 1 -> hierarchies.isInternal(address);
                        default -> "";
                    };
        }

        private int ofNode(Node node) {
            Integer known = codes.get(node);
            if (known != null) {
                return known;
            }
            int code = nodes.size();
            codes.put(node, code);
            nodes.add(node);
            size++;
            return code;
        }
    }

    /** What alarms have in common at a level of an attribute. */
    private record Lifted(int level, Object key) {}
}
