package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.ceremony.ComponentIdentity;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.component.SealedOutcome;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.succession.Known;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code maftia wormhole agree}. */
@Command(
        name = "agree",
        description = {
            "Wait for the next roll call of the trusted components, and check what each of them sealed.",
            "",
            "Every half minute the components agree, among themselves, in which trusted view they are. Each replica shows the",
            "outcome that its component sealed; it is checked with the keys in the transcript, so no replica can make one up.",
            "The exit code is 0 when components of a quorum sealed the same outcome and none another."
        })
final class WormholeAgreeCommand implements Callable<Integer> {
    /** A roll call begins every 30 s and ends within 15; the next one may have begun just before the command. */
    private static final long PATIENCE_SECONDS = 90;

    /** By then whoever takes part in a roll call has its outcome. */
    private static final long OUTCOME_SECONDS = 15;

    private static final long POLL_MILLIS = 500;

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final TranscriptOption transcript = new TranscriptOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public Integer call() throws Exception {
        Known known = Known.of(transcript.find(directory.existing()).group());
        if (!known.group().isHybrid()) {
            throw new CommandException(
                    "no trusted components stand beside the replicas of this group",
                    "'maftia up --layout hybrid-3' makes a group with some");
        }
        SortedMap<String, ReplicaStatus.RollCall> calls = next(known, LocalCluster.open(directory.existing()));
        if (calls.isEmpty()) {
            throw new CommandException(
                    "no component took part in a roll call within " + PATIENCE_SECONDS + " s",
                    "'maftia status' shows in which trusted view each component is");
        }
        return print(known, calls);
    }

    /** The first one that begins from now on, as the replicas tell it by their ids. */
    private static SortedMap<String, ReplicaStatus.RollCall> next(Known known, LocalCluster cluster)
            throws InterruptedException {
        long begin = Instant.now().getEpochSecond();
        SortedMap<String, ReplicaStatus.RollCall> calls = new TreeMap<>();
        while (Instant.now().getEpochSecond() < begin + PATIENCE_SECONDS) {
            SortedMap<String, ReplicaStatus> answers = cluster.answers();
            SortedMap<String, ReplicaStatus.RollCall> told = new TreeMap<>();
            answers.forEach((id, status) -> status.component()
                    .flatMap(ReplicaStatus.Component::rollCall)
                    .ifPresent(call -> told.put(id, call)));
            calls = together(told, begin);
            boolean over = !calls.isEmpty()
                    && Instant.now().getEpochSecond()
                            > calls.firstEntry().getValue().at() + OUTCOME_SECONDS;
            boolean all = !calls.isEmpty() && calls.size() == answers.size();
            if (all || over && isQuorum(known, calls.keySet())) {
                return calls;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return calls;
    }

    /** Of what is told of calls since then, that of the call of which most tell: a replica can make up a call, but not company in it. */
    static SortedMap<String, ReplicaStatus.RollCall> together(
            SortedMap<String, ReplicaStatus.RollCall> told, long begin) {
        SortedMap<Long, SortedMap<String, ReplicaStatus.RollCall>> byTime = new TreeMap<>();
        told.forEach((id, call) -> {
            if (call.at() >= begin) {
                byTime.computeIfAbsent(call.at(), first -> new TreeMap<>()).put(id, call);
            }
        });
        SortedMap<String, ReplicaStatus.RollCall> most = new TreeMap<>();
        for (SortedMap<String, ReplicaStatus.RollCall> calls : byTime.values()) {
            most = calls.size() > most.size() ? calls : most;
        }
        return most;
    }

    private static boolean isQuorum(Known known, Set<String> ids) {
        ReplicaSet replicas = ReplicaSet.EMPTY;
        for (String id : ids) {
            replicas = replicas.with(known.group().ids().indexOf(id));
        }
        return known.trust().isQuorum(replicas);
    }

    private int print(Known known, SortedMap<String, ReplicaStatus.RollCall> calls) {
        ObjectNode json = Json.object();
        List<String> lines = new ArrayList<>();
        SortedMap<String, SealedOutcome> outcomes = new TreeMap<>();
        ReplicaStatus.RollCall first = calls.values().iterator().next();
        lines.add("roll call " + Instant.ofEpochSecond(first.at()) + ", trusted view " + first.view());
        var list = json.put("at", first.at()).put("view", first.view()).putArray("components");
        ReplicaSet same = ReplicaSet.EMPTY;
        boolean contradiction = false;
        for (int index = 0; index < known.group().ids().size(); index++) {
            String id = known.group().ids().get(index);
            Optional<SealedOutcome> outcome = outcome(known, index, calls.get(id));
            String words = words(calls.get(id), outcome);
            list.addObject().put("id", id).put("outcome", words);
            lines.add(String.format(Locale.ROOT, "%-9s %s", id, words));
            if (outcome.isPresent()) {
                contradiction |= outcomes.values().stream().anyMatch(other -> contradict(other, outcome.get()));
                outcomes.put(id, outcome.get());
                boolean equal = outcome.get().decided()
                        && outcomes.values().iterator().next().equals(outcome.get());
                same = equal ? same.with(index) : same;
            }
        }
        boolean agreed = !contradiction && known.trust().isQuorum(same);
        json.put("agreed", agreed).put("contradiction", contradiction);
        if (contradiction) {
            lines.add("components sealed different outcomes of one agreement: one of them is not what it must be");
        } else {
            lines.add(
                    agreed
                            ? "components of a quorum decided alike"
                            : "too few components decided: their hosts are slow, away, or keep them back");
        }
        output.print(json, lines.toArray(String[]::new));
        return agreed ? 0 : Maftia.EXIT_FAILURE;
    }

    private static Optional<SealedOutcome> outcome(Known known, int index, ReplicaStatus.@Nullable RollCall call) {
        ComponentIdentity identity =
                known.group().enrolments().get(index).component().orElseThrow();
        int seat = known.configuration().seats().get(index).number();
        return call == null
                ? Optional.empty()
                : SealedOutcome.open(known.group().id(), seat, identity, call.certificate());
    }

    private static boolean contradict(SealedOutcome one, SealedOutcome other) {
        return one.instance().equals(other.instance()) && !one.equals(other);
    }

    private static String words(ReplicaStatus.@Nullable RollCall call, Optional<SealedOutcome> outcome) {
        if (call == null) {
            return "took no part";
        }
        if (call.certificate().isEmpty()) {
            return "nothing came out in time";
        }
        if (outcome.isEmpty()) {
            return "shows an outcome that its component did not seal";
        }
        if (!outcome.get().decided()) {
            return "sealed that no quorum proposed one view";
        }
        return "sealed that " + Integer.bitCount(outcome.get().okMask()) + " components are in view "
                + outcome.get().value().toString().substring(0, 16);
    }
}
