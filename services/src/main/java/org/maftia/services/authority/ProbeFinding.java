package org.maftia.services.authority;

import java.util.Optional;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.Problem;

/**
 * What one replica saw, as it votes.
 *
 * @param failure what was wrong; empty: the name is the account's and may be certified
 * @param address where it looked; empty where it came to none
 * @param evidence hash of what it read
 * @param detail a sentence for people
 */
public record ProbeFinding(Optional<Problem.Kind> failure, String address, Digest evidence, String detail) {
    /** Longer ones are cut. */
    public static final int DETAIL_LENGTH_MAX = 256;

    private static final int ADDRESS_LENGTH_MAX = 64;

    public static final Codec<ProbeFinding> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ProbeFinding value) {
            writer.u8(value.failure.map(kind -> kind.ordinal() + 1).orElse(0))
                    .string(value.address)
                    .digest(value.evidence)
                    .string(value.detail);
        }

        @Override
        public ProbeFinding read(Reader reader) {
            int code = reader.u8();
            if (code > Problem.Kind.values().length) {
                throw new MalformedException("no finding: " + code);
            }
            return new ProbeFinding(
                    code == 0 ? Optional.empty() : Optional.of(Problem.Kind.values()[code - 1]),
                    reader.string(ADDRESS_LENGTH_MAX),
                    reader.digest(),
                    reader.string(DETAIL_LENGTH_MAX));
        }
    };

    /** The vote for the account. */
    public static ProbeFinding good(String address, Digest evidence) {
        return new ProbeFinding(Optional.empty(), address, evidence, "");
    }

    /** The vote against it. */
    public static ProbeFinding bad(Problem.Kind kind, String address, String detail) {
        String plain = detail.replaceAll("[^ -~]", "?");
        return new ProbeFinding(
                Optional.of(kind),
                address,
                Digest.ZERO,
                plain.length() > DETAIL_LENGTH_MAX ? plain.substring(0, DETAIL_LENGTH_MAX) : plain);
    }

    /** Whether these bytes are the vote for an account. What does not decode is a vote against it. */
    static boolean isGood(byte[] vote) {
        try {
            return CODEC.decode(vote).failure.isEmpty();
        } catch (MalformedException e) {
            return false;
        }
    }

    /** What was wrong, as one replica says. */
    static Problem problem(byte[] vote) {
        try {
            ProbeFinding finding = CODEC.decode(vote);
            String where = finding.address.isEmpty() ? "" : " (" + finding.address + ")";
            return new Problem(finding.failure.orElse(Problem.Kind.SERVER_INTERNAL), finding.detail + where);
        } catch (MalformedException e) {
            return new Problem(Problem.Kind.SERVER_INTERNAL, "a replica did not say what it saw");
        }
    }
}
