package org.maftia.wormhole.tpm;

import org.maftia.wormhole.certificate.BigEndian;

/** Writes one command; the same buffer serves all. Part 3, clause 5. */
final class TpmCommand {
    private static final int NO_SESSIONS = 0x8001;
    private static final int SESSIONS = 0x8002;
    private static final int PASSWORD = 0x40000009;
    private static final int AUTHORIZATION_LENGTH = 9;

    final byte[] bytes = new byte[TpmTransport.LENGTH_MAX];
    private int at;

    /** Begins a command without authorization. */
    TpmCommand begin(int code) {
        at = 0;
        return u16(NO_SESSIONS).u32(0).u32(code);
    }

    /** Begins a command whose handles, up to two, are authorized by empty passwords as far as the count says. */
    TpmCommand begin(int code, int authorizations, int... handles) {
        at = 0;
        u16(SESSIONS).u32(0).u32(code);
        for (int handle : handles) {
            u32(handle);
        }
        u32(authorizations * AUTHORIZATION_LENGTH);
        for (int i = 0; i < authorizations; i++) {
            u32(PASSWORD).u16(0).u8(0).u16(0); // no nonce, no attributes, an empty password
        }
        return this;
    }

    TpmCommand u8(int value) {
        BigEndian.u8(bytes, at, value);
        at++;
        return this;
    }

    TpmCommand u16(int value) {
        BigEndian.u16(bytes, at, value);
        at += 2;
        return this;
    }

    TpmCommand u32(int value) {
        BigEndian.u32(bytes, at, value);
        at += 4;
        return this;
    }

    TpmCommand raw(byte[] value) {
        System.arraycopy(value, 0, bytes, at, value.length);
        at += value.length;
        return this;
    }

    /** A structure of TPM2B: its length before it. */
    TpmCommand sized(byte[] value) {
        return u16(value.length).raw(value);
    }

    /** Writes the length; gives it. */
    int end() {
        BigEndian.u32(bytes, 2, at);
        return at;
    }
}
