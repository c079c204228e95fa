package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.maftia.server.simulate.KnownScenarios;
import org.maftia.simulator.wan.Calm;
import org.maftia.simulator.wan.Delayed;
import org.maftia.simulator.wan.Killed;
import org.maftia.simulator.wan.Profile;
import org.maftia.simulator.wan.Sample;
import org.maftia.simulator.wan.Slow;

/** What {@code maftia simulate --wan} measures, with the goal of each. */
enum WanMeasurement {
    /** Nothing fails: how long a slot and a request take. */
    WELL(5) {
        @Override
        Report run(Profile profile, long first, long count) {
            return calm(Calm.run(profile, KnownScenarios.trial(), first, count));
        }
    },

    /** The leader stops: how long clients wait. */
    KILLED(100) {
        @Override
        Report run(Profile profile, long first, long count) {
            return killed(Killed.run(profile, KnownScenarios.trial(), first, count));
        }
    },

    /** A leader uses most of each time-out: how long it is borne. */
    SLOW(5) {
        @Override
        Report run(Profile profile, long first, long count) {
            return slow(Slow.run(profile, KnownScenarios.trial(), first, count));
        }
    },

    /** A network against leaders: what is left. */
    DELAYED(3) {
        @Override
        Report run(Profile profile, long first, long count) {
            return delayed(Delayed.run(profile, KnownScenarios.trial(), first, count));
        }
    };

    private final long seeds;

    WanMeasurement(long seeds) {
        this.seeds = seeds;
    }

    /** Enough for steady figures, in less than a minute. */
    long seeds() {
        return seeds;
    }

    abstract Report run(Profile profile, long first, long count);

    static Optional<WanMeasurement> named(String name) {
        for (WanMeasurement measurement : values()) {
            if (measurement.name().equals(name.toUpperCase(Locale.ROOT))) {
                return Optional.of(measurement);
            }
        }
        return Optional.empty();
    }

    /** The result, for programs and for people, and whether the goal is met. */
    record Report(ObjectNode json, List<String> lines, boolean isMet) {}

    private static String millis(long micros) {
        long tenths = Math.abs(micros) / 100;
        return (micros < 0 ? "-" : "") + tenths / 10 + "." + tenths % 10;
    }

    private static ObjectNode head(Profile profile, long runs, List<String> lines) {
        lines.add(profile.name() + ": " + profile.regions().size() + " replicas, "
                + profile.trust().describe());
        lines.add("delays: " + profile.source());
        return Json.object()
                .put("profile", profile.name())
                .put("source", profile.source())
                .put("runs", runs);
    }

    private static void put(ObjectNode json, String name, Sample sample) {
        json.putObject(name)
                .put("count", sample.count())
                .put("leastMicros", sample.least())
                .put("medianMicros", sample.median())
                .put("p99Micros", sample.p99())
                .put("mostMicros", sample.most());
    }

    private static Report calm(Calm.Result result) {
        List<String> lines = new ArrayList<>();
        ObjectNode json = head(result.profile(), result.seeds(), lines);
        ArrayNode places = json.putArray("replicas");
        lines.add("ms                        PROPOSE to decided        client to client");
        lines.add("replica                 median    p99   bound    median    p99   bound");
        for (int i = 0; i < result.places().size(); i++) {
            Calm.Place place = result.places().get(i);
            String role = i == result.leader() ? "leader" : i == result.neighbour() ? "neighbour" : "";
            lines.add("r%-2d %-14s %11s %6s %7s  %8s %6s %7s  %s"
                    .formatted(
                            i,
                            place.region(),
                            millis(place.decided().median()),
                            millis(place.decided().p99()),
                            millis(place.decidedBound()),
                            millis(place.answered().median()),
                            millis(place.answered().p99()),
                            millis(place.answeredBound()),
                            role));
            ObjectNode entry = places.addObject().put("region", place.region());
            put(entry, "decided", place.decided());
            entry.put("decidedBoundMicros", place.decidedBound());
            put(entry, "answered", place.answered());
            entry.put("answeredBoundMicros", place.answeredBound());
        }
        boolean met = result.isMet();
        lines.add("one way from the leader to its nearest quorum: " + millis(result.quorumDelayMicros())
                + " ms; epochs that ended: " + result.epochs());
        lines.add("goal, decided within the bound and a tenth: " + (met ? "met" : "MISSED"));
        json.put("quorumDelayMicros", result.quorumDelayMicros()).put("epochs", result.epochs());
        return new Report(json.put("met", met), lines, met);
    }

