package org.maftia.wormhole.trusted;

import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.EpochKeys;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.PublicSeal;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.frame.Frame;

/**
 * The trusted view, and the keys that come with it. A component takes its first view, the genesis or the one that its
 * new epoch joins, on its host's word: it knows no other yet. Every later one it takes only with FENCEs of a quorum of
 * the view that it is in. Numbers rise, and may pass some over: whoever was away finds those who vouch for the newest view,
 * not those who vouched for each before it. (Under {@code HMAC} it cannot judge them: they seal with a key that it lacks.)
 *
 * <p>A host that shows its own component a false first view gains nothing: the group key of that view verifies nowhere
 * else, and agreements name the content of their view.
 */
final class TrustedViews {
    /** A view, the wrapped key, and a FENCE of every member. */
    static final int STAGE_LENGTH = 32_768;

    /** Verification of P-256 seals needs the keys of earlier views as long as their certificates are around. */
    private static final int VIEWS_KEPT = 4;

    private final Setup setup;
    private final EpochIdentity identity;
    private final SecureRandom random;
    private final HmacSealer hmac;
    private final byte[] stage = new byte[STAGE_LENGTH];
    private final @Nullable TrustedView[] views = new TrustedView[VIEWS_KEPT];
    private final PublicSeal[] @Nullable [] keys = new PublicSeal[VIEWS_KEPT][];
    private final PublicSeal ownSeal;
    private byte @Nullable [] dealt;

    TrustedViews(Setup setup, EpochIdentity identity, SecureRandom random, HmacSealer hmac) {
        this.setup = setup;
        this.identity = identity;
        this.random = random;
        this.hmac = hmac;
        this.ownSeal = new PublicSeal(identity.keys().signing());
    }

    @Nullable
    TrustedView current() {
        return views[0];
    }

    /** The key of a component in an epoch, if a view that is kept knows it. */
    @Nullable
    PublicSeal key(int ttcb, long epoch) {
        if (ttcb == setup.ttcb() && epoch == setup.epoch()) {
            return ownSeal;
        }
        for (int i = 0; i < VIEWS_KEPT; i++) {
            TrustedView view = views[i];
            int index = view == null ? -1 : view.indexOf(ttcb, epoch);
            PublicSeal[] known = keys[i];
            if (index >= 0 && known != null) {
                return known[index];
            }
        }
        return null;
    }

    /** Payload: offset u16, then bytes for the stage. */
    int load(byte[] in, int at, int length) {
        int offset = BigEndian.u16(in, at);
        if (length < 2 || offset + length - 2 > STAGE_LENGTH) {
            return -Refusal.MALFORMED.code();
        }
        System.arraycopy(in, at + 2, stage, offset, length - 2);
        return 0;
    }

    /** What was loaded, for a message of the control channel. */
    byte[] stage() {
        return stage;
    }

    /** Payload: length of the view u16, of the wrapped key u16, number of FENCEs u8; these stand on the stage, in turn. */
    int install(byte[] in, int at, int length) {
        if (length != 5) {
            return -Refusal.MALFORMED.code();
        }
        int viewLength = BigEndian.u16(in, at);
        int wrapLength = BigEndian.u16(in, at + 2);
        if (viewLength > TrustedView.LENGTH_MAX || (wrapLength != 0 && wrapLength != KeyWrap.LENGTH)) {
            return -Refusal.MALFORMED.code();
        }
        try {
            TrustedView view = TrustedView.of(Arrays.copyOf(stage, viewLength));
            byte[] wrap = Arrays.copyOfRange(stage, viewLength, viewLength + wrapLength);
            return install(view, wrap, viewLength + wrapLength, BigEndian.u8(in, at + 4));
        } catch (MalformedCertificateException | InvalidKeyException e) {
            return -Refusal.MALFORMED.code(); // the host's mistake or malice; nothing has changed
        }
    }

