package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What a dealer shows of a sharing: the powers of the generator by all coefficients but the constants, gate by gate. With
 * the power by the shared number they fix every share in the exponent. The constant of a gate below another one is that
 * one's value at its place, so it is not sent: no commitment can contradict itself.
 *
 * <p>Source: Feldman (FOCS 1987), gate by gate.
 *
 * @param points coefficients 1 to k-1 of each gate, gates in prefix order
 */
record SharingCommitment(List<CurvePoint> points) {
    SharingCommitment {
        points = List.copyOf(points);
    }

    /** Points of a commitment over the tree. */
    static int length(ShareTree node) {
        return switch (node) {
            case ShareTree.Leaf leaf -> 0;
            case ShareTree.Gate gate ->
                gate.threshold()
                        - 1
                        + gate.children().stream()
                                .mapToInt(SharingCommitment::length)
                                .sum();
        };
    }

    /** That of a sharing whose coefficients are all zero. */
    static SharingCommitment ofNothing(ShareTree tree) {
        List<CurvePoint> points = new ArrayList<>();
        for (int i = length(tree); i > 0; i--) {
            points.add(CurvePoint.IDENTITY);
        }
        return new SharingCommitment(points);
    }

    /** This one, plus a multiple of another one: commits to the sum of the sharings. */
    SharingCommitment plus(SharingCommitment other, BigInteger factor) {
        List<CurvePoint> sum = new ArrayList<>(points.size());
        boolean one = factor.equals(BigInteger.ONE);
        for (int i = 0; i < points.size(); i++) {
            CurvePoint added = other.points.get(i);
            sum.add(points.get(i).plus(one ? added : added.times(factor)));
        }
        return new SharingCommitment(sum);
    }

    /**
     * The powers of the generator by the shares.
     *
     * @param root the power by the shared number
     * @param wanted leaves; parts of the tree without one are passed over
     */
    SortedMap<Integer, CurvePoint> leaves(ShareTree tree, CurvePoint root, SortedSet<Integer> wanted) {
        SortedMap<Integer, CurvePoint> leaves = new TreeMap<>();
        new Walk(wanted, leaves).visit(tree, root);
        return leaves;
    }

    /** Goes through the gates as their coefficients lie in the list. */
    private final class Walk {
        private final SortedSet<Integer> wanted;
        private final SortedMap<Integer, CurvePoint> found;
        private int position;

        Walk(SortedSet<Integer> wanted, SortedMap<Integer, CurvePoint> found) {
            this.wanted = wanted;
            this.found = found;
        }

        void visit(ShareTree node, CurvePoint value) {
            switch (node) {
                case ShareTree.Leaf leaf -> {
                    if (wanted.contains(leaf.index())) {
                        found.put(leaf.index(), value);
                    }
                }
                case ShareTree.Gate gate -> {
                    List<CurvePoint> coefficients = points.subList(position, position + gate.threshold() - 1);
                    position += coefficients.size();
                    for (int i = 0; i < gate.children().size(); i++) {
                        ShareTree child = gate.children().get(i);
                        if (holdsWanted(child)) {
                            visit(child, at(value, coefficients, i + 1));
                        } else {
                            position += length(child);
                        }
                    }
                }
            }
        }

        private boolean holdsWanted(ShareTree node) {
            return switch (node) {
                case ShareTree.Leaf leaf -> wanted.contains(leaf.index());
                case ShareTree.Gate gate -> gate.children().stream().anyMatch(this::holdsWanted);
            };
        }
    }

    /** Horner's rule in the exponent. */
    private static CurvePoint at(CurvePoint constant, List<CurvePoint> coefficients, int place) {
        CurvePoint value = CurvePoint.IDENTITY;
        BigInteger point = BigInteger.valueOf(place);
        for (CurvePoint coefficient : coefficients.reversed()) {
            value = value.plus(coefficient).times(point);
        }
        return value.plus(constant);
    }

    void write(Writer writer) {
        points.forEach(point -> writer.fixed(point.toBytes()));
    }

    /** The identity is refused: a correct dealer draws no coefficient that is 0. */
    static SharingCommitment read(Reader reader, int length) {
        List<CurvePoint> points = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            points.add(CurvePoint.decoded(reader.fixed(CurvePoint.LENGTH)));
        }
        return new SharingCommitment(points);
    }
}
