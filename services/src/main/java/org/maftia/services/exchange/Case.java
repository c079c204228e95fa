package org.maftia.services.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.exchange.message.ExchangeToken;
import org.maftia.services.exchange.message.ExchangeToken.Outcome;

/** What the trusted party remembers of an exchange. */
sealed interface Case {
    /** How many false escrows of B are taken notice of: each costs every replica two decryption shares. */
    int FALSE_MAX = 32;

    /**
     * Not decided: some acceptances were found to hold false escrows.
     *
     * @param acceptances their digests
     */
    record Open(List<Digest> acceptances) implements Case {
        public Open {
            acceptances = List.copyOf(acceptances);
        }

        Open and(Digest another) {
            List<Digest> all = new ArrayList<>(acceptances);
            all.add(another);
            return new Open(all);
        }
    }

    /**
     * Decided for good.
     *
     * @param second m2 or e2, unless it was aborted
     * @param timeSeconds agreed time
     * @param index of the log
     * @param forA B's item, sealed for A: A may not have the acceptance under which it was resolved
     */
    record Settled(Outcome outcome, Optional<Digest> second, long timeSeconds, long index, byte[] forA)
            implements Case {
        ExchangeToken token(Digest id) {
            return new ExchangeToken(id, outcome, second, timeSeconds, index);
        }
    }

    Codec<Case> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Case value) {
            switch (value) {
                case Open open -> writer.u8(1).list(open.acceptances, Writer::digest);
                case Settled settled -> {
                    writer.u8(2).u8(settled.outcome.ordinal()).bool(settled.second.isPresent());
                    settled.second.ifPresent(writer::digest);
                    writer.u64(settled.timeSeconds).u64(settled.index).opaque16(settled.forA);
                }
            }
        }

        @Override
        public Case read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Open(reader.list(FALSE_MAX, Digest.LENGTH, Reader::digest));
                case 2 ->
                    new Settled(
                            outcome(reader.u8()),
                            reader.bool() ? Optional.of(reader.digest()) : Optional.empty(),
                            reader.count(),
                            reader.count(),
                            reader.opaque16(ExchangeAnswer.ITEM_LENGTH_MAX));
                default -> throw new MalformedException("no case of an exchange");
            };
        }

        private Outcome outcome(int ordinal) {
            Outcome[] outcomes = Outcome.values();
            if (ordinal >= outcomes.length) {
                throw new MalformedException("no outcome of an exchange");
            }
            return outcomes[ordinal];
        }
    };
}
