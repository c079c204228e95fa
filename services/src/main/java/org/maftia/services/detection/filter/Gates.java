package org.maftia.services.detection.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Node;
import org.maftia.services.detection.Prefix;
import org.maftia.services.detection.Tally;

/**
 * What no filter may be, whoever wants it. The gates fail closed: what is not known counts against the filter, and with no
 * canary known none passes.
 *
 * @param canaries types that occur in labelled attacks, confirmed incidents or replayed captures
 * @param severityDenied from this severity on nothing is hidden
 * @param techniquesDenied ids of ATT&amp;CK; a technique denies its sub-techniques
 * @param ownAddresses of our own replicas
 * @param ownHosts of our own replicas
 */
public record Gates(
        SortedSet<String> canaries,
        int severityDenied,
        SortedSet<String> techniquesDenied,
        SortedSet<Address> ownAddresses,
        SortedSet<String> ownHosts) {
    /** Severity high, unless a site states less. */
    public static final int SEVERITY_DENIED = 4;

    private static final long QUARANTINE_MICROS = 90L * 86_400_000_000L;

    public Gates {
        canaries = new TreeSet<>(canaries);
        techniquesDenied = new TreeSet<>(techniquesDenied);
        ownAddresses = new TreeSet<>(ownAddresses);
        ownHosts = new TreeSet<>(ownHosts);
    }

    /** Why the filter may not work, each reason a sentence; empty if it may. */
    public List<String> refusals(FilterSet set, Filter filter, long nowMicros) {
        List<String> refusals = new ArrayList<>();
        Learnt learnt = filter.learnt();
        String type = filter.where().type().value();
        refuseIf(filter.where().type().level() != 0, "it is not of one type", refusals);
        refuseIf(
                FilterSet.lowestEntityLevel(set.hierarchies(), filter.where()) == Integer.MAX_VALUE,
                "it names no part of the network",
                refusals);
        refuseIf(canaries.isEmpty(), "no canary is known, so nothing shows that it hides no attack", refusals);
        refuseIf(canaries.contains(type), "alarms of its type occur in a known attack", refusals);
        refuseIf(learnt.attacks() > 0, "it was learnt from " + learnt.attacks() + " alarms of an attack", refusals);
        refuseIf(
                learnt.severityMax() >= severityDenied, "its alarms are of severity " + learnt.severityMax(), refusals);
        refuseIf(
                learnt.techniques().size() >= Tally.TECHNIQUES_MAX,
                "its alarms name more techniques than are kept",
                refusals);
        for (String technique : learnt.techniques()) {
            int dot = technique.indexOf('.');
            String whole = dot < 0 ? technique : technique.substring(0, dot);
            refuseIf(
                    techniquesDenied.contains(technique) || techniquesDenied.contains(whole),
                    "its alarms name the technique " + technique,
                    refusals);
        }
        refuseIf(names(set.hierarchies(), filter), "it names one of our own replicas", refusals);
        for (Filter other : set.filters().values()) {
            boolean retired = other.stage() == Stage.TRIPPED || other.stage() == Stage.REVOKED;
            boolean recent = nowMicros - other.sinceMicros() < QUARANTINE_MICROS;
            refuseIf(
                    retired && recent && !other.id().equals(filter.id()) && overlap(set.hierarchies(), filter, other),
                    "it overlaps with " + other.id() + ", which is " + other.stage() + " since less than 90 days",
                    refusals);
        }
        return refusals;
    }

    private static void refuseIf(boolean wrong, String reason, List<String> refusals) {
        if (wrong) {
            refusals.add(reason);
        }
    }

    /** Whether an alarm is about one of our own replicas: it is shown, whatever filter covers it. */
    public boolean isOwn(Alarm alarm) {
        return alarm.src() != null && ownAddresses.contains(alarm.src())
                || alarm.dst() != null && ownAddresses.contains(alarm.dst())
                || alarm.host() != null && ownHosts.contains(alarm.host());
    }

    /** Whether there are replicas that have to be told apart. */
    public boolean hasOwn() {
        return !ownAddresses.isEmpty() || !ownHosts.isEmpty();
    }

    /** Whether a node of a filter stands for a replica: an address, a subnet, a host or a role. */
    private boolean names(Hierarchies hierarchies, Filter filter) {
        for (int i = 0; i < filter.where().nodes().size(); i++) {
            Node node = filter.where().nodes().get(i);
            if (node.isAny() || node.isAbsent() || node.level() > Hierarchies.SUBNET_LEVEL) {
                continue;
            }
            Attribute attribute = hierarchies.attributes().get(i);
            boolean address = (attribute == Attribute.SRC || attribute == Attribute.DST)
                    && Prefix.parse(node.value()).stream()
                            .anyMatch(prefix -> ownAddresses.stream().anyMatch(prefix::contains));
            boolean host = attribute == Attribute.HOST
                    && ownHosts.stream()
                            .anyMatch(own -> node.value().equals(node.level() == 0 ? own : hierarchies.role(own)));
            if (address || host) {
                return true;
            }
        }
        return false;
    }

    /** Whether an alarm could lie below both: in each attribute one node is above the other. */
    static boolean overlap(Hierarchies hierarchies, Filter a, Filter b) {
        for (int i = 0; i < a.where().nodes().size(); i++) {
            Attribute attribute = hierarchies.attributes().get(i);
            Node mine = a.where().nodes().get(i);
            Node others = b.where().nodes().get(i);
            int level = Math.max(mine.level(), others.level());
            if (!hierarchies.lifted(attribute, mine, level).equals(hierarchies.lifted(attribute, others, level))) {
                return false;
            }
        }
        return true;
    }
}
