package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;

/**
 * A formula as a flat program for a machine whose stack of sums stands in four words, 16 bits a sum: evaluation makes no
 * object, does not recurse, and may run on many threads at once. A gate over leaves alone is one population count.
 *
 * <p>That is why depth is at most {@link Formula#DEPTH_MAX} and a gate weighs at most {@link Formula#WEIGHT_MAX}.
 */
final class CompiledFormula {
    /** Starts the sum of a gate that has gates below. */
    private static final int OPEN = 0;
    /** Adds a weight for each member at the leaves of the mask. */
    private static final int LEAVES = 1;
    /** Adds a weight if enough members are at the leaves of the mask. */
    private static final int BOTTOM = 2;
    /** Ends a sum; adds a weight to the sum below if it was enough. */
    private static final int CLOSE = 3;

    private static final long SUM = 0xffff;

    private final int[] operation;
    private final int[] weight;
    /** BOTTOM: members needed. CLOSE: the sum needed. */
    private final int[] needed;
    /** The threshold of the sum that the instruction adds to. */
    private final int[] enough;
    /** Where that sum ends: the rest of a gate that is satisfied already is skipped. */
    private final int[] end;

    private final long[] mask;

    private CompiledFormula(List<Instruction> program) {
        int length = program.size();
        operation = new int[length];
        weight = new int[length];
        needed = new int[length];
        enough = new int[length];
        end = new int[length];
        mask = new long[length];
        for (int i = 0; i < length; i++) {
            Instruction instruction = program.get(i);
            operation[i] = instruction.operation;
            weight[i] = instruction.weight;
            needed[i] = instruction.needed;
            enough[i] = instruction.enough;
            end[i] = instruction.end;
            mask[i] = instruction.mask;
        }
    }

    static CompiledFormula of(Formula formula) {
        Formula.Gate root = switch (formula) {
            case Formula.Leaf leaf -> Formula.select(1, List.of(leaf));
            case Formula.Gate gate -> gate;
        };
        if (root.depth() > Formula.DEPTH_MAX) {
            throw new TrustException("the formula has more than 16 nested gates", "flatten the formula");
        }
        List<Instruction> program = new ArrayList<>();
        emit(root, program);
        return new CompiledFormula(program);
    }

    /** Instructions, the measure of what an evaluation costs. */
    int length() {
        return operation.length;
    }

    boolean holds(long set) {
        long top = 0;
        long second = 0;
        long third = 0;
        long bottom = 0;
        int last = operation.length;
        for (int at = 0; at < last; at++) {
            int added = 0;
            switch (operation[at]) {
                case OPEN -> {
                    bottom = bottom << 16 | third >>> 48;
                    third = third << 16 | second >>> 48;
                    second = second << 16 | top >>> 48;
                    top <<= 16;
                    continue;
                }
                case LEAVES -> added = weight[at] * Long.bitCount(set & mask[at]);
                case BOTTOM -> added = Long.bitCount(set & mask[at]) >= needed[at] ? weight[at] : 0;
                default -> {
                    added = (top & SUM) >= needed[at] ? weight[at] : 0;
                    top = top >>> 16 | second << 48;
                    second = second >>> 16 | third << 48;
                    third = third >>> 16 | bottom << 48;
                    bottom >>>= 16;
                }
            }
            top += added;
            if ((top & SUM) >= enough[at]) {
                at = end[at] - 1;
            }
        }
        return (top & SUM) != 0;
    }

    /** An instruction in the making: where a gate ends is known only after its children. */
    private static final class Instruction {
        private final int operation;
        private final int weight;
        private final int needed;
        private final int enough;
        private final long mask;
        private int end;

        Instruction(int operation, int weight, int needed, int enough, long mask) {
            this.operation = operation;
            this.weight = weight;
            this.needed = needed;
            this.enough = enough;
            this.mask = mask;
        }
    }

    /** The lowest sum collects the root alone: it is 1 if the root holds. */
    private static void emit(Formula.Gate root, List<Instruction> program) {
        emit(root, 1, 1, program);
        program.getLast().end = program.size();
    }

    private static void emit(Formula.Gate gate, int weight, int enough, List<Instruction> program) {
        if (isBottom(gate)) {
            int each = gate.children().getFirst().weight();
            int members = (gate.threshold() + each - 1) / each;
            program.add(new Instruction(
                    BOTTOM, weight, members, enough, gate.replicas().bits()));
            return;
        }
        program.add(new Instruction(OPEN, 0, 0, 0, 0));
        List<Instruction> adders = new ArrayList<>();
        for (int leafWeight : leafWeights(gate)) {
            for (long mask : masks(gate, leafWeight)) {
                program.add(new Instruction(LEAVES, leafWeight, 0, gate.threshold(), mask));
                adders.add(program.getLast());
            }
        }
        for (Formula.Child child : gate.children()) {
            if (child.formula() instanceof Formula.Gate below) {
                emit(below, child.weight(), gate.threshold(), program);
                adders.add(program.getLast());
            }
        }
        int close = program.size();
        adders.forEach(instruction -> instruction.end = close);
        program.add(new Instruction(CLOSE, weight, gate.threshold(), enough, 0));
    }

    /** Whether all children are leaves of one weight, no replica twice. */
    private static boolean isBottom(Formula.Gate gate) {
        int each = gate.children().getFirst().weight();
        return gate.children().stream()
                        .allMatch(child -> child.formula() instanceof Formula.Leaf && child.weight() == each)
                && gate.replicas().size() == gate.children().size();
    }

    private static List<Integer> leafWeights(Formula.Gate gate) {
        return gate.children().stream()
                .filter(child -> child.formula() instanceof Formula.Leaf)
                .map(Formula.Child::weight)
                .distinct()
                .sorted()
                .toList();
    }

    /** The leaves of one weight as masks; a replica that stands there twice is in two of them. */
    private static List<Long> masks(Formula.Gate gate, int weight) {
        List<Long> masks = new ArrayList<>();
        for (Formula.Child child : gate.children()) {
            if (child.weight() == weight && child.formula() instanceof Formula.Leaf leaf) {
                long bit = 1L << leaf.replica();
                int free = 0;
                while (free < masks.size() && (masks.get(free) & bit) != 0) {
                    free++;
                }
                if (free == masks.size()) {
                    masks.add(0L);
                }
                masks.set(free, masks.get(free) | bit);
            }
        }
        return masks;
    }
}
