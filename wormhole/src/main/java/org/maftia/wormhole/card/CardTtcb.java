package org.maftia.wormhole.card;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.Identity;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.card.applet.CardCommands;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Counters;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.EpochKeys;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.PublicSeal;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.certificate.VoidRange;
import org.maftia.wormhole.host.CountingTtcb;

/**
 * A card as a component. Its epoch lasts as long as its applet; a lost answer is healed by {@link #lastUi} and {@link
 * #lastFence}, which give the very signature that was made.
 */
public final class CardTtcb extends CountingTtcb {
    /** For planning: signatures of a card take a tenth of a second and more. */
    private static final int RATE_PER_SECOND = 5;

    private final CardConversation card;
    private final Identity identity;
    private final Map<Integer, Identity> peers = new TreeMap<>();
    private final Map<Integer, PublicSeal> seals = new TreeMap<>();
    private boolean closed;

    private CardTtcb(CardConversation card, List<Identity> peers) {
        this.card = card;
        this.identity = identity(card);
        know(identity);
        peers.forEach(this::know);
    }

    private void know(Identity component) {
        if (!new PublicSeal(component.identityKey()).verify(component.evidence())) {
            throw new StoppedException("an identity key does not vouch for the keys of its epoch");
        }
        int ttcb = component.header().ttcb();
        peers.put(ttcb, component);
        seals.put(ttcb, new PublicSeal(component.evidence().keys().signing()));
    }

    /**
     * Gives a new applet its name; it makes its keys and takes no other name ever.
     *
     * @param group under any protocol
     * @param epoch how the group calls the life of this applet
     * @throws StoppedException if it has a name, or there is no card
     */
    public static void setUp(CardChannel channel, Stream group, int ttcb, long epoch) {
        byte[] data = new byte[26];
        BigEndian.u64(data, 0, group.groupHigh());
        BigEndian.u64(data, 8, group.groupLow());
        BigEndian.u16(data, 16, ttcb);
        BigEndian.u64(data, 18, epoch);
        new CardConversation(channel).call(CardCommands.SETUP, 0, data);
    }

    /**
     * Speaks with a card that was set up.
     *
     * @param peers the other components, in the epochs that the group's log has ordered
     * @throws StoppedException if there is no card, or not such a one
     */
    public static Ttcb connect(CardChannel channel, List<Identity> peers) {
        return new CardTtcb(new CardConversation(channel), peers);
    }

    private static Identity identity(CardConversation card) {
        CardAnswer answer = new CardAnswer(card.call(CardCommands.IDENTITY, 0, new byte[0]));
        Stream group = Stream.of(answer.raw(Stream.GROUP_LENGTH), Stream.COMPONENT);
        byte[] ttcb = answer.raw(2);
        Header header = new Header(group, BigEndian.u16(ttcb, 0), answer.number());
        SigningKey key = SigningKey.of(answer.raw(SigningKey.LENGTH));
        byte[] keys = new byte[EpochKeys.LENGTH]; // no key of agreement: there is nothing to wrap
        System.arraycopy(answer.raw(SigningKey.LENGTH), 0, keys, 0, SigningKey.LENGTH);
        return new Identity(header, key, new EpochCertificate(header, 0, EpochKeys.of(keys), answer.seal()));
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(
                RATE_PER_SECOND,
                EpochSource.PERSISTENT,
                true,
                false,
                true,
                CardCommands.LANES,
                true,
                false,
                EnumSet.of(TagProfile.P256),
                List.of("a card knows no time and has no way to other components"));
    }

    @Override
    public Identity identity() {
        return identity;
    }

    /** Protocol, one byte, then room for more. */
    private byte[] request(Stream stream, int argument, int more) {
        if (closed) {
            throw new StoppedException("the session was closed");
        }
        if (!stream.sameGroup(identity.header().stream())) {
            throw refused(Refusal.WRONG_GROUP);
        }
        byte[] request = new byte[5 + more];
        BigEndian.u32(request, 0, stream.protocol());
        request[4] = (byte) argument;
        return request;
    }

    private static int lane(int lane) {
        if (lane < 0 || lane >= CardCommands.LANES) {
            throw refused(Refusal.NO_SUCH_LANE);
        }
        return lane;
    }

    private Header header(Stream stream) {
        return new Header(stream, identity.header().ttcb(), identity.header().epoch());
    }

    @Override
    public synchronized Ui createUi(Stream stream, int lane, Digest digest) {
        byte[] request = request(stream, lane(lane), Digest.LENGTH);
        digest.copyTo(request, 5);
        CardAnswer answer = new CardAnswer(card.call(CardCommands.UI, 0, request));
        return new Ui(header(stream), lane, answer.number(), answer.number(), answer.number(), digest, answer.seal());
    }

    @Override
    public synchronized Optional<Ui> lastUi(Stream stream, int lane) {
        CardAnswer answer = new CardAnswer(card.call(CardCommands.LAST_UI, 0, request(stream, lane(lane), 0)));
        return answer.isEmpty()
                ? Optional.empty()
                : Optional.of(new Ui(
                        header(stream),
                        lane,
                        answer.number(),
                        answer.number(),
                        answer.number(),
                        answer.digest(),
                        answer.seal()));
    }

    @Override
    public synchronized Fence raise(Stream stream, Mark mark, long value, Digest digest) {
        byte[] request = request(stream, mark.code(), 8 + Digest.LENGTH);
        BigEndian.u64(request, 5, value);
        digest.copyTo(request, 13);
        CardAnswer answer = new CardAnswer(card.call(CardCommands.RAISE, 0, request));
        return new Fence(
                header(stream), mark, answer.number(), answer.number(), answer.counters(), digest, answer.seal());
    }

    @Override
    public synchronized Optional<Fence> lastFence(Stream stream, Mark mark) {
        CardAnswer answer = new CardAnswer(card.call(CardCommands.LAST_FENCE, 0, request(stream, mark.code(), 0)));
        return answer.isEmpty()
                ? Optional.empty()
                : Optional.of(new Fence(
                        header(stream),
                        mark,
                        answer.number(),
                        answer.number(),
                        answer.counters(),
                        answer.digest(),
                        answer.seal()));
    }

    /** Never: what has a counter has a signature. */
    @Override
    public Optional<VoidRange> lastVoid(Stream stream, int lane) {
        request(stream, lane(lane), 0);
        return Optional.empty();
    }

    @Override
    public synchronized Counters counters(Stream stream, Digest nonce) {
        byte[] request = request(stream, 0, Digest.LENGTH - 1);
        nonce.copyTo(request, 4);
        CardAnswer answer = new CardAnswer(card.call(CardCommands.COUNTERS, 0, request));
        return new Counters(header(stream), nonce, answer.number(), answer.number(), answer.counters(), answer.seal());
    }

    @Override
    public synchronized boolean verify(Certificate certificate, Digest digest) {
        Header header = certificate.header();
        Identity component = peers.get(header.ttcb());
        PublicSeal seal = seals.get(header.ttcb());
        return component != null
                && seal != null
                && certificate.binds(digest)
                && component.header().epoch() == header.epoch()
                && component.header().stream().sameGroup(header.stream())
                && seal.verify(certificate);
    }

    @Override
    public synchronized void random(byte[] out) {
        for (int at = 0; at < out.length; at += CardCommands.RANDOM_MAX) {
            int count = Math.min(CardCommands.RANDOM_MAX, out.length - at);
            byte[] bytes = new CardAnswer(card.call(CardCommands.RANDOM, count, new byte[0])).raw(count);
            System.arraycopy(bytes, 0, out, at, count);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            card.close();
        }
    }
}
