package org.maftia.services.detection.coverage;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy;

/**
 * Which sensors may be corrupted together. Sensor i is member i of a fault structure. Sensors run no protocol, so nothing
 * requires that they outnumber their faults as replicas must: where they do not, the structure is completed with bystanders,
 * who share no attribute with anybody, see nothing and count nowhere. They change no fault set among the sensors.
 */
public final class SensorTrust {
    /** Bystanders that are tried at most: two for each sensor that may fall. */
    private static final int BYSTANDERS_MAX = 32;

    private final FaultStructure structure;
    private final ReplicaSet sensors;
    private final List<ReplicaSet> maximal;

    private SensorTrust(FaultStructure structure, ReplicaSet sensors) {
        this.structure = structure;
        this.sensors = sensors;
        this.maximal = maximalAmong(structure, sensors);
    }

    /**
     * Compiles the clauses over the sensors.
     *
     * @param policy its model is not looked at
     * @throws TrustException when a clause names what no sensor has, or there are too many sensors or fault sets
     */
    public static SensorTrust compile(TrustPolicy policy, List<Sensor> sensors) {
        TrustPolicy weak = new TrustPolicy(
                TrustPolicy.Model.HYBRID,
                policy.attributes(),
                policy.tolerate(),
                policy.form(),
                TrustPolicy.Sharing.PLAIN,
                policy.formula());
        SortedSet<String> attributes = attributes(policy);
        List<Member> members = new ArrayList<>();
        for (Sensor sensor : sensors) {
            for (String attribute : attributes) {
                if (!sensor.attributes().containsKey(attribute)) {
                    throw new TrustException(
                            "sensor " + sensor.id() + " has no attribute " + attribute,
                            "write attributes = { " + attribute + " = \"...\" } for it");
                }
            }
            members.add(new Member(sensor.id(), sensor.attributes()));
        }
        ReplicaSet real = ReplicaSet.firstOf(sensors.size());
        for (int bystanders = 0; ; bystanders++) {
            try {
                return new SensorTrust(FaultStructure.compile(weak, members), real);
            } catch (TrustException e) {
                boolean room = members.size() < ReplicaSet.SIZE_MAX && bystanders < BYSTANDERS_MAX;
                if (!room || policy.formula().isPresent()) {
                    throw e;
                }
                members.add(bystander(attributes, bystanders));
            }
        }
    }

    private static SortedSet<String> attributes(TrustPolicy policy) {
        SortedSet<String> attributes = new TreeSet<>(policy.attributes());
        for (TrustPolicy.Clause clause : policy.tolerate()) {
            if (clause instanceof TrustPolicy.Clause.Joint joint) {
                attributes.addAll(joint.classes().keySet());
            }
        }
        return attributes;
    }

    private static Member bystander(SortedSet<String> attributes, int number) {
        String name = "bystander " + number;
        SortedMap<String, String> values = new TreeMap<>();
        attributes.forEach(attribute -> values.put(attribute, name));
        return new Member(name, values);
    }

    private static List<ReplicaSet> maximalAmong(FaultStructure structure, ReplicaSet sensors) {
        if (!structure.isListable()) {
            throw new TrustException(
                    "there are more than " + FaultStructure.MAXIMAL_FAULT_SETS_MAX + " fault sets of sensors",
                    "tolerate fewer at once");
        }
        List<ReplicaSet> restricted = structure.maximalFaultSets().stream()
                .map(set -> set.intersection(sensors))
                .distinct()
                .toList();
        return restricted.stream()
                .filter(set -> restricted.stream().noneMatch(other -> !other.equals(set) && other.containsAll(set)))
                .toList();
    }

    /** All sensors. */
    public ReplicaSet sensors() {
        return sensors;
    }

    /** The fault sets of sensors that lie in no other. */
    public List<ReplicaSet> maximalFaultSets() {
        return maximal;
    }

    /** Whether one of them is correct at least. */
    public boolean isKernel(ReplicaSet set) {
        return structure.isKernel(set);
    }

    /** Whether those of them that are correct form a kernel, whichever fault set is corrupted. */
    public boolean isCorroborating(ReplicaSet set) {
        for (ReplicaSet corrupted : maximal) {
            if (!structure.isKernel(set.minus(corrupted))) {
                return false;
            }
        }
        return true;
    }

    /** The fault sets, each a maximal one, whose corruption takes all of these at once. */
    public List<ReplicaSet> faultSetsAround(ReplicaSet set) {
        return maximal.stream().filter(fault -> fault.containsAll(set)).toList();
    }
}
