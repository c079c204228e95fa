package org.maftia.wormhole.trusted;

import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.frame.Frame;
import org.maftia.wormhole.frame.Handshake;

/** Local authentication: gives names that are never given again in this epoch. */
final class Sessions {
    /** A replica needs one; tools and tests a few more. */
    static final int SESSIONS_MAX = 16;

    private final Setup setup;
    private final SecureRandom random;
    private final Signature signature;
    private final @Nullable Session[] sessions = new Session[SESSIONS_MAX];
    private int slots;

    Sessions(Setup setup, EpochIdentity identity, SecureRandom random) {
        this.setup = setup;
        this.random = random;
        this.signature = P256Sealer.signature(identity.signing.getPrivate(), random);
    }

    @Nullable
    Session of(byte[] request) {
        int slot = BigEndian.u16(request, Frame.SLOT);
        for (Session session : sessions) {
            if (session != null && session.eid.slot() == slot) {
                return session;
            }
        }
        return null;
    }

    /** Gives the bytes written, or a refusal as a negative number. */
    int hello(byte[] request, int at, byte[] out, int outAt) {
        int free = 0;
        while (free < SESSIONS_MAX && sessions[free] != null) {
            free++;
        }
        if (free == SESSIONS_MAX || slots == 0xffff) {
            return -Refusal.TOO_MANY_SESSIONS.code();
        }
        Eid eid = new Eid(setup.ttcb(), slots + 1, setup.epoch());
        KeyPair own = Handshake.pair(random);
        byte[] hostKey = Arrays.copyOfRange(request, at, at + Handshake.KEY_LENGTH);
        byte[] ownKey = Handshake.publicBytes(own);
        byte[] transcript = Handshake.transcript(hostKey, ownKey, eid);
        try {
            sessions[free] = new Session(eid, Handshake.sessionKeys(own.getPrivate(), hostKey, transcript));
        } catch (InvalidKeyException e) {
            return -Refusal.MALFORMED.code();
        }
        slots++;
        eid.copyTo(out, outAt);
        System.arraycopy(ownKey, 0, out, outAt + Eid.LENGTH, Handshake.KEY_LENGTH);
        int signatureAt = outAt + Eid.LENGTH + Handshake.KEY_LENGTH;
        P256Sealer.sign(signature, transcript, 0, transcript.length, out, signatureAt);
        return Eid.LENGTH + Handshake.KEY_LENGTH + TagProfile.P256.length();
    }

    /** Ends a session; its name is not given again. */
    void end(int slot) {
        for (int i = 0; i < sessions.length; i++) {
            Session session = sessions[i];
            if (session != null && session.eid.slot() == slot) {
                sessions[i] = null;
            }
        }
    }

    void erase() {
        Arrays.fill(sessions, null);
    }
}