    private int install(TrustedView view, byte[] wrap, int fencesAt, int fences) throws InvalidKeyException {
        int own = view.indexOf(setup.ttcb(), setup.epoch());
        EpochKeys ownKeys = identity.keys();
        TrustedView before = views[0];
        if (own < 0
                || !view.members().get(own).keys().equals(ownKeys)
                || (before != null && view.number() <= before.number())
                || (before != null && !before.isQuorum(vouchers(before, view, fencesAt, fences)))) {
            return -Refusal.NOT_A_SUCCESSOR.code();
        }
        PublicSeal[] seals = new PublicSeal[view.members().size()];
        for (int k = 0; k < seals.length; k++) {
            seals[k] = new PublicSeal(view.members().get(k).keys().signing());
        }
        if (setup.profile() == TagProfile.HMAC && !takeKey(view, own, wrap)) {
            return -Refusal.NO_GROUP_KEY.code();
        }
        System.arraycopy(views, 0, views, 1, VIEWS_KEPT - 1);
        System.arraycopy(keys, 0, keys, 1, VIEWS_KEPT - 1);
        views[0] = view;
        keys[0] = seals;
        return 0;
    }

    /** Draws the key of the view as its dealer, or takes it from the wrap. */
    private boolean takeKey(TrustedView view, int own, byte[] wrap) throws InvalidKeyException {
        byte[] key;
        if (own == view.dealer()) {
            key = new byte[KeyWrap.KEY_LENGTH];
            random.nextBytes(key);
            dealt = key.clone();
        } else {
            EpochKeys dealer = view.members().get(view.dealer()).keys();
            key = wrap.length == 0
                    ? null
                    : KeyWrap.unwrap(identity.agreement.getPrivate(), dealer, identity.keys(), view.content(), wrap);
            if (key == null) {
                return false;
            }
            dealt = null;
        }
        hmac.install(key);
        return true;
    }

    /** The members of the view before whose FENCE over the successor stands on the stage. */
    private long vouchers(TrustedView before, TrustedView next, int at, int fences) {
        long vouchers = 0;
        Digest content = next.content();
        int offset = at;
        for (int i = 0; i < fences; i++) {
            int length = offset + 2 > STAGE_LENGTH ? STAGE_LENGTH : BigEndian.u16(stage, offset);
            if (offset + 2 + length > STAGE_LENGTH) {
                throw new MalformedCertificateException("the FENCEs do not fit");
            }
            Certificate certificate = Certificate.decode(stage, offset + 2, length);
            offset += 2 + length;
            int index = before.indexOf(
                    certificate.header().ttcb(), certificate.header().epoch());
            if (index >= 0
                    && certificate instanceof Fence fence
                    && fence.header().stream().equals(setup.group().with(Stream.MEMBERSHIP))
                    && fence.mark() == Mark.VIEW
                    && fence.view() == next.number()
                    && fence.digest().equals(content)
                    && isGenuine(certificate)) {
                vouchers |= 1L << index;
            }
        }
        return vouchers;
    }

    private boolean isGenuine(Certificate certificate) {
        byte[] statement = certificate.statement();
        if (certificate.seal().profile() == TagProfile.HMAC) {
            return hmac.verify(
                    0, 0, statement, 0, statement.length, certificate.seal().tag(), 0);
        }
        PublicSeal key = key(certificate.header().ttcb(), certificate.header().epoch());
        return key != null && key.verify(certificate);
    }

    /** Payload: index of a member u8; writes the group key of this view, wrapped for it. Only the dealer can. */
    int wrap(byte[] in, int at, int length, byte[] out) {
        TrustedView view = views[0];
        byte[] key = dealt;
        int member = length == 1 ? BigEndian.u8(in, at) : -1;
        if (view == null || key == null) {
            return -Refusal.NO_GROUP_KEY.code();
        }
        if (member < 0 || member >= view.members().size()) {
            return -Refusal.MALFORMED.code();
        }
        try {
            byte[] wrapped = KeyWrap.wrap(
                    identity.agreement.getPrivate(),
                    identity.keys(),
                    view.members().get(member).keys(),
                    view.content(),
                    key);
            System.arraycopy(wrapped, 0, out, Frame.PAYLOAD, wrapped.length);
            return wrapped.length;
        } catch (InvalidKeyException e) {
            return -Refusal.MALFORMED.code();
        }
    }

    void erase() {
        if (dealt != null) {
            Arrays.fill(dealt, (byte) 0);
        }
    }
}
