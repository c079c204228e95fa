package org.maftia.services.authority;

import java.util.List;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.OrderWish;
import org.maftia.services.authority.pki.Identifier;
import org.maftia.services.authority.pki.OcspQuestion;

/** What the authority asked the group for, and has not got yet. */
sealed interface Pending {
    /**
     * An order that waits for chance, of which its tokens are made.
     *
     * @param id whom to answer
     * @param replaces as RFC 9773 names a certificate, or empty
     */
    record Opening(
            RequestId id, String base, long account, List<Identifier> identifiers, Profile profile, String replaces)
            implements Pending {}

    /** An order that waits for its serial, or for its certificate's signature. */
    record Issuing(long order) implements Pending {}

    /** A revocation list that waits for its signature. */
    record Listing(int shard, byte[] statement) implements Pending {}

    /**
     * An answer about a certificate that waits for its signature.
     *
     * @param id whom to answer
     * @param name under which the answer is kept; empty: it is for the asker alone
     * @param freshUntilMicros from when on it is signed anew for who asks
     */
    record Answering(
            RequestId id, String name, byte[] question, byte[] statement, long freshUntilMicros, long fromSeconds)
            implements Pending {}

    /** An authorization at which the replicas look. */
    record Looking(long authorization) implements Pending {}

    int LIST_LENGTH_MAX = 16 << 20;

    Codec<Pending> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Pending value) {
            switch (value) {
                case Opening opening -> {
                    RequestId.CODEC.write(writer.u8(1), opening.id);
                    writer.string(opening.base).u64(opening.account);
                    writer.list(opening.identifiers, Identifier.CODEC::write);
                    writer.u8(opening.profile.ordinal()).string(opening.replaces);
                }
                case Issuing issuing -> writer.u8(2).u64(issuing.order);
                case Listing listing -> writer.u8(3).u8(listing.shard).opaque32(listing.statement);
                case Answering answering -> {
                    RequestId.CODEC.write(writer.u8(4), answering.id);
                    writer.string(answering.name).opaque16(answering.question).opaque16(answering.statement);
                    writer.u64(answering.freshUntilMicros).u64(answering.fromSeconds);
                }
                case Looking looking -> writer.u8(5).u64(looking.authorization);
            }
        }

        @Override
        public Pending read(Reader reader) {
            return switch (reader.u8()) {
                case 1 ->
                    new Opening(
                            RequestId.CODEC.read(reader),
                            reader.string(300),
                            reader.count(),
                            reader.list(OrderWish.NAMES_MAX, 3, Identifier.CODEC::read),
                            Profile.read(reader),
                            reader.string(OrderWish.REPLACES_LENGTH_MAX));
                case 2 -> new Issuing(reader.count());
                case 3 -> new Listing(reader.u8(), reader.opaque32(LIST_LENGTH_MAX));
                case 4 ->
                    new Answering(
                            RequestId.CODEC.read(reader),
                            reader.string(80),
                            reader.opaque16(OcspQuestion.LENGTH_MAX),
                            reader.opaque16(4096),
                            reader.count(),
                            reader.count());
                case 5 -> new Looking(reader.count());
                default -> throw new MalformedException("nothing that an authority waits for");
            };
        }
    };
}
