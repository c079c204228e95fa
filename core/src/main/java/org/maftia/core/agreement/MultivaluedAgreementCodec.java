package org.maftia.core.agreement;

import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.MultivaluedMessage.Done;
import org.maftia.core.agreement.MultivaluedMessage.Entry;
import org.maftia.core.agreement.MultivaluedMessage.Finish;
import org.maftia.core.agreement.MultivaluedMessage.Halt;
import org.maftia.core.agreement.MultivaluedMessage.Input;
import org.maftia.core.agreement.MultivaluedMessage.Lock;
import org.maftia.core.agreement.MultivaluedMessage.Pb1;
import org.maftia.core.agreement.MultivaluedMessage.Pb2;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteLock;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteNull;
import org.maftia.core.agreement.MultivaluedMessage.Share;
import org.maftia.core.agreement.MultivaluedMessage.Sig1;
import org.maftia.core.agreement.MultivaluedMessage.Sig2;
import org.maftia.core.agreement.MultivaluedMessage.VoteNo;
import org.maftia.core.agreement.MultivaluedMessage.VoteYes;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Coin;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** The canonical encoding of the agreement's messages: a type byte, then the fields in the order of the records. */
final class MultivaluedAgreementCodec implements Codec<MultivaluedMessage> {
    /** As in {@link Certificate}. */
    private static final int SIGNATURE_LENGTH_MAX = 128;

    /** Far above what patient timers reach in a lifetime; keeps sums of views in an int. */
    private static final int VIEW_MAX = 1 << 30;

    /** The set of signers. */
    private static final int CERTIFICATE_LENGTH_MIN = 8;

    /** View, owner, an empty value, a certificate. */
    private static final int FINISH_LENGTH_MIN = 4 + 1 + 2 + CERTIFICATE_LENGTH_MIN;

    /** Replica, no bytes. */
    private static final int SHARE_LENGTH_MIN = 1 + 2;

    private final int replicas;

    /** @param replicas the size of the group */
    MultivaluedAgreementCodec(int replicas) {
        this.replicas = replicas;
    }

    @Override
    public void write(Writer writer, MultivaluedMessage message) {
        switch (message) {
            case Input m -> value(writer.u8(0), m.value());
            case Pb1 m -> chain(value(writer.u8(1), m.value()), m.chain());
            case Sig1 m -> {
                writer.u8(2).u32(m.view()).u8(m.owner());
                writer.digest(m.hash()).opaque8(m.signature());
            }
            case Pb2 m -> lock(writer.u8(3), m.lock());
            case Sig2 m -> {
                writer.u8(4).u32(m.view()).u8(m.owner());
                writer.digest(m.hash()).opaque8(m.signature());
            }
            case Finish m -> finish(writer.u8(5), m);
            case PreVoteLock m -> lock(writer.u8(6), m.lock());
            case PreVoteNull m -> writer.u8(7).u32(m.view()).opaque8(m.signature());
            case VoteYes m -> lock(writer.u8(8), m.lock()).opaque8(m.signature());
            case VoteNo m -> {
                Certificate.CODEC.write(writer.u8(9).u32(m.view()), m.nulls());
                writer.opaque8(m.signature());
            }
            case Entry m -> chain(writer.u8(10), m.chain());
            case Halt m -> {
                value(writer.u8(11).u32(m.view()).u8(m.owner()).bool(m.voted()), m.value());
                Certificate.CODEC.write(writer, m.proof());
                writer.list(m.toss(), (w, share) -> w.u8(share.replica()).opaque16(share.bytes()));
            }
            case Done m -> {
                writer.u8(12).u32(m.view()).list(m.finishes(), MultivaluedAgreementCodec::finish);
                writer.opaque16(m.share());
            }
        }
    }

