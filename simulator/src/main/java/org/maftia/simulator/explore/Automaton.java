package org.maftia.simulator.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;

/**
 * What is known of one process as an automaton: the states met so far, each with a shortest history, and what events do in
 * them. Only here does code of the model run.
 */
final class Automaton<E, M> {
    /** Processes that stand in some state, ready for the next event: most events follow the last one. */
    private static final int LIVE_MAX = 256;

    private static final int[] NOTHING = {};

    private final Model<E, M> model;
    private final int process;
    private final Numbers<E> events;
    private final Numbers<M> messages;

    private final Map<Digest, Integer> known = new HashMap<>();
    private final List<Origin> states = new ArrayList<>();

    /** By state and event, as far as they were asked for. */
    private final List<@Nullable Transition[]> transitions = new ArrayList<>();

    /** By event. */
    private long[] concerns = {};

    private final Map<Long, List<Step>> steps = new HashMap<>();
    private long replayed;

    private final Map<Integer, Process<E, M>> live = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Process<E, M>> eldest) {
            return size() > LIVE_MAX;
        }
    };

    /** How a state was first reached. */
    private record Origin(int before, int event) {}

    /**
     * What an event does.
     *
     * @param said numbers of messages, ascending
     * @param failure what the code itself called impossible
     */
    record Transition(int next, int[] said, @Nullable String failure) {
        boolean isSilent() {
            return said.length == 0 && failure == null;
        }
    }

    /**
     * Silent events, and then one that is heard.
     *
     * @param path numbers of the events
     */
    record Step(int next, int[] said, @Nullable String failure, int[] path) {}

    Automaton(Model<E, M> model, int process, Numbers<E> events, Numbers<M> messages) {
        this.model = model;
        this.process = process;
        this.events = events;
        this.messages = messages;
        Process<E, M> fresh = model.start(process);
        known.put(fresh.state(), 0);
        states.add(new Origin(-1, -1));
        transitions.add(new Transition[0]);
        live.put(0, fresh);
    }

    int size() {
        return states.size();
    }

    long replayed() {
        return replayed;
    }

    Transition apply(int state, int event) {
        @Nullable Transition[] row = transitions.get(state);
        Transition transition = event < row.length ? row[event] : null;
        if (transition == null) {
            transition = learn(state, event);
            if (event >= row.length) {
                row = Arrays.copyOf(row, events.size());
                transitions.set(state, row);
            }
            row[event] = transition;
        }
        return transition;
    }

    private Transition learn(int state, int event) {
        Process<E, M> here = live.remove(state);
        if (here == null) {
            here = replay(state);
        }
        int[] said;
        replayed++;
        try {
            said = here.happen(events.value(event)).stream()
                    .mapToInt(messages::of)
                    .sorted()
                    .distinct()
                    .toArray();
        } catch (RuntimeException | AssertionError e) {
            return new Transition(state, NOTHING, "process " + process + " fails: " + e);
        }
        Digest digest = here.state();
        Integer next = known.putIfAbsent(digest, states.size());
        if (next == null) {
            next = states.size();
            states.add(new Origin(state, event));
            transitions.add(new Transition[0]);
        }
        live.put(next, here);
        return new Transition(next, said, null);
    }

    private Process<E, M> replay(int state) {
        ArrayDeque<Integer> history = new ArrayDeque<>();
        for (Origin origin = states.get(state); origin.before >= 0; origin = states.get(origin.before)) {
            history.push(origin.event);
        }
        Process<E, M> fresh = model.start(process);
        for (int event : history) {
            fresh.happen(events.value(event));
            replayed++;
        }
        return fresh;
    }

    /**
     * All steps from a state.
     *
     * @param offer the number of {@code available}
     * @param available numbers of the events on offer
     */
    List<Step> steps(int state, int offer, int[] available) {
        long key = (long) state << 32 | offer;
        List<Step> found = steps.get(key);
        if (found == null) {
            found = minimal(heardOfAll(state, available));
            steps.put(key, found);
        }
        return found;
    }

    private List<Step> heardOfAll(int state, int[] available) {
        long all = 0;
        for (int event : available) {
            all |= concerns(event);
        }
        List<Step> heard = new ArrayList<>();
        Set<Numbers.Row> seen = new LinkedHashSet<>();
        Set<Numbers.Row> looked = new LinkedHashSet<>();
        for (long rest = all; rest != 0; rest &= rest - 1) {
            long concern = Long.lowestOneBit(rest);
            int[] concerned = Arrays.stream(available)
                    .filter(event -> (concerns(event) & concern) != 0)
                    .toArray();
            if (looked.add(new Numbers.Row(concerned))) {
                heard(state, concerned, seen, heard);
            }
        }
        heard.sort(Comparator.comparingInt(step -> step.path.length));
        return heard;
    }

    private long concerns(int event) {
        int size = concerns.length;
        if (event >= size) {
            concerns = Arrays.copyOf(concerns, events.size());
            for (int i = size; i < concerns.length; i++) {
                concerns[i] = model.concerns(events.value(i));
            }
        }
        return concerns[event];
    }

    private void heard(int state, int[] available, Set<Numbers.Row> seen, List<Step> heard) {
        Map<Integer, int[]> paths = new LinkedHashMap<>();
        ArrayDeque<Integer> open = new ArrayDeque<>();
        paths.put(state, NOTHING);
        open.add(state);
        while (!open.isEmpty()) {
            int here = open.remove();
            int[] path = paths.getOrDefault(here, NOTHING);
            for (int event : available) {
                Transition transition = apply(here, event);
                if (!transition.isSilent()) {
                    int[] what = Arrays.copyOf(transition.said, transition.said.length + 1);
                    what[transition.said.length] = transition.next;
                    if (transition.failure != null || seen.add(new Numbers.Row(what))) {
                        heard.add(new Step(transition.next, transition.said, transition.failure, longer(path, event)));
                    }
                } else if (transition.next != here && !paths.containsKey(transition.next)) {
                    paths.put(transition.next, longer(path, event));
                    open.add(transition.next);
                }
            }
        }
    }

    private static int[] longer(int[] path, int event) {
        int[] longer = Arrays.copyOf(path, path.length + 1);
        longer[path.length] = event;
        return longer;
    }

    /** Without those that another one leads to in silence, by the events that it has left out. */
    private List<Step> minimal(List<Step> heard) {
        List<Step> kept = new ArrayList<>();
        for (Step step : heard) {
            // Shorter ones stand before.
            if (kept.stream().noneMatch(less -> leadsTo(less, step))) {
                kept.add(step);
            }
        }
        return List.copyOf(kept);
    }

    private boolean leadsTo(Step less, Step more) {
        if (less.failure != null || more.failure != null || !Arrays.equals(less.said, more.said)) {
            return false;
        }
        int state = less.next;
        for (int event : more.path) {
            if (Arrays.stream(less.path).noneMatch(taken -> taken == event)) {
                Transition transition = apply(state, event);
                if (!transition.isSilent()) {
                    return false;
                }
                state = transition.next;
            }
        }
        return state == more.next;
    }
}
