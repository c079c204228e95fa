package org.maftia.services.detection.filter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Node;
import org.maftia.services.detection.Prefix;
import org.maftia.services.detection.Tuple;

/**
 * Which of some places an alarm lies below: one look into a table by its type, then few comparisons of numbers, without
 * anything made for the alarm. Says the same as {@link Hierarchies#covers}.
 */
public final class Matcher {
    private static final int NONE = -1;
    private static final int HOURS_A_DAY = 24;
    private static final int PRIVILEGED_END = 1024;

    private final Hierarchies hierarchies;
    private final Map<String, Cover[]> byType = new HashMap<>();

    /** One attribute's part of a place. */
    private interface Test {
        boolean holds(Alarm alarm);
    }

    private record Cover(int number, Test[] tests) {}

    /**
     * A matcher of these places.
     *
     * @param places each of one type
     */
    public Matcher(Hierarchies hierarchies, List<Tuple> places) {
        this.hierarchies = hierarchies;
        for (int i = 0; i < places.size(); i++) {
            Tuple place = places.get(i);
            if (place.type().level() != 0) {
                throw new IllegalArgumentException("a filter has one type");
            }
            List<Test> tests = new ArrayList<>();
            for (int j = 1; j < place.nodes().size(); j++) {
                Node node = place.nodes().get(j);
                if (!node.isAny()) {
                    tests.add(test(hierarchies.attributes().get(j), node));
                }
            }
            Cover cover = new Cover(i, tests.toArray(Test[]::new));
            byType.merge(place.type().value(), new Cover[] {cover}, Matcher::joined);
        }
    }

    private static Cover[] joined(Cover[] some, Cover[] more) {
        Cover[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    /** The number of the first place that the alarm lies below, or -1. */
    public int first(Alarm alarm) {
        Cover[] covers = byType.get(alarm.type());
        if (covers == null) {
            return NONE;
        }
        for (Cover cover : covers) {
            if (holds(cover, alarm)) {
                return cover.number;
            }
        }
        return NONE;
    }

    private static boolean holds(Cover cover, Alarm alarm) {
        for (Test test : cover.tests) {
            if (!test.holds(alarm)) {
                return false;
            }
        }
        return true;
    }

    private Test test(Attribute attribute, Node node) {
        return switch (attribute) {
            case TYPE -> throw new IllegalArgumentException("the type is looked up");
            case SRC -> address(node, Alarm::src);
            case DST -> address(node, Alarm::dst);
            case DST_PORT -> port(node);
            case HOST -> host(node);
            case HOUR -> hour(node);
        };
    }

    private interface Side {
        @Nullable
        Address of(Alarm alarm);
    }

    private Test address(Node node, Side side) {
        if (node.isAbsent()) {
            return alarm -> side.of(alarm) == null;
        }
        return switch (node.level()) {
            case 0 -> {
                Address address = Address.parse(node.value()).orElseThrow();
                yield alarm -> address.equals(side.of(alarm));
            }
            case Hierarchies.SUBNET_LEVEL -> {
                Prefix prefix = Prefix.parse(node.value()).orElseThrow();
                yield alarm -> {
                    Address address = side.of(alarm);
                    return address != null && prefix.contains(address);
                };
            }
            default -> {
                boolean internal = node.value().equals(Hierarchies.INTERNAL);
                yield alarm -> {
                    Address address = side.of(alarm);
                    return address != null && hierarchies.isInternal(address) == internal;
                };
            }
        };
    }

    private static Test port(Node node) {
        if (node.isAbsent()) {
            return alarm -> alarm.dstPort() <= 0;
        }
        if (node.level() == 0) {
            int port = Integer.parseInt(node.value());
            return alarm -> alarm.dstPort() == port;
        }
        boolean privileged = node.value().equals(Hierarchies.PRIVILEGED);
        return alarm -> alarm.dstPort() > 0 && alarm.dstPort() < PRIVILEGED_END == privileged;
    }

    private Test host(Node node) {
        String value = node.value();
        if (node.level() == 0) {
            return alarm -> value.equals(hostOf(alarm));
        }
        return alarm -> {
            String host = hostOf(alarm);
            return node.isAbsent()
                    ? host.equals(value)
                    : !host.equals(Node.ABSENT) && hierarchies.role(host).equals(value);
        };
    }

    private static String hostOf(Alarm alarm) {
        String host = Objects.requireNonNullElse(alarm.host(), Node.ABSENT);
        return host.isEmpty() ? Node.ABSENT : host;
    }

    private Test hour(Node node) {
        if (node.level() == 0) {
            int hour = Integer.parseInt(node.value());
            return alarm -> hierarchies.siteHour(alarm.timeMicros()) % HOURS_A_DAY == hour;
        }
        boolean office = node.value().equals(Hierarchies.OFFICE);
        return alarm -> Hierarchies.isOffice(hierarchies.siteHour(alarm.timeMicros()) % HOURS_A_DAY) == office;
    }
}