    @Override
    public MultivaluedMessage read(Reader reader) {
        int type = reader.u8();
        return switch (type) {
            case 0 -> new Input(value(reader));
            case 1 -> new Pb1(value(reader), chain(reader));
            case 2 -> new Sig1(view(reader), reader.replica(replicas), reader.digest(), signature(reader));
            case 3 -> new Pb2(lock(reader));
            case 4 -> new Sig2(view(reader), reader.replica(replicas), reader.digest(), signature(reader));
            case 5 -> finish(reader);
            case 6 -> new PreVoteLock(lock(reader));
            case 7 -> new PreVoteNull(view(reader), signature(reader));
            case 8 -> new VoteYes(lock(reader), signature(reader));
            case 9 -> new VoteNo(view(reader), Certificate.CODEC.read(reader), signature(reader));
            case 10 -> new Entry(chain(reader));
            case 11 -> halt(reader);
            case 12 -> {
                int view = view(reader);
                yield new Done(view, reader.list(replicas, FINISH_LENGTH_MIN, this::finish), coinShare(reader));
            }
            default -> throw new MalformedException("no message of the agreement: " + type);
        };
    }

    private Halt halt(Reader reader) {
        int view = view(reader);
        int owner = reader.replica(replicas);
        boolean voted = reader.bool();
        return new Halt(
                view,
                owner,
                value(reader),
                voted,
                Certificate.CODEC.read(reader),
                reader.list(replicas, SHARE_LENGTH_MIN, r -> new Share(r.replica(replicas), coinShare(r))));
    }

    private static byte[] coinShare(Reader reader) {
        return reader.opaque16(Coin.SHARE_LENGTH_MAX);
    }

    private static void finish(Writer writer, Finish finish) {
        value(writer.u32(finish.view()).u8(finish.owner()), finish.value());
        Certificate.CODEC.write(writer, finish.s2());
    }

    private Finish finish(Reader reader) {
        return new Finish(view(reader), reader.replica(replicas), value(reader), Certificate.CODEC.read(reader));
    }

    private static Writer value(Writer writer, byte[] value) {
        return writer.opaque16(value);
    }

    private static byte[] value(Reader reader) {
        return reader.opaque16(MultivaluedAgreement.VALUE_LENGTH_MAX);
    }

    private static byte[] signature(Reader reader) {
        return reader.opaque8(SIGNATURE_LENGTH_MAX);
    }

    private static int view(Reader reader) {
        long view = reader.u32();
        if (view > VIEW_MAX) {
            throw new MalformedException("no view: " + view);
        }
        return (int) view;
    }

    private static Writer lock(Writer writer, Lock lock) {
        value(writer.u32(lock.view()).u8(lock.owner()), lock.value());
        Certificate.CODEC.write(writer, lock.s1());
        return writer;
    }

    private Lock lock(Reader reader) {
        return new Lock(view(reader), reader.replica(replicas), value(reader), Certificate.CODEC.read(reader));
    }

    private static void chain(Writer writer, Chain chain) {
        Chain.Mixed mixed = chain.mixed();
        writer.u32(chain.first()).bool(mixed != null);
        if (mixed != null) {
            lock(writer, mixed.lock());
            Certificate.CODEC.write(writer, mixed.yes());
            Certificate.CODEC.write(writer, mixed.no());
        }
        writer.list(chain.noCerts(), (w, noCert) -> Certificate.CODEC.write(w.u8(noCert.owner()), noCert.votes()));
    }

    private Chain chain(Reader reader) {
        int first = view(reader);
        Chain.@Nullable Mixed mixed = null;
        if (reader.bool()) {
            mixed = new Chain.Mixed(lock(reader), Certificate.CODEC.read(reader), Certificate.CODEC.read(reader));
        }
        return new Chain(first, mixed, reader.list(Chain.NO_CERTS_MAX, 1 + CERTIFICATE_LENGTH_MIN, this::noCert));
    }

    private Chain.NoCert noCert(Reader reader) {
        return new Chain.NoCert(reader.replica(replicas), Certificate.CODEC.read(reader));
    }
}