    private static Report killed(Killed.Result result) {
        List<String> lines = new ArrayList<>();
        ObjectNode json = head(result.profile(), result.kills(), lines);
        lines.add(result.kills() + " leaders killed; gaps at the "
                + result.gaps().count() + " gateways that are left: median "
                + millis(result.gaps().median()) + " ms, p99 "
                + millis(result.gaps().p99()) + " ms, most "
                + millis(result.gaps().most()) + " ms");
        lines.add("time-out in force: " + millis(result.timeouts().least()) + " to "
                + millis(result.timeouts().most()) + " ms; beyond it: median "
                + millis(result.excess().median())
                + " ms, p99 " + millis(result.excess().p99()) + " ms");
        lines.add("a round trip of the quorum that is left: " + millis(result.roundTripMicros()) + " ms; unanswered: "
                + result.unanswered());
        lines.add("goal, p99 below the time-out and " + Killed.ROUND_TRIPS + " round trips: "
                + (result.isMet() ? "met" : "MISSED"));
        put(json, "gaps", result.gaps());
        put(json, "timeouts", result.timeouts());
        put(json, "excess", result.excess());
        json.put("roundTripMicros", result.roundTripMicros()).put("unanswered", result.unanswered());
        return new Report(json.put("met", result.isMet()), lines, result.isMet());
    }

    private static Report slow(Slow.Result result) {
        List<String> lines = new ArrayList<>();
        ObjectNode json = head(result.profile(), result.runs(), lines);
        lines.add("a leader holds back each proposal for most of a time-out; it led for "
                + millis(result.borne().median()) + " ms at the median, "
                + millis(result.borne().most())
                + " ms at most");
        lines.add("answers a second, median: " + result.good().median() + " under the leader before it, "
                + result.slow().median() + " under it, " + result.late().median() + " in the end");
        lines.add("goal, it loses its turn within a minute: " + (result.isMet() ? "met" : "MISSED"));
        put(json, "borne", result.borne());
        json.put("goodPerSecond", result.good().median())
                .put("slowPerSecond", result.slow().median())
                .put("latePerSecond", result.late().median());
        return new Report(json.put("met", result.isMet()), lines, result.isMet());
    }

    private static Report delayed(Delayed.Result result) {
        List<String> lines = new ArrayList<>();
        ObjectNode json = head(result.profile(), result.runs(), lines);
        lines.add("whoever leads is heard " + millis(result.delayMicros()) + " ms late; epochs that ended: "
                + result.epochs());
        lines.add("answers in windows of " + millis(result.windowMicros()) + " ms: least "
                + result.answers().least() + ", median " + result.answers().median() + ", of "
                + result.answers().count() + " windows");
        lines.add("client to client: median " + millis(result.waits().median()) + " ms, p99 "
                + millis(result.waits().p99()) + " ms; frames under way on one link: " + result.framesMost()
                + " at most");
        lines.add("goal, something answered in every window: " + (result.isMet() ? "met" : "MISSED"));
        json.put("delayMicros", result.delayMicros()).put("windowMicros", result.windowMicros());
        json.put("windows", result.answers().count())
                .put("answersLeast", result.answers().least());
        json.put("answersMedian", result.answers().median()).put("framesMost", result.framesMost());
        put(json, "waits", result.waits());
        return new Report(json.put("met", result.isMet()), lines, result.isMet());
    }
}
