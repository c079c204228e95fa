package org.maftia.services.authority;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.OrderWish;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.pki.Identifier;

/** A certificate that an account wants, from the wish to the certificate. */
final class Order {
    private static final int KEY_LENGTH_MAX = 1024;
    private static final int SERIAL_LENGTH_MAX = 20;

    final long id;
    final long account;
    final List<Identifier> identifiers;

    /** One for each identifier. */
    final List<Long> authorizations;

    final Profile profile;

    /** The certificate that this one follows, as RFC 9773 names it; empty where none is named. */
    final String replaces;

    long expiresMicros;
    Stage stage = Stage.OPEN;

    /** What the certificate will state, from {@link Stage#ISSUING} on. */
    byte[] key = {};

    byte[] serial = {};
    long fromSeconds;
    long toSeconds;

    /** Who waits for the certificate. */
    @Nullable
    RequestId waiting;

    /** Where that client is, for the URLs of the answer. */
    String base = "";

    @Nullable
    Problem problem;

    /** How far it has come; what stands before {@link #ISSUING} follows from its authorizations. */
    enum Stage {
        OPEN,
        ISSUING,
        VALID,
        INVALID
    }

    Order(
            long id,
            long account,
            List<Identifier> identifiers,
            List<Long> authorizations,
            Profile profile,
            String replaces,
            long expiresMicros) {
        this.id = id;
        this.account = account;
        this.identifiers = List.copyOf(identifiers);
        this.authorizations = List.copyOf(authorizations);
        this.profile = profile;
        this.replaces = replaces;
        this.expiresMicros = expiresMicros;
    }

    String path() {
        return Target.ORDERS + Target.hex(id);
    }

    void write(Writer writer) {
        writer.u64(id).u64(account).list(identifiers, Identifier.CODEC::write);
        writer.list(authorizations, Writer::u64);
        writer.u8(profile.ordinal()).string(replaces).u64(expiresMicros).u8(stage.ordinal());
        writer.opaque16(key).opaque8(serial).u64(fromSeconds).u64(toSeconds).string(base);
        writer.bool(waiting != null);
        if (waiting != null) {
            RequestId.CODEC.write(writer, waiting);
        }
        writer.bool(problem != null);
        if (problem != null) {
            Problem.CODEC.write(writer, problem);
        }
    }

    static Order read(Reader reader) {
        Order order = new Order(
                reader.count(),
                reader.count(),
                reader.list(OrderWish.NAMES_MAX, 3, Identifier.CODEC::read),
                reader.list(OrderWish.NAMES_MAX, 8, Reader::count),
                Profile.read(reader),
                reader.string(OrderWish.REPLACES_LENGTH_MAX),
                reader.count());
        int stage = reader.u8();
        if (stage >= Stage.values().length) {
            throw new MalformedException("no stage of an order");
        }
        order.stage = Stage.values()[stage];
        order.key = reader.opaque16(KEY_LENGTH_MAX);
        order.serial = reader.opaque8(SERIAL_LENGTH_MAX);
        order.fromSeconds = reader.count();
        order.toSeconds = reader.count();
        order.base = reader.string(300);
        order.waiting = reader.bool() ? RequestId.CODEC.read(reader) : null;
        order.problem = reader.bool() ? Problem.CODEC.read(reader) : null;
        return order;
    }

    /** When it came to its certificate, or was to; of one that did not come so far, when it was opened. */
    long sinceMicros() {
        return serial.length > 0
                ? (fromSeconds + Office.BACKDATE_SECONDS) * Agreed.SECOND_MICROS
                : expiresMicros - Orders.ORDER_MICROS;
    }

    /** What is wrong with it; empty where nothing is. */
    Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }
}
