package org.maftia.core.ordering.hybrid;

import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A replica's word for one batch in one slot of one view: the PREPARE of its leader, or a COMMIT.
 *
 * @param proposal the identifier under which the leader proposed the batch: of its PREPARE, or of its NEW-VIEW
 * @param ui the voter's; of a PREPARE it is the proposal
 */
record Vote(long view, long slot, Digest batch, Ui proposal, Ui ui) {
    /** View, slot and digest, and two identifiers with empty tags. */
    static final int LENGTH_MIN = 8 + 8 + 32 + 2 * 67;

    boolean isProposal() {
        return ui.equals(proposal);
    }

    int voter() {
        return ui.replica();
    }

    /** What votes must have in common to count together. */
    Choice choice() {
        return new Choice(view, batch, proposal.lane(), proposal.counter());
    }

    /** A batch as it was proposed once. */
    record Choice(long view, Digest batch, int lane, long counter) {}

    static final Codec<Vote> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Vote value) {
            Ui.CODEC.write(writer.u64(value.view).u64(value.slot).digest(value.batch), value.proposal);
            Ui.CODEC.write(writer, value.ui);
        }

        @Override
        public Vote read(Reader reader) {
            return new Vote(
                    reader.count(), reader.count(), reader.digest(), Ui.CODEC.read(reader), Ui.CODEC.read(reader));
        }
    };

    @Override
    public String toString() {
        return (isProposal() ? "PREPARE" : "COMMIT") + "(v" + view + " s" + slot + " " + Words.of(batch) + " by r"
                + voter() + " #" + ui.counter() + ")";
    }
}
