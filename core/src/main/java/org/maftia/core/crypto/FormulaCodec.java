package org.maftia.core.crypto;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** A sharing formula in prefix order: 0 and a replica for a leaf, 1, threshold and fan-in for a gate. */
final class FormulaCodec implements Codec<SharingFormula> {
    static final FormulaCodec INSTANCE = new FormulaCodec();

    private static final int LEAF = 0;
    private static final int GATE = 1;

    @Override
    public void write(Writer writer, SharingFormula value) {
        writer.bool(value.strong());
        write(writer, value.formula());
    }

    private static void write(Writer writer, Formula formula) {
        switch (formula) {
            case Formula.Leaf leaf -> writer.u8(LEAF).u8(leaf.replica());
            case Formula.Gate gate -> {
                writer.u8(GATE).u16(gate.threshold()).u16(gate.children().size());
                gate.children().forEach(child -> write(writer, child.formula()));
            }
        }
    }

    @Override
    public SharingFormula read(Reader reader) {
        boolean strong = reader.bool();
        return new SharingFormula(read(reader, 0), strong);
    }

    private static Formula read(Reader reader, int depth) {
        if (depth > ShareTree.DEPTH_MAX) {
            throw new MalformedException("formula too deep");
        }
        int kind = reader.u8();
        if (kind == LEAF) {
            return new Formula.Leaf(reader.replica(ReplicaSet.SIZE_MAX));
        }
        if (kind != GATE) {
            throw new MalformedException("neither leaf nor gate");
        }
        int threshold = reader.u16();
        int fanIn = reader.u16();
        // Every child takes two bytes or more: the bytes at hand bound the work.
        if (threshold < 1 || threshold > fanIn || fanIn > ShareTree.NODES_MAX || fanIn * 2 > reader.remaining()) {
            throw new MalformedException("no gate: " + threshold + " of " + fanIn);
        }
        List<Formula> children = new ArrayList<>(fanIn);
        for (int i = 0; i < fanIn; i++) {
            children.add(read(reader, depth + 1));
        }
        return Formula.select(threshold, children);
    }
}
