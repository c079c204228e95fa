package org.maftia.core.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What a dealer gives to all: commitments to the sharings of its numbers, and each recipient's shares under a secret that
 * only the two have.
 *
 * @param blinding R = g^ρ: recipient j and the dealer share the secret point PK_j^ρ
 * @param proof that the dealer knows ρ; a copied R would have complaints open somebody else's shares
 * @param roots the powers by the numbers, where others cannot know them
 * @param twists the same powers in the second group, where outsiders are to verify signatures with their sum
 * @param commitments one for each number
 * @param sealed by leaf: the leaf's share of each number
 */
record KeyDealing(
        CurvePoint blinding,
        KnownLogarithm proof,
        List<CurvePoint> roots,
        List<CurvePoint.Twist> twists,
        List<SharingCommitment> commitments,
        SortedMap<Integer, byte[]> sealed) {
    /**
     * The form of a dealing, which follows from the attempt and the dealer: its length is known before it is read.
     *
     * @param numbers how many are shared
     * @param roots how many of their powers are in it
     * @param twists how many of those stand in it in the second group, too
     * @param points of each commitment
     * @param leaves whose owners are recipients
     */
    record Shape(int numbers, int roots, int twists, int points, SortedSet<Integer> leaves) {
        long length() {
            return CurvePoint.LENGTH
                    + KnownLogarithm.LENGTH
                    + (long) roots * CurvePoint.LENGTH
                    + (long) twists * CurvePoint.Twist.LENGTH
                    + (long) numbers * points * CurvePoint.LENGTH
                    + (long) leaves.size() * sealedLength();
        }

        int sealedLength() {
            return numbers * CurvePoint.SCALAR_LENGTH + PointSeal.OVERHEAD;
        }

        /** @throws MalformedException when the bytes are no dealing of this shape */
        KeyDealing read(byte[] bytes) {
            if (bytes.length != length()) {
                throw new MalformedException("a dealing of the wrong length");
            }
            Reader reader = new Reader(bytes);
            CurvePoint blinding = CurvePoint.decoded(reader.fixed(CurvePoint.LENGTH));
            KnownLogarithm proof = KnownLogarithm.CODEC.read(reader);
            List<CurvePoint> given = new ArrayList<>();
            for (int i = 0; i < roots; i++) {
                given.add(CurvePoint.decoded(reader.fixed(CurvePoint.LENGTH)));
            }
            List<CurvePoint.Twist> twisted = new ArrayList<>();
            for (int i = 0; i < twists; i++) {
                twisted.add(CurvePoint.Twist.decoded(reader.fixed(CurvePoint.Twist.LENGTH)));
            }
            List<SharingCommitment> commitments = new ArrayList<>();
            for (int i = 0; i < numbers; i++) {
                commitments.add(SharingCommitment.read(reader, points));
            }
            SortedMap<Integer, byte[]> sealed = new TreeMap<>();
            for (int leaf : leaves) {
                sealed.put(leaf, reader.fixed(sealedLength()));
            }
            reader.end();
            return new KeyDealing(blinding, proof, given, twisted, commitments, sealed);
        }
    }

    /** Whether each number is the same in both groups: a pairing a number. */
    boolean isOfSameNumbers() {
        for (int i = 0; i < twists.size(); i++) {
            if (!CurvePoint.Twist.GENERATOR.pairs(roots.get(i), CurvePoint.GENERATOR, twists.get(i))) {
                return false;
            }
        }
        return true;
    }

    byte[] toBytes() {
        Writer writer = new Writer().fixed(blinding.toBytes());
        KnownLogarithm.CODEC.write(writer, proof);
        roots.forEach(root -> writer.fixed(root.toBytes()));
        twists.forEach(twist -> writer.fixed(twist.toBytes()));
        commitments.forEach(commitment -> commitment.write(writer));
        sealed.values().forEach(writer::fixed);
        return writer.toBytes();
    }
}
