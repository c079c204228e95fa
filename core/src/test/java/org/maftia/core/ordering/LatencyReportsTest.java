package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup.Scheduler;

/** No replica chooses a leader, or its patience with one, by what another says about time. */
class LatencyReportsTest {
    /** Moments for the log, not durations; what is agreed of them is the business of other tests. */
    private static final List<String> MOMENTS =
            List.of("Claim.timeMicros", "Collect.clockMicros", "Outcome.timeMicros", "Proposal.timeMicros");

    /** Those who decide on leaders and on patience. */
    private static final List<String> JUDGES = List.of("Backoff", "Epoch", "Pace", "Situation", "Suspicion");

    private static final JavaClasses ORDERING = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.maftia.core.ordering");

    /** A message with a latency in it would be named here, and its author asked what for. */
    @Attack("latency-report poisoning")
    @Test
    void noMessageCarriesADuration() {
        TreeSet<String> times = new TreeSet<>();
        ArrayDeque<Class<?>> open = new ArrayDeque<>(List.of(Message.class.getPermittedSubclasses()));
        List<Class<?>> seen = new ArrayList<>();
        while (!open.isEmpty()) {
            Class<?> type = open.remove();
            if (seen.contains(type) || !type.isRecord()) {
                continue;
            }
            seen.add(type);
            for (RecordComponent component : type.getRecordComponents()) {
                String name = component.getName();
                if (name.matches("(?i).*(micros|millis|seconds|nanos|latency|delay|rate|pace).*")) {
                    times.add(type.getSimpleName() + "." + name);
                }
                named(component.getGenericType().getTypeName()).forEach(open::add);
            }
        }
        assertThat(seen).contains(Proposal.class, Collect.class, StableCheckpoint.Claim.class);
        assertThat(times).containsExactlyElementsOf(MOMENTS);
    }

    /** The types of this package in the name of a type, such as those of the elements of a list. */
    private static List<Class<?>> named(String name) {
        List<Class<?>> types = new ArrayList<>();
        for (String part : name.split("[<>, ]")) {
            if (part.startsWith("org.maftia.core.ordering.")) {
                try {
                    types.add(Class.forName(part));
                } catch (ClassNotFoundException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return types;
    }

    @Attack("latency-report poisoning")
    @Test
    void whoJudgesLeadersReadsNoTimeOfAnyMessage() {
        List<JavaClass> judges = ORDERING.stream()
                .filter(type -> JUDGES.contains(type.getSimpleName()))
                .toList();
        assertThat(judges).hasSize(JUDGES.size());
        for (JavaClass judge : judges) {
            // Where a log continues another one it takes over the agreed time, as the moment that it is.
            assertThat(judge.getMethodCallsFromSelf().stream()
                            .filter(call -> !call.getOrigin().getName().equals("follow")))
                    .noneMatch(call -> MOMENTS.contains(call.getTargetOwner().getSimpleName() + "." + call.getName()));
        }
    }

    /** What a replica with a clock eight time-outs off says in its COLLECTs changes nobody's patience and no turn. */
    @Attack("latency-report poisoning")
    @Test
    void wildClocksOfOneReplicaMoveNobodysPatience() {
        String right = standings(0);
        assertThat(standings(4_000_000)).isEqualTo(right);
        assertThat(standings(-4_000_000)).isEqualTo(right);
    }

    /** Epoch, leader and patience of the others, as two epochs end under load. */
    private static String standings(long ahead) {
        LogGroup group = new LogGroup(Structures.FOUR, Scheduler.OLDEST_FIRST, 5);
        group.skew(3, ahead);
        StringBuilder standings = new StringBuilder();
        for (int i = 0; i < 140; i++) {
            group.submit(LogGroup.request(64 + i % 7, i / 7));
            if (i % 50 == 49) {
                for (int replica = 0; replica < 3; replica++) {
                    group.group.input(
                            replica, new LogReplica.In.Pass(group.progress(0).epoch()));
                }
            }
            group.group.run(200, () -> false);
            for (int replica = 0; replica < 3; replica++) {
                AtomicBroadcast.Progress progress = group.progress(replica);
                standings.append(progress.epoch() + " " + progress.leader() + " " + progress.timeoutMicros() + "\n");
            }
        }
        assertThat(group.progress(0).epoch()).isEqualTo(2);
        return standings.toString();
    }
}
