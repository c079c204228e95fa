package org.maftia.services.exchange.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/** What a party asks the trusted party, signed by who asks. */
public sealed interface Appeal {
    /** @param opening whose exchange A ends, unless it was resolved */
    record Abort(Opening opening) implements Appeal {}

    /** @param byA whether A asks, not B */
    record Resolve(Opening opening, Answering answering, boolean byA) implements Appeal {}

    String ABORT = "maftia-exchange-abort";
    String RESOLVE = "maftia-exchange-resolve";

    /** The exchange. */
    Opening opening();

    /** Who asks is none of the parties, or may not ask for this. */
    final class NotPartyException extends Exception {
        private static final long serialVersionUID = 1;

        NotPartyException(String message) {
            super(message);
        }
    }

    /**
     * Reads what was asked.
     *
     * @param first m1 or e1
     * @param second m2 or e2; empty bytes with an abort
     * @param request what the party signs: names of the others
     * @throws MalformedException when one of the messages is none, or they do not belong together
     * @throws NotPartyException when the request is not signed by a party that may ask for it
     */
    static Appeal of(byte[] first, byte[] second, byte[] request) throws NotPartyException {
        CompactJws asked = CompactJws.decode(request);
        Opening opening = Opening.of(CompactJws.decode(first));
        return switch (asked.type()) {
            case ABORT -> {
                StrictJson json = asked.payload().only("first");
                requireNamed(json, "first", opening.id());
                if (second.length > 0) {
                    throw new MalformedException("who aborts sends the first message alone");
                }
                if (!asked.isSignedBy(opening.a().sign())) {
                    throw new NotPartyException("an exchange is aborted by who began it");
                }
                yield new Abort(opening);
            }
            case RESOLVE -> resolve(asked, opening, Answering.of(CompactJws.decode(second), opening));
            default -> throw new MalformedException("the request is neither one to abort nor one to resolve");
        };
    }

    private static Appeal resolve(CompactJws asked, Opening opening, Answering answering) throws NotPartyException {
        StrictJson json = asked.payload().only("first", "second");
        requireNamed(json, "first", opening.id());
        requireNamed(json, "second", answering.message().digest());
        boolean byA = asked.isSignedBy(opening.a().sign());
        if (!byA && !asked.isSignedBy(opening.b().sign())) {
            throw new NotPartyException("an exchange is resolved by one of its parties");
        }
        return new Resolve(opening, answering, byA);
    }

    private static void requireNamed(StrictJson json, String name, Digest digest) {
        if (!Opening.digest(json, name).equals(digest)) {
            throw new MalformedException("the request names other messages than came with it");
        }
    }

    /** What A signs to abort, under {@link #ABORT}. */
    static ObjectNode abort(Digest first) {
        return StrictJson.create().put("first", StrictJson.base64(first.toBytes()));
    }

    /** What a party signs to resolve, under {@link #RESOLVE}. */
    static ObjectNode resolve(Digest first, Digest second) {
        return abort(first).put("second", StrictJson.base64(second.toBytes()));
    }
}
