package org.maftia.simulator.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.simulator.explore.Exploration.Finding;

/**
 * Visits every state that a model can reach, depth first, and stops at the first broken promise. The package page says how,
 * and what that proves. Same model, same search, state by state.
 *
 * @param <E> what may happen to a process
 * @param <M> what processes say
 */
public final class Explorer<E, M> {
    private static final int STATES_MAX = 20_000_000;

    private final Model<E, M> model;
    private final Numbers<E> events = new Numbers<>();
    private final Numbers<M> messages = new Numbers<>();
    private final Numbers<Numbers.Row> offers = new Numbers<>();
    private final List<Automaton<E, M>> automata = new ArrayList<>();

    /** By board and process, what is on offer there; by board, what the model says of it. */
    private final Recent<Integer> offered = new Recent<>();

    private final Recent<Judgement> judgements = new Recent<>();

    private final Visited visited = new Visited();
    private final ArrayDeque<Frame<E, M>> path = new ArrayDeque<>();
    private int statesMax = STATES_MAX;
    private long steps;
    private boolean cut;

    private record Judgement(Optional<String> broken, long facts) {}

    /**
     * Where all processes stand.
     *
     * @param local numbers of their states
     * @param boardHash what the board is known by
     */
    private record State<M>(int[] local, Board<M> board, long boardHash) {
        State(int[] local, Board<M> board) {
            this(local, board, board.hash());
        }

        State<M> after(Move move) {
            int[] next = local.clone();
            next[move.process] = move.step.next();
            Board<M> grown = board.with(move.step.said());
            return grown == board ? new State<>(next, board, boardHash) : new State<>(next, grown);
        }

        long hash() {
            long hash = boardHash;
            for (int part : local) {
                hash = Visited.mix(hash ^ part) + 0x9e3779b97f4a7c15L;
            }
            return hash;
        }
    }

    /** A state on the current path. */
    private static final class Frame<E, M> {
        final State<M> state;
        final long hash;
        final Iterator<Move> moves;
        final boolean last;
        final @Nullable Move arrival;
        long facts;
        float schedules;

        Frame(State<M> state, long hash, List<Move> moves, @Nullable Move arrival, long facts) {
            this.state = state;
            this.hash = hash;
            this.moves = moves.iterator();
            this.last = moves.isEmpty();
            this.arrival = arrival;
            this.facts = facts;
            this.schedules = last ? 1 : 0;
        }
    }

    /** A step of one process. */
    private record Move(int process, Automaton.Step step) {}

    private Explorer(Model<E, M> model) {
        this.model = model;
    }

    public static <E, M> Explorer<E, M> of(Model<E, M> model) {
        return new Explorer<>(model);
    }

    /** Where the search gives up; memory is about 30 bytes a state. */
    public Explorer<E, M> statesMax(int count) {
        statesMax = count;
        return this;
    }

    /** Runs the search, once. */
    public Exploration run() {
        for (int process = 0; process < model.processes(); process++) {
            automata.add(new Automaton<>(model, process, events, messages));
        }
        State<M> start = new State<>(new int[model.processes()], new Board<>(messages.values(), new int[0]));
        Optional<Finding> finding = Optional.ofNullable(arrive(start, null));
        while (finding.isEmpty() && !path.isEmpty()) {
            finding = Optional.ofNullable(goOn(path.element()));
        }
        boolean complete = finding.isEmpty() && !cut;
        int first = visited.find(start.hash());
        return new Exploration(
                visited.size(),
                steps,
                complete && first >= 0 ? visited.schedules(first) : -1,
                automata.stream().mapToLong(Automaton::size).sum(),
                automata.stream().mapToLong(Automaton::replayed).sum(),
                complete,
                finding);
    }

    /** The next step of the state at the end of the path, or back to the one before. */
    private @Nullable Finding goOn(Frame<E, M> frame) {
        if (!frame.moves.hasNext()) {
            return leave(frame);
        }
        Move move = frame.moves.next();
        steps++;
        String failure = move.step.failure();
        if (failure != null) {
            return finding(failure, move);
        }
        State<M> next = frame.state.after(move);
        int place = visited.find(next.hash());
        if (place < 0) {
            return arrive(next, move);
        }
        long facts = visited.facts(place);
        if ((facts & Visited.OPEN) != 0) {
            throw new IllegalStateException("a model in which a process comes back to where it was: "
                    + events.value(move.step.path()[move.step.path().length - 1]));
        }
        frame.facts |= facts;
        frame.schedules += visited.schedules(place);
        return null;
    }

    private @Nullable Finding arrive(State<M> state, @Nullable Move arrival) {
        Judgement judgement = judgements.of(
                state.boardHash, fresh -> new Judgement(model.broken(state.board), model.facts(state.board)));
        if (judgement.broken.isPresent()) {
            return finding(judgement.broken.get(), arrival);
        }
        if (visited.size() >= statesMax) {
            cut = true;
            return null;
        }
        long hash = state.hash();
        visited.put(hash, judgement.facts | Visited.OPEN, 0);
        path.push(new Frame<>(state, hash, moves(state), arrival, judgement.facts));
        return null;
    }

    private @Nullable Finding leave(Frame<E, M> frame) {
        Board<M> board = frame.state.board;
        Optional<String> broken = frame.last ? model.brokenEnd(board) : Optional.empty();
        if (broken.isEmpty() && !cut) {
            broken = model.brokenFuture(board, frame.facts);
        }
        if (broken.isPresent()) {
            return finding(broken.get(), null);
        }
        path.pop();
        visited.put(frame.hash, frame.facts, frame.schedules);
        Frame<E, M> before = path.peek();
        if (before != null) {
            before.facts |= frame.facts;
            before.schedules += frame.schedules;
        }
        return null;
    }

    private List<Move> moves(State<M> state) {
        List<Move> moves = new ArrayList<>();
        for (int process = 0; process < automata.size(); process++) {
            int offer = offer(process, state);
            int here = state.local[process];
            int[] available = offers.value(offer).cells();
            for (Automaton.Step step : automata.get(process).steps(here, offer, available)) {
                boolean idle = step.failure() == null && step.next() == here && state.board.holds(step.said());
                if (!idle) {
                    moves.add(new Move(process, step));
                }
            }
        }
        return moves;
    }

    private int offer(int process, State<M> state) {
        return offered.of(Visited.mix(state.boardHash + process), fresh -> {
            int[] cells = model.events(process, state.board).stream()
                    .mapToInt(events::of)
                    .distinct()
                    .toArray();
            return offers.of(new Numbers.Row(cells));
        });
    }

    private Finding finding(String promise, @Nullable Move last) {
        List<String> schedule = new ArrayList<>();
        Iterator<Frame<E, M>> frames = path.descendingIterator();
        while (frames.hasNext()) {
            tell(frames.next().arrival, schedule);
        }
        tell(last, schedule);
        return new Finding(promise, schedule);
    }

    private void tell(@Nullable Move move, List<String> schedule) {
        if (move == null) {
            return;
        }
        for (int event : move.step.path()) {
            schedule.add("process " + move.process + ": " + events.value(event));
        }
        Arrays.stream(move.step.said())
                .mapToObj(messages::value)
                .map(message -> "    says " + message)
                .forEach(schedule::add);
    }
}
